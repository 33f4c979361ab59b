"""How sure are we? Intervals for estimates and for what customers will do.

Three questions, three answers. How well do we know an *expectation*? `confidence_interval` (delta
method, at once) or `Bootstrap` (histories drawn from the model and fitted again). How much can a
*customer* differ from the expectation? `prediction_interval`: even with all parameters known,
somebody of whom two purchases are expected may make none or five.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import expit, logit, ndtri

from crmlab.checks import one_of, share, whole_number

if TYPE_CHECKING:
    from crmlab.analytical.btyd.base import RepeatModel
    from crmlab.analytical.btyd.history import Floats

_STEP = 1e-4
_SHARES = ("probability_alive", "survival")
QUESTIONS = (
    "expected_purchases",
    "probability_alive",
    "survival",
    "discounted_purchases",
    "expected_purchases_new",
)
"""Answers of a model that can have an interval."""


def confidence_interval(
    model: RepeatModel, question: str, *args: Any, level: float = 0.95, **more: Any
) -> pd.DataFrame:
    """The answer of a fitted model with its interval by the delta method.

    The answer's logarithm (of a probability: its log odds) is taken to be linear in the parameters
    near the estimate. A parameter that has no finite estimate adds nothing.
    """
    one_of("question", question, QUESTIONS)
    share("level", level)

    def ask(theta: Floats) -> Floats:
        found = getattr(model._at(theta), question)(*args, **more)
        return np.atleast_1d(np.asarray(found, dtype=np.float64))

    inward, outward = (logit, expit) if question in _SHARES else (np.log, np.exp)
    answer = getattr(model, question)(*args, **more)
    theta = model._theta
    centre = np.atleast_1d(np.asarray(answer, dtype=np.float64))
    with np.errstate(divide="ignore", invalid="ignore"):
        sides = [
            inward(ask(theta + step)) - inward(ask(theta - step))
            for step in _STEP * np.eye(len(theta))
        ]
        slopes = np.nan_to_num(np.stack(sides) / (2.0 * _STEP))
        error = np.sqrt(np.einsum("in,ij,jn->n", slopes, model._spread, slopes))
        z = float(ndtri(0.5 + level / 2.0))
        low, high = outward(inward(centre) - z * error), outward(inward(centre) + z * error)
    index = answer.index if isinstance(answer, pd.Series) else None
    return pd.DataFrame({"estimate": centre, "low": low, "high": high}, index=index)


def prediction_interval(
    model: RepeatModel,
    table: pd.DataFrame,
    periods: float,
    level: float = 0.8,
    draws: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """How many purchases each customer may make: median and interval of the counts."""
    share("level", level)
    whole_number("draws", draws, 10, 1_000_000)
    rng = np.random.default_rng(seed)
    cuts = (0.5 - level / 2.0, 0.5, 0.5 + level / 2.0)

    def answer(p: list[Floats], *past: Floats) -> Floats:
        return np.stack([model._draw(p, past, float(periods), rng) for _ in range(draws)])

    params, past = model._read(table)
    found = np.empty((3, len(table)))
    at_once = max(1, 20_000_000 // draws)
    for i in range(0, len(table), at_once):
        part = slice(i, i + at_once)
        own = [v[part] if np.ndim(v) else v for v in params]
        drawn = answer(own, *(v[part] for v in past))
        found[:, part] = np.quantile(drawn, cuts, axis=0, method="inverted_cdf")
    return pd.DataFrame(dict(zip(("low", "median", "high"), found, strict=True)), index=table.index)


@dataclass(frozen=True)
class Bootstrap:
    """Models fitted to histories that were drawn from a fitted model.

    Attributes
    ----------
    params : DataFrame
        One row a draw, one column a parameter.
    """

    model: RepeatModel
    params: pd.DataFrame
    thetas: Floats

    def interval(
        self,
        question: str | Callable[[RepeatModel], Any],
        *args: Any,
        level: float = 0.95,
        **more: Any,
    ) -> pd.DataFrame:
        """The answer with the interval of the answers of all draws.

        Parameters
        ----------
        question : str or function
            A method of the model, such as ``"expected_purchases"``, with its arguments after it;
            or any function of a fitted model that returns a number, Series or array.
        level : float
            Share of the draws inside.
        """
        share("level", level)

        def ask(model: RepeatModel) -> Any:
            return (
                question(model) if callable(question) else getattr(model, question)(*args, **more)
            )

        answer = ask(self.model)
        drawn = np.stack([np.atleast_1d(np.asarray(ask(self.model._at(t)))) for t in self.thetas])
        low, high = np.quantile(drawn, (0.5 - level / 2.0, 0.5 + level / 2.0), axis=0)
        index = answer.index if isinstance(answer, pd.Series) else None
        return pd.DataFrame(
            {"estimate": np.atleast_1d(np.asarray(answer)), "low": low, "high": high}, index=index
        )

    def __repr__(self) -> str:
        return f"Bootstrap({type(self.model).__name__}, {len(self.params)} draws)"


def bootstrap(model: RepeatModel, table: pd.DataFrame, draws: int, seed: int) -> Bootstrap:
    """Draw the histories of these customers anew from the model, and fit them, many times."""
    whole_number("draws", draws, 2, 100_000)
    params, (_, _, age) = model._read(table)
    rng = np.random.default_rng(seed)
    thetas = np.empty((draws, len(model._theta)))
    keep = table[model._covariates()].reset_index(drop=True)
    for i in range(draws):
        drawn = pd.DataFrame(model._histories(params, age, rng)).join(keep)
        thetas[i] = type(model)(**model.get_params())._estimate(drawn)._theta
    values = np.stack([model._at(theta).params_.to_numpy() for theta in thetas])
    return Bootstrap(model, pd.DataFrame(values, columns=model.params_.index), thetas)

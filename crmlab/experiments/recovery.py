"""Which estimator to trust? Every one of them on worlds whose truth is known.

Two questions. *Where the model is right*: do the parameters come back without bias, and do nominal
95 % intervals hold the truth 95 % of the time? That is `coverage`, here. *Where it is wrong*, as
it always is outside: what does each estimator lose, in the ranking of customers and in EUR of a
decision? That is `contest`, in the file of that name. ``crmlab recovery`` prints both.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.analytical.btyd import BGBB, BGNBD, MBGCNBD, MBGNBD, NBD, ParetoNBD
from crmlab.analytical.retention import BetaDiscreteWeibull, ShiftedBetaGeometric
from crmlab.analytical.rfm_table import rfm
from crmlab.analytical.spend import GammaGamma
from crmlab.checks import one_of, share, whole_number
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.tables import EPOCH

_WEEK = np.timedelta64(7 * 86_400, "s")
_CHI2_95 = 3.841459  # quantile of chi-squared with 1 degree of freedom
_RIDGES = {
    "MBG/NBD": "the likelihood is skewed: who never came back has left at once, or buys rarely",
    "Pareto/NBD": "s and beta rise together along a ridge that falls slowly towards large values",
}
"""Why the top of a likelihood is no parabola, where it is known."""
_FAR_APART = 1_000_000  # seeds of one run do not meet those of another


@dataclass(frozen=True)
class Right:
    """A world in which an estimator's model is the truth.

    ``draw`` makes the data of one seed and so many customers, ``model`` an estimator to fit.
    """

    model: Callable[[], Any]
    draw: Callable[[int, int], Any]
    truth: Mapping[str, float]

    def fit(self, seed: int, customers: int) -> pd.DataFrame:
        """Summary of the fit, and ``drop``: how much worse the truth fits, profile by profile."""
        data = self.draw(seed, customers)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitted = self.model().fit(data)
            return fitted.summary().join(fitted.profile_drop(data, **self.truth))


def _market(
    model: Callable[[], Any],
    scenario: Scenario,
    columns: Callable[[Run], pd.DataFrame],
    truth: Mapping[str, float],
) -> Right:
    return Right(model, lambda seed, n: columns(simulate(scenario, n, 52, seed)), truth)


def _drawn(model: Callable[[], Any], truth: Mapping[str, float]) -> Right:
    """Histories from the model's own generator, for a process that the market does not have."""

    def draw(seed: int, customers: int) -> pd.DataFrame:
        rng = np.random.default_rng(seed)
        age = rng.uniform(40.0, 52.0, customers)
        return pd.DataFrame(model()._histories(list(truth.values()), age, rng))

    return Right(model, draw, truth)


def _cohort(model: Callable[[], Any], truth: Mapping[str, float]) -> Right:
    """Subscribers who renew or leave, eight renewals seen."""
    rates = model().set_estimates(**truth).retention_rate(8)

    def draw(seed: int, customers: int) -> list[int]:
        rng, there = np.random.default_rng(seed), [customers]
        for rate in rates:
            there.append(int(rng.binomial(there[-1], rate)))
        return there

    return Right(model, draw, truth)


def histories(run: Run) -> pd.DataFrame:
    """Frequency, recency, age and value to the second, over the whole run."""
    end = EPOCH + run.weeks * _WEEK
    return rfm(run.records.orders, end, "W", period="s")


def opportunities(run: Run) -> pd.DataFrame:
    """The BG/BB's table: a chance to buy in every `opportunity_weeks`-th week after the first."""
    orders, length = run.records.orders, run.scenario.opportunity_weeks
    week = ((orders["ordered_at"].to_numpy() - EPOCH) // _WEEK).astype(np.int64)
    weeks = pd.Series(week).groupby(orders["customer_id"].to_numpy())
    first, last = weeks.min(), weeks.max()
    return pd.DataFrame(
        {
            "frequency": weeks.size() - 1,
            "recency": (last - first) // length,
            "opportunities": (run.weeks - 1 - first) // length,
        }
    )


def right_worlds() -> dict[str, Right]:
    """The estimators, each in the world that it describes."""
    retail = named_scenario("retail")
    s = retail
    pareto = {"r": s.rate_shape, "alpha": s.rate_scale_weeks,
              "s": s.dropout_shape, "beta": s.dropout_scale_weeks}  # fmt: skip
    bg = retail.replace(process="bg/nbd", rate_shape=0.2426, rate_scale_weeks=4.4136)
    leaving = {"r": 0.2426, "alpha": 4.4136, "a": s.dropout_a, "b": s.dropout_b}
    stays = {"r": s.rate_shape, "alpha": s.rate_scale_weeks}
    spend = {"p": s.value_shape, "q": s.value_mix_shape, "gamma": s.value_mix_scale_eur}
    buying = {"alpha": s.buy_alpha, "beta": s.buy_beta,
              "gamma": s.stop_gamma, "delta": s.stop_delta}  # fmt: skip
    modified = {"r": 0.5248, "alpha": 6.183, "a": 0.8914, "b": 1.614}
    regular = {"r": 0.6, "alpha": 2.5, "a": 0.9, "b": 2.0}
    renewing = {"alpha": 0.668, "beta": 3.806}
    ageing = {"gamma": 0.5, "delta": 2.0, "c": 1.3}
    chances = retail.replace(process="bg/bb")
    return {
        "NBD": _drawn(NBD, stays),
        "BG/NBD": _market(BGNBD, bg, histories, leaving),
        "MBG/NBD": _drawn(MBGNBD, modified),
        "MBG/CNBD-2": _drawn(partial(MBGCNBD, 2), regular),
        "Pareto/NBD": _market(ParetoNBD, retail, histories, pareto),
        "BG/BB": _market(BGBB, chances, opportunities, buying),
        "gamma-gamma": _market(GammaGamma, retail, histories, spend),
        "sBG": _cohort(ShiftedBetaGeometric, renewing),
        "BdW": _cohort(BetaDiscreteWeibull, ageing),
    }


def coverage(
    worlds: int = 2_000,
    customers: int = 2_000,
    seed: int = 1,
    estimators: Iterable[str] | None = None,
    progress: Callable[[str], object] | None = None,
) -> pd.DataFrame:
    """How often do 95 % intervals hold the truth, in worlds that the model describes?

    Parameters
    ----------
    worlds : int
        Worlds for each estimator; the standard error of a coverage near .95 is
        .22/√worlds.
    customers : int
        In each world; a year long.
    estimators : sequence of str, optional
        Which of `right_worlds`; by default all.
    progress : callable, optional
        Called with the name of each finished estimator.

    Returns
    -------
    DataFrame
        One row an estimator and parameter: ``truth``, ``median`` (of the estimates), ``bias`` (of
        the median, as a share of the truth); shares of worlds in which an interval holds the
        truth: ``coverage`` (profile likelihood), ``log_scale`` (exp(ln estimate ± 1.96 standard
        errors)) and ``wald`` (estimate ± 1.96 standard errors); ``unbounded`` (share of worlds
        without a finite estimate; there the last two count as held, for their interval has no
        end); ``inside``, whether ``coverage`` lies between .92 and .98; and ``worlds``.
    """
    whole_number("worlds", worlds, 2, 1_000_000)
    right = right_worlds()
    rows = []
    for name in list(right) if estimators is None else estimators:
        one_of("estimators", name, list(right))
        found = [right[name].fit(_FAR_APART * seed + i, customers) for i in range(worlds)]
        rows.append(_held(name, right[name].truth, found))
        if progress is not None:
            progress(name)
    return pd.concat(rows, ignore_index=True)


def misses(table: pd.DataFrame, low: float = 0.92, high: float = 0.98) -> pd.DataFrame:
    """Which kinds of intervals hold the truth too seldom or too often, and why.

    Parameters
    ----------
    table : DataFrame
        As `coverage` makes it.
    low, high : float
        What a nominal 95 % may be.

    Returns
    -------
    DataFrame
        One row a parameter and kind of interval that lies outside: ``estimator``, ``parameter``,
        ``interval`` (``profile``, ``log scale`` or ``wald``), ``held`` (share of the worlds),
        ``why``.
    """
    share("low", low)
    share("high", high)
    kinds = {"coverage": "profile", "log_scale": "log scale", "wald": "wald"}
    rows = [
        (row["estimator"], row["parameter"], kind, row[column], _why(row, kind))
        for _, row in table.iterrows()
        for column, kind in kinds.items()
        if not low <= row[column] <= high
    ]
    return pd.DataFrame(rows, columns=["estimator", "parameter", "interval", "held", "why"])


def _why(row: pd.Series, kind: str) -> str:
    if row["unbounded"] > 0.02:
        return f"no finite estimate in {row['unbounded']:.0%} of the worlds"
    if kind == "profile":
        return "estimates are biased" if abs(row["bias"]) > 0.1 else "not explained"
    return _RIDGES.get(row["estimator"], "the likelihood is far from a parabola")


def intervals(
    estimator: str, parameter: str, worlds: int = 20, customers: int = 1_000, seed: int = 1
) -> pd.DataFrame:
    """Intervals of one parameter in several worlds, by two methods, to be looked at.

    Returns
    -------
    DataFrame
        One row a world: ``estimate``, ``low``, ``high`` (95 %, profile likelihood), ``wald_low``,
        ``wald_high`` (estimate ± 1.96 standard errors).
    """
    right = right_worlds()
    one_of("estimator", estimator, list(right))
    one_of("parameter", parameter, list(right[estimator].truth))
    rows = []
    for world in range(worlds):
        data = right[estimator].draw(_FAR_APART * seed + world, customers)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = right[estimator].model().fit(data)
            found = model.profile_interval(data).loc[parameter]
        width = 1.96 * model.standard_errors_[parameter]
        centre = model.params_[parameter]
        rows.append((centre, found["low"], found["high"], centre - width, centre + width))
    names = ["estimate", "low", "high", "wald_low", "wald_high"]
    return pd.DataFrame(rows, columns=names).rename_axis("world")


def _held(name: str, truth: Mapping[str, float], found: list[pd.DataFrame]) -> pd.DataFrame:
    wanted = np.array(list(truth.values()))
    estimate, error, low, high, drop = (
        np.stack([table[c].to_numpy() for table in found])
        for c in ("estimate", "standard_error", "low", "high", "drop")
    )
    free = np.isnan(error)
    held = {
        "coverage": drop <= _CHI2_95,
        "log_scale": ((low <= wanted) & (wanted <= high)) | free,
        "wald": (np.abs(estimate - wanted) <= np.sqrt(_CHI2_95) * error) | free,
        "unbounded": free,
    }
    median = np.median(estimate, axis=0)
    table = pd.DataFrame({"estimator": name, "parameter": list(truth), "truth": wanted})
    table["median"], table["bias"] = median, median / wanted - 1.0
    table = table.assign(**{c: values.mean(axis=0) for c, values in held.items()})
    return table.assign(inside=table["coverage"].between(0.92, 0.98), worlds=len(found))


def share_inside(table: pd.DataFrame, low: float = 0.92, high: float = 0.98) -> float:
    """Share of the parameters of a `coverage` table whose coverage lies in an interval."""
    share("low", low)
    share("high", high)
    inside: NDArray[np.bool_] = table["coverage"].between(low, high).to_numpy()
    return float(inside.mean())

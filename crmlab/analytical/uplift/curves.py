"""Does a score put first those whom the treatment moves? The Qini curve, and effects by group.

Sort the customers of a trial by score, best first, and ask of each share of them what the
treatment added. Any score can be asked: an estimated effect, a risk of leaving, a value. That
is how Ascarza (2018) showed that those at highest risk need not be those to whom an offer is
worth sending. Source of the curve: Radcliffe (2007), Using control groups to target on
predicted lift, Direct Marketing Analytics Journal.

Packages mean different things by the same names, so ours carry the name of their scale:

* ``"radcliffe"``: ``Q = Y_t - Y_c N_t / N_c`` among the first share of customers, with sums of
  outcomes ``Y`` and numbers of customers ``N`` of treated and control: extra outcomes among
  the treated of the trial, as Radcliffe counts them. H2O calls it ``qini``; causalml and
  scikit-uplift draw the same curve, over the number of customers instead of their share.
* ``"per_person"``: the same over all treated of the trial; it ends at the average effect, and
  trials of different size can be compared. This is the default.

``coefficient`` is the area between curve and random line over shares from 0 to 1, and ``auuc``
the area under the curve, both on that scale. Neither is divided by the area of a perfect
ranking, as scikit-uplift's ``qini_auc_score`` is, nor by the curve's end, as causalml's scores
are unless told otherwise; ``relative`` here is the coefficient over the area under the random
line: 0 where the score is no better than a lot. It makes no sense where the average effect is
near 0. H2O's ``gain``, ``(Y_t / N_t - Y_c / N_c)(N_t + N_c)``, differs from ``Q`` where a share
of the customers happens to hold more or fewer treated than the trial.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crmlab.analytical.uplift.trial import checked_trial
from crmlab.checks import one_of, whole_number

NORMALISATIONS = ("per_person", "radcliffe")
_SHARES = np.linspace(0.0, 1.0, 101)


@dataclass(frozen=True, repr=False)
class Qini:
    """A Qini curve, and how far it lies above a lot.

    Attributes
    ----------
    table : DataFrame
        101 rows: ``share`` treated (0 to 1, best first), ``incremental`` outcome, ``random``;
        where the truth was given ``true`` (what this order really adds) and ``best`` (what the
        order of the true effects adds).
    coefficient, auuc, relative : float
        Area between curve and random line, area under the curve, and the first over the area
        under the random line.
    standard_error : float
        Of the coefficient, for a score that was not learned from these customers.
    true_coefficient, best_coefficient : float or None
        The same area for the two curves of the truth.
    normalisation : str
        One of `NORMALISATIONS`.
    """

    table: pd.DataFrame
    coefficient: float
    auuc: float
    relative: float
    standard_error: float
    normalisation: str
    true_coefficient: float | None = None
    best_coefficient: float | None = None

    def __repr__(self) -> str:
        lines = [
            f"Qini coefficient {self.coefficient:.4g} +- {1.96 * self.standard_error:.2g} "
            f"({self.normalisation}), {self.relative:+.1%} of the random line's area",
            f"area under the curve (AUUC) {self.auuc:.4g}",
        ]
        if self.true_coefficient is not None:
            lines.append(
                f"by the true effects {self.true_coefficient:.4g}; "
                f"the best order would have {self.best_coefficient:.4g}"
            )
        return "\n".join(lines)


def qini(
    score: ArrayLike,
    y: ArrayLike,
    treatment: ArrayLike,
    normalisation: str = "per_person",
    truth: pd.Series | None = None,
) -> Qini:
    """How much of the effect a score reaches with each share of the customers.

    Customers with the same score are treated together, whatever their order in the table.
    Where the first of them hold no untreated customer, ``Y_c N_t / N_c`` counts as 0.

    Parameters
    ----------
    score : array or Series, shape (n_customers,)
        Higher first: an effect, a risk, a value. From customers whom the model has not seen.
    y : array, shape (n_customers,)
        Outcome: 0 and 1, or EUR.
    treatment : array of 0 and 1, or bool, shape (n_customers,)
        Who was treated, by lot with one chance for all.
    normalisation : str
        ``"per_person"`` or ``"radcliffe"``; the module says what they are.
    truth : Series, optional
        True effect of each customer, in the unit of ``y``. If ``score`` is a Series too, they
        are matched by index, else by place.

    Returns
    -------
    Qini

    Raises
    ------
    ValueError
        Lengths differ, a value is missing, an unknown normalisation, or a customer without a
        true effect.

    Examples
    --------
    >>> y, treatment = [1, 0, 0, 0, 0, 0, 0, 1], [1, 0, 1, 0, 1, 0, 1, 0]
    >>> curve = qini([4, 4, 3, 3, 2, 2, 1, 1], y, treatment)
    >>> curve.table.iloc[[0, 25, 50, 75, 100]]
         share  incremental  random
    0     0.00         0.00     0.0
    25    0.25         0.25     0.0
    50    0.50         0.25     0.0
    75    0.75         0.25     0.0
    100   1.00         0.00     0.0
    >>> curve.coefficient
    0.1875
    """
    one_of("normalisation", normalisation, NORMALISATIONS)
    outcome, treated = checked_trial(y, treatment)
    rank = checked_score(score, len(outcome))
    units = float(treated.sum()) if normalisation == "radcliffe" else 1.0
    share, curve = _curve(outcome, treated, rank)
    curve = units / treated.sum() * curve
    parts = {"incremental": _at(share, curve), "random": _SHARES * curve[-1]}
    area, line = _area(share, curve), float(curve[-1] / 2)
    true: dict[str, float] = {}
    if truth is not None:
        effect = matched("truth", truth, score, len(outcome))
        for name, by in (("true", rank), ("best", effect)):
            share, curve = _cumulated(effect, by)
            parts[name] = units * _at(share, curve)
            true[f"{name}_coefficient"] = units * (_area(share, curve) - float(curve[-1]) / 2)
    return Qini(
        pd.DataFrame({"share": _SHARES, **parts}),
        coefficient=area - line,
        auuc=area,
        relative=(area - line) / line if line else float("nan"),
        standard_error=units * _standard_error(outcome, treated, rank),
        normalisation=normalisation,
        **true,
    )


def effect_by_score(
    score: ArrayLike, y: ArrayLike, treatment: ArrayLike, groups: int = 10
) -> pd.DataFrame:
    """What the treatment did to those with the highest score, the next, and so on.

    With a risk of leaving as score this is the table of Ascarza (2018): is the offer worth
    more to those at higher risk?

    Parameters
    ----------
    score : array or Series, shape (n_customers,)
        Higher first.
    y, treatment : array, shape (n_customers,)
        Outcome, and who was treated, as in `qini`.
    groups : int
        How many groups of equal size, at least 2; customers with the same score are split by
        their place in the table.

    Returns
    -------
    DataFrame
        One row a group (index ``group``, 1 has the highest scores): ``customers``,
        ``mean_score``, ``treated_mean``, ``untreated_mean``, ``effect``, ``standard_error``,
        ``low`` and ``high`` (95 %); missing where a group has fewer than two treated or untreated.

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> score, treatment = rng.random(4_000), rng.random(4_000) < 0.5
    >>> y = rng.normal(size=4_000) + treatment * score
    >>> effect_by_score(score, y, treatment, groups=2)["effect"].round(1).tolist()
    [0.7, 0.2]
    """
    outcome, treated = checked_trial(y, treatment)
    rank = checked_score(score, len(outcome))
    whole_number("groups", groups, 2, len(outcome))
    order = np.argsort(-rank, kind="stable")
    group = np.empty(len(order), dtype=int)
    group[order] = np.arange(len(order)) * groups // len(order) + 1
    frame = pd.DataFrame({"score": rank, "y": outcome, "treated": treated, "group": group})
    arms = frame.groupby(["group", "treated"])["y"].agg(["mean", "var", "size"]).unstack()
    arms = arms.reindex(
        columns=pd.MultiIndex.from_product([["mean", "var", "size"], [False, True]])
    )
    effect = arms["mean", True] - arms["mean", False]
    error = np.sqrt((arms["var"] / arms["size"]).sum(axis=1, skipna=False))
    return pd.DataFrame(
        {
            "customers": frame["group"].value_counts(sort=False).sort_index(),
            "mean_score": frame.groupby("group")["score"].mean(),
            "treated_mean": arms["mean", True],
            "untreated_mean": arms["mean", False],
            "effect": effect,
            "standard_error": error,
            "low": effect - 1.96 * error,
            "high": effect + 1.96 * error,
        }
    )


def checked_score(score: ArrayLike, n: int, argument: str = "score") -> np.ndarray:
    """One finite number a customer, or `ValueError`."""
    values = np.asarray(score)
    if values.shape != (n,) or values.dtype.kind not in "bifu":
        raise ValueError(
            f"{argument} must be one number a customer, shape ({n},), got shape {values.shape}, "
            f"{values.dtype}."
        )
    values = values.astype(float)
    if not np.isfinite(values).all():
        raise ValueError(f"{argument} must be finite, got {values[~np.isfinite(values)][0]}.")
    return values


def matched(argument: str, values: ArrayLike, like: object, n: int) -> np.ndarray:
    """One number a customer in the order of ``like``: by index where both are Series."""
    if isinstance(values, pd.Series) and isinstance(like, pd.Series):
        missing = like.index.difference(values.index)
        if len(missing):
            raise ValueError(
                f"{argument} must have every customer, got none for {missing[0]!r} and "
                f"{len(missing) - 1:,} others. Is its index the customer?"
            )
        values = values.loc[like.index]
    return checked_score(values, n, argument)


# --- areas ---------------------------------------------------------------------------------


def _sorted_down(by: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The order by ``by``, highest first, and the last place of each run of equals in it."""
    order = np.argsort(-by, kind="stable")
    down = by[order]
    return order, np.flatnonzero(np.append(down[1:] != down[:-1], True))


def _curve(y: np.ndarray, treated: np.ndarray, rank: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shares, and Radcliffe's Q at each: straight over customers with the same score."""
    order, last = _sorted_down(rank)
    sums = [np.cumsum(part[order])[last] for part in (y * treated, y * ~treated, treated, ~treated)]
    Yt, Yc, Nt, Nc = (np.append(0.0, part) for part in sums)
    untreated = np.divide(Yc * Nt, Nc, out=np.zeros_like(Yc), where=Nc > 0)
    return np.append(0.0, (last + 1) / len(y)), Yt - untreated


def _cumulated(effect: np.ndarray, by: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shares, and the sum of the effects up to there, per customer of the base."""
    order, last = _sorted_down(by)
    sums = np.cumsum(effect[order])[last] / len(effect)
    return np.append(0.0, (last + 1) / len(effect)), np.append(0.0, sums)


def _at(share: np.ndarray, curve: np.ndarray) -> np.ndarray:
    return np.interp(_SHARES, share, curve)


def _area(share: np.ndarray, curve: np.ndarray) -> float:
    return float(np.trapezoid(curve, share))


def _standard_error(y: np.ndarray, treated: np.ndarray, rank: np.ndarray) -> float:
    """Of the coefficient per person.

    But for the chance share of treated among the first customers, the coefficient is the
    treated mean less the untreated mean of ``(1/2 - share) y``: Welch's standard error of that.
    """
    order, last = _sorted_down(rank)
    first = np.append(0, last[:-1] + 1)
    middle = np.empty(len(y))
    middle[order] = np.repeat((first + last + 1) / (2 * len(y)), np.diff(np.append(-1, last)))
    parts = [(0.5 - middle[g]) * (y[g] - y[g].mean()) for g in (treated, ~treated)]
    return float(np.sqrt(sum(part.var(ddof=1) / len(part) for part in parts)))

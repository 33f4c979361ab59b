"""Which segments did it pay to treat? Effects by segment, from a randomised pilot.

Chance decided who was treated, so within every segment the difference of the means is the
effect on it. What customers brought before takes out a part of the noise (Deng, Xu, Kohavi and
Walker 2013, WSDM). Many segments make small ones, and the best of many small differences is
mostly luck; so each is drawn towards the effect on everybody by as much as its standard error
calls for (Efron and Morris 1975, JASA 70; spread between segments after DerSimonian and Kacker
2007, Contemporary Clinical Trials 28, the method of moments with any weights).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
BORROWED = 20
"""A segment's variance borrows so many customers from all others: two customers who bought
nothing would otherwise look like certainty."""


def effects_by_segment(
    outcome: ArrayLike,
    treated: ArrayLike,
    segment: ArrayLike,
    before: ArrayLike | None = None,
) -> pd.DataFrame:
    """What the treatment did to each segment, and which ones to go on treating.

    Parameters
    ----------
    outcome : array or Series, shape (n_customers,)
        What each customer of the pilot brought, EUR, after the cost of treating.
    treated : array of bool, shape (n_customers,)
        By lot.
    segment : array or Series, shape (n_customers,)
        As known before the pilot. All rows are in one order.
    before : array, optional
        What each brought before the pilot, EUR: makes the effects more precise.

    Returns
    -------
    DataFrame
        One row a segment: ``customers``, ``treated``, ``effect_eur`` (per customer),
        ``standard_error_eur`` (NaN both where one group has nobody), ``shrunken_eur``, and
        ``treat``: whether the shrunken effect is above 0.

    Raises
    ------
    ValueError
        Lengths differ, a value is not finite, or fewer than two were treated or left alone.

    Examples
    --------
    >>> outcome = [5.0, 7.0, 1.0, 3.0, 1.0, 1.0, 4.0, 4.0]
    >>> treated = [True, True, False, False] * 2
    >>> effects_by_segment(outcome, treated, ["a"] * 4 + ["b"] * 4)["effect_eur"].to_dict()
    {'a': 4.0, 'b': -3.0}
    """
    y, lot, place, names = _checked(outcome, treated, segment)
    if before is not None:
        y = y - _explained(y, lot, before)
    size, mean, variance = _cells(y, lot, place, len(names))
    found = pd.DataFrame(
        {
            "customers": size.sum(axis=0).astype(int),
            "treated": size[1].astype(int),
            "effect_eur": mean[1] - mean[0],
            "standard_error_eur": np.sqrt((variance / np.maximum(size, 1)).sum(axis=0)),
        },
        index=pd.Index(names, name="segment"),
    )
    found.loc[(size == 0).any(axis=0), ["effect_eur", "standard_error_eur"]] = np.nan
    found["shrunken_eur"] = _shrunken(found)
    return found.assign(treat=found["shrunken_eur"] > 0)


def _explained(y: Floats, lot: NDArray[np.bool_], before: ArrayLike) -> Floats:
    """The part of the outcome that what came before explains, the same line for both groups."""
    x = np.asarray(before, dtype=float)
    if x.shape != y.shape or not np.isfinite(x).all():
        raise ValueError(f"before must be {len(y)} finite values, got shape {x.shape}.")
    inside = x - np.where(lot, x[lot].mean(), x[~lot].mean())
    square = inside @ inside
    return (inside @ y / square if square > 0 else 0.0) * (x - x.mean())


def _cells(
    y: Floats, lot: NDArray[np.bool_], place: NDArray[np.int64], n: int
) -> tuple[Floats, Floats, Floats]:
    """Size, mean and variance of y by group (left alone, treated) and segment, shape (2, n).

    Variances are drawn towards that of the whole group; where nobody is, size is 0.
    """
    cell = place + n * lot
    size = np.bincount(cell, minlength=2 * n).astype(float)
    mean = np.bincount(cell, y, 2 * n) / np.maximum(size, 1)
    own = np.bincount(cell, (y - mean[cell]) ** 2, 2 * n)
    whole = np.repeat([y[~lot].var(ddof=1), y[lot].var(ddof=1)], n)
    variance = (own + BORROWED * whole) / (np.maximum(size - 1, 0) + BORROWED)
    return size.reshape(2, n), mean.reshape(2, n), variance.reshape(2, n)


def _shrunken(found: pd.DataFrame) -> pd.Series:
    """Effects drawn towards the common one; those without an estimate get the common one.

    The common effect weighs segments by their customers, not by their precision: who spends
    more varies more and is moved by more, so precision would listen to small spenders only.
    """
    effect, variance = found["effect_eur"], found["standard_error_eur"] ** 2
    known = effect.notna() & (variance > 0)
    if not known.any():
        return effect
    weight = found["customers"][known].astype(float)
    common = (weight * effect[known]).sum() / weight.sum()
    spread = _between(effect[known], variance[known], weight, common)
    own = spread / (spread + variance)
    return (own * effect + (1 - own) * common).where(known, common)


def _between(effect: pd.Series, variance: pd.Series, weight: pd.Series, common: float) -> float:
    """Variance of the true effects between segments by the method of moments."""
    chance = (weight * variance).sum() - (weight**2 * variance).sum() / weight.sum()
    scale = weight.sum() - (weight**2).sum() / weight.sum()
    found = (weight * (effect - common) ** 2).sum() - chance
    return float(max(found / scale, 0.0)) if scale > 0 else 0.0


def _checked(
    outcome: ArrayLike, treated: ArrayLike, segment: ArrayLike
) -> tuple[Floats, NDArray[np.bool_], NDArray[np.int64], pd.Index]:
    """Outcome, lot, and the place of each customer's segment among their names."""
    y, lot = np.asarray(outcome, dtype=float), np.asarray(treated)
    of = pd.Categorical(segment)
    of = of.remove_unused_categories()
    if lot.dtype != bool:
        raise ValueError(f"treated must hold True and False, got {lot.dtype}. Compare: x == 1.")
    if y.ndim != 1 or not len(y) == len(lot) == len(of):
        raise ValueError(
            "outcome, treated and segment must be equally long, got "
            f"{len(y)}, {len(lot)} and {len(of)}."
        )
    if not np.isfinite(y).all() or of.isna().any():
        raise ValueError("outcome and segment must be known of every customer; some are missing.")
    if min(lot.sum(), (~lot).sum()) < 2:
        raise ValueError(
            f"the pilot needs two customers at least in each group, got {int(lot.sum())} treated "
            f"and {int((~lot).sum())} left alone."
        )
    return y, lot, of.codes.astype(np.int64), of.categories

"""Would the forecast have been right? Models held against what came after.

Three questions: does the sum come out (`tracking`), do customers come out on average
(`calibration_by_frequency`), and are the best found (`capture`)? `backtest.py` asks them of
several models at several moments.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from crmlab.analytical.btyd.base import RepeatModel
from crmlab.analytical.btyd.history import columns
from crmlab.analytical.rfm_table import (
    PERIODS,
    UNITS,
    When,
    distinct_pairs,
    purchases,
    step_of,
)
from crmlab.checks import share


def capture(score: ArrayLike, value: ArrayLike, best: float = 0.1) -> float:
    """Which share of all value do the customers with the best scores bring?

    Parameters
    ----------
    score : array, shape (n_customers,)
        By which they are ranked; of equal scores, each counts with its mean.
    value : array, shape (n_customers,)
        What they really brought afterwards, EUR; the sum must be > 0.
    best : float
        The share that is chosen, between 0 and 1.

    Examples
    --------
    >>> capture([3, 2, 1, 0], [60.0, 20.0, 20.0, 0.0], best=0.25)
    0.6
    """
    share("best", best)
    curve = capture_curve(score, value)
    return float(np.interp(best, curve["customers"], curve["value"]))


def capture_curve(score: ArrayLike, value: ArrayLike) -> pd.DataFrame:
    """Share of value brought by the best 0 to 100 % of the customers: ``customers``, ``value``.

    Customers with equal scores are exchangeable: the curve is straight between them.
    """
    s, v = np.asarray(score, dtype=np.float64), np.asarray(value, dtype=np.float64)
    if s.shape != v.shape or s.ndim != 1 or not len(s):
        raise ValueError(f"score and value must be of one length > 0, got {s.shape} and {v.shape}.")
    if not v.sum() > 0:
        raise ValueError(f"value must add up to more than 0, got {v.sum():g}.")
    order = np.argsort(-s, kind="stable")
    total = np.cumsum(v[order]) / v.sum()
    last = np.append(np.diff(s[order]) != 0, True)
    customers = np.append(0.0, (np.flatnonzero(last) + 1.0) / len(s))
    return pd.DataFrame({"customers": customers, "value": np.append(0.0, total[last])})


def calibration_by_frequency(
    table: pd.DataFrame, expected: pd.Series, most: int = 7
) -> pd.DataFrame:
    """Do the customers of each class of past frequency buy as often as expected, on average?

    Parameters
    ----------
    table : DataFrame
        ``frequency`` and ``holdout_frequency``, as `rfm` makes them with ``holdout=``.
    expected : Series
        Purchases expected in the holdout, by the table's index.
    most : int
        The last class holds those with so many repeat purchases or more.

    Returns
    -------
    DataFrame
        One row a class (index ``frequency``, 0, 1, ..., "7+"): ``customers``, ``expected``,
        ``actual`` (mean purchases a customer) and the standard error of the latter.
    """
    x, came = columns(table, ["frequency", "holdout_frequency"])
    classes = np.minimum(x, most).astype(int)
    data = pd.DataFrame({"class": classes, "expected": expected.to_numpy(), "actual": came})
    groups = data.groupby("class")
    found = groups[["expected", "actual"]].mean()
    found.insert(0, "customers", groups.size())
    found["standard_error"] = groups["actual"].sem().fillna(0.0)
    names = [f"{most}+" if k == most else str(k) for k in found.index]
    return found.set_axis(pd.Index(names, name="frequency"))


def tracking(
    model: RepeatModel, orders: pd.DataFrame, end: When, unit: str = "W", period: str = "D"
) -> pd.DataFrame:
    """Repeat purchases of the cohort, period by period, beside those that the model expects.

    The model's sum is over customers, each from the first purchase on: Σ E[X(t − t_first)], so it
    knows when they came and nothing of what they did (Fader, Hardie and Lee 2005, Marketing
    Science 24(2), figures 2 and 3).

    Parameters
    ----------
    model : fitted model of repeat buying, without covariates
        In the same unit.
    orders : DataFrame
        All orders; those of customers who first bought after ``end`` are left out.
    end : str, date or datetime64
        Last day of the time that the model was fitted to.
    unit, period : str
        As in `rfm`; the series has one row a unit.

    Returns
    -------
    DataFrame
        Index ``time`` (units since the first order, at the end of each): ``actual``, ``expected``
        purchases in that unit, ``actual_total``, ``expected_total`` since the start, and
        ``fitted``, whether it lies before the end.
    """
    step, length = PERIODS[period], UNITS[unit]
    who, ids, at = purchases(orders, period)
    first = np.full(len(ids), np.iinfo(np.int64).max)
    np.minimum.at(first, who, at)
    known = first <= step_of(end, step, period)
    low, span = int(at.min()), int(at.max() - at.min()) + 1
    pairs = distinct_pairs(who, at - low, len(ids), span).astype(np.int64)
    owner, when = pairs // span, pairs % span + low
    repeat = known[owner] & (when > first[owner])
    born = (first[known] - low) * (step / length)
    units = int(np.ceil(span * step / length))
    time = np.arange(1, units + 1, dtype=np.float64)
    position = np.floor((when[repeat] - low) * (step / length)).astype(int)
    actual = np.bincount(np.minimum(position, units - 1), minlength=units)
    total = _expected_total(model, born, time)
    frame = pd.DataFrame({"actual": actual, "expected": np.diff(total, prepend=0.0)})
    frame["actual_total"], frame["expected_total"] = np.cumsum(actual), total
    frame["fitted"] = time * length <= (step_of(end, step, period) - low + 1) * step
    return frame.set_axis(pd.Index(time, name="time"))


def _expected_total(
    model: RepeatModel, born: NDArray[np.float64], time: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Σ E[X(t − born)] at each time; customers born on one day are asked about once."""
    days, number = np.unique(born, return_counts=True)
    total = np.zeros(len(time))
    ages = np.unique(np.round(time[:, None] - days, 9).clip(min=0.0))
    grown = np.array([model.expected_purchases_new(age) for age in ages])
    for day, count in zip(days, number, strict=True):
        age = np.round(time - day, 9).clip(min=0.0)
        total += count * grown[np.searchsorted(ages, age)]
    return total

"""Who bought how often, how recently, and for how much? From orders to one row a customer.

The four numbers that models of repeat buying read (Fader, Hardie and Lee 2005, Marketing Science
24(2)):

- *frequency*: repeat purchases. The first purchase does not count: it is what made somebody a
  customer. Several orders in one period (a day, unless told otherwise) count once.
- *recency*: time from the first to the last purchase. Large is recent; 0 without a repeat.
- *age* (the papers' T): time from the first purchase to the end of the observation.
- *monetary_value*: mean value of the repeat purchases, each the sum of its period's orders; 0
  without a repeat. The first purchase does not count here either, because it is often another
  kind of purchase.

A worked customer, end on 30 January, unit a week: orders on 1 January (20 EUR), twice on 15 January
(10 and 5 EUR) and on 22 January (25 EUR) give frequency 2, recency 3, age 4.14 (29 days) and a
monetary value of 20: (15 + 25)/2.
"""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.checks import nearest, one_of

When = str | datetime.date | np.datetime64
_DAY = 86_400
UNITS = {
    "h": 3_600.0,
    "D": float(_DAY),
    "W": 7.0 * _DAY,
    "M": 365.25 / 12 * _DAY,
    "Y": 365.25 * _DAY,
}
"""Seconds in a unit of time; a month and a year are mean ones."""
PERIODS = {"s": 1, "h": 3_600, "D": _DAY, "W": 7 * _DAY}
"""Seconds of a period within which several orders count as one purchase; weeks begin on Monday."""
_MONDAY = 3 * _DAY  # 1 January 1970 was a Thursday


def rfm(
    orders: pd.DataFrame,
    end: When | None = None,
    unit: str = "W",
    *,
    holdout: When | None = None,
    period: str = "D",
) -> pd.DataFrame:
    """Frequency, recency, age and monetary value of every customer who has bought by ``end``.

    Parameters
    ----------
    orders : DataFrame
        One row an order: ``customer_id`` (whole numbers or text), ``ordered_at`` (datetime) and,
        for monetary value, ``value_eur``. Order of rows does not matter.
    end : str, date or datetime64, optional
        Last day of the observation, itself included; by default the day of the last order.
    unit : {"h", "D", "W", "M", "Y"}
        Unit of recency and age.
    holdout : str, date or datetime64, optional
        Last day of a holdout after ``end``: adds what the same customers did then.
    period : {"D", "W", "h", "s"}
        Orders of one customer in one period are one purchase.

    Returns
    -------
    DataFrame
        One row a customer who bought by ``end``, sorted by ``customer_id`` (the index):
        ``frequency`` (int64), ``recency`` and ``age`` (in units), ``monetary_value`` (if there
        are values). With ``holdout`` also ``holdout_frequency``, ``holdout_periods`` (its length
        in units) and ``holdout_value``, the mean value of a purchase in it (0 where none).

    Raises
    ------
    ValueError
        A missing column, dates that are text, nobody with an order by ``end``.

    Examples
    --------
    >>> days = ["2024-01-01", "2024-01-15", "2024-01-15", "2024-01-22", "2024-01-02"]
    >>> orders = pd.DataFrame({"customer_id": ["ann"] * 4 + ["bob"]})
    >>> orders = orders.assign(ordered_at=pd.to_datetime(days), value_eur=[20, 10, 5, 25, 7])
    >>> rfm(orders, end="2024-01-30").round(2)
                 frequency  recency   age  monetary_value
    customer_id
    ann                  2      3.0  4.14            20.0
    bob                  0      0.0  4.00             0.0
    """
    one_of("unit", unit, tuple(UNITS))
    one_of("period", period, tuple(PERIODS))
    step, length = PERIODS[period], UNITS[unit]
    who, ids, at = purchases(orders, period)
    known = _value(orders)
    last = int(at.max()) if end is None else step_of(end, step, period)
    before = at <= last
    if not before.any():
        raise ValueError(
            f"end must not lie before every order; got {end!r}, and the first order is from "
            f"{orders['ordered_at'].min()}."
        )
    table, here = _summarise(who, at, last, known, len(ids))
    frame = pd.DataFrame(
        {
            "frequency": table.purchases - 1,
            "recency": (table.final - table.first) * (step / length),
            "age": (last - table.first) * (step / length),
        }
    )
    if known is not None:
        repeat = table.total - table.opening
        frame["monetary_value"] = _mean(repeat, table.purchases - 1)
    if holdout is not None:
        until = step_of(holdout, step, period)
        if until <= last:
            raise ValueError(f"holdout must lie after end, got {holdout!r} and end {end!r}.")
        _add_holdout(frame, (who, at, known), (last, until), len(ids))
        frame.insert(frame.columns.get_loc("holdout_frequency") + 1, "holdout_periods",
                     (until - last) * (step / length))  # fmt: skip
    frame = frame.set_axis(ids)
    frame = frame if here.all() else frame[here]
    return frame if frame.index.is_monotonic_increasing else frame.sort_index()


def purchases(
    orders: pd.DataFrame, period: str
) -> tuple[NDArray[np.int64], pd.Index, NDArray[np.int64]]:
    """Customer code and period of every order, and the ids behind the codes."""
    who, ids = _codes(orders)
    when = _seconds(orders)
    step = PERIODS[period]
    return who, ids, (when + _MONDAY) // step if period == "W" else when // step


class _Summary:
    """First and last period, number of purchases and their value, by customer code."""

    def __init__(
        self,
        first: NDArray[np.int64],
        final: NDArray[np.int64],
        purchases: NDArray[np.int64],
    ) -> None:
        self.first, self.final, self.purchases = first, final, purchases
        self.total: NDArray[Any] = np.zeros(0)
        self.opening: NDArray[Any] = np.zeros(0)


def _summarise(
    who: NDArray[np.int64],
    at: NDArray[np.int64],
    last: int,
    value: NDArray[Any] | None,
    customers: int,
) -> tuple[_Summary, NDArray[np.bool_]]:
    """Everything up to ``last``, from one sort of whole numbers; and who is in it."""
    low = int(at.min())
    span = max(int(at.max()) - low, last - low) + 1
    inside = at <= last
    if not inside.all():
        who, at = who[inside], at[inside]
        value = None if value is None else value[inside]
    key = distinct_pairs(who, at - low, customers, span)
    owner = key // span
    day = (key - owner * span).astype(np.int64)
    purchases = np.bincount(owner, minlength=customers)
    here = purchases > 0
    ends = np.cumsum(purchases) - 1
    first = low + day[np.minimum(ends - purchases + 1, len(day) - 1)]
    summary = _Summary(first, low + day[ends], purchases)
    if value is not None:
        summary.total = np.bincount(who, weights=value, minlength=customers)
        opening = at == first[who]
        summary.opening = np.bincount(who[opening], weights=value[opening], minlength=customers)
    return summary, here


def distinct_pairs(
    who: NDArray[np.int64], at: NDArray[np.int64], customers: int, span: int
) -> NDArray[Any]:
    """The distinct pairs as ``who * span + at``, sorted; half as wide where that is enough."""
    wide: Any = np.uint32 if customers * span < 2**32 else np.uint64
    key = who.astype(wide)
    key *= wide(span)
    key += at.astype(wide)
    key.sort()
    new = np.empty(len(key), dtype=bool)
    new[:1] = True
    np.not_equal(key[1:], key[:-1], out=new[1:])
    return key[new]


def _add_holdout(
    frame: pd.DataFrame,
    data: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[Any] | None],
    window: tuple[int, int],
    customers: int,
) -> None:
    """Purchases after the end and up to the holdout's, by customer code."""
    who, at, value = data
    inside = (at > window[0]) & (at <= window[1])
    who, at = who[inside], at[inside]
    span = window[1] - window[0] + 1
    bought = distinct_pairs(who, at - window[0], customers, span) // span
    frame["holdout_frequency"] = np.bincount(bought, minlength=customers)
    if value is not None:
        total = np.bincount(who, weights=value[inside], minlength=customers)
        frame["holdout_value"] = _mean(total, frame["holdout_frequency"].to_numpy())


def _mean(total: NDArray[Any], number: NDArray[np.int64]) -> NDArray[Any]:
    return np.where(number > 0, total / np.maximum(number, 1), 0.0)


def _codes(orders: pd.DataFrame) -> tuple[NDArray[np.int64], pd.Index]:
    """Each order's customer as a place among the distinct ids; and these ids."""
    column = _column(orders, "customer_id")
    if column.isna().any():
        raise ValueError(
            f"orders.customer_id must not be missing; {int(column.isna().sum()):,} rows are. "
            "Drop them, or give them an id."
        )
    if column.dtype.kind in "iu":
        values = column.to_numpy()
        low, high = int(values.min()), int(values.max())
        if high - low < max(4 * len(values), 1_000):  # dense enough to count by
            ids = pd.RangeIndex(low, high + 1, name="customer_id").astype(column.dtype)
            return values.astype(np.int64, copy=False) - low, ids
    codes, ids = pd.factorize(column)
    return codes.astype(np.int64), pd.Index(ids, name="customer_id")


def _seconds(orders: pd.DataFrame) -> NDArray[np.int64]:
    """Times of the orders in whole seconds since 1970."""
    column = _column(orders, "ordered_at")
    if not pd.api.types.is_datetime64_any_dtype(column):
        raise ValueError(
            f"orders.ordered_at must be datetimes, got dtype {column.dtype}. "
            "Convert with pd.to_datetime."
        )
    if column.isna().any():
        raise ValueError(
            f"orders.ordered_at must not be missing; {int(column.isna().sum()):,} rows are."
        )
    if getattr(column.dtype, "tz", None) is not None:
        column = column.dt.tz_convert("UTC").dt.tz_localize(None)
    time = column.to_numpy()
    ticks = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[np.datetime_data(time.dtype)[0]]
    return time.view(np.int64) // ticks


def _value(orders: pd.DataFrame) -> NDArray[Any] | None:
    if "value_eur" not in orders.columns:
        return None
    value = orders["value_eur"].to_numpy(dtype=np.float64, na_value=np.nan)
    if not np.isfinite(value).all():
        raise ValueError(
            f"orders.value_eur must be finite; {int((~np.isfinite(value)).sum()):,} rows are not."
        )
    return value


def _column(orders: pd.DataFrame, name: str) -> pd.Series:
    if name not in orders.columns:
        raise ValueError(
            f"orders must have the column {name!r}.{nearest(name, map(str, orders.columns))} "
            "Rename yours, or read the file with Records.from_transactions."
        )
    if not len(orders):
        raise ValueError("orders must hold at least one order, got an empty table.")
    return orders[name]


def step_of(when: When, step: int, period: str) -> int:
    """The number of the period in which a date lies."""
    second = int(np.datetime64(pd.Timestamp(when).to_datetime64(), "s").astype(np.int64))
    return (second + (_MONDAY if period == "W" else 0)) // step

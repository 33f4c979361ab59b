"""What was sold week by week? Orders and other events as weekly series, complete weeks only.

A week that the log has not seen to its end looks like a slump; it is left out.
"""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd

from crmlab.analytical.cohorts import log_end

When = str | datetime.date | np.datetime64
WEEK = np.timedelta64(7, "D")


def weekly_sales(
    orders: pd.DataFrame,
    start: When | None = None,
    end: When | None = None,
    column: str = "value_eur",
) -> pd.Series:
    """Turnover of each complete week of a log.

    Parameters
    ----------
    orders : DataFrame
        ``ordered_at`` and ``column``.
    start : str, date or datetime64, optional
        First day of the first week; by default the day of the first order.
    end : str, date or datetime64, optional
        When the log ends: orders from then on do not count, nor does a week that goes on then.
        By default the first midnight after the last order.
    column : str
        What to add up, for instance ``"margin_eur"``.

    Returns
    -------
    Series
        Index ``week``, its first day; EUR, 0 in a week without orders.

    Raises
    ------
    ValueError
        The log is empty or does not hold a complete week, or a column is missing.

    Examples
    --------
    >>> times = pd.to_datetime(["2024-01-01", "2024-01-03", "2024-01-15", "2024-01-22"])
    >>> orders = pd.DataFrame({"ordered_at": times, "value_eur": [10.0, 5.0, 20.0, 9.0]})
    >>> weekly_sales(orders)
    week
    2024-01-01    15.0
    2024-01-08     0.0
    2024-01-15    20.0
    Freq: 7D, Name: value_eur, dtype: float64
    """
    for needed in ("ordered_at", column):
        if needed not in orders:
            raise ValueError(f"orders must have the column {needed!r}, got {list(orders)}.")
    last = log_end(orders) if end is None else _moment(end)
    first = _day(orders["ordered_at"].to_numpy().min() if start is None else _moment(start))
    weeks = int((last - first) // WEEK)
    if weeks < 1:
        raise ValueError(
            f"orders must hold a complete week, they run from {first} to {str(last)[:10]}."
        )
    index = pd.date_range(str(first), periods=weeks, freq="7D", unit="s", name="week")
    return _sums(orders["ordered_at"], orders[column], index).rename(column)


def weekly_counts(times: pd.Series, like: pd.Series) -> pd.Series:
    """How many events fell into each week of a series: visits, registrations, messages.

    Parameters
    ----------
    times : Series of datetime64
        One value an event, for instance ``records.sessions["started_at"]``.
    like : Series
        A weekly series, of `weekly_sales`; its weeks are taken.

    Examples
    --------
    >>> like = pd.Series([1.0, 2.0], index=pd.to_datetime(["2024-01-01", "2024-01-08"]))
    >>> weekly_counts(pd.Series(pd.to_datetime(["2024-01-02", "2024-01-03"])), like).tolist()
    [2.0, 0.0]
    """
    check_weekly(like)
    return _sums(times, pd.Series(1.0, index=times.index), like.index)


def check_series(series: pd.Series, least: int = 2) -> None:
    """Raise unless the series has enough values, all finite."""
    if not isinstance(series, pd.Series):
        raise TypeError(f"series must be a Series of sales by week, got {type(series).__name__}.")
    if len(series) < least:
        raise ValueError(
            f"series must hold at least {least} weeks for this method, got {len(series)}. "
            "Take a longer past or a simpler method."
        )
    bad = ~np.isfinite(series.to_numpy(dtype=float))
    if bad.any():
        raise ValueError(
            f"series must be finite, got {series[bad].iloc[0]} at {series.index[bad][0]}. "
            "A week without sales is 0."
        )


def check_weekly(series: pd.Series) -> None:
    """Raise unless the index is of dates, seven days apart."""
    index = series.index
    if not isinstance(index, pd.DatetimeIndex) or (np.diff(index) != WEEK).any():
        raise ValueError(
            "series must have an index of dates seven days apart, as weekly_sales gives it, "
            f"got {index[:3].tolist()}."
        )


def coming(series: pd.Series, weeks: int) -> pd.Index:
    """The index of the weeks that follow: dates after dates, numbers after numbers."""
    index = series.index
    if isinstance(index, pd.DatetimeIndex):
        check_weekly(series)
        first = index[-1] + pd.Timedelta(days=7)
        return pd.date_range(first, periods=weeks, freq="7D", name=index.name)
    if not pd.api.types.is_integer_dtype(index.dtype):
        raise ValueError(f"series must be indexed by weeks or numbers, got {index[:3].tolist()}.")
    last = int(index[-1])
    return pd.RangeIndex(last + 1, last + 1 + weeks, name=index.name)


def now_of(series: pd.Series) -> np.datetime64:
    """The moment after the last week of a weekly series, from which on nothing is known."""
    check_weekly(series)
    return (series.index[-1] + pd.Timedelta(days=7)).to_datetime64()


def _sums(times: pd.Series, values: pd.Series, index: pd.DatetimeIndex) -> pd.Series:
    first = index[0].to_datetime64().astype("datetime64[s]")
    known = times.notna().to_numpy()
    week = (times.to_numpy()[known].astype("datetime64[s]") - first) // WEEK
    inside = (week >= 0) & (week < len(index))
    weight = values.to_numpy(dtype=float)[known][inside]
    sums = np.bincount(week[inside].astype(int), weights=weight, minlength=len(index))
    return pd.Series(np.round(sums, 6), index=index)


def _moment(when: When) -> np.datetime64:
    return np.datetime64(pd.Timestamp(when), "s")


def _day(when: np.datetime64) -> np.datetime64:
    return when.astype("datetime64[D]")

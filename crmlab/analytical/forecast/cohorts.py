"""What do new customers bring, week after week? Sales as the sum over cohorts by their age.

A week's sales are those who came h weeks ago times what such customers spend at age h, added up
over all h. So a wave of new customers raises the forecast before it shows in the average, and its
ebbing lowers it. It assumes that all cohorts follow one curve, that season and campaigns do
not matter, that the log holds the first order of every customer, and that at ages which nobody
has reached yet customers spend as at the oldest ages known: too much, where they still leave.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from crmlab.analytical.forecast.result import Forecast, check_horizon, from_errors
from crmlab.analytical.forecast.series import WEEK, check_series, coming, now_of

_SMOOTH = 4  # weeks to either side over which neighbouring ages are averaged
_RECENT = 4  # weeks whose newcomers are expected to go on coming
Floats = NDArray[np.float64]


def cohort_sum(
    series: pd.Series,
    weeks: int,
    orders: pd.DataFrame,
    newcomers: ArrayLike | pd.Series | None = None,
    level: float = 0.8,
) -> Forecast:
    """Sales to come from the customers there are, by their age, and from those who will join.

    Parameters
    ----------
    series : Series
        Sales by week, of `weekly_sales` over the same orders; says where the past ends.
    weeks : int
        How many weeks ahead.
    orders : DataFrame
        ``customer_id``, ``ordered_at`` and the column that ``series`` is named after (else
        ``value_eur``). What comes after the end of ``series`` is not read.
    newcomers : float, array of shape (weeks,) or Series by week, optional
        Customers who will place their first order in each coming week, as planned; by default
        as many as in the last four weeks on average, also where a Series has no value.
    level : float
        Of the interval, from the errors that the method would have made before. There it knew
        the plan only if that is a Series that reaches back, and the default otherwise.

    Returns
    -------
    Forecast
        ``detail`` has one row a coming week: ``known`` and ``new``, EUR from customers of
        today and from newcomers.

    Raises
    ------
    ValueError
        The series is no weekly one of these orders, is too short, or newcomers are impossible.

    Examples
    --------
    >>> from crmlab.analytical.forecast import weekly_sales
    >>> days = pd.date_range("2024-01-01", periods=70, freq="D")
    >>> orders = pd.DataFrame({"customer_id": range(70), "ordered_at": days, "value_eur": 10.0})
    >>> cohort_sum(weekly_sales(orders), 2, orders).table["forecast"].tolist()
    [70.0, 70.0]
    """
    check_horizon(weeks, level)
    check_series(series, _RECENT + 1)
    came, spent = _cohorts(orders, series)
    plan = _check_plan(newcomers, weeks)
    by_date = plan if isinstance(plan, pd.Series) else None

    def point(past: pd.Series, ahead: int, plan: pd.Series | None = by_date) -> NDArray[np.float64]:
        n = len(past)
        joining = _joining(past, ahead, came[:n], plan)
        return _parts(came[:n], spent[:n, :n], joining).sum(axis=1).to_numpy()

    learned = from_errors(point, series, weeks, level, _RECENT)
    detail = _parts(came, spent, _joining(series, weeks, came, plan)).set_axis(learned.index)
    mean = detail.sum(axis=1)
    table = learned.add(mean - learned["forecast"], axis=0)
    table = table.clip(lower=0.0) if series.min() >= 0 else table
    return Forecast("cohort sum", table, level, detail=detail)


def cohort_curve(orders: pd.DataFrame, series: pd.Series) -> pd.DataFrame:
    """What a customer spends by age, pooled over all cohorts old enough.

    Parameters
    ----------
    orders, series
        As in `cohort_sum`.

    Returns
    -------
    DataFrame
        One row an age in weeks (index ``age``, 0 is the week of the first order): ``customers``
        who have reached it, ``eur`` a customer, and ``smooth_eur``, averaged over nine ages
        (week 0 apart), weighted by customers.

    Examples
    --------
    >>> from crmlab.analytical.forecast import weekly_sales
    >>> times = pd.to_datetime(["2024-01-01", "2024-01-09", "2024-01-10", "2024-01-21"])
    >>> orders = pd.DataFrame({"customer_id": [1, 1, 2, 2], "ordered_at": times})
    >>> orders["value_eur"] = [10.0, 20.0, 30.0, 8.0]
    >>> cohort_curve(orders, weekly_sales(orders))
         customers   eur  smooth_eur
    age
    0            2  20.0   20.000000
    1            2  14.0    9.333333
    2            1   0.0    9.333333
    """
    check_series(series, 2)
    return _curve(*_cohorts(orders, series))


def newcomers_per_week(orders: pd.DataFrame, series: pd.Series) -> pd.Series:
    """How many customers placed their first order in each week of a series.

    >>> from crmlab.analytical.forecast import weekly_sales
    >>> times = pd.to_datetime(["2024-01-01", "2024-01-09", "2024-01-14"])
    >>> orders = pd.DataFrame({"customer_id": [1, 1, 2], "ordered_at": times, "value_eur": 1.0})
    >>> newcomers_per_week(orders, weekly_sales(orders)).tolist()
    [1, 1]
    """
    came, _ = _cohorts(orders, series)
    return pd.Series(came.astype(int), index=series.index, name="newcomers")


def _cohorts(orders: pd.DataFrame, series: pd.Series) -> tuple[Floats, Floats]:
    """Newcomers by week, shape (n,), and value by week of birth and week, shape (n, n).

    Whose past is cut short keeps the week of birth, so a shorter past is a corner of these.
    """
    column = series.name if series.name in orders else "value_eur"
    _check_columns(orders, column)
    n, now = len(series), now_of(series)
    start = series.index[0].to_datetime64().astype("datetime64[s]")
    known = orders[orders["ordered_at"].to_numpy() < now]
    week = ((known["ordered_at"].to_numpy().astype("datetime64[s]") - start) // WEEK).astype(int)
    if not len(week) or week.min() < 0:
        raise ValueError(
            "orders must lie within the weeks of series, from its first week on. "
            "Make it with weekly_sales(orders)."
        )
    weeks = pd.Series(week).groupby(known["customer_id"].to_numpy())
    born = weeks.transform("min").to_numpy()
    value = known[column].to_numpy(dtype=float)
    spent = np.bincount(born * n + week, weights=value, minlength=n * n).reshape(n, n)
    return np.bincount(weeks.min(), minlength=n).astype(float), spent.astype(float)


def _curve(came: Floats, spent: Floats) -> pd.DataFrame:
    n = len(came)
    born, week = np.triu_indices(n)
    values = np.bincount(week - born, weights=spent[born, week], minlength=n)
    reached = came.cumsum()[::-1]
    eur = np.divide(values, reached, out=np.zeros(n), where=reached > 0)
    kernel = np.ones(2 * _SMOOTH + 1)
    sums, counts = (np.convolve(a[1:], kernel)[_SMOOTH:-_SMOOTH] for a in (values, reached))
    smooth = np.divide(sums, counts, out=np.zeros(n - 1), where=counts > 0)
    return pd.DataFrame(
        {"customers": reached.astype(int), "eur": eur, "smooth_eur": [eur[0], *smooth]},
        index=pd.RangeIndex(n, name="age"),
    )


def _parts(came: Floats, spent: Floats, joining: Floats) -> pd.DataFrame:
    """Sales of the coming weeks from who is there and from who joins."""
    n, weeks = len(came), len(joining)
    curve = _curve(came, spent)["smooth_eur"].to_numpy()
    curve = np.concatenate([curve, np.full(weeks, curve[-1])])
    both = np.convolve(np.concatenate([came, joining]), curve)[n : n + weeks]
    new = np.convolve(joining, curve)[:weeks]
    return pd.DataFrame({"known": both - new, "new": new})


def _joining(past: pd.Series, weeks: int, came: Floats, plan: Floats | pd.Series | None) -> Floats:
    recent = came[-_RECENT:].mean()
    if plan is None:
        return np.full(weeks, recent)
    if isinstance(plan, pd.Series):
        return plan.reindex(coming(past, weeks)).fillna(recent).to_numpy(dtype=float)
    return np.broadcast_to(plan, weeks).astype(float)


def _check_plan(newcomers: ArrayLike | pd.Series | None, weeks: int) -> Floats | pd.Series | None:
    if newcomers is None:
        return None
    plan = np.asarray(newcomers, dtype=float)
    by_week = isinstance(newcomers, pd.Series)
    if not by_week and (plan.ndim > 1 or (plan.ndim == 1 and len(plan) != weeks)):
        raise ValueError(f"newcomers must be one number or {weeks}, got shape {plan.shape}.")
    if not (np.isfinite(plan) & (plan >= 0)).all():
        bad = plan[~(np.isfinite(plan) & (plan >= 0))].flat[0]
        raise ValueError(f"newcomers must be finite and >= 0, got {bad}.")
    return newcomers if by_week else plan


def _check_columns(orders: pd.DataFrame, column: object) -> None:
    for needed in ("customer_id", "ordered_at", column):
        if needed not in orders:
            raise ValueError(f"orders must have the column {needed!r}, got {list(orders)}.")

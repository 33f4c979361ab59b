"""Who comes back, and how long does that take? Cohorts, silence and concentration in a log.

Everything here needs orders only: who, when, how much. A log tells what happened; it does not
tell what would have happened otherwise, nor whether somebody who is silent has left.
Counting of repeat purchases as in Fader, Hardie and Lee (2005), Marketing Science 24(2):
several orders on one day are one purchase.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import datetime

    from numpy.typing import ArrayLike

    from crmlab.records import Records

    When = str | datetime.date | np.datetime64

_DAY, _WEEK = np.timedelta64(1, "D"), np.timedelta64(7, "D")
VERDICTS = (
    "called lost: stayed away",
    "called lost: came back",
    "called active: came back",
    "called active: stayed away",
)
"""What can become of a customer whom a rule called lost, or did not."""
_OFTEN = ("1 order", "2 or 3 orders", "4 or more")


def log_end(orders: pd.DataFrame) -> np.datetime64:
    """When the log ends: the first midnight after its last order.

    >>> log_end(pd.DataFrame({"ordered_at": pd.to_datetime(["2024-05-01", "2024-05-03"])}))
    np.datetime64('2024-05-04T00:00:00')
    """
    if not len(orders):
        raise ValueError("orders must hold at least one order, got an empty table.")
    last = orders["ordered_at"].to_numpy().max()
    return (last.astype("datetime64[D]") + _DAY).astype("datetime64[s]")


def came_back(records: Records, when: When | None = None, horizon_weeks: int = 26) -> pd.DataFrame:
    """Who had been silent for how long at a moment, and who ordered in the weeks after it.

    Only ``records.as_of(when)`` is used for what was known; only the horizon for what came.

    Parameters
    ----------
    records : Records
        With ``customers`` and ``orders``.
    when : str, date or datetime64, optional
        The moment; by default the last one after which the horizon is still in the log.
    horizon_weeks : int
        How long to wait for them to come back, at least 1.

    Returns
    -------
    DataFrame
        One row a customer who had ordered by then: ``customer_id``, ``orders`` and
        ``value_eur`` so far, ``weeks_silent``, ``later_orders`` within the horizon,
        ``came_back``.

    Raises
    ------
    ValueError
        The log ends before the horizon does: nobody can be said to have stayed away.

    Examples
    --------
    >>> from crmlab import Records
    >>> log = pd.DataFrame({"who": [1, 2, 1], "on": ["2024-01-01", "2024-01-08", "2024-02-05"]})
    >>> records = Records.from_transactions(log.assign(eur=9.0), "who", "on", "eur")
    >>> came_back(records, "2024-01-15", 3)[["customer_id", "weeks_silent", "came_back"]]
       customer_id  weeks_silent  came_back
    0            1           2.0      False
    1            2           1.0      False
    >>> came_back(records, "2024-01-16", 3)["came_back"].tolist()
    [True, False]
    """
    if horizon_weeks < 1:
        raise ValueError(f"horizon_weeks must be >= 1, got {horizon_weeks!r}.")
    end = log_end(records.orders)
    then = records.as_of(end - horizon_weeks * _WEEK if when is None else when)
    now: np.datetime64 = then.now  # type: ignore[assignment]
    until = now + horizon_weeks * _WEEK
    if until > end:
        raise ValueError(
            f"the log ends on {str(end)[:10]}, before {horizon_weeks} weeks from {str(now)[:10]} "
            "are over. Choose an earlier moment or a shorter horizon."
        )
    known = then.profiles[["customer_id", "orders", "value_eur", "last_ordered_at"]]
    known = known[known["orders"] > 0].reset_index(drop=True)
    times = records.orders["ordered_at"].to_numpy()
    later = records.orders.loc[(times >= now) & (times < until), "customer_id"].value_counts()
    later_orders = known["customer_id"].map(later).fillna(0).astype("int64")
    silent = (now - known.pop("last_ordered_at").to_numpy()) / _WEEK
    return known.assign(weeks_silent=silent, later_orders=later_orders, came_back=later_orders > 0)


def judge_silence(customers: pd.DataFrame, lost_after_weeks: float) -> pd.Series:
    """How a rule "so many weeks of silence mean lost" did: customers by `VERDICTS`.

    Parameters
    ----------
    customers : DataFrame
        What `came_back` returns.
    lost_after_weeks : float
        From so many weeks of silence on, a customer counts as lost.

    Examples
    --------
    >>> table = pd.DataFrame({"weeks_silent": [30.0, 30.0, 2.0], "came_back": [False, True, True]})
    >>> judge_silence(table, 26).tolist()
    [1, 1, 1, 0]
    """
    lost, back = customers["weeks_silent"] >= lost_after_weeks, customers["came_back"]
    counts = [(lost & ~back).sum(), (lost & back).sum(), (~lost & back).sum(),
              (~lost & ~back).sum()]  # fmt: skip
    return pd.Series(counts, index=list(VERDICTS), dtype="int64")


def return_rates(customers: pd.DataFrame, lost_after_weeks: float) -> pd.Series:
    """Which share of the silent came back after all, by how often they had ordered before.

    Parameters
    ----------
    customers : DataFrame
        What `came_back` returns.
    lost_after_weeks : float
        Who has been silent for so long counts.

    Returns
    -------
    Series
        Index "1 order", "2 or 3 orders", "4 or more"; NaN where nobody was silent.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {
    ...         "orders": [1, 1, 5, 9],
    ...         "weeks_silent": [30.0, 30.0, 30.0, 2.0],
    ...         "came_back": [True, False, False, True],
    ...     }
    ... )
    >>> return_rates(table, 26)
    1 order          0.5
    2 or 3 orders    NaN
    4 or more        0.0
    Name: came_back, dtype: float64
    """
    silent = customers[customers["weeks_silent"] >= lost_after_weeks]
    often = pd.cut(silent["orders"], [0, 1, 3, np.inf], labels=list(_OFTEN))
    return silent["came_back"].groupby(often, observed=False).mean().rename_axis(None)


def cohort_activity(orders: pd.DataFrame, period_weeks: int = 4) -> pd.DataFrame:
    """Which share of those who came together ordered again, period by period.

    Parameters
    ----------
    orders : DataFrame
        ``customer_id`` and ``ordered_at``, with the first order of every customer.
    period_weeks : int
        Length of a period, from the day of the log's first order on.

    Returns
    -------
    DataFrame
        One row a cohort (index ``cohort``, the first day of the period of its first orders),
        one column a number of periods since then; ``customers`` in front. Column 0 is 1 by
        definition. NaN where the log had not lasted so long.

    Examples
    --------
    >>> orders = pd.DataFrame(
    ...     {
    ...         "customer_id": [1, 2, 1, 3],
    ...         "ordered_at": pd.to_datetime(
    ...             ["2024-01-01", "2024-01-02", "2024-01-09", "2024-01-14"]
    ...         ),
    ...     }
    ... )
    >>> cohort_activity(orders, period_weeks=1)
                customers    0    1
    cohort
    2024-01-01          2  1.0  0.5
    2024-01-08          1  1.0  NaN
    """
    if period_weeks < 1:
        raise ValueError(f"period_weeks must be >= 1, got {period_weeks!r}.")
    days = orders["ordered_at"].to_numpy().astype("datetime64[D]")
    length = np.timedelta64(7 * period_weeks, "D")
    start, end = days.min(), log_end(orders).astype("datetime64[D]")
    period = pd.Series((days - start) // length, index=orders.index)
    born = period.groupby(orders["customer_id"]).transform("min")
    active = pd.DataFrame(
        {"customer_id": orders["customer_id"], "born": born, "age": period - born}
    ).drop_duplicates()
    counts = active.groupby(["born", "age"]).size().unstack(fill_value=0)
    complete = int((end - start) // length)
    counts = counts.reindex(columns=range(complete)).fillna(0)
    counts = counts.loc[counts.index < complete]
    shares = counts.div(counts[0], axis=0)
    seen = np.add.outer(shares.index.to_numpy(), shares.columns.to_numpy()) < complete
    shares = shares.where(seen)
    shares.insert(0, "customers", counts[0].astype("int64"))
    names = [str(start + born * length) for born in shares.index]
    return shares.set_axis(pd.Index(names, name="cohort")).rename_axis(columns=None)


def share_by_part(values: ArrayLike, parts: int = 5) -> pd.Series:
    """Which share of a total each part of the customers brings, the best part first.

    Parameters
    ----------
    values : array, shape (n_customers,)
        Value of each customer, EUR.
    parts : int
        How many parts of equal size, up to one customer; 5 gives fifths.

    Returns
    -------
    Series
        Index ``part`` 1 (the best) to ``parts``; the shares add up to 1.

    Examples
    --------
    >>> share_by_part([60.0, 10.0, 10.0, 10.0, 10.0]).tolist()
    [0.6, 0.1, 0.1, 0.1, 0.1]
    """
    value = np.sort(np.asarray(values, dtype=float))[::-1]
    if not 1 <= parts <= len(value):
        raise ValueError(f"parts must be in [1, {len(value)}], the customers, got {parts!r}.")
    if not value.sum() > 0:
        raise ValueError(f"values must add up to more than 0, got {value.sum():g}.")
    part = np.arange(len(value)) * parts // len(value)
    sums = np.bincount(part, weights=value)
    return pd.Series(sums / value.sum(), index=pd.RangeIndex(1, parts + 1, name="part"))


def repeat_counts(orders: pd.DataFrame, until: When, most: int = 7) -> pd.Series:
    """How many customers came back how often before a moment, several orders a day being one.

    Parameters
    ----------
    orders : DataFrame
        ``customer_id`` and ``ordered_at``.
    until : str, date or datetime64
        Orders from then on are left out.
    most : int
        The last class holds those with so many or more.

    Returns
    -------
    Series
        Index ``repeats`` 0, 1, ..., ``most``; customers.

    Examples
    --------
    >>> orders = pd.DataFrame(
    ...     {
    ...         "customer_id": [1, 1, 1, 2],
    ...         "ordered_at": pd.to_datetime(
    ...             ["2024-01-01", "2024-01-01", "2024-01-09", "2024-01-14"]
    ...         ),
    ...     }
    ... )
    >>> repeat_counts(orders, "2024-02-01", most=2).tolist()
    [1, 1, 0]
    """
    known = orders[orders["ordered_at"] < pd.Timestamp(until)]
    days = known["ordered_at"].dt.floor("D")
    repeats = days.groupby(known["customer_id"]).nunique() - 1
    counts = np.bincount(repeats.clip(upper=most), minlength=most + 1)
    return pd.Series(counts, index=pd.RangeIndex(most + 1, name="repeats"))


def weekly_repeats(orders: pd.DataFrame, weeks: int) -> pd.Series:
    """Repeat orders of each week since the log began: all but the first of each customer.

    >>> orders = pd.DataFrame(
    ...     {
    ...         "customer_id": [1, 1, 2],
    ...         "ordered_at": pd.to_datetime(["2024-01-01", "2024-01-09", "2024-01-14"]),
    ...     }
    ... )
    >>> weekly_repeats(orders, weeks=2).tolist()
    [0, 1]
    """
    later = orders.sort_values("ordered_at", kind="stable")
    later = later[later["customer_id"].duplicated()]
    start = orders["ordered_at"].to_numpy().min().astype("datetime64[D]")
    week = ((later["ordered_at"].to_numpy() - start) // _WEEK).astype(int)
    counts = np.bincount(week, minlength=weeks)[:weeks]
    return pd.Series(counts, index=pd.RangeIndex(weeks, name="week"))

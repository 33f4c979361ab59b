"""What was known of each customer at a moment, and what became of them afterwards?

A model that is to predict may know nothing of what it predicts. So features come from
``records.as_of(moment)`` alone, and the label from the horizon after the moment alone. A feature
that knows a part of the horizon (*leakage*: Kaufman, Rosset, Perlich and Stitelman 2012, ACM
TKDD 6(4)) makes every grade better and the model useless: at the moment of use it is not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab.analytical.cohorts import log_end
from crmlab.checks import whole_number

if TYPE_CHECKING:
    from crmlab.asof import When
    from crmlab.records import Records

RECENT_WEEKS = 8
"""What "recent" means in the names of features."""
_WEEK = np.timedelta64(7, "D")


@dataclass(frozen=True, eq=False, repr=False)
class Snapshot:
    """Customers at a moment, and whether they ordered in the weeks after it.

    Attributes
    ----------
    X : DataFrame
        One row a customer (index ``customer_id``), one column a feature.
    churned : Series of bool
        Whether there was no order within the horizon.
    weeks : Series
        Weeks from the moment to the next order; the whole horizon where there was none.
    when, until : datetime64
        The moment, and the end of the horizon.
    """

    X: pd.DataFrame
    churned: pd.Series
    weeks: pd.Series
    when: np.datetime64
    until: np.datetime64

    def __repr__(self) -> str:
        return (
            f"{len(self.X):,} customers on {str(self.when)[:10]}, {self.X.shape[1]} features; "
            f"{self.churned.mean():.1%} without an order until {str(self.until)[:10]}"
        )


def features(records: Records, when: When) -> pd.DataFrame:
    """What a firm could know of each customer at a moment.

    Parameters
    ----------
    records : Records
        With ``orders``; what other tables tell is left out where they are missing.
    when : int, str, date or datetime64
        The moment, or a week number; nothing that happened then or later is used.

    Returns
    -------
    DataFrame
        One row a customer who had ordered by then (index ``customer_id``), without missing
        values. "Recent" is the last `RECENT_WEEKS` weeks.

        * From ``orders``: ``weeks_since_order``; ``weeks_known``, since the first order;
          ``orders`` and ``orders_recent``; ``mean_order_eur``; ``overdue``: the silence over
          the mean time for an order, ``weeks_since_order * orders / weeks_known``.
        * From ``sessions``: ``visits_recent``, ``carts_left_recent``, ``weeks_since_visit``
          (``weeks_known`` where there was none since then).
        * From ``messages`` and ``responses``: ``messages_recent``, ``opens_recent``,
          ``clicks_recent``.
        * From ``returns``: ``returned_share`` of the turnover.

    Raises
    ------
    ValueError
        Nobody had ordered by then, or ``when`` is no moment.

    Examples
    --------
    >>> from crmlab import Records
    >>> log = pd.DataFrame({"who": [1, 1, 2], "on": ["2024-01-01", "2024-01-15", "2024-01-22"]})
    >>> records = Records.from_transactions(log.assign(eur=10.0), "who", "on", "eur")
    >>> features(records, "2024-01-29")[["weeks_since_order", "orders", "overdue"]]
                 weeks_since_order  orders  overdue
    customer_id
    1                          2.0     2.0      1.0
    2                          1.0     1.0      1.0
    """
    then = records.as_of(when)
    now: np.datetime64 = then.now  # type: ignore[assignment]
    bought = then["orders"]
    if bought.empty:
        raise ValueError(f"nobody had ordered before {now}; choose a later moment (when).")
    start = now - RECENT_WEEKS * _WEEK
    table = _from_orders(bought, now, start)
    parts = {"sessions": _from_sessions, "messages": _from_messages, "responses": _from_responses}
    for name, read in parts.items():
        if name in then:
            table = table.assign(**read(then[name], table, now, start))
    if "returns" in then:
        table["returned_share"] = _returned(then["returns"], bought, table)
    return table.astype("float64")


def snapshot(
    records: Records,
    when: When | None = None,
    horizon_weeks: int = 26,
    features_as_of: When | None = None,
    log_ends: When | None = None,
) -> Snapshot:
    """What was known at a moment, and who placed no order in the horizon after it.

    Parameters
    ----------
    records : Records
        As for `features`.
    when : int, str, date or datetime64, optional
        The moment; by default the last one after which the horizon is still in the log.
    horizon_weeks : int
        How long to wait for an order, at least 1.
    features_as_of : int, str, date or datetime64, optional
        For data that arrive late: features as of an earlier moment than ``when``.
    log_ends : int, str, date or datetime64, optional
        When the records were taken, if that was later than the midnight after the last order.

    Returns
    -------
    Snapshot

    Raises
    ------
    ValueError
        The log ends before the horizon does, so that nobody can be said to have stayed away;
        or ``features_as_of`` is after ``when``, so that features would know a part of what
        they are to predict.

    Examples
    --------
    >>> from crmlab import Records
    >>> log = pd.DataFrame({"who": [1, 2, 1], "on": ["2024-01-01", "2024-01-08", "2024-02-05"]})
    >>> records = Records.from_transactions(log.assign(eur=9.0), "who", "on", "eur")
    >>> shot = snapshot(records, "2024-01-16", horizon_weeks=3)
    >>> shot
    2 customers on 2024-01-16, 6 features; 50.0% without an order until 2024-02-06
    >>> shot.churned.to_dict(), shot.weeks.round(1).to_dict()
    ({1: False, 2: True}, {1: 2.9, 2: 3.0})
    """
    whole_number("horizon_weeks", horizon_weeks, 1, 5_000)
    last = _end(records, log_ends) - horizon_weeks * _WEEK
    now = last if when is None else _as_of(records, when)
    _check_over(now, last, horizon_weeks)
    known = now if features_as_of is None else _as_of(records, features_as_of)
    if known > now:
        raise ValueError(
            f"features_as_of must not be after when, got {known} after {now}: such features know "
            "a part of what they are to predict (leakage). Leave it out, or name an earlier one."
        )
    X = features(records, known)
    until = now + horizon_weeks * _WEEK
    orders = records["orders"]
    times = orders["ordered_at"].to_numpy()
    later = orders[(times >= now) & (times < until)]
    first = later.groupby("customer_id")["ordered_at"].min().reindex(X.index)
    weeks = (first - now) / _WEEK
    return Snapshot(
        X,
        churned=first.isna().rename("churned"),
        weeks=weeks.fillna(float(horizon_weeks)).rename("weeks"),
        when=now,
        until=until,
    )


def _end(records: Records, log_ends: When | None) -> np.datetime64:
    last_order = log_end(records["orders"])
    end = last_order if log_ends is None else max(last_order, _as_of(records, log_ends))
    return end if records.now is None else min(end, records.now)


def _check_over(now: np.datetime64, last: np.datetime64, horizon_weeks: int) -> None:
    if now > last:
        end = str(last + horizon_weeks * _WEEK)[:10]
        raise ValueError(
            f"the log ends on {end}, before {horizon_weeks} weeks from {str(now)[:10]} are over: "
            "nobody can be said to have churned. Choose an earlier moment or a shorter horizon; "
            "if the log went on without orders, say until when (log_ends)."
        )


def _as_of(records: Records, when: When) -> np.datetime64:
    now: np.datetime64 = records.as_of(when).now  # type: ignore[assignment]
    return now


# --- one table each ------------------------------------------------------------------------


def _from_orders(orders: pd.DataFrame, now: np.datetime64, start: np.datetime64) -> pd.DataFrame:
    by = orders.groupby("customer_id")
    times = by["ordered_at"].agg(["min", "max", "size"])
    silent, known = (now - times["max"]) / _WEEK, (now - times["min"]) / _WEEK
    table = pd.DataFrame(
        {
            "weeks_since_order": silent,
            "weeks_known": known,
            "orders": times["size"],
            "mean_order_eur": by["value_eur"].mean(),
            "overdue": silent * times["size"] / known,
        }
    )
    recent = orders[orders["ordered_at"] >= start]
    return table.assign(orders_recent=_count(recent, table)).rename_axis("customer_id")


def _from_sessions(
    sessions: pd.DataFrame, table: pd.DataFrame, now: np.datetime64, start: np.datetime64
) -> dict[str, pd.Series]:
    recent = sessions[sessions["started_at"] >= start]
    last = sessions.groupby("customer_id")["started_at"].max().reindex(table.index)
    since = ((now - last) / _WEEK).fillna(np.inf)
    return {
        "visits_recent": _count(recent, table),
        "carts_left_recent": _count(recent[recent["cart"] & (recent["order_id"] == 0)], table),
        "weeks_since_visit": since.clip(upper=table["weeks_known"]),
    }


def _from_messages(
    messages: pd.DataFrame, table: pd.DataFrame, now: np.datetime64, start: np.datetime64
) -> dict[str, pd.Series]:
    return {"messages_recent": _count(messages[messages["sent_at"] >= start], table)}


def _from_responses(
    responses: pd.DataFrame, table: pd.DataFrame, now: np.datetime64, start: np.datetime64
) -> dict[str, pd.Series]:
    recent = responses[responses["at"] >= start]
    return {
        f"{event}s_recent": _count(recent[recent["event"] == event], table)
        for event in ("open", "click")
    }


def _returned(returns: pd.DataFrame, orders: pd.DataFrame, table: pd.DataFrame) -> pd.Series:
    owner = orders.set_index("order_id")["customer_id"]
    refund = returns["refund_eur"].groupby(returns["order_id"].map(owner)).sum()
    value = table["orders"] * table["mean_order_eur"]
    share = refund.reindex(table.index).fillna(0.0) / value.where(value > 0)
    return share.fillna(0.0).clip(0, 1)


def _count(events: pd.DataFrame, table: pd.DataFrame) -> pd.Series:
    """Events of each customer of the table."""
    return events["customer_id"].value_counts().reindex(table.index, fill_value=0)

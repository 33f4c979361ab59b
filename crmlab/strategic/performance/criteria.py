"""Did the business do what it set out to do? Criteria by period, with definitions, and targets.

What a report on business criteria holds: each criterion with its definition, counted alike in every
period, beside what was aimed at. Only whole periods count; a period that has not ended would look
like a bad one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab.analytical.cohorts import log_end
from crmlab.checks import at_least_zero, one_of, whole_number

if TYPE_CHECKING:
    from crmlab.records import Records

CRITERIA = {
    "customers": "customers with an order in the period",
    "new_customers": "of these, those whose first order it was",
    "repeat_share": "share of the customers who had ordered before the period",
    "orders": "orders placed",
    "order_eur": "turnover over orders",
    "turnover_eur": "what customers paid, EUR",
    "margin_eur": "turnover less the cost of the goods, EUR",
    "cost_eur": "margin sent back, offers redeemed and messages sent, EUR",
    "contribution_eur": "margin less that cost, EUR",
}


def criteria(records: Records, period_weeks: int = 13, message_eur: float = 0.0) -> pd.DataFrame:
    """Every criterion in every whole period of the log.

    Parameters
    ----------
    records : Records
        With ``orders``; ``returns``, ``redemptions`` and ``messages`` count as cost where present.
    period_weeks : int
        Length of a period, from the day of the first order on.
    message_eur : float
        Cost of one message, EUR.

    Returns
    -------
    DataFrame
        One row a period (index ``period``, its first day), the columns of `CRITERIA`; the three
        about margin are NaN where orders have no margin.

    Raises
    ------
    ValueError
        The log is shorter than a period.

    Examples
    --------
    >>> from crmlab import Records
    >>> log = pd.DataFrame({"who": [1, 2, 1], "on": ["2024-01-01", "2024-01-09", "2024-01-14"]})
    >>> records = Records.from_transactions(log.assign(eur=10.0), "who", "on", "eur")
    >>> criteria(records, period_weeks=1)[["customers", "new_customers", "repeat_share"]]
                customers  new_customers  repeat_share
    period
    2024-01-01          1              1           0.0
    2024-01-08          2              1           0.5
    """
    whole_number("period_weeks", period_weeks, 1, 520)
    at_least_zero("message_eur", message_eur)
    orders = records["orders"]
    end = log_end(orders)
    start = orders["ordered_at"].to_numpy().min().astype("datetime64[D]")
    length = np.timedelta64(7 * period_weeks, "D")
    count = int((end.astype("datetime64[D]") - start) // length)
    if count < 1:
        raise ValueError(
            f"the log must last a period of {period_weeks} weeks, got {start} to {end}. "
            "Take shorter periods."
        )

    def by_period(times: pd.Series, values: pd.Series) -> pd.Series:
        place = (times.to_numpy() - start) // length
        return values.groupby(place).sum().reindex(range(count), fill_value=0)

    table = _counts(orders, start, length, count)
    one = pd.Series(1.0, orders.index)
    table["orders"] = by_period(orders["ordered_at"], one).astype(int)
    table["turnover_eur"] = by_period(orders["ordered_at"], orders["value_eur"])
    table["order_eur"] = table["turnover_eur"] / table["orders"].where(table["orders"] > 0)
    table["margin_eur"] = by_period(orders["ordered_at"], orders["margin_eur"])
    table["cost_eur"] = 0.0
    for times, eur in _costs(records, message_eur):
        table["cost_eur"] += by_period(times, eur)
    table["contribution_eur"] = table["margin_eur"] - table["cost_eur"]
    if orders["margin_eur"].isna().any():
        table[["margin_eur", "cost_eur", "contribution_eur"]] = np.nan
    days = pd.Index([str(start + k * length) for k in range(count)], name="period")
    return table[list(CRITERIA)].set_axis(days)


def against_targets(criteria: pd.DataFrame, targets: Mapping[str, float]) -> pd.DataFrame:
    """Which targets the last whole period met.

    Parameters
    ----------
    criteria : DataFrame
        As `criteria` returns it.
    targets : mapping of str to float
        Criterion to what was aimed at. ``cost_eur`` is met from below, all others from above.

    Returns
    -------
    DataFrame
        One row a target (index ``criterion``): ``target``, ``actual``, ``met``.

    Examples
    --------
    >>> table = pd.DataFrame({"orders": [10, 12], "cost_eur": [5.0, 9.0]})
    >>> against_targets(table, {"orders": 11, "cost_eur": 6.0})["met"].tolist()
    [True, False]
    """
    rows = {}
    for name, target in targets.items():
        one_of("targets", name, list(criteria.columns))
        actual = float(criteria[name].iloc[-1])
        if np.isnan(actual):
            raise ValueError(f"target {name!r} cannot be judged: these orders have no margin.")
        met = actual <= target if name == "cost_eur" else actual >= target
        rows[name] = (float(target), actual, bool(met))
    names = ["target", "actual", "met"]
    found = pd.DataFrame.from_dict(rows, orient="index", columns=names)
    return found.rename_axis("criterion")


def _counts(
    orders: pd.DataFrame, start: np.datetime64, length: np.timedelta64, count: int
) -> pd.DataFrame:
    place = pd.Series((orders["ordered_at"].to_numpy() - start) // length, orders.index)
    born = place.groupby(orders["customer_id"]).transform("min")
    seen = pd.DataFrame({"place": place, "who": orders["customer_id"], "new": place == born})
    seen = seen.drop_duplicates(["place", "who"])
    found = seen.groupby("place")["new"].agg(["size", "sum"]).reindex(range(count), fill_value=0)
    customers, new = found["size"].astype(int), found["sum"].astype(int)
    repeat = (customers - new) / customers.where(customers > 0)
    return pd.DataFrame({"customers": customers, "new_customers": new, "repeat_share": repeat})


def _costs(records: Records, message_eur: float) -> list[tuple[pd.Series, pd.Series]]:
    """Times and EUR of what is spent, table by table."""
    parts = []
    for table, at, eur in (("returns", "returned_at", "margin_eur"),
                           ("redemptions", "redeemed_at", "offer_eur")):  # fmt: skip
        if table in records:
            rows = records[table]
            parts.append((rows[at], rows[eur]))
    if "messages" in records and message_eur:
        sent = records["messages"]
        parts.append((sent["sent_at"], pd.Series(message_eur, sent.index)))
    return parts

"""What do the books say of each account? Its status, sales, net price, costs and profit.

Two of the five basic disciplines of portfolio management (Buttle 2004, ch. 4) are here: what an
account brings, and, by *activity-based costing*, what it costs to serve (Cooper and Kaplan 1991).
Everything is per quarter, over the last year or as long as the account has been a customer.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pandas as pd

from crmlab.analytical.costing import assign_costs
from crmlab.tables import ACTIVITIES, QUARTER_WEEKS, WEEK_SECONDS

STATUSES = ("customer", "prospect", "lost", "ended")
_BECOMES = {"customer": "customer", "won": "customer", "won back": "customer"} | {
    "lost": "lost",
    "ended": "ended",
}
YEAR_WEEKS = 52


class Tables(Protocol):
    """Anything that holds the firm's tables by name: `Records`, or what a policy sees."""

    def __getitem__(self, name: str) -> pd.DataFrame: ...


def status(held: Tables) -> pd.DataFrame:
    """What each account is to the firm now, since when, and why it left.

    Parameters
    ----------
    held : Records or the like
        With the tables ``accounts`` and ``account_events``.

    Returns
    -------
    DataFrame
        One row an account (index ``customer_id``): ``status`` (one of `STATUSES`), ``since``
        (NaT for prospects), ``reason`` (stated by who was lost; else empty).
    """
    events = held["account_events"].drop_duplicates("customer_id", keep="last")
    events = events.set_index("customer_id")
    index = pd.Index(held["accounts"]["customer_id"].sort_values(), name="customer_id")
    now = events["event"].astype(str).map(_BECOMES).reindex(index)
    return pd.DataFrame(
        {
            "status": pd.Categorical(now.fillna("prospect"), categories=list(STATUSES)),
            "since": events["at"].reindex(index),
            "reason": events["reason"].astype(str).reindex(index).fillna(""),
        },
        index=index,
    )


def books(held: Tables, now: np.datetime64) -> pd.DataFrame:
    """What each account brought and cost, EUR a quarter, in its last year as a customer.

    Parameters
    ----------
    held : Records or the like
        With ``accounts``, ``account_events``, ``orders``, ``activities`` and ``cost_pools``.
    now : datetime64
        The moment at which it is looked; nothing later is used.

    Returns
    -------
    DataFrame
        One row an account (index ``customer_id``): ``status``, ``since``, ``reason``; ``quarters``
        of trade that are looked at; per quarter ``orders``, ``sales_eur``, ``margin_eur``,
        ``serving_eur`` (by activity), ``profit_eur`` (margin less serving, before fixed cost),
        ``fixed_eur`` (fixed cost by use of work), ``full_profit_eur``; ``net_price`` (what is
        paid per unit of product cost, over the mean of all: 1 is average; NaN without sales) and
        ``cost_ratio`` (serving cost over sales).

    Raises
    ------
    ValueError
        Nothing has been sold yet.
    """
    table = status(held)
    end = table["since"].where(table["status"].isin(["lost", "ended"]), now)
    end = end.fillna(now).to_numpy().astype("datetime64[s]")
    begin = end - np.timedelta64(YEAR_WEEKS * WEEK_SECONDS, "s")
    orders = _within(held["orders"], "ordered_at", table.index, begin, end, now)
    if not len(orders):
        raise ValueError("orders must hold at least one order before now: wait a few weeks.")
    start = held["orders"]["ordered_at"].min().to_datetime64()
    quarters = _quarters(held, table, begin, end, start)
    sums = orders.groupby("customer_id")[["value_eur", "margin_eur"]].sum()
    sums = sums.reindex(table.index, fill_value=0.0)
    count = orders.groupby("customer_id").size().reindex(table.index, fill_value=0)
    serving, fixed = _serving(held, table.index, begin, end, now)
    each = {
        "orders": count,
        "sales_eur": sums["value_eur"],
        "margin_eur": sums["margin_eur"],
        "serving_eur": serving,
        "fixed_eur": fixed,
    }
    per_quarter = pd.DataFrame(each).div(quarters, axis=0).fillna(0.0)
    table = table.assign(quarters=quarters, **per_quarter)
    table["profit_eur"] = table["margin_eur"] - table["serving_eur"]
    table["full_profit_eur"] = table["profit_eur"] - table["fixed_eur"]
    product_cost = sums["value_eur"] - sums["margin_eur"]
    price = sums["value_eur"] / product_cost.where(product_cost > 0)
    average = sums["value_eur"].sum() / product_cost.sum()
    table["net_price"] = price / average
    table["cost_ratio"] = table["serving_eur"] / table["sales_eur"].where(table["sales_eur"] > 0)
    return table


def _within(
    frame: pd.DataFrame,
    time: str,
    index: pd.Index,
    begin: np.ndarray,
    end: np.ndarray,
    now: np.datetime64,
) -> pd.DataFrame:
    """Rows in each account's own stretch, and before ``now``."""
    place = index.get_indexer(frame["customer_id"])
    at = frame[time].to_numpy()
    kept = (place >= 0) & (at < now) & (at >= begin[place]) & (at < end[place])
    return frame[kept]


def _quarters(
    held: Tables, table: pd.DataFrame, begin: np.ndarray, end: np.ndarray, start: np.datetime64
) -> pd.Series:
    """How many quarters of trade are looked at; 0 for who never was a customer."""
    came = held["account_events"]
    came = came[came["event"].isin(["customer", "won", "won back"])]
    first = came.groupby("customer_id")["at"].max().reindex(table.index)
    first = np.maximum(first.fillna(pd.Timestamp(end.max())).to_numpy(), start)
    length = (end - np.maximum(begin, first)) / np.timedelta64(QUARTER_WEEKS * WEEK_SECONDS, "s")
    customer = table["status"] != "prospect"
    return pd.Series(np.where(customer, np.maximum(length, 1 / 13), 0.0), table.index)


def _serving(
    held: Tables, index: pd.Index, begin: np.ndarray, end: np.ndarray, now: np.datetime64
) -> tuple[pd.Series, pd.Series]:
    """Cost of serving each account by its activities, and its part of the fixed cost, EUR."""
    work = _within(held["activities"], "at", index, begin, end, now)
    pools = held["cost_pools"]
    pools = pools[(pools["at"] < now) & (pools["at"] >= now - np.timedelta64(364, "D"))]
    spent = pools.groupby("pool", observed=False)["eur"].sum()
    everything = held["activities"]
    everything = everything[everything["at"].isin(pools["at"])]
    volumes = work.pivot_table(
        "number", "customer_id", "kind", aggfunc="sum", fill_value=0, observed=False
    ).reindex(index, fill_value=0)
    volumes.columns = volumes.columns.astype(str)
    volumes = volumes.reindex(columns=list(ACTIVITIES), fill_value=0)
    total = everything.groupby("kind", observed=False)["number"].sum().reindex(ACTIVITIES)
    pieces = total.fillna(0).to_numpy(dtype=float)
    times = pd.DataFrame(
        {"activity": ACTIVITIES, "pool": ACTIVITIES, "driver": ACTIVITIES, "minutes": 1.0}
    )
    rates = pd.DataFrame(
        {
            "pool": ACTIVITIES,
            "cost_eur": spent.reindex(ACTIVITIES).fillna(0.0).to_numpy(),
            "capacity_minutes": np.maximum(pieces, 1.0),
        }
    )
    cost = assign_costs(volumes, times, rates).cost_eur
    overhead = float(spent.get("fixed", 0.0)) / max(float(spent.reindex(ACTIVITIES).sum()), 1e-9)
    return cost, cost * overhead

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
_MONTH = np.timedelta64(4 * WEEK_SECONDS, "s")  # after which activities are counted


class Tables(Protocol):
    """Anything that holds the firm's tables by name: `Records`, or what a policy sees."""

    def __getitem__(self, name: str) -> pd.DataFrame: ...


def status(held: Tables, now: np.datetime64 | None = None) -> pd.DataFrame:
    """What each account is to the firm now, since when, and why it left.

    Parameters
    ----------
    held : Records or the like
        With the tables ``accounts`` and ``account_events``.
    now : datetime64, optional
        The moment at which it is looked; None for after all that is held.

    Returns
    -------
    DataFrame
        One row an account (index ``customer_id``): ``status`` (one of `STATUSES`), ``since``
        (NaT for prospects), ``reason`` (stated by who was lost; else empty).
    """
    events = held["account_events"]
    events = events if now is None else events[events["at"] < now]
    events = events.drop_duplicates("customer_id", keep="last").set_index("customer_id")
    index = pd.Index(held["accounts"]["customer_id"].sort_values(), name="customer_id")
    became = events["event"].astype(str).map(_BECOMES).reindex(index)
    return pd.DataFrame(
        {
            "status": pd.Categorical(became.fillna("prospect"), categories=list(STATUSES)),
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
    table = status(held, now)
    begin, end, quarters = _stretch(held, table, now)
    orders = _within(held["orders"], "ordered_at", table.index, begin, end, now)
    if not len(orders):
        raise ValueError("orders must hold at least one order before now: wait a few weeks.")
    sums = orders.groupby("customer_id")[["value_eur", "margin_eur"]].sum()
    sums = sums.reindex(table.index, fill_value=0.0)
    count = orders.groupby("customer_id").size().reindex(table.index, fill_value=0)
    bought = {
        "orders": count,
        "sales_eur": sums["value_eur"],
        "margin_eur": sums["margin_eur"],
    }
    table = table.assign(
        quarters=quarters, **pd.DataFrame(bought).div(quarters, axis=0).fillna(0.0)
    )
    table["serving_eur"], table["fixed_eur"] = _serving(held, table.index, begin, end, now)
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


def _stretch(
    held: Tables, table: pd.DataFrame, now: np.datetime64
) -> tuple[np.ndarray, np.ndarray, pd.Series]:
    """Begin and end of what is looked at of each account, and how many quarters that is.

    The last year as a customer, or since it came (or came back); 0 quarters for who never was one.
    """
    gone = table["since"].where(table["status"].isin(["lost", "ended"]), now)
    end = gone.fillna(now).to_numpy().astype("datetime64[s]")
    events = held["account_events"]
    came = events[events["event"].isin(["customer", "won", "won back"]) & (events["at"] < now)]
    first = came.groupby("customer_id")["at"].max().reindex(table.index)
    first = first.fillna(pd.Timestamp(end.max())).to_numpy().astype("datetime64[s]")
    begin = np.maximum(end - np.timedelta64(YEAR_WEEKS * WEEK_SECONDS, "s"), first)
    length = (end - begin) / np.timedelta64(QUARTER_WEEKS * WEEK_SECONDS, "s")
    customer = table["status"] != "prospect"
    return begin, end, pd.Series(np.where(customer, np.maximum(length, 1 / 13), 0.0), table.index)


def _serving(
    held: Tables, index: pd.Index, begin: np.ndarray, end: np.ndarray, now: np.datetime64
) -> tuple[pd.Series, pd.Series]:
    """Cost of serving each account by its activities, and its part of the fixed cost.

    EUR a quarter, over the months of its stretch whose activities have been counted.
    """
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
    counted = _counted(held["cost_pools"]["at"], begin, end, now)
    each = (cost / np.where(counted > 0, counted, np.inf)).fillna(0.0)
    return each, each * overhead


def _counted(
    closed_at: pd.Series, begin: np.ndarray, end: np.ndarray, now: np.datetime64
) -> np.ndarray:
    """Quarters of each account's stretch that lie in months which are closed."""
    closed = np.unique(closed_at[closed_at < now].to_numpy().astype("datetime64[s]"))
    if not len(closed):
        return np.zeros(len(begin))
    edges = np.concatenate([closed[:1] - _MONTH, closed])
    first, last = np.searchsorted(closed, begin), np.searchsorted(closed, end)
    full_year = end - begin >= np.timedelta64(YEAR_WEEKS * WEEK_SECONDS, "s")
    since = np.where(full_year, edges[first], np.maximum(begin, edges[0]))
    length = (edges[last] - since) / np.timedelta64(QUARTER_WEEKS * WEEK_SECONDS, "s")
    return np.where(last > first, length, 0.0)

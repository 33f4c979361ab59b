"""Which accounts do we have, and what is each worth? The portfolio table, from the records.

The five basic disciplines of customer portfolio management (Buttle 2004, ch. 4; Buttle and Maklan
2019, ch. 5) feed one table: market segmentation, sales forecasting, activity-based costing,
lifetime value estimation and data mining. Every portfolio model of the lecture is a function of
this table, so that they can be held against each other.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.policy import View
from crmlab.strategic.portfolio.books import Tables, books
from crmlab.strategic.portfolio.outlook import Horizon, growth, leaving_risk, lifetime_value
from crmlab.tables import CLOSED_INDUSTRIES

DISCIPLINES = {
    "market segmentation": "segment",
    "sales forecasting": "forecast_eur",
    "activity-based costing": "serving_eur",
    "lifetime value estimation": "lifetime_value_eur",
    "data mining": "leaving_risk",
}
"""The five basic disciplines, and the column of the table that each fills."""
CEILING = 0.9
"""Most of a wallet that one supplier can hope for (buyers keep a second source; assumed)."""
_CLUSTERS = 4
_BY = ["sales_eur", "net_price", "cost_ratio", "relationship"]


def portfolio(held: Tables, now: np.datetime64, horizon: Horizon | None = None) -> pd.DataFrame:
    """Every account with all that the firm can know of it at a moment.

    Parameters
    ----------
    held : Records, or `seen` of a policy's view
        With the tables of a market between firms.
    now : datetime64
        The moment; nothing later is used.
    horizon : Horizon, optional
        How far lifetime value is looked ahead.

    Returns
    -------
    DataFrame
        One row an account (index ``customer_id``). From the register: ``name``, ``industry``,
        ``manager``, ``employees``, ``closed`` (an industry that buys only from a supplier of a
        leading house), ``leading_house``. From the books, a quarter: see `books`. From the
        managers: ``relationship`` and ``rival`` (1-7), ``share``, ``wallet_eur``, ``headroom_eur``
        (of the wallet, up to `CEILING`, that goes elsewhere). Outlook: ``growth``,
        ``forecast_eur`` (sales of the next quarter), ``leaving_risk`` (a quarter),
        ``lifetime_value_eur``, ``potential_eur`` (lifetime value if the headroom came at the same
        margin). Others: ``contacts``, ``named_by`` (accounts that look at it), ``adopted``
        (suggestions taken up), ``segment`` (of customers, by k-means on sales, net price, cost
        ratio and relationship; 1 is the largest).

    Raises
    ------
    ValueError
        Nothing has been sold yet.
    """
    table = account_table(held, now, horizon)
    return table.assign(segment=_segments(table))


def account_table(held: Tables, now: np.datetime64, horizon: Horizon | None = None) -> pd.DataFrame:
    """The table of `portfolio` without the segments: for policies that need none, and sooner.

    Parameters and columns as in `portfolio`, but for ``segment``.
    """
    table = _registered(held).join(books(held, now))
    table = table.join(_judged(held, now))
    table["growth"] = growth(held, now).reindex(table.index)
    table["forecast_eur"] = table["sales_eur"] * (1 + table["growth"].fillna(0.0))
    risk = leaving_risk(held, now)
    table["leaving_risk"] = risk.reindex(table.index)
    trading = table["profit_eur"].where(table["status"] == "customer", 0.0)
    table["lifetime_value_eur"] = lifetime_value(trading, table["growth"], risk, horizon)
    gained = table["headroom_eur"].fillna(0.0) * _margin_rate(table)
    table["potential_eur"] = lifetime_value(trading + gained, table["growth"], risk, horizon)
    return table.join(_talk(held, now, table.index))


def seen(view: View) -> Tables:
    """What a policy sees, as tables by name for `portfolio`."""
    return _Seen(view)


class _Seen:
    def __init__(self, view: View) -> None:
        self.view = view

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.view.frame(name)


def _registered(held: Tables) -> pd.DataFrame:
    table = held["accounts"].set_index("customer_id").sort_index()
    table = table.drop(columns="registered_at")
    return table.assign(closed=table["industry"].isin(CLOSED_INDUSTRIES))


def _judged(held: Tables, now: np.datetime64) -> pd.DataFrame:
    """The last assessment of each account, and what of its wallet is still to be had."""
    table = held["assessments"]
    table = table[table["at"] < now].drop_duplicates("customer_id", keep="last")
    table = table.set_index("customer_id").drop(columns="at")
    table["relationship"] = table["relationship"].where(table["relationship"] > 0)
    free = (CEILING - table["share"]).clip(lower=0.0)
    return table.assign(headroom_eur=free * table["wallet_eur"])


def _margin_rate(table: pd.DataFrame) -> pd.Series:
    """Margin per EUR of sales: the account's own, or that of all where it buys nothing."""
    rate = table["margin_eur"] / table["sales_eur"].where(table["sales_eur"] > 0)
    return rate.fillna(table["margin_eur"].sum() / table["sales_eur"].sum())


def _talk(held: Tables, now: np.datetime64, index: pd.Index) -> pd.DataFrame:
    def until(name: str) -> pd.DataFrame:
        return held[name][held[name]["at"] < now]

    people, named, ideas = until("contacts"), until("testimonials"), until("suggestions")
    here = np.where(people["event"] == "joined", 1, -1)
    counts = {
        "contacts": pd.Series(here, people["customer_id"]).groupby(level=0).sum(),
        "named_by": named.groupby("names_id")["customer_id"].nunique(),
        "adopted": ideas[ideas["adopted"]].groupby("customer_id").size(),
    }
    return pd.DataFrame({k: v.reindex(index, fill_value=0) for k, v in counts.items()}, index)


def _segments(table: pd.DataFrame) -> pd.Series:
    """Segments of the customers that have been assessed and buy; empty for the rest."""
    from crmlab.analytical.segments import Clusters

    customers = table[table["status"] == "customer"]
    known = customers[_BY].dropna()
    segment = pd.Series("", table.index)
    if len(known) > 5 * _CLUSTERS:
        names = Clusters(k=_CLUSTERS).fit(known).segment(known).astype(str)
        segment.loc[known.index] = names
    return segment

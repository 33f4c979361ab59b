"""Which pool to win customers from? Selection, by the price of a customer or by their worth.

*Selection* defines "type of customer the organisation will market to. Segmenting customers by
value" (lecture notes 10). What a pool charges is known, what share of its prospects buys shows in
a pilot, and what its customers are worth shows only later, in the books on customers who came
that way before. The trap: customers who are cheap to win need not be those who stay (Reinartz,
Thomas and Kumar 2005, J. Marketing 69(1)).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crmlab.checks import above_zero, one_of, whole_number
from crmlab.policy import Actions, Plain, View
from crmlab.tables import EPOCH, WEEK_SECONDS

RULES = ("price", "worth")
BOUGHT = (1, 2, 4)
"""The pools that money can buy into: search, social, affiliate. Referrals come by themselves."""


def select_pool(
    by: str,
    budget_eur: float,
    *,
    pools: Sequence[int] = BOUGHT,
    pilot_week: int = 40,
    pilot: int = 1_000,
    choose_week: int = 52,
) -> Plain:
    """Try every pool, then put the whole budget into the best one.

    Parameters
    ----------
    by : str
        ``"price"``: the lowest price of a customer; ``"worth"``: the most margin for each EUR.
    budget_eur : float
        Spent in the week of the choice, > 0.
    pools : sequence of int
        The ``pool_id`` to choose among.
    pilot_week, pilot : int
        When, and how many prospects of each pool are addressed as a pilot. By then all
        customers who come by themselves must have come.
    choose_week : int
        When the choice is made.

    Examples
    --------
    >>> select_pool("worth", 6_000.0)
    select_pool(worth, 6000 EUR)
    """
    one_of("by", by, RULES)
    above_zero("budget_eur", budget_eur)
    whole_number("pilot_week", pilot_week, 0, choose_week - 1)

    def act(view: View) -> Actions | None:
        if view.week == pilot_week:
            cost = view.frame("pools").set_index("pool_id")["cost_eur"].loc[list(pools)]
            return Actions(list(pools), "acquire", "pool", spend_eur=pilot * cost.to_numpy())
        if view.week != choose_week:
            return None
        table = pool_table(view.frame("customers"), view.frame("orders"), view.frame("pools"),
                           pilot_week, pilot).loc[list(pools)]  # fmt: skip
        best = table["price_eur"].idxmin() if by == "price" else table["worth_per_eur"].idxmax()
        return Actions([int(best)], "acquire", "pool", spend_eur=budget_eur)

    return Plain(act, f"select_pool({by}, {budget_eur:g} EUR)")


def pool_table(
    customers: pd.DataFrame, orders: pd.DataFrame, pools: pd.DataFrame, pilot_week: int, pilot: int
) -> pd.DataFrame:
    """What the firm knows of each pool after a pilot.

    Parameters
    ----------
    customers, orders, pools : DataFrame
        The firm's tables.
    pilot_week : int
        Who registered in or after it was won in the pilot; who came before, came by themselves.
    pilot : int
        How many prospects of each pool were addressed.

    Returns
    -------
    DataFrame
        One row a pool (index ``pool_id``): ``channel``, ``contact_eur``, ``won`` (in the
        pilot), ``price_eur`` (of a customer), ``worth_eur`` (mean margin so far of those who
        came through that channel by themselves), ``worth_per_eur``.
    """
    begin = EPOCH + np.timedelta64(pilot_week * WEEK_SECONDS, "s")
    later = customers["registered_at"] >= begin
    channel = customers["channel"].astype(str)
    won = channel[later].value_counts()
    margin = orders.groupby("customer_id")["margin_eur"].sum()
    brought = customers.loc[~later, "customer_id"].map(margin).fillna(0.0)
    worth = brought.groupby(channel[~later]).mean()
    table = pools.set_index("pool_id")[["channel", "cost_eur"]]
    table = table.rename(columns={"cost_eur": "contact_eur"})
    names = table["channel"].astype(str)
    table["won"] = names.map(won).fillna(0).astype(int)
    table["price_eur"] = table["contact_eur"] * pilot / table["won"].clip(lower=1)
    table["worth_eur"] = names.map(worth).fillna(0.0)
    return table.assign(worth_per_eur=table["worth_eur"] / table["price_eur"])

"""Whose customer is it: today's, tomorrow's or yesterday's? Campbell and Cunningham's three steps.

Campbell and Cunningham (1983, Strategic Management Journal 4(4); after Cunningham and Homse 1982)
analyse a supplier's customers in three steps: the *life cycle* class of each relationship, then
the growth of the customer's *demand* against our *share* of it, then the *competitors* for the
customers that matter. The classes are theirs; the rules that tell them apart are ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.checks import at_least_zero, share
from crmlab.strategic.portfolio.factors import customers, sides, standing

CLASSES = (
    "tomorrow's customers",
    "today's special customers",
    "today's regular customers",
    "yesterday's customers",
)


@dataclass(frozen=True)
class Campbell:
    """Borders of the three steps.

    Attributes
    ----------
    special_share : float
        The best customers by profit, as a share of all, that are special (computed), in [0, 1].
    young_quarters : float
        Quarters of trade below which a customer is tomorrow's (computed), >= 0.
    small_share : float
        Share of the wallet below which a customer whose headroom is large is tomorrow's (judged).
    shrinking_share : float
        The customers whose sales shrink most, as a share of all, that are yesterday's (computed).
    high_share : float
        Share of the wallet from which on our share is high (judged), in [0, 1].
    strong_rival : float
        Points of 7 from which on a competitor is strong (judged).
    """

    special_share: float = 0.15
    young_quarters: float = 2.0
    small_share: float = 0.25
    shrinking_share: float = 0.2
    high_share: float = 0.5
    strong_rival: float = 5.0

    def __post_init__(self) -> None:
        for name in ("special_share", "small_share", "shrinking_share", "high_share"):
            share(name, getattr(self, name))
        at_least_zero("young_quarters", self.young_quarters)


def campbell(table: pd.DataFrame, model: Campbell | None = None) -> pd.DataFrame:
    """The three steps, one after the other.

    Parameters
    ----------
    table : DataFrame
        One row an account, as `portfolio` gives it; only customers with sales are placed.
    model : Campbell, optional

    Returns
    -------
    DataFrame
        One row a customer: ``life_cycle`` (one of `CLASSES`); ``demand`` (``"high growth"`` or
        ``"low growth"`` of its sales, against the mean of all); ``our_share`` (``"high"``,
        ``"low"``); ``competition`` (``"strong"``, ``"weak"``); ``cell``: life cycle, demand and
        share; ``score``, for choosing: the class, and within it where it stands by sales (ours).

    Raises
    ------
    ValueError
        There are no customers with sales.
    """
    m, held = model or Campbell(), customers(table)
    best = held["profit_eur"].rank(ascending=False, method="first") <= m.special_share * len(held)
    special = best & (held["profit_eur"] > 0)
    headroom = standing(held["headroom_eur"]) > 0.5
    rising = (held["quarters"] < m.young_quarters) | (held["share"] < m.small_share) & headroom
    growth = held["growth"].fillna(held["growth"].mean()).fillna(0.0)
    falling = (growth < 0) & (standing(growth) < m.shrinking_share)
    place = np.select([special, rising, falling], [1, 0, 3], default=2)
    life = pd.Series(np.array(CLASSES, dtype=object)[place], held.index)
    found = pd.DataFrame(
        {
            "life_cycle": life,
            "demand": sides(growth, growth.mean(), "low growth", "high growth"),
            "our_share": sides(held["share"], m.high_share, "low", "high"),
            "competition": sides(held["rival"], m.strong_rival, "weak", "strong"),
        }
    )
    found["cell"] = life + ": " + found["demand"] + ", " + found["our_share"] + " share"
    order = np.array([2.0, 3.0, 1.0, 0.0])[place]  # special, tomorrow's, regular, yesterday's
    found["score"] = order + standing(held["sales_eur"])
    return found

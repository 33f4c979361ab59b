"""Who helps to win and to deliver, and what does the firm itself lack? The third stage.

Buttle's network is SCOPE: suppliers, customers at the centre, owners and investors, partners,
employees (sources vary on the C and the O). A policy can choose two things here: from which
partners it buys prospects, by what their customers are worth for a EUR, and which of its own
capabilities it improves, beginning where the evidence is weakest. Who delivers an order it can only
watch.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.policy import View
from crmlab.records import Records
from crmlab.strategic.assessment import EVIDENCE, evidence, roadmap
from crmlab.strategic.lifecycle.pools import pool_table

CLOSE_EUR = 2.0
"""EUR per customer that close 63 % of what a capability lacks, as the firm believes; assumed."""
_PACKAGES = 4


def worth_per_eur(view: View, since_week: int, spent_eur: np.ndarray) -> pd.Series:
    """What the customers of each pool have brought, for each EUR that winning one cost.

    Parameters
    ----------
    view : View
    since_week : int
        From which on the pools were bought into.
    spent_eur : array, shape (n_pools,)
        On each since, in the order of ``pools``.

    Returns
    -------
    Series
        By ``pool_id``. A firm cannot tell who would have come by themselves: all who came through
        a channel since count as won.
    """
    table = pool_table(
        view.frame("customers"), view.frame("orders"), view.frame("pools"), since_week, 1
    )
    price = spent_eur / table["won"].clip(lower=1)
    return (table["worth_eur"] / price.where(price > 0)).fillna(0.0)


def is_described(view: View) -> bool:
    """Whether the firm plans its capabilities, so that they can be assessed and improved."""
    return len(view.frame("plans")) > 0


def improvements(view: View, budget_eur: float) -> dict[str, float]:
    """EUR by capability: a roadmap by the evidence so far, all capabilities held equally important.

    Parameters
    ----------
    view : View
    budget_eur : float
        In all.
    """
    base = len(view.column("customers", "customer_id"))
    if budget_eur <= 0 or not base:
        return {}
    names = sorted({name for piece in EVIDENCE.values() for name in (*piece.tables, "plans")})
    found = evidence(Records({name: view.frame(name) for name in names}))["reality"].dropna()
    if found.empty:
        return {}
    equal = pd.Series(1.0, found.index)
    return roadmap(found, equal, budget_eur, budget_eur / _PACKAGES, CLOSE_EUR * base).plan

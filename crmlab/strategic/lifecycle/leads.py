"""Which qualified lead to call first?

A *qualified lead* is "contact information for a customer and an indication of his/her propensity to
purchase different products" (lecture notes 10; Chaffey and Ellis-Chadwick 2019): here a card with
the pool that it comes from, the category that interests, and how soon the prospect means to buy.
Calls are scarce and cards grow cold, so the order of calls is a decision. Ways to order them, from
what firms do without thinking to what a pilot teaches:

* ``"first come"``: the oldest card first;
* ``"newest"``: the newest card first;
* ``"by lot"``: a foil, and a pilot to learn from;
* ``"urgent"``: those who say *now*, then *soon*, then *later*; the newest first;
* ``"learned"``: by the chance of winning them that a pilot has shown, times the value of a
  customer from that pool.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.chance import uniform
from crmlab.checks import one_of, whole_number
from crmlab.policy import Actions, Decision, View
from crmlab.records import Records
from crmlab.tables import URGENCIES, WEEK_SECONDS

ORDERS = ("first come", "newest", "by lot", "urgent", "learned")


@dataclass(frozen=True)
class FollowUp:
    """Buy cards from a pool, and call so many of them a week, in this order.

    Parameters
    ----------
    by : str
        One of ``"first come"``, ``"newest"``, ``"by lot"``, ``"urgent"``, ``"learned"``.
    calls : int
        Calls a week.
    pools : dict of int to float
        EUR a week spent on cards of each pool.
    weeks : int
        Cards are bought, and calls are made, in the first so many weeks.
    chance : dict, optional
        For ``"learned"``: (urgency, age of the card in whole weeks) to the share won, as
        `win_rates` gives it.
    worth : dict of int to float, optional
        For ``"learned"``: EUR that a customer of each pool is worth; all alike by default.

    Raises
    ------
    ValueError
        An unknown order, or ``"learned"`` without ``chance``.

    Notes
    -----
    A policy with a memory: nobody is called twice.

    Examples
    --------
    >>> FollowUp("urgent", calls=20, pools={1: 100.0})
    FollowUp(urgent, 20 calls a week)
    """

    by: str = "urgent"
    calls: int = 20
    pools: Mapping[int, float] = field(default_factory=dict)
    weeks: int = 26
    chance: Mapping[tuple[str, int], float] | None = None
    worth: Mapping[int, float] | None = None

    def __post_init__(self) -> None:
        one_of("by", self.by, ORDERS)
        whole_number("calls", self.calls, 0, 10**6)
        if self.by == "learned" and not self.chance:
            raise ValueError("chance must be given if by='learned'. win_rates(pilot) gives it.")

    def start(self, seed: int) -> NDArray[np.int64]:
        """Nobody has been called yet."""
        return np.zeros(0, dtype=np.int64)

    def decide(self, view: View, called: NDArray[np.int64]) -> tuple[Decision, NDArray[np.int64]]:
        """This week's cards and calls, and who has been called by now."""
        if view.week >= self.weeks:
            return Decision(), called
        parts = []
        if self.pools:
            spend = np.array([self.pools[p] for p in self.pools], dtype=float)
            parts.append(Actions(list(self.pools), "generate_leads", "pool", spend_eur=spend))
        leads = view.frame("leads")
        open_ = leads[~leads["lead_id"].isin(called)]
        chosen = open_["lead_id"].to_numpy()[self._order(open_, view)[: self.calls]]
        if len(chosen):
            parts.append(Actions(chosen, "work_lead", "lead"))
        return Decision(Actions.concat(parts)), np.concatenate([called, chosen])

    def _order(self, leads: pd.DataFrame, view: View) -> NDArray[np.intp]:
        if self.by == "by lot":
            ids = leads["lead_id"].to_numpy(dtype=np.int64)
            return np.argsort(uniform(view.chance.base("calls", ids), 0), kind="stable")
        age = (view.now - leads["left_at"]).dt.total_seconds().to_numpy() / WEEK_SECONDS
        urgency = leads["urgency"].cat.codes.to_numpy()
        if self.by == "first come":
            return np.argsort(-age, kind="stable")
        if self.by == "newest":
            return np.argsort(age, kind="stable")
        if self.by == "urgent":
            return np.lexsort((age, urgency))
        assert self.chance is not None
        score = chance_of(self.chance, leads["urgency"].astype(str).to_numpy(), age)
        if self.worth:
            score = score * leads["pool_id"].astype(int).map(dict(self.worth)).to_numpy(dtype=float)
        return np.lexsort((age, -score))

    def __repr__(self) -> str:
        return f"FollowUp({self.by}, {self.calls} calls a week)"


def chance_of(
    chance: Mapping[tuple[str, int], float], urgency: NDArray, age_weeks: NDArray
) -> NDArray[np.float64]:
    """The learned share for each card; cards older than any in the pilot count as the oldest."""
    oldest = max(age for _, age in chance)
    week = np.minimum(age_weeks.astype(int), oldest)
    return np.array([chance.get((u, int(w)), 0.0) for u, w in zip(urgency, week, strict=True)])


def calls_made(records: Records, called: Mapping[int, np.datetime64]) -> pd.DataFrame:
    """What the calls came to: one row a call.

    Parameters
    ----------
    records : Records
    called : dict
        ``lead_id`` to the time of the call: the firm's own list.

    Returns
    -------
    DataFrame
        ``lead_id``, ``urgency``, ``age_weeks`` (whole), ``won``.
    """
    leads = records["leads"].set_index("lead_id").loc[list(called)]
    age = (pd.Series(called) - leads["left_at"]).dt.total_seconds() / WEEK_SECONDS
    return pd.DataFrame(
        {
            "lead_id": leads.index,
            "urgency": leads["urgency"].to_numpy(),
            "age_weeks": age.to_numpy().astype(int),
            "won": leads.index.isin(records["customers"]["customer_id"]),
        }
    )


def win_rates(calls: pd.DataFrame, smooth: float = 10.0) -> dict[tuple[str, int], float]:
    """What a pilot teaches: the share won by urgency and age of the card.

    Parameters
    ----------
    calls : DataFrame
        One row a call: ``urgency``, ``age_weeks``, ``won``; see `calls_made`.
    smooth : float
        Each share is drawn towards that of its urgency as if by so many more calls.

    Examples
    --------
    >>> calls = pd.DataFrame({"urgency": ["now", "now"], "age_weeks": [0, 1], "won": [True, False]})
    >>> win_rates(calls, smooth=2.0)[("now", 0)]
    0.6667
    """
    found = {}
    for urgency in URGENCIES:
        own = calls[calls["urgency"] == urgency]
        middle = float(own["won"].mean()) if len(own) else float(calls["won"].mean())
        for age in range(int(calls["age_weeks"].max()) + 1):
            cell = own.loc[own["age_weeks"] == age, "won"]
            share = (float(cell.sum()) + smooth * middle) / (len(cell) + smooth)
            found[urgency, age] = round(share, 4)
    return found

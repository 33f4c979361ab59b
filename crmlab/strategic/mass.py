"""What did firms do before CRM? The same for all, as often as the budget allows.

Mass marketing knows no customers, only a list: everybody who agreed gets the same newsletter,
letters go to all in turn, and prospects are bought from every pool alike. It is what the
relationship models are held against.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crmlab.checks import whole_number
from crmlab.policy import Actions, Decision, View


@dataclass(frozen=True)
class MassMarketing:
    """A newsletter to all, letters to all in turn, prospects from all pools, within the budget.

    Parameters
    ----------
    every_weeks : int
        Weeks between two newsletters.
    eur_per_customer : float
        A week's budget for each customer, where none is given, > 0.
    prospects : float
        The part of the budget that buys prospects, as long as some are for sale, in [0, 1].

    Examples
    --------
    >>> MassMarketing()
    mass marketing
    """

    every_weeks: int = 2
    eur_per_customer: float = 0.05
    prospects: float = 0.5

    def __post_init__(self) -> None:
        whole_number("every_weeks", self.every_weeks, 1, 1_000)
        if not self.eur_per_customer > 0:
            raise ValueError(f"eur_per_customer must be > 0, got {self.eur_per_customer}.")
        if not 0 <= self.prospects <= 1:
            raise ValueError(
                f"prospects must be in [0, 1], got {self.prospects}. Is this a percentage?"
            )

    def __repr__(self) -> str:
        return "mass marketing"

    def start(self, seed: int) -> int:
        """How many letters have been sent."""
        return 0

    def decide(self, view: View, state: int) -> tuple[Decision, int]:
        """This week's newsletter, prospects, and the next letters in the order of the list."""
        ids = np.sort(view.column("customers", "customer_id"))
        mails = np.sort(view.agreed()) if view.week % self.every_weeks == 0 else ids[:0]
        budget = spending(view, self.eur_per_customer) - len(mails) * view.prices.email_eur
        for_sale = view.column("pools", "prospects").max(initial=0) > 0
        part = self.prospects if for_sale else 0.0
        rows = [Actions(mails, priority=1.0), prospects_alike(view, part * budget)]
        letters = int((1 - part) * max(budget, 0.0) / view.prices.post_eur)
        letters = min(letters, len(ids))
        if letters:
            place = (state + np.arange(letters)) % len(ids)
            rows.append(Actions(ids[place], "conversion", channel="post"))
        return Decision(Actions.concat(rows)), state + letters


def spending(view: View, eur_per_customer: float) -> float:
    """EUR for this week: the budget, or so much for each customer where there is none."""
    if np.isfinite(view.budget_eur):
        return view.budget_eur
    return eur_per_customer * len(view.column("customers", "customer_id"))


def prospects_alike(view: View, eur: float) -> Actions:
    """Spend so much on prospects, the same in every pool that still has some for sale."""
    pools = view.column("pools", "pool_id")[view.column("pools", "prospects") > 0]
    if eur <= 0 or not len(pools):
        return Actions()
    return Actions(pools.astype(np.int64), "acquire", "pool", spend_eur=eur / len(pools))

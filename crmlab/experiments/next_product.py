"""How does a firm act on a recommender? The same mail for all who agreed, each with a product.

The lecture notes (8.5) have three kinds of personalisation: by what customers say, by what they
did, and by what others like them did. Here each kind fills the one place in a mail that goes out
by the calendar. Who gets it and when is the same for all kinds, so that a difference in
margin can only come from the product that is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone

from crmlab.analytical.recommend import (
    Hybrid,
    ImplicitALS,
    ItemToItem,
    OwnHistory,
    Popularity,
    Recommender,
    Split,
    StatedPreferences,
    purchases,
)
from crmlab.checks import one_of, whole_number
from crmlab.policy import Actions, Decision, View
from crmlab.records import Records

POPULARITY, PREFERENCE, BEHAVIOUR = "best-sellers", "preference-based", "behaviour-based"
GROUP, ITEMS, HYBRID = "group-based", "also bought", "all three kinds"
ASSORTMENT, BEST = "no product", "most relevant"
ALONE = (POPULARITY, PREFERENCE, BEHAVIOUR, GROUP, ITEMS)
"""The kinds that do not mix others."""
CONFIDENCE = 5.0
"""Of 1, 2, 5, 10 and the 40 of Hu, Koren and Volinsky's television viewers, the one with the most
hits at 10 on worlds 1 to 3, which no claim uses: what a firm would settle on its own records."""


def kinds() -> dict[str, Recommender]:
    """The recommenders of the lab, not fitted: none, the lecture's three kinds, and two more.

    ``group-based`` is matrix factorisation (Hu, Koren and Volinsky 2008) with `CONFIDENCE`,
    ``also bought`` item-to-item (Linden, Smith and York 2003); ``all three kinds`` mixes the
    lecture's three with weights learned by history length.

    >>> list(kinds())[:4]
    ['best-sellers', 'preference-based', 'behaviour-based', 'group-based']
    """
    group = ImplicitALS(confidence=CONFIDENCE)
    three = {PREFERENCE: StatedPreferences(), BEHAVIOUR: OwnHistory(), GROUP: group}
    mixed = Hybrid(tuple(three.items()))
    return {POPULARITY: Popularity(), **three, ITEMS: ItemToItem(), HYBRID: mixed}


def taught(
    split: Split, records: Records, names: Sequence[str] | None = None
) -> dict[str, Recommender]:
    """Kinds of recommenders, fitted to the known part of a split; all kinds by default."""
    known = kinds()
    for name in names or ():
        one_of("name", name, tuple(known))
    return {
        name: known[name].fit(split.known, records.products, records.preferences)
        for name in names or known
    }


@dataclass(frozen=True)
class Calendar:
    """When mails go out, in weeks, and how often the recommender learns anew.

    Parameters
    ----------
    begin : int
        The week of the first issue, at least 1: before it, there is nothing to learn from.
    every : int
        Weeks between two issues.
    refit : int
        Weeks between two fits, a multiple of ``every``.
    """

    begin: int = 26
    every: int = 2
    refit: int = 8

    def __post_init__(self) -> None:
        for name in ("begin", "every", "refit"):
            whole_number(name, getattr(self, name), 1, 10_000)
        if self.refit % self.every:
            raise ValueError(
                f"refit must be a multiple of every, got {self.refit} and {self.every}: "
                "the recommender learns when an issue goes out."
            )

    def issue(self, week: int) -> bool:
        """Whether mails go out in this week."""
        return week >= self.begin and (week - self.begin) % self.every == 0

    def learns(self, week: int) -> bool:
        """Whether the recommender is fitted in this week."""
        return week >= self.begin and (week - self.begin) % self.refit == 0


@dataclass(frozen=True)
class Recommending:
    """A mail to everybody who agreed, each with the first product of their list: a policy.

    It learns from what the firm has seen by then, and nothing else.

    Parameters
    ----------
    recommender : Recommender
        Not fitted; a copy of it is.
    calendar : Calendar

    Examples
    --------
    >>> import crmlab as crm
    >>> from crmlab.market.packs import VOICES
    >>> market = crm.scenario("retail").replace(**VOICES)
    >>> run = crm.simulate(market, 200, 28, 7, Recommending(kinds()["behaviour-based"]))
    >>> bool((run.records.messages["product_id"] > 0).all())
    True
    """

    recommender: Recommender
    calendar: Calendar = Calendar()

    def start(self, seed: int) -> None:
        """Nothing is known before the first issue."""

    def decide(self, view: View, state: Any) -> tuple[Decision, Any]:
        """Learn when it is time, and send; the state is the fitted recommender."""
        if not self.calendar.issue(view.week):
            return Decision(), state
        if state is None or self.calendar.learns(view.week):
            state = learned(self.recommender, view)
        if state is None:
            return Decision(), None
        customers = np.sort(view.agreed())
        return Decision(Actions(customers, product_id=first_choice(state, customers))), state


@dataclass(frozen=True, eq=False)
class Showing:
    """The same mails with products chosen elsewhere: by an oracle, or none at all.

    Parameters
    ----------
    product : Series or int
        The product of each customer (index ``customer_id``), or one for all; 0 is the whole
        assortment.
    calendar : Calendar
    """

    product: pd.Series | int
    calendar: Calendar = Calendar()

    def start(self, seed: int) -> None:
        """Nothing to remember."""

    def decide(self, view: View, state: None) -> tuple[Decision, None]:
        """Send to everybody who agreed."""
        if not self.calendar.issue(view.week):
            return Decision(), None
        customers = np.sort(view.agreed())
        shown = self.product
        if isinstance(shown, pd.Series):
            missing = ~np.isin(customers, shown.index)
            if missing.any():
                raise ValueError(
                    "product must have a row for every customer who agreed, "
                    f"customer {customers[missing][0]} has none."
                )
            return Decision(Actions(customers, product_id=shown.loc[customers].to_numpy())), None
        return Decision(Actions(customers, product_id=shown)), None


def learned(recommender: Recommender, view: View) -> Recommender | None:
    """A copy of the recommender, fitted to what the firm knows; None before the first order."""
    bought = purchases(view.frame("order_lines"), view.frame("orders"))
    if not len(bought):
        return None
    stated = view.frame("preferences")
    fitted: Recommender = clone(recommender).fit(bought, view.frame("products"), stated)
    return fitted


def first_choice(fitted: Recommender, customers: NDArray) -> NDArray[np.int64]:
    """The product at the top of each customer's list, in the order of the customers."""
    if not len(customers):
        return np.zeros(0, dtype=np.int64)
    return fitted.recommend(customers, k=1)["product_id"].to_numpy(dtype=np.int64)

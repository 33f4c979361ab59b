"""What does each type of CRM do for a firm? Five modules of one business, each with a switch.

Without any module the firm works by hand: each of its departments writes to all who agreed, once
in four weeks (or forgets to), in a week of its own choosing and about the whole assortment; letters
go round by turns; prospects are bought from search; the desk serves as they come. A module changes
one thing:

- *strategic*: whom to serve. Letters go to the customers who bring most, not by turns.
- *operational*: software does what repeats. No mailing is forgotten or costs anybody's time, and
  rules answer abandoned carts, first orders and lapses.
- *analytical*: each customer is shown a product of the category that past orders speak for. By
  hand no more than ``by_hand`` of a mailing can be made so; software makes them all.
- *collaborative*: departments act on what the others know. Nobody is written to by two of them
  within ``rest_weeks`` or with a complaint open; who reads no e-mail is met by the channel by which
  they turned to the firm; complaints come first at the desk, and each agent gets the own subject.
- *social*: messages by social media in between, and half of the money for prospects goes to the
  pool of those whom customers recommend (C05 has a lab of its own).

The types are Buttle's (2009, Customer Relationship Management, 2nd ed., chapter 1), but for social
CRM; the lecture notes call collaborative what is shared across *departments*, Buttle what is shared
across *firms*. All numbers are *assumed*.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.chance import Chance
from crmlab.checks import at_least_zero, whole_number
from crmlab.operational.rules import cart_rule
from crmlab.policy import Actions, Decision, Queue, Rule, Standing, View
from crmlab.strategic.believed_needs import best_sellers, favourite, lines_by_category
from crmlab.strategic.presentation import weekly_margin
from crmlab.tables import CHANNELS

TYPES = ("strategic", "operational", "analytical", "collaborative", "social")
"""The types of CRM, in the order of the switches."""
NO_TYPE = "no type"
AUTOMATION = (
    cart_rule(),
    Rule("first order", delay_minutes=1440, cap_weeks=520, unless_ordered=False),
    Rule("lapsed", kind="conversion", lapse_weeks=12.0, delay_minutes=0),
)
"""What *operational* CRM answers by itself."""
CHEAP_EUR = 0.1
"""Up to this price a message follows the customer to the channel that was used; assumed."""
EVERY_WEEKS = 4
"""Weeks between two mails of a department, and between two rounds of letters; assumed."""
MISSED = 0.25
"""Share of mailings that are never made where they are made by hand; assumed."""
_SEARCH, _REFERRAL = 1, 3
UNREAD = 5
"""E-mails without a single opening, after which another channel is tried; assumed."""
_MAILS, _LETTERS = 1.0, 0.0  # priorities
_WATCHED_WEEKS = 26.0


@dataclass(frozen=True)
class Memory:
    """What the business keeps: luck of its own, its catalogue, and when it wrote to whom."""

    luck: Chance
    products: pd.DataFrame | None = None
    lettered: pd.Series | None = None


@dataclass(frozen=True)
class Known:
    """What the business goes by in one week.

    ``margin`` is EUR a week lately and ``shown`` the product to show, by customer; ``silent`` are
    those who are not to be written to.
    """

    margin: pd.Series
    shown: pd.Series
    silent: NDArray[np.int64]


@dataclass(frozen=True)
class CRMTypes:
    """A business with the five types of CRM as switches.

    Parameters
    ----------
    strategic, operational, analytical, collaborative, social : bool
    departments : int
        Departments that write to customers, each on its own, 1 to 6.
    by_hand : int
        Messages of a mailing that can show the customer's own product without software.
    letters_eur, prospects_eur : float
        EUR a week for each customer of the base, for letters and for prospects.
    rest_weeks : int
        *Collaborative*: nobody hears from the firm twice within so many weeks.

    Raises
    ------
    ValueError
        Names the argument, quotes the value and gives the remedy.

    Examples
    --------
    >>> import crmlab as crm
    >>> CRMTypes(operational=True, analytical=True)
    CRMTypes(operational, analytical)
    >>> run = crm.simulate("retail", 200, 16, seed=7, policy=CRMTypes(strategic=True))
    >>> sorted(set(run.records.messages["channel"]))
    ['email', 'post']
    """

    strategic: bool = False
    operational: bool = False
    analytical: bool = False
    collaborative: bool = False
    social: bool = False
    departments: int = 2
    by_hand: int = 10
    letters_eur: float = 0.02
    prospects_eur: float = 0.004
    rest_weeks: int = 2

    def __post_init__(self) -> None:
        whole_number("departments", self.departments, 1, 6)
        whole_number("by_hand", self.by_hand, 0, 10**6)
        whole_number("rest_weeks", self.rest_weeks, 1, 52)
        at_least_zero("letters_eur", self.letters_eur)
        at_least_zero("prospects_eur", self.prospects_eur)

    @property
    def types(self) -> tuple[str, ...]:
        """The types that are switched on."""
        return tuple(name for name in TYPES if getattr(self, name))

    def __repr__(self) -> str:
        return f"CRMTypes({', '.join(self.types) or NO_TYPE})"

    def start(self, seed: int) -> Memory:
        """Nobody has been written to."""
        return Memory(Chance(seed).split("types of CRM"))

    def decide(self, view: View, state: Memory) -> tuple[Decision, Memory]:
        """Mails of all departments, letters and prospects of a week, and the standing orders."""
        due, lettered = self._writing(view.week, state.luck), state.lettered
        monthly = view.week % EVERY_WEEKS == 0
        if not (len(due) or monthly or self._by_social(view.week)):
            return Decision(standing=self._standing()), state
        state = replace(state, products=self._catalogue(view, state))
        known = self._known(view, state)
        parts = [self._mails(view, known, due)]
        if monthly:
            letters, lettered = self._letters(view, known, state.lettered)
            parts += [letters, self._prospects(len(known.margin))]
        decision = Decision(Actions.concat(parts), self._standing())
        return decision, replace(state, lettered=lettered)

    def _catalogue(self, view: View, state: Memory) -> pd.DataFrame:
        return view.frame("products") if state.products is None else state.products

    def _known(self, view: View, state: Memory) -> Known:
        """What the firm goes by this week."""
        ids, margin = np.sort(view.column("profiles", "customer_id")), pd.Series(dtype=float)
        if len(ids):
            weekly = weekly_margin(ids, view.frame("orders"), view.now, _WATCHED_WEEKS)
            margin = pd.Series(weekly, ids)
        shown, silent = pd.Series(dtype=int), np.zeros(0, dtype=np.int64)
        if self.analytical and state.products is not None:
            shown = self._own_products(view, state.products)
        if self.collaborative:
            silent = complaining(view)
        return Known(margin, shown, silent)

    # -- whom to write to, when

    def _mails(self, view: View, known: Known, due: NDArray) -> Actions:
        """One mail of each department that writes this week; joined up, none too many."""
        ids = np.setdiff1d(view.agreed(), known.silent)
        if self.collaborative:
            ids, due = ids[rested(view, ids, self.rest_weeks)], due[:1]
        parts = []
        if self._by_social(view.week):
            parts.append(Actions(ids, channel="social", priority=_MAILS))
        product = self._product(ids, known) if len(due) else 0
        channel = own_channel(view, ids) if self.collaborative and len(due) else "email"
        parts += [
            Actions(ids, product_id=product, channel=channel, cell=int(who), priority=_MAILS,
                    minute=600 + 1440 * int(who))
            for who in due
        ]  # fmt: skip
        return Actions.concat(parts)

    def _by_social(self, week: int) -> bool:
        return self.social and week % EVERY_WEEKS == EVERY_WEEKS - 1

    def _writing(self, week: int, luck: Chance) -> NDArray[np.int64]:
        """The departments that write this week: each in its own, joined up they take turns.

        By hand, some mailings are never made.
        """
        who = np.arange(self.departments)
        own = np.floor(luck.uniform("week of a department", who) * EVERY_WEEKS).astype(np.int64)
        if self.collaborative:
            own = who * EVERY_WEEKS // self.departments
        made = luck.uniform("made by hand", who, week) >= (0.0 if self.operational else MISSED)
        return np.flatnonzero((week % EVERY_WEEKS == own) & made)

    def _letters(
        self, view: View, known: Known, lettered: pd.Series | None
    ) -> tuple[Actions, pd.Series]:
        """As many letters as the money pays: to the most valuable, or by turns."""
        last = pd.Series(dtype=np.int64) if lettered is None else lettered
        margin = known.margin
        since = view.week - last.reindex(margin.index, fill_value=-520)
        free = margin.index[(since >= 2 * EVERY_WEEKS) & ~margin.index.isin(known.silent)]
        first = -margin[free].round(2) if self.strategic else -since[free]
        budget = min(EVERY_WEEKS * self.letters_eur * len(margin), view.budget_eur)
        many = int(np.clip(budget / max(view.prices.post_eur, 1e-9), 0, len(free)))
        chosen = free[np.argsort(first.to_numpy(), kind="stable")[:many]]
        if not many:
            return Actions(), last
        letters = Actions(
            chosen.to_numpy(), "conversion", channel="post", priority=_LETTERS,
            product_id=self._product(chosen.to_numpy(), known),
        )  # fmt: skip
        now = pd.Series(view.week, chosen)
        return letters, pd.concat([last.drop(chosen, errors="ignore"), now])

    def _prospects(self, known: int) -> Actions:
        """Money for prospects: search alone, or half of it for recommendations."""
        spend = EVERY_WEEKS * self.prospects_eur * known
        if spend <= 0:
            return Actions()
        pools = [_SEARCH, _REFERRAL] if self.social else [_SEARCH]
        return Actions(pools, "acquire", "pool", spend_eur=spend / len(pools), priority=_LETTERS)

    # -- about what

    def _own_products(self, view: View, products: pd.DataFrame) -> pd.Series:
        """The best-seller of the category that each customer is believed to like best."""
        lines = view.frame("order_lines")
        believed = favourite(lines_by_category(lines, view.frame("orders"), products))
        return believed.map(best_sellers(lines, products))

    def _product(self, ids: NDArray, known: Known) -> NDArray | int:
        """What each is shown; by hand only the best few get a product of their own."""
        if not self.analytical:
            return 0
        own = known.shown.reindex(ids).fillna(0).to_numpy(dtype=np.int64)
        if self.operational:
            return own
        worth = -known.margin.reindex(ids, fill_value=0.0).round(2).to_numpy()
        made = np.argsort(worth, kind="stable")[: self.by_hand]
        few = np.zeros(len(ids), dtype=np.int64)
        few[made] = own[made]
        return few

    def _standing(self) -> Standing:
        """Rules of automation, and the order in which the desk serves."""
        rules = AUTOMATION if self.operational else None
        queue = Queue("priority", "skill") if self.collaborative else None
        return Standing(rules=rules, queue=queue)


def complaining(view: View) -> NDArray[np.int64]:
    """Customers with an open complaint, as far as other departments know of it."""
    cases = view.frame("cases")
    open_now = cases[cases["kind"] == "complaint"]
    if open_now.empty:
        return np.zeros(0, dtype=np.int64)
    contacts = view.frame("interactions")
    closed = contacts.loc[contacts["contact"].isin(["answered", "gave up"]), "case_id"]
    return np.unique(open_now.loc[~open_now["case_id"].isin(closed), "customer_id"].to_numpy())


def rested(view: View, ids: NDArray, weeks: int) -> NDArray[np.bool_]:
    """Who of these has not been written to within so many weeks, by whatever department."""
    sent = view.column("profiles", "last_messaged_at").astype("datetime64[s]")
    last = pd.Series(sent, view.column("profiles", "customer_id")).reindex(ids).to_numpy()
    since = view.now - last
    return np.isnat(last) | (since > np.timedelta64(int((weeks - 1) * 7 * 86_400), "s"))


def own_channel(view: View, ids: NDArray) -> NDArray:
    """E-mail; for who opened none of `UNREAD` or more, the cheap channel used last, if any."""
    profiles = pd.Index(view.column("profiles", "customer_id"))
    row = profiles.get_indexer(ids)
    deaf = (view.column("profiles", "messages") >= UNREAD) & (view.column("profiles", "opens") == 0)
    cheap = [name for name, eur in zip(CHANNELS, view.prices.of_channel(), strict=True)
             if eur <= CHEAP_EUR]  # fmt: skip
    cases = view.frame("cases")
    cases = cases[cases["channel"].isin(cheap)]
    last = cases.drop_duplicates("customer_id", keep="last").set_index("customer_id")["channel"]
    used = last.astype(object).reindex(ids).fillna("email").to_numpy(dtype=object)
    return np.where(deaf[row], used, "email")

"""Does it pay to learn from results? The five processes as one policy, each with a switch.

Strategy development, value creation, multichannel integration, information management, performance
assessment (Payne and Frow 2005, J. Marketing 69(4)). In every world the firm sends a newsletter
each fortnight, has so much a week for winning customers and for improvements, and can add an offer
or a letter once a month. What a process adds:

- without *strategy* nobody is told apart: one macro segment;
- without *value* mails show the whole assortment, there are no offers, and all pools get the same;
- without *channels* there is e-mail only;
- without *information* nothing is remembered of single customers: one segment, the assortment, and
  results as totals only;
- without *performance* there is no trial and no review: what was planned at the start stays.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from crmlab.chance import Chance
from crmlab.checks import at_least_zero, one_of, whole_number
from crmlab.policy import Actions, Decision, View
from crmlab.records import Records
from crmlab.strategic.assessment import evidence
from crmlab.strategic.believed_needs import best_sellers, favourite, lines_by_category
from crmlab.strategic.five_processes.review import Lesson, chosen, improvement_shares, reviewed
from crmlab.strategic.five_processes.strategy import GRANULARITIES, segments, traits
from crmlab.strategic.five_processes.trial import LETTER, OFFER, Trial, drawn_now, judged, lot
from crmlab.strategic.five_processes.value import acquisition_economics, acquisition_shares
from crmlab.tables import CAPABILITIES, OBSERVED

PROCESSES = ("strategy", "value", "channels", "information", "performance")
_MAILS, _WIN, _IMPROVE, _EXTRAS = 3.0, 2.0, 1.0, 0.0  # priorities
_CELL = 10  # of trial messages: 10 + arm
_HALF_YEAR = 26.0


@dataclass(frozen=True)
class LoopPlan:
    """Calendar, money and beliefs of the loop; all numbers are *assumed*.

    Parameters
    ----------
    begins_week : int
        Before it there are newsletters only, to everybody the assortment.
    review_every, learn_every : int
        Weeks between two reviews, and between two looks at the customers' records.
    mail_every, extra_every : int
        Weeks between two newsletters, and between two offers or letters.
    trial_share : float
        Of the customers, treated by lot where there are reviews, in [0, 1].
    acquire_eur, improve_eur : float
        A week, for each customer known when it begins.
    offer_eur : float
        Off the next order.
    letter_weeks, letter_read : float
        As the trade tells: what a letter that is read brings, in weeks of usual margin, and how
        many are read. The plan at the start goes by them.
    granularity : str, optional
        Of the segments; None for what the reviews find to pay (micro until then).
    """

    begins_week: int = 26
    review_every: int = 26
    learn_every: int = 13
    mail_every: int = 2
    extra_every: int = 4
    trial_share: float = 0.1
    acquire_eur: float = 0.04
    improve_eur: float = 0.01
    offer_eur: float = 5.0
    letter_weeks: float = 0.7
    letter_read: float = 0.5
    granularity: str | None = None

    def __post_init__(self) -> None:
        for name in ("review_every", "learn_every", "mail_every", "extra_every"):
            whole_number(name, getattr(self, name), 1, 1_000)
        if self.review_every % self.learn_every:
            raise ValueError(
                f"review_every must be a multiple of learn_every, got {self.review_every} and "
                f"{self.learn_every}."
            )
        for name in ("acquire_eur", "improve_eur", "offer_eur", "letter_weeks", "letter_read"):
            at_least_zero(name, getattr(self, name))
        if not 0 <= self.trial_share <= 1:
            raise ValueError(
                f"trial_share must be in [0, 1], got {self.trial_share}. Is this a percentage?"
            )
        if self.granularity is not None:
            one_of("granularity", self.granularity, GRANULARITIES)


@dataclass(frozen=True, eq=False)
class Memory:
    """What the policy carries from week to week."""

    luck: Chance
    base: int = 0
    """Customers known at the first look."""
    known: pd.DataFrame | None = None
    """One row a customer: ``product_id``, ``arm``, ``trial``."""
    names: pd.Series = field(default_factory=lambda: pd.Series(dtype=object))
    """The channel of each pool; index: pool_id."""
    trial: Trial | None = None
    rows: tuple[pd.DataFrame, ...] = ()
    lesson: Lesson | None = None
    spent: pd.Series | None = None
    """EUR on each pool so far."""
    pools: pd.Series | None = None
    """Share of the money for each pool; index: channel."""
    improve: pd.Series = field(default_factory=lambda: pd.Series(dtype=float))


@dataclass(frozen=True)
class FiveProcesses:
    """The five processes as a policy.

    Parameters
    ----------
    strategy, value, channels, information, performance : bool
    plan : LoopPlan

    Examples
    --------
    >>> import crmlab as crm
    >>> run = crm.simulate("retail", 300, 60, seed=7, policy=FiveProcesses())
    >>> sorted(run.records.messages["channel"].astype(str).unique())
    ['email', 'post']
    >>> FiveProcesses(information=False)
    FiveProcesses(strategy, value, channels, performance)
    """

    strategy: bool = True
    value: bool = True
    channels: bool = True
    information: bool = True
    performance: bool = True
    plan: LoopPlan = LoopPlan()

    def __repr__(self) -> str:
        on = ", ".join(p for p in PROCESSES if getattr(self, p))
        return f"FiveProcesses({on or 'no process'})"

    @property
    def arms(self) -> tuple[int, ...]:
        """The treatments that there are beside nothing more."""
        return (OFFER,) * self.value + (LETTER,) * self.channels

    @property
    def granularity(self) -> str | None:
        """The only one that the switches allow; None where the results decide."""
        return self.plan.granularity if self.strategy and self.information else "macro"

    def start(self, seed: int) -> Memory:
        """Nothing is known yet."""
        return Memory(Chance(seed).split("five processes"))

    def decide(self, view: View, state: Memory) -> tuple[Decision, Memory]:
        """Review and learn when it is time; then mails, extras, prospects and improvements."""
        week = view.week - self.plan.begins_week
        if week < 0:
            return Decision(self._mails(view, state)), state
        if week == 0:
            pools = view.frame("pools").set_index("pool_id")["channel"].astype(str)
            state = replace(state, base=len(view.column("customers", "customer_id")), names=pools)
        elif week % self.plan.review_every == 0 and self.performance:
            state = self.review(view, state)
        if week % self.plan.learn_every == 0:
            state = self.learn(view, state)
        win, state = self._win(view, state)
        parts = [self._mails(view, state), self._extras(view, state), win, self._improve(state)]
        return Decision(Actions.concat(parts)), state

    # -- performance assessment

    def review(self, view: View, state: Memory) -> Memory:
        """Judge the trial, the pools and the firm, and change what is done."""
        orders, rows = view.frame("orders"), state.rows
        if state.trial is not None:
            given = view.frame("redemptions")
            rows = (*rows, judged(state.trial, orders, given, self._sent_eur(view, state.trial)))
        lesson = state.lesson
        if rows and self.arms:
            lesson = reviewed(pd.concat(rows, ignore_index=True), self.arms, self.granularity)
        pools = state.pools
        if self.value and state.spent is not None:
            begun = view.now - np.timedelta64(7 * (view.week - self.plan.begins_week), "D")
            held = view.frame("customers")
            found = acquisition_economics(held, orders, state.spent, begun)
            pools = acquisition_shares(found["per_eur"])
        return replace(state, rows=rows, lesson=lesson, pools=pools, improve=self._standards(view))

    def _sent_eur(self, view: View, trial: Trial) -> pd.Series:
        """What the treatments of a trial have cost in messages, by customer."""
        sent = view.frame("messages")
        own = sent[(sent["cell"] >= _CELL) & (sent["sent_at"] >= trial.start)]
        price = np.where(own["channel"] == "post", view.prices.post_eur, view.prices.email_eur)
        return pd.Series(price, own["customer_id"].to_numpy()).groupby(level=0).sum()

    def _standards(self, view: View) -> pd.Series:
        """Shares of the money for improvements, by what lies furthest below its standard."""
        if self.plan.improve_eur == 0 or not len(view.column("plans", "capability")):
            return pd.Series(dtype=float)
        names = [name for name in OBSERVED if name not in _UNREAD]
        held = Records({name: view.frame(name) for name in names})
        return improvement_shares(evidence(held)["reality"])

    # -- learning

    def learn(self, view: View, state: Memory) -> Memory:
        """Look at the customers: segments, products, and who gets what; draw a new lot."""
        ids, orders = np.sort(view.column("customers", "customer_id")), view.frame("orders")
        agreed = np.isin(ids, view.agreed())
        known = traits(orders, view.now).reindex(ids)
        bought = known["orders"].notna().to_numpy()
        arm = np.zeros(len(ids), dtype=np.int64)
        arm[bought] = self._arms(view, known[bought], agreed[bought], state)
        reviews = self.performance and len(self.arms) > 0
        if reviews:
            week = view.week - self.plan.begins_week
            period, begins = divmod(week, self.plan.review_every)
            drawn = lot(ids, period, self.plan.trial_share, (0, *self.arms), state.luck)
            if begins == 0:
                end = view.now + np.timedelta64(7 * self.plan.review_every, "D")
                trial = drawn_now(orders, view.agreed(), (view.now, end), pd.Series(drawn, ids))
                state = replace(state, trial=trial)
        inside = np.isin(ids, state.trial.rows.index) if state.trial is not None else arm < 0
        if reviews:
            arm = np.where(inside, drawn, arm)
        table = {"product_id": self._products(view, ids), "arm": arm, "trial": inside}
        return replace(state, known=pd.DataFrame(table, index=ids))

    def _arms(
        self, view: View, known: pd.DataFrame, agreed: np.ndarray, state: Memory
    ) -> np.ndarray:
        """The treatment of each customer: as reviews have taught, or as planned at the start."""
        if state.lesson is not None:
            expected = state.lesson.expected(known)
            return chosen(expected[[a for a in expected if a in self.arms]], agreed)
        return self.planned(known, agreed, view.prices.post_eur)

    def planned(self, known: pd.DataFrame, agreed: np.ndarray, post_eur: float) -> np.ndarray:
        """The plan of the start: letters where the trade says they pay, offers to the silent."""
        segment = segments(known, self.granularity or "micro")
        means = known.groupby(segment.to_numpy())[["weekly_eur", "weeks_since_order"]].mean()
        weekly, silent = (means[c].reindex(segment).to_numpy() for c in means)
        arm = np.zeros(len(known), dtype=np.int64)
        if OFFER in self.arms:
            arm[(silent > _HALF_YEAR) & agreed] = OFFER
        if LETTER in self.arms:
            pays = weekly * self.plan.letter_weeks * self.plan.letter_read > post_eur
            arm[pays] = LETTER
        return arm

    def _products(self, view: View, ids: np.ndarray) -> np.ndarray:
        """What mails show to each: a product of the category bought most, or the assortment."""
        if not (self.value and self.information):
            return np.zeros(len(ids), dtype=np.int64)
        lines, products = view.frame("order_lines"), view.frame("products")
        believed = favourite(lines_by_category(lines, view.frame("orders"), products))
        shelf = best_sellers(lines, products)
        return believed.reindex(ids).map(shelf).fillna(0).to_numpy(dtype=np.int64)

    # -- acting

    def _mails(self, view: View, state: Memory) -> Actions:
        """The newsletter, to all who agreed."""
        if view.week % self.plan.mail_every:
            return Actions()
        ids, product = np.sort(view.agreed()), 0
        if state.known is not None:
            product = state.known["product_id"].reindex(ids, fill_value=0).to_numpy()
        return Actions(ids, product_id=product, priority=_MAILS)

    def _extras(self, view: View, state: Memory) -> Actions:
        """An offer or a letter, once a month, in a week without newsletter."""
        if view.week % self.plan.extra_every != 1 % self.plan.extra_every or state.known is None:
            return Actions()
        table = state.known[state.known["arm"] > 0]
        table = table[np.isin(table.index, view.agreed()) | (table["arm"] == LETTER)]
        letter = (table["arm"] == LETTER).to_numpy()
        return Actions(
            table.index.to_numpy(),
            "conversion",
            channel=np.where(letter, "post", "email").astype(object),
            product_id=table["product_id"].to_numpy(),
            offer_eur=np.where(letter, 0.0, self.plan.offer_eur),
            cell=np.where(table["trial"], _CELL + table["arm"], 0),
            priority=_EXTRAS,
        )

    def _win(self, view: View, state: Memory) -> tuple[Actions, Memory]:
        """Once a month: prospects, by each pool's share; half a week's budget at most."""
        every = self.plan.extra_every
        eur = min(self.plan.acquire_eur * state.base * every, view.budget_eur / 2)
        channel = state.names.to_numpy()
        if (view.week - self.plan.begins_week) % every or eur <= 0 or not len(channel):
            return Actions(), state
        share = pd.Series(1 / len(channel), channel) if state.pools is None else state.pools
        spent = eur * share.reindex(channel)
        state = replace(state, spent=spent if state.spent is None else state.spent + spent)
        ids = state.names.index.to_numpy()
        spend = spent.to_numpy()
        return Actions(ids, "acquire", "pool", spend_eur=spend, priority=_WIN), state

    def _improve(self, state: Memory) -> Actions:
        """Improvements, by what the last review has found to be missing."""
        return _improvements(self.plan.improve_eur * state.base, state.improve)


_UNREAD = ("page_views", "sessions", "order_lines", "returns")


def _improvements(eur: float, share: pd.Series) -> Actions:
    """Rows that put so much into capabilities."""
    wanted = share[share > 0]
    if eur <= 0 or wanted.empty:
        return Actions()
    places = [list(CAPABILITIES).index(str(name)) for name in wanted.index]
    spend = eur * wanted.to_numpy()
    return Actions(places, "invest", "firm", spend_eur=spend, priority=_IMPROVE)

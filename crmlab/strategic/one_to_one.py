"""One-to-one marketing: does the customer configure, or does the firm learn? Both as policies.

The lecture notes (chapter 5) part *customisation* (the customer configures, and the company "does
not focus on learning") from *personalisation* (the seller finds out). Gilmore and Pine (1997,
Harvard Business Review 75(1), "The four faces of mass customization") ask two questions instead:
is the product changed, and is its presentation changed? And the notes' 8.4 has the steps attract,
capture, engage.

All of them are made here of four steps that a firm can take in a week: ask for permission, ask
for needs, offer a configurator, and send mails. Who gets mails and when is the same for all, so
that policies differ only in what is shown, in how it comes, and in what is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from crmlab.chance import Chance
from crmlab.checks import one_of, whole_number
from crmlab.operational.campaigns import weeks_since
from crmlab.policy import Actions, Configurator, Decision, Standing, View
from crmlab.strategic.believed_needs import (
    ANSWER_LINES,
    answers_by_category,
    best_sellers,
    favourite,
    lines_by_category,
    with_errors,
)
from crmlab.strategic.presentation import OwnChannel, by_channel, weekly_margin
from crmlab.tables import DIRECT_CHANNELS

ASSORTMENT, OBSERVED, ASKED, BOTH = "the assortment", "observed", "asked", "observed and asked"
SHOWN = (ASSORTMENT, OBSERVED, ASKED, BOTH)
"""What a mail shows: the whole assortment, or one product by what the firm has learned, and how."""
FACES = {
    "adaptive": ("same product", "same presentation"),
    "cosmetic": ("same product", "own presentation"),
    "transparent": ("own product", "same presentation"),
    "collaborative": ("own product", "own presentation"),
}
"""The four approaches of Gilmore and Pine (1997), by what the firm changes."""
ONE_TO_ONE_TYPES = ("customisation", "personalisation")
"""The two types of one-to-one marketing of the lecture notes."""
STEPS = ("attract", "capture", "engage")
"""What leads into the golden handcuffs (lecture notes 8.4)."""


@dataclass(frozen=True)
class Memory:
    """What a policy keeps: its own luck, the same every week, and the catalogue."""

    luck: Chance
    products: pd.DataFrame | None = None


class Step(Protocol):
    """One thing that the firm does in a week."""

    def act(self, view: View, memory: Memory) -> Decision:
        """What is done this week."""
        ...


@dataclass(frozen=True)
class AskConsent:
    """Attract: ask each customer without permission, once, in the second week.

    Parameters
    ----------
    incentive_eur : float
        Paid to each who agrees.
    """

    incentive_eur: float = 0.0

    def act(self, view: View, memory: Memory) -> Decision:
        """Ask those whose second week it is."""
        age = np.floor(weeks_since(view, "registered_at"))
        due = (age == 1) & (view.codes("profiles", "consent") <= 1)
        ids = view.column("profiles", "customer_id")[due]
        return Decision(Actions(ids, kind="ask_consent", offer_eur=self.incentive_eur))


@dataclass(frozen=True)
class AskNeeds:
    """Ask those who agreed which category they like best, one question at a time.

    Parameters
    ----------
    every_weeks : int
        Weeks between two questions, at least 2: they come in weeks without a mail.
    answers : int
        Who has given so many is asked no more.
    tries : int
        Nobody is asked more often.
    one_in : int
        Ask only those whose number can be divided by it: numbers are given by lot, so this is
        a lot; 1 asks all.
    """

    every_weeks: int = 4
    answers: int = 2
    tries: int = 5
    one_in: int = 1

    def __post_init__(self) -> None:
        whole_number("every_weeks", self.every_weeks, 2, 1_000)
        whole_number("answers", self.answers, 1, 6)
        whole_number("tries", self.tries, 1, 1_000)
        whole_number("one_in", self.one_in, 1, 1_000)

    def act(self, view: View, memory: Memory) -> Decision:
        """Ask, when it is time, those who may be asked and have not said enough."""
        if view.week % self.every_weeks != 1:
            return Decision()
        asked = view.frame("questions")
        given = asked.loc[asked["answer"] != "no answer", "customer_id"].value_counts()
        often = asked["customer_id"].value_counts()
        done = np.union1d(
            given.index[given >= self.answers].to_numpy(np.int64),
            often.index[often >= self.tries].to_numpy(np.int64),
        )
        ids = np.sort(view.agreed())
        due = ~np.isin(ids, done) & (ids % self.one_in == 0)
        return Decision(Actions(ids[due], kind="ask_need"))


@dataclass(frozen=True)
class OfferConfigurator:
    """Let customers put a product together in the shop; see `policy.Configurator`."""

    remembers: bool = False

    def act(self, view: View, memory: Memory) -> Decision:
        """Keep the page open."""
        return Decision(standing=Standing(configurator=Configurator(self.remembers)))


@dataclass(frozen=True)
class Mails:
    """Write to everybody who agreed, by the calendar.

    Parameters
    ----------
    shows : str
        One of `SHOWN`: the whole assortment, or one product of the category that the customer
        is believed to like best; of whom nothing is known, the assortment is shown to.
    channel : OwnChannel, optional
        How each customer's channel is chosen; None sends e-mail.
    wrong : float
        Share of the customers whose record is spoilt (it names another category), in [0, 1].
    every_weeks : int
        Weeks between two issues, at least 1.

    Raises
    ------
    ValueError
        Names the argument, quotes the value and gives the remedy.
    """

    shows: str = ASSORTMENT
    channel: OwnChannel | None = None
    wrong: float = 0.0
    every_weeks: int = 2

    def __post_init__(self) -> None:
        one_of("shows", self.shows, SHOWN)
        whole_number("every_weeks", self.every_weeks, 1, 1_000)
        if not 0.0 <= self.wrong <= 1.0:
            raise ValueError(f"wrong must be in [0, 1], got {self.wrong}. Is this a percentage?")

    def act(self, view: View, memory: Memory) -> Decision:
        """Send an issue when it is time."""
        if view.week % self.every_weeks:
            return Decision()
        ids = np.sort(view.agreed())
        return Decision(
            Actions(
                ids, product_id=self._products(view, ids, memory), channel=self._ways(view, ids)
            )
        )

    def _products(self, view: View, ids: np.ndarray, memory: Memory) -> np.ndarray | int:
        if self.shows == ASSORTMENT:
            return 0
        products = view.frame("products") if memory.products is None else memory.products
        known = evidence(view, self.shows, products)
        believed = with_errors(favourite(known), self.wrong, memory.luck)
        shelf = best_sellers(view.frame("order_lines"), products)
        return believed.reindex(ids).map(shelf).fillna(0).to_numpy(dtype=np.int64)

    def _ways(self, view: View, ids: np.ndarray) -> np.ndarray | str:
        own = self.channel
        if own is None:
            return "email"
        opened, sent = by_channel(ids, view.frame("messages"), view.frame("responses"))
        weekly = weekly_margin(ids, view.frame("orders"), view.now, own.watched_weeks)
        price = view.prices.of_channel()[: len(DIRECT_CHANNELS)]
        return own.choose(opened, sent, weekly, price)


def evidence(view: View, shows: str, products: pd.DataFrame) -> pd.DataFrame:
    """What the firm has to go by: order lines, answers, or both in lines; see `SHOWN`."""
    lines = answers = None
    if shows in (OBSERVED, BOTH):
        lines = lines_by_category(view.frame("order_lines"), view.frame("orders"), products)
    if shows in (ASKED, BOTH):
        answers = answers_by_category(view.frame("questions"))
    if lines is None or answers is None:
        return answers if lines is None else lines
    return lines.add(ANSWER_LINES * answers, fill_value=0.0)


@dataclass(frozen=True)
class OneToOne:
    """A policy made of steps, each taken every week.

    Parameters
    ----------
    name : str
    steps : sequence of Step

    Examples
    --------
    >>> import crmlab as crm
    >>> policy = OneToOne("ask and send", (AskNeeds(), Mails("asked")))
    >>> run = crm.simulate("retail", 300, 20, 7, policy)
    >>> sorted(run.records.messages["product_id"].unique())[0]
    np.int16(0)
    """

    name: str
    steps: Sequence[Step]

    def start(self, seed: int) -> Memory:
        """The policy's own luck: of whom the firm is wrong, it stays wrong."""
        return Memory(Chance(seed).split("one to one"))

    def decide(self, view: View, state: Memory) -> tuple[Decision, Memory]:
        """All steps of the week together."""
        if state.products is None:
            state = Memory(state.luck, view.frame("products"))
        decisions = [step.act(view, state) for step in self.steps]
        standing = Standing()
        for decision in decisions:
            standing = standing.then(decision.standing)
        return Decision(Actions.concat(d.actions for d in decisions), standing), state

    def __repr__(self) -> str:
        return self.name


def plain_mails() -> OneToOne:
    """The same for all: the assortment, by e-mail; what the others are held against.

    >>> plain_mails()
    plain newsletter
    """
    return OneToOne("plain newsletter", (Mails(),))


def product_mails(shows: str = OBSERVED, wrong: float = 0.0) -> OneToOne:
    """The same mails to the same people, each with one product; nobody is asked anything.

    Parameters
    ----------
    shows : str
        One of `SHOWN`.
    wrong : float
        Share of the customers whose record is spoilt (it names another category), in [0, 1].

    Examples
    --------
    >>> product_mails(wrong=0.4)
    one product, observed, 40% wrong
    """
    return OneToOne(f"one product, {shows}{_told(wrong)}", (Mails(shows, wrong=wrong),))


def customisation() -> OneToOne:
    """The customer configures, each time from nothing; mails show the assortment.

    >>> customisation()
    customisation
    """
    return OneToOne("customisation", (OfferConfigurator(False), Mails()))


def personalisation(wrong: float = 0.0) -> OneToOne:
    """The firm asks, watches and remembers, and acts on what it has learned.

    Parameters
    ----------
    wrong : float
        Share of the customers about whom it is wrong, in [0, 1].

    Examples
    --------
    >>> personalisation(wrong=0.2)
    personalisation, 20% wrong
    """
    mails = Mails(BOTH, wrong=wrong)
    return OneToOne(f"personalisation{_told(wrong)}", (AskNeeds(), OfferConfigurator(True), mails))


def face(name: str) -> OneToOne:
    """One of Gilmore and Pine's four approaches.

    *Adaptive*: a standard product that customers adapt themselves, in a configurator. *Cosmetic*:
    the same assortment, to each by the channel that suits. *Transparent*: a product chosen from
    what was observed, and nobody is asked. *Collaborative*: ask, then choose product and channel.

    Parameters
    ----------
    name : str
        One of `FACES`.

    Raises
    ------
    ValueError
        An unknown name.

    Examples
    --------
    >>> face("cosmetic"), FACES["cosmetic"]
    (cosmetic, ('same product', 'own presentation'))
    """
    one_of("name", name, tuple(FACES))
    steps: dict[str, tuple[Step, ...]] = {
        "adaptive": (OfferConfigurator(False), Mails()),
        "cosmetic": (Mails(channel=OwnChannel()),),
        "transparent": (Mails(OBSERVED),),
        "collaborative": (AskNeeds(), Mails(ASKED, OwnChannel())),
    }
    return OneToOne(name, steps[name])


def attract_capture_engage(steps: Sequence[str] = STEPS, incentive_eur: float = 0.0) -> OneToOne:
    """The three steps of the golden handcuffs, any of which can be left out.

    *Attract* asks for permission. *Capture* asks what customers like, and has a configurator
    that remembers. *Engage* sends mails: each with the product that what was captured speaks
    for, or, where nothing was captured, with the assortment.

    Parameters
    ----------
    steps : sequence of str
        Any of `STEPS`.
    incentive_eur : float
        Paid to each who gives permission when asked, >= 0.

    Raises
    ------
    ValueError
        An unknown step.

    Examples
    --------
    >>> attract_capture_engage(("attract", "engage"))
    attract + engage
    >>> attract_capture_engage(())
    nothing
    """
    for step in steps:
        one_of("step", step, STEPS)
    captured = "capture" in steps
    parts: dict[str, tuple[Step, ...]] = {
        "attract": (AskConsent(incentive_eur),),
        "capture": (AskNeeds(), OfferConfigurator(True)),
        "engage": (Mails(BOTH if captured else ASSORTMENT),),
    }
    chosen = [step for step in STEPS if step in steps]
    taken = tuple(part for step in chosen for part in parts[step])
    paid = f" ({incentive_eur:g} EUR)" if incentive_eur and "attract" in chosen else ""
    return OneToOne((" + ".join(chosen) or "nothing") + paid, taken)


def _told(wrong: float) -> str:
    return f", {100 * wrong:g}% wrong" if wrong else ""


def minutes_of_choice(
    times: int, minutes: float = 6.0, memory: float = 1.0, teaching: float = 0.0
) -> float:
    """The burden of choice: minutes that a customer spends on so many configurations.

    Parameters
    ----------
    times : int
        Configurations, >= 0.
    minutes : float
        That the first one takes.
    memory : float
        Factor on the minutes each time that the firm has remembered the last, in [0, 1]; 1 for
        a firm that forgets.
    teaching : float
        Minutes spent beforehand on telling the firm what one likes.

    Examples
    --------
    >>> minutes_of_choice(3), minutes_of_choice(3, memory=0.5, teaching=4)
    (18.0, 14.5)
    """
    whole_number("times", times, 0, 10**6)
    if not 0.0 <= memory <= 1.0:
        raise ValueError(f"memory must be in [0, 1], got {memory}. Is this a percentage?")
    return float(teaching + minutes * (memory ** np.arange(times)).sum())


def visits_to_repay(minutes: float = 6.0, memory: float = 0.6, teaching: float = 5.0) -> int:
    """After how many configurations teaching the firm has saved the customer time.

    Raises
    ------
    ValueError
        If it never does: the firm forgets.

    Examples
    --------
    >>> visits_to_repay(minutes=6, memory=0.6, teaching=5)
    3
    """
    if not 0.0 <= memory < 1.0:
        raise ValueError(
            f"memory must be in [0, 1), got {memory}: a firm that forgets never repays teaching."
        )
    times = 1
    while minutes_of_choice(times, minutes, memory, teaching) >= times * minutes:
        times += 1
    return times

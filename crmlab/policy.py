"""How does a firm see, and how does it act?

Once a week the engine shows a policy a `View` (only what the firm can know by then) and
takes a `Decision` back: rows of `Actions` for this week, and `Standing` orders that the
market's mechanisms carry out in event time until they are replaced. This is the only way
in which a decision reaches the market.

A policy is any object with ``start(seed) -> state`` and
``decide(view, state) -> (Decision, state)``; a plain function ``view -> actions`` will do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.actions import Actions
from crmlab.chance import Chance
from crmlab.checks import one_of
from crmlab.standing import Condition, Configurator, ConsentPage, PageRule, Queue, Rule, Standing
from crmlab.tables import (
    CHANNELS,
    CONSENT,
    DIRECT_CHANNELS,
    EPOCH,
    OBSERVED,
    STRATEGIES,
    WEEK_SECONDS,
)

__all__ = [
    "Actions",
    "Condition",
    "Configurator",
    "ConsentPage",
    "Decision",
    "PageRule",
    "Plain",
    "Policy",
    "PolicyError",
    "Prices",
    "Queue",
    "Rule",
    "Standing",
    "View",
    "as_decision",
    "as_policy",
]


class PolicyError(RuntimeError):
    """A policy raised, or returned something that is not a decision."""


@dataclass(frozen=True)
class Prices:
    """What acting costs, in EUR: a message by each channel, a request for consent, a question.

    ``strategies`` are the prices of `tables.STRATEGIES` for one account and quarter; empty where
    customers are people. ``others`` are those of a message by web, shop, partner and social media.
    """

    email_eur: float
    post_eur: float
    phone_eur: float
    ask_eur: float
    question_eur: float = 0.0
    strategies: tuple[float, ...] = ()
    others: tuple[float, ...] = (0.0,) * (len(CHANNELS) - len(DIRECT_CHANNELS))

    def of_channel(self) -> NDArray[np.float64]:
        """The price of one message, in the order of `tables.CHANNELS`."""
        return np.array([self.email_eur, self.post_eur, self.phone_eur, *self.others])

    def of_strategy(self, kind: str) -> float:
        """The price of a strategy for one account and quarter (`tables.STRATEGIES`)."""
        one_of("kind", kind, STRATEGIES)
        if not self.strategies:
            raise ValueError(f"{kind!r} has no price here: strategies act on accounts (b2b).")
        return self.strategies[STRATEGIES.index(kind)]


@dataclass(frozen=True)
class Decision:
    """This week's actions, and standing orders to put in place."""

    actions: Actions = field(default_factory=Actions)
    standing: Standing = Standing()


class View:
    """What the firm knows at the start of a week.

    Parameters
    ----------
    week : int
        The week that begins, from 0.
    prices : Prices
    budget_eur : float
        EUR that can be spent this week; ``inf`` without a budget.
    chance : Chance
        The policy's own luck, for pilots and bandits.
    source : callable
        ``source(table, column)`` gives an array; ``source(table, None)`` a DataFrame.
    """

    def __init__(
        self,
        week: int,
        prices: Prices,
        budget_eur: float,
        chance: Chance,
        source: Callable[[str, str | None], Any],
    ) -> None:
        self.week = week
        self.prices = prices
        self.budget_eur = budget_eur
        self.chance = chance
        self._source = source

    @property
    def now(self) -> np.datetime64:
        """The start of the week, as a time."""
        return EPOCH + np.timedelta64(self.week * WEEK_SECONDS, "s")

    def column(self, table: str, name: str) -> NDArray:
        """One column of what is known by now; rows of one table line up between calls."""
        one_of("table", table, tuple(OBSERVED))
        one_of("name", name, OBSERVED[table].column_names)
        return np.asarray(self._source(table, name))

    def codes(self, table: str, name: str) -> NDArray[np.int8]:
        """A column of categories as the numbers of its words in the contract: fast."""
        one_of("table", table, tuple(OBSERVED))
        words = OBSERVED[table][name].dtype
        if not isinstance(words, tuple):
            raise ValueError(f"{table}.{name} has no categories; use column({table!r}, {name!r}).")
        return np.asarray(pd.Categorical(self._source(table, name), categories=list(words)).codes)

    def agreed(self) -> NDArray[np.int64]:
        """The customers who have agreed to be written to."""
        status = self.codes("profiles", "consent")
        yes = np.array(["opt-in" in word or word == "opt-down" for word in CONSENT])
        return self.column("profiles", "customer_id")[yes[status]]

    def frame(self, table: str) -> pd.DataFrame:
        """A whole table of what is known by now."""
        one_of("table", table, tuple(OBSERVED))
        return self._source(table, None)

    def __repr__(self) -> str:
        return f"View(week={self.week}, budget_eur={self.budget_eur:g})"


@runtime_checkable
class Policy(Protocol):
    """What the firm does. Neither method changes the policy itself: state travels."""

    def start(self, seed: int) -> Any:
        """The state before the first week."""
        ...

    def decide(self, view: View, state: Any) -> tuple[Decision, Any]:
        """The decision for this week, and the state for the next."""
        ...


@dataclass(frozen=True)
class Plain:
    """A plain function ``view -> actions`` as a policy without state."""

    function: Callable[[View], Any]
    name: str = ""

    def start(self, seed: int) -> None:
        """Nothing to remember."""

    def decide(self, view: View, state: None) -> tuple[Decision, None]:
        """Call the function, and accept whatever form its answer has."""
        return as_decision(self.function(view)), None

    def __repr__(self) -> str:
        return self.name or getattr(self.function, "__name__", "a function")


def as_decision(answer: object) -> Decision:
    """A `Decision` from a decision, actions, a DataFrame of actions, or None (do nothing)."""
    if answer is None:
        return Decision()
    if isinstance(answer, Decision):
        return answer
    if isinstance(answer, Actions):
        return Decision(answer)
    if isinstance(answer, Standing):
        return Decision(standing=answer)
    if isinstance(answer, pd.DataFrame):
        return Decision(Actions.from_frame(answer))
    raise TypeError(
        "a policy must return Actions, a Decision, a DataFrame of actions or None, "
        f"got {type(answer).__name__}: {answer!r:.80}."
    )


def asked(policy: Policy, week: int | None, memory: Any, view: View | int) -> tuple[Decision, Any]:
    """The decision of a policy for a week and its new memory; with no week, of its start.

    Raises
    ------
    PolicyError
        The policy raised, or returned something that is not a decision; says which and when.
    """
    when = "start" if week is None else f"week {week}"
    try:
        if isinstance(view, View):
            answer = policy.decide(view, memory)
        else:
            return Decision(), policy.start(view)
    except PolicyError:
        raise
    except Exception as error:
        raise PolicyError(
            f"the policy {policy!r} raised {type(error).__name__} in {when}: {error}"
        ) from error
    if not (isinstance(answer, tuple) and len(answer) == 2):
        raise PolicyError(
            f"the policy {policy!r} must return (Decision, state) from decide, "
            f"got {answer!r:.80} in {when}."
        )
    try:
        return as_decision(answer[0]), answer[1]
    except (TypeError, ValueError) as error:
        raise PolicyError(f"{when}: {error}") from error


def as_policy(policy: object) -> Policy:
    """A policy from a policy, a plain function, or None (do nothing)."""
    if policy is None:
        return Plain(lambda view: None, "nothing")
    if isinstance(policy, type):
        raise TypeError(
            f"policy must be an instance, got the class {policy.__name__}. "
            f"Call it: {policy.__name__}()."
        )
    if isinstance(policy, Policy):
        return policy
    if callable(policy):
        return Plain(policy)
    raise TypeError(
        "policy must be None, a function view -> actions, or an object with start and decide, "
        f"got {type(policy).__name__}: {policy!r:.80}."
    )

"""What does the firm's software do by itself? Standing orders, carried out in event time."""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.checks import at_least_zero, one_of, whole_number
from crmlab.tables import CHANNELS, MESSAGE_KINDS, OBSERVED, PAGE_TEMPLATES

EVENTS = ("cart abandoned", "first order", "order", "lapsed")
"""Events that a standing rule can wait for."""

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}


@dataclass(frozen=True)
class Condition:
    """A test on one column of the customer's profile, as it stands when the week begins."""

    column: str
    operator: str
    value: float

    def __post_init__(self) -> None:
        numeric = [
            c.name for c in OBSERVED["profiles"].columns if c.unit in ("orders", "messages", "EUR")
        ]
        one_of("column", self.column, numeric)
        one_of("operator", self.operator, tuple(_OPERATORS))

    def holds(self, column: NDArray) -> NDArray[np.bool_]:
        """Where the test holds."""
        return _OPERATORS[self.operator](column, self.value)


@dataclass(frozen=True)
class Rule:
    """Event, condition, action: what the firm's software does by itself.

    Parameters
    ----------
    event : str
        One of `EVENTS`. ``"lapsed"`` fires once when ``lapse_weeks`` have passed without an
        order.
    kind : str
        The kind of message that is sent.
    delay_minutes : int
        Minutes between the event and the message.
    conditions : tuple of Condition
        All must hold.
    cap_weeks : float
        No second message by this rule within so many weeks.
    unless_ordered : bool
        Whether an order between event and message cancels it.
    """

    event: str
    kind: str = "triggered"
    delay_minutes: int = 240
    conditions: tuple[Condition, ...] = ()
    channel: str = "email"
    offer_eur: float = 0.0
    cap_weeks: float = 1.0
    lapse_weeks: float = 8.0
    unless_ordered: bool = True
    reminders: int = 0
    reminder_minutes: int = 2880

    def __post_init__(self) -> None:
        one_of("event", self.event, EVENTS)
        one_of("kind", self.kind, MESSAGE_KINDS)
        one_of("channel", self.channel, CHANNELS)
        for name in ("delay_minutes", "offer_eur", "cap_weeks", "reminders", "reminder_minutes"):
            at_least_zero(name, getattr(self, name))
        if not self.lapse_weeks > 0:
            raise ValueError(f"lapse_weeks must be > 0, got {self.lapse_weeks}.")


@dataclass(frozen=True)
class ConsentPage:
    """What somebody meets who wants fewer e-mails.

    ``"plain"`` unsubscribes with one click; ``"preference centre"`` offers fewer first;
    ``"obstructed"`` hides the link (unlawful in many countries: here to be measured).
    """

    path: str = "plain"
    double_opt_in: bool = False

    def __post_init__(self) -> None:
        one_of("path", self.path, ("plain", "preference centre", "obstructed"))


@dataclass(frozen=True)
class Queue:
    """How waiting cases are served: the order, who gets which, and how many agents.

    Parameters
    ----------
    discipline : str
        ``"first come, first served"``; ``"priority"``: complaints before questions;
        ``"value"``: who has ordered most, complaints counted twice.
    routing : str
        ``"any"``: an agent takes the next case; ``"skill"``: the next of the own subject, if any.
    agents : int or None
        None for as many as the market has by default (`Scenario.customers_per_agent`). Each is
        paid for every shift, busy or not.
    """

    discipline: str = "first come, first served"
    routing: str = "any"
    agents: int | None = None

    def __post_init__(self) -> None:
        known = ("first come, first served", "priority", "value")
        one_of("discipline", self.discipline, known)
        one_of("routing", self.routing, ("any", "skill"))
        if self.agents is not None:
            whole_number("agents", self.agents, 0, 100_000)


@dataclass(frozen=True, eq=False)
class PageRule:
    """Which template a visit's later pages follow, once so many pages have been seen.

    Parameters
    ----------
    after_clicks : int
        Pages seen before the template is chosen; shorter visits stay plain.
    recogniser : callable, optional
        Takes page codes (places in `tables.PAGE_TYPES`), shape ``(n_visits, after_clicks)``, and
        gives probabilities of kinds of visitor, shape ``(n_visits, n_kinds)``. None takes all
        visitors for one kind.
    chances : array, shape (n_kinds, n_templates)
        With which probability each kind gets each of `tables.PAGE_TEMPLATES`; rows add up to 1.
        All templates with equal chances are an experiment.
    """

    after_clicks: int = 4
    recogniser: Callable[[NDArray[np.uint8]], NDArray[np.float64]] | None = None
    chances: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        whole_number("after_clicks", self.after_clicks, 1, 40)
        n = len(PAGE_TEMPLATES)
        default = np.full((1, n), 1.0 / n)
        chances = np.asarray(default if self.chances is None else self.chances, dtype=np.float64)
        if chances.ndim != 2 or chances.shape[1] != n:
            raise ValueError(
                f"chances must have one row a kind of visitor and {n} columns, one for each of "
                f"{', '.join(PAGE_TEMPLATES)}; got shape {chances.shape}."
            )
        if (chances < 0).any() or not np.allclose(chances.sum(axis=1), 1.0):
            raise ValueError("chances must be >= 0, each row adding up to 1. Divide by its sum.")
        if self.recogniser is None and len(chances) > 1:
            raise ValueError(
                f"recogniser must be given where chances have {len(chances)} rows: without one, "
                "all visitors are of one kind."
            )
        object.__setattr__(self, "chances", chances)


@dataclass(frozen=True)
class Configurator:
    """A page of the shop where customers put a product together themselves.

    Without ``remembers`` this is *customisation*: the customer starts from nothing each time,
    and the firm learns nothing. With it the last choice is offered again, which takes less
    time, and is one more thing that a rival would have to be taught.
    """

    remembers: bool = False


@dataclass(frozen=True)
class Standing:
    """Orders carried out in event time until replaced; None keeps what was there."""

    rules: tuple[Rule, ...] | None = None
    consent_page: ConsentPage | None = None
    queue: Queue | None = None
    page: PageRule | None = None
    links: pd.DataFrame | None = None
    configurator: Configurator | None = None

    def __post_init__(self) -> None:
        if self.links is None:
            return
        missing = {"customer_id", "golden_id"} - set(self.links.columns)
        if missing:
            raise ValueError(
                f"links must have the columns customer_id and golden_id; {missing.pop()!r} is "
                "missing. One row a record: which customer the firm takes it for."
            )
        if self.links["customer_id"].duplicated().any():
            double = self.links.loc[self.links["customer_id"].duplicated(), "customer_id"].iloc[0]
            raise ValueError(f"links must name each customer_id once, got {double!r} twice.")

    @cached_property
    def believed(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The links as arrays: records in order, and the number of each one's customer."""
        assert self.links is not None
        known = self.links["customer_id"].to_numpy()
        order = np.argsort(known)
        group = np.unique(self.links["golden_id"].to_numpy(), return_inverse=True)[1]
        return known[order], group[order]

    def then(self, newer: Standing) -> Standing:
        """These orders with the newer ones in their place where there are any."""
        changed = {
            f.name: getattr(newer, f.name)
            for f in dataclasses.fields(newer)
            if getattr(newer, f.name) is not None
        }
        return dataclasses.replace(self, **changed) if changed else self

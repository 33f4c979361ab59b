"""What is the state of the market? The people, their luck, and what changes week by week."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from crmlab.chance import Chance, exponential, key, shuffle_ids, unshuffle_ids
from crmlab.market.people import People
from crmlab.market.scenario import Scenario
from crmlab.policy import Standing
from crmlab.tables import CONSENT, WEEK_SECONDS

NEVER = 4e15
"""Seconds: later than anything."""
NONE, IMPLIED, OPT_IN, DOUBLE, DOWN, OUT = range(len(CONSENT))
_RECORDS = 8  # records that one person can have, room for duplicates


@dataclass
class State:
    """What changes, one array of shape ``(n_people,)`` each; seconds are since the start."""

    death_s: NDArray[np.float64]
    nudge: NDArray[np.float64]
    fatigue: NDArray[np.float64]
    trust: NDArray[np.float64]
    consent: NDArray[np.int8]
    cap: NDArray[np.int16]
    recent: NDArray[np.int16]
    address_dead_s: NDArray[np.int64]
    addresses: NDArray[np.int16]
    offer_eur: NDArray[np.float64]
    offer_from_s: NDArray[np.int64]
    offer_message: NDArray[np.int64]
    ticks: NDArray[np.int64]
    orders: NDArray[np.int64]
    last_order_s: NDArray[np.int64]
    messages: NDArray[np.int64]
    opens: NDArray[np.int64]
    clicks: NDArray[np.int64]
    last_message_s: NDArray[np.int64]
    last_open_s: NDArray[np.int64]
    bounced: NDArray[np.bool_]
    rule_s: NDArray[np.int64]

    def extend(self, other: State) -> None:
        """Add the people of ``other`` at the end."""
        for name, mine in vars(self).items():
            setattr(self, name, np.concatenate([mine, getattr(other, name)]))


def first_state(people: People, luck: Chance) -> State:
    """The state in which these people enter the market."""
    n = len(people)
    with np.errstate(divide="ignore"):
        life = exponential(luck.base("lifetime", people.person_id)) / people.dropout_rate
    death = np.minimum(people.born_s + life * WEEK_SECONDS, NEVER)

    def zeros(dtype: type, fill: int = 0) -> NDArray:
        return np.full(n, fill, dtype=dtype)

    return State(
        death_s=death,
        nudge=zeros(float),
        fatigue=zeros(float),
        trust=people.first_trust.copy(),
        consent=zeros(np.int8),
        cap=zeros(np.int16, -1),
        recent=np.zeros((n, 4), dtype=np.int16),
        address_dead_s=zeros(np.int64),
        addresses=zeros(np.int16),
        offer_eur=zeros(float),
        offer_from_s=zeros(np.int64, -1),
        offer_message=zeros(np.int64),
        ticks=zeros(np.int64),
        orders=zeros(np.int64),
        last_order_s=zeros(np.int64, -1),
        messages=zeros(np.int64),
        opens=zeros(np.int64),
        clicks=zeros(np.int64),
        last_message_s=zeros(np.int64, -1),
        last_open_s=zeros(np.int64, -1),
        bounced=zeros(np.bool_),
        rule_s=zeros(np.int64, -1),
    )


@dataclass
class World:
    """One draw of a scenario, as the engine holds it while time passes.

    ``base_size`` people come of themselves; people from pools follow them in the arrays.
    """

    scenario: Scenario
    weeks: int
    base_size: int
    traits: Chance
    luck: Chance
    people: People
    state: State
    rate_factors: NDArray[np.float64]
    secret: int
    standing: Standing = Standing()
    reputation: float = 1.0
    touched: bool = False
    pool_used: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    _bases: dict[str, NDArray[np.uint64]] = field(default_factory=dict)
    _customer_id: NDArray[np.int64] | None = None
    _greatest: NDArray[np.float64] | None = None
    _need_edges: NDArray[np.float64] | None = None

    @property
    def customer_id(self) -> NDArray[np.int64]:
        """The firm's record key of everybody, in the order of the arrays."""
        if self._customer_id is None or len(self._customer_id) < len(self.people):
            self._customer_id = shuffle_ids(self.people.person_id * _RECORDS, self.secret)
        return self._customer_id

    def greatest_need(self, who: NDArray[np.int64]) -> NDArray[np.float64]:
        """The greatest need of these people."""
        if self._greatest is None or len(self._greatest) < len(self.people):
            self._greatest = self.people.needs.max(axis=1)
        return self._greatest[who]

    def draw_need(self, who: NDArray[np.int64], unit: NDArray) -> NDArray[np.int64]:
        """A category for each of these people, with the shares of their needs."""
        if self._need_edges is None or self._need_edges.shape[1] < len(self.people):
            edges = np.cumsum(self.people.needs[:, :-1], axis=1)
            self._need_edges = np.ascontiguousarray(edges.T)
        category = np.zeros(len(who), dtype=np.int64)
        for edge in self._need_edges:
            category += unit > edge[who]
        return category

    def base(self, stream: str) -> NDArray[np.uint64]:
        """Keyed words of everybody's luck in one stream, kept for the whole run."""
        known = self._bases.get(stream)
        if known is None or len(known) < len(self.people):
            known = self.luck.base(stream, self.people.person_id)
            self._bases[stream] = known
        return known

    def born_before(self, second: int) -> NDArray[np.int64]:
        """Places of those who were customers before this second."""
        return np.flatnonzero(self.people.born_s < second)

    def forget_luck(self) -> None:
        """Give back the memory of the kept words; they are made anew when needed."""
        self._bases.clear()

    def position_of(self, customer_id: NDArray[np.int64], now_s: int) -> NDArray[np.int64]:
        """Places of these customers in the arrays; -1 for ids that the firm does not know."""
        raw = unshuffle_ids(customer_id, self.secret)
        person, record = raw >> 3, raw & (_RECORDS - 1)
        position = np.where((person >= 0) & (person < self.base_size), person, -1)
        if len(self.people) > self.base_size:
            late = self.people.person_id[self.base_size :]
            by_id = np.argsort(late)
            place = np.minimum(np.searchsorted(late[by_id], person), len(late) - 1)
            found = late[by_id][place] == person
            position = np.where(found, self.base_size + by_id[place], position)
        position = np.where((raw >= 0) & (record == 0), position, -1)
        known = (position >= 0) & (self.people.born_s[position] < now_s)
        return np.where(known, position, -1)

    def event_id(self, position: NDArray, week: NDArray | int, code: NDArray) -> NDArray[np.int64]:
        """Customer, week and place in the week as the digits of one number."""
        return (self.customer_id[position] * 10_000 + week) * 10_000 + code


def secret_of(traits: Chance) -> int:
    """The key by which the firm's record numbers are shuffled against the truth."""
    return key(traits.seed, "customer_id")

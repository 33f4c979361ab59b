"""What is the state of the market? The people, their luck, and what changes week by week."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from crmlab.chance import Chance, exponential, key, shuffle_ids, unshuffle_ids
from crmlab.market import identity
from crmlab.market.leads import Leads
from crmlab.market.people import People
from crmlab.market.scenario import Scenario
from crmlab.policy import Standing
from crmlab.tables import CONSENT, WEEK_SECONDS

NEVER = 4e15
"""Seconds: later than anything."""
NONE, IMPLIED, OPT_IN, DOUBLE, DOWN, OUT = range(len(CONSENT))
MOST_RECORDS = 8
"""Records that one person can have: part of the shuffled numbers, so it never changes."""


@dataclass
class State:
    """What changes, one array of shape ``(n_people,)`` each; seconds are since the start."""

    death_s: NDArray[np.float64]
    nudge: NDArray[np.float64]
    fatigue: NDArray[np.float64]
    trust: NDArray[np.float64]
    recent: NDArray[np.int16]
    address_dead_s: NDArray[np.int64]
    addresses: NDArray[np.int16]
    offer_eur: NDArray[np.float64]
    offer_from_s: NDArray[np.int64]
    offer_message: NDArray[np.int64]
    ticks: NDArray[np.int64]
    rule_s: NDArray[np.int64]
    taught: NDArray[np.float64]
    answered: NDArray[np.int64]
    configured: NDArray[np.int64]
    care: NDArray[np.float64]
    habit: NDArray[np.float64]
    grudge: NDArray[np.float64]
    open_complaints: NDArray[np.int16]
    complaint_s: NDArray[np.int64]

    def extend(self, other: State) -> None:
        """Add the people of ``other`` at the end."""
        _extend(self, other)


@dataclass
class Files:
    """What the firm's software counts on each record, one array of shape ``(n_files,)`` each.

    A person has room for ``World.room`` files, one after the other; only those with a record
    (``opened_s`` in the past) exist for the firm. Without duplicates a person has one.
    """

    opened_s: NDArray[np.int64]
    consent: NDArray[np.int8]
    cap: NDArray[np.int16]
    orders: NDArray[np.int64]
    last_order_s: NDArray[np.int64]
    messages: NDArray[np.int64]
    opens: NDArray[np.int64]
    clicks: NDArray[np.int64]
    last_message_s: NDArray[np.int64]
    last_open_s: NDArray[np.int64]
    bounced: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.opened_s)

    def extend(self, other: Files) -> None:
        """Add the files of ``other`` at the end."""
        _extend(self, other)


def _extend(mine: State | Files, other: State | Files) -> None:
    for name, values in vars(mine).items():
        setattr(mine, name, np.concatenate([values, getattr(other, name)]))


def first_files(people: int, room: int) -> Files:
    """The empty files of so many people."""
    n = people * room

    def zeros(dtype: type, fill: int = 0) -> NDArray:
        return np.full(n, fill, dtype=dtype)

    return Files(
        opened_s=zeros(np.int64, int(NEVER)),
        consent=zeros(np.int8),
        cap=zeros(np.int16, -1),
        orders=zeros(np.int64),
        last_order_s=zeros(np.int64, -1),
        messages=zeros(np.int64),
        opens=zeros(np.int64),
        clicks=zeros(np.int64),
        last_message_s=zeros(np.int64, -1),
        last_open_s=zeros(np.int64, -1),
        bounced=zeros(np.bool_),
    )


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
        recent=np.zeros((n, 4), dtype=np.int16),
        address_dead_s=zeros(np.int64),
        addresses=zeros(np.int16),
        offer_eur=zeros(float),
        offer_from_s=zeros(np.int64, -1),
        offer_message=zeros(np.int64),
        ticks=zeros(np.int64),
        rule_s=zeros(np.int64, -1),
        taught=zeros(float),
        answered=zeros(np.int64),
        configured=zeros(np.int64),
        care=zeros(float),
        habit=zeros(float),
        grudge=zeros(float),
        open_complaints=zeros(np.int16),
        complaint_s=zeros(np.int64, -1),
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
    files: Files
    rate_factors: NDArray[np.float64]
    secret: int
    standing: Standing = Standing()
    reputation: float = 1.0
    touched: bool = False
    week: int = 0
    pool_used: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    leads: Leads = field(default_factory=Leads.none)
    _bases: dict[str, NDArray[np.uint64]] = field(default_factory=dict)
    _kept: dict[str, NDArray] = field(default_factory=dict)
    _customer_id: NDArray[np.int64] | None = None
    _greatest: NDArray[np.float64] | None = None
    _need_edges: NDArray[np.float64] | None = None

    @property
    def room(self) -> int:
        """How many files a person has room for: 1 where nobody has duplicates."""
        return MOST_RECORDS if self.scenario.duplicate_share > 0 else 1

    @property
    def customer_id(self) -> NDArray[np.int64]:
        """The firm's key of every file, in the order of the arrays."""
        n = len(self.people) * self.room
        if self._customer_id is None or len(self._customer_id) < n:
            number = self.people.person_id[:, None] * MOST_RECORDS + np.arange(self.room)
            self._customer_id = shuffle_ids(number.ravel(), self.secret)
        return self._customer_id

    def first_file(self, position: NDArray[np.int64]) -> NDArray[np.int64]:
        """The first file of each of these people: where they registered."""
        return position if self.room == 1 else position * self.room

    def owner(self, file: NDArray[np.int64]) -> NDArray[np.int64]:
        """The person behind each of these files."""
        return file if self.room == 1 else file // self.room

    def order_file(self, position: NDArray, week: NDArray | int, code: NDArray) -> NDArray:
        """The file under which each of these orders is placed; visits use the first."""
        if self.room == 1:
            return position
        return identity.order_file(self, position, week, code)

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

    def files_before(self, second: int) -> NDArray[np.int64]:
        """Files that were open before this second."""
        return np.flatnonzero(self.files.opened_s < second)

    def kept(self, name: str, make: Callable[[World], NDArray]) -> NDArray:
        """Something of everybody that is made once, and again when people have come."""
        known = self._kept.get(name)
        if known is None or len(known) < len(self.people):
            self._kept[name] = make(self)
        return self._kept[name]

    def main_id(self, person_id: NDArray[np.int64]) -> NDArray[np.int64]:
        """The firm's key of the first record of these persons, known to it or not."""
        return shuffle_ids(person_id * MOST_RECORDS, self.secret)

    def forget_luck(self) -> None:
        """Give back the memory of the kept words; they are made anew when needed."""
        self._bases.clear()

    def file_of(self, customer_id: NDArray[np.int64], now_s: int) -> NDArray[np.int64]:
        """Files of these customers; -1 for ids that the firm does not know."""
        raw = unshuffle_ids(customer_id, self.secret)
        person, record = raw >> 3, raw & (MOST_RECORDS - 1)
        position = np.where((person >= 0) & (person < self.base_size), person, -1)
        if len(self.people) > self.base_size:
            late = self.people.person_id[self.base_size :]
            by_id = np.argsort(late)
            place = np.minimum(np.searchsorted(late[by_id], person), len(late) - 1)
            found = late[by_id][place] == person
            position = np.where(found, self.base_size + by_id[place], position)
        possible = (raw >= 0) & (position >= 0) & (record < self.room)
        file = np.where(possible, position * self.room + record, -1)
        known = possible & (self.files.opened_s[file] < now_s)
        return np.where(known, file, -1)

    def event_id(self, file: NDArray, week: NDArray | int, code: NDArray) -> NDArray[np.int64]:
        """Customer, week and place in the week as the digits of one number."""
        return (self.customer_id[file] * 10_000 + week) * 10_000 + code


def secret_of(traits: Chance) -> int:
    """The key by which the firm's record numbers are shuffled against the truth."""
    return key(traits.seed, "customer_id")

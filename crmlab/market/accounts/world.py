"""What is the state of the accounts? What changes week by week, and what all of them share.

At the barrier of a week the market sums up what everybody feels in it: the volume over which goods
are made (unit cost), the defects that inspirations have not yet prevented, which industries are
open, and which benchmarks are customers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from crmlab.chance import Chance, exponential, key, shuffle_ids, unshuffle_ids
from crmlab.market.accounts.firms import Firms
from crmlab.market.accounts.scenario import AccountScenario
from crmlab.tables import INDUSTRIES, STRATEGIES

PROSPECT, CUSTOMER, LOST, ENDED, ABSENT = range(5)
NO_STRATEGY = -1
PROTECT, REENGINEER, ENHANCE, HARVEST, END, WIN_BACK, START = range(len(STRATEGIES))


@dataclass
class AccountState:
    """What changes, shape ``(n,)`` each.

    ``hazard`` adds up while an account is a customer (or a prospect) and is compared with
    ``threshold``; ``spell`` counts how often it came and went. ``strategy`` holds until the week
    ``until``.
    """

    status: NDArray[np.int64]
    relation: NDArray[np.float64]
    share: NDArray[np.float64]
    hazard: NDArray[np.float64]
    threshold: NDArray[np.float64]
    spell: NDArray[np.int64]
    since: NDArray[np.int64]
    left_s: NDArray[np.int64]
    strategy: NDArray[np.int64]
    until: NDArray[np.int64]
    streamlined: NDArray[np.bool_]


@dataclass
class Shared:
    """What all accounts feel this week."""

    unit_cost: float
    defects: float
    open: NDArray[np.bool_]


@dataclass
class AccountWorld:
    """One draw of an account market, as the engine holds it while time passes."""

    scenario: AccountScenario
    weeks: int
    customers: int
    traits: Chance
    luck: Chance
    firms: Firms
    state: AccountState
    secret: int
    first_volume: float
    first_defects: float
    shared: Shared
    volumes: list[float] = field(default_factory=list)
    _bases: dict[str, NDArray[np.uint64]] = field(default_factory=dict)

    @cached_property
    def ids(self) -> NDArray[np.int64]:
        """The accounts' own numbers."""
        return np.arange(len(self.firms))

    @cached_property
    def customer_id(self) -> NDArray[np.int64]:
        """The firm's key of every account."""
        return shuffle_ids(self.ids, self.secret)

    def place_of(self, customer_id: NDArray[np.int64]) -> NDArray[np.int64]:
        """Places of the accounts with these keys; -1 for unknown ones."""
        raw = unshuffle_ids(customer_id, self.secret)
        known = (raw >= 0) & (raw < len(self.firms))
        known &= self.state.status[np.where(known, raw, 0)] != ABSENT
        return np.where(known, raw, -1)

    def base(self, stream: str) -> NDArray[np.uint64]:
        """Everybody's luck in one stream."""
        if stream not in self._bases:
            self._bases[stream] = self.luck.base(stream, self.ids)
        return self._bases[stream]

    @property
    def buys(self) -> NDArray[np.bool_]:
        """Who is a customer."""
        return self.state.status == CUSTOMER

    def wallet(self, week: int) -> NDArray[np.float64]:
        """EUR a quarter at list price, in this week."""
        return self.firms.wallet * (1.0 + self.firms.growth) ** (week / 13)

    def under(self, strategy: int) -> NDArray[np.bool_]:
        """Who is under this strategy now, if strategies do anything in this market."""
        return (self.state.strategy == strategy) & (self.scenario.effect > 0)

    def led(self) -> NDArray[np.float64]:
        """1 where the benchmark that an account follows is a customer, -1 where not, 0 if none."""
        follows = self.firms.follows
        here = self.buys[np.maximum(follows, 0)]
        return np.where(follows < 0, 0.0, np.where(here, 1.0, -1.0))

    def share_aim(self) -> NDArray[np.float64]:
        """The share of the wallet to which each account tends."""
        s, firms = self.scenario, self.firms
        odds = firms.taste + s.relation_on_share * (self.state.relation - s.relation_mean)
        odds = odds - s.rival_on_share * (self.rival_felt() - s.rival_mean)
        odds = odds + s.effect * s.enhance_lift * self.state.relation * self.under(ENHANCE)
        return s.share_ceiling * expit(odds)

    def rival_felt(self) -> NDArray[np.float64]:
        """The rival's attraction, less what protecting takes away."""
        shield = self.scenario.effect * self.scenario.protect_shield
        return self.firms.rival * (1.0 - shield * self.under(PROTECT))

    def look_around(self) -> None:
        """Sum up, at the barrier, what everybody will feel this week."""
        s, firms = self.scenario, self.firms
        volume = float(np.mean(self.volumes[-13:])) if self.volumes else self.first_volume
        ratio = max(volume / self.first_volume, 1e-3) if self.first_volume > 0 else 1.0
        opened = np.bincount(firms.industry[self.buys & firms.door], minlength=len(INDUSTRIES)) > 0
        self.shared = Shared(
            unit_cost=s.unit_cost * ratio**-s.scale_economy,
            defects=defects(s, firms, self.buys),
            open=opened[firms.industry] | ~firms.closed,
        )


def defects(s: AccountScenario, firms: Firms, here: NDArray[np.bool_]) -> float:
    """Service calls for defects per order: fewer with each inspiration among the customers."""
    known = firms.inspiration[: len(here)]
    taught = float((known & here).sum() / max(known.sum(), 1))
    return s.defect_rate * (1.0 - s.inspiration_gain * taught)


def new_world(
    s: AccountScenario,
    customers: int,
    weeks: int,
    traits: Chance,
    luck: Chance,
    firms: Firms,
    without: NDArray[np.int64],
) -> AccountWorld:
    """The market at the start; the accounts at the places ``without`` have never existed."""
    n = len(firms)
    status = np.where(np.arange(n) < customers, CUSTOMER, PROSPECT)
    status[without] = ABSENT
    world = AccountWorld(
        s, weeks, customers, traits, luck, firms,
        AccountState(
            status=status,
            relation=firms.relation.copy(),
            share=np.zeros(n),
            hazard=np.zeros(n),
            threshold=exponential(luck.base("leaving", np.arange(n)), 0),
            spell=np.zeros(n, dtype=np.int64),
            since=np.zeros(n, dtype=np.int64),
            left_s=np.full(n, -1, dtype=np.int64),
            strategy=np.full(n, NO_STRATEGY),
            until=np.zeros(n, dtype=np.int64),
            streamlined=np.zeros(n, dtype=bool),
        ),
        key(traits.seed, "customer_id"),
        first_volume=0.0,
        first_defects=defects(s, firms, np.arange(n) < customers),
        shared=Shared(s.unit_cost, s.defect_rate, np.ones(n, dtype=bool)),
    )  # fmt: skip
    aim = world.share_aim()
    world.state.share = np.where(world.buys, aim, 0.0)
    at_first = np.arange(n) < customers
    world.first_volume = float((firms.wallet * aim)[at_first].sum() / 13)
    return world

"""How do relationships, shares and accounts come and go? One week in the life of every account.

A relationship tends to its own level, more if it is protected, less if it is harvested or if
defects rise; a contact who changes jobs carries a part of it away. The share of the wallet tends
to a level set by relationship, rival and enhancing. A customer leaves when the hazard added up
passes its own unit exponential; prospects come by themselves in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmlab.chance import exponential, poisson, uniform
from crmlab.market.accounts.world import (
    CUSTOMER,
    HARVEST,
    LOST,
    NO_STRATEGY,
    PROSPECT,
    PROTECT,
    AccountWorld,
)
from crmlab.tables import LEAVING_REASONS, WEEK_SECONDS

_RIVAL, _WEAK, _FOLLOWED = 1, 2, 3


@dataclass(frozen=True)
class Changes:
    """Accounts that came or went this week: whose, at which second, why."""

    place: NDArray[np.int64]
    second: NDArray[np.int64]
    reason: NDArray[np.int64]


def drift(world: AccountWorld, week: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Move relationships and shares; the accounts whose contacts left, and how many of them."""
    s, firms, state = world.scenario, world.firms, world.state
    worse = world.shared.defects / max(world.first_defects, 1e-9) - 1.0
    aim = firms.relation - s.defect_hurt * worse * (world.first_defects > 0)
    aim = aim + s.effect * s.protect_lift * world.under(PROTECT)
    aim = aim - s.effect * s.harvest_drop * world.under(HARVEST)
    state.relation += s.relation_speed * (np.clip(aim, 0.0, 1.0) - state.relation)
    unit = uniform(world.base("contacts leave"), week)
    gone = np.minimum(poisson(unit, s.contact_leaves * firms.contacts), firms.contacts)
    gone = np.where(world.buys, gone, 0)
    state.relation *= 1.0 - s.contact_shock * gone / firms.contacts
    np.clip(state.relation, 0.0, 1.0, out=state.relation)
    step = s.share_speed * (world.share_aim() - state.share)
    state.share += np.where(world.buys, step, 0.0)
    who = np.flatnonzero(gone)
    return who, gone[who]


def leave(world: AccountWorld, week: int) -> Changes:
    """Customers whose accumulated hazard passes their threshold this week."""
    s, state = world.scenario, world.state
    weak = s.relation_on_leaving * (s.relation_mean - state.relation)
    rival = s.rival_on_leaving * (world.rival_felt() - s.rival_mean)
    followed = s.influence * np.maximum(-world.led(), 0.0)
    rate = s.leaving_rate * np.exp(np.clip(weak + rival + followed, -8.0, 6.0))
    place, second = _passed(world, rate, world.buys, week)
    push = np.stack([rival, weak, followed])[:, place]
    reason = np.array([_RIVAL, _WEAK, _FOLLOWED])[push.argmax(axis=0)]
    state.status[place] = LOST
    state.share[place] = 0.0
    state.strategy[place] = NO_STRATEGY
    state.left_s[place] = second
    state.since[place] = week
    return Changes(place, second, _told(world, place, reason, week))


def _told(world: AccountWorld, place: NDArray, reason: NDArray, week: int) -> NDArray[np.int64]:
    """The reason as it is stated: true, or any."""
    base = world.base("reason")[place]
    lie = uniform(base, 2 * week) >= world.scenario.true_reasons
    count = len(LEAVING_REASONS) - 1
    other = 1 + np.floor(uniform(base, 2 * week + 1) * count).astype(np.int64)
    return np.where(lie, other, reason)


def come(world: AccountWorld, week: int) -> Changes:
    """Prospects who become customers by themselves this week."""
    s = world.scenario
    rate = s.inbound_rate * np.exp(s.influence * world.led())
    rate = rate * np.where(world.shared.open | world.firms.door, 1.0, s.locked_factor)
    place, second = _passed(world, rate, world.state.status == PROSPECT, week)
    welcome(world, place, week)
    return Changes(place, second, np.zeros(len(place), dtype=np.int64))


def welcome(world: AccountWorld, place: NDArray[np.int64], week: int) -> None:
    """Make these accounts customers, with a small share and a new threshold for leaving."""
    state = world.state
    state.status[place] = CUSTOMER
    state.share[place] = world.scenario.start_share * world.share_aim()[place]
    state.spell[place] += 1
    state.hazard[place] = 0.0
    state.threshold[place] = exponential(world.base("leaving")[place], state.spell[place])
    state.since[place] = week
    state.strategy[place] = NO_STRATEGY


def _passed(
    world: AccountWorld, rate: NDArray, of_whom: NDArray, week: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Add a week of hazard for those of whom it is asked; who passes, and when in the week."""
    state = world.state
    before = state.hazard.copy()
    state.hazard += np.where(of_whom, rate, 0.0)
    place = np.flatnonzero(of_whom & (state.hazard > state.threshold))
    part = (state.threshold[place] - before[place]) / rate[place]
    second = np.floor(np.clip(part, 0.0, 0.999999) * WEEK_SECONDS).astype(np.int64)
    return place, week * WEEK_SECONDS + second

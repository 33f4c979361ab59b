"""How do e-mail addresses die? Each has an exponential life; some people leave a new one.

A dead address bounces. The firm gets another one if the person orders again and gives it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crmlab.chance import exponential, uniform
from crmlab.market.orders import Events
from crmlab.market.world import NEVER, World
from crmlab.tables import WEEK_SECONDS, WEEKS_PER_YEAR


def new_addresses(world: World, who: NDArray, from_s: NDArray) -> NDArray[np.int64]:
    """Give these people a fresh address from ``from_s``; returns when each will die."""
    state = world.state
    death_rate = -np.log1p(-world.scenario.address_decay_per_year) / WEEKS_PER_YEAR
    number = state.addresses[who].astype(np.int64)
    life = exponential(world.base("address")[who], number * 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        weeks = np.where(death_rate > 0, life / death_rate, np.inf)
    dead = np.minimum(from_s + weeks * WEEK_SECONDS, NEVER).astype(np.int64)
    state.address_dead_s[who] = dead
    state.addresses[who] += 1
    return dead


def update_addresses(world: World, orders: Events, week: int) -> tuple[NDArray, NDArray, NDArray]:
    """Orders by people with a dead address may bring a new one: (who, from, until)."""
    state = world.state
    late = np.flatnonzero(orders.second > state.address_dead_s[orders.position])
    late = late[np.lexsort((orders.second[late], orders.position[late]))]
    late = late[np.unique(orders.position[late], return_index=True)[1]]
    unit = uniform(world.base("address")[orders.position[late]], week * 2 + 1)
    late = late[unit < world.scenario.address_update]
    who, since = orders.position[late], orders.second[late]
    return who, since, new_addresses(world, who, since)

"""What is bought, what does it cost to serve, and who pays for what? The week's trade.

Orders of a customer are Poisson with its own rate; the value at list price is a gamma variate
whose mean spreads the account's share of its wallet over the orders. The customer pays the list
price less its discount, the firm pays the unit cost, which falls with everybody's volume. Every
order is a delivery; calls and rush deliveries follow the account's demandingness, defects add
calls, and visits are paid as a matter of course. Fixed cost is paid whoever is there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmlab.chance import gamma, poisson, uniform
from crmlab.market.accounts.world import HARVEST, AccountWorld
from crmlab.tables import ACTIVITIES, WEEK_SECONDS

_MOST_ORDERS = 900


@dataclass(frozen=True)
class Orders:
    """Orders of one week; money in whole cents."""

    place: NDArray[np.int64]
    second: NDArray[np.int64]
    code: NDArray[np.int64]
    value: NDArray[np.int64]
    margin: NDArray[np.int64]


def draw_orders(world: AccountWorld, week: int) -> Orders:
    """The orders of this week, those of accounts that leave in it up to then."""
    s, firms, state = world.scenario, world.firms, world.state
    count = poisson(uniform(world.base("orders"), week), firms.order_rate)
    count = np.minimum(np.where(world.buys, count, 0), _MOST_ORDERS)
    place = np.repeat(np.arange(len(firms)), count)
    code = np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count) + 1
    t = week * 1024 + code
    mean = world.wallet(week) * state.share / 13 / firms.order_rate
    listed = mean[place] * gamma(world.base("value")[place], s.order_shape, t) / s.order_shape
    price = 1.0 - firms.discount + s.effect * s.harvest_price * world.under(HARVEST)
    value = np.maximum(np.rint(100 * listed * price[place]), 1).astype(np.int64)
    cost = np.rint(100 * listed * world.shared.unit_cost).astype(np.int64)
    within = np.floor(uniform(world.base("order time")[place], t) * WEEK_SECONDS)
    world.volumes.append(float((world.wallet(week) * state.share / 13)[world.buys].sum()))
    return Orders(place, week * WEEK_SECONDS + within.astype(np.int64), code, value, value - cost)


def draw_activities(world: AccountWorld, orders: Orders, week: int) -> NDArray[np.int64]:
    """How many of each of `ACTIVITIES` every account causes this week, shape ``(4, n)``."""
    s, firms = world.scenario, world.firms
    number = np.bincount(orders.place, minlength=len(firms)).astype(float)
    saved = 1.0 - s.effect * s.reengineer_saving * world.state.streamlined
    visits = s.visits_per_quarter / 13 * saved * (1.0 - s.effect * world.under(HARVEST))
    own = firms.demandingness * saved
    mean = {
        "service call": number * (s.calls_per_order * own + world.shared.defects),
        "rush delivery": number * s.rush_per_order * own,
        "sales visit": np.where(world.buys, visits, 0.0),
    }
    pieces = np.zeros((len(ACTIVITIES), len(firms)), dtype=np.int64)
    pieces[0] = number
    for kind, name in enumerate(ACTIVITIES):
        if name in mean:
            pieces[kind] = poisson(uniform(world.base(f"activity: {name}"), week), mean[name])
    return pieces

"""Do people put their own product together? A configurator in the shop, with or without memory.

In a visit without an order a configurator is opened with probability ``configure_start``. To
finish takes ``configure_minutes``; a person finishes with probability exp(-minutes / patience),
and then orders. Without memory every time is like the first (customisation). With it the minutes
shrink by ``configure_memory`` each time that the person has finished, and each choice is one more
thing taught (personalisation). Making such an order costs ``configure_eur`` more: mass
customisation is worth it when that is little (Pine 1993). All numbers are *assumed*. A visit that
a page template has turned into an order is left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crmlab.chance import uniform
from crmlab.market.codes import ORDER_END, WON
from crmlab.market.orders import Events
from crmlab.market.visits import BROWSE, CLICK, won_order
from crmlab.policy import Configurator
from crmlab.tables import WEEK_SECONDS

if TYPE_CHECKING:
    from crmlab.market.world import World

_MOST = ORDER_END - WON


def configure(
    world: World, visits: Events, already: NDArray, week: int, rule: Configurator
) -> tuple[dict[str, Any], Events]:
    """The configurations of this week as raw columns, and the orders that they end in.

    ``already`` has the person and code of visits that have become orders.
    """
    s, state = world.scenario, world.state
    rank = visits.code - BROWSE
    visits = visits.where((rank >= 0) & (rank < _MOST) & (visits.code < CLICK))
    visits = visits.where(~np.isin(visits.position * 10_000 + visits.code, already))
    t = week * 10_000 + visits.code
    base = world.base("configurator")[visits.position]
    started = uniform(base, t * 2) < s.configure_start
    opened, t = visits.where(started), t[started]
    who = opened.position
    minutes = np.full(len(who), s.configure_minutes)
    if rule.remembers:
        minutes *= s.configure_memory ** state.configured[who]
    done = uniform(base[started], t * 2 + 1) < np.exp(-minutes / world.people.patience[who])
    np.add.at(state.configured, who[done], 1)
    if rule.remembers:
        np.add.at(state.taught, who[done], 1.0)
    second = _within(world, opened, np.rint(minutes * 60).astype(np.int64), week)
    file = world.first_file(who)
    columns = {
        "session_id": world.event_id(file, week, opened.code),
        "customer_id": world.customer_id[file],
        "at": second,
        "minutes": minutes,
        "finished": done,
    }
    return columns, Events(who, second, won_order(opened.code)).where(done)


def _within(world: World, events: Events, seconds: NDArray, week: int) -> NDArray[np.int64]:
    """When they are done: before the week ends, and before the person leaves."""
    death = np.minimum(world.state.death_s[events.position], 2.0**62).astype(np.int64) - 1
    end = np.minimum((week + 1) * WEEK_SECONDS - 1, death)
    return np.maximum(np.minimum(events.second + seconds, end), events.second)

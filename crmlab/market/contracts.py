"""How do subscribers leave? At a renewal, for good; some say so the week before.

Every ``contract_weeks`` an invoice of ``fee_eur`` falls due, and with a probability of their own
(beta over people: the shifted beta-geometric model of Fader and Hardie 2007) people cancel
instead. Before it, ``notice_share`` of those about to cancel say so in the week before. An offer
that has been opened and is not yet redeemed keeps a would-be leaver with probability
``save_rate * (1 - exp(-save_pull * EUR * price sensitivity))``, for this renewal only; everybody
else who holds one redeems it too. Between renewals people order extras at their own rate
(Poisson), and messages move that rate. Who has cancelled never comes back: Dwyer's (1989)
*lost-for-good*, beside the *always-a-share* customers of the other processes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crmlab.chance import uniform
from crmlab.market.attrition import hazard_factor
from crmlab.market.codes import RENEWAL
from crmlab.market.messages import OFFER_LIFE_S
from crmlab.market.orders import Events
from crmlab.tables import WEEK_SECONDS

if TYPE_CHECKING:
    from crmlab.market.world import World

_NOTICE, _SAVE = 1_000_000, 2_000_000  # draws of the stream "renewal" beside the week's own


def renew(world: World, block: slice, week: int) -> Events:
    """Those whose contract runs out this week: who cancels leaves, the rest are invoiced."""
    who, due = _due(world, block, week)
    leaves = _would_leave(world, who, week) & ~_saved(world, who, due, week)
    world.state.death_s[who[leaves]] = due[leaves]
    stay = ~leaves
    return Events(who[stay], due[stay], np.full(int(stay.sum()), RENEWAL, dtype=np.int64))


def notices(world: World, week: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Who says this week that they will cancel in the next one, and when their contract ends."""
    who, due = _due(world, slice(0, len(world.people)), week + 1)
    leaves = _would_leave(world, who, week + 1)
    leaves &= uniform(world.base("renewal")[who], _NOTICE + week + 1) < world.scenario.notice_share
    return who[leaves], due[leaves]


def _due(world: World, block: slice, week: int) -> tuple[NDArray, NDArray]:
    """Who of the block is up for renewal in a week, and the second at which."""
    born, period = world.people.born_s[block], world.scenario.contract_weeks
    since = week - born // WEEK_SECONDS
    due = (since > 0) & (since % period == 0)
    who = np.flatnonzero(due & (world.state.death_s[block] > week * WEEK_SECONDS)) + block.start
    return who, world.people.born_s[who] + since[who - block.start] * WEEK_SECONDS


def _would_leave(world: World, who: NDArray, week: int) -> NDArray[np.bool_]:
    stay = 1.0 - world.people.dropout_probability[who]
    cancel = 1.0 - stay ** hazard_factor(world, who)
    return uniform(world.base("renewal")[who], week) < cancel


def _saved(world: World, who: NDArray, due: NDArray, week: int) -> NDArray[np.bool_]:
    """Who holds an offer and would stay for it."""
    s, state = world.scenario, world.state
    since = state.offer_from_s[who]
    holds = (state.offer_eur[who] > 0) & (since >= 0) & (due > since)
    holds &= due <= since + OFFER_LIFE_S
    pull = s.save_pull * state.offer_eur[who] * world.people.price_sensitivity[who]
    rate = -s.save_rate * np.expm1(-pull) * s.email_effect
    return holds & (uniform(world.base("renewal")[who], _SAVE + week) < rate)

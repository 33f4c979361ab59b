"""How do customers leave? Quietly, when their accumulated hazard passes their own threshold.

A person leaves when the hazard added up since the first order passes that person's unit
exponential, so undisturbed lifetimes are exponential (Schmittlein, Morrison and Colombo
1987). ``death_s`` always holds the date at which an undisturbed person would leave; what
the firm does in a week stretches or shortens it, and draws nothing anew.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crmlab.market import rivals
from crmlab.market.scenario import Scenario
from crmlab.market.world import NEVER, World
from crmlab.tables import WEEK_SECONDS

_MOST_IRRITATION = 3.0


def irritation(scenario: Scenario, fatigue: NDArray, tolerance: NDArray) -> NDArray[np.float64]:
    """How far contact exceeds what a person tolerates, 0 to 3.

    A steady stream of ``x`` messages a week builds up a fatigue of
    ``x / (1 - fatigue_carryover)``, so 1 means twice the tolerated frequency.
    """
    excess = fatigue * (1.0 - scenario.fatigue_carryover)
    excess /= tolerance
    excess -= 1.0
    return np.clip(excess, 0.0, _MOST_IRRITATION, out=excess)


def hazard_factor(world: World, who: NDArray) -> NDArray[np.float64]:
    """Factor on the dropout rate of the people at the places ``who``.

    Irritation and bad service raise it; trust won, care and, where there is a rival, what was
    taught lower it.
    """
    s, people, state = world.scenario, world.people, world.state
    push = irritation(s, state.fatigue[who], people.tolerance[who])
    push *= s.fatigue_attrition
    push -= s.trust_attrition * (state.trust[who] - people.first_trust[who])
    if state.care.any() or state.habit.any():
        beyond = state.care[who] - state.habit[who]
        push += s.care_pull * np.minimum(np.expm1(-beyond / s.care_scale_eur), 1.0)
    if state.grudge.any():
        push += s.grudge_attrition * state.grudge[who]
    push *= s.email_effect
    return rivals.held_back(world, who, np.exp(push, out=push))


def disturb(world: World, block: slice, week: int) -> None:
    """Move the leaving dates of those whom contact has changed, for one week."""
    people, state = world.people, world.state
    begin, end = week * WEEK_SECONDS, (week + 1) * WEEK_SECONDS
    alive = (state.death_s[block] > begin) & (state.death_s[block] < NEVER)
    alive &= people.born_s[block] < end
    moved = (state.fatigue[block] != 0) | (state.trust[block] != people.first_trust[block])
    moved |= (state.grudge[block] != 0) | (state.habit[block] != 0)
    alive &= moved | rivals.bound(world, block)
    who = np.flatnonzero(alive) + block.start
    if not who.size:
        return
    factor = hazard_factor(world, who)
    start = np.maximum(people.born_s[who], begin)
    left = state.death_s[who] - start
    week_left = end - start
    gone = left <= factor * week_left
    state.death_s[who] = np.where(
        gone, start + left / factor, state.death_s[who] + week_left * (1.0 - factor)
    )


def leave_after_orders(
    world: World, week: int, position: NDArray, second: NDArray, code: NDArray
) -> NDArray[np.bool_]:
    """BG/NBD: who leaves with which order; True for the orders that still happen.

    Each order ends the relationship with the person's own probability; the earliest that
    does is the last one.
    """
    from crmlab.chance import uniform

    state = world.state
    stop = 1.0 - (1.0 - world.people.dropout_probability[position]) ** hazard_factor(
        world, position
    )
    ends = uniform(world.base("stop")[position], week * 1024 + code) < stop
    np.minimum.at(state.death_s, position[ends], second[ends])
    return second <= state.death_s[position]

"""When do people order? Counts first, times second: a Poisson process while they stay.

Weekly counts come by inversion of one uniform per person and week, so a higher rate adds
orders and takes none away. The k-th order of a week has its own luck. The variants of
``Scenario.process`` change only this file and the leaving (`attrition.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmlab.chance import poisson, uniform
from crmlab.market.attrition import hazard_factor, leave_after_orders
from crmlab.market.codes import RECOVERED, RENEWAL
from crmlab.market.world import World
from crmlab.tables import WEEK_SECONDS

_MOST_A_WEEK = RECOVERED - 10
assert _MOST_A_WEEK < RENEWAL


@dataclass(frozen=True)
class Events:
    """Things that happened in one week: whose, when, and their code within the week."""

    position: NDArray[np.int64]
    second: NDArray[np.int64]
    code: NDArray[np.int64]

    def where(self, mask: NDArray) -> Events:
        """The events where ``mask`` holds."""
        return Events(self.position[mask], self.second[mask], self.code[mask])

    @classmethod
    def concat(cls, parts: list[Events]) -> Events:
        """Several sets of events as one."""
        parts = [p for p in parts if len(p.position)]
        if len(parts) == 1:
            return parts[0]
        if not parts:
            none = np.zeros(0, dtype=np.int64)
            return cls(none, none, none)
        return cls(
            *(
                np.concatenate([getattr(p, f) for p in parts])
                for f in ("position", "second", "code")
            )
        )


def presence_weeks(world: World, block: slice, week: int) -> tuple[NDArray, NDArray]:
    """When each person's part of the week begins (s), and how long it is (weeks)."""
    begin = week * WEEK_SECONDS
    start = np.maximum(world.people.born_s[block], begin)
    end = np.minimum(world.state.death_s[block], begin + WEEK_SECONDS)
    length = (end - start) / WEEK_SECONDS
    return start, np.maximum(length, 0.0, out=length)


def draw_orders(
    world: World, block: slice, week: int, first_open_s: NDArray, pull: NDArray
) -> Events:
    """The orders of one block in one week, leaving included where orders end relationships.

    ``first_open_s`` and ``pull`` (both shaped like the block) say when this week's first
    message was opened and how much log rate the opened messages add; 0 where none was.
    """
    if world.scenario.process == "bg/bb":
        return _opportunities(world, block, week)
    if world.scenario.process == "contract":
        from crmlab.market.contracts import renew

        renewals = renew(world, block, week)
        extras = _poisson_orders(world, block, week, first_open_s, pull)
        return Events.concat([renewals, extras])
    return _poisson_orders(world, block, week, first_open_s, pull)


def _poisson_orders(
    world: World, block: slice, week: int, first_open_s: NDArray, pull: NDArray
) -> Events:
    start, length = presence_weeks(world, block, week)
    level = _level(world, block, start, length, first_open_s, pull)
    rate = world.people.order_rate[block] * world.rate_factors[week]
    ticks = world.scenario.regularity if world.scenario.process == "regular" else 1
    count = poisson(uniform(world.base("orders")[block], week), rate * level * ticks)
    who = np.flatnonzero(count)
    if not who.size:
        return Events.concat([])
    if count.max() > _MOST_A_WEEK:
        raise ValueError(
            f"somebody orders {count.max()} times a week; this market counts up to "
            f"{_MOST_A_WEEK}. Lower rate_shape or raise rate_scale_weeks."
        )
    number = count[who]
    local = np.repeat(who, number)
    k = np.arange(len(local)) - np.repeat(np.cumsum(number) - number, number) + 1
    position = local + block.start
    share = uniform(world.base("order time")[position], week * 1024 + k)
    weeks = _time_of(
        share * level[local],
        world.state.nudge[position],
        pull[local],
        (first_open_s[local] - start[local]) / WEEK_SECONDS,
        length[local],
    )
    second = start[local] + np.floor(weeks * WEEK_SECONDS).astype(np.int64)
    events = Events(position, second, k)
    if world.scenario.process == "regular":
        events = _every_kth(world, block, week, events)
    if world.scenario.process == "bg/nbd":
        events = events.where(
            leave_after_orders(world, week, events.position, events.second, events.code)
        )
    return events


def _factor(log_rate: NDArray) -> NDArray[np.float64]:
    return np.exp(np.clip(log_rate, -3.0, 2.0))


def _level(
    world: World, block: slice, start: NDArray, length: NDArray, open_s: NDArray, pull: NDArray
) -> NDArray[np.float64]:
    """Integral of the rate factor over each person's part of the week, in weeks."""
    nudge = world.state.nudge[block]
    if not world.touched:
        return length
    moved = np.flatnonzero(((nudge != 0) | (pull != 0)) & (length > 0))
    before, after = _factor(nudge[moved]), _factor(nudge[moved] + pull[moved])
    wait = np.clip((open_s[moved] - start[moved]) / WEEK_SECONDS, 0.0, length[moved])
    level = length.copy()
    level[moved] = before * wait + after * (length[moved] - wait)
    return level


def _time_of(
    target: NDArray, nudge: NDArray, pull: NDArray, wait: NDArray, length: NDArray
) -> NDArray[np.float64]:
    """Invert the cumulated rate: weeks after the start at which ``target`` of it has passed.

    The rate steps from ``exp(nudge)`` to ``exp(nudge + pull)`` when ``wait`` weeks are over.
    """
    before, after = _factor(nudge), _factor(nudge + pull)
    wait = np.where(pull == 0, length, np.clip(wait, 0.0, length))
    early = target <= before * wait
    return np.where(early, target / before, wait + (target - before * wait) / after)


def _every_kth(world: World, block: slice, week: int, events: Events) -> Events:
    """Erlang intervals: only every k-th tick of a k times faster process is an order."""
    k = world.scenario.regularity
    by_time = np.lexsort((events.second, events.position))
    position = events.position[by_time]
    first = np.searchsorted(position, position)
    rank = np.arange(len(position)) - first + 1
    due = (world.state.ticks[position] + rank) % k == 0
    np.add.at(world.state.ticks, position, 1)
    return Events(position[due], events.second[by_time][due], events.code[by_time][due])


def _opportunities(world: World, block: slice, week: int) -> Events:
    """BG/BB: one chance a period; first to stop for good, then to order."""
    period = world.scenario.opportunity_weeks
    people, state = world.people, world.state
    begin = week * WEEK_SECONDS
    since = week - people.born_s[block] // WEEK_SECONDS
    who = np.flatnonzero((since > 0) & (since % period == 0) & (state.death_s[block] > begin))
    who = who + block.start
    stop = 1.0 - (1.0 - people.dropout_probability[who]) ** hazard_factor(world, who)
    stops = uniform(world.base("stop")[who], week) < stop
    state.death_s[who[stops]] = begin
    who = who[~stops]
    chance = people.order_rate[who] * period * world.rate_factors[week]
    buys = uniform(world.base("orders")[who], week) < chance * np.exp(state.nudge[who])
    who = who[buys]
    share = uniform(world.base("order time")[who], week * 1024 + 1)
    second = begin + np.floor(share * WEEK_SECONDS).astype(np.int64)
    return Events(who, second, np.ones(len(who), dtype=np.int64))

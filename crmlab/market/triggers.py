"""How do standing rules fire? Event, condition, action, in event time inside the week.

Carts, first orders and lapses are found while the week runs; a rule's message leaves after
its delay, in this week or a later one, unless the person has ordered meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmlab.chance import uniform
from crmlab.market.catalogue import PER_CATEGORY
from crmlab.market.codes import RECOVERED
from crmlab.market.messages import Batch
from crmlab.market.orders import Events
from crmlab.market.visits import carts_before_orders, is_lost_cart, session_needs
from crmlab.market.world import World
from crmlab.policy import Condition, Rule
from crmlab.tables import CHANNELS, MESSAGE_KINDS, WEEK_SECONDS

_HOUR = 3_600


@dataclass(frozen=True)
class Firing:
    """Events that rules may answer: whose file, when, the cart (see `Batch`), the product."""

    position: NDArray[np.int64]
    file: NDArray[np.int64]
    second: NDArray[np.int64]
    cart: NDArray[np.int64]
    product_id: NDArray[np.int64]


@dataclass
class Schedule:
    """Messages that wait for their time."""

    batch: Batch | None = None

    def add(self, batch: Batch) -> None:
        """Put more messages on the schedule."""
        self.batch = batch if self.batch is None else Batch.concat([self.batch, batch])

    def due(self, before_s: int) -> Batch | None:
        """Take out what is to be sent before ``before_s``; None if that is nothing."""
        if self.batch is None or not (now := self.batch.second < before_s).any():
            return None
        batch, self.batch = self.batch.where(now), self.batch.where(~now)
        return batch


@dataclass(frozen=True)
class Ordered:
    """Who ordered when: everybody's last order before this week, and this week's orders."""

    last_before_s: NDArray[np.int64]
    orders: Events

    def between(self, who: NDArray, from_s: NDArray, to_s: NDArray) -> NDArray[np.bool_]:
        """Whether these people ordered after ``from_s`` and not after ``to_s``."""
        done = np.sort(self._moment(self.orders.position, self.orders.second))
        since = np.searchsorted(done, self._moment(who, from_s), side="right")
        until = np.searchsorted(done, self._moment(who, to_s), side="right")
        return (self.last_before_s[who] > from_s) | (until > since)

    @staticmethod
    def _moment(position: NDArray, second: NDArray) -> NDArray[np.int64]:
        """Person and second as one number, in order of person, then time."""
        return position * (1 << 34) + second

    def and_then(self, more: Events) -> Ordered:
        """With further orders of this week."""
        return Ordered(self.last_before_s, Events.concat([self.orders, more]))


def firings(
    world: World, rule: Rule, week: int, orders: Events, visits: Events, births: NDArray
) -> Firing:
    """The events of one week that a rule waits for."""
    none = np.full(0, -1, dtype=np.int64)
    if rule.event == "cart abandoned":
        return _carts(world, week, orders, visits)
    if rule.event == "first order":
        who, file, second = births, world.first_file(births), world.people.born_s[births]
    elif rule.event == "order":
        who, second = orders.position, orders.second
        file = world.order_file(who, week, orders.code)
    else:
        lapse = int(rule.lapse_weeks * WEEK_SECONDS)
        last, begin = world.files.last_order_s, week * WEEK_SECONDS
        moment = last + lapse
        file = np.flatnonzero((last >= 0) & (moment >= begin) & (moment < begin + WEEK_SECONDS))
        who, second = world.owner(file), moment[file]
    empty = np.full(len(who), -1, dtype=np.int64)
    nothing = np.zeros(len(who), dtype=np.int64)
    return Firing(who, file, second, empty if len(who) else none, nothing)


def _carts(world: World, week: int, orders: Events, visits: Events) -> Firing:
    lost = visits.where(is_lost_cart(world, visits, week))
    back, _ = carts_before_orders(world, orders, week)
    both = Events.concat([lost, back])
    t = week * 10_000 + both.code
    cart = np.where(np.arange(len(both.position)) < len(lost.position), t, -2)
    need = session_needs(world, both.position, t)
    choice = uniform(world.base("cart product")[both.position], t)
    product = 1 + need * PER_CATEGORY + np.floor(choice * PER_CATEGORY).astype(np.int64)
    file = world.first_file(both.position)
    return Firing(both.position, file, both.second + 30 * 60, cart, product)


def schedule(
    world: World, rule: Rule, number: int, fired: Firing, plan: Schedule, last: NDArray
) -> None:
    """Put the messages of one rule on the schedule; ``last`` keeps when it last fired for each."""
    held = np.ones(len(fired.position), dtype=bool)
    for condition in rule.conditions:
        held &= condition.holds(_profile(world, condition)[fired.file])
    by_time = np.lexsort((fired.second, fired.file))
    by_time = by_time[held[by_time]]
    earliest = by_time[np.unique(fired.file[by_time], return_index=True)[1]]
    gap = int(rule.cap_weeks * WEEK_SECONDS)
    free = (last[fired.file[earliest]] < 0) | (
        fired.second[earliest] - last[fired.file[earliest]] >= gap
    )
    row = earliest[free]
    if not len(row):
        return
    last[fired.file[row]] = fired.second[row]
    for reminder in range(rule.reminders + 1):
        wait = 60 * (rule.delay_minutes + reminder * rule.reminder_minutes)
        batch = _messages(rule, number, reminder, fired, row, wait)
        plan.add(batch)


def _profile(world: World, condition: Condition) -> NDArray:
    if condition.column == "value_eur":
        raise ValueError("a rule cannot test value_eur; test orders, messages, opens or clicks.")
    return getattr(world.files, {"cap_per_4_weeks": "cap"}.get(condition.column, condition.column))


def _messages(
    rule: Rule, number: int, reminder: int, fired: Firing, row: NDArray, wait_s: int
) -> Batch:
    n = len(row)
    return Batch(
        position=fired.position[row],
        file=fired.file[row],
        second=fired.second[row] + wait_s,
        channel=np.full(n, CHANNELS.index(rule.channel), dtype=np.int8),
        kind=np.full(n, MESSAGE_KINDS.index(rule.kind), dtype=np.int8),
        product_id=fired.product_id[row].astype(np.int16),
        offer_eur=np.full(n, rule.offer_eur),
        cell=np.full(n, 100 * (number + 1) + reminder, dtype=np.int16),
        propensity=np.full(n, np.nan),
        place=np.zeros(n, dtype=np.int64),
        cart=fired.cart[row],
        event_s=fired.second[row],
        unless_ordered=np.full(n, rule.unless_ordered),
    )


def recovered_orders(
    world: World, batch: Batch, click_s: NDArray, ordered: Ordered, week: int
) -> Events:
    """Lost carts that a clicked reminder turns into orders; each reminder has its own luck.

    Responsiveness scales the chance; who reacts badly to contact orders nothing, and a cart
    is won back once.
    """
    s, people = world.scenario, world.people
    row = np.flatnonzero((click_s >= 0) & (batch.cart >= 0))
    who, t = batch.position[row], batch.cart[row] * 8 + batch.cell[row] % 100
    chance = np.clip(s.cart_recovery * s.email_effect * people.responsiveness[who], 0.0, 1.0)
    unit = uniform(world.base("recovery")[who], t)
    delay = -np.log(uniform(world.base("recovery time")[who], t)) * 3 * _HOUR
    end = (week + 1) * WEEK_SECONDS - 1
    second = np.minimum(click_s[row] + delay.astype(np.int64), end)
    buys = (unit < chance) & (world.state.death_s[who] > second)
    buys &= ~ordered.between(who, batch.event_s[row], second)
    return Events(who, second, RECOVERED + batch.place[row]).where(buys)

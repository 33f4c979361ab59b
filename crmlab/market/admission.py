"""Which of the firm's wishes come true? Rows of a decision against law, knowledge, budget.

A row is refused, with a reason, if its target is unknown, if the person did not agree, if
it is beyond the budget, or if nothing in this market does what it asks. Rows are admitted
by priority; a message costs when it is sent, an offer when it is redeemed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmlab.market import consent, identity
from crmlab.market.consent import (
    AGREED,
    LINKED,
    NO_MECHANISM,
    OBJECTED,
    OK,
    OVER_BUDGET,
    TOO_MANY,
    UNKNOWN,
)
from crmlab.market.messages import Batch
from crmlab.market.world import DOUBLE, DOWN, OPT_IN, OUT, World
from crmlab.policy import Actions
from crmlab.tables import ACQUISITION_CHANNELS, CHANNELS, MESSAGE_KINDS, TARGET_KINDS, WEEK_SECONDS

_MOST_PLACES = 32
_POST = CHANNELS.index("post")
_ASK, _ACQUIRE, _NOTHING = len(MESSAGE_KINDS), len(MESSAGE_KINDS) + 1, -1


@dataclass(frozen=True)
class Admitted:
    """What is carried out this week, what it costs, and what was refused."""

    messages: Batch
    asked: NDArray[np.int64]
    incentive_eur: NDArray[np.float64]
    pools: list[tuple[int, float]]
    spent_eur: float
    reason: NDArray[np.int8]


def admit(world: World, actions: Actions, week: int, budget_eur: float) -> Admitted:
    """Judge every row of the decision of one week."""
    n, now = len(actions), week * WEEK_SECONDS
    kind = _kinds(actions)
    reason = np.where(kind == _NOTHING, NO_MECHANISM, OK).astype(np.int8)
    is_message, is_ask = kind < len(MESSAGE_KINDS), kind == _ASK
    to_person = (kind != _NOTHING) & (kind != _ACQUIRE)
    channel = codes_of(actions.channel, CHANNELS, n)
    file = np.full(n, -1, dtype=np.int64)
    file[to_person] = world.file_of(actions.column("target_id")[to_person], now)
    reason[to_person & (file < 0)] = UNKNOWN
    pool = actions.column("target_id")
    outside = (pool < 1) | (pool > len(ACQUISITION_CHANNELS))
    reason[(kind == _ACQUIRE) & outside] = UNKNOWN
    known = to_person & (file >= 0)
    if world.standing.links is not None:
        allowed = is_ask.copy()
        allowed[known] |= consent.may_write(world, file[known], channel[known])
        for rows in (known & is_message, known & is_ask):
            objects = rows & (channel != _POST)
            _check_links(world, reason, file, rows, (objects, allowed, actions.column("priority")))
    write, question = known & is_message & (reason == OK), known & is_ask & (reason == OK)
    place = np.zeros(n, dtype=np.int64)
    place[write] = _places(world.owner(file[write]))
    _check_consent(world, reason, file, channel, place, write, question)
    cost = _costs(world, kind, channel, actions.column("spend_eur"))
    spent = _check_budget(reason, cost, actions.column("priority"), budget_eur)
    sent = np.flatnonzero((reason == OK) & is_message)
    asked = np.flatnonzero((reason == OK) & is_ask)
    bought = np.flatnonzero((reason == OK) & (kind == _ACQUIRE))
    return Admitted(
        messages=_batch(world, actions, sent, file, channel, kind, place, now),
        asked=file[asked],
        incentive_eur=actions.column("offer_eur")[asked],
        pools=[(int(pool[i]), float(actions.column("spend_eur")[i])) for i in bought],
        spent_eur=spent,
        reason=reason,
    )


def codes_of(words: object, known: tuple[str, ...], n: int) -> NDArray[np.int8]:
    """Each word's place among the known ones, -1 for the rest; one word stands for ``n``."""
    if isinstance(words, str):
        return np.full(n, known.index(words) if words in known else -1, dtype=np.int8)
    import pandas as pd

    return pd.Index(known).get_indexer(words).astype(np.int8)


def _kinds(actions: Actions) -> NDArray[np.int8]:
    """Code of what each row does: a message kind, asking, acquiring, or nothing known."""
    kind = codes_of(actions.kind, (*MESSAGE_KINDS, "ask_consent", "acquire"), len(actions))
    target = codes_of(actions.target_kind, TARGET_KINDS, len(actions))
    customer, pool = TARGET_KINDS.index("customer"), TARGET_KINDS.index("pool")
    fits = ((kind <= _ASK) & (target == customer)) | ((kind == _ACQUIRE) & (target == pool))
    return np.where(fits, kind, _NOTHING).astype(np.int8)


def _places(who: NDArray) -> NDArray[np.int64]:
    """0 for the first row of a person, 1 for the second, ..."""
    if len(who) < 2 or (np.diff(who) > 0).all():
        return np.zeros(len(who), dtype=np.int64)
    order = np.argsort(who, kind="stable")
    first = np.searchsorted(who[order], who[order])
    place = np.empty(len(who), dtype=np.int64)
    place[order] = np.arange(len(who)) - first
    return place


def _check_consent(
    world: World,
    reason: NDArray,
    file: NDArray,
    channel: NDArray,
    place: NDArray,
    messages: NDArray,
    asks: NDArray,
) -> None:
    row = np.flatnonzero(messages)
    reason[row] = consent.refusals(world, file[row], channel[row], place[row])
    reason[row[place[row] >= _MOST_PLACES]] = TOO_MANY
    row = np.flatnonzero(asks)
    status = world.files.consent[file[row]]
    reason[row[(status == OPT_IN) | (status == DOUBLE) | (status == DOWN)]] = AGREED
    reason[row[status == OUT]] = OBJECTED


def _check_links(
    world: World,
    reason: NDArray,
    file: NDArray,
    rows: NDArray,
    given: tuple[NDArray, NDArray, NDArray],
) -> None:
    """One record of each believed customer: the first by priority that may be addressed.

    ``given`` says of every row whether an objection stands against it, whether it is allowed
    by itself, and its priority.
    """
    objects, allowed, priority = given
    row = np.flatnonzero(rows)
    row = row[np.argsort(-priority[row], kind="stable")]
    objected = identity.objected_elsewhere(world, file[row]) & objects[row]
    reason[row[objected]] = OBJECTED
    row = row[~objected & allowed[row]]
    reason[identity.linked_again(world, file, row)] = LINKED


def _costs(world: World, kind: NDArray, channel: NDArray, spend: NDArray) -> NDArray:
    prices = world.scenario.prices
    cost = prices.of_channel()[channel]
    cost = np.where(kind == _ASK, prices.ask_eur, cost)
    return np.where(kind == _ACQUIRE, spend, cost)


def _check_budget(reason: NDArray, cost: NDArray, priority: NDArray, budget_eur: float) -> float:
    row = np.flatnonzero(reason == OK)
    if np.isinf(budget_eur):
        return float(np.rint(cost[row] * 1e4).sum() / 1e4)
    row = row[np.argsort(-priority[row], kind="stable")]
    # Whole hundredths of a cent: a budget is used up to the last message, not to a rounding.
    running = np.cumsum(np.rint(cost[row] * 1e4).astype(np.int64))
    within = running <= np.floor(budget_eur * 1e4 + 1e-6)
    reason[row[~within]] = OVER_BUDGET
    return float(running[within][-1] / 1e4) if within.any() else 0.0


def _batch(
    world: World,
    actions: Actions,
    row: NDArray,
    file: NDArray,
    channel: NDArray,
    kind: NDArray,
    place: NDArray,
    now: int,
) -> Batch:
    def taken(name: str) -> NDArray:
        value = getattr(actions, name)
        return value[row] if np.ndim(value) else np.full(len(row), value)

    return Batch(
        position=world.owner(file[row]),
        file=file[row],
        second=now + 60 * taken("minute").astype(np.int64),
        channel=channel[row],
        kind=kind[row],
        product_id=taken("product_id"),
        offer_eur=taken("offer_eur"),
        cell=taken("cell"),
        propensity=taken("propensity"),
        place=place[row],
        cart=np.full(len(row), -1, dtype=np.int64),
        event_s=now + 60 * taken("minute").astype(np.int64),
        unless_ordered=np.zeros(len(row), dtype=bool),
    )

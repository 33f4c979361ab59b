"""Which of the firm's wishes come true? Rows of a decision against law, knowledge, budget.

A row is refused, with a reason, if its target is unknown, if the person did not agree, if
it is beyond the budget, or if nothing in this market does what it asks. Rows are admitted
by priority; a message costs when it is sent, an offer when it is redeemed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmlab.market import consent, identity, leads
from crmlab.market.consent import (
    AGREED,
    BOUGHT,
    LINKED,
    NO_CONSENT,
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
from crmlab.tables import (
    ACQUISITION_CHANNELS,
    CAPABILITIES,
    CHANNELS,
    MESSAGE_KINDS,
    TARGET_KINDS,
    WEEK_SECONDS,
)

_MOST_PLACES = 32
_OTHERS = ("ask_consent", "ask_need", "care", "acquire", "generate_leads", "work_lead", "invest")
_ASK, _QUESTION, _CARE, _ACQUIRE, _CARDS, _WORK, _INVEST = (
    len(MESSAGE_KINDS) + i for i in range(len(_OTHERS))
)
_NOTHING = -1
_TARGET = ("customer",) * (len(MESSAGE_KINDS) + 3) + ("pool", "pool", "lead", "firm")


@dataclass(frozen=True)
class Purchase:
    """Prospects of a pool to be addressed for so much: for orders, or for their cards."""

    pool: int
    spend_eur: float
    extra_eur: float
    for_cards: bool


@dataclass(frozen=True)
class Admitted:
    """What is carried out this week, what it costs, and what was refused."""

    messages: Batch
    asked: NDArray[np.int64]
    incentive_eur: NDArray[np.float64]
    questions: NDArray[np.int64]
    question_channel: NDArray[np.int8]
    cared: NDArray[np.int64]
    care_eur: NDArray[np.float64]
    pools: list[Purchase]
    leads: NDArray[np.int64]
    improved: NDArray[np.int64]
    improve_eur: NDArray[np.float64]
    spent_eur: float
    reason: NDArray[np.int8]


def admit(world: World, actions: Actions, week: int, budget_eur: float) -> Admitted:
    """Judge every row of the decision of one week."""
    n, now = len(actions), week * WEEK_SECONDS
    kind = _kinds(actions)
    reason = np.where(kind == _NOTHING, NO_MECHANISM, OK).astype(np.int8)
    is_message, is_ask, is_question = kind < len(MESSAGE_KINDS), kind == _ASK, kind == _QUESTION
    to_person = (kind != _NOTHING) & (kind < _ACQUIRE)
    channel = codes_of(actions.channel, CHANNELS, n)
    file = np.full(n, -1, dtype=np.int64)
    file[to_person] = world.file_of(actions.column("target_id")[to_person], now)
    reason[to_person & (file < 0)] = UNKNOWN
    pool = actions.column("target_id")
    outside = (pool < 1) | (pool > len(ACQUISITION_CHANNELS))
    reason[((kind == _ACQUIRE) | (kind == _CARDS)) & outside] = UNKNOWN
    lead = np.full(n, -1, dtype=np.int64)
    lead[kind == _WORK] = leads.find(world, actions.column("target_id")[kind == _WORK], now)
    _check_leads(world, reason, lead, kind == _WORK)
    named = [list(CAPABILITIES).index(row[0]) for row in world.scenario.firm]
    reason[(kind == _INVEST) & ~np.isin(pool, named)] = UNKNOWN
    known = to_person & (file >= 0)
    if world.standing.links is not None:
        allowed = is_ask.copy()
        allowed[known] |= consent.may_write(world, file[known], channel[known])
        for rows in (known & is_message, known & is_ask, known & is_question):
            objects = rows & ~consent.FREE[channel]
            _check_links(world, reason, file, rows, (objects, allowed, actions.column("priority")))
    write, question = known & is_message & (reason == OK), known & is_ask & (reason == OK)
    dialogue = np.flatnonzero(known & is_question & (reason == OK))
    barred = ~consent.may_write(world, file[dialogue], channel[dialogue])
    reason[dialogue[barred]] = NO_CONSENT
    place = np.zeros(n, dtype=np.int64)
    place[write] = _places(world.owner(file[write]))
    _check_consent(world, reason, file, channel, place, write, question)
    cost = _costs(world, kind, channel, actions.column("spend_eur"))
    spent = _check_budget(reason, cost, actions.column("priority"), budget_eur)
    sent = np.flatnonzero((reason == OK) & is_message)
    asked = np.flatnonzero((reason == OK) & is_ask)
    put = np.flatnonzero((reason == OK) & is_question)
    cared = np.flatnonzero((reason == OK) & (kind == _CARE))
    bought = np.flatnonzero((reason == OK) & ((kind == _ACQUIRE) | (kind == _CARDS)))
    spend, extra = actions.column("spend_eur"), actions.column("offer_eur")
    return Admitted(
        messages=_batch(world, actions, sent, file, channel, kind, place, now),
        asked=file[asked],
        incentive_eur=actions.column("offer_eur")[asked],
        questions=file[put],
        question_channel=channel[put],
        cared=world.owner(file[cared]),
        care_eur=spend[cared],
        pools=[
            Purchase(int(pool[i]), float(spend[i]), float(extra[i]), bool(kind[i] == _CARDS))
            for i in bought
        ],
        leads=lead[(reason == OK) & (kind == _WORK)],
        improved=pool[(reason == OK) & (kind == _INVEST)],
        improve_eur=spend[(reason == OK) & (kind == _INVEST)],
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
    """Code of what each row does to the kind of target that it fits; or nothing known."""
    kind = codes_of(actions.kind, (*MESSAGE_KINDS, *_OTHERS), len(actions))
    target = codes_of(actions.target_kind, TARGET_KINDS, len(actions))
    meant = np.array([TARGET_KINDS.index(t) for t in _TARGET], dtype=np.int8)[kind]
    return np.where(target == meant, kind, _NOTHING).astype(np.int8)


def _check_leads(world: World, reason: NDArray, lead: NDArray, rows: NDArray) -> None:
    row = np.flatnonzero(rows)
    reason[row[lead[row] < 0]] = UNKNOWN
    row = row[lead[row] >= 0]
    reason[row[world.leads.bought[lead[row]]]] = BOUGHT


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
    cost = np.where(kind == _QUESTION, prices.question_eur + cost, cost)
    cost = np.where(kind == _WORK, prices.phone_eur, cost)
    spends = np.isin(kind, (_ACQUIRE, _CARDS, _CARE, _INVEST))
    return np.where(spends, spend, cost)


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

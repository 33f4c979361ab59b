"""What does a message do? Sent, delivered, opened, clicked, and what it leaves in a person.

An opened message moves the log order rate by responsiveness x relevance x trust x rest x
the strength of its kind, and the pull fades week by week. Every delivered message tires;
above what a person tolerates it irritates, costs trust, brings unsubscribing and spam
reports, and hastens leaving (`attrition.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from crmlab.chance import uniform
from crmlab.market.attrition import irritation
from crmlab.market.catalogue import category_of
from crmlab.market.consent import wanted, withdraw
from crmlab.market.orders import Events
from crmlab.market.tastes import taste_match
from crmlab.market.world import OUT, World
from crmlab.tables import DIRECT_CHANNELS, WEEK_SECONDS, WEEKS_PER_YEAR

BOUNCE, OPEN, CLICK, COMPLAINT, UNSUBSCRIBE = range(5)
_MEAN_OPEN_DELAY_S = 6 * 3600  # assumed
OFFER_LIFE_S = 4 * WEEK_SECONDS


@dataclass(frozen=True)
class Batch:
    """Messages to send in one week, one row each, to a file; ``place`` is the n-th to a person.

    ``cart`` is the key (week and code) of the lost cart that a triggered message is about,
    -2 for a cart whose owner returns anyway, -1 for no cart; ``event_s`` is when the event
    happened that it answers, and ``unless_ordered`` whether an order in between makes it idle.
    """

    position: NDArray[np.int64]
    file: NDArray[np.int64]
    second: NDArray[np.int64]
    channel: NDArray[np.int8]
    kind: NDArray[np.int8]
    product_id: NDArray[np.int16]
    offer_eur: NDArray[np.float64]
    cell: NDArray[np.int16]
    propensity: NDArray[np.float64]
    place: NDArray[np.int64]
    cart: NDArray[np.int64]
    event_s: NDArray[np.int64]
    unless_ordered: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.position)

    def where(self, mask: NDArray | slice) -> Batch:
        """The rows where ``mask`` holds."""
        return Batch(*(getattr(self, f.name)[mask] for f in fields(self)))

    @classmethod
    def concat(cls, parts: list[Batch]) -> Batch:
        """Several batches as one."""
        return cls(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(cls)))


@dataclass(frozen=True)
class Reactions:
    """What came back: rows are (index into the batch, event code, second)."""

    row: NDArray[np.int64]
    event: NDArray[np.int8]
    second: NDArray[np.int64]
    open_s: NDArray[np.int64]
    """For every row of the batch: when it was opened, -1 where not."""
    click_s: NDArray[np.int64]
    """For every row of the batch: when it was clicked, -1 where not."""
    pull: NDArray[np.float64]
    """For every row of the batch: log rate added, 0 where not opened."""


def send(world: World, batch: Batch, week: int) -> Reactions:
    """Send a batch in which nobody appears twice; updates the people's states."""
    s, people, state = world.scenario, world.people, world.state
    who, end = batch.position, (week + 1) * WEEK_SECONDS - 1
    t = (week * 64 + batch.place) * 4
    luck = world.base("message")[who]
    email = batch.channel == 0
    dead = email & (state.address_dead_s[who] <= batch.second)
    asked = wanted(world, batch.file)
    tired = irritation(s, state.fatigue[who], people.tolerance[who])
    _tire(world, batch, asked, dead)
    relevance = relevance_of(world, who, batch.product_id)
    felt = _felt(world, batch.product_id, relevance)
    _annoy(world, who)
    rest = 1.0 / (1.0 + tired)
    trust = state.trust[who]
    read = _reading_rate(world, batch, trust, rest)
    opened = (uniform(luck, t) < read) & ~dead & _arrives(world, batch, t)
    if world.reputation < 1.0:
        opened &= ~email | (uniform(luck, t + 1) < world.reputation)
    rows = np.flatnonzero(opened)
    open_s = np.full(len(batch), -1, dtype=np.int64)
    delay = -np.log(uniform(luck[rows], t[rows] + 2)) * _MEAN_OPEN_DELAY_S
    open_s[rows] = np.minimum(batch.second[rows] + delay.astype(np.int64), end)
    pull = np.zeros(len(batch))
    pull[rows] = _pull(world, batch, rows, felt, trust * rest)
    liking = s.click_rate * s.pull_strength * relevance[rows] * trust[rows] / s.trust_mean
    liking = np.where(batch.cart[rows] != -1, s.cart_click_rate, liking)
    clicked = rows[uniform(world.base("click")[who[rows]], t[rows]) < liking]
    clicked = clicked[email[clicked]]
    click_s = np.full(len(batch), -1, dtype=np.int64)
    click_s[clicked] = np.minimum(open_s[clicked] + 60, end)
    irritated = irritation(s, state.fatigue[who], people.tolerance[who])
    spam, leave = _objections(world, batch, t, ~dead, asked, irritated)
    spam, leave = _leave_list(world, batch, spam, leave, week)
    _change_trust(world, who, asked & opened & (irritated == 0), felt, ~asked, irritated)
    _remember(world, batch, dead, rows, open_s, clicked)
    _reinforce(world, who[rows], batch.product_id[rows], felt[rows])
    return Reactions(
        row=np.concatenate([np.flatnonzero(dead), rows, clicked, spam, leave]),
        event=np.repeat(
            np.arange(5, dtype=np.int8),
            [int(dead.sum()), len(rows), len(clicked), len(spam), len(leave)],
        ),
        second=np.concatenate(
            [
                batch.second[dead],
                open_s[rows],
                click_s[clicked],
                np.minimum(batch.second[spam] + 7200, end),
                np.minimum(batch.second[leave] + 7200, end),
            ]
        ),
        open_s=open_s,
        click_s=click_s,
        pull=pull,
    )


def _annoy(world: World, who: NDArray) -> None:
    """Who waits for an answer to a complaint does not want to hear of bargains."""
    state = world.state
    if state.open_complaints.any():
        hurt = world.scenario.mail_hurt * (state.open_complaints[who] > 0)
        state.grudge[who] += hurt


def relevance_of(world: World, who: NDArray, product_id: NDArray) -> NDArray[np.float64]:
    """How well what is shown meets the person's needs: 1 for the greatest need.

    The whole assortment (product 0) is as relevant as an average category. Where tastes play a
    part, only the favourite of a category is as relevant as the category.
    """
    greatest = world.greatest_need(who)
    if not product_id.any():
        return (1.0 / world.people.needs.shape[1]) / greatest
    category = category_of(product_id)
    shown = world.people.needs[who, np.maximum(category, 0)]
    need = np.where(category < 0, 1.0 / world.people.needs.shape[1], shown) / greatest
    return need * taste_match(world, who, product_id)


def _felt(world: World, product_id: NDArray, relevance: NDArray) -> NDArray[np.float64]:
    """Relevance as it is felt: one product that is not wanted can put people off."""
    if world.scenario.miss_penalty == 0:
        return relevance
    miss = world.scenario.miss_penalty * (1.0 - relevance)
    return relevance - np.where(product_id > 0, miss, 0.0)


def _reinforce(world: World, who: NDArray, product_id: NDArray, felt: NDArray) -> None:
    """What was taught stays true where the firm puts it to use: a welcome product is one more."""
    if world.scenario.rival_rate == 0:
        return
    taught = world.state.taught
    taught[who] += np.where((product_id > 0) & (taught[who] > 0), np.maximum(felt, 0.0), 0.0)


def _tire(world: World, batch: Batch, asked: NDArray, dead: NDArray) -> None:
    s = world.scenario
    weight = s.fatigue * np.where(asked, 1.0, s.interruption_fatigue)
    world.state.fatigue[batch.position] += np.where(dead, 0.0, weight)


def _arrives(world: World, batch: Batch, t: NDArray) -> NDArray[np.bool_]:
    """Whether a message reaches its person: met in that channel, and rightly addressed."""
    s, who = world.scenario, batch.position
    there = np.ones(len(batch), dtype=bool)
    row = np.flatnonzero(batch.channel >= len(DIRECT_CHANNELS))
    if row.size:
        place = batch.channel[row] - len(DIRECT_CHANNELS)
        met = uniform(world.traits.base("reach", world.people.person_id[who[row]]), place)
        there[row] = met < np.array(s.other_reach)[place]
    if s.misaddressed > 0:
        there &= uniform(world.base("misaddressed")[who], t) >= s.misaddressed
    return there


def _reading_rate(world: World, batch: Batch, trust: NDArray, rest: NDArray) -> NDArray:
    s = world.scenario
    base = np.array([s.open_rate, s.post_open_rate, s.phone_open_rate, *s.other_read_rate])
    liking = world.people.prefers[batch.position, batch.channel]
    liking = 0.5 + 0.5 * liking / s.mean_preference[batch.channel]
    rate = base[batch.channel] * rest * liking * trust / s.trust_mean
    return np.minimum(rate, 0.95)


def _pull(
    world: World, batch: Batch, rows: NDArray, relevance: NDArray, warmth: NDArray
) -> NDArray[np.float64]:
    s, people = world.scenario, world.people
    who = batch.position[rows]
    strength = np.array([1.0, s.triggered_strength, s.conversion_strength])[batch.kind[rows]]
    pull = people.responsiveness[who] * relevance[rows] * strength
    pull += s.offer_strength * people.price_sensitivity[who] * batch.offer_eur[rows]
    if s.pull_strength != 1.0 or s.wear_out > 0:
        years = batch.second[rows] / WEEK_SECONDS / WEEKS_PER_YEAR
        pull *= s.pull_strength * np.exp(-s.wear_out * years)
    return pull * warmth[rows] * s.email_effect


def _objections(
    world: World, batch: Batch, t: NDArray, delivered: NDArray, asked: NDArray, tired: NDArray
) -> tuple[NDArray, NDArray]:
    """Rows that report spam, and rows that look for the way out; nobody does both."""
    s = world.scenario
    email = delivered & (batch.channel == 0)
    unit = uniform(world.base("objection")[batch.position], t)
    unasked = np.where(asked, 1.0, 3.0)  # three times as often if nobody asked (assumed)
    spam = (s.complaint_rate + s.complaint_irritated * tired) * unasked
    leave = (s.unsubscribe_rate + s.unsubscribe_irritated * tired) * s.email_effect * unasked
    return (
        np.flatnonzero(email & (unit < spam)),
        np.flatnonzero(email & (unit >= spam) & (unit < spam + leave)),
    )


def _leave_list(
    world: World, batch: Batch, spam: NDArray, leave: NDArray, week: int
) -> tuple[NDArray, NDArray]:
    """Carry out unsubscribing through the firm's page; a spam report ends permission too."""
    done, also_spam = withdraw(world, batch.file[leave], week)
    if world.scenario.email_effect > 0:
        world.files.consent[batch.file[spam]] = OUT
    reported = np.sort(np.concatenate([spam, leave[also_spam]]))
    return reported, leave[done & ~also_spam]


def _change_trust(
    world: World,
    who: NDArray,
    welcome: NDArray,
    relevance: NDArray,
    unasked: NDArray,
    tired: NDArray,
) -> None:
    s, state = world.scenario, world.state
    trust = state.trust[who]
    gain = np.where(welcome, s.trust_gain * relevance * (1.0 - trust), 0.0)
    loss = s.trust_loss * (unasked + np.minimum(tired, 1.0)) * trust
    state.trust[who] = np.clip(trust + gain - loss, 0.0, 1.0)


def _remember(
    world: World, batch: Batch, dead: NDArray, rows: NDArray, open_s: NDArray, clicked: NDArray
) -> None:
    """Update what the firm's screen shows, and offers waiting to be redeemed."""
    state, who, files, file = world.state, batch.position, world.files, batch.file
    files.messages[file] += 1
    files.last_message_s[file] = np.maximum(files.last_message_s[file], batch.second)
    email = batch.channel == 0
    files.bounced[file[email]] = dead[email]
    files.opens[file[rows]] += 1
    files.last_open_s[file[rows]] = np.maximum(files.last_open_s[file[rows]], open_s[rows])
    files.clicks[file[clicked]] += 1
    offered = rows[batch.offer_eur[rows] > 0]
    state.offer_eur[who[offered]] = batch.offer_eur[offered]
    state.offer_from_s[who[offered]] = open_s[offered]


def redeem(world: World, orders: Events) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Which of these orders redeem an open offer (the person's first within four weeks)."""
    state = world.state
    since = state.offer_from_s[orders.position]
    valid = (since >= 0) & (orders.second > since) & (orders.second <= since + OFFER_LIFE_S)
    index = np.flatnonzero(valid & (state.offer_eur[orders.position] > 0))
    index = index[np.lexsort((orders.second[index], orders.position[index]))]
    index = index[np.unique(orders.position[index], return_index=True)[1]]
    eur = state.offer_eur[orders.position[index]].copy()
    state.offer_eur[orders.position[index]] = 0.0
    return index, eur


def next_reputation(world: World, sent: int, bounced: int, complaints: int) -> float:
    """The sender's reputation after a week: the share of e-mails that reach the inbox."""
    s = world.scenario
    if sent == 0 or s.reputation_effect == 0:
        return world.reputation
    bad = s.reputation_bounces * bounced / sent + s.reputation_complaints * complaints / sent
    now = float(np.exp(-s.reputation_effect * bad))
    return s.reputation_memory * world.reputation + (1.0 - s.reputation_memory) * now

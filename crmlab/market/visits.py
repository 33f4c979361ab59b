"""What do people do on the web site? Sessions dressed around orders, and visits without one.

The mode of use belongs to the *session* (Lewis and Lewis 1997; Chaffey): the same person is
a directed buyer today and an entertainment seeker tomorrow. Pages follow a Markov chain of
the session's type. Transition probabilities are whole 256ths, all *assumed*, so that one
random word gives a page and the time spent on it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmlab.chance import bits, poisson, uniform
from crmlab.market.baskets import pick
from crmlab.market.orders import Events, presence_weeks
from crmlab.market.world import World
from crmlab.tables import CATEGORIES, PAGE_TYPES, USER_TYPES, WEEK_SECONDS

# Codes within the week: sessions of orders have the order's code (below 1,000).
BEFORE_ORDER, BROWSE, CLICK = 1_000, 2_000, 3_000
_CART, _CHECKOUT = PAGE_TYPES.index("cart"), PAGE_TYPES.index("checkout")
_EXIT = len(PAGE_TYPES)
_MOST_PAGES = 40
_BUYER, _HUNTER = 2, 3

# The five kinds of session: first page, next page and leaving, as weights (assumed).
#            home cat prod search article offers contest account
_START = {
    0: (2, 1, 3, 8, 4, 0, 0, 0),
    1: (5, 4, 2, 1, 4, 2, 2, 0),
    2: (2, 3, 6, 5, 0, 1, 0, 1),
    3: (2, 1, 1, 1, 0, 9, 2, 0),
    4: (3, 0, 0, 0, 3, 2, 9, 0),
}
_GO = {
    0: (1, 2, 5, 6, 5, 0, 0, 0),
    1: (2, 6, 4, 1, 5, 2, 2, 0),
    2: (0, 3, 9, 3, 0, 1, 0, 1),
    3: (0, 2, 3, 1, 0, 8, 2, 0),
    4: (1, 0, 1, 0, 4, 2, 9, 0),
}
_LEAVE = (0.22, 0.14, 0.20, 0.22, 0.25)
_STAY_ON_KIND = 0.25  # weight moved to the page type that one is on: people look at several
_DWELL_S = np.array([18, 25, 45, 15, 90, 30, 60, 25, 20, 60], dtype=np.float64)
# Mixture of the modes of use, for visits without an order and for those with one (assumed).
BROWSE_MIX = np.array([0.28, 0.34, 0.14, 0.12, 0.12])
ORDER_MIX = np.array([0.04, 0.06, 0.66, 0.22, 0.02])
_SOURCE_MIX = np.array(  # direct, search engine, comparison site, link by user type (assumed)
    [[0.3, 0.6, 0.02, 0.08], [0.3, 0.2, 0.05, 0.45], [0.4, 0.2, 0.35, 0.05],
     [0.2, 0.2, 0.45, 0.15], [0.4, 0.1, 0.0, 0.5]]
)  # fmt: skip
_STAGE_MIX = np.array(  # the six buying stages by user type, visits without an order (assumed)
    [[.1, .35, .3, .15, 0, .1], [.45, .3, .1, .05, 0, .1], [0, .1, .3, .55, 0, .05],
     [.05, .15, .3, .45, 0, .05], [.6, .2, .05, .05, 0, .1]]
)  # fmt: skip


def _table() -> NDArray[np.uint8]:
    """Next page by (user type, page or start, byte): shape (5 * 11 * 256,)."""
    table = np.empty((len(USER_TYPES), _EXIT + 1, 256), dtype=np.uint8)
    for kind in range(len(USER_TYPES)):
        for page in range(_EXIT + 1):
            go = np.zeros(_EXIT + 1)
            weights = _START[kind] if page == _EXIT else _GO[kind]
            go[:8] = np.array(weights) / sum(weights)
            if page < _EXIT:
                go[:_EXIT] *= 1.0 - _STAY_ON_KIND
                go[page] += _STAY_ON_KIND
                go[:_EXIT] *= (1.0 - _LEAVE[kind]) / go[:_EXIT].sum()
                go[_EXIT] = _LEAVE[kind]
            edges = np.rint(np.cumsum(go) * 256).astype(int)
            table[kind, page] = np.searchsorted(edges, np.arange(256), side="right")
    return table.reshape(-1)


_NEXT = _table()
_WAIT = -np.log1p(-(np.arange(4096) + 0.5) / 4096)  # exponential quantiles by 12 bits


def transition_matrix(user_type: str) -> NDArray[np.float64]:
    """True page transition probabilities of a kind of session, shape (10, 11); last: leaving."""
    table = _NEXT.reshape(len(USER_TYPES), _EXIT + 1, 256)[USER_TYPES.index(user_type)]
    return np.stack([np.bincount(row, minlength=_EXIT + 1) / 256 for row in table[:_EXIT]])


@dataclass(frozen=True)
class Sessions:
    """Sessions and their pages; ``session`` says which session a page is of."""

    start_s: NDArray[np.int64]
    user_type: NDArray[np.int64]
    stage: NDArray[np.int64]
    need: NDArray[np.int64]
    source: NDArray[np.int64]
    cart: NDArray[np.bool_]
    pages: NDArray[np.int64]
    session: NDArray[np.int64]
    view: NDArray[np.int64]
    page_type: NDArray[np.int8]
    dwell_s: NDArray[np.int32]


def draw_visits(world: World, block: slice, week: int) -> Events:
    """Visits without an order of one block in one week."""
    start, length = presence_weeks(world, block, week)
    unit = uniform(world.base("visits")[block], week)
    count = poisson(unit, world.people.visit_rate[block] * length)
    who = np.flatnonzero(count)
    number = np.minimum(count[who], 999)
    local = np.repeat(who, number)
    k = np.arange(len(local)) - np.repeat(np.cumsum(number) - number, number)
    share = uniform(world.base("visit time")[local + block.start], week * 1024 + k)
    second = start[local] + np.floor(share * length[local] * WEEK_SECONDS).astype(np.int64)
    return Events(local + block.start, second, BROWSE + k)


def is_lost_cart(world: World, visits: Events, week: NDArray | int) -> NDArray[np.bool_]:
    """Which visits without an order leave something in the cart."""
    unit = uniform(world.base("lost cart")[visits.position], week * 10_000 + visits.code)
    return unit < world.scenario.lost_cart_share


def carts_before_orders(world: World, orders: Events, week: int) -> tuple[Events, NDArray]:
    """Abandoned carts of people who return by themselves in the same week, and the order of each.

    The cart lies between the start of the person's week and the order. The second value is
    the index into ``orders``.
    """
    later = np.flatnonzero((orders.code > 0) & (orders.code < 900))
    t = week * 10_000 + orders.code[later]
    base = world.base("cart before")[orders.position[later]]
    which = later[uniform(base, t * 2) < world.scenario.cart_before_order]
    position, code = orders.position[which], orders.code[which]
    start = np.maximum(world.people.born_s[position], week * WEEK_SECONDS)
    share = uniform(world.base("cart before")[position], (week * 10_000 + code) * 2 + 1)
    second = start + np.floor(share * (orders.second[which] - start)).astype(np.int64)
    return Events(position, second, BEFORE_ORDER + code), which


def dress_sessions(world: World, events: Events, week: NDArray) -> Sessions:
    """Type, stage, need, source and pages of these sessions.

    For orders ``events.second`` is the time of the order, for the rest the first click. No
    session crosses the end of its week.
    """
    who, code = events.position, events.code
    t = week * 10_000 + code
    ordered = code < BEFORE_ORDER
    clicked = code >= CLICK
    unit = uniform(world.base("mode")[who], t)
    mix = np.where(ordered, 0, 1)
    edges = np.cumsum(np.stack([ORDER_MIX, BROWSE_MIX]), axis=1)[:, :-1]
    user_type = (unit[:, None] > edges[mix]).sum(axis=1)
    need = pick(world.people.needs[who], uniform(world.base("session need")[who], t))
    stage = pick(_STAGE_MIX[user_type], uniform(world.base("stage")[who], t))
    stage = np.where(ordered, BUYING, stage)
    source = pick(_SOURCE_MIX[user_type], uniform(world.base("source")[who], t))
    source = np.where(clicked, 4, source)
    cart = ordered | ((code >= BEFORE_ORDER) & (code < BROWSE))
    browsing = ~ordered & (code >= BROWSE)
    lost = np.flatnonzero(browsing & ~clicked)
    cart[lost] = is_lost_cart(world, Events(who[lost], events.second[lost], code[lost]), week[lost])
    ending = np.where(ordered, 2, np.where(cart, 1, 0))
    pages, session, view, page_type, dwell = _pages(world, who, t, user_type, ending)
    duration = np.bincount(session, dwell, minlength=len(who)).astype(np.int64)
    start = np.where(ordered, events.second - duration, events.second)
    begin = week * WEEK_SECONDS
    start = np.maximum(np.minimum(start, begin + WEEK_SECONDS - 1 - duration), begin)
    return Sessions(
        start, user_type, stage, need, source, cart, pages, session, view, page_type, dwell
    )


BUYING = 4
assert len(CATEGORIES) <= 16


def _pages(
    world: World, who: NDArray, t: NDArray, user_type: NDArray, ending: NDArray
) -> tuple[NDArray, NDArray, NDArray, NDArray, NDArray]:
    """Walk every session's chain; ``ending`` pages (cart, checkout) are added at the end."""
    n = len(who)
    base = bits(world.base("pages")[who], t)
    active = np.arange(n, dtype=np.int32)
    row = (user_type * ((_EXIT + 1) * 256)).astype(np.int32)
    at = np.full(n, _EXIT * 256, dtype=np.int32)
    steps: list[tuple[NDArray, NDArray, NDArray]] = []
    rest = base
    for step in range(_MOST_PAGES):
        word = bits(rest, step)
        page = _NEXT[row + at + (word >> np.uint64(56)).astype(np.int32)]
        if step:
            stays = page != _EXIT
            active, rest, row, word, page = (x[stays] for x in (active, rest, row, word, page))
        if not len(active):
            break
        steps.append((active, page, _dwell(word, page)))
        at = page.astype(np.int32) * 256
    for extra, page_type in ((1, _CART), (2, _CHECKOUT)):
        more = np.flatnonzero(ending >= extra).astype(np.int32)
        page = np.full(len(more), page_type, dtype=np.uint8)
        steps.append((more, page, _dwell(bits(base[more], _MOST_PAGES + extra), page)))
    return _in_order(steps, n)


def _dwell(word: NDArray[np.uint64], page: NDArray) -> NDArray[np.int32]:
    wait = _WAIT[(word & np.uint64(4095)).astype(np.int32)]
    return (1.0 + wait * _DWELL_S[page]).astype(np.int32)


def _in_order(
    steps: list[tuple[NDArray, NDArray, NDArray]], n: int
) -> tuple[NDArray, NDArray, NDArray, NDArray, NDArray]:
    """Scatter pages, walked step by step for all sessions, into session by session."""
    pages = np.zeros(n, dtype=np.int64)
    for owner, _, _ in steps:
        pages[owner] += 1
    offset = np.cumsum(pages) - pages
    total = int(pages.sum())
    page_type, dwell = np.empty(total, dtype=np.int8), np.empty(total, dtype=np.int32)
    place = offset.copy()
    for owner, page, wait in steps:
        where = place[owner]
        page_type[where] = page
        dwell[where] = wait
        place[owner] += 1
    session = np.repeat(np.arange(n), pages)
    view = np.arange(total) - offset[session] + 1
    return pages, session, view, page_type, dwell

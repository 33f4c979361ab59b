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

from crmlab.chance import bits, geometric, poisson, uniform
from crmlab.market.codes import RENEWAL, WON
from crmlab.market.orders import Events, presence_weeks
from crmlab.market.world import World
from crmlab.tables import PAGE_TYPES, USER_TYPES, WEEK_SECONDS

# Codes within the week: sessions of orders have the order's code (below 1,000).
BEFORE_ORDER, BROWSE, CLICK = 1_000, 2_000, 3_000
_CART, _CHECKOUT = PAGE_TYPES.index("cart"), PAGE_TYPES.index("checkout")
_START_ROW = len(PAGE_TYPES)
_MOST_PAGES = 40
_BUYING, _BY_EMAIL = 4, 4  # codes of the stage and the source

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
# Time on a page by buying stage, against the mean: comparing takes longer than looking around.
_STAGE_DWELL = np.array([0.7, 0.9, 1.0, 1.3, 1.1, 0.8])
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


def _byte_table(shares: NDArray) -> NDArray[np.uint8]:
    """Outcome by byte: row ``i`` turns a random byte into a column with ``shares[i]``."""
    edges = np.rint(np.cumsum(shares, axis=1) * 256).astype(int)
    rows = [np.searchsorted(edge, np.arange(256), side="right") for edge in edges]
    return np.minimum(np.stack(rows), shares.shape[1] - 1).astype(np.uint8)


def _page_shares(kind: int) -> NDArray[np.float64]:
    """Next page by page (rows; the last row is the first page), if the session goes on."""
    go = np.zeros((_START_ROW + 1, len(PAGE_TYPES)))
    go[:, :8] = np.array(_GO[kind]) / sum(_GO[kind])
    go[:_START_ROW] *= 1.0 - _STAY_ON_KIND
    go[np.arange(_START_ROW), np.arange(_START_ROW)] += _STAY_ON_KIND
    go[_START_ROW, :8] = np.array(_START[kind]) / sum(_START[kind])
    return go


_NEXT = np.concatenate([_byte_table(_page_shares(k)) for k in range(len(USER_TYPES))]).reshape(-1)
_WAIT = -np.log1p(-(np.arange(4096) + 0.5) / 4096)  # exponential quantiles by 12 bits
_MODE = _byte_table(np.stack([ORDER_MIX, BROWSE_MIX])).reshape(-1)
_STAGE = _byte_table(_STAGE_MIX).reshape(-1)
_SOURCE = _byte_table(_SOURCE_MIX).reshape(-1)


def transition_matrix(user_type: str) -> NDArray[np.float64]:
    """True page transition probabilities of a kind of session, shape (10, 11); last: leaving.

    Carts and checkouts come on top, at the end of sessions that reach them.
    """
    kind = USER_TYPES.index(user_type)
    table = _NEXT.reshape(len(USER_TYPES), _START_ROW + 1, 256)[kind, :_START_ROW]
    go = np.stack([np.bincount(row, minlength=len(PAGE_TYPES)) / 256 for row in table])
    leave = _LEAVE[kind]
    return np.column_stack([go * (1.0 - leave), np.full(len(go), leave)])


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
    page_type: NDArray[np.uint8]
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


def won_order(code: NDArray[np.int64]) -> NDArray[np.int64]:
    """The code of the order that a visit with this code would become."""
    return code - BROWSE + WON


def is_lost_cart(world: World, visits: Events, week: NDArray | int) -> NDArray[np.bool_]:
    """Which visits without an order leave something in the cart."""
    unit = uniform(world.base("lost cart")[visits.position], week * 10_000 + visits.code)
    return unit < world.scenario.lost_cart_share


def carts_before_orders(world: World, orders: Events, week: int) -> tuple[Events, NDArray]:
    """Abandoned carts of people who return by themselves in the same week, and the order of each.

    The cart lies between the start of the person's week and the order. The second value is
    the index into ``orders``.
    """
    later = np.flatnonzero((orders.code > 0) & (orders.code < RENEWAL))
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
    word = bits(world.base("session")[who], t)
    browses = np.where(ordered, 0, 256)
    user_type = _MODE[browses + _byte(word, 0)].astype(np.int64)
    stage = np.where(ordered, _BUYING, _STAGE[user_type * 256 + _byte(word, 1)])
    source = np.where(clicked, _BY_EMAIL, _SOURCE[user_type * 256 + _byte(word, 2)])
    need = session_needs(world, who, t)
    cart = ordered | ((code >= BEFORE_ORDER) & (code < BROWSE))
    browsing = ~ordered & (code >= BROWSE)
    lost = np.flatnonzero(browsing & ~clicked)
    cart[lost] = is_lost_cart(world, Events(who[lost], events.second[lost], code[lost]), week[lost])
    ending = np.where(ordered, 2, np.where(cart, 1, 0))
    pages, session, view, page_type, dwell = _pages(world, who, t, user_type, stage, ending)
    duration = np.bincount(session, dwell, minlength=len(who)).astype(np.int64)
    start = np.where(ordered, events.second - duration, events.second)
    begin = week * WEEK_SECONDS
    start = np.maximum(np.minimum(start, begin + WEEK_SECONDS - 1 - duration), begin)
    return Sessions(
        start, user_type, stage, need, source, cart, pages, session, view, page_type, dwell
    )


def session_needs(world: World, who: NDArray, t: NDArray) -> NDArray[np.int64]:
    """The category that each session is about; ``t`` is its week and code."""
    return world.draw_need(who, uniform(world.base("session need")[who], t))


def _byte(word: NDArray[np.uint64], place: int) -> NDArray[np.int64]:
    return ((word >> np.uint64(8 * place)) & np.uint64(255)).astype(np.int64)


def _pages(
    world: World, who: NDArray, t: NDArray, user_type: NDArray, stage: NDArray, ending: NDArray
) -> tuple[NDArray, NDArray, NDArray, NDArray, NDArray]:
    """Walk every session's chain; ``ending`` pages (cart, checkout) come on top.

    Leaving does not depend on the page, so lengths are drawn first and every page is
    written to its place at once.
    """
    base = bits(world.base("pages")[who], t)
    leave = np.array(_LEAVE)[user_type]
    length = np.minimum(geometric(uniform(base, 0), leave), _MOST_PAGES)
    pages = length + ending
    offset = np.cumsum(pages) - pages
    total = int(pages.sum())
    page_type, word = np.empty(total, dtype=np.uint8), np.empty(total, dtype=np.uint64)
    active, rest, where = np.arange(len(who), dtype=np.int32), base, offset
    row = (user_type * ((_START_ROW + 1) * 256)).astype(np.int32)
    at = np.full(len(who), _START_ROW * 256, dtype=np.int32)
    for step in range(_MOST_PAGES):
        drawn = bits(rest, step + 1)
        page = _NEXT[row + at + (drawn >> np.uint64(56)).astype(np.int32)]
        page_type[where] = page
        word[where] = drawn
        on = np.flatnonzero(length[active] > step + 1)
        if not len(on):
            break
        active, rest, row = active[on], rest[on], row[on]
        where, at = where[on] + 1, page[on].astype(np.int32) * 256
    for extra, last in ((1, _CART), (2, _CHECKOUT)):
        more = np.flatnonzero(ending >= extra)
        place = offset[more] + length[more] + extra - 1
        page_type[place] = last
        word[place] = bits(base[more], _MOST_PAGES + extra)
    wait = _WAIT[(word & np.uint64(4095)).astype(np.int32)]
    session = np.repeat(np.arange(len(who), dtype=np.int32), pages)
    dwell = (1.0 + wait * _DWELL_S[page_type] * _STAGE_DWELL[stage][session]).astype(np.int32)
    view = np.arange(1, total + 1) - offset[session]
    return pages, session, view, page_type, dwell

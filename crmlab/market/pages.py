"""Does a page that suits the visitor sell? Templates shown once a visit's first pages are seen.

Each template suits one mode of use (Lewis and Lewis 1997): facts the directed information-seeker,
inspiration the undirected one, a shortcut the directed buyer, deals the bargain hunter, play the
entertainment seeker. A visit without an order that is long enough to be adapted becomes an order
with probability ``page_gain`` if its template suits, a share ``page_mismatch`` of that if another
one is shown, and never if the pages stay plain. Whether a visit can be won is its own luck, the
same under every template; both rates are *assumed*, and no template loses an order. The idea
is website morphing (Hauser, Urban, Liberali and Braun 2009, Marketing Science 28(2)).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmlab.chance import uniform
from crmlab.market.codes import ORDER_END, WON
from crmlab.market.orders import Events
from crmlab.market.visits import BROWSE, CLICK, dress_sessions, won_order
from crmlab.market.world import World
from crmlab.policy import PageRule, PolicyError
from crmlab.tables import PAGE_TEMPLATES, WEEK_SECONDS

_MOST = ORDER_END - WON


@dataclass(frozen=True)
class Adapted:
    """Visits that were shown a template: which, how likely that was, and the orders won."""

    visits: Events
    template: NDArray[np.int64]
    propensity: NDArray[np.float64]
    orders: Events


def adapt(world: World, visits: Events, week: int, rule: PageRule) -> Adapted:
    """Choose a template for every visit of the week that is long enough, and see what comes."""
    rank = visits.code - BROWSE
    visits = visits.where((rank >= 0) & (rank < _MOST) & (visits.code < CLICK))
    s = dress_sessions(world, visits, np.full(len(visits.position), week))
    seen = np.flatnonzero(s.pages >= rule.after_clicks)
    if not len(seen):
        return Adapted(Events.concat([]), np.zeros(0, np.int64), np.zeros(0), Events.concat([]))
    first = (np.cumsum(s.pages) - s.pages)[seen]
    pages = s.page_type[first[:, None] + np.arange(rule.after_clicks)]
    shown = visits.where(seen)
    chances = _chances(rule, pages, week)
    t = week * 10_000 + shown.code
    unit = uniform(world.base("page template")[shown.position], t)
    template = (unit[:, None] >= np.cumsum(chances, axis=1)[:, :-1]).sum(axis=1)
    suits = template == s.user_type[seen] + 1
    gain = world.scenario.page_gain * np.where(suits, 1.0, world.scenario.page_mismatch)
    gain = np.where(template == 0, 0.0, gain)
    won = uniform(world.base("page gain")[shown.position], t) < gain
    end = (week + 1) * WEEK_SECONDS - 1
    stay = np.bincount(s.session, s.dwell_s, minlength=len(s.pages)).astype(np.int64)[seen]
    second = np.minimum(np.minimum(s.start_s[seen] + stay, end), _alive_until(world, shown))
    orders = Events(shown.position, second, won_order(shown.code)).where(won)
    return Adapted(shown, template, chances[np.arange(len(seen)), template], orders)


def _alive_until(world: World, events: Events) -> NDArray[np.int64]:
    death = world.state.death_s[events.position]
    return np.maximum(np.minimum(death, 2.0**62).astype(np.int64) - 1, events.second)


def _chances(rule: PageRule, pages: NDArray[np.uint8], week: int) -> NDArray[np.float64]:
    """With which probability each visit gets each template."""
    assert rule.chances is not None
    if rule.recogniser is None:
        return np.broadcast_to(rule.chances, (len(pages), len(PAGE_TEMPLATES)))
    try:
        kinds = np.asarray(rule.recogniser(pages), dtype=np.float64)
    except Exception as error:
        raise PolicyError(
            f"the recogniser of the page rule raised {type(error).__name__} in week {week}: {error}"
        ) from error
    if kinds.shape != (len(pages), len(rule.chances)):
        raise PolicyError(
            f"the recogniser of the page rule must give shape ({len(pages)}, {len(rule.chances)}), "
            f"one row a visit and one column a row of chances; got {kinds.shape} in week {week}."
        )
    if not np.allclose(kinds.sum(axis=1), 1.0) or (kinds < 0).any():
        raise PolicyError(f"the recogniser's rows must be probabilities; week {week}.")
    return kinds @ rule.chances

"""Who has left a card? Qualified leads: contact data with a sign of what they may buy, and when.

A pool can be asked for leads instead of orders: of the prospects addressed, ``lead_share`` times
as many as would buy at once leave their card, with the category that interests them and how
urgent it is. Some of the rest would buy if somebody called: ``lead_work`` times as many as buy by
themselves, fewer the longer the card lies (``lead_cools_weeks``). Who buys is decided by one luck
of the prospect, the same by either way; the urgency on the card tells a part of it
(``lead_signal``), so that calling the right leads first is worth something. All *assumed*.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crmlab.chance import exponential, uniform
from crmlab.market.people import dirichlet
from crmlab.tables import CATEGORIES, WEEK_SECONDS

if TYPE_CHECKING:
    from crmlab.market.world import World


@dataclass
class Leads:
    """Cards that were left: whose, from which pool (from 1), when, and whether they bought."""

    person_id: NDArray[np.int64]
    pool: NDArray[np.int64]
    second: NDArray[np.int64]
    bought: NDArray[np.bool_]

    @classmethod
    def none(cls) -> Leads:
        """No cards."""
        none = np.zeros(0, dtype=np.int64)
        return cls(none, none, none, none.astype(bool))

    def extend(self, other: Leads) -> None:
        """Add the cards of ``other`` at the end."""
        for f in fields(self):
            joined = np.concatenate([getattr(self, f.name), getattr(other, f.name)])
            setattr(self, f.name, joined)


def leave_cards(world: World, pool: int, ids: NDArray, week: int) -> NDArray[np.int64]:
    """Places, among the world's leads, of the cards that these addressed prospects leave."""
    s = world.scenario
    share = min(s.lead_share * s.pool_conversion[pool - 1], 1.0)
    base = world.luck.base("prospect", ids)
    ids = ids[uniform(base, 0) < share]
    when = uniform(world.luck.base("prospect", ids), 2)
    second = week * WEEK_SECONDS + np.floor(when * WEEK_SECONDS).astype(np.int64)
    start = len(world.leads.person_id)
    world.leads.extend(Leads(ids, np.full(len(ids), pool), second, np.zeros(len(ids), dtype=bool)))
    return np.arange(start, start + len(ids))


def cards(world: World, place: NDArray[np.int64]) -> dict[str, NDArray]:
    """These cards as raw columns of the table `leads`."""
    leads = world.leads
    person = leads.person_id[place]
    shapes = (world.scenario.need_concentration,) * len(CATEGORIES)
    needs = dirichlet(world.traits, "needs", person, shapes)
    race = exponential(world.traits.base("card", person)[:, None], np.arange(len(CATEGORIES)))
    return {
        "lead_id": world.main_id(person),
        "pool_id": leads.pool[place],
        "left_at": leads.second[place],
        "interest": np.argmin(race / np.maximum(needs, 1e-300), axis=1),
        "urgency": urgency(world, place),
    }


def urgency(world: World, place: NDArray[np.int64]) -> NDArray[np.int64]:
    """What these cards say of their urgency: 0 for now, 1 for soon, 2 for later."""
    s, leads = world.scenario, world.leads
    share = np.minimum(s.lead_share * np.array(s.pool_conversion), 1.0)[leads.pool[place] - 1]
    base = world.luck.base("prospect", leads.person_id[place])
    true = uniform(base, 0) / np.maximum(share, 1e-300)
    says = s.lead_signal * true + (1.0 - s.lead_signal) * uniform(base, 3)
    return (says > 1 / 3).astype(np.int64) + (says > 2 / 3)


def find(world: World, lead_id: NDArray[np.int64], now_s: int) -> NDArray[np.int64]:
    """Places of these leads among those that the firm has by now; -1 for unknown ones."""
    place = np.full(len(lead_id), -1, dtype=np.int64)
    leads = world.leads
    if len(leads.person_id):
        keys = world.main_id(leads.person_id)
        order = np.argsort(keys)
        at = np.minimum(np.searchsorted(keys[order], lead_id), len(keys) - 1)
        known = (keys[order][at] == lead_id) & (leads.second[order[at]] < now_s)
        place[known] = order[at[known]]
    return place


def who_buys(world: World, place: NDArray[np.int64], week: int) -> NDArray[np.int64]:
    """Of these leads, followed up this week, the places of those who buy; each buys once."""
    s, leads = world.scenario, world.leads
    waited = week - leads.second[place] / WEEK_SECONDS
    rate = np.array(s.pool_conversion)[leads.pool[place] - 1]
    rate = rate * s.lead_work * np.exp(-waited / s.lead_cools_weeks)
    luck = uniform(world.luck.base("prospect", leads.person_id[place]), 0)
    place = np.unique(place[(luck < rate) & ~leads.bought[place]])
    leads.bought[place] = True
    return place

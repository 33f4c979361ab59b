"""Where do customers come from? A base that arrives by itself, and pools to buy from.

The base arrives over the first weeks, each customer with a first order, by a channel with
its cost. A pool is a list of prospects that the firm does not know by name: it pays to
address the next ones, and some of them become customers that week.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.chance import Chance, uniform
from crmlab.market.people import People, draw_people
from crmlab.market.scenario import Scenario
from crmlab.tables import ACQUISITION_CHANNELS, OBSERVED, WEEK_SECONDS

FIRST_POOL_PERSON = 1 << 27
_POOL_STRIDE = 1 << 24
MOST_PEOPLE = FIRST_POOL_PERSON


def draw_base(scenario: Scenario, traits: Chance, customers: int) -> People:
    """The people who come of themselves, with their first order in the intake weeks."""
    ids = np.arange(customers, dtype=np.int64)
    profile = np.array(scenario.intake_profile or (1.0,) * scenario.intake_weeks)
    edges = np.cumsum(profile / profile.sum())
    arrival = uniform(traits.base("arrival", ids), 0)
    week = np.minimum(np.searchsorted(edges, arrival, side="right"), len(edges) - 1)
    within = uniform(traits.base("arrival", ids), 1)
    born = week * WEEK_SECONDS + np.floor(within * WEEK_SECONDS).astype(np.int64)
    shares = np.cumsum(scenario.channel_share)[:-1]
    channel = np.searchsorted(shares, uniform(traits.base("channel", ids), 0), side="right")
    return draw_people(scenario, traits, ids, born, channel, np.zeros(customers, dtype=np.int64))


def pools(scenario: Scenario) -> pd.DataFrame:
    """The pools as the table `pools`: one row a pool, one pool a channel."""
    n = len(ACQUISITION_CHANNELS)
    frame = pd.DataFrame(
        {
            "pool_id": np.arange(1, n + 1, dtype=np.int16),
            "channel": pd.Categorical(ACQUISITION_CHANNELS, categories=ACQUISITION_CHANNELS),
            "prospects": np.full(n, scenario.pool_prospects, dtype=np.int64),
            "cost_eur": np.array(scenario.pool_contact_eur),
        }
    )
    OBSERVED["pools"].check(frame)
    return frame


def win_prospects(
    scenario: Scenario, traits: Chance, luck: Chance, pool: int, first: int, number: int, week: int
) -> People:
    """Address prospects ``first`` to ``first + number - 1`` of a pool: those who become customers.

    A prospect decides once and for all by their own luck, so it does not matter when, or
    with whom, they are addressed.
    """
    index = np.arange(first, first + number, dtype=np.int64)
    ids = FIRST_POOL_PERSON + (pool - 1) * _POOL_STRIDE + index
    ids = ids[uniform(luck.base("prospect", ids), 0) < scenario.pool_conversion[pool - 1]]
    when = uniform(luck.base("prospect", ids), 1)
    born = week * WEEK_SECONDS + np.floor(when * WEEK_SECONDS).astype(np.int64)
    code = np.full(len(ids), pool - 1, dtype=np.int64)
    return draw_people(scenario, traits, ids, born, code, code + 1, scenario.pool_rate[pool - 1])


def next_prospects(cost_eur: float, spend_eur: float, left: int) -> int:
    """How many prospects a spend addresses; never more than the pool still holds."""
    return min(int(spend_eur / cost_eur + 1e-9), left)

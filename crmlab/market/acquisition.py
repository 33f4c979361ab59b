"""Where do customers come from? A base that arrives by itself, and pools to buy from.

The base arrives over the first weeks, each customer with a first order, by a channel with
its cost. A pool is a list of prospects that the firm does not know by name: it pays to
address the next ones, and some of them become customers that week.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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


def prospects(pool: int, first: int, number: int) -> NDArray[np.int64]:
    """The persons who are prospects ``first`` to ``first + number - 1`` of a pool."""
    index = np.arange(first, first + number, dtype=np.int64)
    return FIRST_POOL_PERSON + (pool - 1) * _POOL_STRIDE + index


def conversion(scenario: Scenario, pool: int, extra_eur: float = 0.0) -> float:
    """Share of addressed prospects who buy when so much more is spent on each of them.

    It rises from ``pool_conversion`` towards a ceiling (Blattberg and Deighton 1996).
    """
    rate = scenario.pool_conversion[pool - 1]
    if extra_eur == 0:
        return rate
    ceiling = min(rate * scenario.pool_ceiling, 1.0)
    return float(ceiling - (ceiling - rate) * np.exp(-scenario.pool_pull * extra_eur))


def win_prospects(
    scenario: Scenario,
    traits: Chance,
    luck: Chance,
    pool: int,
    ids: NDArray,
    week: int,
    extra_eur: float = 0.0,
) -> People:
    """Address these prospects of a pool: those who become customers.

    A prospect decides once and for all by their own luck, so it does not matter when, or
    with whom, they are addressed; spending more on each wins others too, and loses none.
    """
    ids = ids[uniform(luck.base("prospect", ids), 0) < conversion(scenario, pool, extra_eur)]
    return newcomers(scenario, traits, luck, np.full(len(ids), pool), ids, week)


def newcomers(
    scenario: Scenario, traits: Chance, luck: Chance, pool: NDArray, ids: NDArray, week: int
) -> People:
    """These persons as customers whose first order comes in ``week``."""
    when = uniform(luck.base("prospect", ids), 1)
    born = week * WEEK_SECONDS + np.floor(when * WEEK_SECONDS).astype(np.int64)
    rate = np.array(scenario.pool_rate)[pool - 1]
    return draw_people(scenario, traits, ids, born, pool - 1, pool, rate)


def next_prospects(cost_eur: float, spend_eur: float, left: int) -> int:
    """How many prospects a spend addresses; never more than the pool still holds."""
    return min(int(spend_eur / cost_eur + 1e-9), left)

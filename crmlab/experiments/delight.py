"""Does delight wear off? The same money spent steadily, or seldom, on the same customers.

Kano (1984) and Rust and Oliver (2000, J. Academy of Marketing Science 28(1)): what delights today
is expected tomorrow. In this market care lowers the hazard of leaving by what it exceeds a habit,
and the habit follows the care (`care_habit`; 0 where nobody gets used to anything). Three lives of
the same customers: no care, so much a month, and the same money twice a year.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.policy import Actions, Plain, View
from crmlab.tables import EPOCH, WEEK_SECONDS

BEGIN, QUARTER = 26, 13
STEADY, SELDOM = 4, 26
"""Weeks between two turns of care."""
EUR_A_WEEK = 0.25
CUSTOMERS, WEEKS = 1_500, 104
HABIT = {"care_habit": 0.05}
"""People get used to care: what they expect follows it by a twentieth a week (*assumed*)."""


def care(every: int, eur_a_week: float = EUR_A_WEEK, begin: int = BEGIN) -> Plain:
    """Spend on every customer known, every so many weeks; the same in the long run.

    >>> care(26)
    6.50 EUR of care every 26 weeks
    """

    def act(view: View) -> Actions | None:
        if view.week < begin or (view.week - begin) % every:
            return None
        ids = view.column("customers", "customer_id")
        return Actions(ids, "care", spend_eur=eur_a_week * every)

    return Plain(act, f"{eur_a_week * every:.2f} EUR of care every {every} weeks")


@lru_cache(maxsize=12)
def lived(scenario: Scenario, every: int, customers: int, weeks: int, seed: int) -> Run:
    """A life with care every so many weeks; 0 for none."""
    policy = care(every) if every else None
    return simulate(scenario, customers, weeks, seed, policy)


def leaving(run: Run, weeks: int = WEEKS) -> pd.Series:
    """Of those there at the start of each quarter after `BEGIN`, the share who left in it."""
    left = run.truth.people["left_at"].to_numpy()
    born = run.truth.people["born_at"].to_numpy()
    shares = {}
    for n, start in enumerate(range(BEGIN, weeks - QUARTER + 1, QUARTER)):
        since, until = (
            EPOCH + np.timedelta64(w * WEEK_SECONDS, "s") for w in (start, start + QUARTER)
        )
        here = (born < since) & ~(left < since)
        shares[n + 1] = float((left[here] < until).mean())
    return pd.Series(shares, name="left").rename_axis("quarter")


def held(
    scenario: Scenario | str, every: int, seed: int, customers: int = CUSTOMERS, weeks: int = WEEKS
) -> pd.Series:
    """By how much care makes leaving rarer, quarter by quarter: 1 less the ratio of the shares.

    Positive: fewer leave. Those who stay under care are others than those who stay without, the
    more so the longer it lasts.
    """
    market = named_scenario(scenario)
    with_it, without = (
        leaving(lived(market, e, customers, weeks, seed), weeks) for e in (every, 0)
    )
    return (1 - with_it / without).rename("rarer")


def wear(scenario: Scenario, seed: int) -> float:
    """How much less steady care holds in its second year than in its first quarter.

    Difference of `held`, a share of the leavers; the second year is the mean of three quarters.
    """
    rarer = held(scenario, STEADY, seed)
    return float(rarer[1] - rarer.loc[4:6].mean())


def kept(scenario: Scenario, seed: int) -> pd.Series:
    """Customers of a hundred who are still there at the end: none, steady, seldom."""
    ways = {"no care": 0, "steady": STEADY, "seldom": SELDOM}
    return pd.Series(
        {
            name: 100.0 * lived(scenario, every, CUSTOMERS, WEEKS, seed)
            .truth.people["left_at"].isna().mean()
            for name, every in ways.items()
        }
    )  # fmt: skip

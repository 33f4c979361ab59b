"""Which of the five qualities keeps customers, really? Raise what is behind it, and see.

A regression says which quality goes with staying (`strategic.staying`). Here the capability behind
a quality is made perfect, and the same customers live the same weeks again: whether the quality
really moves, how many more of them are still there, and what that brings.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from crmlab.experiments.capability_values import described_market, raised
from crmlab.experiments.compare import interval, world_seeds
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.strategic.amrad import QUALITIES, qualities
from crmlab.strategic.one_to_one import OBSERVED, Mails, OneToOne
from crmlab.strategic.staying import people_met, staying_regression
from crmlab.tables import EPOCH, WEEK_SECONDS

BEHIND = {
    "accuracy": "data_quality",
    "magic": "partner_network",
    "relevancy": "analysis",
    "access": "response_speed",
    "dialogue": "single_view",
}
"""The capability that is taken to stand behind each quality (*assumed*)."""
CUSTOMERS, WEEKS, SPLIT = 1_500, 91, 65
_STEP = 0.65  # from 0.35 to 1


def business() -> OneToOne:
    """A fortnightly mail with one product, and the service desk; nobody is won."""
    return OneToOne("mails and a desk", (Mails(OBSERVED),))


@lru_cache(maxsize=16)
def lived(scenario: Scenario, seed: int, customers: int = CUSTOMERS, weeks: int = WEEKS) -> Run:
    """One life of the firm."""
    return simulate(scenario, customers, weeks, seed, business())


def still_there(run: Run) -> float:
    """Customers of a hundred who have not left by the end."""
    return 100.0 * float(run.truth.people["left_at"].isna().mean())


def kept_by(scenario: Scenario, quality: str, seed: int, **size: int) -> float:
    """Customers of a hundred kept by making the capability behind a quality perfect."""
    better = raised(scenario, BEHIND[quality], _STEP)
    return still_there(lived(better, seed, **size)) - still_there(lived(scenario, seed, **size))


def true_drivers(
    scenario: Scenario | None = None, worlds: int = 2, seed: int = 1, **size: int
) -> pd.DataFrame:
    """What making the capability behind each quality perfect does.

    Returns
    -------
    DataFrame
        One row a quality: ``kept`` (customers of a hundred), ``low``, ``high`` (95 % interval over
        worlds), ``before`` and ``after`` (the quality's mean over customers), ``profit_eur`` (per
        customer, before what the improvement costs).
    """
    market = described_market() if scenario is None else scenario
    seeds = world_seeds(seed, worlds)
    rows = {}
    for quality in QUALITIES:
        better = raised(market, BEHIND[quality], _STEP)
        pairs = [(lived(market, s, **size), lived(better, s, **size)) for s in seeds]
        kept = np.array([still_there(after) - still_there(before) for before, after in pairs])
        means = np.array([[qualities(r.records)[quality].mean() for r in pair] for pair in pairs])
        gain = [(a.profit - b.profit) / len(b.records.customers) for b, a in pairs]
        rows[quality] = (kept.mean(), *interval(kept), *means.mean(axis=0), np.mean(gain))
    columns = ["kept", "low", "high", "before", "after", "profit_eur"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("quality")


def coefficients(
    scenario: Scenario, seed: int, habits: bool = True, customers: int = CUSTOMERS
) -> pd.DataFrame:
    """What the firm's regression of staying says in one world."""
    run = lived(scenario, seed, customers)
    moment = EPOCH + np.timedelta64(SPLIT * WEEK_SECONDS, "s")
    return staying_regression(people_met(run.records, moment), habits)

"""Claims that a plain order log can be held against: what silence tells."""

from __future__ import annotations

from crmlab.analytical.cohorts import came_back
from crmlab.experiments.claims import Claim, register
from crmlab.experiments.labs.lab_01 import _IDENTICAL
from crmlab.market.run import simulate
from crmlab.market.scenario import Scenario

HALF_A_YEAR = 26


def silence_tells(scenario: Scenario, seed: int) -> float:
    """How much less often the silent come back: share of the others less share of theirs.

    Silent is who had no order for half a year, seen half a year before the end of a log of
    78 weeks; back is who ordered within that half year.
    """
    records = simulate(scenario, 1_000, 78, seed).records
    customers = came_back(records, horizon_weeks=HALF_A_YEAR)
    silent = customers["weeks_silent"] >= HALF_A_YEAR
    back = customers["came_back"]
    return float(back[~silent].mean() - back[silent].mean())


register(
    Claim(
        id="silence-tells",
        concepts=("D08", "D01"),
        sentence="Who has been silent for half a year comes back less often than the others, "
        "by more than ten points.",
        source="inactive users, lecture notes 8.7; recency in RFM (Hughes 1994)",
        kind="measurement",
        measure=silence_tells,
        unit="share of customers",
        least=0.1,
        hostile={
            "rate_shape": 20.0,
            "rate_scale_weeks": 400.0,
            "dropout_shape": 20.0,
            "dropout_scale_weeks": 20_000.0,
        },
        null=_IDENTICAL,
        breaks="people hardly differ in how often they order, and hardly ever leave",
    )
)

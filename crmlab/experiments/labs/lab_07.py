"""Claims of lab 07, what customers cost and which segments help (labs X05 and X04, mining)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from crmlab.analytical.costing import whale_curve
from crmlab.experiments.claims import Claim, register
from crmlab.experiments.self_service import OWN, Desk
from crmlab.experiments.serving_costs import BY_REVENUE, BY_TIME, Firm
from crmlab.experiments.ways_to_choose import fit_and_earnings
from crmlab.market.packs import SERVING
from crmlab.market.scenario import Scenario

ALL_ORDERS_ALIKE = {
    "value_shape": 1e4,
    "value_mix_shape": 1e4,
    "value_mix_scale_eur": 35.0,
}
"""Every order is worth some EUR 35."""
WORK_AS_REVENUE = ALL_ORDERS_ALIKE | {
    "extra_lines": 0.0,
    "return_rate": 0.0,
    "service_per_order": (0.0, 0.0, 0.0, 0.0),
    "work_minutes": (14.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
}
"""Besides, every order is one line that nobody sends back or asks about: work goes with revenue.
It takes so long that who buys goods of a poor margin is a loss maker."""
_NO_DESK = (4.0, 1.5, 9.0, 0.0, 0.0, 14.0, 0.0)
"""Minutes a piece if the service desk's work takes no time; see `SERVING`."""


@lru_cache(maxsize=256)
def compared(scenario: Scenario, seed: int) -> pd.DataFrame:
    """Both ways of costing against the truth; counts are as careless as the time sheets."""
    return Firm(scenario, seed=seed).compared(scenario.sheet_error)


def loss_makers_found(scenario: Scenario, seed: int) -> float:
    """Share of the true loss makers: found by time less found by revenue; 0 without any."""
    found = compared(scenario, seed)["loss_makers_found"].fillna(0.0)
    return float(found[BY_TIME] - found[BY_REVENUE])


def nearer_to_the_truth(scenario: Scenario, seed: int) -> float:
    """Correlation with the true profit: costing by time less costing by revenue."""
    found = compared(scenario, seed)["correlation"]
    return float(found[BY_TIME] - found[BY_REVENUE])


def above_all(scenario: Scenario, seed: int) -> float:
    """What the best fifth brings, over the profit that is left, less 1."""
    return whale_curve(Firm(scenario, seed=seed).true_profit).top_20_share - 1.0


def hump(scenario: Scenario, seed: int) -> float:
    """Peak over final profit: this market less the same one with equally demanding customers."""
    equal = scenario.replace(demandingness_log_sd=0.0)
    peaks = [whale_curve(Firm(sc, seed=seed).true_profit).peak_share for sc in (scenario, equal)]
    return peaks[0] - peaks[1]


@lru_cache(maxsize=256)
def mined(scenario: Scenario, seed: int) -> pd.DataFrame:
    """Fit and earnings of each segmentation but the trivial one; and of the own figures."""
    desk = Desk(scenario, seed=seed, count_error=scenario.sheet_error)
    table = fit_and_earnings(desk).drop(index="one for all")
    table.loc[OWN, "earned_eur"] = desk.earned(desk.own_figures())
    return table


def fit_goes_with_earnings(scenario: Scenario, seed: int) -> float:
    """Rank correlation over segmentations: silhouette and what the choice earns; 0 without any."""
    table = mined(scenario, seed).drop(index=OWN)
    if np.ptp(table["earned_eur"]) == 0:
        return 0.0
    return float(table["silhouette"].corr(table["earned_eur"], method="spearman"))


def own_over_segments(scenario: Scenario, seed: int) -> float:
    """EUR per customer: each by their own figures less the segments that forecast best."""
    table = mined(scenario, seed)
    best = table["r2"].fillna(0.0).drop(index=OWN).idxmax()
    return float(table["earned_eur"][OWN] - table["earned_eur"][best])


register(
    Claim(
        id="costing-by-time-finds-loss-makers",
        concepts=("F04",),
        sentence="Costing by the time that work takes finds loss makers whom costing by revenue "
        "hides.",
        source="Cooper and Kaplan 1991, Harvard Business Review 69(3); Kaplan and Anderson 2004, "
        "82(11)",
        kind="measurement",
        measure=loss_makers_found,
        unit="share of the true loss makers",
        least=0.1,
        textbook=SERVING,
        hostile={"sheet_error": 1.5},
        null=WORK_AS_REVENUE,
        breaks="work is hardly counted: counts and time sheets have a log error of 1.5",
    )
)
register(
    Claim(
        id="rough-costing-beats-revenue",
        concepts=("F04",),
        sentence="Costing by time from rough counts comes nearer to what customers earn than "
        "costing by revenue.",
        source="Kaplan and Anderson 2004, Harvard Business Review 82(11): rough times will do",
        kind="measurement",
        measure=nearer_to_the_truth,
        unit="correlation with the true profit",
        least=0.02,
        textbook=SERVING | {"sheet_error": 0.5},
        hostile={"sheet_error": 1.5},
        null=WORK_AS_REVENUE,
        breaks="counts and time sheets have a log error of 1.5 instead of 0.5",
    )
)
register(
    Claim(
        id="the-best-fifth-brings-more-than-all",
        concepts=("F04",),
        sentence="The most profitable fifth of the customers brings more than all the profit that "
        "is left.",
        source="Cooper and Kaplan 1991; Kaplan and Narayanan 2001, J. Cost Management 15(5)",
        kind="measurement",
        measure=above_all,
        unit="share of the profit, above 1",
        least=0.05,
        textbook=SERVING,
        hostile={"demandingness_log_sd": 0.0},
        null={"work_minutes": (0.0,) * 7},
        breaks="no customer is more demanding than another",
    )
)
register(
    Claim(
        id="demanding-customers-make-the-hump",
        concepts=("F04", "F10"),
        sentence="Demanding customers make the hump of the whale curve.",
        source="the high cost-to-serve customer of Kaplan and Narayanan 2001",
        kind="measurement",
        measure=hump,
        unit="peak, share of the profit",
        least=0.05,
        textbook=SERVING,
        hostile=ALL_ORDERS_ALIKE,
        null={"demandingness_log_sd": 0.0},
        breaks="all orders are worth the same, so that nobody loses money by small ones",
    )
)
register(
    Claim(
        id="well-parted-segments-earn-more",
        concepts=("D10", "F02", "F06"),
        sentence="The better parted the segments (silhouette), the more it earns to act on them.",
        source="data mining to improve targeting: lecture notes; clusters are chosen by silhouette "
        "(Rousseeuw 1987)",
        kind="measurement",
        measure=fit_goes_with_earnings,
        unit="rank correlation over five segmentations",
        least=0.2,
        textbook=SERVING,
        hostile={"demandingness_log_sd": 0.0},
        null={"work_minutes": _NO_DESK},
        breaks="no customer is more demanding than another",
    )
)
register(
    Claim(
        id="own-figures-beat-segments",
        concepts=("D10", "F02", "F06"),
        sentence="Acting on each customer's own figures earns more than acting on the segments "
        "that forecast best.",
        source="one-to-one marketing: Peppers and Rogers 1993, The One to One Future",
        kind="measurement",
        measure=own_over_segments,
        unit="EUR per customer",
        least=0.01,
        textbook=SERVING,
        hostile={"demandingness_log_sd": 0.0},
        null={"work_minutes": _NO_DESK},
        breaks="no customer is more demanding than another: what sets their figures apart is luck",
    )
)

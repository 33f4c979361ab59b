"""What is asked in notebook 91: a count by hand, a regret by hand, two mistakes, and whom to keep.

In q3 an analyst asks whether intervals hold the mean of the estimates instead of the truth; in q4
another reports a method on the world on which it was picked. The list of q5 is judged by what
is to be expected of each customer, so that luck neither punishes nor rewards.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crmlab.classroom import plain
from crmlab.classroom.questions import question
from crmlab.classroom.regret import Regret

if TYPE_CHECKING:
    from crmlab.market.run import Run

INTERVALS, HELD = 400, 368
CUSTOMERS = pd.DataFrame(
    {"score": [50.0, 40.0, 30.0, 20.0, 10.0], "came_eur": [30.0, 5.0, 45.0, 20.0, 0.0]},
    index=pd.Index(["Ada", "Bo", "Cleo", "Dan", "Eve"], name="customer"),
)
"""Five customers, two of whom can be kept: a method's score, and the margin that came."""
COHORTS, SUBSCRIBERS = 200, 200
METHODS = ("BG/NBD", "NBD", "same as last time")
SHOP_SIZE, PICKED_ON, OTHER_WORLDS = 400, 5, (6, 7, 8, 9, 10)
YEAR, KEPT, SHOP = 52, 200, 91
PASS_SHARE = 0.02  # of what the best known choice brings


@cache
def cohorts() -> pd.DataFrame:
    """Alpha of the sBG in 200 cohorts of 200 subscribers each: estimate, low, high."""
    from crmlab.experiments.recovery import right_worlds

    fit = right_worlds()["sBG"].fit
    rows = [fit(seed, SUBSCRIBERS).loc["alpha"] for seed in range(COHORTS)]
    estimate, error = (np.array([row[c] for row in rows]) for c in ("estimate", "standard_error"))
    return pd.DataFrame(
        {"estimate": estimate, "low": estimate - 1.96 * error, "high": estimate + 1.96 * error}
    )


def true_alpha() -> float:
    """The alpha with which the cohorts of q3 were drawn."""
    from crmlab.experiments.recovery import right_worlds

    return float(right_worlds()["sBG"].truth["alpha"])


@cache
def regrets(seed: int) -> pd.Series:
    """What each of `METHODS` loses in one textbook world, EUR per customer."""
    from crmlab.experiments.contest import Trial, losses
    from crmlab.market.packs import scenario

    rows = losses(Trial(scenario("retail"), ""), SHOP_SIZE, seed, names=METHODS)
    return pd.Series({row["contestant"]: row["regret_eur"] for row in rows})


@cache
def shop() -> Run:
    """Two years of the shop of q5, whose customers keep a rhythm and spend as they come."""
    from crmlab.market.packs import scenario
    from crmlab.market.run import simulate

    rhythm = scenario("retail").replace(process="regular", regularity=4, correlation_rate_value=0.5)
    return simulate(rhythm, 2_000, 2 * YEAR, SHOP)


@cache
def expected_margin() -> pd.Series:
    """What each customer of q5 is to bring in the second year, EUR, luck apart."""
    from crmlab.experiments.future_value import future_value

    return future_value(shop(), YEAR)["expected_eur"]


@cache
def best_known() -> float:
    """What the best of our own methods finds, from the records of the first year, EUR."""
    from crmlab.analytical.rfm_table import rfm
    from crmlab.experiments.contest import own_methods
    from crmlab.experiments.future_value import last_day

    past = shop().records.as_of(YEAR).orders
    table = rfm(past, last_day(YEAR))
    table.attrs |= {"end": last_day(YEAR), "unit": "W"}
    lists = [method(table, past, float(YEAR)).nlargest(KEPT) for method in own_methods().values()]
    return max(brought(set(chosen.index)) for chosen in lists)


def brought(chosen: set[Any]) -> float:
    """What these customers are expected to bring in the second year, EUR."""
    margin = expected_margin()
    if len(chosen) > KEPT:
        raise ValueError(f"only {KEPT} customers can be kept, these are {len(chosen)}.")
    strange = chosen - set(margin.index)
    if strange:
        raise ValueError(f"{len(strange)} of the ids are no customers of this shop's first year.")
    return float(margin.loc[sorted(chosen)].sum())


@question(
    "91-estimators/q1",
    points=2,
    tolerance=0.01,
    hints=(
        "If each interval holds the truth with probability .95, what is the standard error of the "
        "share of 400 that do?",
        "The root of .95 x .05 / 400.",
        "(368/400 - .95) divided by it: how many standard errors, with its sign.",
    ),
)
def standard_errors_off() -> float:
    """How many standard errors does the share of intervals that hold the truth lie off .95?"""
    share = HELD / INTERVALS
    return float((share - 0.95) / np.sqrt(0.95 * 0.05 / INTERVALS))


@question(
    "91-estimators/q2",
    points=2,
    hints=(
        "Whom does the score keep, and what did they bring? Who were the best two?",
        "Kept: 30 + 5. The best two: 45 + 30.",
        "The difference, over all five customers.",
    ),
)
def regret_by_hand() -> float:
    """What is the regret of keeping the two best by score, EUR per customer of the base?"""
    kept = CUSTOMERS.nlargest(2, "score")["came_eur"].sum()
    best = CUSTOMERS["came_eur"].nlargest(2).sum()
    return float((best - kept) / len(CUSTOMERS))


@question(
    "91-estimators/q3",
    points=2,
    tolerance=0.005,
    hints=(
        "What is an interval to hold: the mean of the estimates, or the number with which the "
        "cohorts were drawn?",
        "A few estimates of small cohorts are enormous, so their mean is not where most lie.",
        "((found['low'] <= truth) & (truth <= found['high'])).mean()",
    ),
)
def honest_coverage() -> float:
    """Which share of the intervals holds the true alpha?"""
    found = cohorts()
    held = (found["low"] <= true_alpha()) & (true_alpha() <= found["high"])
    return float(held.mean())


@question(
    "91-estimators/q4",
    points=2,
    tolerance=0.005,
    hints=(
        "The method was picked because it was lucky in world 5. What does it lose where it was "
        "not picked?",
        "regrets(seed)['same as last time'] for the seeds 6 to 10, and their mean.",
    ),
)
def honest_regret() -> float:
    """What does the method picked on world 5 lose in worlds 6 to 10, EUR per customer, mean?"""
    picked = regrets(PICKED_ON).idxmin()
    return float(np.mean([regrets(seed)[picked] for seed in OTHER_WORLDS]))


@question(
    "91-estimators/q5",
    points=3,
    hints=(
        "Look at the intervals between the orders of one customer who has many. Are they like "
        "waiting for a bus, or like a clock?",
        "Which model knows regular timing? It needs the column log_intervals besides.",
        "MBGCNBD().fit(table) with table.assign(log_intervals=interval_logs(orders, end)), times "
        "GammaGamma().fit(table).expected_value(table); keep the best 200.",
    ),
)
def whom_to_keep() -> Regret:
    """Which 200 customers should be kept (their customer_ids)?"""
    best = best_known()
    return Regret(best, lambda ids: brought(set(ids)), PASS_SHARE * best, plain.ids)

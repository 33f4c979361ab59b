"""What is asked in notebook 17: two numbers by hand, two mistakes, and how finely to segment.

In q3 the analyst compares customers who were cared for with the others. Care goes to customers who
have just ordered, and in the market of q3 it keeps nobody, so that whatever is found there is due
to who they are. Among those who have just ordered, a lot decides.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from crmlab.classroom.questions import question
from crmlab.classroom.regret import Regret

CALLS, PHONE_CASES, ANSWERS, MINUTES = 60, 40, 45, 12.0
PRICE_EUR, HOUR_EUR = 2.0, 25.0
CARD = pd.DataFrame(
    {
        "indicator": ["survey score", "on time", "came back", "contacts an order"],
        "value": [3.6, 0.81, 0.65, 0.8],
        "standard": [4.0, 0.9, 0.65, 0.6],
        "better": ["more", "more", "more", "less"],
    }
)
"""A scorecard to be finished by hand."""
SCORES = pd.DataFrame(
    {
        "quarter": range(1, 7),
        "score": [4.1, 4.0, 3.9, 3.7, 3.6, 3.5],
        "standard": [4.0, 3.9, 3.8, 3.7, 3.5, 3.4],
    }
)
"""Survey scores, and a standard that was lowered each quarter to what seemed within reach."""
CUSTOMERS, WEEKS, CARED, SEED = 4_000, 52, 39, 23
BRANCHES, LETTER_EUR, PASS_EUR = 3, 0.30, 100.0
OPTIONS = (1, 8, 27, 125, 729)


@cache
def cared_for() -> pd.DataFrame:
    """The customers of q3 in week 39: ``recent``, ``lot``, ``cared``, ``came_back``."""
    from crmlab.market.run import simulate
    from crmlab.tables import EPOCH

    orders = simulate("retail", CUSTOMERS, WEEKS, SEED).records.orders
    now = EPOCH + np.timedelta64(7 * CARED, "D")
    before = orders[orders["ordered_at"] < now]
    late = before.loc[before["ordered_at"] >= now - np.timedelta64(91, "D"), "customer_id"]
    table = pd.DataFrame({"customer_id": np.unique(before["customer_id"])})
    ids = table["customer_id"]
    table["recent"], table["lot"] = ids.isin(late), ids % 2 == 0
    table["cared"] = table["recent"] & table["lot"]
    came = orders.loc[orders["ordered_at"] >= now, "customer_id"]
    return table.assign(came_back=ids.isin(came))


def claimed() -> float:
    """What the analyst of q3 reports: cared for less all others, share who came back."""
    table = cared_for()
    came = table["came_back"].groupby(table["cared"]).mean()
    return float(came[True] - came[False])


@cache
def segments_profit(cells: int) -> float:
    """What choices by so many segments earn in the three new branches of q5, EUR in all."""
    from crmlab.experiments.granularity import Letters
    from crmlab.market.packs import scenario

    return sum(
        Letters(scenario("retail").replace(post_eur=LETTER_EUR), 2_000, seed).profit(cells) * 2_000
        for seed in new_branches()
    )


def new_branches() -> list[int]:
    """The worlds of q5."""
    from crmlab.experiments.compare import world_seeds

    return world_seeds(1, BRANCHES)


@question(
    "17-five-processes/q1",
    absolute=0.01,
    hints=(
        "Two parts: every call costs 2 EUR, and every answer costs an agent's time.",
        "Calls: 60 x 2. Time: 45 x 12 minutes at 25 EUR an hour.",
        "Add both, and divide by the cases, not by the calls.",
    ),
)
def cost_of_a_case() -> float:
    """What does a case by phone cost the firm, EUR?"""
    return (CALLS * PRICE_EUR + ANSWERS * MINUTES / 60 * HOUR_EUR) / PHONE_CASES


@question(
    "17-five-processes/q2",
    absolute=0.002,
    hints=(
        "Attained is value over standard, at most 1; where less is better, standard over value.",
        "The four are 0.9, 0.9, 1 and 0.75.",
    ),
)
def mean_attainment() -> float:
    """How far is the scorecard attained, as the mean of its four indicators?"""
    from crmlab.strategic.five_processes import attainment

    rows = zip(CARD["value"], CARD["standard"], CARD["better"] == "more", strict=True)
    return float(np.mean([attainment(*row) for row in rows]))


@question(
    "17-five-processes/q3",
    points=2,
    absolute=0.003,
    hints=(
        "Who was cared for? Would they have come back as often as the others anyway?",
        "Only customers with a recent order could be cared for, and of those a lot chose half.",
        "Keep the rows with recent, and compare lot with not lot.",
    ),
)
def by_lot() -> float:
    """By how much did care raise the share who came back, of those who could get it?"""
    table = cared_for()
    recent = table[table["recent"]]
    came = recent["came_back"].groupby(recent["lot"]).mean()
    return float(came[True] - came[False])


@question(
    "17-five-processes/q4",
    hints=(
        "A standard is set beforehand. Which one was set before the first quarter?",
        "Count the quarters with a score of 4.0 or more.",
    ),
)
def quarters_met() -> int:
    """In how many quarters was the standard of the start met?"""
    return int((SCORES["score"] >= SCORES["standard"].iloc[0]).sum())


@question(
    "17-five-processes/q5",
    points=3,
    hints=(
        "What the pilot promises grows with the number of segments. What comes does not.",
        "by_granularity of the two old branches shows what came with each granularity.",
        "Take the granularity with the highest column 'estimated'.",
    ),
)
def how_finely() -> Regret:
    """By how many segments should the new branches decide about letters?"""
    return Regret.among(OPTIONS, segments_profit, PASS_EUR)

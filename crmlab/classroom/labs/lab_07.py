"""What is asked in notebook 07: a costing and a whale by hand, two mistakes, and a list.

In q3 the analyst counts a piece of service once for every line of its order; in q4 the analyst
judges a choice by the figures that it was made from. The list of q5 is judged by the margin
and the work of the year that followed, as they really were.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from crmlab.classroom import plain
from crmlab.classroom.questions import question
from crmlab.classroom.regret import Regret

if TYPE_CHECKING:
    from crmlab.experiments.self_service import Desk

MINUTES = pd.Series({"orders": 4.0, "lines": 1.5, "advice": 6.0})
"""Of the time equation in q1."""
TWO = pd.DataFrame(
    {"orders": [3, 3], "lines": [8, 4], "advice": [0, 6], "margin_eur": [24.0, 24.0]},
    index=pd.Index(["Ada", "Bo"], name="customer"),
)
"""What two customers made the firm do, and what they brought."""
MINUTE_EUR = 0.6
FIVE = (-30.0, 70.0, 20.0, 50.0, -10.0)
"""Profits of the five customers of q2, EUR."""
DESK_MINUTES = {"advice": 6.0, "telephone order": 8.0, "correction": 10.0}
SEED, HALF_A_YEAR = 61, 26
PASS_EUR = 250.0


@cache
def market() -> Desk:
    """The firm of q3 to q5."""
    from crmlab.experiments.self_service import Desk

    return Desk(seed=SEED)


def desk_cost(services: pd.DataFrame) -> float:
    """What the desk's work in these rows costs, one piece a row, EUR."""
    return float(services["kind"].astype(str).map(DESK_MINUTES).sum() * MINUTE_EUR)


def gains_by_half() -> tuple[pd.Series, pd.Series]:
    """What self-service would have brought of each customer in each half of the year, EUR."""
    desk = market()
    halves = ((0, HALF_A_YEAR), (HALF_A_YEAR, 2 * HALF_A_YEAR))
    first, second = (desk.figures_between(*half)["gain_eur"] for half in halves)
    return first, second


def list_profit(customers: set[Any]) -> float:
    """What sending these customers to self-service earns in the year to come, EUR."""
    gain = market().true_gain
    unknown = sorted(map(str, customers - set(gain.index)))
    if unknown:
        raise ValueError(
            f"{unknown[0]} is not one of desk.customers_now ({len(unknown):,} are not)."
        )
    return float(gain.loc[list(customers)].sum())


def best_known() -> float:
    """What the best choice of the notebook earns, that of the oracle included, EUR."""
    from crmlab.experiments.ways_to_choose import choices

    return max(list_profit(set(ids)) for ids in choices(market()).values())


@question(
    "07-costing/q1",
    points=2,
    hints=(
        "Minutes first: 4 an order, 1.5 a line, 6 a question. Then 0.60 EUR a minute.",
        "Ada: 3 x 4 + 8 x 1.5 = 24 minutes. Profit is the margin less their cost.",
    ),
)
def profit_of_two() -> dict[str, float]:
    """What do Ada and Bo earn the firm after the work for them, EUR?"""
    cost = (TWO[MINUTES.index] * MINUTES).sum(axis=1) * MINUTE_EUR
    return {str(who): float(eur) for who, eur in (TWO["margin_eur"] - cost).items()}


@question(
    "07-costing/q2",
    hints=(
        "Put them in a row, the most profitable first, and add up.",
        "70, 120, 140, ... The curve peaks where the next customer brings a loss.",
        "Divide by the final profit, 100.",
    ),
)
def whale_of_five() -> dict[str, float]:
    """What are peak and best fifth of the whale curve, as shares of the final profit?"""
    best_first = sorted(FIVE, reverse=True)
    total = sum(FIVE)
    return {
        "peak": sum(eur for eur in best_first if eur > 0) / total,
        "best fifth": best_first[0] / total,
    }


@question(
    "07-costing/q3",
    points=2,
    hints=(
        "How many rows has `services`, and how many has `joined`?",
        "An order of three lines meets each of its questions three times.",
        "Leave the lines out: map the kinds in `services` itself.",
    ),
)
def cost_of_the_desk() -> float:
    """What did the service desk's work cost in the first year, EUR?"""
    return desk_cost(market().records["services"])


@question(
    "07-costing/q4",
    points=2,
    hints=(
        "When was the list made, and from what? And what is it judged by?",
        "The list stays. Judge it by the other half of the year.",
        "second[first > 0].sum()",
    ),
)
def honest_gain() -> float:
    """What would the analyst's list have brought in the half year after it was made, EUR?"""
    first, second = gains_by_half()
    return float(second[first > 0].sum())


@question(
    "07-costing/q5",
    points=3,
    hints=(
        "A loss maker with small orders and no questions: what does self-service save there?",
        "Which figures does the firm hold of each customer? desk.figures has them.",
        "Send those with 0.7 x desk_eur above 0.15 x margin_eur.",
    ),
)
def whom() -> Regret:
    """Which customers of `desk.customers_now` should be sent to self-service?"""
    return Regret(best_known(), list_profit, PASS_EUR, plain.ids)

"""What is asked in notebook 15: gains and a list by hand, a mistake, and whom to protect.

In q3 the controller counts fixed cost as saved that stays when customers go. The choice of q4 is
judged by what protecting is expected to bring over fresh luck, as `strategy_gains` finds it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from crmlab.classroom import plain
from crmlab.classroom.questions import question
from crmlab.classroom.regret import Regret

if TYPE_CHECKING:
    import pandas as pd

MARGIN_RATE, ELSEWHERE_EUR, SALES_EUR, VALUE_EUR = 0.4, 20_000.0, 12_500.0, 30_000.0
RISK, RIVAL, RELATIONSHIP = 0.05, 5, 4
ANSWERS = {"A": "end", "B": "re-engineer", "C": "protect", "D": "enhance", "E": "harvest"}
CUSTOMERS, START, WEEKS, SEED, DRAWS = 80, 52, 130, 61, 4
COUNTS = (2, 4, 6, 8, 10, 12, 15, 20, 25, 30)
PASS_EUR = 20_000.0


@cache
def table() -> pd.DataFrame:
    """The portfolio table of q3 and q4, after a year."""
    import numpy as np

    from crmlab.market.run import simulate
    from crmlab.strategic.portfolio import portfolio

    run = simulate("b2b", CUSTOMERS, START, SEED)
    return portfolio(run.records, np.datetime64("2024-12-30"))


def shown_as_losses() -> pd.DataFrame:
    """The customers of q3 whom the controller wants to end."""
    found = table()
    return found[(found["status"] == "customer") & (found["full_profit_eur"] < 0)]


@cache
def protecting() -> pd.Series:
    """What protecting each account in the six quarters ahead is expected to bring, EUR."""
    from crmlab.experiments.portfolio_oracle import strategy_gains

    each = strategy_gains("b2b", CUSTOMERS, WEEKS, SEED, DRAWS, START)["protect"]
    true = each.groupby("customer_id").mean()
    return true[table().index[table()["status"] == "customer"]]


def protected(customers: set[Any]) -> float:
    """What protecting these customers is expected to earn in six quarters, cost paid, EUR."""
    true = protecting()
    unknown = sorted(map(str, customers - set(true.index)))
    if unknown:
        raise ValueError(f"{unknown[0]} is no customer now ({len(unknown):,} of your ids are not).")
    return float(true[list(customers)].sum())


def by_gain(count: int) -> pd.Index:
    """The customers with the highest expected gain of protecting, by the list's own sum."""
    from crmlab.strategic.portfolio import gains

    gain = gains(table())["protect"].reindex(protecting().index)
    return gain.sort_values(ascending=False, kind="stable").index[:count]


def best_known() -> float:
    """The best that the list's sum earns with any of `COUNTS`, EUR."""
    return max(protected(set(by_gain(count))) for count in COUNTS)


@question(
    "15-strategies/q1",
    points=2,
    hints=(
        "Protect: half the risk times the value, and 0.4 of the margin bought elsewhere for a "
        "rival with 7 points; this one has (5 - 1) / 6 of that pull.",
        "The margin that is to be had elsewhere is 0.4 x 20,000 EUR.",
        "Enhance: 0.4 x (4 - 1) / 6 of it. Harvest: 0.03 of the sales.",
    ),
)
def gains_by_hand() -> dict[str, float]:
    """What is each of three strategies expected to gain with this account, EUR before cost?"""
    elsewhere = ELSEWHERE_EUR * MARGIN_RATE
    return {
        "protect": 0.5 * RISK * VALUE_EUR + 0.4 * (RIVAL - 1) / 6 * elsewhere,
        "enhance": 0.4 * (RELATIONSHIP - 1) / 6 * elsewhere,
        "harvest": 0.03 * SALES_EUR,
    }


@question(
    "15-strategies/q2",
    points=2,
    hints=(
        "Go down the list for each account, and stop at the first yes.",
        "A loses 900 EUR and would save 525 EUR; B loses 400 EUR and would save 700 EUR.",
        "D: re-engineering would pay back in 1,200 / 210 quarters, which is more than four.",
    ),
)
def strategies_by_hand() -> set[str]:
    """Which strategy does the list choose for each of the five accounts?"""
    return {f"{account} {strategy}" for account, strategy in ANSWERS.items()}


@question(
    "15-strategies/q3",
    points=2,
    hints=(
        "Which costs are still there when these customers are gone?",
        "Margin goes, the cost of serving goes, fixed cost stays: look at profit_eur.",
        "-losers['profit_eur'].sum()",
    ),
)
def saved_by_ending() -> float:
    """By how much does profit change a quarter if the controller's customers go, EUR?"""
    return float(-shown_as_losses()["profit_eur"].sum())


@question(
    "15-strategies/q4",
    points=3,
    hints=(
        "Who leaves is not who is worth keeping: what is at stake counts as well.",
        "cpm.gains(table)['protect'] is the list's own sum; six quarters cost 9,000 EUR each.",
        "Sort by it, and stop where a quarter's gain no longer pays for a quarter.",
    ),
)
def whom() -> Regret:
    """Which customers should be protected in all six quarters?"""
    return Regret(best_known(), protected, PASS_EUR, plain.ids)

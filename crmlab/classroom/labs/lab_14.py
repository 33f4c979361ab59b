"""What is asked in notebook 14: two numbers by hand, two mistakes, and ten accounts to guard.

In q3 the analyst grades a portfolio by the quarters that made it; in q4 fixed cost is saved that
will not go away. The list of q5 is judged by the same years without it, over several draws of luck.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from crmlab.classroom import plain
from crmlab.classroom.questions import question
from crmlab.classroom.regret import Regret

if TYPE_CHECKING:
    from crmlab.experiments.significance import Firm

CUSTOMERS, SINCE, AHEAD, SEED = 120, 52, 52, 71
GUARDED, DRAWS, PASS_EUR = 10, 3, 30_000.0
MADE, WEEKS, PORTFOLIO_SEED, KEEP = 104, 208, 61, 0.95
SALES, PRODUCT_COST, FIXED = 20_000.0, 14_000.0, 2_500.0
WORK = pd.DataFrame(
    {"number": [8, 20, 6, 3], "eur": [60.0, 120.0, 150.0, 250.0]},
    index=pd.Index(["delivery", "service call", "rush delivery", "sales visit"], name="activity"),
)
"""A quarter of one account: its sales, what the goods cost, its work, its part of fixed cost."""
OWN, FOLLOWERS, EACH, STAYS, STAYS_WITHOUT = 6_000.0, 5, 12_000.0, 0.92, 0.78


@cache
def firm() -> Firm:
    """The firm of q3 to q5."""
    from crmlab.experiments.significance import Firm

    return Firm("b2b", CUSTOMERS, SINCE, AHEAD, SEED)


@cache
def portfolios() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The segments of q3 with their shares, and what came of the portfolios afterwards."""
    from crmlab.experiments.portfolio_models import varying_portfolio
    from crmlab.market.run import simulate
    from crmlab.strategic.portfolio.tarasi import Tarasi

    run = simulate("b2b", CUSTOMERS, WEEKS, PORTFOLIO_SEED)
    return varying_portfolio(run, MADE, Tarasi(keep=KEEP))


def steadier(table: pd.DataFrame) -> float:
    """Share by which the efficient portfolio varies less than the one there is."""
    return float(1 - table["variability"]["efficient"] / table["variability"]["as it is"])


def list_worth(accounts: set[Any]) -> float:
    """What the firm would lose without these accounts, EUR."""
    if len(accounts) > GUARDED:
        raise ValueError(f"{GUARDED} accounts can be guarded, got {len(accounts)}.")
    return float(firm().loss(sorted(accounts), DRAWS).sum())


def value_and_inspirations(number: int) -> list[int]:
    """The best by lifetime value, the last ``number`` of them replaced by flagged inspirations."""
    from crmlab.strategic.portfolio.significance import INSPIRATION, guard_first, significant

    flags = significant(firm().table)[INSPIRATION]
    ideas = firm().table.loc[flags, "adopted"].sort_values(ascending=False, kind="stable")
    chosen = [int(i) for i in ideas.index[:number]]
    by_value = guard_first(firm().table, "lifetime value", GUARDED + number)
    return chosen + [int(i) for i in by_value if i not in chosen][: GUARDED - len(chosen)]


def best_known_worth() -> float:
    """The most that any mix of value and inspirations is worth, EUR."""
    return max(list_worth(set(value_and_inspirations(number))) for number in range(4))


@question(
    "14-portfolio/q1",
    points=2,
    hints=(
        "Price the work: number times EUR, and add up.",
        "Contribution: sales less product cost less work. Full profit: less fixed cost as well.",
        "Fixed cost is paid whoever is there. So what does the firm lose with the account?",
    ),
)
def one_account() -> dict[str, float]:
    """What are an account's contribution, its full profit, and the firm's loss without it?"""
    work = float((WORK["number"] * WORK["eur"]).sum())
    contribution = SALES - PRODUCT_COST - work
    return {
        "contribution": contribution,
        "full profit": contribution - FIXED,
        "lost without it": contribution,
    }


@question(
    "14-portfolio/q2",
    hints=(
        "How much less likely does each follower stay if the benchmark buys elsewhere?",
        "5 followers x 12,000 EUR x (0.92 - 0.78) is what others lose.",
        "Add what the account contributes itself.",
    ),
)
def a_benchmark() -> float:
    """How significant is a benchmark, EUR a year, its own contribution included?"""
    return OWN + FOLLOWERS * EACH * (STAYS - STAYS_WITHOUT)


@question(
    "14-portfolio/q3",
    points=2,
    tolerance=0.03,
    absolute=0.003,
    hints=(
        "Which quarters chose the shares, and which quarters graded them?",
        "cpm.cash_flows(run.records, groups, end, 8) has the eight quarters after.",
        "Grade table[list(cpm.CHOICES)] with risk_and_return on those. It can be negative.",
    ),
)
def less_variable_afterwards() -> float:
    """By what share does the efficient portfolio vary less in the two years after?"""
    return steadier(portfolios()[1])


@question(
    "14-portfolio/q4",
    points=2,
    hints=(
        "Who pays the fixed cost of the accounts that are ended? It does not go away.",
        "profit_eur is before fixed cost. Add it up over the accounts on the list.",
        "Minus the sum of profit_eur over the accounts whose full_profit_eur is below 0.",
    ),
)
def gain_by_ending() -> float:
    """By how much does ending all accounts in the red change the profit, EUR a quarter?"""
    table = firm().table
    red = table[(table["status"] == "customer") & (table["full_profit_eur"] < 0)]
    return float(-red["profit_eur"].sum())


@question(
    "14-portfolio/q5",
    points=3,
    hints=(
        "firm.loss(ids) tells what is lost without some accounts, own and others' part.",
        "guard_first(firm.table, rule, 10) has the list of each rule. Try each.",
        "Start from the list by lifetime value: the largest make goods cheaper for all, too.",
    ),
)
def whom_to_guard() -> Regret:
    """Which ten customers should the firm guard before all others?"""
    return Regret(best_known_worth(), list_worth, PASS_EUR, plain.ids)

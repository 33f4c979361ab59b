"""What is asked in notebook 00: who are this firm's customers, and what should it do?"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from crmlab.classroom.questions import question
from crmlab.classroom.regret import Regret

if TYPE_CHECKING:
    from crmlab.market.run import Run

BEST_SHARE = 0.1
PASS_EUR = 50.0


@cache
def firm() -> Run:
    """The firm of this notebook: 1,000 customers, 52 weeks, nothing done."""
    from crmlab.market.run import simulate

    return simulate("retail", customers=1_000, weeks=52, seed=7)


@question(
    "00-start/q1",
    hints=(
        "Count the orders of each customer first: orders.groupby('customer_id').size().",
        "How many of these counts are 1? Divide by the number of customers, not of orders.",
    ),
)
def ordered_once() -> float:
    """Which share of the firm's customers ordered only once in the 52 weeks?"""
    records = firm().records
    orders = records.orders.groupby("customer_id").size()
    return float((orders == 1).sum() / len(records.customers))


@question(
    "00-start/q2",
    hints=(
        "Add up value_eur by customer and sort from the best downwards.",
        "A tenth of the customers are 100 customers: the sum of the first 100 over the sum of all.",
    ),
)
def best_tenth() -> float:
    """Which share of all revenue comes from the best tenth of the customers?"""
    records = firm().records
    revenue = records.orders.groupby("customer_id")["value_eur"].sum()
    best = round(BEST_SHARE * len(records.customers))
    return float(revenue.nlargest(best).sum() / revenue.sum())


def plans() -> dict[str, object]:
    """What the firm could do in the year: a policy by its name."""
    from crmlab import policies
    from crmlab.policy import Actions, View

    def letters(view: View) -> Actions | None:
        everybody = view.column("profiles", "customer_id")
        return Actions(everybody, channel="post") if view.week % 13 == 0 else None

    return {
        "nothing": None,
        "newsletter every week": policies.newsletter(1),
        "newsletter every 2 weeks": policies.newsletter(2),
        "newsletter every 8 weeks": policies.newsletter(8),
        "letter every quarter": letters,
    }


def profit_of(plan: str) -> float:
    """What the firm earns in the year with a plan, EUR."""
    from crmlab.market.run import simulate

    return simulate("retail", customers=1_000, weeks=52, seed=7, policy=plans()[plan]).profit


@question(
    "00-start/q3",
    points=2,
    hints=(
        "simulate(..., policy=...).profit for each plan: same seed, same customers, same luck.",
        "A letter reaches everybody and costs more than a hundred e-mails.",
    ),
)
def which_plan() -> Regret:
    """Which plan should the firm choose (its name)?"""
    return Regret.among(tuple(plans()), profit_of, PASS_EUR)

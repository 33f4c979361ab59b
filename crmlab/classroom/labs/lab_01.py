"""What is asked in notebook 01: the market's rule by hand, somebody's mistake, and a decision.

The rule: while a customer is there, orders come at a constant rate; leaving comes at another.
Expected orders in ``t`` weeks are then ``order_rate * (1 - exp(-dropout_rate * t)) /
dropout_rate``: the Pareto/NBD of Schmittlein, Morrison and Colombo (1987) for one customer
whose rates are known.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from crmlab.classroom.questions import question
from crmlab.classroom.regret import Regret

if TYPE_CHECKING:
    from crmlab.market.run import Run
    from crmlab.policy import Actions, View

ORDER_RATE, DROPOUT_RATE, WEEKS = 0.1, 0.02, 52
EVERY_WEEKS = range(9)
PASS_EUR = 100.0


@cache
def firm() -> Run:
    """The firm of q2, the same as in notebook 00."""
    from crmlab.classroom.labs import lab_00

    return lab_00.firm()


def newsletter(every_weeks: int) -> Callable[[View], Actions | None]:
    """A newsletter every so many weeks to those who agreed to it; 0 is never."""
    import numpy as np

    from crmlab.policy import Actions

    def policy(view: View) -> Actions | None:
        if every_weeks == 0 or view.week % every_weeks:
            return None
        agreed = np.isin(view.column("profiles", "consent"), ["opt-in", "double opt-in"])
        return Actions(view.column("profiles", "customer_id")[agreed], kind="newsletter")

    return policy


def newsletter_profit(every_weeks: int) -> float:
    """What the firm of q3 earns in 26 weeks with a newsletter every so many weeks, EUR."""
    from crmlab.market.run import simulate

    policy = newsletter(every_weeks)
    return simulate("retail", customers=500, weeks=26, seed=11, policy=policy).profit


@question(
    "01-market/q1",
    hints=(
        "If nobody ever left, it would be rate times weeks. The customer is there for less.",
        "Still there at week t with probability exp(-0.02 t): integrate that from 0 to 52.",
        "0.1 * (1 - exp(-0.02 * 52)) / 0.02",
    ),
)
def further_orders() -> float:
    """How many further orders in 52 weeks do you expect at 0.1 orders and 0.02 exits a week?"""
    return ORDER_RATE * (1 - math.exp(-DROPOUT_RATE * WEEKS)) / DROPOUT_RATE


@question(
    "01-market/q2",
    points=2,
    tolerance=0.005,
    hints=(
        "The analyst averaged each customer's mean. Whose orders count for too much then?",
        "One row of orders is one order: what is the mean over rows?",
    ),
)
def mean_order_value() -> float:
    """An analyst averaged the customers' mean order values. What is the mean value of an order?"""
    return float(firm().records.orders["value_eur"].mean())


@question(
    "01-market/q3",
    points=3,
    hints=(
        "Try a few: simulate(..., policy=newsletter(n)).profit. Is more always better?",
        "Every mail costs, and tires: look between never and every week.",
    ),
)
def how_often() -> Regret:
    """Every how many weeks (0 to 8, 0 is never) should the newsletter go to those who agreed?"""
    return Regret.among(EVERY_WEEKS, newsletter_profit, PASS_EUR)

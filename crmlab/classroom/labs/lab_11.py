"""What is asked in notebook 11: a question's worth, shares by hand, a false return, four fees.

In q3 the analyst takes the opening equity as it was estimated when next to nothing was known: what
the model has learnt since passes for a return. The steps of q4 are judged in other worlds than the
notebook's, less what their software costs.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from crmlab.classroom import plain
from crmlab.classroom.plain import Unreadable
from crmlab.classroom.questions import question
from crmlab.classroom.regret import Regret

if TYPE_CHECKING:
    from crmlab.market.run import Run

ANSWER_RATE, QUESTION_EUR = 0.25, 0.03
WORTH_EUR = {"regular": 6.0, "newcomer": 2.0, "sleeper": 0.1}
"""What full relevance of all contacts to come would bring, by customer."""
NOW = {"regular": 0.90, "newcomer": 0.50, "sleeper": 0.40}
"""Relevance of the best that can be shown, as things stand."""
AFTER = {"regular": 0.91, "newcomer": 0.70, "sleeper": 0.65}
"""The same after an answer, mean over the possible answers."""
EARNED = {
    (): 0.0, ("D",): 1.2, ("C",): 0.6, ("T",): -0.1,
    ("D", "C"): 4.2, ("D", "T"): 1.1, ("C", "T"): 0.8, ("D", "C", "T"): 4.5,
}  # fmt: skip
"""What each version of q2 earns, EUR per customer."""
CUSTOMERS, SEED = 1_000, 61
FEES_EUR = {"identify": 250.0, "differentiate": 400.0, "interact": 150.0, "customise": 500.0}
"""What the software of each step costs in a year, for 1,000 customers."""
WORLDS = 3
PASS_EUR = 150.0


@cache
def year() -> Run:
    """The firm of q3 after its year, with all four steps."""
    from crmlab.experiments.idic_trials import BUDGET_EUR, WEEKS, market, version
    from crmlab.market.run import simulate
    from crmlab.strategic.idic import STEPS

    return simulate(market(), CUSTOMERS, WEEKS, SEED, version(*STEPS), BUDGET_EUR * CUSTOMERS)


def earned_less_fees(steps: set[str]) -> float:
    """What a firm of 1,000 customers earns in a year with these steps, less their fees, EUR."""
    from crmlab.experiments.compare import world_seeds
    from crmlab.experiments.idic_trials import market, profit, version

    policy = version(*sorted(steps))
    each = [profit(market(), CUSTOMERS, s, policy) for s in world_seeds(SEED, WORLDS)]
    return CUSTOMERS * sum(each) / WORLDS - sum(FEES_EUR[step] for step in steps)


@cache
def best_known() -> float:
    """The best that any of a few sensible versions earns, less its fees, EUR."""
    options = (
        ("differentiate", "customise"),
        ("identify", "differentiate", "customise"),
        tuple(FEES_EUR),
    )
    return max(earned_less_fees(set(steps)) for steps in options)


def steps_named(answer: object) -> set[str]:
    """The steps of an answer, which may name none."""
    named = {plain.word(str(step)) for step in plain.ids(answer)}
    unknown = sorted(named - set(FEES_EUR))
    if unknown:
        raise Unreadable("wrong", f"{unknown[0]!r} is no step; there are {', '.join(FEES_EUR)}.")
    return named


@question(
    "11-idic/q1",
    points=2,
    hints=(
        "What does the answer change? The relevance, from `now` to `after`, but only if it comes.",
        "answer rate x worth x (after - now) - price, for each customer.",
        "The regular: 0.25 x 6.00 x (0.91 - 0.90) - 0.03.",
    ),
)
def worth_of_a_question() -> dict[str, float]:
    """What is one question to each of the three customers worth, EUR?"""
    return {
        who: ANSWER_RATE * WORTH_EUR[who] * (AFTER[who] - NOW[who]) - QUESTION_EUR for who in NOW
    }


@question(
    "11-idic/q2",
    points=2,
    hints=(
        "In how many orders can three steps be introduced? Six. What does each step add in each?",
        "A step is first in 2 of 6 orders, last in 2, and in the middle once after each other one.",
        "D: (2 x 1.2 + (4.2 - 0.6) + (1.1 + 0.1) + 2 x (4.5 - 0.8)) / 6.",
    ),
)
def shares_by_hand() -> dict[str, float]:
    """What does each of the three steps earn by Shapley's rule, EUR per customer?"""
    from crmlab.experiments.factorial import shapley_weights

    order = [(), ("D",), ("C",), ("T",), ("D", "C"), ("D", "T"), ("C", "T"), ("D", "C", "T")]
    values = [EARNED[steps] for steps in order]
    return dict(zip("DCT", map(float, shapley_weights(3) @ values), strict=True))


@question(
    "11-idic/q3",
    points=2,
    hints=(
        "Which of the three numbers of the return can have changed without any customer changing?",
        "The opening equity was estimated from a few weeks of orders. What is it with hindsight?",
        "customer_equity(records, 12, seen_from=64) is the opening equity restated.",
    ),
)
def restated_return() -> float:
    """What is the Return on Customer with a restated opening, in percent?"""
    from crmlab.experiments.idic_trials import PLAN, WEEKS, cash_flow
    from crmlab.strategic.return_on_customer import return_on_customer

    since = PLAN.begins_week
    cash = cash_flow(year(), since, WEEKS)
    return 100 * return_on_customer(year().records, since, WEEKS, cash, WEEKS).rate


@question(
    "11-idic/q4",
    points=3,
    hints=(
        "What does each step add to the others in the notebook, times 1,000 customers, less fee?",
        "trials.profit(market, customers, seed, trials.version(...)) earns EUR per customer; try "
        "a few versions in a few worlds, and mind the fees.",
        "Two of the steps earn far more together than apart. Do the other two earn their fees?",
    ),
)
def which_steps() -> Regret:
    """Which steps should the firm buy?"""
    return Regret(best_known(), earned_less_fees, PASS_EUR, steps_named)

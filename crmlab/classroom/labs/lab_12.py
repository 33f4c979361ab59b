"""What is asked in notebook 12: two values by hand, two mistakes, and the split of a budget.

In q3 the analyst takes for the work of a programme what is only the age of the customers; in q4 the
analyst values pools by those of their customers who are still there. The split of q5 is judged by
letting the months pass under it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from crmlab.classroom import plain
from crmlab.classroom.questions import question
from crmlab.classroom.regret import Regret

if TYPE_CHECKING:
    from crmlab.experiments.lifecycle_allocation import Budget
    from crmlab.market.run import Run
    from crmlab.market.scenario import Scenario

CHANCES, MARGIN_EUR, CONTACT_EUR, DISCOUNT = (0.5, 0.25), 40.0, 4.0, 0.25
"""Chance of buying after 0 and 1 silent periods; who is silent for two is gone."""
NOW, CEILING, WORTH_EUR = (5.0, 0.20), 0.40, 30.0
"""A manager's answers: EUR a prospect and the share won; the most that could be won; EUR that a
customer is worth."""
CUSTOMERS, WEEKS, SEED = 3_000, 52, 121
CHANNEL_DROPOUT = (1.0, 3.0, 0.5, 3.0)
PILOT_WEEK, PILOT = 40, 2_000
PROGRAMME_WEEK, RENEWAL = 26, 5
SHARES = tuple(i / 20 for i in range(10, 20))
PASS_EUR = 1_000.0


@cache
def subscribers() -> Run:
    """The firm of q3."""
    from crmlab.market.run import simulate

    return simulate("subscription", CUSTOMERS, WEEKS, SEED)


@cache
def due() -> pd.DataFrame:
    """Every renewal that fell due in the first year of q3."""
    from crmlab.strategic.lifecycle import renewals

    return renewals(subscribers().records["orders"], WEEKS)


def pool_market() -> Scenario:
    """The market of q4: who is cheap to win does not stay."""
    from crmlab.market.packs import scenario

    return scenario("subscription").replace(channel_dropout=CHANNEL_DROPOUT)


@cache
def first_year() -> Run:
    """The firm of q4: a year with a pilot in three pools."""
    from crmlab.market.run import simulate
    from crmlab.strategic.lifecycle import select_pool

    policy = select_pool("worth", 1.0, pilot_week=PILOT_WEEK, pilot=PILOT)
    return simulate(pool_market(), CUSTOMERS, WEEKS, SEED, policy)


@cache
def pools() -> pd.DataFrame:
    """What the firm of q4 knows of its pools after the pilot."""
    from crmlab.strategic.lifecycle import pool_table

    r = first_year().records
    return pool_table(r["customers"], r["orders"], r["pools"], PILOT_WEEK, PILOT)


def margin_by_survivors() -> pd.Series:
    """The analyst's worth of a customer by channel: of those still there at the end, EUR."""
    r = first_year().records
    last = r["orders"].groupby("customer_id")["ordered_at"].max()
    margin = r["orders"].groupby("customer_id")["margin_eur"].sum()
    came = r["customers"]
    early = came["registered_at"] < r.as_of(PILOT_WEEK).now
    here = came["customer_id"].map(last) >= r.as_of(WEEKS - 4).now
    rows = came[early & here]
    return rows["customer_id"].map(margin).groupby(rows["channel"].astype(str)).mean()


def budget() -> Budget:
    """The budget of q5."""
    from crmlab.experiments.lifecycle_allocation import Budget

    return Budget(weeks=78)


@cache
def split_profit(share: float) -> float:
    """What the months of q5 bring when this share of the budget goes into winning, EUR."""
    from crmlab.market.packs import scenario

    return budget().profit(scenario("subscription"), share, SEED)


def share_of(answer: Any) -> float:
    """A share in [0, 1], in steps of a hundredth."""
    share = plain.number(answer)
    if not 0 <= share <= 1:
        raise plain.Unreadable(
            "wrong", f"The share must lie between 0 and 1, got {share:g}. Is this a percentage?"
        )
    return round(share, 2)


@question(
    "12-lifecycle/q1",
    points=2,
    hints=(
        "Write one equation for each state: what it brings now, and what it is worth one period "
        "later, discounted. Who is gone is worth 0.",
        "bought = 40 - 4 + (0.5 bought + 0.5 silent) / 1.25 and silent = -4 + 0.25 bought / 1.25.",
        "Put the second into the first: 0.6 bought = 36 + 0.4 silent, and silent = 0.2 bought - 4.",
    ),
)
def value_of_states() -> dict[str, float]:
    """What is a customer worth who has just bought, and one who has been silent for a period?"""
    from crmlab.strategic.lifecycle import RecencyChain

    value = RecencyChain(CHANCES, MARGIN_EUR, CONTACT_EUR).values(DISCOUNT)
    return {"bought": float(value["bought"]), "silent": float(value["silent 1"])}


@question(
    "12-lifecycle/q2",
    points=2,
    hints=(
        "At 5 EUR half of the ceiling is reached. So exp(-5 k) is one half: k = ln 2 / 5.",
        "At the best amount the next EUR wins customers worth just 1 EUR: slope x 30 = 1.",
        "0.4 k exp(-k A) 30 = 1, so A = ln(0.4 x 30 k) / k.",
    ),
    tolerance=0.01,
)
def best_amount() -> float:
    """How much should be spent on each prospect, EUR?"""
    from math import log

    from crmlab.strategic.lifecycle import ResponseCurve

    curve = ResponseCurve.from_judgement(*NOW, ceiling=CEILING)
    return log(CEILING * curve.pull * WORTH_EUR) / curve.pull


@question(
    "12-lifecycle/q3",
    points=2,
    hints=(
        "Who is left to renew in the second half of the year? Were they the same in the first?",
        "Compare renewals of the same number: the fifth, before week 26 and from week 26 on.",
        'fifth = due[due["renewal"] == 5], then the mean of "made" in either half; times 100.',
    ),
    absolute=0.02,
)
def programme_effect() -> float:
    """By how many points did the fifth renewal rise with the programme?"""
    fifth = due()[due()["renewal"] == RENEWAL]
    after = fifth["due_at"] >= subscribers().records.as_of(PROGRAMME_WEEK).now
    return 100.0 * float(fifth.loc[after, "made"].mean() - fifth.loc[~after, "made"].mean())


@question(
    "12-lifecycle/q4",
    points=2,
    hints=(
        "Whom does the analyst leave out? Those who came through a channel and have left.",
        "The mean over all customers who came through a channel, also those who left early.",
        "Margin of all, by channel, divided by the price of a customer from that pool.",
    ),
)
def margin_for_a_euro() -> dict[str, float]:
    """How much margin does one EUR bring from search, and from social media?"""
    table = pools().set_index("channel")["worth_per_eur"]
    return {name: float(table[name]) for name in ("search", "social")}


@question(
    "12-lifecycle/q5",
    points=3,
    hints=(
        "Reaching 200 prospects costs 480 EUR a month: a share below 0.3 leaves some unseen.",
        "Money on a prospect wins less and less; so does care. Where does the next EUR do more?",
        "Try a few shares: budget.profit(scenario, share, seed) with another seed than the exam's.",
    ),
)
def split() -> Regret:
    """Which share of the monthly budget should go into winning?"""
    return Regret(max(map(split_profit, SHARES)), split_profit, PASS_EUR, share_of)

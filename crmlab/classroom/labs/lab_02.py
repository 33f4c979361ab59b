"""What is asked in notebook 02: list decay, the price of a yes, two mistakes, and a decision.

Addresses that die at a yearly share *d* leave (1 - d)^(n / 52) after *n* weeks. The price of an
*additional* yes is what the incentive costs over what it adds (Godin 1999 has the incentive,
MediaPost 2008 the decay; the arithmetic is the lab's).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab.analytical.permission import AGREED
from crmlab.classroom.questions import question
from crmlab.classroom.regret import Regret

if TYPE_CHECKING:
    from crmlab.market.run import Run

MEMBERS, DYING_A_YEAR, LEAVING_A_WEEK, WEEKS = 1_000, 0.25, 0.005, 26
ASKED, INCENTIVE_EUR, YES_FREE, YES_PAID = 400, 1.0, 0.15, 0.20
FREQUENCIES, INCENTIVES_EUR = (1, 2, 4, 8), (0, 1, 2)
PASS_EUR = 100.0


@cache
def mailed_to_all() -> Run:
    """The firm of q3: it writes to everybody, every week, where that is lawful."""
    from crmlab.market.packs import scenario
    from crmlab.market.run import simulate
    from crmlab.policies import interruption

    market = scenario("retail").replace(consent_law="opt-out")
    return simulate(market, customers=1_000, weeks=52, seed=5, policy=interruption(1))


@cache
def tested(every_weeks: int) -> Run:
    """One arm of the test of q4: the same customers under one frequency."""
    from crmlab.market.run import simulate
    from crmlab.policies import newsletter

    return simulate("retail", customers=1_000, weeks=104, seed=21, policy=newsletter(every_weeks))


def mean_margin(run: Run, customers: pd.Series) -> float:
    """Mean gross margin of these customers over the run, EUR, before returns.

    Whoever ordered nothing counts as zero.
    """
    orders = run.records.orders
    chosen = orders["customer_id"].isin(customers)
    return float(orders.loc[chosen, "margin_eur"].sum() / len(customers))


def plan_profit(plan: str) -> float:
    """What the firm of q5 earns in 104 weeks with a plan such as "2 weeks, 0 EUR"."""
    from crmlab.market.packs import scenario
    from crmlab.market.run import simulate
    from crmlab.policies import permission

    every, eur = plan.removesuffix(" EUR").split(" weeks, ")
    market = scenario("retail").replace(tolerance_median=0.35, address_decay_per_year=0.3)
    policy = permission(int(every), incentive_eur=float(eur), sunset_weeks=26)
    return simulate(market, customers=1_000, weeks=104, seed=5, policy=policy).profit


@question(
    "02-permission/q1",
    tolerance=0.005,
    hints=(
        "A member is reachable if the address lives and the member has not left: two shares.",
        "26 weeks are half a year: 0.75 ** (26 / 52). Who stays: 0.995 ** 26.",
        "Multiply the two shares with 1,000.",
    ),
)
def reachable() -> float:
    """How many of 1,000 list members can still be reached after 26 weeks, if nobody joins?"""
    return float(MEMBERS * (1 - DYING_A_YEAR) ** (WEEKS / 52) * (1 - LEAVING_A_WEEK) ** WEEKS)


@question(
    "02-permission/q2",
    hints=(
        "How many say yes for nothing, and how many for 1 EUR? Who gets the euro?",
        "80 say yes and are paid; 60 of them would have agreed for nothing.",
    ),
)
def price_of_a_yes() -> float:
    """What does one additional yes cost, EUR, if all who agree are paid?"""
    paid, free = ASKED * YES_PAID, ASKED * YES_FREE
    return INCENTIVE_EUR * paid / (paid - free)


@question(
    "02-permission/q3",
    points=2,
    hints=(
        "Somebody who agreed in March and withdrew in July: was the e-mail of May allowed?",
        "For each e-mail take the last entry of the consent log before it was sent.",
        "pd.merge_asof(messages.sort_values('sent_at'), consents.sort_values('at'), "
        "left_on='sent_at', right_on='at', by='customer_id')",
    ),
)
def not_provable() -> int:
    """For how many e-mails had their customer not agreed by the time they were sent?"""
    records = mailed_to_all().records
    joined = pd.merge_asof(
        records.messages[["sent_at", "customer_id"]].sort_values("sent_at"),
        records.consents[["at", "customer_id", "status"]].sort_values("at"),
        left_on="sent_at",
        right_on="at",
        by="customer_id",
    )
    return int(np.sum(~joined["status"].isin(AGREED)))


@question(
    "02-permission/q4",
    points=2,
    tolerance=0.02,
    hints=(
        "Who is still on the list after two years of weekly mail? Not the same people as after "
        "two years of fortnightly mail.",
        "Compare the same people: all who were on the list at the beginning, that is, whose entry "
        "in consents has the origin 'registration'.",
        "Add up their margin under each frequency, divide both by their number, and subtract.",
    ),
)
def weekly_against_fortnightly() -> float:
    """How much more margin does weekly bring than fortnightly, EUR per member at the start?"""
    margins = []
    for every in (1, 2):
        log = tested(every).records.consents
        start = log.loc[log["origin"] == "registration", "customer_id"]
        margins.append(mean_margin(tested(every), start))
    return margins[0] - margins[1]


@question(
    "02-permission/q5",
    points=3,
    hints=(
        "A 13-week test on these customers prefers weekly. Do not stop there: try 104 weeks.",
        "These customers tolerate half as much mail as those of the notebook: rather seldom.",
        "What did one additional yes cost in question 2, and does a customer earn that back?",
    ),
)
def plan() -> Regret:
    """Which plan, such as '2 weeks, 0 EUR', should the firm follow for 104 weeks?"""
    plans = [f"{every} weeks, {eur} EUR" for every in FREQUENCIES for eur in INCENTIVES_EUR]
    return Regret.among(plans, plan_profit, PASS_EUR)

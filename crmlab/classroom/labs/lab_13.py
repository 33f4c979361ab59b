"""What is asked in notebook 13: four firms, two numbers by hand, a mistake, and whose profiles.

In q4 the analyst compares customers who answered with customers who did not. The market of q4 has
a rival whom teaching does not keep off at all, so that whatever is found there is due to who the
answerers are. A lot decides who is asked, and tells it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab.classroom.questions import question
from crmlab.classroom.regret import Regret

if TYPE_CHECKING:
    from crmlab.experiments.one_to_one_lives import Firm

FIRMS = {
    "A": "adaptive",
    "B": "cosmetic",
    "C": "collaborative",
    "D": "transparent",
}
"""A: a lamp with knobs for light and mood. B: one soap, wrapped and labelled as each shop likes.
C: an optician who asks, sketches and grinds. D: a soap maker who refills by what was used up."""
MINUTES, MEMORY, TEACHING = 8.0, 0.5, 10.0
TAUGHT, HOLD, PULL = 3, 0.5, 4.0
CUSTOMERS, WEEKS, SEED = 6_000, 78, 61
UPKEEP_EUR, PASS_EUR = 2.0, 60.0
EDGES = (0, 3, 6, 12, 24)


@cache
def spent() -> pd.DataFrame:
    """The customer-weeks of q4 by what had been taught; half of the customers are asked."""
    from crmlab.experiments import handcuffs
    from crmlab.market.run import simulate
    from crmlab.strategic.one_to_one import AskNeeds, OneToOne

    market = handcuffs.rivalled().replace(teaching_hold=0.0)
    policy = OneToOne("ask every other customer", (AskNeeds(one_in=2),))
    return handcuffs.spent(simulate(market, CUSTOMERS, WEEKS, SEED, policy), most=1)


def rarer(rates: pd.Series) -> float:
    """How much rarer leaving is in the second class than in the first."""
    return float(1 - rates.iloc[1] / rates.iloc[0])


def claimed() -> float:
    """What the analyst of q4 reports: by what was taught, among those who were asked."""
    from crmlab.strategic.switching import leaving_rates

    asked = spent()["customer_id"] % 2 == 0
    return rarer(leaving_rates(spent()[asked])["rate"])


@cache
def shops() -> tuple[Firm, ...]:
    """The shops of q5."""
    from crmlab.experiments.one_to_one_lives import firms

    return tuple(firms(worlds=3))


@cache
def profiles_profit(least: int) -> float:
    """What profiles of those who came back so often earn, EUR a firm."""
    from crmlab.experiments import one_to_one_lives

    return one_to_one_lives.profiles_profit(shops(), least, UPKEEP_EUR)


@question(
    "13-one-to-one/q1",
    points=2,
    hints=(
        "Two questions: is the product changed for the customer? Is its presentation?",
        "Who turns the lamp's knobs: the firm or the customer? Is anybody asked about the soap?",
        "A adaptive; D changes the product without a word; C changes both.",
    ),
)
def approaches() -> set[str]:
    """Which of the four approaches of Gilmore and Pine does each firm follow?"""
    return {f"{firm} {approach}" for firm, approach in FIRMS.items()}


@question(
    "13-one-to-one/q2",
    hints=(
        "Add up the minutes of each way: 8, 16, 24, ... and 10 + 8, 10 + 8 + 4, ...",
        "After the second order: 16 against 22. Go on.",
    ),
)
def orders_to_repay() -> int:
    """After how many configured orders has telling the firm saved the customer time?"""
    from crmlab.strategic.one_to_one import visits_to_repay

    return visits_to_repay(MINUTES, MEMORY, TEACHING)


@question(
    "13-one-to-one/q3",
    hints=(
        "At the discount sought, (1 + 3) ** -0.5 x exp(4 x discount) = 1.",
        "Take logarithms: 4 x discount = 0.5 x log(4).",
    ),
)
def rivals_discount() -> float:
    """Which discount makes a customer who taught three things as likely to leave as a stranger?"""
    return float(HOLD * np.log1p(TAUGHT) / PULL)


@question(
    "13-one-to-one/q4",
    points=2,
    absolute=0.002,
    hints=(
        "Would those who answer have left as fast as the others, had nobody asked them?",
        "Every other customer was asked. Compare *all* who were asked with all who were not.",
        "half = spent['customer_id'] % 2 == 0; leaving_rates of spent.assign(taught=half).",
    ),
)
def rarer_by_lot() -> float:
    """By how much did asking make leaving rarer, per customer-week?"""
    from crmlab.strategic.switching import leaving_rates

    half = (spent()["customer_id"] % 2 == 0).astype(int)
    return rarer(leaving_rates(spent().assign(taught=half))["rate"])


@question(
    "13-one-to-one/q5",
    points=3,
    hints=(
        "A profile of 2 EUR pays where personalisation gains more than 2 EUR a customer.",
        "one_to_one_lives.by_visits(shops) has the gain of each class of visits.",
        "Take the first class whose gain_eur is above 2.",
    ),
)
def whose_profiles() -> Regret:
    """From how many visits on should the shop keep a customer's profile?"""
    return Regret.among(EDGES, profiles_profit, PASS_EUR)

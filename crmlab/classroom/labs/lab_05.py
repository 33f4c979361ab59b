"""What is asked in notebook 05: a history by hand, silence by hand, two mistakes, and a gift.

The probability of being active is the BG/NBD's (Fader, Hardie and Lee 2005, Marketing Science
24(2), with the published CDNOW estimates). In q3 an analyst predicts the second year with orders of
the second year; in q4 another lets everybody go on at their own rate, the first order counted in.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from crmlab.classroom import plain
from crmlab.classroom.questions import question
from crmlab.classroom.regret import Regret

if TYPE_CHECKING:
    from crmlab.market.run import Run

HISTORY = pd.DataFrame(
    {
        "customer_id": "maya",
        "ordered_at": pd.to_datetime(
            ["2024-01-08 10:00", "2024-02-05 09:00", "2024-02-05 21:30", "2024-04-15 12:00"]
        ),
        "value_eur": [50.0, 20.0, 15.0, 25.0],
    }
)
"""The log of q1; it ends on 10 June."""
LOG_END = "2024-06-10"
CDNOW = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
PAIR = pd.DataFrame(
    {"frequency": [2, 10], "recency": [26.0, 26.0], "age": [52.0, 52.0]},
    index=["two", "ten"],
)
CUSTOMERS, YEAR, SHOP, TWIN = 2_000, 52, 40, 41
GIFT_EUR = 15.0
PASS_SHARE = 0.05  # of what the best known choice earns


@cache
def shop(seed: int = SHOP) -> Run:
    """A shop's two years; the firm does nothing."""
    from crmlab.market.run import simulate

    return simulate("retail", CUSTOMERS, 2 * YEAR, seed)


def known_until() -> pd.Timestamp:
    """The last day of the first year."""
    from crmlab.experiments.future_value import last_day

    return last_day(YEAR)


def second_year() -> pd.Series:
    """What each customer of q3 ordered in the second year, EUR; by customer_id."""
    from crmlab.analytical import rfm

    orders = shop().records.orders
    table = rfm(orders, known_until(), holdout=orders["ordered_at"].max())
    return table["holdout_frequency"] * table["holdout_value"]


@cache
def expected_margin() -> pd.Series:
    """What each customer of q5 is to bring in the second year, EUR, luck apart."""
    from crmlab.experiments.future_value import future_value

    return future_value(shop(TWIN), YEAR)["expected_eur"]


@cache
def forecast() -> pd.Series:
    """What the log of the first year says of that: Pareto/NBD, gamma-gamma and margin."""
    from crmlab.analytical.value_scores import value_scores

    records = shop(TWIN).records.as_of(YEAR)
    orders = records.orders
    margin = orders["margin_eur"].sum() / orders["value_eur"].sum()
    names = ("Pareto/NBD",)
    scores = value_scores(orders, known_until(), YEAR, margin_rate=margin, scores=names)
    return scores[names[0]]


def earned(chosen: Any) -> float:
    """What it is expected to earn to keep these customers, each for the price of the gift, EUR."""
    margin = expected_margin()
    strange = set(chosen) - set(margin.index)
    if strange:
        raise ValueError(f"{len(strange)} of the ids are no customers of this shop's first year.")
    return float(margin.loc[sorted(chosen)].sum() - GIFT_EUR * len(chosen))


@question(
    "05-lifetime/q1",
    points=2,
    tolerance=0.005,
    hints=(
        "Frequency counts repeat purchases: the first order does not count, and two orders on "
        "one day are one purchase.",
        "Recency is not the time since the last order. It runs from the first to the last.",
        "From 8 January to 15 April are 98 days; from 8 January to 10 June 154. In weeks?",
    ),
)
def history_by_hand() -> dict[str, float]:
    """What are frequency, recency and age (in weeks) of this customer on 10 June?"""
    from crmlab.analytical import rfm

    row = rfm(HISTORY, LOG_END).iloc[0]
    return {name: float(row[name]) for name in ("frequency", "recency", "age")}


@question(
    "05-lifetime/q2",
    points=2,
    tolerance=0.02,
    hints=(
        "P = 1 / (1 + a / (b + x - 1) * ((alpha + T) / (alpha + t)) ** (r + x)).",
        "The ratio (4.414 + 52) / (4.414 + 26) is the same for both, the power is not: 2.243 "
        "and 10.243.",
    ),
)
def silence_by_hand() -> dict[str, float]:
    """How probable is it that each of the two silent customers is still active?"""
    from crmlab.analytical import BGNBD

    alive = BGNBD().set_estimates(**CDNOW).probability_alive(PAIR)
    return {str(name): float(p) for name, p in alive.items()}


@question(
    "05-lifetime/q3",
    points=2,
    tolerance=0.01,
    hints=(
        "What had the firm known on 29 December 2024? Which orders does the ranking read?",
        "Rank by the revenue until 29 December 2024 only; then add up what the best 200 ordered "
        "after it.",
        "crmlab.analytical.validation.capture(first_year, second_year), both by the same index.",
    ),
)
def honest_capture() -> float:
    """Which share of the second year's revenue do the best 200 by first-year revenue bring?"""
    from crmlab.analytical.validation import capture
    from crmlab.analytical.value_scores import value_scores

    names = ("past revenue",)
    scores = value_scores(shop().records.orders, known_until(), YEAR, scores=names)
    return capture(scores[names[0]], second_year())


@question(
    "05-lifetime/q4",
    points=2,
    tolerance=0.01,
    hints=(
        "Two mistakes: the first order made somebody a customer, it is no repeat purchase; and "
        "not everybody is still there.",
        "Fit crmlab.analytical.ParetoNBD to rfm(orders, '2024-12-29').",
        "Add up model.expected_purchases(table, 52).",
    ),
)
def honest_sum() -> float:
    """How many purchases does a fitted Pareto/NBD expect of all customers in the second year?"""
    from crmlab.analytical import ParetoNBD, rfm

    table = rfm(shop().records.orders, known_until())
    return float(ParetoNBD().fit(table).expected_purchases(table, float(YEAR)).sum())


@question(
    "05-lifetime/q5",
    points=3,
    hints=(
        "Who is worth a gift of 15 EUR? Not the best tenth, not the best half: whoever brings "
        "more than 15 EUR.",
        "Purchases expected in 52 weeks, times the value of a purchase, times the margin rate.",
        "crmlab.analytical.value_scores.value_scores(orders, '2024-12-29', 52, margin_rate=...) "
        "has that product in its last column.",
    ),
)
def gifts() -> Regret:
    """Which customers should get the gift of 15 EUR (their customer_ids)?"""
    score = forecast()
    best = earned(score.index[score > GIFT_EUR])
    return Regret(best, earned, PASS_SHARE * best, read=plain.ids)

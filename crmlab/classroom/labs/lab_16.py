"""What is asked in notebook 16: two numbers by hand, two mistakes, and which element to raise."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from crmlab.classroom.questions import question
from crmlab.classroom.regret import Regret

if TYPE_CHECKING:
    from crmlab.records import Records

SHARES = MappingProxyType(
    {"portfolio": 0.8, "intimacy": 0.5, "network": 0.9, "proposition": 0.6, "lifecycle": 0.7}
)
"""What each stage of q1 passes on."""
REPORTED = MappingProxyType(
    {"portfolio": 0.9, "intimacy": 0.3, "network": 0.95, "proposition": 0.6, "lifecycle": 0.75}
)
"""The five stages of q3, whose mean is 0.7."""
BOOK = MappingProxyType(
    {
        "customer": tuple("ABCDEFGHIJ"),
        "believed_eur": (9.0, 8.0, 7.5, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0, 0.5),
        "true_eur": (7.0, 0.0, 8.0, 1.0, 7.5, 4.0, 3.5, 9.0, 1.0, 0.0),
    }
)
"""Ten customers of q2: margin a month, as believed and in truth."""
TOP = 4
FIRM, SEED, CUSTOMERS, POINTS, PASS_EUR = 3, 7, 1_200, 0.8, 150.0
OPTIONS = (
    "customer intimacy",
    "network development",
    "value proposition development",
    "leadership and culture",
    "data and information technology",
)
"""Elements that q5 chooses among."""


@cache
def shop() -> Records:
    """The records of q4: a web shop that has run the chain for a year."""
    from crmlab.market.run import simulate
    from crmlab.strategic.value_chain import ValueChain

    return simulate("retail", 1_000, 52, 16, ValueChain()).records


def first_answers(records: Records) -> pd.Series:
    """What each customer named first, by ``customer_id``; those who never answered are left out."""
    said = records.questions
    said = said[said["answer"] != "no answer"].sort_values("answered_at", kind="stable")
    return said.groupby("customer_id")["answer"].first().astype(object)


@cache
def earned(element: str) -> float:
    """What so many points of reality, in equal parts on an element's capabilities, earn, EUR."""
    from crmlab.experiments import value_chain_links as links

    market = links.uneven_firm(FIRM)
    names = links.ELEMENTS[element]
    better = links.raised_by(market, dict.fromkeys(names, POINTS / len(names)))
    now, then = (links.profit(m, SEED, customers=CUSTOMERS) for m in (market, better))
    return CUSTOMERS * (then - now)


@question(
    "16-value-chain/q1",
    absolute=0.0005,
    hints=(
        "The stages multiply: a chain passes on the product of its shares.",
        "Now: 0.8 x 0.5 x 0.9 x 0.6 x 0.7. Then the same with the weakest stage at 0.6.",
    ),
)
def gain_at_the_weakest() -> float:
    """How much more does the chain pass on if its weakest stage gains ten points?"""
    from crmlab.strategic.value_chain import gain_of_each, weakest

    return float(gain_of_each(SHARES, 0.1)[weakest(SHARES)])


@question(
    "16-value-chain/q2",
    hints=(
        "The top tier is A, B, C and D. Who are the four best in truth?",
        "In truth: H (9), C (8), E (7.5), A (7). Which of the top tier are not among them?",
    ),
)
def misclassified() -> float:
    """Which share of the top tier does not belong there?"""
    book = pd.DataFrame(dict(BOOK)).set_index("customer")
    top = set(book["believed_eur"].nlargest(TOP).index)
    return len(top - set(book["true_eur"].nlargest(TOP).index)) / TOP


@question(
    "16-value-chain/q3",
    points=2,
    absolute=0.05,
    hints=(
        "The consultant's mean gives every stage the same weight: a fifth of a point for a point.",
        "gain_of_each(shares, 0.05) takes the product; divide the best gain by the worst.",
    ),
)
def times_as_much() -> float:
    """How many times as much do five points bring at the best place as at the worst?"""
    from crmlab.strategic.value_chain import gain_of_each

    gains = gain_of_each(REPORTED, 0.05)
    return float(gains.max() / gains.min())


@question(
    "16-value-chain/q4",
    points=2,
    absolute=0.005,
    hints=(
        "A field that is filled need not be right. What did customers themselves say?",
        "For those who answered: is the first answer the category they bought most of?",
        "believed_needs.favourite(lines), reindexed to those who answered; compare, take the mean.",
    ),
)
def borne_out() -> float:
    """Of the customers who answered, for which share do orders name the category they named?"""
    from crmlab.strategic.believed_needs import favourite, lines_by_category

    held = shop()
    said = first_answers(held)
    liked = favourite(lines_by_category(held.order_lines, held.orders, held.products))
    return float((liked.reindex(said.index) == said).mean())


@question(
    "16-value-chain/q5",
    points=3,
    hints=(
        "Which is lowest is one thing; what it rests on another. Look at leadership.",
        "Under weakest link no capability is worth more than what it rests on "
        "(crmlab.market.ability.RESTS_ON).",
        "Partners, staff, processes and technology all rest on leadership, and the firm has none.",
    ),
)
def which_element() -> Regret:
    """Which element should the firm raise?"""
    return Regret.among(OPTIONS, earned, PASS_EUR)

"""What is asked in notebook 03: a hold-out by hand, last click, its mistake, and reminders.

The shop sends an e-mail four hours after a cart was left, and up to three reminders. In q3 an
analyst has joined every click with every order after it, so that an order after two clicks
counts twice; in q4 the mistake is the method's own.
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

TRIAL = pd.DataFrame(
    {"customers": [4_000, 1_000], "messages": [6_200, 0], "margin_eur": [30_800.0, 7_100.0]},
    index=pd.Index(["got e-mails", "held out"], name="group"),
)
"""Customers with a cart, by lot; margin of the two weeks after it."""
_DAYS = pd.to_datetime(["2024-05-01", "2024-05-03", "2024-05-09", "2024-05-12"])
MESSAGES = pd.DataFrame(
    {"message_id": [1, 2, 3, 4], "kind": ["newsletter", "triggered", "newsletter", "triggered"],
     "cell": 0}
)  # fmt: skip
CLICKS = pd.DataFrame({"message_id": [1, 2, 3, 4], "event": "click", "customer_id": 7, "at": _DAYS})
ORDERS = pd.DataFrame(
    {"order_id": [91, 92, 93, 94], "customer_id": 7,
     "ordered_at": pd.to_datetime(["2024-05-02", "2024-05-04", "2024-05-11", "2024-05-21"]),
     "value_eur": [40.0, 60.0, 30.0, 90.0], "margin_eur": [12.0, 18.0, 9.0, 27.0]}
)  # fmt: skip
CUSTOMERS, WEEKS, SHOP, TWIN = 10_000, 52, 33, 34
REMINDERS, DELAYS_HOURS = range(5), (1, 24, 72)
PASS_EUR = 300.0


@cache
def shop(reminders: int = -1, delay_hours: int = 4, seed: int = SHOP) -> Run:
    """A shop's year with an e-mail after each cart and so many reminders; -1 is no e-mail."""
    from crmlab import policies
    from crmlab.market.run import simulate

    rule = policies.cart_rule(max(reminders, 0), 60 * delay_hours)
    policy = policies.standing((rule,)) if reminders >= 0 else None
    return simulate("retail", CUSTOMERS, WEEKS, seed, policy)


@cache
def gain(reminders: int, delay_hours: int, seed: int = TWIN) -> float:
    """Profit of a shop with these e-mails less its profit without any, EUR."""
    return shop(reminders, delay_hours, seed).profit - shop(seed=seed).profit


def credited() -> pd.DataFrame:
    """The orders of q3 that last click credits."""
    from crmlab.analytical.attribution import last_click

    r = shop(3).records
    return last_click(r.orders, r.messages, r.responses, window_days=7)


@question(
    "03-respond/q1",
    hints=(
        "What would those who got e-mails have brought without them? The held out tell.",
        "There are four times as many of them: 4 times 7,100 EUR would have come anyway.",
        "What came beyond that, divided by the messages: (30,800 - 28,400) / 6,200.",
    ),
)
def margin_per_message() -> float:
    """How much margin did one message bring, EUR?"""
    got, out = TRIAL.loc["got e-mails"], TRIAL.loc["held out"]
    anyway = out["margin_eur"] / out["customers"] * got["customers"]
    return float((got["margin_eur"] - anyway) / got["messages"])


@question(
    "03-respond/q2",
    points=2,
    hints=(
        "Go from each order backwards: which click was the last one before it?",
        "Is that click at most seven days old? Otherwise nobody gets the credit.",
        "The order of 21 May comes nine days after the last click.",
    ),
)
def credit_by_kind() -> dict[str, float]:
    """How much margin does last click (7 days) credit to each kind of message, EUR?"""
    from crmlab.analytical.attribution import last_click

    found = last_click(ORDERS, MESSAGES, CLICKS, window_days=7)
    return {
        str(kind): float(eur) for kind, eur in found.groupby("kind")["margin_eur"].sum().items()
    }


@question(
    "03-respond/q3",
    points=2,
    tolerance=0.005,
    hints=(
        "Look at one order that stands in the analyst's table twice. Why does it?",
        "An order is credited once, to the last click before it: crmlab.analytical.attribution.",
        "last_click(r.orders, r.messages, r.responses, window_days=7)['margin_eur'].sum()",
    ),
)
def credited_eur() -> float:
    """How much margin does last click credit to the e-mails, EUR?"""
    return float(credited()["margin_eur"].sum())


@question(
    "03-respond/q4",
    points=2,
    hints=(
        "`quiet` is the same year of the same customers without e-mails: which orders are in both?",
        "An order that would have come anyway has the same order_id in both lives: isin.",
    ),
)
def false_share() -> float:
    """What share of the credited margin would have come without the e-mails?"""
    found = credited()
    anyway = found["order_id"].isin(shop().records.orders["order_id"])
    return float(found.loc[anyway, "margin_eur"].sum() / found["margin_eur"].sum())


@question(
    "03-respond/q5",
    points=3,
    hints=(
        "Try each number of reminders with each delay on your own shop.",
        "The best cell of your table is partly luck. Which settings are good with every delay?",
    ),
)
def reminders_and_delay() -> Regret:
    """How many reminders (0 to 4), and after how many hours (1, 24, 72) the first e-mail?"""
    best = max(gain(n, hours) for n in REMINDERS for hours in DELAYS_HOURS)
    return Regret(best, lambda plan: gain(*plan), PASS_EUR, read_plan)


def read_plan(answer: Any) -> tuple[int, int]:
    """The two numbers of a plan ``{"reminders": 2, "delay_hours": 24}``."""
    given = plain.mapping(answer)
    if set(given) != {"reminders", "delay_hours"}:
        raise plain.Unreadable(
            "wrong shape", 'A dict is expected: {"reminders": ..., "delay_hours": ...}.'
        )
    reminders = plain.option(given["reminders"], tuple(REMINDERS))
    hours = plain.option(given["delay_hours"], DELAYS_HOURS)
    return int(reminders), int(hours)

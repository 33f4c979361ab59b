"""What does each step of IDIC earn? One firm with several records a person, under every version.

The firm has twelve weeks of orders when it begins. It may spend the same small sum each week
whatever it does; without any step it writes to everybody alike. A year later its books are
closed. Lab X22 has the hypotheses: differentiate and customise earn more together than apart, and
identify and interact are pure cost until another step uses what they find.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from crmlab.chance import Chance
from crmlab.experiments.factorial import turned
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.market.value import weekly_discount
from crmlab.policy import View
from crmlab.records import Records
from crmlab.strategic.idic import IDIC, STEPS, Memory, Plan
from crmlab.tables import CATEGORIES

SEVERAL_RECORDS: dict[str, Any] = {
    "duplicate_share": 0.4, "record_errors": 1.0, "household_share": 0.2, "miss_penalty": 0.5,
}  # fmt: skip
"""What the market of this lab changes: people have several records, and misses put off."""
PLAN = Plan(miss_penalty=0.5)
WEEKS = PLAN.begins_week + 52
BUDGET_EUR = 0.02
"""A week, for each person: a letter a year for everybody, and a little more."""
NO_STEP = IDIC(False, False, False, False, plan=PLAN)
SWITCHES = {step: turned(**{step: True}) for step in STEPS}
"""The four steps, as `crmlab.experiments.factorial.factorial` takes them."""


def market(**changes: Any) -> Scenario:
    """The retail market with several records a person, and further changes.

    >>> market(duplicate_share=0.0).miss_penalty
    0.5
    """
    return named_scenario("retail").replace(**(SEVERAL_RECORDS | changes))


@lru_cache(maxsize=4096)
def profit(scenario: Scenario, customers: int, seed: int, policy: IDIC) -> float:
    """What the firm earned under one version, EUR per person; versions are remembered."""
    run = simulate(scenario, customers, WEEKS, seed, policy, BUDGET_EUR * customers)
    return run.profit / customers


def version(*steps: str, **changes: Any) -> IDIC:
    """IDIC with these steps only.

    >>> version("identify", "customise")
    IDIC(identify, customise)
    """
    on: dict[str, Any] = dict.fromkeys(steps, True)
    return replace(NO_STEP, **on, **changes)


def beliefs(records: Records, week: int, policy: IDIC, run: Run) -> Memory:
    """What the policy would believe, shown these records as they stood in a week.

    Parameters
    ----------
    records : Records
    week : int
    policy : IDIC
    run : Run
        Of which the prices are taken.

    Returns
    -------
    Memory
        ``known`` has one row a believed customer.
    """
    seen = records.as_of(week)

    def source(table: str, column: str | None) -> object:
        return seen[table] if column is None else seen[table][column].array

    view = View(week, run.scenario.prices, np.inf, Chance(0), source)
    return policy.learn(view, policy.start(0))


def true_needs(run: Run) -> pd.DataFrame:
    """What the person behind each record needs (index ``customer_id``), one column a category."""
    people = run.truth.people.set_index("person_id")
    owner = run.truth.identity.set_index("customer_id")["person_id"]
    needs = people[[f"need_{c}" for c in CATEGORIES]].set_axis(list(CATEGORIES), axis=1)
    return needs.loc[owner].set_axis(owner.index)


def true_equity(run: Run, week: int) -> float:
    """What all customers are truly expected to bring from a week on, left alone, EUR.

    Who is there at the time brings m λ / (μ + δ): margin of an order, order rate, rates of leaving
    and of discount. Of the traits, as people came; what the firm did to their trust is not in it.
    """
    people, now = run.truth.people, run.records.as_of(week).now
    assert now is not None
    here = (people["born_at"] < now) & (people["left_at"].isna() | (people["left_at"] >= now))
    leaving = people["dropout_rate"] + weekly_discount(run.scenario)
    eur = people["basket_eur"] * people["margin_rate"] * people["order_rate"] / leaving
    return float(eur[here].sum())


def cash_flow(run: Run, since: int, until: int) -> float:
    """What the firm's books show for some weeks, EUR.

    The price of new customers is in it, since what they are worth is in the closing equity.
    """
    book = run.ledger
    return float(book.loc[book["week"].between(since, until - 1), "eur"].sum())

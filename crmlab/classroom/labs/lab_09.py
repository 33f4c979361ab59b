"""What is asked in notebook 09: a visit and a wait by hand, two mistakes, and templates.

In q3 the analyst speaks of the visits that stayed as if they were all; in q4 a rule is graded on
the visits that taught it. The plan of q5 is judged by what it is expected to bring, so that luck
neither punishes nor rewards.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crmlab.classroom import plain
from crmlab.classroom.plain import Unreadable
from crmlab.classroom.questions import question
from crmlab.classroom.regret import Regret
from crmlab.tables import PAGE_TEMPLATES, USER_TYPES

if TYPE_CHECKING:
    from crmlab.experiments.page_trial import Trial
    from crmlab.experiments.web_users import WebShop

SHARES = {"buyer": 0.4, "reader": 0.6}
SEARCH_FIRST = {"buyer": 0.5, "reader": 0.2}
THEN_PRODUCT = {"buyer": 0.6, "reader": 0.2}
"""Kinds of visits, and how probable each click is: a search first, then a product."""
WAIT = pd.DataFrame(
    {"left": [1_000, 800, 550, 250], "recognised": [0.5, 0.6, 0.7, 0.9]},
    index=pd.Index(["1", "2", "4", "8"], name="clicks"),
)
"""Of 1,000 visits, how many are left after so many clicks, and the share of these recognised."""
RIGHT, WRONG = 0.03, 0.01
CUSTOMERS, SEED, CLICKS, LONG = 1_500, 61, 2, 8
MOST_CLICKS = 8
PASS_EUR = 100.0


@cache
def shop() -> WebShop:
    """The shop of q3 to q5."""
    from crmlab.experiments.web_users import VISITS, WebShop
    from crmlab.market.packs import scenario

    return WebShop(scenario("retail").replace(**VISITS), CUSTOMERS, SEED)


@cache
def trial() -> Trial:
    """Its trial, with templates chosen after two clicks."""
    from crmlab.experiments.page_trial import Trial

    return Trial(shop(), CLICKS)


def right_pages(of_those_left: bool = False) -> float:
    """Share of all visits that last eight clicks and are recognised; or the analyst's share."""
    from crmlab.experiments.recognition import recognised

    row = recognised(shop(), (LONG,)).iloc[0]
    return float(row["accuracy_of_those_left" if of_those_left else "recognised_in_time"])


def graded(taught: pd.Index, judged: pd.Index) -> float:
    """Conversion of those visits whose template by lot is the one that the others recommend."""
    from crmlab.experiments.page_trial import recommended

    held = trial().table.loc[judged]
    best = recommended(trial().taught_by(taught), trial().posterior.loc[judged])
    return float(held.loc[best == held["template"].astype(str), "won"].mean())


@cache
def expected_eur(clicks: int) -> pd.DataFrame:
    """What each template is expected to win in the third quarter among visits taken for a kind.

    One row a kind (the most probable after so many clicks), one column a template, EUR.
    """
    from crmlab.experiments.page_trial import Trial
    from crmlab.experiments.page_ways import lasting

    at = Trial(shop(), clicks)
    index = lasting(at)
    modes = shop().visits.loc[index, "user_type"].cat.codes.to_numpy()
    kind = at.guesses(index).idxmax(axis=1)
    market = shop().quiet.scenario
    gain = np.full((len(USER_TYPES), len(PAGE_TEMPLATES)), market.page_gain * market.page_mismatch)
    gain[:, 0] = 0.0
    gain[np.arange(len(USER_TYPES)), 1 + np.arange(len(USER_TYPES))] = market.page_gain
    orders = pd.DataFrame(gain[modes], index, PAGE_TEMPLATES).groupby(kind).sum()
    margin = shop().margin_eur.to_numpy()
    return orders.reindex(shop().model.classes_, fill_value=0.0) * margin[margin > 0].mean()


def plan_eur(plan: tuple[int, tuple[str, ...]]) -> float:
    """What a plan is expected to win in the third quarter, EUR: clicks, and a template a kind."""
    clicks, names = plan
    table = expected_eur(clicks)
    return float(sum(table.loc[kind, name] for kind, name in enumerate(names)))


def best_plan() -> tuple[int, tuple[str, ...]]:
    """The best plan that there is."""
    plans = [(k, tuple(expected_eur(k).idxmax(axis=1))) for k in range(1, MOST_CLICKS + 1)]
    return max(plans, key=plan_eur)


def read_plan(answer: Any) -> tuple[int, tuple[str, ...]]:
    """The number of clicks and the templates of kinds 0 to 4, out of a dict."""
    given = plain.mapping(answer)
    kinds = [str(kind) for kind in range(len(USER_TYPES))]
    missing = [name for name in ("clicks", *kinds) if name not in given]
    if missing:
        raise Unreadable(
            "wrong shape", f"The plan says nothing of {missing[0]}. It needs clicks and kinds 0-4."
        )
    clicks = plain.option(given["clicks"], tuple(range(1, MOST_CLICKS + 1)))
    names = tuple(str(plain.option(given[kind], PAGE_TEMPLATES)) for kind in kinds)
    return int(clicks), names


@question(
    "09-web/q1",
    hints=(
        "Multiply for each kind: its share, a search first, then a product.",
        "Buyers: 0.4 x 0.5 x 0.6. Readers: 0.6 x 0.2 x 0.2. Then divide by the sum.",
    ),
)
def buyer_probability() -> float:
    """How probable is it that the visit is of a buyer?"""
    weight = {k: SHARES[k] * SEARCH_FIRST[k] * THEN_PRODUCT[k] for k in SHARES}
    return weight["buyer"] / sum(weight.values())


@question(
    "09-web/q2",
    points=2,
    hints=(
        "Only those who are left can be won: some see the right template, the others a wrong one.",
        "After one click: 1,000 x (0.5 x 0.03 + 0.5 x 0.01).",
    ),
)
def orders_by_wait() -> dict[str, float]:
    """How many orders are expected of 1,000 visits after 1, 2, 4 and 8 clicks?"""
    share = WAIT["recognised"]
    orders = WAIT["left"] * (share * RIGHT + (1 - share) * WRONG)
    return {str(clicks): float(number) for clicks, number in orders.items()}


@question(
    "09-web/q3",
    points=2,
    hints=(
        "Of which visits does the analyst take the mean? Who is not among them?",
        "A visit gets the right page if it is recognised *and* still there.",
        "(right & stayed).mean()",
    ),
)
def share_of_right_pages() -> float:
    """Which share of all visits would get the right page after eight clicks?"""
    return right_pages()


@question(
    "09-web/q4",
    points=2,
    hints=(
        "Which visits taught the rule, and which grade it?",
        "page_trial.recommended(trial.taught_by(first), trial.posterior.loc[rest])",
        "Then the mean of won[rest], where that is the template that the lot had drawn.",
    ),
)
def honest_conversion() -> float:
    """What is the conversion of the rule that half of the visits taught, on the other half?"""
    visits = trial().table.index
    return graded(visits[::2], visits[1::2])


@question(
    "09-web/q5",
    points=3,
    hints=(
        "How many of the kinds can you name by their first pages? A template was made for each.",
        "Where the trial and the name disagree: how many orders stand behind the trial's cell?",
        "And the wait: your own numbers of question 2 say how many clicks are worth it.",
    ),
)
def plan() -> Regret:
    """After how many clicks should the shop choose, and which template for each kind?"""
    return Regret(plan_eur(best_plan()), plan_eur, PASS_EUR, read_plan)

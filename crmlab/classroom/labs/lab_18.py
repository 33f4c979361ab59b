"""What is asked in notebook 18: two values by hand, two mistakes, and one improvement.

In q3 the analyst holds what managers say against what was found at the peers; in q4 the analyst
takes what goes with profit, one capability at a time, for what it is worth. The choice of q5 is
judged by letting the same customers live the same weeks with that capability improved.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

import pandas as pd

from crmlab.classroom import plain
from crmlab.classroom.questions import question
from crmlab.classroom.regret import Regret
from crmlab.tables import CAPABILITIES

if TYPE_CHECKING:
    from crmlab.experiments.improvement_contest import Firm

SCORES = {"complaint_handling": 0.2, "response_speed": 0.6, "staff_skill": 0.5, "culture": 0.7}
"""Of q1: what the lever *retention* is about."""
KEEPING, WINNING, BUDGET_EUR = (80.0, 20.0), (60.0, 40.0), 30.0
"""Of q2: ceiling and scale of two levers, and EUR a week."""
FIRM, CUSTOMERS, WEEKS = 18, 800, 40
EXAM, PASS_EUR = 403, 50.0
"""Of q5: none of the peers (seeds 0 to 399), and one in which every way chooses differently."""


@cache
def firm() -> Firm:
    """The firm of q3."""
    from crmlab.experiments.improvement_contest import Firm

    return Firm(FIRM, customers=CUSTOMERS, weeks=WEEKS)


@cache
def exam() -> Firm:
    """The firm of q5."""
    from crmlab.experiments.improvement_contest import Firm

    return Firm(EXAM, customers=CUSTOMERS, weeks=WEEKS)


def claimed_percentile() -> float:
    """The analyst's percentile: what managers say against what was found at the peers."""
    from crmlab.experiments.peers import peers

    said = firm().assessment.table["said_reality"].mean()
    return float((peers("found").mean(axis=1) < said).mean())


def one_by_one() -> pd.Series:
    """The analyst's worth of each capability: slope of profit on it alone, over the peers."""
    from crmlab.experiments.peers import peers

    scores, profit = peers("found"), peers()["profit_eur"]
    return scores.apply(lambda s: s.cov(profit) / s.var())


@question(
    "18-assessment/q1",
    points=2,
    hints=(
        "The mean of the four, and the smallest of them.",
        "(0.2 + 0.6 + 0.5 + 0.7) / 4, and complaint handling.",
        "0.5 and 0.2.",
    ),
)
def retention_lever() -> dict[str, float]:
    """How good is the lever, if capabilities replace each other, and if the weakest decides?"""
    from crmlab.strategic.assessment import SCHEMA_STYLE, seen_through

    scores = pd.Series(SCORES).reindex(list(CAPABILITIES), fill_value=0.5)
    return {
        "mean": float(seen_through(SCHEMA_STYLE, scores)["retention"]),
        "weakest": float(seen_through(SCHEMA_STYLE, scores, weakest=True)["retention"]),
    }


@question(
    "18-assessment/q2",
    points=2,
    hints=(
        "The next EUR brings ceiling / scale * exp(-EUR / scale), at the best split both the same.",
        "4 exp(-x / 20) = 1.5 exp(-(30 - x) / 40).",
        "ln 4 - x/20 = ln 1.5 - 30/40 + x/40, so x = (ln 4 - ln 1.5 + 0.75) / (3/40).",
    ),
    tolerance=0.01,
)
def split() -> float:
    """How much of the 30 EUR goes into keeping customers?"""
    from crmlab.strategic.reap import LeverCurve, allocate

    curves = {"keeping": LeverCurve(*KEEPING), "winning": LeverCurve(*WINNING)}
    return float(allocate(curves, BUDGET_EUR, least=0.01).loc["keeping", "spend_eur"])


@question(
    "18-assessment/q3",
    points=2,
    hints=(
        "What is compared with what? One number is a belief, the others were counted.",
        "Take the firm's evidence, too: the mean of the column reality.",
        "(peers('found').mean(axis=1) < firm.assessment.table['reality'].mean()).mean()",
    ),
    absolute=0.01,
)
def percentile() -> float:
    """Which share of the peers is poorer, found against found?"""
    from crmlab.experiments.peers import peers

    found = firm().assessment.table["reality"].mean()
    return float((peers("found").mean(axis=1) < found).mean())


@question(
    "18-assessment/q4",
    points=2,
    hints=(
        "Able firms are able in most things. What does a slope on one of them alone carry?",
        "Regress profit on all twenty scores at once, and read the one coefficient.",
        "importance(peers('found'), peers()['profit_eur'], shrink=0.0)['technology_reach']",
    ),
    absolute=0.02,
)
def worth_of_technology() -> float:
    """What goes with technology reach, others equal, EUR per customer?"""
    from crmlab.experiments.peers import peers
    from crmlab.strategic.assessment import importance

    found = importance(peers("found"), peers()["profit_eur"], shrink=0.0)
    return float(found["technology_reach"])


def worth_of(choice: object) -> float:
    """What improving this capability really brings to the firm of q5, EUR."""
    return exam().worth(str(choice)) * exam().customers


@question(
    "18-assessment/q5",
    points=3,
    hints=(
        "Missing times importance: where is much to gain, and where does gaining count?",
        "The evidence of the firm, and what went with profit among the peers.",
        "firm.believed('found').sort_values() ranks them; the first few are worth most.",
    ),
)
def improvement() -> Regret:
    """Which capability should be improved?"""
    best = max(worth_of(name) for name in CAPABILITIES)
    return Regret(best, worth_of, PASS_EUR, partial(plain.option, options=tuple(CAPABILITIES)))

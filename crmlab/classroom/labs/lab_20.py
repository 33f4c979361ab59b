"""What is asked in notebook 20: two plans by hand, two mistakes of an analyst, and a promise.

In q3 the project is a chain, so that nothing but the adding of quantiles is wrong. In q4 the
analyst's sign is the opposite of the right one.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from crmlab.classroom.questions import question
from crmlab.classroom.regret import Regret
from crmlab.strategic.implementation import (
    Prices,
    System,
    Task,
    cash_flows,
    hosting_saves_eur,
    path_mean_sd,
    plan_weeks,
)

if TYPE_CHECKING:
    from crmlab.experiments.projects import Project

CHAIN = (
    Task("investigation", 2, 4, 12),
    Task("design", 3, 5, 7, ("investigation",)),
    Task("testing", 1, 2, 9, ("design",)),
)
NETWORK = (
    Task("A", 4, 4, 4),
    Task("B", 3, 3, 3, ("A",)),
    Task("C", 10, 10, 10, ("A",)),
    Task("D", 5, 5, 5, ("B",)),
    Task("E", 2, 2, 2, ("C", "D")),
)
"""C was planned with 7 weeks, and takes 10."""
PROJECTS, SEED = 4_000, 61
SYSTEM, PRICES, YEARS, RATE = System(users=150), Prices(fee_eur=55.0), 7, 0.08
WEEK_EUR, LATE_EUR, PASS_EUR = 1_000.0, 4_000.0, 400.0


def chain() -> Project:
    """The project of q3: five items one after the other."""
    from crmlab.experiments.projects import Project

    return Project(data_input_weeks=0.0, correlation=0.2)


@cache
def chain_finish() -> np.ndarray:
    """When the projects of q3 are finished."""
    from crmlab.experiments.project_lives import finish_weeks

    return finish_weeks(chain(), projects=PROJECTS, seed=SEED)


def sum_of_quantiles() -> float:
    """What the analyst of q3 adds up."""
    from crmlab.experiments.project_lives import Way, task_weeks

    return float(np.quantile(task_weeks(chain(), Way(), PROJECTS, SEED), 0.8, axis=0).sum())


def own_as_added_up() -> float:
    """What the analyst of q4 says that hosting saves: no upgrades, and every euro alike."""
    own, hosted = (cash_flows(replace(SYSTEM, server=s), PRICES, YEARS) for s in ("own", "hosted"))
    return float(own.drop(columns="upgrades").to_numpy().sum() - hosted.to_numpy().sum())


@cache
def promised_finish() -> np.ndarray:
    """When the projects of q5 are finished: audited first."""
    from crmlab.experiments.project_lives import Way, finish_weeks
    from crmlab.experiments.projects import Project

    return finish_weeks(Project(), Way(audit=True), PROJECTS, SEED)


def promise_eur(week: float) -> float:
    """What a promise earns: less than nothing, since it only costs."""
    from crmlab.experiments.project_lives import late_costs_eur

    return -late_costs_eur(promised_finish(), week, WEEK_EUR, LATE_EUR)


@question(
    "20-making-crm-happen/q1",
    hints=(
        "Expected weeks are (a + 4 m + b) / 6, and variances ((b - a) / 6) ** 2.",
        "Add up the expected weeks, and the variances; not the standard deviations.",
        "13 weeks, and a variance of (100 + 16 + 64) / 36 = 5.",
    ),
)
def week_of_84() -> float:
    """By which week are some 84 of 100 such projects finished: mean and one deviation more?"""
    mean, sd = path_mean_sd(CHAIN)
    return mean + sd


@question(
    "20-making-crm-happen/q2",
    hints=(
        "When can E begin, as planned? What does it wait for?",
        "C may be one week late: D is finished in week 12 only.",
    ),
)
def delay() -> int:
    """By how many weeks is the project later, if C takes 10 weeks and not 7?"""
    planned = tuple(replace(t, low=7, likely=7, high=7) if t.name == "C" else t for t in NETWORK)
    return round(plan_weeks(NETWORK) - plan_weeks(planned))


@question(
    "20-making-crm-happen/q3",
    points=2,
    absolute=0.2,
    tolerance=0.003,
    hints=(
        "How likely is it that *every* task needs its 80 % weeks, in the same project?",
        "Add up the weeks of each project first, and take the quantile then.",
        "np.quantile(weeks.sum(axis=1), 0.8)",
    ),
)
def week_of_80() -> float:
    """By which week are 80 of 100 such projects finished?"""
    return float(np.quantile(chain_finish(), 0.8))


@question(
    "20-making-crm-happen/q4",
    points=2,
    hints=(
        "Which column of own servers has the analyst left out?",
        "Own servers cost much at once, hosting costs the same every year: discount both.",
        "present_value(own, 0.08) - present_value(hosted, 0.08), with all columns.",
    ),
)
def hosting_saves() -> float:
    """How many euros of today does hosting save over seven years, at 8 %?"""
    return float(hosting_saves_eur(SYSTEM, PRICES, YEARS, RATE))


@question(
    "20-making-crm-happen/q5",
    points=3,
    hints=(
        "One week more costs 1,000 EUR for certain. What does it save, and how often?",
        "It saves 4,000 EUR where the project is late: worth it while more than 1 in 4 are late.",
        "The 75 % quantile of finish.",
    ),
)
def promise() -> Regret:
    """Which week should the firm promise?"""
    best = max(promise_eur(week) for week in np.arange(30.0, 80.0, 0.25))
    return Regret(best, promise_eur, PASS_EUR)

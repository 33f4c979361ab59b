"""Claims of lab 91, which estimator to trust: what a right model gains and a wrong one loses.

A year is known, the best tenth by the value of the next one is kept, and what others would have
brought besides is the regret (`crmlab.experiments.contest`).
"""

from __future__ import annotations

from crmlab.experiments.claims import Claim, register
from crmlab.experiments.contest import Trial, losses
from crmlab.experiments.labs.lab_01 import _IDENTICAL
from crmlab.market.scenario import Scenario

CUSTOMERS, MANY = 2_000, 8_000  # sums are moved by a few large customers
UNTIED = 1e-9  # with just 0 the market would draw other people
RIGHT, OTHER, HABIT = "Pareto/NBD", "BG/NBD", "same as last time"


def _lost(scenario: Scenario, seed: int, *names: str, customers: int = CUSTOMERS) -> list[dict]:
    return losses(Trial(scenario, ""), customers, seed, names=names)


def habit_loses_more(scenario: Scenario, seed: int) -> float:
    """Regret of last year's revenue less that of the Pareto/NBD, EUR per customer."""
    habit, right = _lost(scenario, seed, HABIT, RIGHT)
    return float(habit["regret_eur"] - right["regret_eur"])


def neighbour_loses_more(scenario: Scenario, seed: int) -> float:
    """Regret of the BG/NBD less that of the Pareto/NBD, EUR per customer."""
    other, right = _lost(scenario, seed, OTHER, RIGHT)
    return float(other["regret_eur"] - right["regret_eur"])


def falls_short(scenario: Scenario, seed: int) -> float:
    """By which share the Pareto/NBD with gamma-gamma spend understates next year's value.

    More than it does where the same people order at the same times, with spend not tied to it.
    """
    free = scenario.replace(correlation_rate_value=UNTIED)
    (tied,), (untied,) = (_lost(s, seed, RIGHT, customers=MANY) for s in (scenario, free))
    return float(untied["bias"] - tied["bias"])


register(
    Claim(
        id="a-value-model-finds-whom-to-keep",
        concepts=("C03", "F05"),
        sentence="Whom to keep is found better by a fitted model than by last year's revenue.",
        source="predictive against historical data, lecture notes 8.3; "
        "against it: Wübben and von Wangenheim 2008, J. Marketing 72(3)",
        kind="measurement",
        measure=habit_loses_more,
        unit="EUR per customer",
        least=0.05,
        hostile={"dropout_scale_weeks": 11_669.0},
        null=_IDENTICAL,
        breaks="hardly anybody leaves, so that whoever brought much goes on",
    )
)
register(
    Claim(
        id="the-right-family-ranks-better",
        concepts=("C03", "F05"),
        sentence="A model of the right family finds whom to keep better than its neighbour, which "
        "lets customers leave only after an order.",
        source="the choice between Pareto/NBD and BG/NBD; Fader, Hardie and Lee 2005, "
        "Marketing Science 24(2), find them alike",
        kind="measurement",
        measure=neighbour_loses_more,
        unit="EUR per customer",
        least=0.05,
        hostile={"process": "bg/nbd", "rate_shape": 0.2426, "rate_scale_weeks": 4.4136},
        null=_IDENTICAL,
        breaks="the neighbour is the right one: people do leave only after an order",
    )
)
register(
    Claim(
        id="tied-spend-makes-values-fall-short",
        concepts=("F05",),
        sentence="Where who orders often also spends more, a value that multiplies the two as if "
        "they were independent falls short.",
        source="the assumption of the gamma-gamma model, Fader and Hardie 2013",
        kind="measurement",
        measure=falls_short,
        unit="share of next year's value",
        least=0.05,
        textbook={"correlation_rate_value": 0.6},
        hostile={"correlation_rate_value": -0.6},
        null={"correlation_rate_value": UNTIED},
        breaks="who orders often spends less",
    )
)

"""Claims of lab 05, lifetime value (lecture notes 8.3; Fader, Hardie and Lee 2005; lab X02).

A year is known, and the next one is to be foretold.
"""

from __future__ import annotations

from crmlab.analytical.rfm_table import rfm
from crmlab.analytical.validation import capture
from crmlab.analytical.value_scores import value_scores
from crmlab.experiments.claims import Claim, register
from crmlab.experiments.future_value import (
    FORECASTS,
    YEAR,
    forecast_errors,
    future_value,
    last_day,
)
from crmlab.experiments.labs.lab_01 import _IDENTICAL
from crmlab.market.run import simulate
from crmlab.market.scenario import Scenario

CUSTOMERS, MANY = 1_000, 4_000  # the silent who bought often are few
SILENT_WEEKS = 26
SELDOM, OFTEN = 1, 3  # repeat purchases


def model_finds_more(scenario: Scenario, seed: int) -> float:
    """Share of next year's margin that the best tenth by BG/NBD value brings, less by past revenue.

    By what is to be expected of each customer, so that luck does not decide.
    """
    run = simulate(scenario, CUSTOMERS, 2 * YEAR, seed)
    names = ("BG/NBD", "past revenue")
    scores = value_scores(run.records.orders, last_day(YEAR), YEAR, scores=names)
    expected = future_value(run, YEAR)["expected_eur"]
    # To the cent: where all customers are alike, the rest is the last digits of a fit.
    ours, theirs = (capture(scores[name].round(2), expected) for name in names)
    return ours - theirs


def own_rate_excess(scenario: Scenario, seed: int) -> float:
    """By which share of all purchases the own rates overstate the coming year."""
    return float(forecast_errors(scenario, seed, CUSTOMERS, ["own rate"]).loc["own rate", "bias"])


def silence_of_the_frequent(scenario: Scenario, seed: int) -> float:
    """Share still there of the silent who bought seldom, less of those who bought often.

    Silent is who has not ordered for 26 weeks; seldom is one repeat purchase, often three or
    more. 0 in a world without such customers.
    """
    run = simulate(scenario, MANY, YEAR + 1, seed)
    table = rfm(run.records.orders, last_day(YEAR))
    active = future_value(run, YEAR)["active"]
    silent = table["age"] - table["recency"] >= SILENT_WEEKS
    seldom = active[silent & (table["frequency"] == SELDOM)]
    often = active[silent & (table["frequency"] >= OFTEN)]
    return float(seldom.mean() - often.mean()) if len(seldom) and len(often) else 0.0


def regularity_helps(scenario: Scenario, seed: int) -> float:
    """By which share the MBG/CNBD-k's mean absolute error lies below the Pareto/NBD's."""
    mae = forecast_errors(scenario, seed, CUSTOMERS, FORECASTS[1:])["mae"]
    return float(1.0 - mae["MBG/CNBD-k"] / mae["Pareto/NBD"])


register(
    Claim(
        id="value-models-beat-past-revenue",
        concepts=("A03", "B01", "F05"),
        sentence="The best tenth by predicted value brings more of next year's margin than the "
        "best tenth by past revenue.",
        source="differentiate by current and projected lifetime value, Peppers and Rogers; "
        "Fader, Hardie and Lee 2005",
        kind="measurement",
        measure=model_finds_more,
        unit="share of next year's margin",
        least=0.01,
        hostile={"dropout_scale_weeks": 11_669.0},
        null=_IDENTICAL,
        breaks="hardly anybody leaves, so that whoever brought much goes on",
    )
)
register(
    Claim(
        id="own-rates-overstate",
        concepts=("D01", "F05"),
        sentence="Who lets every customer go on at their own rate expects more purchases than "
        "will come.",
        source="historical against predictive data, lecture notes 8.3; "
        "Schmittlein, Morrison and Colombo 1987",
        kind="measurement",
        measure=own_rate_excess,
        unit="share of all purchases",
        least=0.1,
        hostile={"dropout_scale_weeks": 11_669.0},
        null=_IDENTICAL,
        breaks="hardly anybody leaves",
    )
)
register(
    Claim(
        id="silence-weighs-more-for-the-frequent",
        concepts=("B01", "D01"),
        sentence="Of those silent for half a year, who bought often has left more often than who "
        "bought seldom.",
        source="iso-value curves, Fader, Hardie and Lee 2005, J. Marketing Research 42(4)",
        kind="measurement",
        measure=silence_of_the_frequent,
        unit="share still there",
        least=0.02,
        hostile={"correlation_rate_dropout": -0.9},
        null=_IDENTICAL,
        breaks="those who buy often are also those who stay",
    )
)
register(
    Claim(
        id="regular-timing-needs-its-own-model",
        concepts=("C03", "F05"),
        sentence="Where customers buy at regular intervals, a model that knows it forecasts each "
        "of them better.",
        source="Platzer and Reutterer 2016; Reutterer, Platzer and Schröder 2021",
        kind="measurement",
        measure=regularity_helps,
        unit="share of the mean absolute error",
        least=0.02,
        textbook={"process": "regular", "regularity": 4},
        hostile={"process": "pareto/nbd"},
        null={"process": "pareto/nbd", "dropout_scale_weeks": 1e6},
        breaks="people buy at random intervals after all",
    )
)

"""Claims of lab 06, whom to treat (Peppers and Rogers 2004; Ascarza 2018; lab X03)."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from crmlab.experiments.claims import Claim, register
from crmlab.experiments.treatment import (
    NEED,
    PROJECTED,
    RISK,
    UPLIFT,
    UPLIFT_VALUE,
    Firm,
    gains,
    scores,
    value_scores,
)
from crmlab.market.scenario import Scenario

CUSTOMERS, PILOT = 8_000, 4_000
LEFT_ALONE = "margin of those whom the pilot marks as sleeping dogs"


@lru_cache(maxsize=256)
def margins(scenario: Scenario, seed: int) -> pd.Series:
    """What each rule brings with letters to a tenth, EUR of margin for each who could be chosen.

    Expected over luck, before the price of the letters, which is the same for all. And
    `LEFT_ALONE`: what letters to all those whose estimated uplift is below zero would bring.
    """
    firm = Firm(scenario, CUSTOMERS, PILOT, seed)
    ranked = scores(firm)
    true = firm.truth.loc[ranked.index, "margin_eur"]
    found = gains(firm, ranked)["margin_eur"]
    return pd.concat([found, pd.Series({LEFT_ALONE: true[ranked[UPLIFT] < 0].sum() / len(true)})])


def uplift_over_risk(scenario: Scenario, seed: int) -> float:
    """Margin, EUR per customer: letters by uplift less letters by churn risk."""
    m = margins(scenario, seed)
    return float(m[UPLIFT] - m[RISK])


def uplift_value_over_value(scenario: Scenario, seed: int) -> float:
    """Margin, EUR per customer: letters by uplift x value less letters by projected value."""
    m = margins(scenario, seed)
    return float(m[UPLIFT_VALUE] - m[PROJECTED])


def need_over_value(scenario: Scenario, seed: int) -> float:
    """Margin, EUR per customer: letters by value x need less letters by projected value."""
    firm = Firm(scenario, CUSTOMERS - PILOT, pilot=0, seed=seed)
    m = gains(firm, value_scores(firm))["margin_eur"]
    return float(m[NEED] - m[PROJECTED])


def sleeping_dogs(scenario: Scenario, seed: int) -> float:
    """Margin, EUR per customer: letters to all but marked sleeping dogs less letters to all."""
    return float(-margins(scenario, seed)[LEFT_ALONE])


register(
    Claim(
        id="uplift-beats-churn-risk",
        concepts=("A03", "D11"),
        sentence="Writing to those whom a pilot shows to be moved brings more than writing to "
        "those most likely to leave.",
        source="Ascarza 2018, J. Marketing Research 55(1)",
        kind="response",
        measure=uplift_over_risk,
        unit="EUR per customer",
        least=0.01,
        breaks="as many buy less after a letter as buy more, and nothing on record tells them "
        "apart: the pilot finds hardly anything",
    )
)
register(
    Claim(
        id="uplift-times-value-beats-value",
        concepts=("A03", "B01"),
        sentence="Uplift times value brings more than projected value alone.",
        source="the uplift literature, such as Lemmens and Gupta 2020, Marketing Science 39(5)",
        kind="response",
        measure=uplift_value_over_value,
        unit="EUR per customer",
        least=0.01,
        breaks="as many buy less after a letter as buy more, and nothing on record tells them "
        "apart",
    )
)
register(
    Claim(
        id="value-and-needs-beat-value",
        concepts=("A03", "A09", "B01"),
        sentence="Differentiating by value and needs brings more than by value alone.",
        source="IDIC: Peppers and Rogers 2004, Managing Customer Relationships; lecture notes 8.2",
        kind="response",
        measure=need_over_value,
        unit="EUR per customer",
        least=0.01,
        hostile={"need_concentration": 100.0},
        breaks="all customers need the same",
    )
)
register(
    Claim(
        id="letting-sleeping-dogs-lie-pays",
        concepts=("A03", "D11"),
        sentence="Leaving alone those whom the pilot marks as harmed brings more than writing "
        "to all.",
        source="Siegel 2013, Predictive Analytics; Ascarza 2018",
        kind="response",
        measure=sleeping_dogs,
        unit="EUR per customer",
        least=0.01,
        breaks="as many buy less after a letter as buy more",
    )
)

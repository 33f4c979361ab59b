"""Claims of lab 13, one-to-one marketing (Gilmore and Pine 1997; Pine, Peppers and Rogers 1995)."""

from __future__ import annotations

from functools import lru_cache

from crmlab.experiments import data_errors
from crmlab.experiments.claims import Claim, register
from crmlab.experiments.handcuffs import RIVAL, taught_discount
from crmlab.experiments.one_to_one_lives import (
    MISSES_HURT,
    Firm,
    configurator_profit,
    gain_of_regulars,
    togetherness,
)
from crmlab.market.scenario import Scenario
from crmlab.strategic.one_to_one import face

CUSTOMERS, WEEKS = 2_000, 52
ALIKE = {"need_concentration": 100.0}
"""Everybody needs the same."""


@lru_cache(maxsize=8)
def firm_of(scenario: Scenario, seed: int) -> Firm:
    """The firm of one world, kept while its policies are compared."""
    return Firm(scenario, CUSTOMERS, WEEKS, seed)


def regulars(scenario: Scenario, seed: int) -> float:
    """Margin: personalisation less customisation, EUR for each who came back twelve times."""
    return gain_of_regulars(firm_of(scenario, seed))


def configurator(scenario: Scenario, seed: int) -> float:
    """Profit of a configurator that forgets, EUR per customer."""
    return configurator_profit(firm_of(scenario, seed))


def discount(scenario: Scenario, seed: int) -> float:
    """The rival's discount that makes up for having taught something, share off the price."""
    return taught_discount(scenario, seed)


def relevance(scenario: Scenario, seed: int) -> float:
    """Margin: one product by past orders less the plain newsletter, EUR per customer."""
    return data_errors.gain(firm_of(scenario, seed))


def all_wrong(scenario: Scenario, seed: int) -> float:
    """The same with wrong data about everybody."""
    return data_errors.gain(firm_of(scenario, seed), wrong=1.0)


def together(scenario: Scenario, seed: int) -> float:
    """Margin: attract, capture and engage less the sum of each alone, EUR per customer."""
    return togetherness(firm_of(scenario, seed))


def collaborative_over_cosmetic(scenario: Scenario, seed: int) -> float:
    """Margin: the collaborative less the cosmetic approach, EUR per customer."""
    firm = firm_of(scenario, seed)
    return firm.margin_eur(face("collaborative")) - firm.margin_eur(face("cosmetic"))


register(
    Claim(
        id="personalisation-pays-with-regulars",
        concepts=("E03", "E04"),
        sentence="Personalisation brings more than customisation from customers who come back "
        "often.",
        source="Peppers, Rogers and Dorf 1999, Harvard Business Review 77(1); lecture notes, "
        "chapter 5; lab X10",
        kind="response",
        measure=regulars,
        unit="EUR per customer who came back twelve times",
        least=0.5,
        textbook=MISSES_HURT,
        hostile={**ALIKE, "configure_memory": 1.0},
        breaks="there is nothing to learn: all need the same, and remembering saves no time",
    )
)
register(
    Claim(
        id="mass-customisation-pays-where-it-costs-little",
        concepts=("E03", "E04"),
        sentence="Letting customers configure pays, where making such an order costs little more.",
        source="Pine 1993, Mass Customization; Gilmore and Pine 1997 (adaptive)",
        kind="operation",
        measure=configurator,
        unit="EUR per customer",
        least=0.05,
        textbook=MISSES_HURT,
        hostile={"configure_eur": 15.0},
        null={"configure_start": 0.0},
        breaks="making a configured order costs 15 EUR more, and not 1.50",
    )
)
register(
    Claim(
        id="the-handcuffs-hold",
        concepts=("D12",),
        sentence="Customers who have taught the firm something leave for a rival only at a larger "
        "discount.",
        source="Pine, Peppers and Rogers 1995, Harvard Business Review 73(2); Farrell and "
        "Klemperer 2007, Handbook of Industrial Organization 3; lecture notes 8.4; lab X09",
        kind="operation",
        measure=discount,
        unit="share off the price",
        least=0.01,
        textbook=RIVAL,
        hostile={"teaching_memory": 0.5},
        null={"teaching_hold": 0.0},
        breaks="what was taught goes stale: half of it is true no more a week later",
    )
)
register(
    Claim(
        id="relevance-lifts-margin",
        concepts=("E03", "E04"),
        sentence="The same mails bring more if each shows a product chosen by what the customer "
        "has bought, and not the assortment.",
        source="Gilmore and Pine 1997 (transparent); relevancy, lecture notes 8.4",
        kind="response",
        measure=relevance,
        unit="EUR per customer",
        least=0.05,
        textbook=MISSES_HURT,
        hostile=ALIKE,
        breaks="everybody needs the same",
    )
)
register(
    Claim(
        id="wrong-data-turn-personalisation-negative",
        concepts=("E03", "D12"),
        sentence="Mails personalised by wrong data bring less than the same mails for everybody.",
        source="accuracy, lecture notes 8.4; lab X09",
        kind="response",
        measure=all_wrong,
        unit="EUR per customer",
        least=0.05,
        sign=-1,
        textbook=MISSES_HURT,
        hostile={"miss_penalty": 0.0},
        breaks="nobody is put off by a product that is not wanted",
    )
)
register(
    Claim(
        id="attract-capture-engage-belong-together",
        concepts=("D12",),
        sentence="Attract, capture and engage together bring more than each of them alone, added "
        "up.",
        source="lecture notes 8.4; Pine, Peppers and Rogers 1995",
        kind="response",
        measure=together,
        unit="EUR per customer",
        least=0.05,
        textbook={**MISSES_HURT, **RIVAL},
        breaks="contact is not welcome: people tire, and as many buy less after a mail as buy more",
    )
)
register(
    Claim(
        id="collaborative-beats-cosmetic",
        concepts=("E03", "E04"),
        sentence="To ask and then to choose the product brings more than to change the "
        "presentation alone.",
        source="Gilmore and Pine 1997, Harvard Business Review 75(1)",
        kind="response",
        measure=collaborative_over_cosmetic,
        unit="EUR per customer",
        least=0.05,
        textbook=MISSES_HURT,
        hostile={"answer_slips": 1.0},
        breaks="what customers answer is anything, or noted down as anything",
    )
)

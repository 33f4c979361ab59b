"""Claims of lab 16, the CRM value chain (Buttle 2004; 2009)."""

from __future__ import annotations

from dataclasses import replace

from crmlab.experiments import value_chain, value_chain_links
from crmlab.experiments.claims import Claim, register
from crmlab.experiments.compare import gross_margin_eur
from crmlab.experiments.peers import draw_firm
from crmlab.market.packs import DESK, firm
from crmlab.market.run import simulate
from crmlab.market.scenario import Scenario
from crmlab.strategic.value_chain import STAGES, ValueChain

CUSTOMERS, WEEKS = 600, 52
CONDITION_STEP, LINK_STEP = 0.3, 0.4
FOUNDATION = "leadership and culture"
NO_STAGE = ValueChain(**dict.fromkeys(STAGES, False))  # type: ignore[arg-type]
DESCRIBED = {"intake_weeks": 26, **DESK, "firm": firm(), "capability_mix": "weakest link"}
"""A market with a service desk and a firm that is described; each world draws its own firm."""
NOTHING_AT_STAKE = {"ability_strength": 0.0}


def _margin(scenario: Scenario, seed: int, policy: ValueChain) -> float:
    return gross_margin_eur(simulate(scenario, CUSTOMERS, WEEKS, seed, policy)) / CUSTOMERS


def together(scenario: Scenario, seed: int) -> float:
    """Margin of the whole chain less what each stage brings alone, EUR per customer.

    *Portfolio* and *network* alone do nothing in a market without a desk and a described firm, so
    they need no life of their own.
    """
    none = _margin(scenario, seed, NO_STAGE)
    acting = ("intimacy", "proposition", "lifecycle")
    alone = [
        _margin(scenario, seed, replace(NO_STAGE, **{stage: True}))  # type: ignore[arg-type]
        for stage in acting
    ]
    return _margin(scenario, seed, ValueChain()) - none - sum(eur - none for eur in alone)


def fit_by_intimacy(scenario: Scenario, seed: int) -> float:
    """Mean relevance of what messages show: with *intimacy* less without, in [-1, 1]."""
    runs = [
        simulate(scenario, CUSTOMERS, WEEKS, seed, ValueChain(intimacy=on)) for on in (True, False)
    ]
    return value_chain.fit(runs[0]) - value_chain.fit(runs[1])


def conditions(scenario: Scenario, seed: int) -> float:
    """Profit: all four conditions raised less the sum of each alone, EUR per customer."""
    return value_chain_links.more_than_the_sum(_own(scenario, seed), CONDITION_STEP, seed)


def weakest_first(scenario: Scenario, seed: int) -> float:
    """Profit: the weakest element raised less the same points spread, EUR per customer."""
    own = _own(scenario, seed)
    element = value_chain_links.weakest_element(own)
    return value_chain_links.focus_over_spread(own, element, LINK_STEP, seed)


def foundation_first(scenario: Scenario, seed: int) -> float:
    """The same with leadership and culture, on which others rest."""
    own = _own(scenario, seed)
    return value_chain_links.focus_over_spread(own, FOUNDATION, LINK_STEP, seed)


def _own(scenario: Scenario, seed: int) -> Scenario:
    """The market with the firm of this world."""
    return scenario.replace(firm=draw_firm(seed))


register(
    Claim(
        id="the-chain-earns-more-than-its-stages",
        concepts=("B02",),
        sentence="The five stages together bring more than each of them alone, added up.",
        source="Buttle 2004; 2009; lecture notes on the value chain; lab X22",
        kind="response",
        measure=together,
        unit="EUR per customer",
        least=0.25,
        breaks="contact is not welcome: people tire, and as many buy less after a mail as buy more",
    )
)
register(
    Claim(
        id="intimacy-makes-the-proposition-fit",
        concepts=("B02",),
        sentence="Where the firm asks and watches, what it shows is more relevant to those who see "
        "it.",
        source="Buttle 2004; 2009 (customer intimacy before value proposition development)",
        kind="measurement",
        measure=fit_by_intimacy,
        unit="mean relevance",
        least=0.05,
        hostile={"answer_slips": 1.0},
        null={"need_concentration": 100.0},
        breaks="answers mean nothing: all of them are given, or noted down, at random",
    )
)
register(
    Claim(
        id="supporting-conditions-multiply",
        concepts=("B02",),
        sentence="All four supporting conditions raised together add more profit than each of them "
        "alone, added up.",
        source="Buttle 2004; 2009 (supporting conditions enable every stage)",
        kind="operation",
        measure=conditions,
        unit="EUR per customer",
        least=0.1,
        textbook=DESCRIBED,
        hostile={"capability_mix": "substitutes"},
        null=NOTHING_AT_STAKE,
        breaks="capabilities stand in for one another: each is worth the mean of what it rests on",
    )
)
register(
    Claim(
        id="the-weakest-link-first",
        concepts=("B02",),
        sentence="Raising the weakest of the nine elements earns more than spreading as many "
        "points evenly over all capabilities.",
        source="the chain as a metaphor; lab X19",
        kind="operation",
        measure=weakest_first,
        unit="EUR per customer",
        least=0.1,
        textbook=DESCRIBED,
        hostile={"capability_mix": "substitutes"},
        null=NOTHING_AT_STAKE,
        breaks="capabilities stand in for one another: each is worth the mean of what it rests on",
    )
)
register(
    Claim(
        id="the-foundation-first",
        concepts=("B02",),
        sentence="Raising leadership and culture, on which others rest, earns more than "
        "spreading as many points evenly over all capabilities.",
        source="Buttle 2004; 2009 (leadership and culture as a condition of all stages); lab X19",
        kind="operation",
        measure=foundation_first,
        unit="EUR per customer",
        least=0.1,
        textbook=DESCRIBED,
        hostile={"capability_mix": "substitutes"},
        null=NOTHING_AT_STAKE,
        breaks="capabilities stand in for one another: each is worth the mean of what it rests on",
    )
)

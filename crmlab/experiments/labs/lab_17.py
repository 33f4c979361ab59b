"""Claims of lab 17, the five processes (Payne and Frow 2005), and AMRAD."""

from __future__ import annotations

from functools import lru_cache

from crmlab.experiments import amrad_truth, delight, process_cuts
from crmlab.experiments.claims import Claim, register
from crmlab.experiments.granularity import LINE, Letters
from crmlab.market.packs import _NOBODY_REACTS, DESK, firm
from crmlab.market.scenario import Scenario

CUSTOMERS = 2_000
DESCRIBED = {**DESK, "firm": firm(), "intake_weeks": 26}
"""The market with a service desk, and a firm that is able only so far."""
NOTHING_PAYS = {**_NOBODY_REACTS, "post_eur": 0.0, "email_eur": 0.0}
"""Nobody reacts, and nothing that is sent costs anything: no choice makes a difference."""
ALL_ALIKE = {"rate_shape": 50.0, "rate_scale_weeks": 956.0, "responsiveness_sd": 0.0}
"""Everybody orders as often, at the mean rate of the pack, and is moved as much."""
SERVICE_IS_NOTHING = {"case_hurt": 0.0, "case_trust": 0.0, "mail_hurt": 0.0}
"""How a case was handled changes nothing."""


@lru_cache(maxsize=4)
def letters_of(scenario: Scenario, seed: int) -> Letters:
    """The pilot of one world, kept while granularities are compared."""
    return Letters(scenario, CUSTOMERS, seed)


def finer(scenario: Scenario, seed: int) -> float:
    """Profit of choices by 27 segments less that by one, EUR per customer."""
    home = letters_of(scenario, seed)
    return home.profit(27) - home.profit(1)


def one_to_one(scenario: Scenario, seed: int) -> float:
    """Profit of choices by a line in the usual margin less those by 27 segments, EUR a customer."""
    home = letters_of(scenario, seed)
    return home.profit(LINE) - home.profit(27)


def quick_answers(scenario: Scenario, seed: int) -> float:
    """Customers of a hundred kept by making the speed of answers perfect."""
    return amrad_truth.kept_by(scenario, "access", seed)


def seen_in_data(scenario: Scenario, seed: int) -> float:
    """The coefficient of access for staying, habits held equal: log odds for one deviation."""
    return float(amrad_truth.coefficients(scenario, seed).loc["access", "log_odds"])


register(
    Claim(
        id="feedback-beats-a-plan",
        concepts=("B03",),
        sentence="A strategy that is changed by its own results earns more over three years than "
        "the plan of the start.",
        source="Payne and Frow 2005, J. Marketing 69(4): performance assessment; lab X19",
        kind="operation",
        measure=process_cuts.feedback,
        unit="EUR per customer",
        least=0.5,
        hostile=process_cuts.ALIKE_POOLS,
        null=NOTHING_PAYS,
        breaks="customers cost and bring the same wherever they are won",
    )
)
register(
    Claim(
        id="without-information-most-is-lost",
        concepts=("B03",),
        sentence="Of the five processes, information management is the one without which most "
        "is lost.",
        source="our reading of Payne and Frow 2005, where information feeds all others",
        kind="operation",
        measure=process_cuts.information_hurts_most,
        unit="EUR per customer",
        least=0.5,
        hostile=process_cuts.ALIKE_POOLS,
        null=NOTHING_PAYS,
        breaks="customers cost and bring the same wherever they are won, so that there is less "
        "for value creation to find out",
    )
)
register(
    Claim(
        id="finer-segments-earn-more",
        concepts=("B03",),
        sentence="Choosing by 27 segments earns more than choosing for all at once.",
        source="Payne and Frow 2005: segment granularity, from macro to one-to-one",
        kind="operation",
        measure=finer,
        unit="EUR per customer",
        least=0.05,
        hostile=ALL_ALIKE,
        null=NOTHING_PAYS,
        breaks="customers do not differ",
    )
)
register(
    Claim(
        id="one-to-one-beats-segments",
        concepts=("B03",),
        sentence="Choosing for each customer, by one line in the usual margin, earns more than "
        "choosing by 27 segments.",
        source="Payne and Frow 2005: segment granularity, from macro to one-to-one",
        kind="operation",
        measure=one_to_one,
        unit="EUR per customer",
        least=0.05,
        hostile=ALL_ALIKE,
        null=NOTHING_PAYS,
        breaks="customers do not differ",
    )
)
register(
    Claim(
        id="delight-wears-off",
        concepts=("D13",),
        sentence="Care that has become usual holds fewer customers than care that is new.",
        source="Rust and Oliver 2000, J. Academy of Marketing Science 28(1); magic, lecture "
        "notes 8.4; lab X09",
        kind="operation",
        measure=delight.wear,
        unit="share of leavers",
        least=0.03,
        textbook=delight.HABIT,
        hostile={"care_habit": 0.0},
        null={"care_pull": 0.0},
        breaks="nobody gets used to anything",
    )
)
register(
    Claim(
        id="quick-answers-keep-customers",
        concepts=("D13", "A04"),
        sentence="Answering more quickly keeps customers who would have left.",
        source="access, lecture notes 8.4; lab X09",
        kind="operation",
        measure=quick_answers,
        unit="customers of a hundred",
        least=0.05,
        textbook=DESCRIBED,
        hostile={"customers_per_agent": 1_000.0},
        null=SERVICE_IS_NOTHING,
        breaks="there are agents enough: hardly anybody waits anyway",
    )
)
register(
    Claim(
        id="quick-answers-go-with-staying",
        concepts=("D13",),
        sentence="In the firm's records customers who got quick answers stay, with frequency and "
        "recency held equal.",
        source="the usual reading of satisfaction and retention data; access, lecture notes 8.4",
        kind="measurement",
        measure=seen_in_data,
        unit="log odds per standard deviation",
        least=0.05,
        textbook=DESCRIBED,
        hostile={"customers_per_agent": 1_000.0},
        null=SERVICE_IS_NOTHING,
        breaks="there are agents enough: hardly anybody waits anyway",
    )
)

"""Claims of lab 19, types of CRM (lecture notes "CRM 01"; Buttle 2009, chapter 1)."""

from __future__ import annotations

from functools import lru_cache

from crmlab.experiments.channel_trials import ALIKE, bandit_gain
from crmlab.experiments.claims import Claim, register
from crmlab.experiments.compare import gross_margin_eur
from crmlab.experiments.crm_types import live
from crmlab.market.packs import DESK
from crmlab.market.scenario import Scenario
from crmlab.strategic.crm_types import CRMTypes

CUSTOMERS, WEEKS = 1_000, 52
SEVERAL = {
    "sharing_delay_weeks": 1.0,
    "unseen_history": 0.3,
    "complaint_ignored": 1.0,
    "chase_opens_case": 0.9,
}
"""Four departments on three sites, none of which heeds what another knows."""
ONE = dict.fromkeys(SEVERAL, 0.0)
"""One department on one site."""
_OFFICE = {"customers_per_agent": CUSTOMERS / 3, "shift_hours": 0.5}


@lru_cache(maxsize=16)
def margin(scenario: Scenario, seed: int, types: tuple[str, ...], departments: int = 2) -> float:
    """Gross margin of a year with these types, EUR per customer."""
    policy = CRMTypes(**dict.fromkeys(types, True), departments=departments)
    return gross_margin_eur(live(scenario, policy, CUSTOMERS, WEEKS, seed)) / CUSTOMERS


def insight_and_execution(scenario: Scenario, seed: int) -> float:
    """Margin of analytical with operational, beyond what each brings alone."""
    a, o = ("analytical",), ("operational",)
    none, both = margin(scenario, seed, ()), margin(scenario, seed, o + a)
    return both - margin(scenario, seed, a) - margin(scenario, seed, o) + none


def automation(scenario: Scenario, seed: int) -> float:
    """Margin of operational CRM alone."""
    return margin(scenario, seed, ("operational",)) - margin(scenario, seed, ())


def whom_to_serve(scenario: Scenario, seed: int) -> float:
    """Margin of strategic CRM alone: the same letters, to the most valuable."""
    return margin(scenario, seed, ("strategic",)) - margin(scenario, seed, ())


def shared_view(scenario: Scenario, seed: int) -> float:
    """Margin of collaborative CRM alone, with four departments, or one where none is apart."""
    many = 4 if scenario.complaint_ignored > 0 else 1
    with_it = margin(scenario, seed, ("collaborative",), many)
    return with_it - margin(scenario, seed, (), many)


register(
    Claim(
        id="insight-needs-execution",
        concepts=("C03", "C06"),
        sentence="Analytical and operational CRM together bring more than each alone, added up.",
        source='lecture notes, CRM 01 ("creating synergies by implementing multiple types"); '
        "lab X16",
        kind="response",
        measure=insight_and_execution,
        unit="EUR per customer",
        least=0.05,
        hostile={"need_concentration": 100.0},
        breaks="everybody needs the same, so there is nothing to find out",
    )
)
register(
    Claim(
        id="automation-pays-by-itself",
        concepts=("C02",),
        sentence="Automating what repeats itself brings margin without any other type of CRM.",
        source='lecture notes, CRM 01 ("businesses of all shapes and sizes can benefit")',
        kind="response",
        measure=automation,
        unit="EUR per customer",
        least=0.05,
        breaks="contact is not welcome: people tire, and as many buy less after a mail as buy more",
    )
)
register(
    Claim(
        id="serve-the-valuable-first",
        concepts=("C01",),
        sentence="The same letters bring more if they go to the most valuable customers, not by "
        "turns.",
        source='lecture notes, CRM: Strategies and Technologies ("relies on customer data to '
        'identify target customers"); Buttle 2009',
        kind="response",
        measure=whom_to_serve,
        unit="EUR per customer",
        least=0.05,
        hostile={
            "rate_shape": 0.5533 * 100,
            "rate_scale_weeks": 10.578 * 100,
            "value_shape": 625.0,
            "value_mix_shape": 374.0,
            "value_mix_scale_eur": 21.0,
        },
        breaks="customers hardly differ in how often they order, and for how much",
    )
)
register(
    Claim(
        id="a-shared-view-pays-with-several-departments",
        concepts=("C04",),
        sentence="Collaborative CRM pays where several departments turn to the same customers.",
        source='lecture notes, CRM 01 ("multiple departments independently interact with '
        'prospects and customers")',
        kind="operation",
        measure=shared_view,
        unit="EUR per customer",
        least=0.05,
        textbook={**DESK, **_OFFICE, **SEVERAL},
        hostile=ONE,
        null={
            "email_effect": 0.0,
            "click_visits": 0.0,
            "pool_conversion": (0.0,) * 4,
            "case_hurt": 0.0,
            "mail_hurt": 0.0,
            "case_trust": 0.0,
            "fatigue_attrition": 0.0,
        },
        breaks="one department at one site turns to them",
    )
)
register(
    Claim(
        id="a-channel-for-each-beats-one-for-all",
        concepts=("E10", "C04"),
        sentence="To choose each customer's channel by what was opened earns more than the best "
        "single channel for all.",
        source='lecture notes, CRM 01 ("decides which medium to communicate with each customer")',
        kind="operation",
        measure=bandit_gain,
        unit="EUR per customer",
        least=0.05,
        hostile=ALIKE,
        null={"email_effect": 0.0, "click_visits": 0.0},
        breaks="all channels reach alike, are liked alike and cost alike",
    )
)

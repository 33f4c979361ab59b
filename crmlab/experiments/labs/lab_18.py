"""Claims of lab 18, assessment and REAP (lecture notes, CRM 01 and 8.1; labs X19 and X22)."""

from __future__ import annotations

from crmlab.experiments.claims import Claim, register
from crmlab.experiments.compare import gross_margin_eur
from crmlab.experiments.improvement_contest import FOUND, LARGEST_GAP, SAID, Firm, weakest_link
from crmlab.market.packs import DESK, firm
from crmlab.market.run import simulate
from crmlab.market.scenario import Scenario
from crmlab.strategic.reap_policy import REAP

SHOP = {"intake_weeks": 26, **DESK}
EQUAL = REAP(shares=(0.25, 0.25, 0.25, 0.25))
WEEKLY_EUR = 0.05
"""The budget of the REAP claim, a customer and week."""


def nearer_to_the_truth(scenario: Scenario, seed: int) -> float:
    """By how many points evidence is nearer to what is really there than what managers say."""
    firm = Firm(seed, scenario)
    table, real = firm.assessment.table, firm.truth["reality"]
    said, found = ((table[column] - real).abs().mean() for column in ("said_reality", "reality"))
    return float(100.0 * (said - found))


def better_choice(scenario: Scenario, seed: int) -> float:
    """EUR per customer: the improvement chosen by evidence less the one chosen by what is said."""
    firm = Firm(seed, scenario)
    return firm.worth(firm.choice(FOUND)) - firm.worth(firm.choice(SAID))


def benchmark_over_gap(scenario: Scenario, seed: int) -> float:
    """EUR per customer: the choice by gap and importance less the choice of the largest gap."""
    firm = Firm(seed, scenario)
    return firm.worth(firm.choice(FOUND)) - firm.worth(firm.choice(LARGEST_GAP))


def reap_over_equal(scenario: Scenario, seed: int) -> float:
    """Margin, EUR per customer: REAP's split of a budget less four equal parts of it."""
    customers = 1_000
    ours, theirs = (
        gross_margin_eur(simulate(scenario, customers, 78, seed, policy, WEEKLY_EUR * customers))
        for policy in (REAP(), EQUAL)
    )
    return (ours - theirs) / customers


register(
    Claim(
        id="evidence-is-nearer-than-perception",
        concepts=("B04",),
        sentence="Evidence counted in the firm's own records is nearer to what is really there "
        "than what its managers say.",
        source="assessors challenge and look for evidence: SCHEMA, Stone and others 2019, The "
        "Bottom Line; CMAT, Woodcock, Stone and Foss 2003",
        kind="measurement",
        measure=nearer_to_the_truth,
        unit="points",
        least=5.0,
        textbook=SHOP,
        hostile={"rate_scale_weeks": 400.0},
        null={"manager_bias": 0.0},
        breaks="hardly anybody orders twice, so the records have little to count",
    )
)
register(
    Claim(
        id="evidence-picks-the-better-improvement",
        concepts=("B04",),
        sentence="The improvement chosen by evidence is worth more than the one chosen by what "
        "managers say.",
        source="assessors challenge, look for evidence, revise: SCHEMA, Stone and others 2019",
        kind="measurement",
        measure=better_choice,
        unit="EUR per customer",
        least=0.05,
        textbook=SHOP,
        hostile={"manager_bias": 0.0},
        null={"ability_strength": 0.0},
        breaks="managers say what is so",
    )
)
register(
    Claim(
        id="importance-beats-the-largest-gap",
        concepts=("B04", "B05"),
        sentence="Gap times importance finds a better improvement than the largest gap.",
        source="gap, then roadmap with quick wins: SCHEMA, Stone and Woodcock; Radcliffe 2001",
        kind="measurement",
        measure=benchmark_over_gap,
        unit="EUR per customer",
        least=0.05,
        textbook=SHOP,
        hostile={"capability_mix": "weakest link"},
        null={"ability_strength": 0.0},
        breaks="a capability is worth no more than the weakest of what it rests on",
    )
)
register(
    Claim(
        id="the-weakest-link-comes-first",
        concepts=("B05", "B04"),
        sentence="Raising a weak foundation brings more than raising what rests on it.",
        source="foundations below, enablers above: SCHEMA; vision and strategy on top, processes, "
        "information, technology and metrics below: Radcliffe 2001",
        kind="operation",
        measure=weakest_link,
        unit="EUR per customer",
        least=0.1,
        textbook={**SHOP, "capability_mix": "weakest link"},
        hostile={"capability_mix": "independent"},
        null={"ability_strength": 0.0},
        breaks="each capability works alone, whatever it rests on",
    )
)
register(
    Claim(
        id="reap-beats-equal-parts",
        concepts=("B04",),
        sentence="A budget split by what the last EUR brings wins more margin than the same "
        "budget in four equal parts.",
        source="balance of engagement and profitability, lecture notes CRM 01; retention, "
        "efficiency, acquisition, penetration: SCHEMA",
        kind="response",
        measure=reap_over_equal,
        unit="EUR per customer",
        least=0.1,
        textbook={**DESK, "firm": firm()},
        hostile={"pool_contact_eur": (9.0, 5.0, 3.0, 8.0)},
        breaks="prospects cost ten times as much, so that no lever stands out",
    )
)

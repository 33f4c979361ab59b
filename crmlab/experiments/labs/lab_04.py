"""Claims of lab 04, identify (Peppers and Rogers; Fellegi and Sunter 1969; lab X01)."""

from __future__ import annotations

from crmlab.analytical.linkage import FellegiSunter, NaiveEM, Plan, cluster, pairwise, plan_for
from crmlab.experiments.claims import Claim, register
from crmlab.experiments.linking import LinkedFirm, campaign_profit, recognised
from crmlab.market.scenario import Scenario

CUSTOMERS, LARGE = 1_000, 2_000
MESSY = {"duplicate_share": 0.4, "record_errors": 1.0, "household_share": 0.3}
ALONE = {"duplicate_share": 0.0, "household_share": 0.0}
THRESHOLDS, STRICT = (0.01, 0.1, 0.5, 0.9), 0.99


def top_decile_lift(scenario: Scenario, seed: int) -> float:
    """How much more of the true top decile a firm finds with links, percentage points."""
    firm = LinkedFirm(scenario, CUSTOMERS, seed)
    with_links, without = (
        recognised(firm.records, firm.truth, links) for links in (firm.linked(), None)
    )
    return 100 * (with_links - without)


def merging_against_missing(scenario: Scenario, seed: int) -> float:
    """Profit, EUR per customer: no links at all less one customer for each address."""
    firm = LinkedFirm(scenario, LARGE, seed)
    missing, merged = (campaign_profit(firm.campaign(k)) for k in (None, firm.over_merged()))
    return (missing - merged) / LARGE


def strictness_pays(scenario: Scenario, seed: int) -> float:
    """Profit, EUR per customer: links above 0.99 less links at the threshold of the best F1."""
    firm = LinkedFirm(scenario, CUSTOMERS, seed)
    best = max((firm.linked(t) for t in THRESHOLDS), key=lambda k: pairwise(k, firm.truth).f1)
    strict, usual = (campaign_profit(firm.campaign(k)) for k in (firm.linked(STRICT), best))
    return (strict - usual) / CUSTOMERS


def f1_of(firm: LinkedFirm, linker: FellegiSunter) -> float:
    """F1 over pairs at even odds, in points of 100; 0 where there is no pair to find."""
    if firm.truth.is_unique:
        return 0.0
    links = cluster(linker.fit(firm.clean).pairs_, firm.clean["customer_id"], 0.5)
    return 100 * pairwise(links, firm.truth).f1


def as_published(firm: LinkedFirm) -> Plan:
    """The usual plan without a kind of pair for households."""
    usual = plan_for(firm.clean)
    return Plan(usual.comparisons, usual.keys, usual.key)


def households_gain(scenario: Scenario, seed: int) -> float:
    """Points of F1: u from random pairs and households less all learnt on blocked pairs."""
    firm = LinkedFirm(scenario, CUSTOMERS, seed)
    return f1_of(firm, FellegiSunter(random_pairs=50_000)) - f1_of(firm, NaiveEM())


def random_pairs_gain(scenario: Scenario, seed: int) -> float:
    """Points of F1: u from random pairs less all learnt on blocked pairs, no households."""
    firm = LinkedFirm(scenario, CUSTOMERS, seed)
    return f1_of(firm, FellegiSunter(as_published(firm), 50_000)) - f1_of(firm, NaiveEM())


register(
    Claim(
        id="linkage-finds-the-top-decile",
        concepts=("B01", "D08"),
        sentence="Removing duplicates lets a firm find more of its most valuable customers.",
        source="identify before you differentiate: Peppers and Rogers; lecture notes 8.7",
        kind="measurement",
        measure=top_decile_lift,
        unit="percentage points of the top decile",
        least=1.0,
        textbook=MESSY,
        hostile={"record_errors": 4.0, "email_change_rate": 1.0, "moved_rate": 1.0},
        null={"duplicate_share": 0.0},
        breaks="further records show another address and e-mail, and errors are four times "
        "as frequent",
    )
)
register(
    Claim(
        id="over-merging-costs-more-than-missing-links",
        concepts=("B01", "D08"),
        sentence="Taking all at one address for one customer costs more than no links at all.",
        source="hypothesis of lab X01",
        kind="operation",
        measure=merging_against_missing,
        unit="EUR per customer in half a year",
        least=0.02,
        textbook=MESSY,
        hostile={"household_share": 0.0},
        null=ALONE,
        breaks="everybody lives alone: who shares an address is one person",
    )
)
register(
    Claim(
        id="profit-wants-a-stricter-threshold",
        concepts=("D08",),
        sentence="Links stricter than those of the best F1 earn more.",
        source="hypothesis of lab X01",
        kind="operation",
        measure=strictness_pays,
        unit="EUR per customer in half a year",
        least=0.02,
        textbook=MESSY,
        hostile={"household_share": 0.0},
        null=ALONE,
        breaks="everybody lives alone: hardly anybody can be merged with somebody else",
    )
)
register(
    Claim(
        id="households-ruin-naive-linkage",
        concepts=("D08",),
        sentence="Weights from random pairs, with households thought of, find who is who better "
        "than weights from blocked pairs.",
        source="Fellegi and Sunter 1969; Winkler 1988; lab X01",
        kind="measurement",
        measure=households_gain,
        unit="points of F1",
        least=5.0,
        textbook=MESSY,
        hostile={"household_share": 0.0},
        null={"duplicate_share": 0.0},
        breaks="everybody lives alone",
    )
)
register(
    Claim(
        id="random-pairs-alone-are-enough",
        concepts=("D08",),
        sentence="Weights from random pairs beat weights from blocked pairs, "
        "without a thought of households.",
        source="Winkler 1988; lab X01",
        kind="measurement",
        measure=random_pairs_gain,
        unit="points of F1",
        least=5.0,
        textbook=MESSY,
        hostile={"household_share": 0.6},
        null={"duplicate_share": 0.0},
        breaks="twice as many people live in households",
    )
)

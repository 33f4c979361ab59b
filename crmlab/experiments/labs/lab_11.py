"""Claims of lab 11, IDIC (Peppers and Rogers 2004; lab X22)."""

from __future__ import annotations

from crmlab.experiments.claims import Claim, register
from crmlab.experiments.idic_trials import SEVERAL_RECORDS, profit, version
from crmlab.market.scenario import Scenario
from crmlab.strategic.idic import IDIC, STEPS

CUSTOMERS = 1_000
FEW, MANY = 0.1, 0.8
UNIT = "EUR of profit per customer in a year"
ALL = version(*STEPS)


def earns(scenario: Scenario, seed: int, policy: IDIC) -> float:
    """Profit of one version, EUR per customer."""
    return profit(scenario, CUSTOMERS, seed, policy)


def synergy(scenario: Scenario, seed: int) -> float:
    """What differentiate and customise earn together beyond what each earns alone."""
    both, d, c, none = (
        earns(scenario, seed, version(*steps))
        for steps in (("differentiate", "customise"), ("differentiate",), ("customise",), ())
    )
    return both - d - c + none


def cost_of_analysis(scenario: Scenario, seed: int) -> float:
    """What identify and interact earn where nobody differentiates or customises."""
    return earns(scenario, seed, version("identify", "interact")) - earns(scenario, seed, version())


def identify_by_duplication(scenario: Scenario, seed: int) -> float:
    """What identify adds to the other steps where many have several records, less where few do."""
    added = [
        earns(sc, seed, ALL) - earns(sc, seed, version(*STEPS[1:]))
        for sc in (scenario.replace(duplicate_share=share) for share in (MANY, FEW))
    ]
    return added[0] - added[1]


def questions_gain(scenario: Scenario, seed: int) -> float:
    """What asking adds to the other three steps."""
    return earns(scenario, seed, ALL) - earns(
        scenario, seed, version("identify", "differentiate", "customise")
    )


def drip_over_form(scenario: Scenario, seed: int) -> float:
    """One question a month less a form of three questions a quarter."""
    return earns(scenario, seed, ALL) - earns(scenario, seed, version(*STEPS, questions_at_once=3))


def valuable_over_growable(scenario: Scenario, seed: int) -> float:
    """Letters first to those of most value less letters first to those with most to gain."""
    return earns(scenario, seed, version(*STEPS, rank="value")) - earns(scenario, seed, ALL)


register(
    Claim(
        id="differentiate-and-customise-together",
        concepts=("B01",),
        sentence="Differentiate and customise together earn more than the two apart.",
        source="IDIC: Peppers and Rogers 2004; hypothesis of lab X22",
        kind="operation",
        measure=synergy,
        unit=UNIT,
        least=0.05,
        textbook=SEVERAL_RECORDS,
        hostile={"need_concentration": 100.0},
        null={"email_effect": 0.0},
        breaks="all customers need the same: there is nothing to customise by",
    )
)
register(
    Claim(
        id="analysis-alone-is-pure-cost",
        concepts=("B01",),
        sentence="Identify and interact cost more than they earn until the firm differentiates "
        "or customises.",
        source="hypothesis of lab X22, from IDIC's order of steps",
        kind="operation",
        measure=cost_of_analysis,
        unit=UNIT,
        least=0.01,
        sign=-1,
        textbook=SEVERAL_RECORDS,
        hostile={"rival_rate": 0.02},
        null={"question_eur": 0.0, "email_eur": 0.0, "question_fatigue": 0.0,
              "duplicate_share": 0.0},
        breaks="there is a rival, whom whoever has answered would have to teach again",
    )
)  # fmt: skip
register(
    Claim(
        id="identify-earns-more-with-duplicates",
        concepts=("B01", "D08"),
        sentence="The more customers have several records, the more identify earns.",
        source="identify before all else: Peppers and Rogers 2004; hypothesis of lab X22",
        kind="operation",
        measure=identify_by_duplication,
        unit=UNIT,
        least=0.05,
        textbook=SEVERAL_RECORDS,
        hostile={"record_errors": 4.0, "email_change_rate": 1.0, "moved_rate": 1.0},
        null={"record_use": 0.0},
        breaks="further records show another address and e-mail, and errors are four times "
        "as frequent",
    )
)
register(
    Claim(
        id="a-golden-question-pays-for-itself",
        concepts=("B01",),
        sentence="Asking those whose answer is worth more than the question earns more than "
        "not asking.",
        source="golden questions: Peppers and Rogers 2004",
        kind="operation",
        measure=questions_gain,
        unit=UNIT,
        least=0.05,
        textbook=SEVERAL_RECORDS,
        hostile={"answer_slips": 1.0},
        null={"answer_rate": 0.0, "question_fatigue": 0.0},
        breaks="what is answered, or noted down, is anything",
    )
)
register(
    Claim(
        id="one-question-at-a-time-beats-a-form",
        concepts=("B01",),
        sentence="One question at a time earns more than a form with as many questions.",
        source="drip irrigation: Peppers and Rogers 2004",
        kind="operation",
        measure=drip_over_form,
        unit=UNIT,
        least=0.05,
        textbook=SEVERAL_RECORDS,
        hostile={"answer_slips": 1.0},
        null={"answer_rate": 0.0, "question_fatigue": 0.0},
        breaks="what is answered, or noted down, is anything",
    )
)
register(
    Claim(
        id="the-most-valuable-deserve-the-budget",
        concepts=("B01", "A03"),
        sentence="Letters to the most valuable customers earn more than letters to the most "
        "growable ones.",
        source="value tiers: Peppers and Rogers 2004",
        kind="operation",
        measure=valuable_over_growable,
        unit=UNIT,
        least=0.05,
        textbook=SEVERAL_RECORDS,
        hostile={"need_concentration": 100.0},
        null={"email_effect": 0.0},
        breaks="all customers need the same: who is worth most has also most to gain",
    )
)

"""Claims of lab 12, the customer lifecycle (lecture notes 10; lab X06)."""

from __future__ import annotations

from crmlab.experiments.claims import Claim, margin_gain, register
from crmlab.experiments.lifecycle_allocation import Budget, best_share
from crmlab.experiments.lifecycle_contests import (
    MIGRATION,
    RETENTION,
    care_reckoned_and_true,
    leads_compared,
    models_compared,
    offers_compared,
    pools_compared,
    worth_with_retention,
)
from crmlab.market.scenario import Scenario
from crmlab.operational.rules import lifecycle
from crmlab.strategic.lifecycle.moves import at_random

CHEAP_LEAVE = (1.0, 3.0, 0.5, 3.0)
"""Who came through social media or affiliates cancels at three times the hazard."""
SHARES = (0.5, 0.625, 0.75, 0.875)


def worth_over_price(scenario: Scenario, seed: int) -> float:
    """Margin, EUR for each EUR spent: the pool chosen by worth less the pool chosen by price."""
    found = pools_compared(scenario, customers=1_500, budget_eur=12_000.0, seed=seed)
    margin = found["margin_per_eur"]
    return float(margin["worth"] - margin["price"])


def share_falls(scenario: Scenario, seed: int) -> float:
    """By how much the best share for winning falls when care comes to work four times as well.

    From half of the market's care_pull to double.
    """
    best = [
        best_share(
            Budget(weeks=78).by_share(
                scenario.replace(care_pull=scenario.care_pull * factor), SHARES, seed
            )
        )
        for factor in (0.5, 2.0)
    ]
    return best[0] - best[1]


def one_rate_overstates(scenario: Scenario, seed: int) -> float:
    """EUR per customer: what 1 EUR of care a renewal seems to gain, less what it gains."""
    gain = care_reckoned_and_true(scenario, care_eur=1.0, seed=seed)
    return float(gain["reckoned"] - gain["true"])


def five_points(scenario: Scenario, seed: int) -> float:
    """Rise of a customer's lifetime value, %, by five points more of yearly retention."""
    terms = max(round(52 / scenario.contract_weeks), 1)
    return 100.0 * float(worth_with_retention(scenario, 5.0, terms, seed=seed)["rise"])


def notices_over_everybody(scenario: Scenario, seed: int) -> float:
    """Margin gained for each EUR redeemed: offers to those under notice less to everybody."""
    found = offers_compared(scenario, 1_500, 78, seed, rules=("notices", "everybody"))
    return float(found.loc["notices", "per_eur"] - found.loc["everybody", "per_eur"])


def migration_over_retention(scenario: Scenario, seed: int) -> float:
    """By how many points of what came the migration model is nearer than the retention model."""
    error = models_compared(scenario, customers=4_000, seed=seed)["error"].abs()
    return 100.0 * float(error[RETENTION] - error[MIGRATION])


def urgent_over_first_come(scenario: Scenario, seed: int) -> float:
    """Margin per call, EUR: urgent cards first less the oldest card first."""
    found = leads_compared(scenario, ("first come", "urgent"), seed=seed)["per_call_eur"]
    return float(found["urgent"] - found["first come"])


register(
    Claim(
        id="select-by-worth-not-by-price",
        concepts=("B06",),
        sentence="Winning customers from the pool whose customers are worth most brings more for "
        "each EUR than from the pool where a customer is cheapest.",
        source="customer selection: segmenting by value, lecture notes 10; Reinartz, Thomas and "
        "Kumar 2005, J. Marketing 69(1)",
        kind="response",
        measure=worth_over_price,
        unit="EUR per EUR",
        least=0.1,
        pack="subscription",
        textbook={"channel_dropout": CHEAP_LEAVE},
        hostile={"channel_dropout": (1.0, 1.0, 1.0, 1.0)},
        breaks="customers of all pools stay equally long",
    )
)
register(
    Claim(
        id="winning-share-falls-as-keeping-gets-easier",
        concepts=("B06",),
        sentence="The better care works, the smaller the best share of the budget for winning.",
        source="the customer equity test, Blattberg and Deighton 1996, Harvard Business Review "
        "74(4)",
        kind="operation",
        measure=share_falls,
        unit="share of the budget",
        least=0.02,
        pack="subscription",
        hostile={"pool_ceiling": 1.0},
        null={"care_pull": 0.0},
        breaks="more money on a prospect wins nobody, however much is left for it",
    )
)
register(
    Claim(
        id="one-retention-rate-overstates-care",
        concepts=("B06",),
        sentence="Reckoned with one retention rate for all customers, care looks worth more than "
        "it is.",
        source="the assumption of Blattberg and Deighton 1996; Fader and Hardie 2010, Marketing "
        "Science 29(1)",
        kind="measurement",
        measure=one_rate_overstates,
        unit="EUR per customer",
        least=1.0,
        pack="subscription",
        textbook={"care_carryover": 0.0},
        hostile={"care_carryover": 0.9},
        null={"cancel_alpha": 800.0, "cancel_beta": 9_000.0},
        breaks="care is remembered and adds up, so that a trial of some months sees too little of "
        "what it does",
    )
)
register(
    Claim(
        id="five-points-of-retention-add-a-quarter",
        concepts=("B06",),
        sentence="Five points more of yearly retention raise a customer's value by a quarter or "
        "more.",
        source="Reichheld and Sasser 1990, Harvard Business Review 68(5): 25 to 85 %; "
        "Reichheld and Schefter 2000, Harvard Business Review 78(4): 25 to 95 %",
        kind="operation",
        measure=five_points,
        unit="%",
        least=25.0,
        pack="subscription",
        hostile={"cancel_alpha": 3.0},
        null={"cancel_alpha": 0.001},
        breaks="customers leave three times as fast",
    )
)
register(
    Claim(
        id="save-those-who-say-they-go",
        concepts=("B06",),
        sentence="For each EUR redeemed, save offers to those who have given notice bring more "
        "than save offers to everybody.",
        source="retention, lecture notes 10; win-back and save offers, Buttle 2009",
        kind="response",
        measure=notices_over_everybody,
        unit="EUR per EUR",
        least=0.5,
        pack="subscription",
        hostile={"notice_share": 0.0},
        breaks="nobody says so before they leave",
    )
)
register(
    Claim(
        id="migration-fits-always-a-share",
        concepts=("B06",),
        sentence="Where customers come back after a silence, the migration model is nearer to "
        "next year's margin than the retention model.",
        source="Dwyer 1989, J. Direct Marketing 3(4); Pfeifer and Carraway 2000, J. Interactive "
        "Marketing 14(2)",
        kind="measurement",
        measure=migration_over_retention,
        unit="points of what came",
        least=5.0,
        hostile={"rate_shape": 6.0, "rate_scale_weeks": 6.0},
        null={"process": "contract"},
        breaks="everybody who is still there orders every week, so that silence means gone",
    )
)
register(
    Claim(
        id="urgent-leads-first",
        concepts=("A13",),
        sentence="Calling those first who mean to buy now brings more margin per call than first "
        "come, first served.",
        source="qualified lead: an indication of the propensity to purchase, lecture notes 10",
        kind="response",
        measure=urgent_over_first_come,
        unit="EUR per call",
        least=0.5,
        pack="subscription",
        hostile={"lead_signal": 0.0, "lead_cools_weeks": 400.0},
        breaks="what a card says of its urgency is chance, and cards do not grow cold",
    )
)
register(
    Claim(
        id="stage-messages-beat-a-lottery",
        concepts=("A12", "E07"),
        sentence="Messages by lifecycle stage bring more margin than as many messages to "
        "customers drawn by lot.",
        source="lifecycle messaging, lecture notes 8.2; conversion marketing, lecture notes 10",
        kind="response",
        measure=margin_gain(lifecycle(2), at_random(lifecycle(2)), 6_000, 52),
        unit="EUR per customer",
        least=0.05,
        hostile={"responsiveness_mean": 0.0},
        breaks="as many buy less after a message as buy more",
    )
)

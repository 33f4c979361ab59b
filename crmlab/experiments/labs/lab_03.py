"""Claims of lab 03, sense and respond (lecture notes 8.1, 10; lab X08)."""

from __future__ import annotations

from crmlab.experiments.claims import Claim, margin_gain, register
from crmlab.experiments.compare import gross_margin_eur
from crmlab.experiments.credit import claimed_and_gained, credit
from crmlab.market.run import simulate
from crmlab.market.scenario import Scenario
from crmlab.operational.campaigns import newsletter, random_timing
from crmlab.operational.rules import cart_rule, lifecycle, sense_and_respond, standing

CUSTOMERS = 10_000  # a reminder moves few: in a small base luck hides what it does


def gain_per_message(scenario: Scenario, seed: int) -> float:
    """Margin gained per message, EUR: sense and respond less a fortnightly newsletter."""
    quiet = gross_margin_eur(simulate(scenario, CUSTOMERS, 52, seed))
    gains = []
    for policy in (sense_and_respond(1), newsletter(2)):
        run = simulate(scenario, CUSTOMERS, 52, seed, policy)
        gains.append((gross_margin_eur(run) - quiet) / max(len(run.records.messages), 1))
    return gains[0] - gains[1]


def last_click_overstates(scenario: Scenario, seed: int) -> float:
    """Margin that last click credits to cart reminders, less what they brought.

    EUR per customer, both before returns.
    """
    busy = simulate(scenario, CUSTOMERS, 52, seed, standing((cart_rule(1),)))
    quiet = simulate(scenario, CUSTOMERS, 52, seed)
    claimed, gained = claimed_and_gained(credit(busy, quiet))
    return (claimed - gained) / CUSTOMERS


def last_click_flatters_the_late(scenario: Scenario, seed: int) -> float:
    """By how much last click prefers cart reminders to the newsletter beyond what is true.

    What it claims too much for cart reminders, less what it claims too much for a fortnightly
    newsletter, EUR per customer.
    """
    quiet = simulate(scenario, CUSTOMERS, 52, seed)
    too_much = []
    for policy in (standing((cart_rule(1),)), newsletter(2)):
        busy = simulate(scenario, CUSTOMERS, 52, seed, policy)
        claimed, gained = claimed_and_gained(credit(busy, quiet))
        too_much.append(claimed - gained)
    return (too_much[0] - too_much[1]) / CUSTOMERS


register(
    Claim(
        id="sense-and-respond-beats-calendar",
        concepts=("B10", "E08"),
        sentence="Answering what people do brings more margin per message than the calendar.",
        source="sense and respond, lecture notes 10",
        kind="response",
        measure=gain_per_message,
        unit="EUR per message",
        least=0.01,
        hostile={"cart_recovery": 0.0, "triggered_strength": 0.0, "conversion_strength": 0.0},
        breaks="triggered messages move nobody",
    )
)
register(
    Claim(
        id="right-message-at-each-stage",
        concepts=("E07",),
        sentence="Messages by lifecycle stage bring more margin than the same newsletter for all.",
        source="lifecycle messaging, lecture notes 8.2",
        kind="response",
        measure=margin_gain(lifecycle(2, at_risk_offer_eur=3.0), newsletter(2), CUSTOMERS, 52),
        unit="EUR per customer",
        least=0.05,
        hostile={"offer_strength": 0.0, "conversion_strength": 1.0},
        breaks="an offer or a conversion message moves nobody more than news does",
    )
)
register(
    Claim(
        id="a-second-reminder-pays",
        concepts=("B10",),
        sentence="A reminder after the first e-mail about an abandoned cart brings further margin.",
        source="continuing with reminders, lecture notes 8.1",
        kind="response",
        measure=margin_gain(standing((cart_rule(1),)), standing((cart_rule(0),)), CUSTOMERS, 52),
        unit="EUR per customer",
        least=0.01,
        hostile={"cart_recovery": 0.0, "triggered_strength": 0.0},
        breaks="lost carts stay lost, and a reminder moves nobody",
    )
)
register(
    Claim(
        id="last-click-overstates-reminders",
        concepts=("B10", "E08"),
        sentence="Last-click attribution credits cart reminders with more than they bring.",
        source="lab X08; attribution against a hold-out",
        kind="measurement",
        measure=last_click_overstates,
        unit="EUR per customer",
        least=0.05,
        hostile={"cart_before_order": 0.0},
        null={"cart_before_order": 0.0, "lost_cart_share": 0.0},
        breaks="nobody returns to a cart by themselves",
    )
)
register(
    Claim(
        id="last-click-flatters-the-late-message",
        concepts=("B10", "E08"),
        sentence="Last click makes cart reminders look better, against the newsletter, than true.",
        source="lab X08; attribution against a second life",
        kind="measurement",
        measure=last_click_flatters_the_late,
        unit="EUR per customer",
        least=0.05,
        hostile={"responsiveness_mean": 0.0, "cart_before_order": 0.0},
        null={
            "email_effect": 0.0,
            "cart_recovery": 0.0,
            "cart_before_order": 0.0,
            "lost_cart_share": 0.0,
        },
        breaks="a newsletter gains nothing, and nobody returns to a cart by themselves",
    )
)
register(
    Claim(
        id="the-calendar-beats-random-timing",
        concepts=("E08",),
        sentence="A regular newsletter brings more than the same number of messages at random.",
        source="contact strategy, Chaffey 2004",
        kind="response",
        measure=margin_gain(newsletter(2), random_timing(26.09), CUSTOMERS, 52),
        unit="EUR per customer",
        least=0.02,
        hostile={"fatigue": 0.0},
        breaks="nobody tires, so that spacing does not matter",
    )
)

"""Claims of lab 02, permission marketing (Godin 1999; Chaffey 2004; lab X07)."""

from __future__ import annotations

from crmlab.experiments.claims import Claim, margin_gain, register
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.operational.campaigns import interruption, newsletter
from crmlab.operational.consent import permission

CUSTOMERS = 2_000
SHORT, LONG = 13, 104


def horizon_reversal(scenario: Scenario, seed: int) -> float:
    """By how much the best frequency turns over: weekly wins 13 weeks and loses 104.

    The smaller of two margins, EUR per customer: what weekly brings more than fortnightly in
    a quarter, and what it brings less in two years. Positive only if both are.
    """
    weekly, fortnightly = (
        simulate(scenario, CUSTOMERS, LONG, seed, newsletter(every)) for every in (1, 2)
    )
    short, long = (
        (margin_so_far(weekly, weeks) - margin_so_far(fortnightly, weeks)) / CUSTOMERS
        for weeks in (SHORT, LONG)
    )
    return min(short, -long)


def margin_so_far(run: Run, weeks: int) -> float:
    """Gross margin less returns in the first weeks of a run, EUR."""
    book = run.ledger
    counted = book["cause"].isin(["gross margin", "returns"]) & (book["week"] < weeks)
    return float(book.loc[counted, "eur"].sum())


def incentive_profit(scenario: Scenario, seed: int) -> float:
    """Profit, EUR per customer: an incentive of EUR 2 for agreeing less asking for nothing."""
    paid, free = (
        simulate(scenario, CUSTOMERS, LONG, seed, permission(4, incentive_eur=eur)).profit
        for eur in (2.0, 0.0)
    )
    return (paid - free) / CUSTOMERS


def complaints_saved(scenario: Scenario, seed: int) -> float:
    """Spam reports per 1,000 e-mails: an obstructed way out less a preference centre."""
    rates = []
    for path in ("obstructed", "preference centre"):
        run = simulate(scenario, CUSTOMERS, 52, seed, permission(1, path=path))
        spam = (run.records.responses["event"] == "complaint").sum()
        rates.append(1_000 * spam / max(len(run.records.messages), 1))
    return rates[0] - rates[1]


register(
    Claim(
        id="permission-beats-interruption",
        concepts=("E05", "E06"),
        sentence="Asking first and writing to those who agreed brings more than writing to all.",
        source="Godin 1999, Permission Marketing; lecture notes 10",
        kind="response",
        measure=margin_gain(permission(2), interruption(2), 1_000, LONG),
        unit="EUR per customer",
        least=0.05,
        textbook={"consent_law": "opt-out"},
        hostile={"interruption_fatigue": 1.0, "tolerance_median": 7.0, "trust_loss": 0.0},
        breaks="nobody minds being interrupted: unasked messages tire no more than wanted ones, "
        "and people tolerate ten times as many",
    )
)
register(
    Claim(
        id="short-tests-favour-too-much-mail",
        concepts=("E05", "E06"),
        sentence="In a quarter weekly mail looks better than fortnightly; "
        "in two years it is worse.",
        source="Dreze and Bonfrer 2008; Zhang, Kumar and Cosguner 2017",
        kind="response",
        measure=horizon_reversal,
        unit="EUR per customer, the smaller of both",
        least=0.02,
        hostile={"fatigue": 0.0},
        breaks="nobody tires",
    )
)
register(
    Claim(
        id="opt-down-beats-obstruction",
        concepts=("E06",),
        sentence="A preference centre brings fewer spam reports than a hidden way out.",
        source="against Chaffey 2004, principle 4; GDPR Art. 7(3)",
        kind="operation",
        measure=complaints_saved,
        unit="reports per 1,000 e-mails",
        least=0.05,
        hostile={"obstruction_complaint": 0.0},
        null={
            "obstruction_complaint": 0.0,
            "opt_down_share": 0.0,
            "unsubscribe_rate": 0.0,
            "unsubscribe_irritated": 0.0,
        },
        breaks="those who do not find the way out stay, annoyed, and report nothing",
    )
)
register(
    Claim(
        id="opt-in-incentive-raises-margin",
        concepts=("E05", "E06"),
        sentence="An incentive of EUR 2 for agreeing brings more margin than asking without one.",
        source="Godin 1999: the first of five steps",
        kind="response",
        measure=margin_gain(
            permission(4, incentive_eur=2.0), permission(4, incentive_eur=0.0), CUSTOMERS, LONG
        ),
        unit="EUR per customer",
        least=0.02,
        hostile={"incentive_pull": 0.0},
        breaks="incentives attract nobody",
    )
)
register(
    Claim(
        id="opt-in-incentive-pays",
        concepts=("E05", "E06"),
        sentence="An incentive of EUR 2 for agreeing earns back more than it costs.",
        source="Godin 1999: the first of five steps",
        kind="operation",
        measure=incentive_profit,
        unit="EUR per customer, after its cost",
        least=0.02,
        hostile={"incentive_pull": 0.0},
        null={"ask_acceptance": 0.0},
        breaks="incentives attract nobody, and are paid to those who would agree anyway",
    )
)
register(
    Claim(
        id="a-clean-list-pays",
        concepts=("D02", "D03", "D08"),
        sentence="Sparing dead addresses and those who have opened nothing for half a year "
        "brings more margin.",
        source="database cleaning and list decay, lecture notes 8.3 and 8.7",
        kind="response",
        measure=margin_gain(
            permission(2, incentive_eur=0.0, sunset_weeks=26.0),
            permission(2, incentive_eur=0.0),
            1_000,
            LONG,
        ),
        unit="EUR per customer",
        least=0.05,
        hostile={"reputation_effect": 0.0},
        breaks="bounces and complaints do not bar the inbox",
    )
)

"""Claims of the first look at the market: what repeat customers and contact are worth."""

from __future__ import annotations

import numpy as np

from crmlab.experiments.claims import Claim, margin_gain, register
from crmlab.market.run import simulate
from crmlab.market.scenario import Scenario
from crmlab.operational.campaigns import newsletter


def best_fifth_share(scenario: Scenario, seed: int) -> float:
    """Share of realised value that the best fifth of customers brings, beyond a fifth."""
    value = simulate(scenario, 2_000, 104, seed).truth.people["realised_value_eur"]
    best = np.sort(value.to_numpy())[::-1][: len(value) // 5]
    return float(best.sum() / value.sum()) - 0.2


def past_predicts_future(scenario: Scenario, seed: int) -> float:
    """Correlation of orders in the first and the second year, per customer."""
    orders = simulate(scenario, 2_000, 104, seed).records.orders
    year = (orders["ordered_at"] >= "2024-12-30").astype(int)
    counts = orders.groupby(["customer_id", year]).size().unstack(fill_value=0)
    return float(counts[0].corr(counts[1])) if counts[1].std() > 0 else 0.0


# Everybody alike and nobody leaving, all from the first week: differences are luck.
_IDENTICAL = {
    "rate_shape": 1_000.0, "rate_scale_weeks": 20_000.0,
    "dropout_shape": 1.0, "dropout_scale_weeks": 1e6,
    "value_mix_shape": 1_000.0, "value_mix_scale_eur": 5_600.0,
    "intake_weeks": 1,
}  # fmt: skip

register(
    Claim(
        id="few-customers-bring-most",
        concepts=("A03", "F02"),
        sentence="A fifth of the customers brings most of the value: more than half.",
        source="Pareto's 20/80 rule as the lecture notes have it",
        kind="measurement",
        measure=lambda scenario, seed: best_fifth_share(scenario, seed) - 0.3,
        unit="share above one half",
        least=0.01,
        hostile={
            "rate_shape": 20.0,
            "rate_scale_weeks": 400.0,
            "value_mix_shape": 40.0,
            "value_mix_scale_eur": 220.0,
            "dropout_shape": 20.0,
            "dropout_scale_weeks": 800.0,
        },
        null=_IDENTICAL,
        breaks="customers hardly differ in rate, lifetime and basket",
    )
)
register(
    Claim(
        id="past-predicts-future",
        concepts=("D01", "C03"),
        sentence="What customers did tells what they will do.",
        source="historical against predictive data, lecture notes 8.3",
        kind="measurement",
        measure=past_predicts_future,
        unit="correlation",
        least=0.1,
        hostile={
            "rate_shape": 20.0,
            "rate_scale_weeks": 400.0,
            "dropout_shape": 20.0,
            "dropout_scale_weeks": 800.0,
        },
        null=_IDENTICAL,
        breaks="customers hardly differ, so that the past is mostly luck",
    )
)
register(
    Claim(
        id="contact-raises-sales",
        concepts=("A12", "A06"),
        sentence="A fortnightly newsletter to those who agreed raises gross margin within a year.",
        source="benefits of e-CRM, lecture notes 10",
        kind="response",
        measure=margin_gain(newsletter(2)),
        unit="EUR per customer",
        least=0.05,
        hostile={"tolerance_median": 0.175, "responsiveness_mean": 0.0},
        breaks="people tire quickly, and as many buy less after a message as buy more",
    )
)

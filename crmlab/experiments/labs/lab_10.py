"""Claims of lab 10, forecasting and budgeting (lecture notes 8.3 and on analytical CRM; X17)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crmlab.checks import one_of
from crmlab.experiments.budgets import budget_saving
from crmlab.experiments.campaign_forecasts import (
    COHORTS_GUESS,
    COHORTS_PLAN,
    SMOOTHING,
    SMOOTHING_PLAN,
    campaign_errors,
)
from crmlab.experiments.claims import CONDITIONS, Claim, register
from crmlab.experiments.sales_team import SalesTeam, correction_gain
from crmlab.market.scenario import Scenario

OVER_EUR = 0.08  # what a euro costs that was budgeted for and did not come
_OTHER_RATES = (0.8, 1.3, 0.7)  # of the pools that the campaign does not use


@dataclass(frozen=True)
class TeamClaim(Claim):
    """A claim about a drawn sales team: the overrides are fields of `SalesTeam`."""

    def scenario(self, condition: str) -> Any:
        """The team of one condition, with the claim's own changes."""
        one_of("condition", condition, CONDITIONS)
        changes = {} if condition == "textbook" else getattr(self, condition)
        return SalesTeam().replace(**{**self.textbook, **changes})


def closer(scenario: Scenario, seed: int, ours: str, theirs: str) -> float:
    """By how much one method's error is smaller than another's, in percent of sales."""
    errors = campaign_errors(scenario, seed, (theirs, ours))
    return 100 * float(errors[theirs] - errors[ours])


def with_a_plan(scenario: Scenario, seed: int) -> float:
    """Cohort sum with the plan of newcomers against smoothing the total."""
    return closer(scenario, seed, COHORTS_PLAN, SMOOTHING)


def without_a_plan(scenario: Scenario, seed: int) -> float:
    """Cohort sum with newcomers as in the last four weeks against smoothing the total."""
    return closer(scenario, seed, COHORTS_GUESS, SMOOTHING)


def beyond_the_plan(scenario: Scenario, seed: int) -> float:
    """Cohort sum against smoothing of all but first orders, both with the same plan."""
    return closer(scenario, seed, COHORTS_PLAN, SMOOTHING_PLAN)


def quantile_saving(scenario: Scenario, seed: int) -> float:
    """Cost of a budget at the forecast less one at the best quantile, in percent of sales."""
    return 100 * budget_saving(scenario, seed, OVER_EUR)


def reps_corrected(team: Any, seed: int) -> float:
    """Error of the reps' sum less that of the corrected sum, in percent of sales."""
    return 100 * correction_gain(team, seed)


register(
    Claim(
        id="bottom-up-beats-smoothing",
        concepts=("C03", "D01", "F03"),
        sentence="After a wave of new customers the sum over customers, with a plan of those to "
        "come, forecasts sales better than smoothing.",
        source="lab X17; historical against predictive data, lecture notes 8.3",
        kind="measurement",
        measure=with_a_plan,
        unit="% of sales, mean error a week",
        least=2.0,
        hostile={"pool_rate": (2.5, *_OTHER_RATES)},
        null={"pool_conversion": (0.0,) * 4},
        breaks="the campaign wins people unlike the earlier ones: they order two and a half "
        "times as often",
    )
)
register(
    Claim(
        id="bottom-up-needs-no-plan",
        concepts=("C03", "D01", "F03"),
        sentence="The sum over customers forecasts better than smoothing even if newcomers are "
        "only expected to come as in the last four weeks.",
        source="lab X17",
        kind="measurement",
        measure=without_a_plan,
        unit="% of sales, mean error a week",
        least=2.0,
        hostile={"pool_rate": (0.1, *_OTHER_RATES)},
        null={"pool_conversion": (0.0,) * 4},
        breaks="the campaign wins people who hardly ever order again",
    )
)
register(
    Claim(
        id="customers-add-to-the-plan",
        concepts=("C03", "D01", "F03"),
        sentence="The sum over customers forecasts better than smoothing that knows the same plan.",
        source="lab X17: is it the customers, or the plan?",
        kind="measurement",
        measure=beyond_the_plan,
        unit="% of sales, mean error a week",
        least=2.0,
        hostile={"pool_rate": (0.1, *_OTHER_RATES)},
        null={"pool_conversion": (0.0,) * 4},
        breaks="the campaign wins people who hardly ever order again",
    )
)
register(
    TeamClaim(
        id="correcting-the-reps-helps",
        concepts=("C03", "F03"),
        sentence="Estimates of sales reps, corrected by each one's record, come nearer to sales "
        "than as they stand.",
        source="sales forecasting, lecture notes on analytical CRM; Wotruba and Thurlow 1976",
        kind="measurement",
        measure=reps_corrected,
        unit="% of sales, mean error a month",
        least=2.0,
        hostile={"optimism_mean": 0.0, "optimism_memory": 0.0},
        null={"optimism_mean": 0.0, "optimism_sd": 0.0},
        breaks="reps err in another direction every month, so that their record tells nothing",
    )
)
register(
    Claim(
        id="budget-the-quantile",
        concepts=("C03", "F03"),
        sentence="Where a euro short costs more than one too many, a budget at the best quantile "
        "costs less than one at the forecast.",
        source="budgeting, lecture notes on analytical CRM; Arrow, Harris and Marschak 1951",
        kind="operation",
        measure=quantile_saving,
        unit="% of sales, cost of being wrong",
        least=0.1,
        hostile={"pool_rate": (0.1, *_OTHER_RATES)},
        null={"margin_low": OVER_EUR, "margin_high": OVER_EUR},
        breaks="the forecast is too high: the campaign wins people who hardly ever order again",
    )
)

"""Budgets: what a quantile costs, by hand and in markets of known costs."""

import pandas as pd
import pytest

import crmlab as crm
from crmlab.analytical.forecast import Forecast, best_budget, budget_cost
from crmlab.experiments.budgets import budget_costs, budget_saving, cost_by_quantile

PAST = pd.DataFrame(
    {"actual": [10.0, 14.0, 12.0], "forecast": 12.0, "low": 10.0, "high": 14.0, "level": 0.8}
)


def test_costs_by_hand():
    """At the forecast two euros short in one week of three, and two too many in another."""
    row = cost_by_quantile(PAST, 3.0, 1.0, [0.5]).loc[0.5]
    assert row.to_dict() == pytest.approx({"short": 2.0, "over": 2 / 3, "both": 8 / 3})


def test_more_budget_is_shorter_less_often():
    table = cost_by_quantile(PAST, 1.0, 1.0, [0.2, 0.5, 0.8])
    assert table["short"].is_monotonic_decreasing
    assert table["over"].is_monotonic_increasing


def test_both_budgets_of_a_forecast_are_those_of_the_room():
    forecast = Forecast("known", PAST[["forecast", "low", "high"]], 0.8)
    row = budget_costs({"known": forecast}, PAST["actual"], 0.32, 0.08).loc["known"]
    best = best_budget(forecast, 0.32, 0.08)
    assert row["at the forecast"] == budget_cost(PAST["actual"], PAST["forecast"], 0.32, 0.08)
    assert row["at the best quantile"] == budget_cost(PAST["actual"], best, 0.32, 0.08)


def test_where_both_errors_cost_the_same_the_quantile_saves_nothing():
    even = crm.scenario("retail").replace(margin_low=0.08, margin_high=0.08)
    assert budget_saving(even, 7, over=0.08) == pytest.approx(0.0, abs=1e-12)


def test_a_forecast_that_is_too_high_makes_the_quantile_dear():
    once = crm.scenario("retail").replace(pool_rate=(0.1, 0.8, 1.3, 0.7))
    assert budget_saving(once, 7, over=0.08) < 0

"""The live view of lab 10: the cost of a budget, quantile by quantile."""

import pytest

from crmlab.experiments.budgets import cost_by_quantile
from crmlab.experiments.campaign import campaign_shop, sales_of
from crmlab.experiments.campaign_forecasts import COHORTS_GUESS, quiet_backtest
from crmlab.widgets.forecast_views import BOTH, COSTS, QUANTILES, budget_level


@pytest.fixture(scope="module")
def view():
    return budget_level(weeks=64, seed=3)


def lines(view):
    return {line.get_label(): line for line in view.figure.axes[0].get_lines()}


def test_the_curve_is_the_cost_of_past_forecasts(view):
    run = campaign_shop(weeks=64, seed=3)
    table = quiet_backtest(sales_of(run), run.records.orders)
    table = table[table["method"] == COHORTS_GUESS]
    view.controls["costs"].value = COSTS[0][1]
    expected = cost_by_quantile(table, *COSTS[0][1], list(QUANTILES / 100))["both"]
    assert list(lines(view)[BOTH].get_ydata()) == pytest.approx(expected.tolist())


def test_it_starts_at_the_forecast_itself():
    assert "the forecast itself" in budget_level(weeks=64, seed=3).reading.title


def test_the_title_follows_the_slider(view):
    view.controls["quantile"].value = 80
    assert view.reading.title.startswith("Budget at 80 %")
    assert "than at the forecast itself" in view.reading.title


def test_other_costs_turn_the_best_quantile(view):
    said = []
    for _, costs in COSTS:
        view.controls["costs"].value = costs
        said.append(view.reading.text.split("theory says ")[1])
    assert said == ["80%.", "50%.", "20%."]
    high, low = (view.controls["costs"].options[i][1] for i in (0, 2))
    assert high == low[::-1]

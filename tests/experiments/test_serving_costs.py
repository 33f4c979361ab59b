"""Two ways of costing the same firm, held against what its work really cost."""

import numpy as np
import pandas as pd
import pytest

from crmlab.experiments.labs.lab_07 import WORK_AS_REVENUE
from crmlab.experiments.serving_costs import BY_REVENUE, BY_TIME, Firm, by_count_error, rough
from crmlab.market.packs import SERVING, scenario

SHOP = scenario("retail").replace(**SERVING)


@pytest.fixture(scope="module")
def firm():
    return Firm(customers=1_000, weeks=40, seed=3)


def test_both_ways_spread_what_the_ledger_paid(firm):
    margin = firm.margins["margin_eur"].sum()
    for name, profit in firm.profits().items():
        assert margin - profit.sum() == pytest.approx(firm.paid_eur), name
    assert firm.true_cost.sum() == pytest.approx(firm.paid_eur)


def test_exact_sheets_and_counts_give_the_true_profit():
    exact = Firm(SHOP.replace(sheet_error=0.0), 2_000, 52, 7)
    away = exact.profits()[BY_TIME] - exact.true_profit
    assert away.abs().max() < 0.01 * exact.true_cost.max()


def test_by_time_comes_nearer_than_by_revenue(firm):
    found = firm.compared()
    for column in ("sign_accuracy", "loss_makers_found", "correlation", "rank_correlation"):
        assert found.loc[BY_TIME, column] > found.loc[BY_REVENUE, column], column


def test_where_work_goes_with_revenue_revenue_is_right():
    found = Firm(SHOP.replace(**WORK_AS_REVENUE), 1_000, 40, 3).compared()
    assert found.loc[BY_REVENUE, "loss_makers_found"] > 0.9
    assert found.loc[BY_REVENUE, "correlation"] > 0.99


def test_rough_counts_have_the_stated_error_and_the_same_mean():
    ones = pd.DataFrame({"orders": np.ones(20_000)})
    found = rough(ones, 0.5, seed=1)["orders"]
    assert np.log(found).std() == pytest.approx(0.5, rel=0.03)
    assert found.mean() == pytest.approx(1.0, rel=0.03)


def test_errors_belong_to_the_customer():
    counts = pd.DataFrame({"orders": [2.0, 3.0], "lines": [4.0, 5.0]}, index=[11, 12])
    pd.testing.assert_frame_equal(rough(counts, 0.7, 1).loc[[12]], rough(counts.loc[[12]], 0.7, 1))


def test_who_asked_for_nothing_is_known_to_have_asked_for_nothing():
    assert (rough(pd.DataFrame({"advice": [0, 0]}), 1.5, seed=1) == 0).all(axis=None)


def test_rougher_counts_come_less_near():
    table = by_count_error([0.0, 1.0, 2.0], worlds=2, customers=500)
    wide = table.pivot(index="count_error", columns="costing", values="correlation")
    assert wide[BY_TIME].is_monotonic_decreasing
    assert np.ptp(wide[BY_REVENUE]) == 0


def test_an_error_below_zero_is_explained(firm):
    with pytest.raises(ValueError, match="error must be"):
        firm.profits(-0.1)

"""Forecasts with and without a plan: by hand, without foresight, and in the right order."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.analytical.forecast import exponential_smoothing
from crmlab.experiments import campaign_forecasts as rooms
from crmlab.experiments.campaign import campaign_shop, newcomer_plan, sales_of


@pytest.fixture(scope="module")
def shop():
    run = campaign_shop(weeks=80, seed=7)
    return sales_of(run), run.records.orders


def test_smoothing_with_a_plan_by_hand():
    """One newcomer a week at 10 EUR and 4 EUR a week from the others: three newcomers are 34."""
    week = np.arange(12)
    dates = pd.Timestamp("2024-01-01") + pd.to_timedelta(7 * week, unit="D")
    first = pd.DataFrame({"customer_id": week, "ordered_at": dates, "value_eur": 10.0})
    again = pd.DataFrame({"customer_id": 0, "ordered_at": dates + pd.Timedelta(days=1)})
    orders = pd.concat([first, again.assign(value_eur=4.0)])
    index = pd.date_range("2024-01-01", periods=12, freq="7D", name="week")
    series = pd.Series(14.0, index=index, name="value_eur")
    plan = pd.Series(3.0, index=pd.date_range("2024-01-01", periods=14, freq="7D"))
    forecast = rooms.planned_smoothing(series, 2, orders, plan)
    assert forecast.table["forecast"].tolist() == pytest.approx([34.0, 34.0])


def test_no_method_sees_what_comes(shop):
    series, orders = shop
    past = series.iloc[:72]
    known = orders[orders["ordered_at"] < series.index[72]]
    told, knew = (rooms.campaign_forecasts(past, o) for o in (orders, known))
    for name in rooms.METHODS:
        pd.testing.assert_frame_equal(told[name].table, knew[name].table)


def test_at_the_end_of_a_campaign_the_plan_decides(shop):
    """Without it forecasts go on as if the campaign did; with it they fall."""
    series, orders = shop
    found = rooms.campaign_forecasts(series.iloc[:72], orders)
    mean = {name: f.table["forecast"].mean() for name, f in found.items()}
    planned = {rooms.SMOOTHING_PLAN, rooms.COHORTS_PLAN, rooms.EACH_PLAN}
    assert max(mean[n] for n in planned) < 0.75 * min(mean[n] for n in set(mean) - planned)
    assert found[rooms.SMOOTHING].table.equals(exponential_smoothing(series.iloc[:72], 8).table)


def test_errors_are_shares_of_sales():
    errors = rooms.campaign_errors("retail", 7, [rooms.COHORTS_PLAN])
    assert errors.index.tolist() == [rooms.COHORTS_PLAN]
    assert 0 < errors.item() < 0.5


def test_without_a_wave_it_hardly_matters():
    quiet = crm.scenario("retail").replace(pool_conversion=(0.0,) * 4)
    errors = rooms.campaign_errors(quiet, 7)
    assert errors.max() - errors.min() < 0.05


def test_newcomers_who_never_return_spoil_the_sum():
    """Then smoothing that knows the plan is better than the sum that knows it."""
    table = rooms.unlike_newcomers([0.1], worlds=1)
    assert table["rate"].tolist() == [0.1]
    assert (table[rooms.COHORTS_PLAN] > table[rooms.SMOOTHING_PLAN]).all()


def test_the_quiet_contest_ends_before_the_campaign(shop):
    table = rooms.quiet_backtest(*shop)
    assert table["week"].max() == shop[0].index[59]
    assert table.groupby("method").size().eq(20 * 8).all()


def test_each_customer_is_modelled_with_what_a_purchase_is_worth(shop):
    series, orders = shop
    base = rooms.customer_base(orders, newcomer_plan(series, orders).iloc[-8:])
    assert len(base.customers) == orders["customer_id"].nunique()
    assert base.spend_eur >= orders["value_eur"].mean()  # orders of one day are one purchase


def test_an_unknown_method_is_named(shop):
    with pytest.raises(ValueError, match="Did you mean 'smoothing'"):
        rooms.campaign_forecasts(*shop, methods=["smothing"])

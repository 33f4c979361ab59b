"""A shop with a campaign: what it wins, and what a firm can plan by."""

import numpy as np
import pandas as pd
import pytest

from crmlab.analytical.forecast import newcomers_per_week
from crmlab.experiments.campaign import Campaign, campaign_shop, newcomer_plan, sales_of

SHORT = Campaign(first_week=12, weeks=4, spend_eur=700.0)


@pytest.fixture(scope="module")
def shop():
    return campaign_shop(weeks=24, seed=3, campaign=SHORT)


def test_newcomers_rise_in_the_weeks_of_the_campaign_only(shop):
    came = newcomers_per_week(shop.records.orders, sales_of(shop))
    assert came.iloc[12:16].min() > came.drop(came.index[12:16]).max()


def test_without_the_campaign_the_first_weeks_are_the_same(shop):
    """The same people, the same luck, until it begins."""
    quiet = campaign_shop(weeks=24, seed=3, campaign=None)
    pd.testing.assert_series_equal(sales_of(shop).iloc[:12], sales_of(quiet).iloc[:12])
    assert sales_of(shop).sum() > sales_of(quiet).sum()


def test_a_series_reaches_to_the_end_of_the_run(shop):
    series = sales_of(shop)
    assert len(series) == 24
    assert series.sum() == pytest.approx(shop.records.orders["value_eur"].sum())


def test_a_plan_by_hand():
    """Two a week before the campaign, five in its first week: three more until it ends."""
    week = np.repeat(np.arange(11), [2] * 10 + [5])
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(7 * week, unit="D")
    orders = pd.DataFrame({"customer_id": np.arange(25), "ordered_at": days, "value_eur": 1.0})
    dates = pd.date_range("2024-01-01", periods=11, freq="7D", name="week")
    series = pd.Series(1.0, index=dates, name="value_eur")
    plan = newcomer_plan(series, orders, Campaign(10, 3), weeks=4)
    assert plan.iloc[-5:].tolist() == [5.0, 5.0, 5.0, 2.0, 2.0]
    early = newcomer_plan(series.iloc[:9], orders, Campaign(10, 3), weeks=4)
    assert early.tolist() == [2.0] * 13  # nothing is known of what has not begun


def test_a_plan_reads_nothing_that_comes_later(shop):
    series, orders = sales_of(shop).iloc[:14], shop.records.orders
    now = series.index[-1] + pd.Timedelta(days=7)
    known = newcomer_plan(series, orders[orders["ordered_at"] < now], SHORT)
    pd.testing.assert_series_equal(newcomer_plan(series, orders, SHORT), known)


@pytest.mark.parametrize(
    ("change", "words"),
    [({"first_week": 2}, "first_week"), ({"weeks": 0}, "weeks"), ({"pool_id": 5}, "pool_id"),
     ({"spend_eur": -1.0}, "spend_eur")],
)  # fmt: skip
def test_a_campaign_that_cannot_be_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        Campaign(**change)

"""Scores to rank customers by, and what it earns to keep the best."""

import numpy as np
import pandas as pd
import pytest

from crmlab.analytical.btyd import ParetoNBD
from crmlab.analytical.lifetime_value import value_by_history
from crmlab.analytical.value_scores import SCORES, profit_by_share, value_scores


@pytest.fixture(scope="module")
def orders():
    """300 customers of whom half leave after a quarter; two years."""
    rng = np.random.default_rng(5)
    who = np.repeat(np.arange(300), 12)
    latest = np.where(who % 2 == 0, 90, 700)
    days = pd.to_datetime("2024-01-01") + pd.to_timedelta(rng.uniform(0, latest), unit="D")
    values = rng.gamma(4.0, 8.0, len(who))
    return pd.DataFrame({"customer_id": who, "ordered_at": days, "value_eur": values})


def test_every_score_has_every_customer(orders):
    scores = value_scores(orders, "2024-12-30", 52)
    assert list(scores) == list(SCORES)
    assert len(scores) == orders.loc[orders["ordered_at"] < "2024-12-31", "customer_id"].nunique()
    assert scores.notna().all().all()


def test_the_future_is_not_read(orders):
    known = orders[orders["ordered_at"] < "2024-12-31"]
    pd.testing.assert_frame_equal(
        value_scores(known, "2024-12-30", 52), value_scores(orders, "2024-12-30", 52)
    )


def test_models_see_that_half_have_left_and_past_revenue_does_not(orders):
    scores = value_scores(orders, "2024-12-30", 52)
    gone = scores.index % 2 == 0
    model = scores["Pareto/NBD"]
    assert model[~gone].mean() > 10 * model[gone].mean()
    assert scores.loc[gone, "past revenue"].mean() > 0.9 * scores["past revenue"].mean()


def test_margin_scales_forecasts_only(orders):
    names = ("past revenue", "RFM cells", "own rate", "BG/NBD")
    turnover = value_scores(orders, "2024-12-30", 52, scores=names)
    margin = value_scores(orders, "2024-12-30", 52, margin_rate=0.25, scores=names)
    ratio = (margin.sum() / turnover.sum()).round(6).to_dict()
    assert ratio == dict.fromkeys(names, 0.25) | {"past revenue": 1.0}


def test_only_the_scores_asked_for_are_computed(orders):
    assert list(value_scores(orders, "2024-12-30", 52, scores=["recency"])) == ["recency"]
    with pytest.raises(ValueError, match="scores must be one of"):
        value_scores(orders, "2024-12-30", 52, scores=["recncy"])


def test_periods_must_lie_ahead(orders):
    with pytest.raises(ValueError, match="periods must be a finite number > 0"):
        value_scores(orders, "2024-12-30", 0)


def test_profit_begins_at_nothing_and_ends_with_everybody():
    profit = profit_by_share([3, 2, 1], [10.0, 5.0, 0.0], 4.0, [0.0, 1 / 3, 2 / 3, 1.0])
    assert profit.tolist() == pytest.approx([0.0, 6.0, 7.0, 3.0])


def test_equal_scores_count_with_their_mean():
    profit = profit_by_share([1, 1], [10.0, 0.0], 2.0, [0.5])
    assert profit.iloc[0] == pytest.approx(5.0 - 2.0)


def test_percentages_are_refused():
    with pytest.raises(ValueError, match="Are these percentages"):
        profit_by_share([2, 1], [1.0, 1.0], 1.0, [50])


def test_histories_are_worth_more_the_later_the_last_order():
    model = ParetoNBD().set_estimates(r=0.5533, alpha=10.578, s=0.6062, beta=11.669)
    table = value_by_history(model, 52, 0.002, [1, 5, 10])
    assert (table.diff().iloc[1:] > 0).all().all()
    assert table.index[-1] == 52


def test_after_a_long_silence_many_purchases_are_worth_less_than_few():
    model = ParetoNBD().set_estimates(r=0.5533, alpha=10.578, s=0.6062, beta=11.669)
    table = value_by_history(model, 52, 0.002, [1, 10], steps=4)
    assert table.loc[13.0, 10] < table.loc[13.0, 1]
    assert table.loc[52.0, 10] > table.loc[52.0, 1]


def test_histories_need_repeat_purchases():
    model = ParetoNBD().set_estimates(r=0.5, alpha=10.0, s=0.6, beta=11.0)
    with pytest.raises(ValueError, match="frequencies must be whole numbers >= 1"):
        value_by_history(model, 52, 0.002, [0, 1])

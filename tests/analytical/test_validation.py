"""Capture, calibration, tracking and backtests: by hand, and where the truth is known."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.analytical import BGNBD, NBD, ParetoNBD, rfm
from crmlab.analytical.backtest import BASELINES, backtest, from_model, same_again
from crmlab.analytical.validation import (
    calibration_by_frequency,
    capture,
    capture_curve,
    tracking,
)


@pytest.fixture(scope="module")
def orders():
    return crm.simulate("retail", 4_000, 104, 5).records.orders


def test_capture_by_hand():
    assert capture([3, 2, 1, 0], [60.0, 20.0, 20.0, 0.0], best=0.25) == 0.6
    assert capture([3, 2, 1, 0], [0.0, 0.0, 0.0, 5.0], best=0.5) == 0.0


def test_equal_scores_capture_what_chance_would():
    """Nothing is known: the best tenth brings a tenth, whatever the order of rows."""
    value = np.random.default_rng(1).gamma(0.5, 10.0, 500)
    assert capture(np.zeros(500), value) == pytest.approx(0.1)
    assert capture(value, value) > capture(np.sqrt(value) + 1, value) - 1e-12


def test_a_capture_curve_ends_with_everything():
    curve = capture_curve([1.0, 2.0, 2.0], [1.0, 1.0, 2.0])
    assert curve["customers"].tolist() == pytest.approx([0, 2 / 3, 1])
    assert curve["value"].tolist() == pytest.approx([0, 0.75, 1])


def test_calibration_by_hand():
    table = pd.DataFrame({"frequency": [0, 0, 9], "holdout_frequency": [1, 0, 4]})
    found = calibration_by_frequency(table, pd.Series([0.4, 0.4, 5.0]), most=7)
    assert found.index.tolist() == ["0", "7+"]
    assert found["customers"].tolist() == [2, 1]
    assert found["actual"].tolist() == [0.5, 4.0]
    assert found["expected"].tolist() == [0.4, 5.0]


def test_in_its_own_market_the_pareto_nbd_is_calibrated(orders):
    """The textbook market is Pareto/NBD: every class within three standard errors."""
    table = rfm(orders, "2024-12-31", holdout="2025-12-20")
    model = ParetoNBD().fit(table)
    expected = model.expected_purchases(table, table["holdout_periods"].iloc[0])
    found = calibration_by_frequency(table, expected)
    away = (found["expected"] - found["actual"]).abs()
    assert (away < 3 * found["standard_error"] + 0.02).all()
    assert expected.sum() == pytest.approx(table["holdout_frequency"].sum(), rel=0.08)


def test_tracking_counts_every_repeat_purchase_once(orders):
    table = rfm(orders)
    model = NBD().fit(table)
    weeks = tracking(model, orders, orders["ordered_at"].max())
    assert weeks["actual"].sum() == table["frequency"].sum()
    assert weeks["actual_total"].iloc[-1] == weeks["actual"].sum()
    assert weeks["fitted"].all()


def test_tracking_follows_the_market_that_is_the_model(orders):
    model = ParetoNBD().fit(rfm(orders, "2024-12-31"))
    weeks = tracking(model, orders, "2024-12-31")
    later = weeks[~weeks["fitted"]]
    assert len(later) > 40
    assert later["expected"].sum() == pytest.approx(later["actual"].sum(), rel=0.08)


def test_a_backtest_sees_nothing_after_its_origin(orders):
    """Changing all later orders changes no forecast, only what came."""
    origin, periods = "2024-12-31", 26
    later = orders["ordered_at"] >= "2025-01-01"
    other = pd.concat([orders[~later], orders[later].sample(frac=0.5, random_state=1)])
    models = {"BG/NBD": BGNBD()}
    first, second = (backtest(o, models, [origin], periods).forecasts for o in (orders, other))
    columns = ["customer_id", "forecaster", "purchases", "value"]
    pd.testing.assert_frame_equal(first[columns], second[columns])


def test_a_backtest_scores_by_hand():
    """Two customers; one bought twice in the last week and once in the next."""
    days = ["2024-01-01", "2024-01-01", "2024-01-09", "2024-01-11", "2024-01-16", "2024-01-22"]
    log = pd.DataFrame({
        "customer_id": [1, 2, 1, 1, 1, 2],
        "ordered_at": pd.to_datetime(days),
        "value_eur": [5.0, 5.0, 10.0, 10.0, 10.0, 1.0],
    })  # fmt: skip
    result = backtest(log, {"again": same_again}, ["2024-01-14"], 1)
    again = result.scores.set_index("forecaster").loc["again"]
    assert again["customers"] == 2
    assert again["bias"] == pytest.approx(1.0)
    assert again["mae"] == pytest.approx(0.5)
    assert set(result.summary().index) == {"again", *BASELINES}


def test_models_beat_the_heuristics_where_they_are_right(orders):
    """Error a customer, mean of two origins; the summary names every forecaster once."""
    result = backtest(
        orders, {"Pareto/NBD": ParetoNBD()}, ["2024-09-30", "2025-03-31"], 26
    )  # fmt: skip
    summary = result.summary()
    assert summary.loc["Pareto/NBD", "rmse"] < summary.loc[list(BASELINES), "rmse"].min()
    assert summary.index.is_unique


def test_bad_backtests_are_refused(orders):
    with pytest.raises(ValueError, match="origins must leave 26 W in the log, which ends on"):
        backtest(orders, {}, ["2025-12-01"], 26)
    with pytest.raises(ValueError, match="must not be named 'RFM quintiles'"):
        backtest(orders, {"RFM quintiles": from_model(NBD())}, ["2024-12-31"], 26)
    with pytest.raises(ValueError, match="at least one date"):
        backtest(orders, {}, [], 26)
    with pytest.raises(ValueError, match="add up to more than 0"):
        capture([1, 2], [0, 0])

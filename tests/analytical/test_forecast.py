"""Forecasts from series: by hand, on series of known law, sent back in time, with bad input."""

import os
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.analytical.forecast import (
    Forecast,
    backtest_forecasts,
    best_budget,
    best_quantile,
    budget_cost,
    cohort_sum,
    damped_trend,
    decomposition,
    exponential_smoothing,
    leading_indicator,
    mase,
    moving_average,
    naive,
    newcomers_per_week,
    score_forecasts,
    seasonal_naive,
    weekly_counts,
    weekly_sales,
)

TOP_DOWN = {
    "naive": naive,
    "seasonal naive": partial(seasonal_naive, season_weeks=4),
    "moving average": moving_average,
    "smoothing": exponential_smoothing,
    "damped trend": damped_trend,
    "decomposition": partial(decomposition, season_weeks=4),
}


def walk(n=60, seed=1, noise=10.0, step=0.0):
    """Sales by week around a level that may wander."""
    rng = np.random.default_rng(seed)
    level = 200 + rng.normal(0, step, n).cumsum() if step else 200.0
    weeks = pd.date_range("2024-01-01", periods=n, freq="7D", name="week")
    return pd.Series(level + rng.normal(0, noise, n), index=weeks, name="value_eur")


# --- series ------------------------------------------------------------------------------------


def test_weeks_are_counted_by_hand_and_only_whole_ones():
    """The week from the 15th has not ended when the log does."""
    texts = ["2024-01-01T09:00:00", "2024-01-07T23:59:59", "2024-01-08", "2024-01-16"]
    times = np.array(texts, dtype="datetime64[s]")
    orders = pd.DataFrame({"ordered_at": times, "value_eur": [1.0, 2.0, 4.0, 8.0]})
    assert weekly_sales(orders).tolist() == [3.0, 4.0]
    assert weekly_sales(orders, end="2024-01-22").tolist() == [3.0, 4.0, 8.0]
    assert weekly_sales(orders, start="2023-12-25", end="2024-01-08").tolist() == [0.0, 3.0]


def test_all_the_markets_turnover_is_in_its_weeks():
    records = crm.simulate("retail", 300, 20, 7).records
    series = weekly_sales(records.orders, start="2024-01-01", end="2024-05-20")
    assert len(series) == 20
    assert series.sum() == pytest.approx(records.orders["value_eur"].sum())
    visits = weekly_counts(records.sessions["started_at"], series)
    assert visits.sum() == len(records.sessions)
    assert visits.index.equals(series.index)


def test_a_log_without_a_whole_week_is_refused():
    orders = pd.DataFrame({"ordered_at": pd.to_datetime(["2024-01-01"]), "value_eur": [1.0]})
    with pytest.raises(ValueError, match="must hold a complete week, they run from 2024-01-01"):
        weekly_sales(orders)
    with pytest.raises(ValueError, match="must have the column 'margin_eur'"):
        weekly_sales(orders, column="margin_eur")
    with pytest.raises(ValueError, match="dates seven days apart"):
        weekly_counts(orders["ordered_at"], pd.Series([1.0, 2.0]))


# --- methods on the series alone ---------------------------------------------------------------


def test_point_forecasts_by_hand():
    series = pd.Series([8.0, 2.0, 6.0, 4.0, 12.0, 2.0])
    assert naive(series, 2).table["forecast"].tolist() == [2.0, 2.0]
    assert seasonal_naive(series, 3, season_weeks=2).table["forecast"].tolist() == [12.0, 2.0, 12.0]
    assert moving_average(series, 2, window_weeks=3).table["forecast"].tolist() == [6.0, 6.0]


def test_the_naive_interval_by_hand():
    """Steps of 3, 3 and 3 either way: 3 EUR a step, root 4 = 2 times that after 4 weeks."""
    table = naive(pd.Series([10.0, 13.0, 10.0, 13.0]), 4, level=0.5).table
    t = 0.7648923  # the 75 % quantile of Student's t with 3 degrees of freedom
    assert table["high"].iloc[0] - 13 == pytest.approx(3 * t)
    assert table["high"].iloc[3] - 13 == pytest.approx(6 * t)


@pytest.mark.parametrize("name", TOP_DOWN)
def test_every_method_gives_the_coming_weeks_with_a_range(name):
    series = walk()
    forecast = TOP_DOWN[name](series, 6)
    table = forecast.table
    assert table.index.tolist() == pd.date_range("2025-02-24", periods=6, freq="7D").tolist()
    assert (table["low"] <= table["forecast"]).all()
    assert (table["forecast"] <= table["high"]).all()
    assert (np.diff(table["high"] - table["low"]) > -1e-9).all()
    assert f"over {len(table)} weeks" in repr(forecast)
    assert "<table" in forecast._repr_html_()


@pytest.mark.parametrize("name", TOP_DOWN)
def test_sales_that_never_change_go_on(name):
    for value in (7.0, 0.0):
        table = TOP_DOWN[name](pd.Series([value] * 24), 3).table
        assert table.to_numpy() == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize("name", TOP_DOWN)
def test_the_unit_of_money_does_not_matter(name):
    euros, cents = TOP_DOWN[name](walk(), 4).table, TOP_DOWN[name](walk() * 100, 4).table
    assert cents.to_numpy() == pytest.approx(euros.to_numpy() * 100, rel=1e-3)


def test_a_range_of_sales_never_goes_below_nothing():
    series = pd.Series([0.0, 90.0, 0.0, 120.0, 0.0, 4.0] * 4)
    for method in TOP_DOWN.values():
        assert (method(series, 3).table >= 0).all().all()
    assert naive(series - 50, 3).table["low"].min() < -50


def test_smoothing_weighs_the_past_by_how_much_the_level_wanders():
    """Around a fixed level the mean is best; of a random walk the last value."""
    still, wandering = walk(200, noise=10.0), walk(200, noise=0.1, step=10.0)
    assert exponential_smoothing(still, 1).table["forecast"].iloc[0] == pytest.approx(
        still.mean(), abs=4
    )
    assert exponential_smoothing(wandering, 1).table["forecast"].iloc[0] == pytest.approx(
        wandering.iloc[-1], abs=2
    )


def test_a_damped_trend_goes_on_and_slows_down():
    line = pd.Series(np.arange(100.0, 160.0, 2.0))
    steps = np.diff(damped_trend(line, 8).table["forecast"], prepend=line.iloc[-1])
    assert (steps > 0).all()
    assert (np.diff(steps) < 0).all()


def test_decomposition_finds_a_season_that_smoothing_misses():
    wave = 50 * np.sin(np.arange(208) * 2 * np.pi / 52)
    series = walk(208, noise=5.0) + wave
    methods = {"decomposition": decomposition, "smoothing": exponential_smoothing}
    scores = score_forecasts(backtest_forecasts(series, methods, weeks=13, origins=3))
    assert scores.loc["decomposition", "mase"] < 0.5 * scores.loc["smoothing", "mase"]


@pytest.mark.parametrize("name", ["naive", "moving average", "smoothing"])
def test_eighty_percent_ranges_hold_about_eighty_percent(name):
    """The naive method on a random walk, the others on noise around a level: 60 series each."""
    step, noise = (10.0, 0.0) if name == "naive" else (0.0, 10.0)
    held = []
    for seed in range(60):
        series = walk(48, seed, noise, step)
        table = TOP_DOWN[name](series.iloc[:40], 8).table
        held.append(series.iloc[40:].between(table["low"], table["high"]).mean())
    assert 0.72 < np.mean(held) < 0.88


# --- indicator ---------------------------------------------------------------------------------


def leading(n=80, lag=5, seed=2):
    rng = np.random.default_rng(seed)
    weeks = pd.date_range("2024-01-01", periods=n, freq="7D", name="week")
    visits = pd.Series(rng.gamma(4.0, 25.0, n), index=weeks)
    return 20 + 3 * visits.shift(lag, fill_value=100.0) + rng.normal(0, 10, n), visits


def test_the_true_lag_and_slope_are_found():
    sales, visits = leading()
    forecast = leading_indicator(sales, 4, visits)
    assert forecast.detail["lag_weeks"].tolist() == [5] * 4
    assert forecast.detail["slope"].to_numpy() == pytest.approx(3.0, abs=0.1)
    assert "lag 5 weeks" in forecast.note


def test_a_leading_indicator_beats_the_series_alone_and_keeps_its_range():
    sales, visits = leading(120)
    methods = {"indicator": partial(leading_indicator, indicator=visits), "naive": naive,
               "smoothing": exponential_smoothing}  # fmt: skip
    scores = score_forecasts(backtest_forecasts(sales, methods, weeks=4, origins=20))
    assert scores.index[0] == "indicator"
    assert scores.loc["indicator", "mase"] < 0.2
    assert 0.7 < scores.loc["indicator", "coverage"] < 0.9


def test_only_lags_that_reach_the_week_are_used():
    """Eight weeks ahead, the indicator of five weeks before it is not known yet."""
    sales, visits = leading()
    forecast = leading_indicator(sales, 8, visits, max_lag_weeks=2)
    assert (forecast.detail["lag_weeks"].to_numpy() >= np.arange(1, 9)).all()
    assert forecast.detail["r_squared"].iloc[-1] < 0.2 < forecast.detail["r_squared"].iloc[3]


def test_an_indicator_with_gaps_or_without_life_is_refused():
    sales, visits = leading()
    with pytest.raises(ValueError, match="indicator must have a value for every week of series"):
        leading_indicator(sales, 2, visits.iloc[1:])
    with pytest.raises(ValueError, match="must vary to tell anything, it is 1 in every week"):
        leading_indicator(sales, 2, visits * 0 + 1)


# --- backtest ----------------------------------------------------------------------------------


def test_the_scaled_error_by_hand():
    """Steps of the past: 2 on average; errors 1 and 3."""
    assert mase([5.0, 9.0], [4.0, 6.0], past=[1.0, 3.0, 1.0, 3.0]) == 1.0
    assert mase([5.0], [4.0], past=[1.0, 9.0, 3.0, 11.0], season_weeks=2) == 0.5


def test_scores_by_hand():
    """Always 10; 13 and 6 came: errors 3 and 4 in steps of 2."""
    table = pd.DataFrame(
        {"method": "ten", "actual": [13.0, 6.0], "forecast": 10.0, "low": 8.0, "high": 14.0,
         "level": 0.8, "scale": 2.0}
    )  # fmt: skip
    row = score_forecasts(table, under=2.0, over=0.5).loc["ten"]
    assert row["mase"] == 1.75
    assert row["bias_eur"] == 0.5
    assert row["coverage"] == 0.5
    assert row["width_eur"] == 6.0
    assert row["budget_eur"] == (2 * 3 + 0.5 * 4) / 2


@pytest.mark.parametrize("name", [*TOP_DOWN, "indicator", "cohorts"])
def test_no_method_sees_the_future(name):
    """Whatever happens after the end of the series, the forecast stays the same."""
    records = crm.simulate("retail", 300, 40, 5).records
    series = weekly_sales(records.orders, start="2024-01-01", end="2024-10-07")
    wild = series.copy()
    wild.iloc[30:] = 9e6
    visits = weekly_counts(records.sessions["started_at"], series)
    noisy = visits.copy()
    noisy.iloc[30:] = 9e6
    late = records.orders["ordered_at"] >= series.index[30]
    shifted = records.orders.assign(
        value_eur=records.orders["value_eur"].mask(late, 9e6),
        customer_id=records.orders["customer_id"].mask(late, 77),
    )
    if name in TOP_DOWN:
        pair = TOP_DOWN[name], TOP_DOWN[name]
    elif name == "indicator":
        pair = tuple(partial(leading_indicator, indicator=i) for i in (visits, noisy))
    else:
        pair = tuple(partial(cohort_sum, orders=o) for o in (records.orders, shifted))
    tables = [
        backtest_forecasts(s, {name: method}, weeks=4, origins=len(s) - 33).query("origin < @cut")
        for s, method in zip((series, wild), pair, strict=True)
        for cut in [series.index[30]]
    ]
    assert len(tables[0])
    columns = ["origin", "ahead", "forecast", "low", "high"]
    pd.testing.assert_frame_equal(tables[0][columns], tables[1][columns])


def test_a_perfect_method_scores_nothing_and_costs_nothing():
    series = walk()

    def oracle(past, weeks):
        table = naive(past, weeks).table
        table = table.assign(forecast=series.reindex(table.index))
        return Forecast("oracle", table, 0.8)

    scores = score_forecasts(backtest_forecasts(series, {"naive": naive, "oracle": oracle}))
    assert scores.index.tolist() == ["oracle", "naive"]
    assert scores.loc["oracle", ["mase", "bias_eur", "budget_eur"]].tolist() == [0.0, 0.0, 0.0]


def test_a_method_that_fails_is_named_with_the_place():
    with pytest.raises(
        ValueError, match=r"method 'year' failed with the 41 weeks up to 2024-10-07"
    ):
        backtest_forecasts(walk(), {"year": seasonal_naive})
    with pytest.raises(ValueError, match=r"method 'two' must give a Forecast of 3 weeks"):
        backtest_forecasts(walk(), {"two": lambda past, weeks: naive(past, 2)}, weeks=3)
    with pytest.raises(ValueError, match="methods must hold at least one"):
        backtest_forecasts(walk(), {})
    with pytest.raises(ValueError, match="past must change at least once"):
        mase([1.0], [2.0], past=[3.0, 3.0])


# --- budget ------------------------------------------------------------------------------------


def test_the_cost_of_a_budget_by_hand():
    assert budget_cost([10.0, 10.0], [8.0, 14.0], under=3.0, over=0.5) == (6 + 2) / 2


def test_no_budget_costs_less_than_the_critical_quantile():
    """Of normal sales, by simulation: the quantile of the newsvendor is the cheapest of all."""
    forecast = Forecast(
        "normal", pd.DataFrame({"forecast": [100.0], "low": [100 - 12.816], "high": [112.816]}), 0.8
    )
    sales = np.random.default_rng(1).normal(100, 10, 20_000)
    best = best_budget(forecast, under=4.0, over=1.0).iloc[0]
    assert best == pytest.approx(np.quantile(sales, best_quantile(4.0, 1.0)), abs=0.3)
    costs = [budget_cost(sales, np.full(len(sales), b), 4.0, 1.0) for b in range(90, 121)]
    assert budget_cost(sales, np.full(len(sales), best), 4.0, 1.0) <= min(costs) + 0.01


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: naive(walk(), 0), "weeks must be between 1 and 520, got 0"),
        (lambda: naive(walk(), 4, level=80), r"level must be in \(0, 1\), got 80. Is this a perc"),
        (lambda: naive(walk().iloc[:1], 4), "at least 2 weeks for this method, got 1"),
        (lambda: decomposition(walk(), 4), "at least 104 weeks for this method, got 60"),
        (
            lambda: naive(walk().where(walk() < 0), 4),
            "series must be finite, got nan at 2024-01-01",
        ),
        (lambda: naive(walk().rename(str), 4), "must be indexed by weeks or numbers"),
        (lambda: budget_cost([1.0], [1.0, 2.0], 1, 1), "must be equally long"),
        (lambda: budget_cost([1.0], [1.0], -1, 1), "under must be a finite number >= 0, got -1"),
        (lambda: best_quantile(0, 0), "must not both be 0"),
        (lambda: best_budget(naive(walk(), 2), 1.0, 0.0), "there is no best budget"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_list_is_no_series():
    with pytest.raises(TypeError, match="series must be a Series of sales by week, got list"):
        naive([1.0, 2.0], 2)


# --- real data ---------------------------------------------------------------------------------


def test_after_the_wave_of_newcomers_cohorts_beat_every_top_down_method_on_cdnow():
    """CDNOW's customers all came in the first 12 weeks: sales fall by two thirds in week 13."""
    folder = os.environ.get("CRMLAB_DATA")
    if not folder or not (path := Path(folder) / "CDNOW_sample.txt").exists():
        pytest.skip("CRMLAB_DATA is not set, or holds no CDNOW_sample.txt")
    names = ["master_id", "customer_id", "date", "cds", "value_eur"]
    orders = pd.read_csv(path, sep=r"\s+", header=None, names=names)
    orders["ordered_at"] = pd.to_datetime(orders["date"].astype(str)).astype("datetime64[s]")
    series = weekly_sales(orders)
    methods = {
        "naive": naive, "moving average": moving_average, "smoothing": exponential_smoothing,
        "cohorts": partial(cohort_sum, orders=orders, newcomers=newcomers_per_week(orders, series)),
    }  # fmt: skip
    falling = score_forecasts(backtest_forecasts(series.iloc[:26], methods, 4, 12))
    assert falling.index[0] == "cohorts"
    assert falling.loc["cohorts", "mase"] < 0.5 * falling["mase"].drop("cohorts").min()
    calm = score_forecasts(backtest_forecasts(series, methods, 8, 12))
    assert calm.loc["cohorts", "mase"] < calm.loc["naive", "mase"]

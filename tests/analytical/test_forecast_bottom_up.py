"""Forecasts from customers, reps and deals: by hand, against a known truth, with bad input."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

from crmlab.analytical.forecast import (
    CustomerBase,
    backtest_forecasts,
    btyd_refit,
    btyd_sum,
    cohort_curve,
    cohort_sum,
    exponential_smoothing,
    moving_average,
    naive,
    newcomers_per_week,
    rep_weighted_pipeline,
    sales_force,
    sales_force_raw,
    score_forecasts,
    stage_probabilities,
    weekly_sales,
    weighted_pipeline,
)

START = np.datetime64("2024-01-01", "s")
WEEK = np.timedelta64(7, "D")


class Fading:
    """Every customer buys at the rate exp(-age / 20) / 5 a week."""

    def expected_purchases(self, customers, periods):
        age = customers["age"]
        return 4 * np.exp(-age / 20) * (1 - np.exp(-periods / 20))

    def expected_purchases_new(self, periods):
        return 4 * (1 - np.exp(-periods / 20))


def wave(weeks=60, before=20, after=80, at=40, seed=1):
    """Orders of 10 EUR of fading customers; from week ``at`` on more of them join."""
    rng = np.random.default_rng(seed)
    joined = np.repeat(np.arange(weeks), np.where(np.arange(weeks) < at, before, after))
    rows = [np.column_stack([np.arange(len(joined)), joined])]
    for week in range(1, weeks):
        there = np.flatnonzero(joined < week)
        buys = rng.poisson(np.exp(-(week - joined[there]) / 20) / 5)
        rows.append(np.column_stack([np.repeat(there, buys), np.full(buys.sum(), week)]))
    who, week = np.concatenate(rows).T
    seconds = rng.integers(0, 7 * 86_400, len(week))
    times = START + week * WEEK + seconds.astype("timedelta64[s]")
    return pd.DataFrame({"customer_id": who, "ordered_at": times, "value_eur": 10.0})


def series_of(orders, weeks=60):
    return weekly_sales(orders, start=START, end=START + weeks * WEEK)


# --- cohorts -----------------------------------------------------------------------------------


def ten_a_week(weeks):
    """One newcomer a week, who spends 10 EUR then and 4 EUR in the week after."""
    born = np.arange(weeks)
    first = pd.DataFrame({"customer_id": born, "week": born, "value_eur": 10.0})
    again = first.assign(week=born + 1, value_eur=4.0).query("week < @weeks")
    both = pd.concat([first, again])
    return both.assign(ordered_at=START + both["week"].to_numpy() * WEEK)


def test_the_cohort_curve_by_hand():
    orders = ten_a_week(4)
    curve = cohort_curve(orders, series_of(orders, 4))
    assert curve["customers"].tolist() == [4, 3, 2, 1]
    assert curve["eur"].tolist() == [10.0, 4.0, 0.0, 0.0]
    assert curve["smooth_eur"].iloc[1:].tolist() == [2.0, 2.0, 2.0]  # 12 EUR of 6 customers
    assert newcomers_per_week(orders, series_of(orders, 4)).tolist() == [1, 1, 1, 1]


def test_planned_newcomers_are_added_by_hand():
    """Each newcomer more brings the value of week 0, and then that of week 1."""
    orders = ten_a_week(12)
    series = series_of(orders, 12)
    none = cohort_sum(series, 2, orders, newcomers=0.0)
    five = cohort_sum(series, 2, orders, newcomers=[5.0, 0.0])
    one = cohort_curve(orders, series)["smooth_eur"].iloc[1]
    assert none.detail["new"].tolist() == [0.0, 0.0]
    assert (five.table - none.table)["forecast"].tolist() == pytest.approx([50.0, 5 * one])
    assert five.detail["known"].tolist() == pytest.approx(none.detail["known"].tolist())


def test_a_plan_by_date_says_the_same_as_a_list():
    orders = wave()
    series = series_of(orders)
    coming = pd.date_range(series.index[-1] + pd.Timedelta(days=7), periods=3, freq="7D")
    dated = cohort_sum(series, 3, orders, newcomers=pd.Series([5.0, 6.0, 7.0], index=coming))
    listed = cohort_sum(series, 3, orders, newcomers=[5.0, 6.0, 7.0])
    pd.testing.assert_frame_equal(dated.table, listed.table)


def test_the_cohort_sum_is_near_the_expected_sales():
    """Of the law that the orders were drawn from, for the four weeks to come."""
    orders = wave(64)
    past = series_of(orders)
    joined = np.concatenate([np.where(np.arange(60) < 40, 20, 80), np.full(4, 80)])
    true = [
        80 * 10 + 10 * (joined[:w] * np.exp(-(w - np.arange(w)) / 20) / 5).sum()
        for w in range(60, 64)
    ]
    forecast = cohort_sum(past, 4, orders)
    assert forecast.table["forecast"].to_numpy() == pytest.approx(true, rel=0.05)


def test_after_an_acquisition_shock_the_bottom_up_sums_beat_smoothing():
    orders = wave()
    series = series_of(orders)

    def fit(past):
        now = past["ordered_at"].to_numpy().max()
        born = past.groupby("customer_id")["ordered_at"].min().to_numpy()
        new = newcomers_per_week(past, series_of(past, round((now - START) / WEEK)))
        customers = pd.DataFrame({"age": (now - born) / WEEK})
        return CustomerBase(Fading(), customers, 10.0, new_per_week=new.iloc[-4:].mean())

    methods = {
        "cohorts": lambda past, weeks: cohort_sum(past, weeks, orders),
        "btyd": lambda past, weeks: btyd_refit(past, weeks, orders, fit),
        "smoothing": exponential_smoothing, "average": moving_average, "naive": naive,
    }  # fmt: skip
    shock = series.iloc[:56]
    scores = score_forecasts(backtest_forecasts(shock, methods, weeks=8, origins=4))
    assert set(scores.index[:2]) == {"cohorts", "btyd"}
    assert scores["mase"].iloc[1] < 0.7 * scores["mase"].iloc[2]
    assert scores.loc["average", "bias_share"] < -0.1


def test_orders_that_do_not_fit_the_series_are_refused():
    orders = wave(20)
    series = series_of(orders, 20)
    with pytest.raises(ValueError, match="orders must lie within the weeks of series"):
        cohort_sum(series.iloc[3:], 2, orders)
    with pytest.raises(ValueError, match="orders must have the column 'customer_id'"):
        cohort_sum(series, 2, orders.drop(columns="customer_id"))
    with pytest.raises(ValueError, match=r"newcomers must be one number or 2, got shape \(3,\)"):
        cohort_sum(series, 2, orders, newcomers=[1, 2, 3])
    with pytest.raises(ValueError, match="newcomers must be finite and >= 0, got -1"):
        cohort_sum(series, 2, orders, newcomers=-1.0)
    with pytest.raises(ValueError, match="dates seven days apart"):
        cohort_sum(series.reset_index(drop=True), 2, orders)


# --- buy till you die --------------------------------------------------------------------------


def test_expected_purchases_of_old_and_new_by_hand():
    """Two customers of ages 0 and 20, one newcomer a week in the middle of it."""
    base = CustomerBase(Fading(), pd.DataFrame({"age": [0.0, 20.0]}), 10.0, new_per_week=1.0)
    detail = btyd_sum(pd.Series([1.0, 2.0]), 2, base).detail
    week = [4 * (np.exp(-h / 20) - np.exp(-(h + 1) / 20)) for h in (0, 1)]
    assert detail["known_purchases"].to_numpy() == pytest.approx(
        [w * (1 + np.exp(-1)) for w in week]
    )
    half, more = Fading().expected_purchases_new(0.5), Fading().expected_purchases_new(1.5)
    assert detail["new_purchases"].to_numpy() == pytest.approx([1 + half, 1 + half + more - half])


def test_the_range_of_the_sum_is_that_of_a_compound_poisson():
    """100 customers, one purchase a week each, 10 EUR with a spread of 5: 80 % as drawn."""

    class Steady:
        def expected_purchases(self, customers, periods):
            return customers["rate"] * periods

        def expected_purchases_new(self, periods):
            return 0.0

    base = CustomerBase(Steady(), pd.DataFrame({"rate": np.ones(100)}), 10.0, spend_sd_eur=5.0)
    row = btyd_sum(pd.Series([1.0]), 1, base).table.iloc[0]
    rng = np.random.default_rng(1)
    sales = np.array([rng.gamma(4.0, 2.5, n).sum() for n in rng.poisson(100, 4000)])
    assert row["forecast"] == pytest.approx(1000.0)
    assert 0.77 < ((sales > row["low"]) & (sales < row["high"])).mean() < 0.83


def test_a_plan_of_newcomers_may_change_by_week():
    base = CustomerBase(Fading(), pd.DataFrame({"age": []}), 10.0, new_per_week=[0.0, 3.0])
    detail = btyd_sum(pd.Series([1.0]), 2, base).detail
    assert detail["new_purchases"].iloc[0] == 0.0
    assert detail["new_purchases"].iloc[1] > 3.0


def test_a_model_without_its_methods_is_refused():
    with pytest.raises(TypeError, match="model must have a method expected_purchases, got 'x'"):
        CustomerBase("x", pd.DataFrame(), 1.0)
    with pytest.raises(ValueError, match="spend_eur must be a finite number >= 0, got -1"):
        CustomerBase(Fading(), pd.DataFrame(), -1)
    with pytest.raises(ValueError, match="new_per_week must be finite and >= 0"):
        CustomerBase(Fading(), pd.DataFrame(), 1.0, new_per_week=-1)
    base = CustomerBase(Fading(), pd.DataFrame({"age": [np.nan]}), 1.0, new_per_week=[1, 2])
    with pytest.raises(ValueError, match=r"new_per_week must be one number or 3, got shape \(2,\)"):
        one = pd.DataFrame({"age": [1.0]})
        btyd_sum(pd.Series([1.0]), 3, CustomerBase(Fading(), one, 1.0, new_per_week=[1, 2]))
    with pytest.raises(ValueError, match="expected_purchases must give finite numbers"):
        btyd_sum(pd.Series([1.0]), 2, base)
    orders = wave(8)
    with pytest.raises(TypeError, match="fit must give a CustomerBase, got None"):
        btyd_refit(series_of(orders, 8), 2, orders, lambda past: None)


# --- sales force -------------------------------------------------------------------------------


def reps(weeks=40, ahead=4, noise=0.2, biases=(0.5, 0.8, 1.0, 1.4), seed=1):
    """Reps whose sales are their estimates times a factor of their own."""
    rng = np.random.default_rng(seed)
    dates = pd.date_range("2024-01-01", periods=weeks + ahead, freq="7D")
    record = pd.MultiIndex.from_product([range(len(biases)), dates], names=["rep_id", "week"])
    record = record.to_frame(index=False)
    record["estimate_eur"] = rng.gamma(10.0, 100.0, len(record))
    luck = rng.lognormal(-(noise**2) / 2, noise, len(record)) if noise else 1.0
    factor = np.array(biases)[record["rep_id"]]
    record["sales_eur"] = record["estimate_eur"] * factor * luck
    series = record.groupby("week")["sales_eur"].sum().rename_axis("week")
    return series.iloc[:weeks], record, series.iloc[weeks:]


def test_reps_who_err_steadily_are_corrected_exactly():
    series, record, later = reps(noise=0)
    forecast = sales_force(series, 4, record)
    assert forecast.detail["factor"].to_numpy() == pytest.approx([0.5, 0.8, 1.0, 1.4])
    assert forecast.table["forecast"].to_numpy() == pytest.approx(later.to_numpy())
    assert (forecast.table["high"] - forecast.table["low"]).max() < 1e-6


def test_a_short_record_is_trusted_less():
    """A newcomer among the reps is taken for an average one, then more and more for himself."""
    series, record, _ = reps(noise=0.6, biases=(0.5, 1.5, 1.0))
    newcomer = record["rep_id"].eq(0) & (record["week"] < series.index[-3])
    detail = sales_force(series, 4, record[~newcomer]).detail
    assert detail.loc[0, "weeks"] == 3
    assert detail.loc[0, "trust"] < detail.loc[1, "trust"] < 1
    silent = record["rep_id"].eq(0) & (record["week"] <= series.index[-1])
    assert 0 not in sales_force(series, 4, record[~silent]).detail.index


def test_correcting_the_reps_removes_their_bias():
    """Four reps who sell 50 to 90 % of what they say, in five firms."""
    scores = []
    for seed in range(5):
        series, record, _ = reps(weeks=60, ahead=0, biases=(0.5, 0.6, 0.8, 0.9), seed=seed)
        methods = {
            "raw": partial(sales_force_raw, record=record),
            "corrected": partial(sales_force, record=record),
        }
        scores.append(score_forecasts(backtest_forecasts(series, methods, weeks=4, origins=12)))
    mean = pd.concat(scores).groupby(level=0).mean()
    assert mean.loc["raw", "bias_share"] > 0.3
    assert abs(mean.loc["corrected", "bias_share"]) < 0.04
    assert 0.7 < mean.loc["corrected", "coverage"] < 0.9


def test_what_reps_sell_later_is_not_read():
    series, record, _ = reps()
    known = record.assign(sales_eur=record["sales_eur"].where(record["week"].isin(series.index)))
    pd.testing.assert_frame_equal(
        sales_force(series, 4, record).table, sales_force(series, 4, known).table
    )


def test_reps_who_do_not_differ_are_corrected_alike():
    series, record, _ = reps(noise=0.5, biases=(0.8, 0.8, 0.8, 0.8), seed=4)
    factors = sales_force(series, 4, record).detail["factor"]
    assert factors.std() < record.groupby("rep_id")["sales_eur"].sum().std() / 1e4
    assert factors.mean() == pytest.approx(0.8, abs=0.05)


def test_missing_estimates_are_named():
    series, record, _ = reps()
    with pytest.raises(ValueError, match="estimates for every coming week, 2024-11-04"):
        sales_force(series, 8, record)
    with pytest.raises(ValueError, match="at least 2 weeks of series, got 0: nobody's bias"):
        sales_force(series, 4, record[record["week"] > series.index[-1]])
    with pytest.raises(ValueError, match="'sales_eur' in every past week, some are missing"):
        sales_force(series, 4, record.assign(sales_eur=np.nan))
    with pytest.raises(ValueError, match="record must have the column 'rep_id'"):
        sales_force_raw(series, 4, record.drop(columns="rep_id"))


# --- pipeline ----------------------------------------------------------------------------------

STAGES = ("lead", "offer", "negotiation")
CHANCE = {"lead": 0.12, "offer": 0.3, "negotiation": 0.6}


def decided(n=4000, seed=1):
    """Deals that went through the stages: 40 % to an offer, half of those on, 60 % won."""
    rng = np.random.default_rng(seed)
    reached = 1 + (rng.random(n) < 0.4).astype(int)
    reached += (reached == 2) & (rng.random(n) < 0.5)
    won = (reached == 3) & (rng.random(n) < 0.6)
    rows = [
        pd.DataFrame({"deal_id": np.flatnonzero(reached > k), "stage": stage})
        for k, stage in enumerate(STAGES)
    ]
    history = pd.concat(rows, ignore_index=True)
    return history.assign(won=won[history["deal_id"]])


def open_deals(n=300, seed=2):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {"deal_id": np.arange(n), "stage": rng.choice(STAGES, n), "value_eur": rng.gamma(2, 500, n),
         "week": rng.integers(1, 4, n), "rep_probability": 0.9}
    )  # fmt: skip


def test_stage_probabilities_by_hand():
    history = pd.DataFrame(
        {"deal_id": [1, 2, 3, 4, 1, 2, 9], "stage": ["lead"] * 4 + ["offer"] * 2 + ["lead"],
         "won": [True, False, False, False, True, False, None]}
    )  # fmt: skip
    table = stage_probabilities(history)
    assert table["deals"].to_dict() == {"lead": 4, "offer": 2}
    assert table["probability"].to_dict() == {"lead": 0.25, "offer": 0.5}
    assert (table["low"] < table["probability"]).all()
    assert (table["probability"] < table["high"]).all()


def test_stage_probabilities_are_found_again():
    table = stage_probabilities(decided())
    assert table.index.tolist() == list(STAGES)
    for stage, true in (("lead", 0.12), ("offer", 0.3), ("negotiation", 0.6)):
        assert table.loc[stage, "low"] < true < table.loc[stage, "high"]


def test_the_weighted_pipeline_by_hand():
    deals = pd.DataFrame(
        {"deal_id": [1, 2, 3], "stage": ["lead", "offer", "offer"], "week": [1, 1, 2],
         "value_eur": [1000.0, 500.0, 100.0]}
    )  # fmt: skip
    forecast = weighted_pipeline(deals, pd.Series({"lead": 0.1, "offer": 0.5}), level=0.8)
    assert forecast.table["forecast"].to_dict() == {1: 350.0, 2: 50.0}
    assert forecast.table.loc[1, "high"] == pytest.approx(
        350 + 1.2815516 * np.sqrt(0.09 * 1e6 + 0.25 * 500**2)
    )
    assert forecast.table.loc[2, "high"] == 100.0  # no more than there is
    assert forecast.detail["expected_eur"].to_dict() == {"lead": 100.0, "offer": 300.0}


def test_the_range_of_the_pipeline_holds_what_comes():
    """120 histories of 150 deals: their stages' chances are uncertain too."""
    deals = open_deals().drop(columns="week")
    rng = np.random.default_rng(3)
    held = []
    for seed in range(120):
        forecast = weighted_pipeline(deals, stage_probabilities(decided(150, seed)))
        came = deals["value_eur"] @ (rng.random(len(deals)) < deals["stage"].map(CHANCE))
        held.append(forecast.table["low"].iloc[0] < came < forecast.table["high"].iloc[0])
    assert 0.7 < np.mean(held) < 0.92


def test_confident_reps_promise_more_than_their_stages_hold():
    deals = open_deals()
    reps_say = rep_weighted_pipeline(deals).table["forecast"].sum()
    stages_say = weighted_pipeline(deals, pd.Series(CHANCE)).table["forecast"].sum()
    assert reps_say == pytest.approx(0.9 * deals["value_eur"].sum())
    assert reps_say > 2 * stages_say


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: weighted_pipeline(open_deals(), pd.Series({"lead": 0.1})), "every stage of deals"),
        (lambda: weighted_pipeline(open_deals(), pd.Series(CHANCE) * 100), "Is this a percentage"),
        (lambda: weighted_pipeline(open_deals().iloc[:0], pd.Series(CHANCE)), "at least one open"),
        (
            lambda: rep_weighted_pipeline(pd.concat([open_deals()] * 2)),
            "one row a deal, got deal 0",
        ),
        (lambda: rep_weighted_pipeline(open_deals().assign(value_eur=-1)), "value_eur >= 0"),
        (lambda: rep_weighted_pipeline(open_deals()[["deal_id"]]), "the column 'stage'"),
        (lambda: stage_probabilities(decided().assign(won=None)), "a deal that was decided"),
        (lambda: stage_probabilities(pd.concat([decided()] * 2)), "deal 0 is in 'lead' twice"),
        (lambda: stage_probabilities(decided(), level=95), "Is this a percentage"),
    ],
)
def test_impossible_pipelines_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()

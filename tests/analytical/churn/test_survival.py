"""How long does it take: by hand, with censoring, and against known hazards."""

import numpy as np
import pandas as pd
import pytest

from crmlab.analytical.churn import hazard_ratios, survival_curve
from crmlab.analytical.churn.survival import baseline_hazard, independent


def test_the_product_limit_by_hand():
    """Events at 1 and 3 of 4 and 2 at risk, one censored at 2 and one at 4: 3/4, then 3/8."""
    curve = survival_curve([1, 2, 3, 4], [True, False, True, False])
    assert curve["weeks"].tolist() == [1, 3]
    assert curve["at_risk"].tolist() == [4, 2]
    assert curve["survival"].tolist() == [0.75, 0.375]
    assert curve.loc[0, "standard_error"] == pytest.approx(0.75 * np.sqrt(1 / (4 * 3)))


def test_taking_the_censored_for_events_makes_durations_too_short():
    rng = np.random.default_rng(1)
    true, watched = rng.exponential(10, 5_000), rng.uniform(0, 15, 5_000)
    time = np.minimum(true, watched)
    right = survival_curve(time, true <= watched).query("weeks <= 7").iloc[-1]
    wrong = survival_curve(time, np.ones(5_000, dtype=bool)).query("weeks <= 7").iloc[-1]
    assert right["survival"] == pytest.approx(np.exp(-0.7), abs=3 * right["standard_error"])
    assert wrong["survival"] < right["survival"] - 0.1


def test_each_group_has_its_curve():
    curve = survival_curve([1, 2, 1, 5], [True] * 4, groups=["b", "b", "a", "a"])
    assert curve["group"].tolist() == ["a", "a", "b", "b"]
    assert curve.groupby("group")["weeks"].max().to_dict() == {"a": 5, "b": 2}


def test_a_known_hazard_ratio_is_covered_by_its_interval():
    """Of 40 data sets 34 or more must cover 1.5 for each unit."""
    covered = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        X = pd.DataFrame({"x": rng.normal(size=120), "z": rng.normal(size=120)})
        time, watched = rng.exponential(1 / (0.1 * 1.5 ** X["x"])), rng.uniform(5, 20, 120)
        row = hazard_ratios(X, np.minimum(time, watched), time <= watched).loc["x"]
        covered += row["low"] < 1.5 < row["high"]
    assert covered >= 34


def test_a_hazard_ratio_is_per_unit_whatever_the_unit():
    rng = np.random.default_rng(2)
    X = pd.DataFrame({"weeks": rng.uniform(0, 10, 500)})
    time = rng.exponential(1 / (0.1 * 1.2 ** X["weeks"]))
    events = np.ones(500, dtype=bool)
    by_week, by_day = hazard_ratios(X, time, events), hazard_ratios(X * 7, time, events)
    assert by_week.iloc[0, 0] == pytest.approx(by_day.iloc[0, 0] ** 7, rel=1e-4)


def test_rare_large_values_do_not_make_it_run_away():
    """Steps without a line search leave for infinity here, in silence."""
    rng = np.random.default_rng(3)
    X = pd.DataFrame({"visits": rng.pareto(1.0, 300), "carts": rng.poisson(0.05, 300)})
    time = rng.exponential(20 / (1 + X["visits"]))
    found = hazard_ratios(X, np.minimum(time, 20), time <= 20)
    assert np.isfinite(found.to_numpy()).all()


def test_breslows_baseline_without_covariates_is_nelson_aalens():
    """Two events of three at risk, then one of one."""
    times, hazard = baseline_hazard(np.zeros(3), np.array([1.0, 1, 2]), np.ones(3, dtype=bool))
    assert times.tolist() == [1, 2]
    assert hazard.tolist() == pytest.approx([2 / 3, 5 / 3])


def test_columns_that_follow_from_others_are_found():
    rng = np.random.default_rng(4)
    a, b = rng.normal(size=(2, 50))
    Z = np.column_stack([a, np.zeros(50), b, a + b, rng.normal(size=50)])
    assert independent(Z).tolist() == [True, False, True, False, True]


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="weeks must be finite and >= 0, got -1"):
        survival_curve([1.0, -1.0], [True, True])
    with pytest.raises(ValueError, match="weeks and event must be equally long"):
        survival_curve([1.0], [True, False])
    X = pd.DataFrame({"one": [1.0, 1.0, 1.0], "x": [1.0, 2.0, 3.0]})
    with pytest.raises(ValueError, match="do not follow from others, got 'one'"):
        hazard_ratios(X, [1, 2, 3], [True] * 3)
    with pytest.raises(ValueError, match="event must come at least once"):
        hazard_ratios(X[["x"]], [1, 2, 3], [False] * 3)

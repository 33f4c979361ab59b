"""The stored tables of the recovery bench: there, whole, and about what is benched today."""

import pandas as pd
import pytest

from crmlab.experiments import bench, contest, recovery, uplift_contest
from crmlab.experiments.treatment import LOT, NEED, PROJECTED, RISK


def test_the_stored_coverage_is_of_the_worlds_of_today():
    """Every parameter of every estimator stands there with the truth that is drawn from."""
    table = bench.stored("coverage").set_index(["estimator", "parameter"])["truth"]
    for name, right in recovery.right_worlds().items():
        for parameter, value in right.truth.items():
            assert table[name, parameter] == pytest.approx(value, rel=1e-3)
    assert len(table) == sum(len(right.truth) for right in recovery.right_worlds().values())


def test_the_stored_coverage_rests_on_two_thousand_worlds():
    assert (bench.stored("coverage")["worlds"] >= 2_000).all()


def test_every_trial_and_method_stands_in_the_stored_contests():
    value, uplift = bench.stored("value"), bench.stored("uplift")
    assert set(value["trial"]) == set(contest.trials())
    assert set(value["contestant"]) >= set(contest.own_methods())
    assert set(uplift["trial"]) == set(uplift_contest.trials())
    ours = {name for name in uplift_contest.contestants() if " of " not in name}
    assert set(uplift["contestant"]) >= ours | {LOT, RISK, PROJECTED, NEED}


def test_a_small_measurement_has_the_columns_of_the_stored_table(monkeypatch):
    few = {"sBG": recovery.right_worlds()["sBG"]}
    monkeypatch.setattr(recovery, "right_worlds", lambda: few)
    found = bench.measure("coverage", worlds=3, customers=500)
    assert list(found) == list(bench.stored("coverage"))


def test_profile_intervals_hold_what_they_say_wherever_the_model_is_right():
    """Of every parameter, in 92 to 98 % of two thousand worlds."""
    assert bench.stored("coverage")["coverage"].between(0.92, 0.98).all()


def test_misses_name_the_interval_and_say_why():
    """By hand: the log scale holds, Wald's does not, and one model has no finite estimate."""
    table = pd.DataFrame(
        {
            "estimator": ["Pareto/NBD", "BG/NBD"], "parameter": ["beta", "b"],
            "coverage": [0.95, 0.99], "log_scale": [0.97, 0.95], "wald": [0.91, 0.95],
            "bias": [0.0, 0.0], "unbounded": [0.0, 0.25],
        }
    )  # fmt: skip
    found = recovery.misses(table)
    assert found[["parameter", "interval"]].to_numpy().tolist() == [
        ["beta", "wald"], ["b", "profile"]
    ]  # fmt: skip
    assert "ridge" in found["why"][0] and "no finite estimate in 25%" in found["why"][1]

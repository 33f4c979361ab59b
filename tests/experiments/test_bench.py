"""The stored tables of the recovery bench: there, whole, and about what is benched today."""

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


def test_misses_say_why():
    missed = recovery.misses(bench.stored("coverage"))
    assert set(missed.columns) >= {"coverage", "why"}
    assert (missed["why"].str.len() > 10).all()
    assert not missed["coverage"].between(0.92, 0.98).any()

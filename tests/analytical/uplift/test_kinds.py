"""The four kinds of customer: by hand, at the thresholds, and against the truth."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from crmlab.analytical.uplift import KINDS, Thresholds, TLearner, kinds, kinds_table


def test_each_kind_by_hand():
    baseline = pd.Series([0.1, 0.9, 0.1, 0.9], index=list("abcd"))
    effect = pd.Series([0.3, 0.01, -0.01, -0.2], index=list("abcd"))
    found = kinds(baseline, effect)
    assert found.to_dict() == dict(zip("abcd", KINDS, strict=True))


def test_the_thresholds_themselves_belong_to_those_who_are_not_moved():
    at = Thresholds(effect=0.1, baseline=0.5)
    found = kinds([0.5, 0.49, 0.5, 0.5], [0.1, -0.1, 0.11, -0.11], at)
    assert found.tolist() == ["sure thing", "lost cause", "persuadable", "sleeping dog"]


def test_a_wider_threshold_never_makes_more_persuadables():
    effect = np.random.default_rng(1).normal(size=500)
    counts = [
        (kinds(np.zeros(500), effect, Thresholds(effect=at)) == "persuadable").sum()
        for at in (0.0, 0.5, 1.0, 2.0)
    ]
    assert counts == sorted(counts, reverse=True)


def test_customers_are_matched_by_index():
    baseline = pd.Series([0.9, 0.1], index=["x", "y"])
    effect = pd.Series([0.0, 0.0], index=["y", "x"])
    assert kinds(baseline, effect).to_dict() == {"y": "lost cause", "x": "sure thing"}


def test_the_same_truth_and_estimate_agree_on_the_diagonal():
    rng = np.random.default_rng(2)
    told = kinds(rng.random(300), rng.normal(0, 0.1, 300))
    table = kinds_table(told, told)
    assert table.shape == (4, 4)
    assert np.diag(table).sum() == table.to_numpy().sum() == 300


def test_estimated_kinds_are_better_than_a_guess():
    """Known kinds in equal parts, 8,000 customers: most are told, though far from all."""
    rng = np.random.default_rng(3)
    which = rng.integers(0, 4, size=8_000)
    baseline = np.array([0.2, 0.8, 0.2, 0.8])[which]
    effect = np.array([0.4, 0.0, 0.0, -0.4])[which]
    X = pd.get_dummies(pd.Series(which), dtype=float) + rng.normal(0, 0.4, (8_000, 4))
    treated = rng.random(8_000) < 0.5
    stays = (rng.random(8_000) < baseline + effect * treated).astype(int)
    learner = TLearner(LogisticRegression()).fit(X, stays, treatment=treated)
    at = Thresholds(effect=0.1)
    found = kinds(learner.baseline(X), learner.predict(X), at)
    table = kinds_table(found, kinds(baseline, effect, at))
    assert np.diag(table).sum() / 8_000 > 0.6
    assert table.loc["persuadable"].idxmax() == "persuadable"
    assert table.loc["sleeping dog"].idxmax() == "sleeping dog"


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="effect must be a finite number >= 0, got -0.1"):
        Thresholds(effect=-0.1)
    with pytest.raises(ValueError, match="baseline must be finite, got nan"):
        Thresholds(baseline=float("nan"))
    with pytest.raises(ValueError, match="baseline must be one number a customer"):
        kinds([0.1], [0.1, 0.2])
    with pytest.raises(ValueError, match="kind and other must be of the same customers"):
        kinds_table(kinds([0.1], [0.2]), kinds([0.1, 0.2], [0.1, 0.2]))

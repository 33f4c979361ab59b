"""Grades of a fit: by hand, on customers not learned from, against a truth."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.analytical.segments import (
    Clusters,
    OneSegment,
    behaviour,
    compare_by_fit,
    margin_between,
    methods,
)


@pytest.fixture(scope="module")
def data():
    records = crm.simulate("retail", 2_000, 65, 5).records
    X = behaviour(records, 39)
    return X, margin_between(records, 39, 65).loc[X.index]


def test_two_kinds_that_tell_everything_are_perfect_and_one_segment_tells_nothing():
    X = pd.DataFrame({"orders": [1.0, 90.0] * 20})
    y, kind = X["orders"] * 2, X["orders"] > 5
    table = compare_by_fit({"one": OneSegment(), "two": Clusters(2)}, X, y, kind)
    assert table.loc["two", ["segments", "silhouette", "rmse", "r2", "adjusted_rand"]].tolist() == [
        2, 1.0, 0.0, 1.0, 1.0,
    ]  # fmt: skip
    assert table.loc["one", "r2"] == 0
    assert table.loc["one", "adjusted_rand"] == 0
    assert np.isnan(table.loc["one", "silhouette"])


def test_an_outcome_of_pure_chance_is_not_foretold(data):
    """No method has anything to hold: graded on the same customers they would all seem to."""
    X = data[0]
    y = pd.Series(np.random.default_rng(1).normal(size=len(X)), X.index)
    assert (compare_by_fit(methods(), X, y)["r2"] < 0.02).all()


def test_segments_of_behaviour_foretell_margins(data):
    table = compare_by_fit(methods(), *data)
    assert (table["r2"].drop("one for all") > 0.05).all()
    assert table["rmse"].idxmax() == "one for all"
    assert table.loc["k-means", "silhouette"] > table.loc["network", "silhouette"]


def test_methods_are_not_fitted_in_place(data):
    method = Clusters(2)
    compare_by_fit({"two": method}, *data)
    assert not hasattr(method, "labels_")


def test_bad_input_is_named(data):
    X, y = data
    with pytest.raises(ValueError, match="y must be a Series with every customer of X"):
        compare_by_fit(methods(), X, y.iloc[1:])
    with pytest.raises(ValueError, match="truth must not be missing, 1 values are"):
        compare_by_fit(methods(), X, y, y.where(y.index != y.index[0]))
    with pytest.raises(ValueError, match="four customers at least, got 3"):
        compare_by_fit(methods(), X.iloc[:3], y)

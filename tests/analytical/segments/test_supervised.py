"""Tree and network: by hand, in order, and better than one mean on customers not seen."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.analytical.segments import NetworkBands, TreeSegments, behaviour, margin_between


@pytest.fixture(scope="module")
def data():
    records = crm.simulate("retail", 2_000, 65, 5).records
    X = behaviour(records, 39)
    return X, margin_between(records, 39, 65).loc[X.index]


def test_a_tree_finds_the_border_and_says_it_in_words():
    X = pd.DataFrame({"orders": [1, 1, 2, 6, 7, 8], "noise": [1.5, 0.2, 0.9, 1.1, 0.3, 1.6]})
    leaves = TreeSegments(leaves=2, least_customers=2).fit(X, [0, 0, 0, 9, 9, 9]).leaves_
    assert leaves["rule"].tolist() == ["orders is 5 or more", "orders is 4 or less"]
    assert leaves["mean"].tolist() == [9.0, 0.0]
    assert leaves["customers"].tolist() == [3, 3]


def test_limits_of_one_feature_are_joined_in_a_rule():
    """Only the middle is good: its leaf has a lower and an upper limit."""
    x = np.arange(30) + 0.25
    y = ((x > 10) & (x < 20)).astype(float)
    leaves = TreeSegments(leaves=3, least_customers=5).fit(pd.DataFrame({"eur": x}), y).leaves_
    assert leaves["rule"].iloc[0] == "eur is more than 9.75 up to 19.75"
    whole = pd.DataFrame({"n": np.arange(30)})
    assert TreeSegments(3, 5).fit(whole, y).leaves_["rule"].iloc[0] == "n is 10 to 19"


def test_leaves_are_ordered_and_their_rules_name_who_is_in_them(data):
    X, y = data
    tree = TreeSegments().fit(X, y)
    found = tree.segment(X)
    means = y.groupby(found).mean()
    assert means.is_monotonic_decreasing
    assert means.to_numpy() == pytest.approx(tree.leaves_["mean"].to_numpy())
    assert found.value_counts(sort=False).tolist() == tree.leaves_["customers"].tolist()
    assert tree.leaves_["customers"].min() >= 50
    assert tree.predict(X) == pytest.approx(found.map(means).astype(float).to_numpy())


def test_too_few_customers_for_a_split_are_one_leaf():
    found = TreeSegments().fit([[1.0], [2.0], [3.0]], [1.0, 2.0, 3.0])
    assert found.leaves_["rule"].tolist() == ["everybody"]
    assert found.segment([[9.0]]).tolist() == ["leaf 1"]


def test_bands_are_equal_and_the_first_promises_most():
    x = np.arange(1_000.0).reshape(-1, 1)
    network = NetworkBands(bands=4).fit(x, np.sqrt(x[:, 0]))
    found = network.segment(x)
    assert found.value_counts().tolist() == [250] * 4
    score = pd.Series(network.predict(x)).groupby(found.to_numpy()).agg(["min", "max"])
    assert (score["min"].to_numpy()[:-1] >= score["max"].to_numpy()[1:]).all()
    assert x[found == "band 1"].min() > x[found == "band 4"].max()


def test_an_outcome_that_is_always_the_same_is_one_band():
    network = NetworkBands().fit(np.arange(50.0).reshape(-1, 1), np.full(50, 3.0))
    assert network.segments_[0] == "band 1"
    assert network.predict([[7.0]]) == pytest.approx([3.0], abs=1e-3)


def test_a_network_bends_where_a_line_cannot():
    """Only the middle is good."""
    x = np.linspace(0, 20, 600).reshape(-1, 1)
    y = ((x[:, 0] > 5) & (x[:, 0] < 12)).astype(float)
    best = NetworkBands(bands=3, penalty=0.01).fit(x, y).segment(x) == "band 1"
    assert y[best].mean() > 0.95


@pytest.mark.parametrize("method", [TreeSegments(), NetworkBands()], ids=repr)
def test_the_best_segments_bring_more_on_customers_not_seen(method, data):
    X, y = data
    learn = np.random.default_rng(1).random(len(X)) < 0.5
    found = method.fit(X[learn], y[learn]).segment(X[~learn])
    best = found == method.segments_[0]
    assert y[~learn][best].mean() > 3 * y[~learn].mean()


def test_bad_input_is_named(data):
    X, y = data
    with pytest.raises(ValueError, match="leaves must be between 2"):
        TreeSegments(leaves=1).fit(X, y)
    with pytest.raises(ValueError, match="bands must be between 2"):
        NetworkBands(bands=1).fit(X, y)
    with pytest.raises(ValueError, match="penalty must be a finite number >= 0, got -1"):
        NetworkBands(penalty=-1).fit(X, y)
    with pytest.raises(ValueError, match="requires y to be passed"):
        TreeSegments().fit(X)

"""Profiles: figures by hand, words by the rule, and what they must add up to."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.analytical.segments import Clusters, behaviour, describe, lifts, profile


@pytest.fixture(scope="module")
def found():
    X = behaviour(crm.simulate("retail", 800, 52, 5).records, 52)
    return X, Clusters(4).fit(X).segment(X)


def test_a_profile_by_hand():
    X = pd.DataFrame({"orders": [1, 3, 8]}, index=["a", "b", "c"])
    table = profile(X, pd.Series({"c": "many", "a": "few", "b": "few"}),
                    pd.Series({"b": 2.0, "c": 9.0, "a": 1.0}))  # fmt: skip
    assert table.loc["few"].tolist() == [2, 2 / 3, 0.25, 1.5, 2.0]
    assert table.loc["many"].tolist() == [1, 1 / 3, 0.75, 9.0, 8.0]
    assert table.loc["everybody"].tolist() == [3, 1.0, 1.0, 4.0, 4.0]


def test_sizes_shares_and_means_add_up(found):
    X, segment = found
    table = profile(X, segment, X["orders"] * X["mean_order_eur"])
    parts = table.drop("everybody")
    assert parts["customers"].sum() == len(X)
    assert parts["share"].sum() == pytest.approx(1)
    assert parts["share_of_value"].sum() == pytest.approx(1)
    again = (parts["share"] * parts["orders"]).sum()
    assert again == pytest.approx(table.loc["everybody", "orders"])


def test_lifts_are_means_over_everybodys_mean(found):
    X, segment = found
    table = lifts(X, segment)
    sizes = segment.value_counts(normalize=True)[table.index].to_numpy()
    assert table.mul(sizes, axis=0).sum().to_numpy() == pytest.approx(np.ones(X.shape[1]))
    empty = lifts(X.assign(nothing=0.0), segment)["nothing"]
    assert empty.isna().all()


def test_words_name_what_is_striking_with_its_mean():
    X = pd.DataFrame({"orders": [1, 1, 1, 9], "weeks_since_order": [30.0, 20.0, 40.0, 1.0],
                      "mean_order_eur": [20.0, 21.0, 20.0, 21.0]})  # fmt: skip
    words = describe(X, ["a", "a", "a", "b"])
    assert words["a"] == (
        "75 % of customers: buys seldom (1.0 orders), has not bought for 30 weeks"
    )
    assert words["b"].startswith("25 % of customers: buys often (9.0 orders), bought 1 weeks ago")


def test_a_segment_like_everybody_says_so():
    X = pd.DataFrame({"orders": [1, 2, 1, 2]})
    assert describe(X, ["a", "a", "b", "b"])["a"] == "50 % of customers: like everybody"


def test_a_higher_bar_never_names_more(found):
    X, segment = found
    named = [describe(X, segment, most=9, striking=bar).str.count(",").sum() for bar in (0, 0.5, 1)]
    assert named == sorted(named, reverse=True)
    assert named[0] > named[-1]


def test_own_words_and_unknown_features():
    X = pd.DataFrame({"pets": [0, 0, 4], "cars": [5, 3, 1]})
    words = describe(X, ["a", "a", "b"], {"pets": ("keeps {:.0f} pets", "no pets")})
    assert words["b"] == "33 % of customers: keeps 4 pets, little cars (1)"


def test_everything_that_happens_to_customers_has_words():
    from crmlab.analytical.segments.profiles import WORDS

    X = behaviour(crm.simulate("retail", 50, 20, 5).records, 20)
    assert set(X) <= set(WORDS)


def test_bad_input_is_named():
    X = pd.DataFrame({"orders": [1, 2]}, index=["a", "b"])
    with pytest.raises(ValueError, match="segment must have every customer of X, 'b' is missing"):
        profile(X, pd.Series({"a": 1}))
    with pytest.raises(ValueError, match="value must have one value a customer, got 3 for 2"):
        profile(X, [1, 1], [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="striking must be a finite number >= 0, got -1"):
        describe(X, [1, 1], striking=-1)

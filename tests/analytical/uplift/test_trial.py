"""Alike before, apart after: by hand, under a lot, under cheating, and on Hillstrom's test."""

import os

import numpy as np
import pandas as pd
import pytest

from crmlab import datasets
from crmlab.analytical.uplift import average_effect, balance, randomised

hillstrom_only = pytest.mark.skipif(
    not os.path.isfile(os.path.join(os.environ.get("CRMLAB_DATA", ""), "hillstrom.csv")),
    reason="CRMLAB_DATA names no folder with hillstrom.csv",
)


@hillstrom_only
def test_the_womens_mail_brought_four_and_a_half_visits_a_hundred():
    test = datasets.fetch("hillstrom").query("segment != 'Mens E-Mail'")
    mailed = test["segment"] == "Womens E-Mail"
    found = average_effect(test["visit"], mailed)
    assert found.effect == pytest.approx(0.045233, abs=1e-6)
    assert found.standard_error == pytest.approx(0.00323, abs=1e-5)
    assert "average effect +0.04523, standard error 0.00323" in repr(found)
    known = test[["recency", "history", "mens", "womens", "newbie", "zip_code", "channel"]]
    assert balance(known, mailed)["smd"].abs().max() < 0.02
    assert randomised(known, mailed).p_value > 0.05


def test_the_average_effect_by_hand():
    """2 of 4 against 1 of 4; variances 1/3 and 1/4, each over four customers."""
    found = average_effect([1, 1, 0, 0, 1, 0, 0, 0], [1, 1, 1, 1, 0, 0, 0, 0])
    assert found.effect == 0.25
    assert found.standard_error == pytest.approx(np.sqrt((1 / 3 + 1 / 4) / 4))
    assert (found.treated, found.held_out) == (4, 4)


def test_a_standardised_difference_by_hand():
    """Means 3 and 1, both variances 2: the difference is 2 over the root of 2."""
    table = balance(np.array([[2.0], [4.0], [0.0], [2.0]]), [1, 1, 0, 0])
    assert table.loc[0, "smd"] == pytest.approx(np.sqrt(2))
    assert table.loc[0, ["treated_mean", "untreated_mean"]].tolist() == [3.0, 1.0]


def test_text_becomes_one_row_a_value_and_constants_do_no_harm():
    X = pd.DataFrame({"city": ["a", "b", "a", "b"], "one": 1, "vip": [True, False, True, True]})
    table = balance(X, [1, 1, 0, 0])
    assert set(table.index) == {"city=a", "city=b", "one", "vip"}
    assert table.loc["one", ["smd", "p_value"]].tolist() == [0.0, 1.0]
    assert randomised(X, [1, 1, 0, 0]).degrees == 2  # city=b follows from city=a


def test_under_a_lot_the_joint_test_is_right_about_its_own_error():
    """Of 400 lots about 20 fall below .05, whatever the correlations."""
    rng = np.random.default_rng(1)
    base = rng.exponential(size=(300, 1))
    X = np.hstack([base, base + 0.1 * rng.normal(size=(300, 1)), rng.normal(size=(300, 2))])
    p = np.array([randomised(X, rng.permutation(300) < 100).p_value for _ in range(400)])
    assert 0.02 < np.mean(p < 0.05) < 0.09
    assert 0.4 < p.mean() < 0.6


def test_treating_the_best_customers_is_found_out():
    rng = np.random.default_rng(2)
    X = pd.DataFrame({"value": rng.exponential(size=4_000), "age": rng.normal(size=4_000)})
    treated = rng.random(4_000) < np.where(X["value"] > 1, 0.6, 0.4)
    assert randomised(X, treated).p_value < 0.001
    assert balance(X, treated)["smd"].abs().idxmax() == "value"


@pytest.mark.parametrize(
    ("treatment", "message"),
    [
        ([1, 1, 2, 0], r"treatment must hold 0 and 1 .*got 2\..*compare two"),
        (["mail", "mail", "none", "none"], "got 'mail'"),
        ([1, 1, 1, 0], "two customers at least, got 3 treated and 1 untreated"),
        ([1, 0, 1], r"one value a customer, shape \(4,\), got \(3,\)"),
        (None, "treatment must say who was treated"),
        ([1, 0, 1, np.nan], "got nan"),
    ],
)
def test_a_treatment_that_is_none_is_refused(treatment, message):
    with pytest.raises(ValueError, match=message):
        average_effect([1.0, 2.0, 3.0, 4.0], treatment)


def test_missing_values_are_named():
    with pytest.raises(ValueError, match="y must be finite, got nan"):
        average_effect([1.0, np.nan, 1.0, 0.0], [1, 1, 0, 0])
    with pytest.raises(ValueError, match="X must have no missing values, got some in 'age'"):
        balance(pd.DataFrame({"age": [1.0, np.nan, 2.0, 3.0]}), [1, 1, 0, 0])
    with pytest.raises(ValueError, match="X must have a covariate that varies"):
        randomised(np.ones((4, 2)), [1, 1, 0, 0])

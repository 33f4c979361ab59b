"""RFM cells: by hand, with ties, for new customers, and on a real log."""

import os

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import (
    check_estimator_cloneable,
    check_estimator_repr,
    check_get_params_invariance,
    check_no_attributes_set_in_init,
    check_parameters_default_constructible,
    check_set_params,
)

import crmlab as crm
from crmlab.analytical import rfm
from crmlab.analytical.segments import RFMCells, behaviour, hughes_columns

has_cdnow = os.path.isfile(os.path.join(os.environ.get("CRMLAB_DATA", ""), "CDNOW_sample.txt"))


def customers(weeks, orders, eur):
    columns = {"weeks_since_order": weeks, "orders": orders, "mean_order_eur": eur}
    return pd.DataFrame(columns, dtype=float)


@pytest.fixture(scope="module")
def X():
    return behaviour(crm.simulate("retail", 1_000, 52, 3).records, 52)


def test_five_customers_get_the_five_scores_by_hand():
    """The most recent, most frequent and largest is 5-5-5."""
    table = customers([1, 2, 3, 4, 5], [9, 7, 5, 3, 1], [50, 40, 30, 20, 10])
    found = RFMCells().fit(table).segment(table)
    assert found.tolist() == ["5-5-5", "4-4-4", "3-3-3", "2-2-2", "1-1-1"]


def test_customers_with_the_same_value_get_the_score_of_the_middle_of_their_tie():
    """Six of ten have one order: ranks 1 to 6, middle 3.5 of 10, second fifth."""
    table = customers(range(10), [1] * 6 + [2, 3, 4, 5], range(10))
    scores = RFMCells().fit(table).scores(table)["frequency"]
    assert scores.tolist() == [2] * 6 + [4, 4, 5, 5]


def test_without_ties_every_score_has_a_fifth_of_the_customers():
    rng = np.random.default_rng(1)
    table = customers(*rng.permuted(np.tile(np.arange(500.0), (3, 1)), axis=1))
    scores = RFMCells().fit(table).scores(table)
    for name in scores:
        assert (scores[name].value_counts() == 100).all()


def test_a_better_customer_never_scores_worse(X):
    scores = RFMCells().fit(X).scores(X)
    for name, column, way in (("recency", "weeks_since_order", -1), ("frequency", "orders", 1),
                              ("monetary", "mean_order_eur", 1)):  # fmt: skip
        ordered = scores[name][(way * X[column]).sort_values(kind="stable").index]
        assert ordered.is_monotonic_increasing


def test_new_customers_are_ranked_among_those_of_the_fit():
    """Better than all is 5, worse than all is 1, and the fit does not move."""
    table = customers([1, 2, 3, 4, 5], [9, 7, 5, 3, 1], [50, 40, 30, 20, 10])
    new = customers([0, 99], [99, 0], [999, 0])
    assert RFMCells().fit(table).segment(new).tolist() == ["5-5-5", "1-1-1"]


def test_the_order_of_rows_does_not_matter(X):
    mixed = X.sample(frac=1, random_state=1)
    cells = RFMCells().fit(X)
    pd.testing.assert_series_equal(RFMCells().fit(mixed).segment(mixed).loc[X.index],
                                   cells.segment(X))  # fmt: skip


def test_rfm_of_the_btyd_models_becomes_hughes_columns():
    """Age 4 weeks, last order in week 3: a week ago; two repeats are three orders."""
    table = pd.DataFrame({"frequency": [2, 0], "recency": [3.0, 0.0], "age": [4.0, 9.0],
                          "monetary_value": [20.0, 0.0]}, index=["ann", "bob"])  # fmt: skip
    found = hughes_columns(table)
    assert found.loc["ann"].tolist() == [1.0, 3.0, 20.0]
    assert found.loc["bob"].tolist() == [9.0, 1.0, 0.0]
    with pytest.raises(ValueError, match="table must have the column 'age'"):
        hughes_columns(table.drop(columns="age"))


@pytest.mark.skipif(not has_cdnow, reason="CRMLAB_DATA names no folder with CDNOW_sample.txt")
def test_on_cdnow_the_best_cells_order_again_far_more_often():
    """Scores of the first 39 weeks, orders in the 39 weeks after them."""
    log = pd.read_csv(
        os.path.join(os.environ["CRMLAB_DATA"], "CDNOW_sample.txt"), sep=r"\s+",
        names=["all_id", "customer_id", "on", "pieces", "value_eur"],
    )  # fmt: skip
    log["ordered_at"] = pd.to_datetime(log["on"].astype(str))
    table = rfm(log, end="1997-09-30", holdout="1998-06-30")
    X = hughes_columns(table)
    total = RFMCells().fit(X).scores(X).sum(axis=1)
    came = table["holdout_frequency"] > 0
    assert came[total >= 13].mean() > 0.6
    assert came[total <= 6].mean() < 0.15


@pytest.mark.parametrize(
    "check",
    [check_estimator_cloneable,
     check_estimator_repr, check_get_params_invariance, check_no_attributes_set_in_init,
     check_parameters_default_constructible, check_set_params],
)  # fmt: skip
def test_scikit_learns_checks_of_parameters_pass(check):
    """The checks that fit nameless arrays do not apply: the cells are made of named columns."""
    check("RFMCells", RFMCells())


def test_other_columns_can_be_named():
    table = pd.DataFrame({"days": [1, 9], "n": [5, 1], "eur": [3.0, 2.0]})
    cells = RFMCells(groups=2, recency="days", frequency="n", monetary="eur")
    assert clone(cells).fit(table).segment(table).tolist() == ["2-2-2", "1-1-1"]


def test_bad_input_is_named(X):
    with pytest.raises(ValueError, match=r"X must have the column 'orders', .*RFMCells\(rec"):
        RFMCells().fit(X.drop(columns="orders"))
    with pytest.raises(TypeError, match="X must be a DataFrame with the columns"):
        RFMCells().fit(X.to_numpy())
    with pytest.raises(ValueError, match="groups must be between 2 and 9, got 1"):
        RFMCells(groups=1).fit(X)
    with pytest.raises(ValueError, match="finite numbers, 1 values are missing"):
        RFMCells().fit(X.assign(orders=X["orders"].where(X.index != X.index[0])))

"""What all segmentations have in common, and scikit-learn's own checks of them."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import estimator_checks_generator

import crmlab as crm
from crmlab.analytical.segments import (
    Clusters,
    LatentClasses,
    NetworkBands,
    OneSegment,
    TreeSegments,
    behaviour,
    margin_between,
    methods,
)

each = pytest.mark.parametrize("name", methods())
CHECKED = [OneSegment(), Clusters(), LatentClasses(starts=2), TreeSegments(), NetworkBands()]


@pytest.mark.parametrize(
    ("estimator", "check"),
    [
        pytest.param(estimator, check, id=f"{type(model).__name__}-{i}-{check.func.__name__}")
        for model in CHECKED
        for i, (estimator, check) in enumerate(estimator_checks_generator(model))
        if check.func.__name__ != "check_array_api_input"
    ],
)
def test_scikit_learns_own_checks_pass(estimator, check):
    """All but the array API, which is tried only where it is switched on."""
    check(estimator)


@pytest.fixture(scope="module")
def data():
    records = crm.simulate("retail", 1_500, 65, 5).records
    X = behaviour(records, 39)
    return X, margin_between(records, 39, 65).loc[X.index]


@each
def test_every_customer_gets_one_of_the_segments(name, data):
    X, y = data
    method = methods()[name].fit(X, y)
    found = method.segment(X)
    assert found.index.equals(X.index)
    assert found.notna().all()
    assert list(found.cat.categories) == method.segments_


@each
def test_a_customer_alone_gets_the_same_segment_as_among_others(name, data):
    """New customers can be assigned: nothing depends on who else is asked about."""
    X, y = data
    method = methods()[name].fit(X.iloc[:1_000], y.iloc[:1_000])
    together, alone = method.segment(X.iloc[1_000:]), method.segment(X.iloc[[1_200]])
    assert alone.iloc[0] == together.loc[alone.index[0]]


@each
def test_the_same_seed_finds_the_same_segments(name, data):
    X, y = data
    one, other = (clone(methods(3)[name]).fit(X, y).segment(X) for _ in range(2))
    pd.testing.assert_series_equal(one, other)


@each
def test_the_input_is_left_alone(name, data):
    X, y = data
    copies = X.copy(), y.copy()
    methods()[name].fit(X, y).segment(X)
    pd.testing.assert_frame_equal(X, copies[0])
    pd.testing.assert_series_equal(y, copies[1])


def test_the_unit_of_a_column_hardly_matters_to_k_means(data):
    """Weeks or days: segments stay the same for nearly everybody, as scales are made even."""
    X = data[0]
    days = X.assign(weeks_since_order=7 * X["weeks_since_order"])
    one, other = (Clusters().fit(x).labels_ for x in (X, days))
    assert (one == other).mean() > 0.9


def test_text_ids_are_as_good_as_numbers(data):
    X, y = data
    named = X.set_index("c" + X.index.astype(str))
    for name, method in methods().items():
        one, other = (clone(method).fit(x, y.to_numpy()).segment(x) for x in (X, named))
        assert np.array_equal(one.cat.codes, other.cat.codes), name
        assert other.index.equals(named.index)


def test_segments_before_a_fit_are_refused():
    from sklearn.exceptions import NotFittedError

    with pytest.raises(NotFittedError):
        Clusters().segment([[1.0]])

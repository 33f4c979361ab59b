"""Latent classes: likelihoods by hand, EM that climbs, classes that are found again."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.metrics import adjusted_rand_score

from crmlab.analytical.segments import LatentClasses, choose_classes


@pytest.fixture(scope="module")
def mixed():
    """Three kinds: (share, orders, visits, mean log basket); one row a customer."""
    rng = np.random.default_rng(4)
    kind = rng.choice(3, 2_000, p=[0.5, 0.3, 0.2])
    X = pd.DataFrame(
        {
            "orders": rng.poisson(np.array([1.0, 4.0, 12.0])[kind]),
            "visits": rng.poisson(np.array([2.0, 1.0, 9.0])[kind]),
            "basket_eur": np.exp(rng.normal(np.array([3.0, 4.0, 3.0])[kind], 0.3)),
        }
    )
    return X, kind


def test_one_class_has_the_likelihood_of_the_counts_by_hand():
    """One class of Poisson counts: their mean is the rate."""
    X = pd.DataFrame({"orders": [0, 1, 1, 2, 6]})
    fitted = LatentClasses(classes=1).fit(X)
    assert fitted.rates_[0, 0] == pytest.approx(2.0)
    assert fitted.log_likelihood_ == pytest.approx(stats.poisson(2).logpmf(X["orders"]).sum())
    assert fitted.bic_ == pytest.approx(np.log(5) - 2 * fitted.log_likelihood_)


def test_one_class_has_the_likelihood_of_a_normal_on_even_scales():
    X = np.array([[0.3], [1.7], [2.2], [9.9]])
    fitted = LatentClasses(classes=1).fit(X)
    scaled = np.log1p(X[:, 0])
    scaled = (scaled - scaled.mean()) / scaled.std()
    assert fitted.log_likelihood_ == pytest.approx(stats.norm().logpdf(scaled).sum())


def test_no_step_lowers_the_likelihood(mixed):
    for classes in (2, 3, 5):
        history = LatentClasses(classes, starts=2).fit(mixed[0]).history_
        assert (np.diff(history) > -1e-6).all()


def test_classes_sizes_and_rates_are_found_again(mixed):
    X, kind = mixed
    fitted = LatentClasses(classes=3).fit(X)
    assert adjusted_rand_score(kind, fitted.labels_) > 0.85
    assert fitted.weights_ == pytest.approx([0.5, 0.3, 0.2], abs=0.03)
    assert fitted.rates_[:, 0] == pytest.approx([1.0, 4.0, 12.0], rel=0.12)


def test_the_number_of_classes_is_found_again(mixed):
    table = choose_classes(mixed[0], range(1, 6))
    assert table.loc[table["chosen"], "classes"].tolist() == [3]
    assert table["log_likelihood"].is_monotonic_increasing


def test_probabilities_of_membership_are_calibrated(mixed):
    """Of customers with about 80 % for a class, about 80 % belong to it."""
    X, kind = mixed
    fitted = LatentClasses(classes=3).fit(X)
    chance = fitted.predict_proba(X)
    assert chance.sum(axis=1) == pytest.approx(np.ones(len(X)))
    likeliest, right = chance.max(axis=1), fitted.labels_ == kind
    unsure = likeliest < 0.9
    assert unsure.sum() > 50
    assert right[unsure].mean() == pytest.approx(likeliest[unsure].mean(), abs=0.1)


def test_customers_with_exactly_the_same_value_do_not_break_the_likelihood():
    """Half of them share a value: without a least spread their class would have no end."""
    rng = np.random.default_rng(1)
    X = np.concatenate([np.full(200, 0.5), rng.gamma(2, 10, 200)]).reshape(-1, 1)
    fitted = LatentClasses(classes=3).fit(X)
    assert np.isfinite(fitted.log_likelihood_)
    assert (fitted.variances_ >= 0.2**2).all()


def test_whole_numbers_are_counts_and_all_else_is_not():
    X = pd.DataFrame({"n": [0, 1, 2, 3], "eur": [0.5, 1, 2, 3], "less": [-1, 0, 1, 2], "one": 1})
    assert LatentClasses(classes=1).fit(X).counts_.tolist() == [True, False, False, False]


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="classes must be at most the number of customers that"):
        LatentClasses(classes=3).fit([[1.0], [1.0], [2.0]])
    with pytest.raises(ValueError, match="starts must be between 1 and 100,000, got 0"):
        LatentClasses(starts=0).fit([[float(i)] for i in range(9)])

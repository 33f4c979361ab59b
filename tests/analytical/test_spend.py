"""What a customer spends at a time: by hand, recovered, and where it cannot be said."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.analytical import GammaGamma, rfm, spend_independence


def drawn(p=5.0, q=4.0, gamma=20.0, size=4_000, seed=1):
    rng = np.random.default_rng(seed)
    x = rng.poisson(2.0, size)
    rate = rng.gamma(q, 1 / gamma, size)
    mean = rng.gamma(p * np.maximum(x, 1)) / rate / np.maximum(x, 1)
    return pd.DataFrame({"frequency": x, "monetary_value": np.where(x > 0, mean, 0.0)})


def test_the_parameters_come_back():
    model = GammaGamma().fit(drawn())
    away = (model.params_ - [5.0, 4.0, 20.0]) / model.standard_errors_
    assert away.abs().max() < 3


def test_the_markets_own_parameters_come_back():
    """The retail market draws baskets from gamma-gamma: p 6.25, q 3.74, gamma 15.44."""
    orders = crm.simulate("retail", 8_000, 52, 3).records.orders
    model = GammaGamma().fit(rfm(orders))
    away = (model.params_ - [6.25, 3.74, 15.44]) / model.standard_errors_
    assert away.abs().max() < 3.5


def test_an_expectation_lies_between_own_mean_and_everybodys():
    model = GammaGamma().set_estimates(p=6.25, q=3.74, gamma=15.44)
    table = pd.DataFrame({"frequency": [1, 10, 0], "monetary_value": [100.0, 100.0, 0.0]})
    one, ten, none = model.expected_value(table)
    assert model.mean_value() == none == pytest.approx(6.25 * 15.44 / 2.74)
    assert none < one < ten < 100.0


def test_scale_of_money_does_not_matter():
    euros = drawn()
    cents = euros.assign(monetary_value=euros["monetary_value"] * 100)
    a, b = GammaGamma().fit(euros), GammaGamma().fit(cents)
    np.testing.assert_allclose(b.params_, a.params_ * [1, 1, 100], rtol=1e-5)


def test_infinite_means_are_said():
    model = GammaGamma().set_estimates(p=2.0, q=0.8, gamma=5.0)
    with pytest.raises(ValueError, match="q is 0.8: below 1 .* 1 customers with frequency 0"):
        model.expected_value(pd.DataFrame({"frequency": [0], "monetary_value": [0.0]}))
    with pytest.warns(UserWarning, match="unreliable"):
        value = model.expected_value(pd.DataFrame({"frequency": [3], "monetary_value": [9.0]}))
    assert value.iloc[0] > 9.0
    assert model.mean_value() == np.inf


def test_values_must_be_positive_where_there_is_a_repeat():
    with pytest.raises(ValueError, match="monetary_value must be > 0 .* 1 rows are not"):
        GammaGamma().fit(pd.DataFrame({"frequency": [1, 2], "monetary_value": [0.0, 5.0]}))
    with pytest.raises(ValueError, match="nobody bought again"):
        GammaGamma().fit(pd.DataFrame({"frequency": [0], "monetary_value": [0.0]}))


def test_independence_is_measured():
    assert abs(spend_independence(drawn())["spearman"]) < 0.05
    linked = drawn().assign(
        monetary_value=lambda t: t["frequency"] * 3.0 + 1e-3 * t["monetary_value"]
    )
    assert spend_independence(linked)["spearman"] > 0.9
    with pytest.raises(ValueError, match="at least 3 repeat customers, got 1"):
        spend_independence(pd.DataFrame({"frequency": [1], "monetary_value": [2.0]}))

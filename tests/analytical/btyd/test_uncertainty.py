"""Intervals: of estimates, of expectations, and of what a customer may do."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from crmlab.analytical import (
    BGBB,
    BGNBD,
    MBGCNBD,
    MBGNBD,
    NBD,
    BetaDiscreteWeibull,
    GammaGamma,
    ParetoNBD,
    ShiftedBetaGeometric,
)

MODELS = (NBD, BGNBD, MBGNBD, ParetoNBD, BGBB, MBGCNBD, GammaGamma)
TRUE = {"r": 0.6, "alpha": 8.0, "s": 0.7, "beta": 12.0}


def drawn(seed=1, size=1_500, age=50.0):
    p = [np.asarray(v) for v in TRUE.values()]
    return pd.DataFrame(ParetoNBD()._histories(p, np.full(size, age), np.random.default_rng(seed)))


@pytest.fixture(scope="module")
def fitted():
    return ParetoNBD().fit(drawn())


def test_the_delta_method_and_the_bootstrap_agree(fitted):
    """On the expectation of two customers, within a quarter of the interval's length."""
    them = pd.DataFrame({"frequency": [0, 5], "recency": [0.0, 45.0], "age": 50.0})
    at_once = fitted.confidence_interval("expected_purchases", them, 50)
    again = fitted.bootstrap(drawn(), draws=150, seed=2)
    slowly = again.interval("expected_purchases", them, 50)
    pd.testing.assert_series_equal(at_once["estimate"], slowly["estimate"])
    length = at_once["high"] - at_once["low"]
    for side in ("low", "high"):
        assert ((at_once[side] - slowly[side]).abs() < 0.25 * length).all()


def test_the_bootstraps_spread_is_the_standard_error(fitted):
    """Of logarithms, which are near normal."""
    again = fitted.bootstrap(drawn(), draws=150, seed=2)
    spread = np.log(again.params).std()
    np.testing.assert_allclose(
        spread[["r", "alpha"]], (fitted.standard_errors_ / fitted.params_)[["r", "alpha"]], rtol=0.3
    )
    own = again.interval(lambda model: model.params_["r"] / model.params_["alpha"])
    rate = fitted.params_["r"] / fitted.params_["alpha"]
    assert own["low"].iloc[0] < rate < own["high"].iloc[0]


def test_prediction_intervals_hold_what_happens():
    """At least 80 % of the customers' later purchases lie in their 80 % interval."""
    model = ParetoNBD().set_estimates(**TRUE)
    rng = np.random.default_rng(5)
    size, now, later = 4_000, 40.0, 40.0
    rate = rng.gamma(TRUE["r"], 1 / TRUE["alpha"], size)
    life = rng.exponential(1.0, size) / rng.gamma(TRUE["s"], 1 / TRUE["beta"], size)
    x = rng.poisson(rate * np.minimum(life, now))
    t = np.where(x > 0, np.minimum(life, now) * rng.beta(np.maximum(x, 1), 1.0), 0.0)
    came = rng.poisson(rate * np.clip(life - now, 0.0, later))
    table = pd.DataFrame({"frequency": x, "recency": t, "age": now})
    interval = model.prediction_interval(table, later, level=0.8, draws=400)
    inside = (came >= interval["low"]) & (came <= interval["high"])
    assert 0.80 < inside.mean() < 0.99
    assert (interval["low"] <= interval["median"]).all()


def test_probabilities_keep_their_bounds(fitted):
    interval = fitted.confidence_interval("probability_alive", drawn())
    assert ((interval >= 0) & (interval <= 1)).all(axis=None)
    assert (interval["low"] <= interval["high"]).all()


def test_a_run_with_one_seed_is_repeated(fitted):
    them = drawn(size=50)
    assert fitted.prediction_interval(them, 20, draws=50).equals(
        fitted.prediction_interval(them, 20, draws=50)
    )
    first, second = (fitted.bootstrap(them, draws=3, seed=9).params for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


def test_the_summary_has_positive_intervals(fitted):
    table = fitted.summary()
    assert (table["low"] > 0).all()
    assert (table["low"] < table["estimate"]).all() and (table["estimate"] < table["high"]).all()
    assert (fitted.summary(0.99)["high"] > table["high"]).all()


@pytest.mark.parametrize("model", [*MODELS, ShiftedBetaGeometric, BetaDiscreteWeibull])
def test_models_are_scikit_learn_estimators(model):
    """clone, get_params and set_params; nothing is set in __init__; unfitted says so."""
    made = model()
    copy = clone(made)
    assert copy.get_params() == made.get_params()
    assert not [name for name in vars(made) if name.endswith("_") and not name.startswith("_")]
    with pytest.raises(NotFittedError):
        made.summary()
    for name, value in made.get_params().items():
        made.set_params(**{name: value})
        assert getattr(made, name) is value


def test_fitting_leaves_the_table_alone_and_twice_is_once():
    table = drawn(size=300)
    copy = table.copy()
    model = BGNBD().fit(table)
    first = model.params_.copy()
    pd.testing.assert_frame_equal(table, copy)
    pd.testing.assert_series_equal(model.fit(table).params_, first)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"frequency": 1.5}, r"table\['frequency'\] must be a whole number >= 0; got 1.5"),
        ({"frequency": -1}, "frequency"),
        ({"recency": 60.0, "frequency": 1}, "cannot exceed age; got 60"),
        ({"recency": 1.0, "frequency": 0}, "must be 0 where frequency is 0"),
        ({"age": 0.0, "recency": 0.0, "frequency": 0}, "age is 0 for every customer"),
        ({"age": np.nan}, "must be finite"),
        ({"age": "old"}, "must hold numbers"),
    ],
)
def test_an_impossible_history_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        BGNBD().fit(drawn(size=30).assign(**change))


def test_a_missing_column_is_named_with_the_nearest():
    with pytest.raises(ValueError, match="'age' is missing. .*`rfm` makes such a table"):
        BGNBD().fit(drawn(size=30).drop(columns="age"))
    with pytest.raises(ValueError, match="'channel' is missing"):
        BGNBD(["channel"]).fit(drawn(size=30))
    with pytest.raises(TypeError, match=r"purchase_covariates must be a sequence .*'channel'"):
        BGNBD("channel").fit(drawn(size=30))
    with pytest.raises(ValueError, match="at least one customer"):
        BGNBD().fit(drawn(size=30).iloc[:0])
    with pytest.raises(ValueError, match="'log_intervals' for k > 1"):
        MBGCNBD(2).fit(drawn(size=30))
    with pytest.raises(ValueError, match="cannot be below frequency"):
        BGBB().fit(pd.DataFrame({"frequency": [3], "recency": [2], "opportunities": [5]}))


def test_weights_must_fit():
    with pytest.raises(ValueError, match=r"weights must have shape \(30,\)"):
        BGNBD().fit(drawn(size=30), weights=[1.0])
    with pytest.raises(ValueError, match="must not all be 0"):
        BGNBD().fit(drawn(size=30), weights=np.zeros(30))


def test_estimates_from_elsewhere_are_checked():
    with pytest.raises(ValueError, match="params must name r, alpha, a, b, got r"):
        BGNBD().set_estimates(r=1.0)
    with pytest.raises(ValueError, match="> 0"):
        NBD().set_estimates(r=1.0, alpha=-2.0)

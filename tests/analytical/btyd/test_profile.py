"""Intervals by profile likelihood: by hand, against a grid, where a side is open, and errors."""

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from crmlab.analytical import (
    BGNBD,
    MBGNBD,
    NBD,
    BetaDiscreteWeibull,
    GammaGamma,
    ParetoNBD,
    ShiftedBetaGeometric,
)
from crmlab.analytical.btyd.climb import Local
from crmlab.analytical.btyd.profile import ends, held

_spec = importlib.util.spec_from_file_location("markets", Path(__file__).with_name("markets.py"))
markets = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(markets)

THERE = [1000, 869, 743, 653, 593, 551, 517, 491]


def histories(model, size=1_500, age=40.0, **truth):
    known = model.set_estimates(**truth)
    drawn = known._histories(list(truth.values()), np.full(size, age), np.random.default_rng(5))
    return pd.DataFrame(drawn)


@pytest.fixture(scope="module")
def table():
    return histories(BGNBD(), r=0.25, alpha=4.4, a=0.8, b=2.5)


def quadratic(point):
    """A normal likelihood with variances 4 and 1 and correlation one half."""
    bend = np.linalg.inv([[4.0, 1.0], [1.0, 1.0]])
    return Local(float(-0.5 * point @ bend @ point), -bend @ point, -bend)


def test_of_a_normal_likelihood_it_is_the_usual_interval():
    low, high = ends(quadratic, np.zeros(2), 0, 0.95)
    assert (low, high) == pytest.approx((-3.919928, 3.919928), abs=1e-4)


def test_the_others_move_along_when_one_is_held():
    """By hand: the regression of the second on the first has slope 1/4."""
    height, point = held(quadratic, 0, 2.0, np.zeros(2))
    assert point == pytest.approx([2.0, 0.5])
    assert height == pytest.approx(-0.5)


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_at_its_ends_the_likelihood_has_fallen_by_half_the_quantile(table, level):
    model = BGNBD().fit(table)
    found = model.profile_interval(table, level)
    for side in ("low", "high"):
        for name, value in found[side].items():
            drop = model.profile_drop(table, **{name: value})[name]
            assert drop == pytest.approx(chi2.ppf(level, 1), abs=0.01)


def test_no_grid_finds_a_better_point_on_the_profile(table):
    """Brute force over the other three parameters near the held point."""
    model = BGNBD().fit(table)
    value = 1.3 * model.params_["a"]
    drop = model.profile_drop(table, a=value)["a"]
    axes = model._axes(table)
    surface, shift = axes.surface, axes.shift
    centre = held(surface, 2, np.log(value), model._theta - shift)[1]
    tries = centre + np.random.default_rng(5).normal(0.0, 0.02, (300, 4)) * [1, 1, 0, 1]
    best = max(surface(point).value for point in tries)
    assert 2 * (surface(model._theta - shift).value - best) >= drop - 1e-6


def test_it_holds_the_estimate_and_shrinks_with_more_customers(table):
    more = pd.concat([table] * 4, ignore_index=True)
    small, large = (BGNBD().fit(t).profile_interval(t) for t in (table, more))
    assert ((small["low"] < small["estimate"]) & (small["estimate"] < small["high"])).all()
    assert (np.log(large["high"] / large["low"]) < np.log(small["high"] / small["low"])).all()


def test_weights_stand_for_customers(table):
    model = NBD().fit(table, weights=np.full(len(table), 3.0))
    repeated = NBD().fit(pd.concat([table] * 3, ignore_index=True))
    found = model.profile_interval(table, weights=np.full(len(table), 3.0))
    again = repeated.profile_interval(pd.concat([table] * 3, ignore_index=True))
    pd.testing.assert_frame_equal(found, again, rtol=1e-4)


@pytest.mark.filterwarnings("ignore")
def test_a_side_without_a_bound_is_open():
    """Nobody leaves in these data: the dropout has a lower limit for b and no upper one."""
    rng = np.random.default_rng(5)
    x = rng.poisson(rng.gamma(2.0, 0.2, 800) * 40.0)
    t = np.where(x > 0, 40.0 * rng.beta(np.maximum(x, 1), 1), 0.0)
    stays = pd.DataFrame({"frequency": x, "recency": t, "age": 40.0})
    model = BGNBD().fit(stays)
    assert model.boundary_
    assert np.isinf(model.profile_interval(stays)["high"]["b"])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("model", [NBD, BGNBD, MBGNBD, ParetoNBD])
@pytest.mark.parametrize("seed", [6, 10, 19, 30])
def test_tables_of_any_kind_have_an_interval_around_the_estimate(model, seed):
    """Tiny, extreme and silent tables, on which eigenvalues once failed to converge."""
    table = markets.random_table(seed)
    found = model().fit(table).profile_interval(table)
    assert (found["low"] <= found["estimate"] * (1 + 1e-6)).all()
    assert (found["estimate"] <= found["high"] * (1 + 1e-6)).all()


def test_a_very_sure_estimate_has_two_ends():
    """A hundred thousand customers: the first step outwards is tiny, and both sides close."""
    many = histories(NBD(), size=100_000, r=0.5, alpha=10.0)
    found = NBD().fit(many).profile_interval(many)
    assert np.isfinite(found["high"]).all() and (found["low"] > 0).all()
    assert (found["high"] / found["low"] < 1.1).all()


def test_every_kind_of_model_has_one(table):
    spent, rng = table[table["frequency"] > 0], np.random.default_rng(5)
    nu = rng.gamma(3.7, 1 / 15.4, len(spent))
    values = rng.gamma(6.25 * spent["frequency"]) / (spent["frequency"] * nu)
    spent = spent.assign(monetary_value=values)
    cases = [(ParetoNBD(), table), (GammaGamma(), spent), (ShiftedBetaGeometric(), THERE),
             (BetaDiscreteWeibull(), THERE)]  # fmt: skip
    for model, data in cases:
        found = model.fit(data).profile_interval(data)
        assert ((found["low"] < found["estimate"]) & (found["estimate"] < found["high"])).all()


def test_an_unknown_parameter_is_named(table):
    with pytest.raises(ValueError, match="params must be of r, alpha, a, b, got 'beta'"):
        BGNBD().fit(table).profile_drop(table, beta=1.0)


@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf])
def test_a_value_that_the_parameter_cannot_have_is_refused(table, value):
    with pytest.raises(ValueError, match="a must be finite and in its range"):
        BGNBD().fit(table).profile_drop(table, a=value)


def test_other_data_than_those_fitted_are_refused(table):
    model = BGNBD().fit(table)
    with pytest.raises(ValueError, match="data must be those that the model was fitted to"):
        model.profile_interval(table.iloc[:700])
    known = BGNBD().set_estimates(r=0.35, alpha=7.0, a=0.8, b=2.5)
    known.standard_errors_ = model.standard_errors_
    with pytest.raises(ValueError, match="Fit the model to them first"):
        known.profile_drop(table, a=1.0)


def test_a_level_in_percent_is_refused(table):
    with pytest.raises(ValueError, match="level must lie between 0 and 1, got 95"):
        BGNBD().fit(table).profile_interval(table, level=95)


def test_counted_survivors_take_no_weights():
    with pytest.raises(ValueError, match="weights must be None"):
        ShiftedBetaGeometric().fit(THERE).profile_interval(THERE, weights=[1.0])

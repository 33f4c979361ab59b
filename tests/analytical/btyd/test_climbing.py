"""Likelihoods, their derivatives, and fits to tables from harmless to absurd."""

import contextlib
import importlib.util
import io
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, logsumexp

from crmlab.analytical import (
    BGBB,
    BGNBD,
    MBGCNBD,
    MBGNBD,
    NBD,
    BetaDiscreteWeibull,
    BoundaryWarning,
    GammaGamma,
    ParetoNBD,
    ShiftedBetaGeometric,
    spend,
)
from crmlab.analytical.btyd.history import History, history
from crmlab.analytical.retention import _steps

_spec = importlib.util.spec_from_file_location("markets", Path(__file__).with_name("markets.py"))
markets = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(markets)

CONTINUOUS = (NBD, BGNBD, MBGNBD, ParetoNBD)


def table(seed=5, customers=200):
    """An ordinary table, with covariates and intervals."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=customers)
    age = rng.uniform(20, 40, customers)
    drawn = (
        MBGCNBD(2)
        .set_estimates(r=0.8, alpha=2.0, a=0.8, b=2.5)
        ._histories((0.8, 2.0 * np.exp(-0.3 * z), 0.8, 2.5), age, rng)
    )
    return pd.DataFrame(drawn).assign(z=z)


def pareto_table(customers=400):
    """Customers who leave at unseen moments, some with large z staying longer."""
    rng = np.random.default_rng(2)
    z = rng.normal(size=customers)
    p = (0.9, 6.0, 1.2, 25.0 * np.exp(0.3 * z))
    return pd.DataFrame(ParetoNBD()._histories(p, rng.uniform(20, 90, customers), rng)).assign(z=z)


def surfaces():
    """Every likelihood with the point at which to look, by name."""
    t = table()
    h = history(t)
    for model in CONTINUOUS:
        yield model.__name__, model()._surface(h), np.full(len(model._names), 0.2)
    for model in (BGNBD, MBGNBD, ParetoNBD):
        m = model(["z"], ["z"])
        extra = len(m._parameter_names()) - 4
        at = np.append([0.2, -0.1, 0.3, 0.1], np.full(extra, 0.2))
        yield f"{model.__name__} with covariates", m._surface(history(t, None, ["z"])), at
    from crmlab.analytical.btyd.mbgcnbd import _surface

    yield "MBGCNBD-3", _surface(3, h), np.array([0.2, -0.5, 0.3, 0.4])
    n = np.array([6.0, 6.0, 4.0])
    years = History(
        np.array([3.0, 0.0, 1.0]), np.array([4.0, 0.0, 4.0]), n, np.array([2.0, 5.0, 1.0])
    )
    yield "BGBB", BGBB()._surface(years), np.array([0.1, 0.2, -0.3, 0.4])
    values = History(np.array([1.0, 2.0, 5.0]), np.array([0.5, 1.0, 1.7]), n, np.ones(3))
    yield "GammaGamma", spend._surface(values), np.array([0.6, 0.9, -0.2])
    there, before = _steps([100, 70, 55, 48])
    for model in (ShiftedBetaGeometric, BetaDiscreteWeibull):
        at = np.full(len(model._names), 0.3)
        yield model.__name__, partial(model()._likelihood, there=there, before=before), at


@pytest.mark.parametrize(
    ("name", "surface", "at"), list(surfaces()), ids=lambda v: v if isinstance(v, str) else ""
)
def test_analytic_derivatives_agree_with_differences(name, surface, at):
    step = 1e-5
    here, units = surface(at), step * np.eye(len(at))
    gradient = [(surface(at + u).value - surface(at - u).value) / (2 * step) for u in units]
    hessian = [(surface(at + u).gradient - surface(at - u).gradient) / (2 * step) for u in units]
    scale = np.abs(here.hessian).max()
    np.testing.assert_allclose(here.gradient, gradient, atol=1e-6 * scale)
    np.testing.assert_allclose(here.hessian, hessian, atol=1e-6 * scale)
    np.testing.assert_allclose(here.hessian, here.hessian.T)


def by_formula(model, p, x, t, T):
    """The papers' likelihoods, written down as they stand there."""
    front = gammaln(p[0] + x) - gammaln(p[0]) + p[0] * np.log(p[1])
    if model is NBD:
        return (front - (p[0] + x) * np.log(p[1] + T)).sum()
    r, alpha, a, b = p
    if model is ParetoNBD:  # a is s, b is beta

        def one(x, t, T):
            here = (alpha + T) ** -(r + x) * (b / (b + T)) ** a
            left = quad(
                lambda y: (alpha + y) ** -(r + x) * a * b**a * (b + y) ** -(a + 1), t, T, epsabs=0,
                epsrel=1e-12,
            )[0]  # fmt: skip
            return np.log(here + left)

        return (front + [one(*row) for row in zip(x, t, T, strict=True)]).sum()
    m = x + (model is MBGNBD)
    here = betaln(a, b + m) - (r + x) * np.log(alpha + T)
    left = betaln(a + 1, b + np.maximum(m, 1) - 1) - (r + x) * np.log(alpha + t)
    left = np.where(m > 0, left, -np.inf)
    return (front - betaln(a, b) + logsumexp([here, left], axis=0)).sum()


@pytest.mark.parametrize("model", CONTINUOUS)
def test_the_log_likelihood_is_the_papers_on_the_scale_of_the_data(model):
    t = pareto_table(60).round({"recency": 3, "age": 3})
    fitted = model().fit(t)
    past = (t[c].to_numpy(float) for c in ("frequency", "recency", "age"))
    assert fitted.log_likelihood_ == pytest.approx(
        by_formula(model, fitted.params_.to_numpy(), *past), abs=1e-7
    )


def test_bg_bb_by_hand():
    """x = 1 at the first of two opportunities: bought, then not; or left in between."""
    p = {"alpha": 1.2, "beta": 0.8, "gamma": 0.7, "delta": 2.5}
    one = History(np.ones(1), np.ones(1), np.full(1, 2.0), np.ones(1))
    buy, stay = 1.2 / 2.0, 2.5 / 3.2
    both = buy * 0.8 / 3.0  # buys, then does not
    by_hand = both * stay * 3.5 / 4.2 + buy * stay * 0.7 / 4.2
    theta = np.log(list(p.values()))
    assert BGBB()._surface(one)(theta).value == pytest.approx(np.log(by_hand))


def test_regularity_one_is_the_mbg_nbd_and_a_higher_one_a_density():
    t = table()
    np.testing.assert_allclose(MBGCNBD(1).fit(t).params_, MBGNBD().fit(t).params_, rtol=1e-5)
    assert MBGCNBD().fit(t).regularity_ == 2
    # all that can happen to one customer by T: nothing, or one purchase at t, or more
    model, age = MBGCNBD(2).set_estimates(r=0.6, alpha=3.0, a=0.8, b=2.0), 4.0

    def density(x, t, logs):
        from crmlab.analytical.btyd.mbgcnbd import _surface

        h = History(np.array([x]), np.array([t]), np.array([age]), np.ones(1))
        return np.exp(_surface(2, h)(model._theta).value + logs)

    none = density(0.0, 0.0, 0.0)
    once = quad(lambda t: density(1.0, t, np.log(t)), 0, age)[0]
    rng = np.random.default_rng(1)
    p = [np.exp(v) for v in model._theta]
    drawn = model._histories(p, np.full(200_000, age), rng)["frequency"]
    assert none == pytest.approx((drawn == 0).mean(), abs=0.004)
    assert once == pytest.approx((drawn == 1).mean(), abs=0.004)


def best_elsewhere(model, t, seed):
    """The highest log-likelihood of four starts of a generic optimiser, and of lifetimes."""
    h = history(t)
    surface = model()._surface(h)
    rng, best = np.random.default_rng(seed), -np.inf
    k, far = len(model._names), [(-25.0, 25.0)] * len(model._names)
    for start in rng.normal(0.0, 1.5, (4, k)):
        found = minimize(
            lambda x: (-surface(x).value, -surface(x).gradient), start, jac=True,
            method="L-BFGS-B", bounds=far,
        )  # fmt: skip
        best = max(best, -found.fun)
    peer = peers().get(model)
    if peer is not None and len(t) <= 400:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                theta = np.log(
                    peer().fit(t["frequency"], t["recency"], t["age"]).params_.to_numpy()
                )
            except Exception:  # it gives up on many of these tables
                theta = None
        if theta is not None:
            timed = [name in model._timed for name in model._names]
            theta = theta - np.where(timed, np.log(h.scale), 0.0)
            best = max(best, np.nan_to_num(surface(theta).value, nan=-np.inf))
    return best - float(h.n @ h.x) * np.log(h.scale)


def peers():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import lifetimes

    return {BGNBD: lifetimes.BetaGeoFitter, MBGNBD: lifetimes.ModifiedBetaGeoFitter}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("model", CONTINUOUS)
def test_no_table_crashes_a_fit_or_is_fitted_better_elsewhere(model):
    """Twenty of the five hundred tables of ``make bench``, ten kinds of trouble."""
    for seed in range(20):
        t = markets.random_table(seed)
        fitted = model().fit(t)
        assert fitted.log_likelihood_ > best_elsewhere(model, t, seed) - 1e-3, seed
        assert np.isfinite(fitted.expected_purchases(t, 5.0)).all(), seed
        assert fitted.probability_alive(t).between(0, 1).all(), seed


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"frequency": 0, "recency": 0.0}, "hardly anybody buys again"),
        ({"frequency": 3, "recency": 29.0, "age": 30.0}, "customers do not differ in how often"),
    ],
)
def test_a_boundary_is_explained(change, says):
    """Nobody buys again; all buy alike: no exception, no invented standard error."""
    t = table(customers=40).assign(**change)
    with pytest.warns(BoundaryWarning, match=says):
        model = BGNBD().fit(t)
    assert says in model.boundary_
    assert model.standard_errors_.isna().any()
    assert np.isfinite(model.expected_purchases(t, 10)).all()


def test_nobody_drops_out():
    """Poisson buyers who never leave: b runs to infinity, and the NBD says the same."""
    rng = np.random.default_rng(3)
    p = (1.0, 4.0)
    t = pd.DataFrame(NBD()._histories(p, np.full(3_000, 80.0), rng))
    t["recency"] = np.where(t["frequency"] > 0, 79.9, 0.0)
    with pytest.warns(
        BoundaryWarning, match="nobody drops out in these data: .*b runs to infinity"
    ):
        model = BGNBD().fit(t)
    nbd = NBD().fit(t)
    np.testing.assert_allclose(model.params_[["r", "alpha"]], nbd.params_, rtol=1e-3)
    np.testing.assert_allclose(
        model.expected_purchases(t, 30).sum(), nbd.expected_purchases(t, 30).sum(), rtol=1e-3
    )
    assert np.isfinite(model.standard_errors_[["r", "alpha"]]).all()


def test_subscribers_who_never_leave_or_all_leave():
    with pytest.warns(BoundaryWarning, match="nobody leaves"):
        assert ShiftedBetaGeometric().fit([10, 10, 10]).survival(5).min() > 0.999
    with pytest.warns(BoundaryWarning, match="everybody leaves at the first chance"):
        ShiftedBetaGeometric().fit([10, 0])
    with pytest.warns(BoundaryWarning, match="do not determine alpha and beta"):
        ShiftedBetaGeometric().fit([10, 5])


def test_weights_stand_for_repeated_rows():
    for model in (*CONTINUOUS, GammaGamma, MBGCNBD):
        t = table() if model is MBGCNBD else pareto_table()
        n = np.random.default_rng(1).integers(0, 4, len(t))
        rows = t.assign(monetary_value=np.random.default_rng(5).gamma(4.0, 5.0, len(t)))
        repeated = model().fit(rows.loc[rows.index.repeat(n)])
        weighted = model().fit(rows, weights=n)
        np.testing.assert_allclose(weighted.params_, repeated.params_, rtol=1e-5)
        assert weighted.log_likelihood_ == pytest.approx(repeated.log_likelihood_, abs=1e-6)
        in_table = model().fit(rows.assign(weights=n))
        np.testing.assert_allclose(in_table.params_, weighted.params_)


def test_a_covariate_that_does_something_is_found():
    """Drawn with γ = .5 on the rate and .8 on leaving (Pareto/NBD), 4,000 customers."""
    rng = np.random.default_rng(8)
    z = rng.integers(0, 2, 4_000).astype(float)
    p = (0.8, 8.0 * np.exp(-0.5 * z), 0.9, 20.0 * np.exp(-0.8 * z))
    t = pd.DataFrame(ParetoNBD()._histories(p, np.full(4_000, 60.0), rng)).assign(z=z)
    model = ParetoNBD(["z"], ["z"]).fit(t)
    truth = pd.Series(
        {"r": 0.8, "alpha": 8.0, "s": 0.9, "beta": 20.0, "purchase_z": 0.5, "dropout_z": 0.8}
    )
    away = (model.params_ - truth) / model.standard_errors_
    assert away.abs().max() < 3.0
    assert model.params_["purchase_z"] > 3 * model.standard_errors_["purchase_z"]
    plain = ParetoNBD().fit(t)
    assert model.log_likelihood_ > plain.log_likelihood_ + 10
    new = model.expected_purchases_new(52, pd.DataFrame({"z": [0.0, 1.0]}))
    assert new.iloc[0] != pytest.approx(new.iloc[1], rel=0.01)


def test_a_covariate_of_zeros_changes_nothing_but_is_explained():
    t = table().assign(nothing=0.0)
    with pytest.warns(BoundaryWarning, match="do not determine purchase_nothing"):
        model = BGNBD(["nothing"]).fit(t)
    np.testing.assert_allclose(model.params_[:4], BGNBD().fit(t).params_, rtol=1e-4)


@pytest.mark.parametrize("model", [BGNBD, ParetoNBD])
def test_the_unit_of_a_covariate_does_not_matter(model):
    """Income in thousands, in EUR, and counted from another zero: one fit, one interval."""
    rng = np.random.default_rng(4)
    t = table().assign(z=rng.normal(0.0, 1.0, len(table())))
    plain = model(["z"], ["z"]).fit(t)
    wanted = plain.profile_interval(t).loc["purchase_z"]
    for unit, zero in ((1_000.0, 0.0), (0.003, 5.0), (12.0, 1_970.0)):
        other = t.assign(z=t["z"] * unit + zero)
        fitted = model(["z"], ["z"]).fit(other)
        assert fitted.log_likelihood_ == pytest.approx(plain.log_likelihood_, abs=1e-5)
        assert fitted.params_["purchase_z"] * unit == pytest.approx(
            plain.params_["purchase_z"], rel=1e-3, abs=1e-4
        )
        assert fitted.standard_errors_["purchase_z"] * unit == pytest.approx(
            plain.standard_errors_["purchase_z"], rel=1e-3
        )
        found = fitted.profile_interval(other).loc["purchase_z"] * unit
        np.testing.assert_allclose(found, wanted, rtol=5e-3, atol=5e-4)


def test_intervals_of_base_parameters_speak_of_a_covariate_of_zero():
    """Counted from another zero, alpha is that of somebody else; its interval moves along."""
    rng = np.random.default_rng(4)
    t = table().assign(z=rng.normal(0.0, 1.0, len(table())))
    fitted = BGNBD(["z"]).fit(t)
    found = fitted.profile_interval(t)
    log_se = fitted.standard_errors_["alpha"] / fitted.params_["alpha"]
    width = np.log(found.loc["alpha", "high"] / found.loc["alpha", "low"])
    assert width == pytest.approx(2 * 1.96 * log_se, rel=0.15)

"""How long subscribers stay: the published cohorts, and what follows from them."""

import numpy as np
import pytest
from scipy.special import hyp2f1

from crmlab.analytical import BetaDiscreteWeibull, ShiftedBetaGeometric

HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]


@pytest.mark.parametrize(
    ("cohort", "params", "log_likelihood"),
    [(HIGH_END, [0.668, 3.806], -1611.158), (REGULAR, [0.704, 1.182], -1680.265)],
)
def test_the_cohorts_of_the_paper(cohort, params, log_likelihood):
    """Fader and Hardie (2007), table 2: seven years, 1,000 customers each."""
    model = ShiftedBetaGeometric().fit(cohort)
    np.testing.assert_allclose(model.params_, params, atol=1e-3)
    assert model.log_likelihood_ == pytest.approx(log_likelihood, abs=0.01)


def test_the_sbg_is_the_bdw_with_constant_chances():
    sbg = ShiftedBetaGeometric().set_estimates(alpha=0.7, beta=2.0)
    bdw = BetaDiscreteWeibull().set_estimates(gamma=0.7, delta=2.0, c=1.0)
    np.testing.assert_allclose(sbg.survival(30), bdw.survival(30))
    assert BetaDiscreteWeibull().fit(HIGH_END).log_likelihood_ >= (
        ShiftedBetaGeometric().fit(HIGH_END).log_likelihood_
    )


def test_survival_by_hand():
    """One chance beta(1, 1): half stay the first time, a third in all after the second."""
    model = ShiftedBetaGeometric().set_estimates(alpha=1.0, beta=1.0)
    np.testing.assert_allclose(model.survival(3), [1, 1 / 2, 1 / 3, 1 / 4])
    np.testing.assert_allclose(model.retention_rate(3), [1 / 2, 2 / 3, 3 / 4])
    np.testing.assert_allclose(model.survival(2, renewals=1), [1, 2 / 3, 1 / 2])
    np.testing.assert_allclose(model.expected_survivors(60, 2), [60, 30, 20])


def test_retention_rises_with_tenure_though_nobody_changes():
    assert ShiftedBetaGeometric().fit(REGULAR).retention_rate(20).is_monotonic_increasing


def test_discounted_tenures_are_the_papers():
    """Fader and Hardie (2010), equations 5 and 6, with the hypergeometric function."""
    model = ShiftedBetaGeometric().set_estimates(alpha=0.668, beta=3.806)
    a, b, rate = 0.668, 3.806, 0.1
    whole = hyp2f1(1, b, a + b, 1 / (1 + rate))
    assert model.discounted_tenure(rate) == pytest.approx(whole, rel=1e-8)
    n = 4  # payments made so far, three renewals
    rest = (b + n - 1) / (a + b + n - 1) * hyp2f1(1, b + n, a + b + n, 1 / (1 + rate))
    assert model.discounted_residual_tenure(n - 1, rate) == pytest.approx(rest, rel=1e-8)


@pytest.mark.parametrize(
    ("model", "params"),
    [(ShiftedBetaGeometric, (0.8, 2.5)), (BetaDiscreteWeibull, (0.5, 2.0, 1.4))],
)
def test_the_parameters_come_back(model, params):
    made = model()
    truth = made.set_estimates(**dict(zip(made._names, params, strict=True)))
    there = truth.expected_survivors(50_000, 12)
    again = model().fit(np.round(there))
    assert ((again.params_ - truth.params_).abs() < 3 * again.standard_errors_).all()
    rng = np.random.default_rng(1)
    cohort = [5_000]
    for rate in truth.retention_rate(12):
        cohort.append(rng.binomial(cohort[-1], rate))
    again = model().fit(cohort)
    assert ((again.params_ - truth.params_).abs() < 3 * again.standard_errors_).all()


def test_cohorts_of_different_age_are_pooled():
    """Two equal cohorts weigh twice one; a younger one ends in NaN."""
    one = ShiftedBetaGeometric().fit(REGULAR)
    two = ShiftedBetaGeometric().fit([REGULAR, REGULAR])
    np.testing.assert_allclose(two.params_, one.params_, rtol=1e-6)
    assert two.log_likelihood_ == pytest.approx(2 * one.log_likelihood_)
    young = [*REGULAR[:4], np.nan, np.nan, np.nan, np.nan]
    assert ShiftedBetaGeometric().fit([REGULAR, young]).n_customers_ == 2_000


def test_more_periods_never_lower_value_and_loyal_ones_are_worth_more():
    model = ShiftedBetaGeometric().fit(HIGH_END)
    values = [model.discounted_residual_tenure(n, 0.1) for n in range(6)]
    assert values == sorted(values)
    assert model.discounted_tenure(0.05) > model.discounted_tenure(0.1)


@pytest.mark.parametrize(
    ("survivors", "message"),
    [
        ([100], "at least two numbers"),
        ([100, 80, 90], "never rise, got 80 at t = 1 and 90 after"),
        ([0, 0], "begin with > 0"),
        ([100, np.nan, 80], "must be numbers up to the last"),
    ],
)
def test_an_impossible_cohort_is_named(survivors, message):
    with pytest.raises(ValueError, match=message):
        ShiftedBetaGeometric().fit(survivors)
    with pytest.raises(ValueError, match="discount_rate must be a finite number > 0, got 10%"[:46]):
        ShiftedBetaGeometric().fit(REGULAR).discounted_tenure(0.0)

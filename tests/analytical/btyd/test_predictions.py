"""Predictions against what happens when customers are drawn from the model."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import betainc, betaln, hyp2f1

from crmlab.analytical import (
    BGBB,
    BGNBD,
    MBGCNBD,
    MBGNBD,
    NBD,
    ParetoNBD,
    rate_per_period,
)
from crmlab.analytical.btyd import leaving

KNOWN = {
    NBD: {"r": 0.8, "alpha": 6.0},
    BGNBD: {"r": 0.5, "alpha": 5.0, "a": 0.8, "b": 2.5},
    MBGNBD: {"r": 0.7, "alpha": 6.0, "a": 0.9, "b": 2.0},
    ParetoNBD: {"r": 0.6, "alpha": 8.0, "s": 0.7, "beta": 12.0},
    MBGCNBD: {"r": 0.7, "alpha": 3.0, "a": 0.9, "b": 2.0},
}


def known(model):
    made = MBGCNBD(2) if model is MBGCNBD else model()
    return made.set_estimates(**KNOWN[model])


def natural(model):
    return [np.exp(v) for v in model._theta]


@pytest.mark.parametrize("model", KNOWN)
def test_a_new_customers_expectation_is_the_mean_of_many(model):
    m = known(model)
    drawn = m._histories(natural(m), np.full(60_000, 40.0), np.random.default_rng(3))["frequency"]
    away = drawn.mean() - m.expected_purchases_new(40.0)
    assert abs(away) < 4 * drawn.std() / np.sqrt(len(drawn))


@pytest.mark.parametrize("model", KNOWN)
def test_histories_and_expectations_add_up(model):
    """Purchases by week 30, and those expected after it, are what is expected by week 70."""
    m = known(model)
    by_now = pd.DataFrame(m._histories(natural(m), np.full(40_000, 30.0), np.random.default_rng(6)))
    ahead = m.expected_purchases(by_now, 40.0)
    total = by_now["frequency"] + ahead
    away = total.mean() - m.expected_purchases_new(70.0)
    assert abs(away) < 4 * total.std() / np.sqrt(len(total))


@pytest.mark.parametrize("model", [NBD, BGNBD, MBGNBD, ParetoNBD])
def test_single_draws_have_the_predicted_mean(model):
    m = known(model)
    table = pd.DataFrame({"frequency": [0, 1, 6], "recency": [0.0, 3.0, 28.0], "age": 30.0})
    params, past = m._read(table)
    rng = np.random.default_rng(1)
    drawn = np.stack([m._draw(params, past, 20.0, rng) for _ in range(20_000)])
    np.testing.assert_allclose(
        drawn.mean(axis=0), m.expected_purchases(table, 20.0), atol=4 * drawn.std() / 140
    )


@pytest.mark.parametrize("model", KNOWN)
def test_probability_alive_falls_with_silence(model):
    """Longer silence after the same purchases never makes survival more likely."""
    table = pd.DataFrame({"frequency": 4, "recency": 20.0, "age": np.linspace(20, 80, 40)})
    alive = known(model).probability_alive(table)
    assert alive.is_monotonic_decreasing
    assert alive.between(0, 1).all()
    assert alive.iloc[0] > 0.7


@pytest.mark.parametrize("model", KNOWN)
def test_survival_begins_at_probability_alive_and_falls(model):
    m = known(model)
    table = pd.DataFrame({"frequency": [0, 3], "recency": [0.0, 20.0], "age": [30.0, 24.0]})
    np.testing.assert_allclose(m.survival(table, 0.0), m.probability_alive(table), rtol=1e-9)
    curve = [m.survival(table, h).sum() for h in (0, 5, 20, 80)]
    assert curve == sorted(curve, reverse=True)


def test_a_silent_newcomer_is_alive_in_the_bg_nbd_but_not_in_the_modified_one():
    table = pd.DataFrame({"frequency": [0], "recency": [0.0], "age": [60.0]})
    assert known(BGNBD).probability_alive(table).iloc[0] == 1.0
    assert known(MBGNBD).probability_alive(table).iloc[0] < 0.8


def test_expectations_hold_at_the_poles_of_the_formula():
    """At a = 1, s = 1 and a + b = 1 the closed forms are 0/0; the answer is not."""
    for a, b in ((1.0, 2.0), (0.3, 0.7), (1.0 + 1e-9, 2.0), (0.3, 0.7 - 1e-9)):
        beside = [leaving.purchases(0.8, 5.0, a + d, b, 30.0) for d in (-1e-3, 0.0, 1e-3)]
        assert beside[1] == pytest.approx((beside[0] + beside[2]) / 2, rel=1e-5)
    one, near = (
        ParetoNBD().set_estimates(r=0.5, alpha=5.0, s=s, beta=9.0).expected_purchases_new(30.0)
        for s in (1.0, 1.0 + 1e-6)
    )
    assert one == pytest.approx(near, rel=1e-5)


@pytest.mark.parametrize("seed", range(8))
def test_the_closed_form_is_the_sum_over_purchases(seed):
    """Σ P(at least m arrivals) · P(not left before the m-th), over random parameters."""
    rng = np.random.default_rng(seed)
    r, alpha, a, b, t = np.exp(rng.uniform([-2, -1, -4, -2, -1], [3, 3, 5, 14, 4]))
    m = np.arange(1, 50_000)
    reach = betainc(m, r, t / (alpha + t))
    stay = np.cumprod(np.append(1.0, (b + m[:-1] - 1) / (a + b + m[:-1] - 1)))
    found = leaving.purchases(r, alpha, a, b, t)
    assert found == pytest.approx((reach * stay).sum(), rel=1e-6)


def test_residual_value_of_the_pareto_nbd_is_the_papers():
    """DERT with the confluent hypergeometric function (Fader, Hardie and Lee 2005, appendix)."""
    from scipy.special import hyperu

    m = known(ParetoNBD)
    table = pd.DataFrame({"frequency": [0, 2, 7], "recency": [0.0, 20.0, 37.0], "age": 39.0})
    r, alpha, s, beta = m.params_
    delta = rate_per_period(0.15, "W")
    psi = hyperu(s, s, delta * (beta + 39.0))
    by_hand = (
        m.probability_alive(table) * (beta + 39.0) ** s * delta ** (s - 1.0)
        * (r + table["frequency"]) / (alpha + 39.0) * psi
    )  # fmt: skip
    np.testing.assert_allclose(m.discounted_purchases(table, delta), by_hand, rtol=1e-5)


@pytest.mark.parametrize("model", KNOWN)
def test_discounting_orders_as_it_must(model):
    """A near horizon counts less than a far one, a high rate less than a low one."""
    m = known(model)
    table = pd.DataFrame({"frequency": [3], "recency": [20.0], "age": [24.0]})
    plain = m.expected_purchases(table, 52.0).iloc[0]
    value = [m.discounted_purchases(table, rate, 52.0).iloc[0] for rate in (1e-7, 0.002, 0.02)]
    assert plain == pytest.approx(value[0], rel=1e-4)
    assert value == sorted(value, reverse=True)
    stepwise = m.discounted_purchases(table, np.expm1(0.002), 52.0, discounting="discrete").iloc[0]
    assert value[1] * 0.995 < stepwise < value[1]
    if model is not NBD:
        assert m.discounted_purchases(table, 0.002).iloc[0] > value[1]


def test_bg_bb_expectations_are_the_papers():
    """Equations 8 and 13 of Fader, Hardie and Shang (2010), and 14 by its series."""
    p = {"alpha": 1.2035, "beta": 0.7497, "gamma": 0.6567, "delta": 2.7834}
    m = BGBB().set_estimates(**p)
    a, b, g, d = p.values()
    stays = [np.exp(betaln(g, d + k) - betaln(g, d)) for k in range(1, 7)]
    assert m.expected_purchases_new(6) == pytest.approx(a / (a + b) * sum(stays))
    table = pd.DataFrame({"frequency": [6], "recency": [6], "opportunities": [6]})
    alive = np.exp(betaln(g, d + 7) - betaln(g, d + 6))
    assert m.probability_alive(table).iloc[0] == pytest.approx(alive)
    rate = 0.1
    dert = alive * (a + 6) / (a + b + 6) / (1 + rate) * hyp2f1(1, d + 7, g + d + 7, 1 / (1 + rate))
    found = m.discounted_purchases(table, rate, discounting="discrete").iloc[0]
    assert found == pytest.approx(dert, rel=1e-6)


def test_bg_bb_agrees_with_many_draws():
    m = BGBB().set_estimates(alpha=1.2, beta=0.75, gamma=0.66, delta=2.8)
    rng = np.random.default_rng(2)
    drawn = pd.DataFrame(m._histories(natural(m), np.full(60_000, 6.0), rng))
    assert drawn["frequency"].mean() == pytest.approx(m.expected_purchases_new(6), abs=0.03)
    total = drawn["frequency"] + m.expected_purchases(drawn, 4)
    assert total.mean() == pytest.approx(m.expected_purchases_new(10), abs=0.04)
    again = BGBB().fit(drawn)
    assert ((again.params_ - m.params_).abs() < 4 * again.standard_errors_).all()


def test_regular_customers_who_miss_their_turn_have_left():
    """Of two customers equally long silent, the regular one's model is the more sure."""
    table = pd.DataFrame({"frequency": [8], "recency": [32.0], "age": [48.0]})
    loose = MBGCNBD(1).set_estimates(r=5.0, alpha=20.0, a=1.0, b=9.0)
    regular = MBGCNBD(4).set_estimates(r=5.0, alpha=5.0, a=1.0, b=9.0)
    assert regular.probability_alive(table).iloc[0] < 0.5 * loose.probability_alive(table).iloc[0]


@pytest.mark.parametrize(
    ("question", "arguments", "message"),
    [
        ("expected_purchases", (-1,), "periods must be a finite number >= 0, got -1"),
        ("discounted_purchases", (0.0,), "discount_rate must be a finite number > 0, got 0.0"),
        ("survival", ("soon",), "periods must be"),
    ],
)
def test_a_bad_question_is_named(question, arguments, message):
    table = pd.DataFrame({"frequency": [3], "recency": [20.0], "age": [24.0]})
    with pytest.raises(ValueError, match=message):
        getattr(known(BGNBD), question)(table, *arguments)
    with pytest.raises(ValueError, match="periods must be given for discrete"):
        known(BGNBD).discounted_purchases(table, 0.1, discounting="discrete")

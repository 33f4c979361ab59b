"""The customer equity test of Blattberg and Deighton: by hand, at its optimum, and fitted."""

import numpy as np
import pandas as pd
import pytest

from crmlab.strategic.lifecycle.allocation import CustomerEquity, ResponseCurve, customer_value

WIN, KEEP = ResponseCurve(0.4, 0.14), ResponseCurve(0.7, 0.1)
FIRM = CustomerEquity(WIN, KEEP, margin_eur=50.0, discount=0.2)


def test_one_prospect_by_hand():
    """a m - A + a (m - R/r) r'/(1-r') with A = 5 and R = 10, worked on paper."""
    a, r = 0.4 * (1 - np.exp(-0.7)), 0.7 * (1 - np.exp(-1))
    ratio = r / 1.2
    by_hand = a * 50 - 5 + a * (50 - 10 / r) * ratio / (1 - ratio)
    assert float(FIRM.per_prospect(5.0, 10.0)) == pytest.approx(by_hand)


def test_no_amounts_on_a_fine_grid_beat_the_optimum():
    best = FIRM.optimum()
    extra, care = np.meshgrid(np.linspace(0, 40, 401), np.linspace(0, 40, 401))
    found = FIRM.per_prospect(extra, care)
    assert found.max() <= best["equity_eur"] + 1e-9
    assert best["equity_eur"] - found.max() < 0.01
    assert extra.flat[found.argmax()] == pytest.approx(best["extra_eur"], abs=0.1)


def test_at_the_optimum_the_next_euro_on_either_brings_the_same():
    """The marginal cost of winning a customer is what a customer is worth (Pfeifer 2005)."""
    best = FIRM.optimum()
    assert 1 / WIN.slope(best["extra_eur"]) == pytest.approx(float(FIRM.customer(best["care_eur"])))
    step = 1e-4
    around = FIRM.customer([best["care_eur"] - step, best["care_eur"] + step])
    assert around[0] == pytest.approx(around[1], abs=1e-5)


def test_where_money_moves_nobody_none_is_spent():
    dull = ResponseCurve(0.1, 0.5, floor=0.1)
    best = CustomerEquity(dull, ResponseCurve(0.8, 0.5, 0.8), 10.0, 0.1).optimum()
    assert best["extra_eur"] == best["care_eur"] == 0


def test_a_long_horizon_comes_to_the_value_for_ever():
    ever = customer_value(10.0, 0.8, 1.0, 0.02)
    assert customer_value(10.0, 0.8, 1.0, 0.02, 400) == pytest.approx(float(ever))
    assert customer_value(10.0, 0.8, 1.0, 0.02, 0) == 10.0
    assert customer_value(10.0, 0.0, 1.02, 0.02) == pytest.approx(10.0 - 1.0)  # care all the same


def test_more_retention_never_lowers_the_value_of_a_customer():
    values = customer_value(10.0, np.linspace(0.2, 0.99, 50), 0.0, 0.01)
    assert (np.diff(values) > 0).all()
    assert FIRM.with_retention(5).customer(10.0) > FIRM.customer(10.0)


def test_a_curve_goes_through_both_answers_of_the_manager():
    curve = ResponseCurve.from_judgement(5.0, 0.2, 0.4)
    assert float(curve.rate(5.0)) == pytest.approx(0.2, abs=1e-4)
    assert float(curve.rate(1e6)) == pytest.approx(0.4)
    assert float(curve.rate(0.0)) == 0


def test_a_curve_is_found_again_from_a_large_trial():
    true = ResponseCurve(0.16, 0.8, floor=0.08)
    spend = np.array([0.0, 0.5, 1.0, 2.0, 4.0, 8.0])
    won = np.random.default_rng(1).binomial(200_000, true.rate(spend))
    found = ResponseCurve.fit(pd.DataFrame({"spend_eur": spend, "tried": 200_000, "won": won}))
    assert found.floor == pytest.approx(0.08, abs=0.003)
    assert found.ceiling == pytest.approx(0.16, abs=0.003)
    assert found.pull == pytest.approx(0.8, abs=0.08)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ResponseCurve(40, 0.1), "percentages"),
        (lambda: ResponseCurve(0.3, 0.1, floor=0.4), "floor and ceiling"),
        (lambda: ResponseCurve(0.3, 0.0), "pull"),
        (lambda: ResponseCurve.from_judgement(5, 0.5, 0.4), "rate must lie between"),
        (lambda: ResponseCurve.fit(pd.DataFrame({"spend_eur": [0, 1]})), "column 'tried'"),
        (
            lambda: ResponseCurve.fit(
                pd.DataFrame({"spend_eur": [0, 1], "tried": [9, 9], "won": [1, 2]})
            ),
            "three different amounts",
        ),
        (
            lambda: ResponseCurve.fit(
                pd.DataFrame({"spend_eur": [0, 1, 2], "tried": [9, 9, 9], "won": [1, 2, 10]})
            ),
            "between 0 and tried",
        ),
        (lambda: CustomerEquity(WIN, KEEP, -1.0, 0.1), "margin_eur"),
        (lambda: FIRM.optimum(most_eur=0), "most_eur"),
    ],
)
def test_bad_input_is_answered_with_a_remedy(call, words):
    with pytest.raises(ValueError, match=words):
        call()

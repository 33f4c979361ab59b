"""A chain of shares: by hand, and as a property."""

import pytest

from crmlab.strategic.value_chain import gain_of_each, through, weakest


def test_shares_multiply_by_hand():
    assert through({"a": 0.8, "b": 0.5, "c": 0.9, "d": 0.6, "e": 0.7}) == pytest.approx(0.1512)


def test_a_point_is_worth_most_at_the_weakest_link():
    shares = {"a": 0.8, "b": 0.3, "c": 0.6}
    gains = gain_of_each(shares, 0.1)
    assert gains.idxmax() == weakest(shares) == "b"
    assert gains["b"] == pytest.approx(0.8 * 0.1 * 0.6)


def test_more_of_a_stage_is_never_less_in_all():
    assert (gain_of_each({"a": 0.95, "b": 0.0, "c": 1.0}, 0.1) >= 0).all()


def test_a_percentage_is_refused():
    with pytest.raises(ValueError, match="percentage"):
        through({"a": 80})
    with pytest.raises(ValueError, match="at least one stage"):
        through({})

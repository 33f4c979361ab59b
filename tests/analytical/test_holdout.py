"""What a hold-out shows, and how large it must be."""

import numpy as np
import pytest

from crmlab.analytical.holdout import lift, units_needed


def test_the_effect_is_the_difference_of_means_by_hand():
    """Means 4 and 2, variances 2 and 2, two in each group: standard error root 2."""
    found = lift([3.0, 5.0, 1.0, 3.0], [False, False, True, True])
    assert found.effect == 2.0
    assert found.standard_error == pytest.approx(2**0.5)
    assert (found.low, found.high) == pytest.approx((2 - 1.96 * 2**0.5, 2 + 1.96 * 2**0.5))
    assert (found.treated, found.held_out) == (2, 2)


def test_the_interval_holds_the_truth_about_19_times_in_20():
    """Recovery: a known effect of 1 in 400 experiments."""
    rng = np.random.default_rng(5)
    out = np.arange(400) % 10 == 0
    held = [
        found.low <= 1.0 <= found.high
        for found in (lift(rng.normal(0, 3, 400) + ~out, out) for _ in range(400))
    ]
    assert 0.92 <= np.mean(held) <= 0.98


def test_more_units_never_widen_the_interval():
    """Twice the same units: the same effect, a smaller error."""
    y, out = np.array([1.0, 4, 2, 6, 3, 5]), np.array([True, False] * 3)
    once, twice = lift(y, out), lift(np.tile(y, 2), np.tile(out, 2))
    assert twice.effect == once.effect
    assert twice.standard_error < once.standard_error


def test_the_needed_size_finds_the_effect_four_times_in_five():
    """Recovery of the promised power."""
    rng = np.random.default_rng(5)
    n = units_needed(effect=1.0, spread=4.0)
    out = np.arange(n) < n // 2
    found = [lift(rng.normal(0, 4, n) + ~out, out).low > 0 for _ in range(500)]
    assert 0.74 <= np.mean(found) <= 0.86


@pytest.mark.parametrize(
    ("outcome", "out", "words"),
    [
        ([1.0, 2.0], [0, 1], "True and False"),
        ([1.0, 2.0, 3.0], [True, False], "equally long"),
        ([1.0, np.nan, 2.0, 3.0], [True, True, False, False], "must be finite, got nan"),
        ([1.0, 2.0, 3.0], [True, False, False], "got 2 treated and 1 held out"),
        ([], [], "True and False"),
    ],
)
def test_bad_groups_are_named(outcome, out, words):
    with pytest.raises(ValueError, match=words):
        lift(outcome, out)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [((0.0, 1.0), "effect"), ((1.0, 0.0), "spread"), ((1.0, 1.0, 10), "percentage")],
)
def test_bad_sizes_are_named(arguments, words):
    with pytest.raises(ValueError, match=words):
        units_needed(*arguments)


def test_a_lift_can_be_read():
    assert "effect +2.00, 95 % interval" in repr(lift([3.0, 5, 1, 3], np.arange(4) > 1))

"""Staff take to a system: Bass's curve, and the weeks of use that it gives."""

import numpy as np
import pytest

from crmlab.strategic.implementation import Adoption, discount, weeks_of_use

CURVE = Adoption(0.02, 0.1, 0.8)


def test_the_curve_rises_from_nothing_to_its_ceiling():
    use = CURVE.use(np.arange(300))
    assert use[0] == 0
    assert (np.diff(use) >= 0).all()
    assert use[-1] == pytest.approx(0.8)


def test_the_curve_is_that_of_bass():
    """Its slope is (p + q F) (1 - F) at every point."""
    t, step = np.array([5.0, 15.0, 30.0]), 1e-5
    share = CURVE.use(t) / 0.8
    slope = (CURVE.use(t + step) - CURVE.use(t)) / step / 0.8
    assert slope == pytest.approx((0.02 + 0.1 * share) * (1 - share), rel=1e-3)


def test_a_lead_moves_the_curve():
    assert Adoption(0.02, 0.1, 0.8, lead_weeks=6).use(4) == CURVE.use(10)


def test_weeks_of_use_fall_with_every_week_of_delay():
    used = weeks_of_use(CURVE, [20, 30, 40, 300], until=200, rate=0.1)
    assert (np.diff(used) < 0).all()
    assert used[-1] == 0


def test_weeks_of_use_are_the_area_under_the_curve():
    area = CURVE.use(np.arange(0.005, 100, 0.01)).sum() * 0.01
    assert weeks_of_use(CURVE, [100], until=200) == pytest.approx(area, rel=1e-3)


def test_discount_of_a_year():
    assert discount(52, 0.08) == pytest.approx(1 / 1.08)


def test_bad_input_is_told():
    with pytest.raises(ValueError, match=r"ceiling must be in \[0, 1\], got 85"):
        Adoption(0.02, 0.1, 85)

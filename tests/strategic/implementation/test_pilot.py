"""A pilot as an option: by hand, at the ends, and against simulation."""

import numpy as np
import pytest

from crmlab.chance import Chance, normal
from crmlab.strategic.implementation import (
    Prospect,
    after,
    limit,
    pilot_value_eur,
    with_pilot_eur,
)

EVEN = Prospect(0.3, 350_000, 150_000)


def test_what_is_enough_by_hand():
    assert EVEN.enough == 0.3
    assert EVEN.now_eur == pytest.approx(0)


def test_at_the_limit_the_firm_is_indifferent():
    prospect = Prospect(0.4, 500_000, 120_000)
    at = limit(prospect, 1.2)
    assert after(prospect, at, 1.2) == pytest.approx(prospect.enough)


def test_a_pilot_that_says_nothing_is_worth_nothing_before_its_cost():
    for prospect in (EVEN, Prospect(0.9, 1e5, 1e5), Prospect(0.1, 1e5, 1e5)):
        assert pilot_value_eur(prospect, 0.0) == pytest.approx(0, abs=1e-9)
        assert pilot_value_eur(prospect, 0.0, cost_eur=500) == pytest.approx(-500)


def test_a_pilot_that_says_all_avoids_every_loss():
    assert with_pilot_eur(EVEN, 20.0) == pytest.approx(0.3 * 350_000)


def test_value_rises_with_what_the_pilot_tells_and_is_never_negative():
    values = [pilot_value_eur(EVEN, s) for s in (0.0, 0.5, 1.0, 2.0, 3.0)]
    assert (np.diff(values) > 0).all()
    sure = Prospect(0.95, 350_000, 150_000)
    assert 0 <= pilot_value_eur(sure, 1.0) < pilot_value_eur(EVEN, 1.0)


def test_the_formula_is_what_many_pilots_give():
    luck, ids = Chance(1), np.arange(200_000)
    pays = luck.uniform("pays", ids) < 0.3
    signal = normal(luck.base("pilot", ids)) + 1.5 * pays
    gain = np.where(pays, 350_000, -150_000)[signal > limit(EVEN, 1.5)].sum() / len(ids)
    assert gain == pytest.approx(with_pilot_eur(EVEN, 1.5), rel=0.02)


def test_ends_of_the_prior():
    assert limit(Prospect(1.0, 1.0, 1.0), 1.0) == -np.inf
    assert limit(Prospect(0.0, 1.0, 1.0), 1.0) == np.inf
    assert Prospect(0.5, -1.0, 1.0).enough == 1.0


def test_bad_input_is_told():
    with pytest.raises(ValueError, match=r"pays must be in \[0, 1\], got 30. 0.3 means 30 %"):
        Prospect(30, 1.0, 1.0)

"""The views on wrong data and on a rival's discount show what the functions below them give."""

import numpy as np
import pytest

from crmlab.experiments import handcuffs
from crmlab.experiments.data_errors import gain
from crmlab.experiments.one_to_one_lives import Firm
from crmlab.market.run import simulate
from crmlab.widgets import rivals_discount, wrong_data
from crmlab.widgets.one_to_one_views import PENALTIES


@pytest.fixture(scope="module")
def errors():
    return wrong_data(customers=300, weeks=16, seed=3)


@pytest.fixture(scope="module")
def rival():
    return rivals_discount(customers=400, seed=3)


def line(view, name):
    return next(x for x in view.figure.axes[0].get_lines() if x.get_label() == name).get_ydata()


def test_the_line_goes_through_what_two_lives_give(errors):
    errors.controls["wrong"].value = 60
    firm = Firm(customers=300, weeks=16, seed=3)
    drawn = line(errors, "one product by past orders")
    assert drawn[6] == gain(firm, 0.6)
    assert (drawn[0], drawn[10]) == (gain(firm, 0.0), gain(firm, 1.0))
    marked = line(errors, "tried now")
    assert np.flatnonzero(np.isfinite(marked)).tolist() == [6]


def test_title_and_words_follow_both_controls(errors):
    errors.controls["penalty"].value = 0.5
    errors.controls["wrong"].value = 80
    assert errors.reading.title.startswith("80% spoilt: ")
    before = errors.reading
    errors.controls["penalty"].value = PENALTIES["it puts off a lot"]
    assert errors.reading != before
    assert "shares tried so far" in errors.reading.text


def test_a_setting_seen_before_is_remembered(errors, monkeypatch):
    errors.controls["wrong"].value = 40
    shown = errors.reading.title
    errors.controls["wrong"].value = 20
    monkeypatch.setattr("crmlab.experiments.one_to_one_lives.simulate", None)
    errors.controls["wrong"].value = 40
    assert errors.reading.title == shown


def test_the_bars_are_what_the_rival_takes(rival):
    rival.controls["discount"].value = 20
    market = handcuffs.rivalled()
    people = simulate(market, 400, 1, 3).truth.people
    taken = (100 * handcuffs.taken_in_a_year(people, market, 0.2)).round()
    assert [bar.get_height() for bar in rival.figure.axes[0].patches] == taken.tolist()


def test_the_words_say_what_holds_as_well_as_the_full_price(rival):
    rival.controls["discount"].value = 0
    assert "At least 0 taught things" in rival.reading.text
    rival.controls["discount"].value = 40
    assert "Not even 4 taught things" in rival.reading.text
    assert rival.reading.title.startswith("At 40% off")

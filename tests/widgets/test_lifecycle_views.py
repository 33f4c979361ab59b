"""The view of winning and keeping: its lines are the functions below it."""

import numpy as np
import pytest

from crmlab.experiments.lifecycle_allocation import Firm
from crmlab.widgets import winning_and_keeping
from crmlab.widgets.lifecycle_views import CAME, CARE, RECKONED


@pytest.fixture(scope="module")
def firm():
    return Firm("subscription", customers=600, weeks=24, seed=3)


@pytest.fixture
def view(firm):
    return winning_and_keeping(firm, extra=1.0, care=2.0)


def line(view, name):
    lines = {drawn.get_label(): drawn for drawn in view.figure.axes[0].lines}
    return lines[name].get_ydata()


def test_the_reckoned_line_is_the_reckoning(firm, view):
    assert line(view, RECKONED) == pytest.approx(firm.reckoning.per_prospect(1.0, CARE))
    view.controls["extra"].value = 3.0
    assert line(view, RECKONED) == pytest.approx(firm.reckoning.per_prospect(3.0, CARE))


def test_what_came_is_shown_for_what_was_tried(firm, view):
    assert np.isfinite(line(view, CAME)).sum() == 1
    view.controls["care"].value = 0.5
    shown = line(view, CAME)
    assert np.isfinite(shown).sum() == 2
    assert shown[CARE.index(0.5)] == pytest.approx(firm.true_equity(1.0, 0.5))


def test_title_and_words_follow_the_controls(view):
    before = view.reading
    view.controls["care"].value = 0.0
    assert view.reading.title != before.title
    assert "0.00 EUR of care" in view.reading.text
    assert "By the reckoning" in view.reading.text


def test_care_moves_by_halves(firm):
    with pytest.raises(ValueError, match="care must be one of"):
        winning_and_keeping(firm, care=0.3)

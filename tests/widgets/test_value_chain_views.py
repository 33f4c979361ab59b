"""The view on the weakest stage shows what the functions below it give."""

import pytest

from crmlab.experiments import value_chain_links as links
from crmlab.widgets import weakest_stage
from crmlab.widgets.value_chain_views import DATA


@pytest.fixture(scope="module")
def view():
    return weakest_stage(customers=250, seed=3)


def test_the_bars_are_the_multipliers(view):
    view.controls["reality"].value = 80
    market = links.with_reality(links.uneven_firm(3), links.ELEMENTS[DATA], 0.8)
    shares = (100 * links.multipliers(market, 3, 250)).round()
    assert [bar.get_height() for bar in view.figure.axes[0].patches] == shares.tolist()


def test_title_and_words_follow_both_controls(view):
    view.controls["reality"].value = 0
    assert view.reading.title.startswith("Data and information technology at 0%")
    before = view.reading.text
    view.controls["mix"].value = "substitutes"
    assert view.reading.text != before
    assert "substitutes" in view.reading.text
    view.controls["mix"].value = "weakest link"


def test_a_setting_seen_before_is_remembered(view, monkeypatch):
    view.controls["reality"].value = 60
    shown = view.reading.title
    view.controls["reality"].value = 40
    monkeypatch.setattr("crmlab.experiments.value_chain_links.simulate", None)
    view.controls["reality"].value = 60
    assert view.reading.title == shown

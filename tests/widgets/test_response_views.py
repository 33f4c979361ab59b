"""The view on reminders: its bars are the sums of the functions below it."""

import pytest

import crmlab as crm
from crmlab.widgets import reminders
from crmlab.widgets.response_views import CLICKS, DELAYS, GAINED, OPENS, cart_mails, margins_of


@pytest.fixture(scope="module")
def view():
    return reminders(customers=300, weeks=20, seed=3)


def heights(view):
    return [bar.get_height() for bar in view.figure.axes[0].patches]


def test_the_bars_are_what_two_lives_of_the_customers_give(view):
    view.controls["reminders"].value, view.controls["delay"].value = 1, "1 day"
    busy, quiet = (crm.simulate("retail", 300, 20, 3, p) for p in (cart_mails(1, "1 day"), None))
    assert heights(view) == margins_of(busy, quiet)[[GAINED, CLICKS, OPENS]].tolist()


def test_title_and_words_follow_the_controls(view):
    view.controls["reminders"].value, view.controls["delay"].value = 0, "4 hours"
    assert view.reading.title.startswith("A mail after 4 hours and no reminder gain ")
    before = view.reading
    view.controls["reminders"].value = 2
    assert "2 reminders" in view.reading.title
    assert view.reading != before
    assert "messages, " in view.reading.text


def test_a_setting_seen_before_is_remembered(view, monkeypatch):
    view.controls["reminders"].value = 3
    shown = heights(view)
    view.controls["reminders"].value = 0
    monkeypatch.setattr("crmlab.widgets.response_views.simulate", None)
    view.controls["reminders"].value = 3
    assert heights(view) == shown


@pytest.mark.parametrize("delay", DELAYS)
def test_the_policy_says_what_it_does(delay):
    assert repr(cart_mails(1, delay)) == f"1 reminder after {delay}"

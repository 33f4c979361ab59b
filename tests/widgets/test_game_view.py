"""The portfolio game on the screen: choices for a cell, one button, words for all that happens."""

import re

import pytest

from crmlab.strategic.portfolio.board import CELLS
from crmlab.widgets import portfolio_game


@pytest.fixture
def view():
    return portfolio_game(seed=3, customers=20)


def words(widget):
    """The text of an HTML widget."""
    return re.sub("<[^>]+>", "", widget.value)


def test_each_cell_has_choices_named_after_it(view):
    """A button says its cell, for those who hear it without seeing the row."""
    assert [words(line).split(" · ")[0] for line in view._numbers.values()] == list(CELLS)
    told = view.choices["valuable, loose"].tooltips
    assert "valuable, loose: protect (keeps the rival away for a quarter)" in told
    assert all(c.value == "" for c in view.choices.values())


def test_a_wish_is_priced_as_it_is_made(view):
    view.choices["ordinary, loose"].value = "protect"
    said = words(view._wish)
    assert re.search(r"Your decisions: \d+ accounts, [\d,]+ EUR", said)
    assert view.decisions == {"ordinary, loose": "protect"}


def test_the_button_plays_a_quarter_and_says_what_happened(view):
    view.choices["valuable, loose"].value = "protect"
    view.button.click()
    assert view.game.quarter == 2
    assert view.button.description == "Play quarter 2"
    assert "Quarter 1: profit" in words(view._said)
    assert 'role="status"' in view._said.value
    assert "Profit so far" in view._picture.value


def test_after_eight_quarters_the_others_stand_beside(view):
    """Then the button begins again with the same firm."""
    for _ in range(8):
        view.button.click()
    assert view.game.over
    said = words(view._said)
    assert all(name in said for name in ("you", "nobody", "decision list", "oracle"))
    assert "ahead at the end" in view._picture.value
    assert view.button.description == "Play again from the start"
    view.button.click()
    assert view.game.quarter == 1


def test_an_error_is_told_and_the_button_stays_usable(view, monkeypatch):
    def broken(decisions):
        raise RuntimeError("no market today")

    monkeypatch.setattr(view.game, "play", broken)
    view.button.click()
    assert 'role="alert"' in view._said.value
    assert "no market today" in words(view._said)


def test_readers_without_a_kernel_see_the_picture(view):
    data, _ = view._repr_mimebundle_()
    assert "image/png" in data or "image/svg+xml" in data
    assert "Nothing played yet" in data["text/plain"]

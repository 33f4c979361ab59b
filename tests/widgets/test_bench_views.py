"""The live view of lab 91: one method, its regret in every world."""

import pandas as pd
import pytest

from crmlab.widgets import which_estimator

TABLE = pd.DataFrame(
    {
        "trial": ["calm", "calm", "calm", "season", "season", "season"],
        "contestant": ["model", "habit", "broken"] * 2,
        "regret_eur": [1.0, 2.0, None, 3.0, 2.5, 1.0],
    }
)


@pytest.fixture
def view():
    return which_estimator(TABLE, start="habit")


def test_the_bars_are_the_regrets_of_the_method(view):
    heights = [bar.get_height() for bar in view.figure.axes[0].patches]
    assert heights == [2.0, 2.5]
    view.controls["method"].value = "model"
    assert [bar.get_height() for bar in view.figure.axes[0].patches] == [1.0, 3.0]


def test_the_title_names_the_worst_world(view):
    view.controls["method"].value = "model"
    assert view.reading.title.startswith('model loses most in the world "season": ')


def test_the_text_names_the_method_whose_worst_is_least_bad(view):
    view.controls["method"].value = "model"
    assert "Best of all in: calm" in view.reading.text
    assert "least bad: habit" in view.reading.text


def test_a_method_that_failed_somewhere_cannot_be_chosen(view):
    assert "broken" not in view.controls["method"].options

"""The view of the decision list: its bars are the marks of the grade."""

import numpy as np
import pytest

import crmlab as crm
from crmlab.experiments.portfolio_oracle import best_strategies, grade
from crmlab.strategic.portfolio import DecisionList, choose, portfolio
from crmlab.widgets.strategy_views import which_strategy


@pytest.fixture(scope="module")
def world():
    run = crm.simulate("b2b", 40, 39, 3)
    table = portfolio(run.records, np.datetime64("2024-09-30"))
    return table, best_strategies("b2b", 40, 65, 3, draws=1, start_week=39)


def test_the_bars_are_what_the_choice_would_truly_bring(world):
    table, true = world
    view = which_strategy(*world)
    view.controls["points"].value, view.controls["budget"].value = 3, 20_000
    heights = [bar.get_height() for bar in view.figure.axes[0].patches]
    chosen = choose(table, DecisionList(protect_rival=3.0))
    marks = grade(chosen, true, table["status"], 20_000.0)
    assert heights == pytest.approx([0.0, *marks["gain_eur"]])


def test_title_and_words_follow_the_controls(world):
    view = which_strategy(*world)
    view.controls["budget"].value = 30_000
    assert view.reading.title.startswith("With 30,000 EUR, protecting from 6 points")
    before = view.reading
    view.controls["points"].value = 1
    assert view.reading.title != before.title
    assert view.reading.text.startswith("The list: ")


def test_without_money_only_what_is_free_is_done(world):
    view = which_strategy(*world)
    view.controls["budget"].value = 0
    assert "for 0 EUR" in view.reading.text

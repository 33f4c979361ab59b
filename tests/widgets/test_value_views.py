"""The live view of lab 05: whom to keep, by which ranking, how many."""

import pandas as pd
import pytest

from crmlab.widgets.value_views import whom_to_keep

SCORES = pd.DataFrame(
    {"past revenue": [40.0, 30.0, 20.0, 10.0], "model": [5.0, 40.0, 30.0, 1.0]},
    index=pd.Index([1, 2, 3, 4], name="customer_id"),
)
CAME = pd.Series([0.0, 50.0, 30.0, 2.0], index=SCORES.index)


@pytest.fixture
def view():
    return whom_to_keep(SCORES, CAME, cost_eur=10.0, start=("past revenue", 50))


def test_profit_is_what_the_kept_bring_less_their_cost(view):
    assert "2 customers kept for 20.00 EUR earn 30.00 EUR" in view.reading.text
    view.controls["score"].value = "model"
    assert "earn 60.00 EUR" in view.reading.text
    assert "as many by past revenue 30.00 EUR" in view.reading.title


def test_the_best_share_of_a_ranking_is_told(view):
    view.controls["score"].value = "model"
    assert "By model, most is earned at 50 %: 60.00 EUR" in view.reading.text
    assert "keeping everybody earns 42.00 EUR" in view.reading.text


def test_the_line_of_the_ranking_moves_and_the_reference_stays(view):
    axes = view.figure.axes[0]
    yours, reference = axes.get_lines()[:2]
    before = list(reference.get_ydata())
    view.controls["score"].value = "model"
    assert list(reference.get_ydata()) == before
    assert yours.get_ydata()[50] == pytest.approx(60.0)


def test_the_range_does_not_jump_between_rankings(view):
    axes = view.figure.axes[0]
    before = axes.get_ylim()
    view.controls["score"].value = "model"
    assert axes.get_ylim() == before


def test_keeping_nobody_earns_nothing(view):
    view.controls["percent"].value = 0
    assert "The best 0 % by past revenue earn 0.00 EUR" in view.reading.title


def test_past_revenue_is_needed():
    with pytest.raises(ValueError, match="'past revenue'"):
        whom_to_keep(SCORES[["model"]], CAME)


def test_a_customer_without_margin_is_refused_with_the_remedy():
    with pytest.raises(ValueError, match="fill_value=0"):
        whom_to_keep(SCORES, CAME.iloc[:3])

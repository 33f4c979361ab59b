"""The live view of lab 06: a rule, a share, and what the list earns."""

import pytest

from crmlab.experiments.treatment import RISK, VALUE, Firm, best, scores
from crmlab.widgets.uplift_views import profit_by_share, whom_to_treat


@pytest.fixture(scope="module")
def firm():
    return Firm("retail", customers=900, pilot=400, seed=3)


@pytest.fixture
def view(firm):
    return whom_to_treat(firm)


def test_the_mark_is_what_a_replay_of_the_list_earns(view, firm):
    view.controls["rule"].value, view.controls["percent"].value = VALUE, 20
    chosen = best(scores(firm)[VALUE], 0.2)
    earned = firm.replay(chosen).mean()
    mark = view.figure.axes[0].get_lines()[3]
    assert mark.get_xdata()[0] == 20
    assert mark.get_ydata()[0] == pytest.approx(earned)


def test_it_starts_with_the_risk_of_churn(view):
    assert view.controls["rule"].value == RISK
    assert view.reading.title.startswith("Letters to the 10% with the highest churn risk")
    assert "50 letters cost" in view.reading.text


def test_nobody_is_nothing(view):
    view.controls["percent"].value = 0
    assert view.reading.title == "No letter: nothing spent, nothing gained"


def test_profit_begins_at_zero_and_adds_up(firm):
    gain, score = firm.replay(firm.others), scores(firm)[VALUE]
    curve = profit_by_share(gain, score)
    assert curve[0] == 0 and len(curve) == 41
    assert curve[40] == pytest.approx(gain.loc[best(score, 0.4)].sum() / len(gain))

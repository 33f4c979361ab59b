"""The view on evaluating shows what the designs and the second lives give."""

import pytest

from crmlab.experiments.evaluating import held_against
from crmlab.experiments.programmes import Programme, Tried
from crmlab.widgets import aimed_at_the_worst


@pytest.fixture(scope="module")
def view():
    return aimed_at_the_worst(customers=400, seed=3)


def test_the_rows_are_what_the_designs_say(view):
    view.controls["aim"].value = 50
    found = held_against(Tried(Programme().replace(aim=0.5), 400, 3))
    ends = {
        line.get_xdata()[0] for line in view.figure.axes[0].get_lines() if len(line.get_xdata())
    }
    for name in ("before and after", "by lot, adjusted"):
        assert found.loc[name, "estimate"] in ends
        assert found.loc[name, "truth"] in ends


def test_title_and_words_follow_both_controls(view):
    view.controls["aim"].value = 60
    before = view.reading
    view.controls["unseen"].value = 0.5
    assert view.reading != before
    assert "intervals hold the truth" in view.reading.title
    assert view.reading.text.startswith("The score decides 60 %.")


def test_a_setting_seen_before_is_remembered(view, monkeypatch):
    view.controls["aim"].value = 30
    shown = view.reading
    view.controls["aim"].value = 20
    monkeypatch.setattr("crmlab.experiments.programmes.simulate", None)
    view.controls["aim"].value = 30
    assert view.reading == shown

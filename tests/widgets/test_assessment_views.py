"""The view of roadmaps within a budget."""

import pytest

from crmlab import widgets
from crmlab.experiments.improvement_contest import LARGEST_GAP, Firm, planned, roadmaps_lived


@pytest.fixture(scope="module")
def firm():
    """A small firm with a year of its own."""
    return Firm(9, customers=300, weeks=30)


def test_the_money_is_spent_and_the_title_says_what_comes_first(firm):
    """The start value has a first step; the sentence names all."""
    view = widgets.roadmap_within(firm)
    assert "first" in view.reading.title
    first = next(iter(planned(firm, "said", 2.0).plan)).replace("_", " ")
    assert first in view.reading.title


def test_without_money_nothing_is_improved(firm):
    """At zero the bars are flat."""
    view = widgets.roadmap_within(firm)
    view.controls["budget"].value = 0.0
    assert view.reading.title == "Without money nothing is improved"


def test_the_way_to_judge_changes_the_plan(firm):
    """Gaps alone, without importance, spread the money otherwise."""
    view = widgets.roadmap_within(firm)
    before = view.reading.text
    view.controls["judge"].value = LARGEST_GAP
    assert view.reading.text != before


def test_a_roadmap_that_is_lived_costs_what_it_says(firm):
    """Gain less cost is net; no more is spent than the budget."""
    table = roadmaps_lived(firm, 2.0, weeks=30)
    assert (table["cost_eur"] <= 2.0 + 1e-9).all()
    assert (table["gain_eur"] - table["cost_eur"] - table["net_eur"]).abs().max() < 1e-9

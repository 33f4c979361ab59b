"""The view of roadmaps within a budget."""

import pandas as pd
import pytest

from crmlab import widgets
from crmlab.experiments.improvement_contest import LARGEST_GAP, Firm, planned, roadmaps_lived
from crmlab.strategic.assessment import EIGHT_BLOCKS, mapping


@pytest.fixture(scope="module")
def firm():
    """A small firm with a year of its own."""
    return Firm(9, customers=300, weeks=30)


def test_the_title_says_what_the_bars_show_and_the_sentence_what_comes_first(firm):
    """Bars are building blocks; the sentence names the capabilities in their order."""
    view = widgets.roadmap_within(firm)
    plan = planned(firm, "said", 2.0).plan
    block = mapping(EIGHT_BLOCKS).set_index("capability")["element"]
    eur = pd.Series(plan).groupby(block).sum().round(6)
    named = view.reading.title.removeprefix("By what managers say, most goes into ")
    assert eur[named] == eur.max()
    assert f"in order: {next(iter(plan)).replace('_', ' ')} " in view.reading.text


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

"""The live view of lab 04: how sure a link must be."""

import pytest

import crmlab as crm
from crmlab.analytical.linkage import pairwise
from crmlab.experiments.linking import LinkedFirm, duplicate_mailings
from crmlab.widgets.identity_views import BITS, curve, link_threshold, probability_of

MESSY = crm.scenario("retail").replace(duplicate_share=0.6, record_errors=1.0, household_share=0.4)
SMALL = {"customers": 200, "seed": 3}


@pytest.fixture(scope="module")
def view():
    return link_threshold(MESSY, **SMALL)


@pytest.fixture(scope="module")
def firm():
    return LinkedFirm(MESSY, **SMALL)


def test_the_lines_are_precision_and_recall(view, firm):
    precision, recall = (line.get_ydata() for line in view.figure.axes[0].get_lines()[:2])
    at = list(BITS).index(0)
    found = pairwise(firm.linked(0.5), firm.truth)
    assert precision[at] == pytest.approx(100 * found.precision)
    assert recall[at] == pytest.approx(100 * found.recall)


def test_more_evidence_never_finds_more(firm):
    assert curve(firm)["recall"].is_monotonic_decreasing


def test_the_title_tells_the_campaign_under_these_links(view, firm):
    view.controls["bits"].value = 0
    doubles = duplicate_mailings(firm.campaign(firm.linked(0.5)))
    assert f"{doubles:,} duplicate mailings" in view.reading.title
    assert view.reading.text.startswith("From 0 bits (odds of 1 to 1) on, ")


def test_odds_against_a_link_read_as_odds():
    careless = link_threshold(MESSY, **SMALL)
    assert careless.reading.text.startswith("From −16 bits (odds of 1 to 65,536) on, ")


def test_it_starts_careless():
    careless = link_threshold(MESSY, **SMALL)
    merged = int(careless.reading.title.split("there: ")[1].split()[0])
    assert merged > 0


def test_a_mark_stands_at_the_threshold(view):
    view.controls["bits"].value = 4
    assert list(view.figure.axes[0].get_lines()[-1].get_xdata()) == [4, 4]


def test_bits_are_log_odds():
    assert probability_of(1) == pytest.approx(2 / 3)
    assert probability_of(-500) < 1e-100

"""The live views of lab 07: rough counts, and a list for self-service."""

import numpy as np
import pytest

from crmlab.analytical.costing import whale_curve
from crmlab.analytical.segments import TreeSegments
from crmlab.experiments.self_service import LOSS_BY_TIME, OWN, Desk
from crmlab.experiments.serving_costs import BY_TIME, Firm
from crmlab.plots.whale import whale_line
from crmlab.widgets.cost_views import LIST, whale_from_counts, whom_to_send


@pytest.fixture(scope="module")
def firm():
    return Firm(customers=800, weeks=40, seed=3)


@pytest.fixture(scope="module")
def desk():
    return Desk(customers=800, seed=3)


@pytest.fixture
def view(desk):
    return whom_to_send(desk, desk.scores({"tree": TreeSegments()}))


def lines(view):
    return {line.get_label(): line for line in view.figure.axes[0].get_lines()}


def test_the_whale_is_that_of_the_rough_counts(firm):
    view = whale_from_counts(firm)
    view.controls["error"].value = 0.5
    expected = whale_line(whale_curve(firm.profits(0.5)[BY_TIME]))
    assert np.allclose(lines(view)[BY_TIME].get_ydata(), expected)
    assert view.reading.title.startswith("Log error 0.5:")


def test_the_figures_are_those_of_the_comparison(firm):
    view = whale_from_counts(firm, start=0.0)
    found = firm.compared(0.0).loc[BY_TIME]
    assert f"{found['loss_makers_found']:.0%} of the loss makers" in view.reading.title
    assert f"profit: {found['correlation']:.2f}" in view.reading.text


def test_it_starts_with_the_loss_makers(view):
    assert view.controls["way"].value == LOSS_BY_TIME
    assert view.reading.title.startswith("Loss by time, the first 36 %:")


def test_a_list_earns_what_those_on_it_gain(view, desk):
    view.controls["way"].value, view.controls["percent"].value = OWN, 25
    first = desk.figures["gain_eur"].sort_values(ascending=False).index[: len(desk.true_gain) // 4]
    assert lines(view)[LIST].get_ydata()[25] == pytest.approx(desk.earned(first), abs=1e-9)
    assert "; loss by time" in view.reading.title


def test_sending_everybody_is_the_same_for_every_list(view, desk):
    view.controls["percent"].value = 100
    for way in view.controls["way"].options:
        view.controls["way"].value = way
        assert lines(view)[LIST].get_ydata()[100] == pytest.approx(desk.true_gain.mean())


def test_the_list_to_compare_with_must_be_there(desk):
    with pytest.raises(ValueError, match="names must hold 'loss by time'"):
        whom_to_send(desk, desk.scores({"tree": TreeSegments()}), names=[OWN])

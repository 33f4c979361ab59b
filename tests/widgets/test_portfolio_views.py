"""The live views of lab 14: a model and a share; a rule and a number of accounts."""

import pytest

from crmlab.experiments.significance import Firm
from crmlab.strategic.portfolio import captured, dubinsky, guard_first
from crmlab.widgets.portfolio_views import portfolio_cells, whom_to_guard


@pytest.fixture(scope="module")
def firm():
    return Firm("b2b", customers=60, since=39, ahead=26, seed=3)


def test_the_chosen_are_the_best_by_the_models_score(firm):
    view = portfolio_cells(firm)
    view.controls["model"].value, view.controls["percent"].value = "Dubinsky and Ingram", 10
    score = dubinsky(firm.table)["score"]
    marked = view.figure.axes[0].collections[1].get_offsets()
    assert len(marked) == round(0.1 * len(score))
    best = dubinsky(firm.table).loc[score.nlargest(len(marked)).index]
    assert sorted(marked[:, 1]) == pytest.approx(sorted(best["present"]))


def test_without_the_truth_it_reads_the_books(firm):
    assert "by the books" in portfolio_cells(firm).reading.title


def test_with_the_truth_it_tells_what_is_captured(firm):
    true = firm.value()
    view = portfolio_cells(firm, true)
    view.controls["model"].value = "Dubinsky and Ingram"
    share = captured(dubinsky(firm.table)["score"], true, 0.2)
    assert f"have {share:.0%} of the value" in view.reading.title


def test_bars_are_what_is_lost_without_the_chosen(firm):
    view = whom_to_guard(firm)
    view.controls["count"].value = 3
    lost = firm.loss(guard_first(firm.table, "lifetime value", 3))
    heights = [bar.get_height() for bar in view.figure.axes[0].patches]
    assert heights == pytest.approx([*lost, lost.sum()])
    assert view.reading.title.startswith("Without the first 3 by lifetime value the firm loses")


def test_every_rule_can_be_chosen(firm):
    view = whom_to_guard(firm)
    for rule in view.controls["rule"].options:
        view.controls["rule"].value = rule
        assert rule in view.reading.title

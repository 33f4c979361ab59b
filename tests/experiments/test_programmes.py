"""The programme's truth is what the same customers lose without it."""

import numpy as np
import pytest

from crmlab.experiments.crm_projects import Projects, projects
from crmlab.experiments.evaluating import DESIGNS, held_against, judged, with_and_without
from crmlab.experiments.programmes import Programme, Tried


@pytest.fixture(scope="module")
def firm():
    return Tried(customers=1_000, seed=4)


def test_the_worst_by_the_score_are_chosen(firm):
    assert len(firm.chosen) == 300
    assert firm.score[firm.chosen].max() < firm.threshold <= firm.score.drop(firm.chosen).min()


def test_nobody_else_is_touched(firm):
    assert (firm.gain[~firm.panel["treated"]] == 0).all()
    assert firm.truth > 0


def test_without_reactions_there_is_no_effect():
    firm = Tried(Programme().replace(reaction=0.0), 400, 4)
    assert firm.truth == 0 == firm.trial_truth


def test_the_trial_is_a_lot_among_the_chosen(firm):
    assert len(firm.drawn) == 150 and firm.drawn.isin(firm.chosen).all()
    assert len(firm.trial_panel) <= 300


def test_a_lot_has_nothing_to_do_with_the_score():
    firm = Tried(Programme().replace(aim=0.0), 1_000, 4)
    ranks = firm.score.rank(pct=True)
    assert abs(ranks[firm.chosen].mean() - 0.5) < 0.05


def test_staff_pick_those_who_will_go_on_buying():
    firm = Tried(Programme().replace(broken_lot=1.0), 1_000, 4)
    assert firm.insight[firm.drawn].mean() > firm.insight[firm.chosen].mean() + 0.1


def test_moving_scores_makes_the_threshold_uneven():
    plain, moved = (Tried(Programme().replace(moved=m), 1_000, 4) for m in (0.0, 0.5))
    assert moved.threshold == plain.threshold
    assert 20 < len(moved.chosen) - len(plain.chosen) < 70


def test_each_design_is_held_against_what_it_should_find(firm):
    table = held_against(firm)
    assert len(table) == len(DESIGNS) - 1  # nobody alike is untreated
    assert table.loc["by lot, adjusted", "truth"] == firm.trial_truth
    assert np.allclose(table["error"], table["estimate"] - table["truth"])
    with pytest.raises(ValueError, match="design must be one of"):
        judged(firm, "guessing")


def test_the_letters_are_in_the_cost(firm):
    without, real = with_and_without(firm)
    assert without.cost == 0 and real.cost == firm.cost_eur * 300 == 5.25 * 300


def test_projects_are_the_same_luck_under_other_rules():
    one, two = projects(n=50), projects(Projects().replace(cut=0.5), n=50)
    assert (one[["goals", "planned_weeks"]] == two[["goals", "planned_weeks"]]).all(axis=None)
    assert (two["weeks"] <= one["weeks"]).all()
    assert (two["goals_reached"] <= one["goals_reached"]).all()


def test_a_share_that_is_a_percentage_is_explained():
    with pytest.raises(ValueError, match="Is this a percentage"):
        Programme().replace(aim=50.0)

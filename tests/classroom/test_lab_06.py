"""Questions of notebook 06: the usual mistakes do not pass."""

import pytest

from crmlab.classroom.labs import lab_06
from crmlab.classroom.questions import find
from crmlab.experiments.treatment import PROJECTED, RISK, UPLIFT_VALUE, best, scores


def judged(number, answer):
    return find(f"06-uplift/q{number}").expected.judge(answer)


def test_four_kinds_by_hand():
    gains = {"persuadable": 1.65, "sure thing": -3.15, "lost cause": -0.81, "sleeping dog": -3.6}
    assert judged(1, gains).right


def test_forgetting_that_sure_things_take_the_voucher_does_not_pass():
    gains = {"persuadable": 1.65, "sure thing": -0.75, "lost cause": -0.81, "sleeping dog": -3.6}
    assert not judged(1, gains).right


def test_one_point_of_a_qini_by_hand():
    assert judged(2, 30 / 40).right
    assert not judged(2, 50 / 100).right


def test_comparing_the_chosen_with_the_others_does_not_pass():
    _, got = lab_06.chosen_and_drawn()
    margin = lab_06.margins_after()
    claimed = margin[got].mean() - margin[margin.index.difference(got)].mean()
    assert claimed > 1.5 * lab_06.letter_effect() > 0
    assert judged(3, claimed).kind == "too high"


def test_grading_a_tree_on_its_teachers_does_not_pass():
    pilot = lab_06.market().pilot_group
    assert lab_06.coefficient(pilot, pilot) > 3 * lab_06.honest_coefficient()
    assert not judged(4, lab_06.coefficient(pilot.iloc[:3_000], pilot.iloc[:3_000])).right


def test_value_and_needs_pass():
    table = scores(lab_06.market())
    assert judged(5, best(table["value x need"], 0.1)).right


@pytest.mark.parametrize(("rule", "share"), [(RISK, 0.1), (UPLIFT_VALUE, 0.3), (PROJECTED, 0.3)])
def test_other_lists_are_too_costly(rule, share):
    assert judged(5, best(scores(lab_06.market())[rule], share)).kind == "too costly"


def test_a_customer_of_the_pilot_cannot_be_chosen():
    with pytest.raises(ValueError, match="is not one of firm.others"):
        lab_06.list_profit(set(lab_06.market().pilot_group.index[:3]))

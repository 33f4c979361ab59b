"""Questions of notebook 18: the usual mistakes do not pass."""

import pytest

from crmlab.classroom.labs import lab_18
from crmlab.classroom.questions import find
from crmlab.experiments.improvement_contest import FOUND, LARGEST_GAP, SAID
from crmlab.experiments.peers import peers


def judged(number, answer):
    return find(f"18-assessment/q{number}").expected.judge(answer)


def test_the_lever_by_hand():
    assert judged(1, {"mean": 0.5, "weakest": 0.2}).right
    assert not judged(1, {"mean": 0.5, "weakest": 0.5}).right


def test_equal_parts_and_equal_slopes_are_not_the_same():
    assert judged(2, 23.08).right
    assert not judged(2, 15.0).right


def test_a_belief_is_not_held_against_what_was_counted():
    assert lab_18.claimed_percentile() > 0.9
    assert not judged(3, lab_18.claimed_percentile()).right


def test_one_slope_at_a_time_carries_all_the_others():
    claimed = lab_18.one_by_one()["technology_reach"]
    assert claimed > 1.5 * lab_18.worth_of_technology()
    assert not judged(4, claimed).right


@pytest.mark.parametrize("way", [SAID, LARGEST_GAP])
def test_what_managers_say_and_the_largest_gap_are_too_costly(way):
    assert judged(5, lab_18.exam().choice(way)).kind == "too costly"


def test_missing_times_importance_passes():
    assert judged(5, lab_18.exam().choice(FOUND)).right


def test_the_firm_of_the_exam_is_none_of_its_peers():
    assert lab_18.EXAM not in peers().index

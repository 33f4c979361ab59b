"""Questions of notebook 17: the usual mistakes do not pass."""

import pytest

from crmlab.classroom.labs import lab_17
from crmlab.classroom.questions import find


def judged(number, answer):
    return find(f"17-five-processes/q{number}").expected.judge(answer)


def test_the_cost_of_a_case_by_hand():
    """120 + 225 EUR for 40 cases; not for 60 calls, and not without the agent."""
    assert judged(1, 8.625).right
    assert not judged(1, 345 / 60).right
    assert not judged(1, 120 / 40).right


def test_a_scorecard_by_hand():
    assert judged(2, 0.8875).right
    assert not judged(2, 0.25).right


def test_comparing_the_cared_for_with_all_others_does_not_pass():
    assert lab_17.claimed() > 0.2
    assert abs(lab_17.by_lot()) < 0.05
    assert judged(3, lab_17.by_lot()).right
    assert not judged(3, lab_17.claimed()).right


def test_a_moving_standard_does_not_pass():
    moving = (lab_17.SCORES["score"] >= lab_17.SCORES["standard"]).sum()
    assert moving == len(lab_17.SCORES)
    assert judged(4, 2).right
    assert not judged(4, int(moving)).right


def test_eight_segments_pass():
    assert judged(5, 8).right


@pytest.mark.parametrize("cells", [1, 27, 125, 729])
def test_other_granularities_are_too_costly(cells):
    assert judged(5, cells).kind == "too costly"

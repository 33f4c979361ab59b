"""Questions of notebook 13: the usual mistakes do not pass."""

import numpy as np
import pytest

from crmlab.classroom.labs import lab_13
from crmlab.classroom.questions import find


def judged(number, answer):
    return find(f"13-one-to-one/q{number}").expected.judge(answer)


def test_the_four_firms_are_told_apart():
    right = ["A adaptive", "B cosmetic", "C collaborative", "D transparent"]
    assert judged(1, right).right
    assert not judged(1, ["A collaborative", "B cosmetic", "C adaptive", "D transparent"]).right


def test_minutes_by_hand():
    """8 n against 10 + 8 + 4 + 2 + 1 ...: 24 against 24 is no gain yet."""
    assert judged(2, 4).right
    assert not judged(2, 3).right


def test_a_discount_by_hand():
    assert judged(3, np.log(4) * 0.5 / 4).right
    assert not judged(3, np.log(3) * 0.5 / 4).right


def test_comparing_those_who_answered_with_those_who_did_not_does_not_pass():
    assert lab_13.claimed() > 0.1
    assert abs(lab_13.rarer_by_lot()) < 0.05
    assert judged(4, lab_13.rarer_by_lot()).right
    assert not judged(4, lab_13.claimed()).right


def test_profiles_for_regulars_pass():
    assert judged(5, 12).right


@pytest.mark.parametrize("least", [0, 3, 6, 24])
def test_other_limits_are_too_costly(least):
    assert judged(5, least).kind == "too costly"

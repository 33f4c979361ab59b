"""Questions of notebook 16: the usual mistakes do not pass."""

import pytest

from crmlab.classroom.labs import lab_16
from crmlab.classroom.questions import find


def judged(number, answer):
    return find(f"16-value-chain/q{number}").expected.judge(answer)


def test_ten_points_at_the_weakest_by_hand():
    """0.8 x 0.6 x 0.9 x 0.6 x 0.7 less 0.1512; a fifth of ten points is the mean's answer."""
    assert judged(1, 0.0302).right
    assert not judged(1, 0.02).right


def test_misclassification_by_hand():
    """B and D are called best and are not; over all ten customers it would be 0.2."""
    assert judged(2, 0.5).right
    assert not judged(2, 0.2).right


def test_stages_that_multiply_are_not_averaged():
    assert sum(lab_16.REPORTED.values()) / 5 == pytest.approx(0.7)
    assert judged(3, 0.95 / 0.3).right
    assert not judged(3, 1.0).right


def test_a_complete_profile_is_no_answer():
    from crmlab.strategic.value_chain import completeness

    assert completeness(lab_16.shop()).mean() == 1.0
    assert judged(4, lab_16.borne_out()).right
    assert not judged(4, 1.0).right

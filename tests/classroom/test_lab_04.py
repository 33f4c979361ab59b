"""Questions of notebook 04: the usual mistakes do not pass."""

import pytest

from crmlab.classroom.labs import lab_04
from crmlab.classroom.questions import find


def judged(number, answer):
    return find(f"04-identify/q{number}").expected.judge(answer)


def test_bits_by_hand():
    """-10 + 6 - 1 + 7 = 2 bits, odds of 4 to 1."""
    assert judged(1, 0.8).right
    assert not judged(1, 8 / 9).right  # the e-mail that differs was left out


def test_f1_by_hand():
    """A third and a quarter."""
    assert judged(2, 2 / 7).right
    assert not judged(2, (1 / 3 + 1 / 4) / 2).right


def test_recall_among_candidates_does_not_pass():
    found, true = lab_04.found_and_true()
    assert judged(3, found / true).right
    assert judged(3, 1.0).kind == "too high"
    assert lab_04.found_and_true(of_candidates=True) == (found, found)


def test_some_silent_records_are_of_active_customers():
    assert lab_04.not_silent() > 0
    assert judged(4, 0).kind == "too low"


def test_mistakes_add_up_to_the_pairs():
    """With a threshold that nothing passes, all true pairs are missed and none is wrong."""
    from crmlab.analytical.linkage import true_pairs

    firm = lab_04.firm(lab_04.AUDIT_SEED)
    none = lab_04.mistakes(1.0)
    assert none["wrong"] == 0
    assert none["missed"] == true_pairs(firm.clean, firm.truth)


@pytest.mark.parametrize("right", [0.9, 0.99])
def test_thresholds_near_the_break_even_pass(right):
    assert judged(5, right).right


@pytest.mark.parametrize("wrong", [0.001, 0.5, 0.9999])
def test_even_odds_and_extremes_are_too_costly(wrong):
    assert judged(5, wrong).kind == "too costly"

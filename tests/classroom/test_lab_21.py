"""Questions of notebook 21: the usual mistakes do not pass."""

import pytest

from crmlab.analytical.evaluation import adjusted, before_after, difference_in_differences
from crmlab.classroom.labs import lab_21
from crmlab.classroom.questions import find
from crmlab.strategic.performance import by_lever, counted_one_by_one, decompose


def judged(number, answer):
    return find(f"21-evaluating-crm/q{number}").expected.judge(answer)


def test_three_designs_by_hand():
    right = {
        "before and after": 6,
        "treated against untreated": -8,
        "difference in differences": 3,
    }
    assert judged(1, right).right
    assert not judged(1, {**right, "difference in differences": 9}).right


def test_two_drivers_by_hand():
    """40 customers at the mean of 30 and 35 EUR, and 5 EUR for the mean of 200 and 240."""
    assert judged(2, {"customers": 1300, "margin": 1100}).right
    assert not judged(2, {"customers": 1200, "margin": 1000}).right  # 200 EUR are left over
    assert not judged(2, {"customers": 1200, "margin": 1200}).right  # depends on the order


def test_the_consultants_number_does_not_pass():
    panel = lab_21.trial().trial_panel
    assert judged(3, lab_21.effect_by_lot()).right
    assert judged(3, adjusted(panel).estimate).right
    assert not judged(3, before_after(panel).estimate).right
    assert not judged(3, difference_in_differences(lab_21.trial().panel).estimate).right


def test_a_report_that_counts_twice_does_not_pass():
    before, after = lab_21.report()
    right = by_lever(decompose(before, after))
    assert right.sum() == pytest.approx(after.profit_eur - before.profit_eur, abs=0.005)
    assert judged(4, right.to_dict()).right
    claimed = by_lever(counted_one_by_one(before, after))
    assert claimed.sum() > right.sum() + 1_000
    assert not judged(4, claimed.to_dict()).right


def test_the_programme_that_was_evaluated_by_lot_passes():
    assert judged(5, "B").right


@pytest.mark.parametrize("choice", ["A", "C", "none"])
def test_flattering_numbers_are_costly(choice):
    assert judged(5, choice).kind == "too costly"

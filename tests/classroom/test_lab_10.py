"""Questions of notebook 10: the usual mistakes do not pass."""

import pytest

from crmlab.classroom.labs import lab_10
from crmlab.classroom.questions import find


def judged(number, answer):
    return find(f"10-forecasting/q{number}").expected.judge(answer)


def test_a_scaled_error_by_hand():
    """4.5 over 16.67."""
    assert judged(1, 0.27).right
    assert not judged(1, 4.5).right
    assert not judged(1, 4.5 / 115).right  # over mean sales: that is another measure


def test_a_week_from_the_bottom_up():
    assert judged(2, 730).right
    assert not judged(2, 1_480).right  # this week again
    assert not judged(2, 430).right  # newcomers forgotten


def test_open_deals_counted_as_lost_do_not_pass():
    assert judged(3, lab_10.pipeline()).right
    assert judged(3, lab_10.pipeline(open_is_lost=True)).kind == "too low"


def test_a_look_ahead_does_not_pass():
    assert judged(4, lab_10.mean_error()).right
    assert judged(4, lab_10.mean_error(planned=False)).kind == "too low"


@pytest.mark.parametrize("wrong", ["smoothing, 50 %", "cohorts, 90 %", "cohorts + plan, 50 %"])
def test_a_budget_without_plan_or_quantile_is_too_costly(wrong):
    assert judged(5, wrong).kind == "too costly"


def test_plan_and_quantile_pass():
    assert judged(5, "cohorts + plan, 90 %").right

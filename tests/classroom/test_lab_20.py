"""Questions of notebook 20: the usual mistakes do not pass."""

import numpy as np
import pytest

from crmlab.classroom.labs import lab_20
from crmlab.classroom.questions import find


def judged(number, answer):
    return find(f"20-making-crm-happen/q{number}").expected.judge(answer)


def test_pert_by_hand():
    assert judged(1, 13 + np.sqrt(5)).right
    assert not judged(1, 11 + np.sqrt(5)).right  # most likely weeks
    assert not judged(1, 13 + (10 + 4 + 8) / 6).right  # deviations added up


def test_slack_by_hand():
    assert judged(2, 2).right
    assert not judged(2, 3).right


def test_adding_quantiles_does_not_pass():
    assert judged(3, np.quantile(lab_20.chain_finish(), 0.8)).right
    assert not judged(3, lab_20.sum_of_quantiles()).right


def test_leaving_out_upgrades_or_interest_does_not_pass():
    right = lab_20.hosting_saves()
    assert right > 0 > lab_20.own_as_added_up()
    assert judged(4, right).right
    assert not judged(4, -right).right
    assert not judged(4, lab_20.own_as_added_up()).right


def test_the_promise_of_three_in_four_passes():
    assert judged(5, np.quantile(lab_20.promised_finish(), 0.75)).right


@pytest.mark.parametrize("week", [39, 46, 60])
def test_the_plan_the_median_and_the_worst_case_are_too_costly(week):
    assert judged(5, week).kind == "too costly"

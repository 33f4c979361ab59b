"""Questions of notebook 02: the usual mistakes do not pass."""

import pytest

from crmlab.classroom.labs import lab_02
from crmlab.classroom.questions import find


def judged(number, answer):
    return find(f"02-permission/q{number}").expected.judge(answer)


def test_decay_by_hand():
    """0.866 of the addresses live, 0.878 of the members stay: about 760."""
    assert judged(1, 760).right
    assert not judged(1, 1_000 * (1 - 0.125 - 0.13)).right


def test_an_additional_yes_costs_more_than_the_incentive():
    assert judged(2, 4).right
    assert not judged(2, 1).right


def test_judging_by_todays_permission_does_not_pass():
    records = lab_02.mailed_to_all().records
    today = records.profiles.set_index("customer_id")["consent"]
    naive = (~records.messages["customer_id"].map(today).isin(["opt-in"])).sum()
    assert judged(3, int(naive)).kind == "too high"


def test_counting_survivors_turns_the_sign():
    runs = [lab_02.tested(every) for every in (1, 2)]
    left = []
    for run in runs:
        profiles = run.records.profiles
        left.append(
            lab_02.mean_margin(run, profiles["customer_id"][profiles["consent"] == "opt-in"])
        )
    honest = lab_02.weekly_against_fortnightly()
    assert left[0] - left[1] > 0 > honest
    assert not judged(4, left[0] - left[1]).right


@pytest.mark.parametrize("wrong", ["1 weeks, 0 EUR", "1 weeks, 2 EUR"])
def test_what_the_short_test_recommends_is_too_costly(wrong):
    assert judged(5, wrong).kind == "too costly"

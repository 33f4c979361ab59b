"""Questions of notebook 11: the usual mistakes do not pass."""

import pytest

from crmlab.classroom.labs import lab_11
from crmlab.classroom.plain import Unreadable
from crmlab.classroom.questions import find


def judged(number, answer):
    return find(f"11-idic/q{number}").expected.judge(answer)


def test_three_questions_by_hand():
    assert judged(1, {"regular": -0.015, "newcomer": 0.07, "sleeper": -0.02375}).right


def test_forgetting_that_most_do_not_answer_does_not_pass():
    assert not judged(1, {"regular": 0.03, "newcomer": 0.37, "sleeper": -0.005}).right


def test_three_shares_by_hand():
    """Six orders of three steps; D is first twice, last twice, and once after each other one."""
    d = (2 * 1.2 + (4.2 - 0.6) + (1.1 + 0.1) + 2 * (4.5 - 0.8)) / 6
    c = (2 * 0.6 + (4.2 - 1.2) + (0.8 + 0.1) + 2 * (4.5 - 1.1)) / 6
    assert judged(2, {"D": d, "C": c, "T": 4.5 - d - c}).right


@pytest.mark.parametrize(
    "mistake",
    [
        {"D": 1.2, "C": 0.6, "T": -0.1},  # each step alone
        {"D": 3.7, "C": 3.4, "T": 0.3},  # each step last
        {"D": 1.2, "C": 3.0, "T": 0.3},  # in one order
    ],
)
def test_other_ways_to_share_do_not_pass(mistake):
    assert not judged(2, mistake).right


def test_the_return_without_hindsight_is_many_times_too_high():
    from crmlab.experiments.idic_trials import PLAN, WEEKS, cash_flow
    from crmlab.strategic.return_on_customer import return_on_customer

    since, run = PLAN.begins_week, lab_11.year()
    cash = cash_flow(run, since, WEEKS)
    claimed = 100 * return_on_customer(run.records, since, WEEKS, cash, since).rate
    assert claimed > 2 * lab_11.restated_return() > 0
    assert judged(3, claimed).kind == "too high"


def test_two_steps_pass_and_neither_all_nor_none_do():
    assert judged(4, ["differentiate", "customise"]).right
    assert judged(4, list(lab_11.FEES_EUR)).kind == "too costly"
    assert judged(4, []).kind == "too costly"


def test_a_step_that_there_is_not_is_named():
    with pytest.raises(Unreadable, match="no step"):
        judged(4, ["integrate"])

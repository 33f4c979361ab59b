"""Questions of notebook 09: the usual mistakes do not pass."""

import pytest

from crmlab.classroom.labs import lab_09
from crmlab.classroom.plain import Unreadable
from crmlab.classroom.questions import find
from crmlab.tables import PAGE_TEMPLATES

NAMED = ("inspiration", "facts", "shortcut", "play", "deals")


def judged(number, answer):
    return find(f"09-web/q{number}").expected.judge(answer)


def plan(clicks, names):
    return {"clicks": clicks, **dict(enumerate(names))}


def test_a_visit_by_hand():
    assert judged(1, 0.12 / 0.144).right
    assert not judged(1, 0.5 * 0.6 / (0.5 * 0.6 + 0.2 * 0.2)).right  # shares forgotten


def test_a_wait_by_hand():
    assert judged(2, {1: 20, 2: 17.6, 4: 13.2, 8: 7}).right
    assert not judged(2, {1: 20, 2: 22, 4: 24, 8: 28}).right  # nobody leaves


def test_speaking_of_those_who_stayed_does_not_pass():
    claimed = lab_09.right_pages(of_those_left=True)
    assert claimed > 3 * lab_09.share_of_right_pages()
    assert judged(3, claimed).kind == "too high"


def test_grading_a_rule_on_its_teachers_does_not_pass():
    visits = lab_09.trial().table.index
    claimed = lab_09.graded(visits, visits)
    assert claimed > 1.05 * lab_09.honest_conversion()
    assert not judged(4, claimed).right


def test_the_first_click_and_names_from_the_list_pass():
    assert judged(5, plan(1, NAMED)).right


@pytest.mark.parametrize("clicks", [2, 4])
def test_waiting_is_too_costly(clicks):
    assert judged(5, plan(clicks, NAMED)).kind == "too costly"


def test_one_template_for_all_is_too_costly():
    assert judged(5, plan(1, ["inspiration"] * 5)).kind == "too costly"


def test_believing_a_small_trial_is_too_costly():
    told = lab_09.trial().bandit.conversion.to_numpy().argmax(axis=1)
    assert judged(5, plan(1, [PAGE_TEMPLATES[i] for i in told])).kind == "too costly"


def test_what_is_expected_of_visits_adds_up_by_hand():
    """Everybody sees plain pages and nothing is won; nobody is counted twice."""
    assert lab_09.plan_eur((1, ("plain",) * 5)) == 0
    by_kind = [lab_09.expected_eur(1).loc[k, "facts"] for k in range(5)]
    assert lab_09.plan_eur((1, ("facts",) * 5)) == pytest.approx(sum(by_kind))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"clicks": 1, 0: "facts"}, "says nothing of 1"),
        (plan(0, NAMED), "one of"),
        (plan(1, ("magic", *NAMED[1:])), "one of"),
        ("facts", "dict"),
    ],
)
def test_a_plan_that_cannot_be_read_is_explained(answer, words):
    with pytest.raises(Unreadable) as told:
        lab_09.read_plan(answer)
    assert words in told.value.message

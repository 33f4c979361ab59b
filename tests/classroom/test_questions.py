"""Are questions found, checked and computed once; and are the labs' own questions sound?"""

import math

import pytest

import crmlab as crm
from crmlab.classroom import questions
from crmlab.classroom.labs import lab_00, lab_01
from crmlab.classroom.questions import question


def test_every_question_belongs_to_its_module():
    for asked in questions.every():
        number = asked.function.__module__.removeprefix(f"{questions.LABS}.lab_")
        assert asked.name.startswith(f"{number}-"), asked.name


@pytest.mark.parametrize("name", [q.name for q in questions.every()])
def test_every_question_can_be_answered_and_has_hints(name):
    asked = questions.find(name)
    assert hasattr(asked.expected, "judge")
    assert asked.hints
    assert asked.asks.splitlines()[0].endswith("?")


def test_the_answer_is_computed_when_it_is_first_needed_and_once(monkeypatch):
    calls = []

    @question("99-test/q2")
    def counted():
        """How often?"""
        calls.append(1)
        return 1

    crm.hint("99-test/q2")
    assert calls == []
    assert crm.check("99-test/q2", 1)
    assert not crm.check("99-test/q2", 2)
    assert calls == [1]
    assert counted() == 1  # the decorator gives the function back


def test_an_unknown_question_gets_the_nearest_name():
    with pytest.raises(ValueError, match="no question '00-stat/q1'. Did you mean '00-start/q1'"):
        crm.check("00-stat/q1", 1)
    with pytest.raises(ValueError, match="no question 'zzz'. crm.progress"):
        crm.hint("zzz")
    with pytest.raises(ValueError, match="no question ''"):
        crm.check("", 1)
    with pytest.raises(ValueError, match="no question '../../q1'"):
        crm.check("../../q1", 1)


def test_case_and_spaces_of_a_name_do_not_matter():
    assert crm.check(" 01-Market/Q1 ", 3.23).question == "01-market/q1"


def test_swapped_arguments_are_explained():
    with pytest.raises(TypeError, match="The question comes first, then the answer"):
        crm.check(0.42, "00-start/q1")


@pytest.mark.parametrize("name", ["q1", "2-x/q1", "02-X/q1", "02-x/q0", "02-x/1", "02-x/q1 "])
def test_a_malformed_name_is_refused(name):
    with pytest.raises(ValueError, match="name must look like '02-permission/q1'"):
        question(name)(lambda: 1)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"hints": "one"}, TypeError, "must be a tuple of texts"),
        ({"points": -1}, ValueError, "points must be a finite number >= 0, got -1"),
        ({"tolerance": math.nan}, ValueError, "tolerance must be a finite number >= 0, got nan"),
        ({"absolute": math.inf}, ValueError, "absolute must be"),
    ],
)
def test_unusable_options_are_refused(ask, options, error, message):
    with pytest.raises(error, match=message):
        ask(1.0, **options)


def test_a_question_must_ask_something():
    with pytest.raises(ValueError, match="give its function a docstring"):
        question("99-test/q3")(lambda: 1)


def test_a_name_is_given_once_and_a_cell_can_be_run_again():
    def register(value):
        @question("99-test/q4")
        def same():
            """What?"""
            return value

    register(1)
    register(2)
    assert crm.check("99-test/q4", 2)

    def other():
        """What else?"""

    with pytest.raises(ValueError, match="'99-test/q4' exists already"):
        question("99-test/q4")(other)


@pytest.mark.parametrize("expected", [None, float("nan"), object(), [[1, 2], None]])
def test_an_expected_answer_that_cannot_be_judged_is_the_lecturers_mistake(ask, expected):
    with pytest.raises(TypeError, match="question '99-test/q1'"):
        questions.find(ask(expected)).expected  # noqa: B018


def test_further_orders_by_hand():
    assert lab_01.further_orders() == pytest.approx(5 * (1 - math.exp(-1.04)))


def test_nobody_who_leaves_orders_more_than_rate_times_weeks():
    assert lab_01.further_orders() < lab_01.ORDER_RATE * lab_01.WEEKS


def test_shares_of_the_first_firm_lie_between_zero_and_one():
    assert 0 < lab_00.ordered_once() < 1
    assert lab_00.BEST_SHARE < lab_00.best_tenth() < 1


def test_the_analysts_mistake_does_not_pass():
    orders = lab_01.firm().records.orders
    mistake = orders.groupby("customer_id")["value_eur"].mean().mean()
    assert not crm.check("01-market/q2", mistake)
    assert crm.check("01-market/q2", round(orders["value_eur"].mean(), 2))


def test_the_best_newsletter_passes_and_the_worst_does_not():
    profit = {n: lab_01.newsletter_profit(n) for n in lab_01.EVERY_WEEKS}
    assert crm.check("01-market/q3", max(profit, key=profit.get))
    assert not crm.check("01-market/q3", min(profit, key=profit.get))


def test_no_newsletter_is_refused_and_never_is_nothing():
    run = crm.simulate("retail", customers=200, weeks=6, seed=11, policy=lab_01.newsletter(2))
    assert len(run.records.messages)
    assert run.records.refusals.empty
    never = crm.simulate("retail", customers=200, weeks=6, seed=11, policy=lab_01.newsletter(0))
    assert never.profit == crm.simulate("retail", customers=200, weeks=6, seed=11).profit

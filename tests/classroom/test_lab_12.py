"""Questions of notebook 12: the usual mistakes do not pass."""

import pytest

from crmlab.classroom.labs import lab_12
from crmlab.classroom.questions import find


def judged(number, answer):
    return find(f"12-lifecycle/q{number}").expected.judge(answer)


def test_two_states_by_hand():
    bought = 34.4 / 0.52
    assert judged(1, {"bought": bought, "silent": 0.2 * bought - 4}).right


def test_forgetting_the_discount_does_not_pass():
    assert not judged(1, {"bought": 34 / 0.375, "silent": 0.25 * 34 / 0.375 - 4}).right


def test_the_best_amount_by_hand():
    assert judged(2, 3.67).right
    assert not judged(2, 5.0).right


def test_the_age_of_customers_is_no_programme():
    due, records = lab_12.due(), lab_12.subscribers().records
    after = due["due_at"] >= records.as_of(26).now
    claimed = 100 * (due.loc[after, "made"].mean() - due.loc[~after, "made"].mean())
    assert claimed > 1.0 > lab_12.programme_effect()
    assert not judged(3, claimed).right
    assert judged(3, round(lab_12.programme_effect(), 2)).right


def test_the_worth_of_survivors_does_not_pass():
    price = lab_12.pools().set_index("channel")["price_eur"]
    claimed = lab_12.margin_by_survivors() / price
    true = lab_12.margin_for_a_euro()
    assert claimed["social"] > 1.3 * claimed["search"] and true["social"] < 1.1 * true["search"]
    assert not judged(4, {n: claimed[n] for n in true}).right
    assert judged(4, true).right


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_extreme_splits_are_too_costly(share):
    assert judged(5, share).kind == "too costly"


def test_a_split_between_them_passes():
    assert judged(5, 0.72).right


def test_a_percentage_is_told_from_a_share():
    from crmlab.classroom.plain import Unreadable

    with pytest.raises(Unreadable, match="percentage"):
        judged(5, 70)

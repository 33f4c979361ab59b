"""Questions of notebook 07: the usual mistakes do not pass."""

import pytest

from crmlab.classroom.labs import lab_07
from crmlab.classroom.questions import find
from crmlab.experiments.self_service import LOSS_BY_TIME, OWN
from crmlab.experiments.ways_to_choose import EVERYBODY, choices


def judged(number, answer):
    return find(f"07-costing/q{number}").expected.judge(answer)


def test_two_customers_by_hand():
    assert judged(1, {"Ada": 24 - 0.6 * 24, "Bo": 24 - 0.6 * 54}).right


def test_forgetting_the_questions_does_not_pass():
    assert not judged(1, {"Ada": 24 - 0.6 * 24, "Bo": 24 - 0.6 * 18}).right


def test_a_whale_by_hand():
    assert judged(2, {"peak": 140 / 100, "best fifth": 70 / 100}).right


def test_customers_in_the_order_of_the_list_do_not_pass():
    """Adding up without sorting peaks at 110."""
    assert not judged(2, {"peak": 1.1, "best fifth": 0.7}).right


def test_a_piece_for_every_line_does_not_pass():
    records = lab_07.market().records
    joined = records["services"].merge(records["order_lines"], on="order_id")
    claimed = lab_07.desk_cost(joined)
    assert claimed > 1.5 * lab_07.cost_of_the_desk() > 0
    assert judged(3, claimed).kind == "too high"


def test_judging_a_list_by_its_own_past_does_not_pass():
    first, _ = lab_07.gains_by_half()
    claimed = first[first > 0].sum()
    assert claimed > 3 * lab_07.honest_gain() > 0
    assert judged(4, claimed).kind == "too high"


def test_own_figures_pass():
    assert judged(5, choices(lab_07.market())[OWN]).right


@pytest.mark.parametrize("way", [LOSS_BY_TIME, EVERYBODY, "k-means"])
def test_other_lists_are_too_costly(way):
    assert judged(5, choices(lab_07.market())[way]).kind == "too costly"


def test_a_stranger_cannot_be_sent():
    with pytest.raises(ValueError, match="is not one of desk.customers_now"):
        lab_07.list_profit({-5})

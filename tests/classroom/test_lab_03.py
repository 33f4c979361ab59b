"""The questions of lab 03: the usual mistakes do not pass, and a good plan does."""

import pytest

import crmlab as crm
from crmlab.classroom.labs import lab_03


def test_the_message_is_priced_by_hand():
    """(30,800 - 4 x 7,100) / 6,200 of margin."""
    assert lab_03.margin_per_message() == pytest.approx(2_400 / 6_200)
    for mistake in (30_800 / 6_200, (30_800 - 7_100) / 6_200):
        assert not crm.check("03-respond/q1", mistake)
    assert crm.check("03-respond/q1", 0.39)


def test_the_credit_is_worked_out_by_hand():
    assert lab_03.credit_by_kind() == {"newsletter": 12 + 9, "triggered": 18}
    assert not crm.check("03-respond/q2", {"newsletter": 21, "triggered": 18 + 27})


def test_the_analysts_double_counting_does_not_pass():
    r = lab_03.shop(3).records
    clicks = r.responses[r.responses["event"] == "click"][["customer_id", "at"]]
    pairs = clicks.merge(r.orders, on="customer_id")
    days = (pairs["ordered_at"] - pairs["at"]).dt.total_seconds() / 86_400
    report = pairs[(days >= 0) & (days <= 7)]
    assert not crm.check("03-respond/q3", report["margin_eur"].sum())
    once = report.drop_duplicates("order_id")["margin_eur"].sum()
    assert crm.check("03-respond/q3", once)


def test_a_share_of_the_credit_is_false():
    assert 0 < lab_03.false_share() < 1


@pytest.mark.slow
def test_doing_nothing_more_is_too_costly_and_the_best_plan_of_the_own_shop_passes():
    own = {
        (n, hours): lab_03.gain(n, hours, lab_03.SHOP)
        for n in lab_03.REMINDERS
        for hours in lab_03.DELAYS_HOURS
    }
    n, hours = max(own, key=own.get)
    assert crm.check("03-respond/q5", {"reminders": n, "delay_hours": hours})
    assert not crm.check("03-respond/q5", {"reminders": 0, "delay_hours": 72})


@pytest.mark.parametrize(
    "plan", [3, {"reminders": 2}, {"reminders": 9, "delay_hours": 1}, {"a": 1, "b": 2}, None]
)
def test_a_plan_that_is_none_is_refused_without_raising(plan):
    assert not crm.check("03-respond/q5", plan)

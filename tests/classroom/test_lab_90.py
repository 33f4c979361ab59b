"""The questions of notebook 90, and the third of notebook 00: what passes and what must not."""

import crmlab as crm
from crmlab.classroom.labs import lab_00, lab_90


def test_rows_that_are_orders_by_hand():
    assert lab_90.rows_kept() == {1, 5, 7}


def test_looking_into_the_future_does_not_pass():
    """The best of today's profiles are best because of what they bought later."""
    records = lab_90.shop().records
    later = records.orders[records.orders["ordered_at"] >= lab_90.MIDDLE]
    today = records.profiles.nlargest(lab_90.BEST, "value_eur")["customer_id"]
    leaked = later.loc[later["customer_id"].isin(today), "value_eur"].sum()
    share = leaked / later["value_eur"].sum()
    assert share > lab_90.share_of_the_best()
    assert not crm.check("90-data/q2", share)


def test_the_half_year_of_q2_is_the_last_one():
    """The market's own clock and the date in the question agree."""
    records = lab_90.shop().records
    assert records.as_of(lab_90.MIDDLE).now == records.as_of(52).now


def test_stopping_in_time_passes_and_never_stopping_does_not():
    assert crm.check("90-data/q3", 8)
    assert not crm.check("90-data/q3", 999)


def test_a_letter_to_everybody_leaves_most_on_the_table():
    assert crm.check("00-start/q3", "newsletter every 2 weeks")
    assert min(lab_00.plans(), key=lab_00.profit_of) == "letter every quarter"

"""Questions of notebook 05: the usual mistakes do not pass."""

import pytest

from crmlab.analytical.rfm_table import rfm
from crmlab.analytical.validation import capture
from crmlab.classroom.labs import lab_05
from crmlab.classroom.questions import find


def judged(number, answer):
    return find(f"05-lifetime/q{number}").expected.judge(answer)


def test_the_history_by_hand():
    assert judged(1, {"frequency": 2, "recency": 14, "age": 22}).right


@pytest.mark.parametrize(
    "wrong",
    [
        {"frequency": 3, "recency": 14, "age": 22},  # two orders of one day
        {"frequency": 4, "recency": 14, "age": 22},  # and the first
        {"frequency": 2, "recency": 8, "age": 22},  # Hughes's recency
    ],
)
def test_counting_otherwise_does_not_pass(wrong):
    assert not judged(1, wrong).right


def test_ten_purchases_and_silence_mean_gone():
    assert judged(2, {"two": 0.52, "ten": 0.025}).right
    assert not judged(2, {"two": 0.52, "ten": 0.52}).right


def test_predicting_a_year_with_itself_does_not_pass():
    revenue = lab_05.shop().records.orders.groupby("customer_id")["value_eur"].sum()
    cheating = capture(revenue, lab_05.second_year())
    assert cheating > lab_05.honest_capture() + 0.1
    assert judged(3, cheating).kind == "too high"


def test_own_rates_do_not_pass_with_or_without_the_first_order():
    table = rfm(lab_05.shop().records.orders, lab_05.known_until())
    for purchases in (table["frequency"], table["frequency"] + 1):
        assert judged(4, (52 * purchases / table["age"]).sum()).kind == "too high"


def test_the_forecast_is_nearer_than_the_analyst():
    orders = lab_05.shop().records.orders
    table = rfm(orders, lab_05.known_until(), holdout=orders["ordered_at"].max())
    came = table["holdout_frequency"].sum()
    own = (52 * table["frequency"] / table["age"]).sum()
    assert abs(lab_05.honest_sum() - came) < 0.2 * abs(own - came)


def test_who_is_worth_the_gift_passes():
    score = lab_05.forecast()
    assert judged(5, score.index[score > lab_05.GIFT_EUR]).right


@pytest.mark.parametrize("share", [0.05, 0.1, 0.15, 0.2, 0.5, 1.0])
def test_the_best_by_revenue_are_too_costly(share):
    orders = lab_05.shop(lab_05.TWIN).records.as_of(lab_05.YEAR).orders
    past = orders.groupby("customer_id")["value_eur"].sum()
    assert judged(5, past.nlargest(int(share * len(past))).index).kind == "too costly"

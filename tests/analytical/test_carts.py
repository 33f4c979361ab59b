"""Abandoned carts and what follows them."""

import pandas as pd
import pytest

import crmlab as crm
from crmlab.analytical.carts import (
    abandoned_carts,
    first_cart_outcomes,
    first_carts,
    followed_up,
)

SESSIONS = pd.DataFrame(
    {
        "session_id": [1, 2, 3, 4],
        "customer_id": [7, 7, 8, 9],
        "started_at": pd.to_datetime(["2024-03-05", "2024-03-01", "2024-03-02", "2024-03-03"]),
        "cart": [True, True, False, True],
        "order_id": [0, 0, 0, 55],
    }
)
ORDERS = pd.DataFrame(
    {
        "customer_id": [7, 7, 9],
        "ordered_at": pd.to_datetime(["2024-03-06", "2024-03-20", "2024-03-03"]),
        "margin_eur": [3.0, 4.0, 5.0],
    }
)


def test_a_cart_that_was_ordered_is_not_abandoned():
    assert abandoned_carts(SESSIONS)["session_id"].tolist() == [2, 1]


def test_the_first_cart_is_the_earliest():
    assert first_carts(SESSIONS)["session_id"].tolist() == [2]


def test_orders_within_the_window_are_counted_by_hand():
    """Carts on the 1st and the 5th; orders on the 6th and the 20th."""
    found = followed_up(abandoned_carts(SESSIONS), ORDERS, within_days=7)
    assert found["orders"].tolist() == [1, 1]
    assert found["margin_eur"].tolist() == [3.0, 3.0]
    assert followed_up(abandoned_carts(SESSIONS), ORDERS, 1)["orders"].tolist() == [0, 1]
    assert followed_up(first_carts(SESSIONS), ORDERS, 30)["margin_eur"].tolist() == [7.0]


def test_without_carts_or_orders_nothing_follows():
    none = followed_up(abandoned_carts(SESSIONS.iloc[:0]), ORDERS)
    assert list(none.columns)[-2:] == ["orders", "margin_eur"] and none.empty
    assert followed_up(abandoned_carts(SESSIONS), ORDERS.iloc[:0])["orders"].sum() == 0


@pytest.mark.parametrize("days", [0, -1, float("nan"), float("inf")])
def test_an_impossible_window_is_refused(days):
    with pytest.raises(ValueError, match="within_days must be a finite number > 0"):
        followed_up(abandoned_carts(SESSIONS), ORDERS, days)


def test_no_reminder_has_touched_a_first_cart():
    """So that first carts are the same in both lives of the same customers."""
    rule = crm.policies.standing((crm.policies.cart_rule(2),))
    quiet, busy = (crm.simulate("retail", 400, 30, 7, policy) for policy in (None, rule))
    pd.testing.assert_frame_equal(
        first_carts(quiet.records.sessions), first_carts(busy.records.sessions)
    )


def test_outcomes_are_those_of_customers_who_agreed():
    r = crm.simulate("retail", 400, 30, 7).records
    found = first_cart_outcomes(r)
    assert set(found["customer_id"]) == set(first_carts(r.sessions)["customer_id"]) & set(
        r.consents["customer_id"]
    )
    assert 0 < (found["orders"] > 0).mean() < 1

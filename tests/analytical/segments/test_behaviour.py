"""What customers did, need and brought: by hand, and without a look at what is to come."""

import pandas as pd
import pytest

import crmlab as crm
from crmlab import Records
from crmlab.analytical.segments import behaviour, margin_between, need_shares


@pytest.fixture(scope="module")
def run():
    return crm.simulate("retail", 600, 52, 5, crm.policies.conversion(4, 3.0))


def test_what_the_firm_sent_is_no_behaviour(run):
    X = behaviour(run.records, 40)
    assert not [name for name in X if "message" in name or "open" in name or "click" in name]
    assert {"orders", "visits_recent", "returned_share"} <= set(X)
    assert X.notna().all(axis=None)


def test_the_future_changes_nothing(run):
    early = crm.simulate("retail", 600, 45, 5, crm.policies.conversion(4, 3.0)).records
    pd.testing.assert_frame_equal(behaviour(run.records, 40), behaviour(early, 40))
    pd.testing.assert_frame_equal(need_shares(run.records, 40), need_shares(early, 40))


def test_shares_of_needs_by_hand():
    """15 of 20 EUR for the kitchen, over two orders."""
    day = pd.to_datetime(["2024-01-02"] * 2)
    orders = pd.DataFrame({"order_id": [1, 2], "customer_id": 7, "ordered_at": day,
                           "value_eur": [15.0, 5.0], "margin_eur": 1.0})  # fmt: skip
    lines = pd.DataFrame({"order_id": [1, 2], "line": 1, "product_id": [11, 12],
                          "quantity": 1, "value_eur": [15.0, 5.0], "margin_eur": 1.0})  # fmt: skip
    products = pd.DataFrame({"product_id": [11, 12], "name": "x", "margin_rate": 0.3,
                             "category": ["kitchen", "books"], "price_eur": 1.0})  # fmt: skip
    records = Records({"orders": orders, "order_lines": lines, "products": products})
    shares = need_shares(records, "2024-02-01")
    assert shares.loc[7, "share_kitchen"] == 0.75
    assert shares.loc[7, "share_books"] == 0.25


def test_margins_of_all_customers_are_those_of_the_ledger():
    """Gross margin, returns, offers and messages: to the cent what the books say."""

    def offer(view):
        return crm.Actions(view.agreed(), kind="conversion", offer_eur=3.0)

    run = crm.simulate("retail", 400, 30, 5, offer)
    book = run.ledger.query("10 <= week < 25 and cause != 'acquisition'")
    assert set(book["cause"]) == {"gross margin", "returns", "offers redeemed", "messages by email"}
    found = margin_between(run.records, 10, 25, run.scenario.email_eur)
    assert found.sum() == pytest.approx(book["eur"].sum(), abs=0.02)


def test_two_stretches_of_time_are_one_long_one(run):
    one, two = margin_between(run.records, 10, 20), margin_between(run.records, 20, 30)
    both = margin_between(run.records, 10, 30)
    total = one.reindex(both.index, fill_value=0) + two
    pd.testing.assert_series_equal(total, both, check_names=False)


def test_bad_input_is_named(run):
    with pytest.raises(ValueError, match="until must be after since, got 10 and 20"):
        margin_between(run.records, 20, 10)
    with pytest.raises(ValueError, match="message_eur must be a finite number >= 0, got -1"):
        margin_between(run.records, 10, 20, -1)
    log = pd.DataFrame({"who": [1], "on": ["2024-01-01"], "eur": [10.0]})
    without = Records.from_transactions(log, "who", "on", "eur")
    with pytest.raises(ValueError, match="orders must have a margin, 1 have none"):
        margin_between(without, "2023-12-01", "2024-02-01")

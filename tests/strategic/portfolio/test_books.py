"""What the books say: by hand, and never more than could be known."""

import numpy as np
import pandas as pd
import pytest

from crmlab.strategic.portfolio.books import STATUSES, books, status

START = np.datetime64("2024-01-01T00:00:00", "s")


def week(number):
    """The moment at which a week begins."""
    return START + number * np.timedelta64(7, "D")


def test_status_is_the_last_event(firm):
    """Who left is lost, with the reason it gave; who never came is a prospect."""
    table = status(firm)
    assert list(table["status"]) == ["customer", "lost", "prospect"]
    assert list(table["status"].cat.categories) == list(STATUSES)
    assert list(table["reason"]) == ["", "rival's offer", ""]
    assert table["since"].isna().tolist() == [False, False, True]


def test_status_of_an_earlier_moment_knows_nothing_later(firm):
    """Before it left, account 2 was a customer."""
    assert list(status(firm, week(20))["status"]) == ["customer", "customer", "prospect"]


def test_the_books_of_three_accounts_by_hand(firm):
    """One order of 100 EUR a quarter, 40 EUR of margin, 5 EUR of work, as much of fixed cost."""
    table = books(firm, week(52))
    one, two, three = (table.loc[i] for i in (1, 2, 3))
    assert one["quarters"] == pytest.approx(4) and two["quarters"] == pytest.approx(2)
    assert (one["orders"], one["sales_eur"], one["margin_eur"]) == pytest.approx((1, 100, 40))
    assert (two["orders"], two["sales_eur"], two["margin_eur"]) == pytest.approx((1, 100, 40))
    assert one["serving_eur"] == pytest.approx(5) and one["fixed_eur"] == pytest.approx(5)
    assert one["profit_eur"] == pytest.approx(35) and one["full_profit_eur"] == pytest.approx(30)
    assert one["net_price"] == pytest.approx(1) and one["cost_ratio"] == pytest.approx(0.05)
    assert three["quarters"] == 0 and three["sales_eur"] == 0 and np.isnan(three["net_price"])


def test_work_is_spread_over_the_months_that_have_been_counted(firm):
    """Account 2 left in an open month: two deliveries in 24 weeks, not in 26."""
    assert books(firm, week(52)).loc[2, "serving_eur"] == pytest.approx(10 / (24 / 13))


def test_an_account_won_back_begins_anew(firm):
    """Orders from before it left are not counted in the quarters since it came back."""
    back = pd.DataFrame([(2, week(39), "won back", "")], columns=firm["account_events"].columns)
    order = pd.DataFrame([(99, 2, week(45), 60.0, 20.0)], columns=firm["orders"].columns)
    firm["account_events"] = pd.concat([firm["account_events"], back])
    firm["orders"] = pd.concat([firm["orders"], order])
    two = books(firm, week(52)).loc[2]
    assert two["quarters"] == pytest.approx(1)
    assert two["sales_eur"] == pytest.approx(60) and two["orders"] == pytest.approx(1)


def test_a_dearer_account_has_a_higher_net_price(firm):
    """Paid 120 where others pay 100 for the same goods."""
    firm["orders"].loc[firm["orders"]["customer_id"] == 1, ["value_eur", "margin_eur"]] = 120, 60
    table = books(firm, week(52))
    average = (4 * 120 + 2 * 100) / (6 * 60)
    assert table.loc[1, "net_price"] == pytest.approx(2 / average)
    assert table.loc[2, "net_price"] == pytest.approx(100 / 60 / average)


def test_books_add_up_to_the_ledger(run):
    """Margins agree with the ledger; activity-based costs spend the pools, and no more."""
    records = run.records
    now = records.as_of(52).now
    table, weeks = books(records, now), run.ledger["week"] < 52
    total = table[["margin_eur", "serving_eur"]].mul(table["quarters"], axis=0).sum()
    paid = run.ledger[weeks].groupby("cause")["eur"].sum()
    assert total["margin_eur"] == pytest.approx(paid["gross margin"])
    assert total["serving_eur"] == pytest.approx(-paid["serving accounts"], rel=0.02)


@pytest.mark.parametrize("at", [26, 52, 65])
def test_later_records_change_nothing(run, at):
    """The whole records, looked at earlier, give what the records of that moment give."""
    past = run.records.as_of(at)
    pd.testing.assert_frame_equal(books(run.records, past.now), books(past, past.now))


def test_before_the_first_order_there_are_no_books(firm):
    """The message says what to do."""
    with pytest.raises(ValueError, match="at least one order before now: wait"):
        books(firm, week(0))

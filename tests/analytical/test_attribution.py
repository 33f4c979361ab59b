"""Who gets the credit: by hand, at the edges of the window, and with bad input."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.analytical.attribution import journey, last_click

ID = 144_410_354_600_014_048  # as long as real ids are: beyond what a float holds exactly


def times(*texts):
    return pd.Series(np.array(texts, dtype="datetime64[s]"))


def orders(*rows):
    """Rows of (order_id, customer_id, time); every order is worth 10 EUR."""
    ids, customers, at = zip(*rows, strict=True) if rows else ((), (), ())
    frame = {"order_id": ids, "customer_id": customers, "ordered_at": times(*at)}
    return pd.DataFrame(frame).assign(value_eur=10.0, margin_eur=3.0)


def mails(*rows):
    """Messages and clicks of (message_id, customer_id, time clicked)."""
    ids, customers, at = zip(*rows, strict=True) if rows else ((), (), ())
    messages = pd.DataFrame({"message_id": ids, "kind": "triggered", "cell": 100})
    responses = {"message_id": ids, "event": "click", "customer_id": customers}
    return messages, pd.DataFrame(responses | {"at": times(*at)})


def credits(bought, sent, **options):
    found = last_click(bought, *sent, **options)
    return dict(zip(found["order_id"], found["message_id"], strict=True))


def test_the_last_click_before_the_order_gets_all_the_credit_by_hand():
    """Three clicks around two orders: each order goes to the one before it."""
    bought = orders((1, 7, "2024-03-04 12:00"), (2, 7, "2024-03-09 12:00"))
    sent = mails(
        (ID, 7, "2024-03-01"), (ID + 1, 7, "2024-03-04 11:00"), (ID + 2, 7, "2024-03-05")
    )  # fmt: skip
    assert credits(bought, sent) == {1: ID + 1, 2: ID + 2}


def test_long_ids_stay_exact_beside_orders_without_credit():
    """A missing value must not turn 18 digits into a float."""
    bought = orders((1, 7, "2024-03-04"), (2, 8, "2024-03-04"))
    found = last_click(bought, *mails((ID + 1, 7, "2024-03-03")))
    assert found["message_id"].tolist() == [ID + 1]
    assert found["message_id"].dtype == np.int64


def test_the_window_includes_both_ends():
    """An order at the second of the click counts, one a second after the window does not."""
    sent = mails((ID, 7, "2024-03-01 00:00:00"))
    for at, credited in (
        ("2024-02-29 23:59:59", False),
        ("2024-03-01 00:00:00", True),
        ("2024-03-08 00:00:00", True),
        ("2024-03-08 00:00:01", False),
    ):
        assert bool(credits(orders((1, 7, at)), sent)) is credited, at


def test_a_longer_window_never_credits_fewer_orders():
    r = crm.simulate("retail", 200, 26, 7, crm.policies.newsletter(1)).records
    counts = [len(last_click(r.orders, r.messages, r.responses, d)) for d in (0.5, 2, 7, 30)]
    assert counts == sorted(counts)
    assert counts[-1] > counts[0]


def test_more_opens_than_clicks_get_credit():
    r = crm.simulate("retail", 200, 26, 7, crm.policies.newsletter(1)).records
    opens = last_click(r.orders, r.messages, r.responses, event="open")
    clicks = last_click(r.orders, r.messages, r.responses)
    assert set(clicks["order_id"]) < set(opens["order_id"])


def test_no_order_is_credited_twice_and_each_to_its_own_customer():
    r = crm.simulate("retail", 300, 26, 7, crm.policies.newsletter(1)).records
    found = last_click(r.orders, r.messages, r.responses)
    assert found["order_id"].is_unique
    owner = r.messages.set_index("message_id")["customer_id"]
    assert (owner[found["message_id"]].to_numpy() == found["customer_id"]).all()


def test_of_two_clicks_in_one_second_the_larger_id_gets_the_credit():
    bought = orders((1, 7, "2024-03-04"))
    for rows in ([ID, ID + 1], [ID + 1, ID]):
        sent = mails(*((i, 7, "2024-03-03") for i in rows))
        assert credits(bought, sent) == {1: ID + 1}


def test_anothers_click_earns_nothing():
    assert credits(orders((1, 7, "2024-03-04")), mails((ID, 8, "2024-03-03"))) == {}


def test_the_order_of_rows_does_not_matter():
    r = crm.simulate("retail", 200, 26, 7, crm.policies.newsletter(1)).records
    straight = last_click(r.orders, r.messages, r.responses)
    tables = (t.sample(frac=1, random_state=1) for t in (r.orders, r.messages, r.responses))
    pd.testing.assert_frame_equal(last_click(*tables), straight)


def test_input_is_left_alone():
    bought, sent = orders((1, 7, "2024-03-04")), mails((ID, 7, "2024-03-03"))
    copies = [t.copy() for t in (bought, *sent)]
    last_click(bought, *sent)
    for table, copy in zip((bought, *sent), copies, strict=True):
        pd.testing.assert_frame_equal(table, copy)


@pytest.mark.parametrize("empty", ["orders", "messages", "all"])
def test_without_orders_or_clicks_there_is_no_credit(empty):
    """The columns are there all the same."""
    bought = orders() if empty != "messages" else orders((1, 7, "2024-03-04"))
    sent = mails() if empty != "orders" else mails((ID, 7, "2024-03-03"))
    found = last_click(bought, *sent)
    full = last_click(orders((1, 7, "2024-03-04")), *mails((ID, 7, "2024-03-03")))
    assert len(found) == 0
    assert list(found.columns) == list(full.columns)


def test_a_firm_that_has_sent_nothing_has_nothing_to_credit():
    r = crm.simulate("retail", 50, 8, 7).records
    assert last_click(r.orders, r.messages, r.responses).empty


@pytest.mark.parametrize("days", [0, -1, float("nan"), float("inf"), True])
def test_an_impossible_window_is_refused(days):
    with pytest.raises(ValueError, match="window_days must be a finite number > 0"):
        last_click(orders(), *mails(), window_days=days)


def test_an_unknown_event_gets_the_nearest():
    with pytest.raises(ValueError, match="event must be one of 'click', 'open', got 'clicks'"):
        last_click(orders(), *mails(), event="clicks")


def test_a_missing_column_is_named():
    messages, responses = mails((ID, 7, "2024-03-03"))
    with pytest.raises(ValueError, match="messages must have the column 'cell'"):
        last_click(orders(), messages.drop(columns="cell"), responses)


def test_a_missing_time_is_refused():
    bought, sent = orders((1, 7, None)), mails((ID, 7, "2024-03-03"))
    with pytest.raises(ValueError, match=r"orders\.ordered_at must not be missing; 1 rows"):
        last_click(bought, *sent)
    with pytest.raises(ValueError, match=r"responses\.at must not be missing"):
        last_click(orders((1, 7, "2024-03-04")), *mails((ID, 7, None)))


def test_messages_that_are_missing_or_double_are_named():
    messages, responses = mails((ID, 7, "2024-03-03"))
    bought = orders((1, 7, "2024-03-04"))
    with pytest.raises(ValueError, match=f"message_id {ID} is missing"):
        last_click(bought, messages.iloc[:0], responses)
    with pytest.raises(ValueError, match=f"got message_id {ID} twice"):
        last_click(bought, pd.concat([messages, messages]), responses)


def test_a_journey_tells_visits_carts_messages_and_orders_in_order():
    """By hand: a cart, the mail about it, a click and an order."""
    sessions = pd.DataFrame(
        {"session_id": [1, 2], "customer_id": 7, "started_at": times("2024-03-03", "2024-03-04"),
         "source": ["direct", "e-mail"], "pages": [4, 2], "cart": True, "order_id": [0, 1]}
    )  # fmt: skip
    messages, responses = mails((ID, 7, "2024-03-03 23:59"))
    messages = messages.assign(customer_id=7, sent_at=times("2024-03-03 04:00"))
    found = journey(7, sessions, orders((1, 7, "2024-03-04 00:05")), messages, responses)
    assert found["what"].tolist() == [
        "visits the shop", "leaves a cart", "sends a message", "clicks", "visits the shop",
        "orders",
    ]  # fmt: skip
    assert found["who"].tolist().count("firm") == 1
    assert found["at"].is_monotonic_increasing


def test_a_journey_has_every_touch_of_the_records():
    r = crm.simulate("retail", 60, 20, 7, crm.policies.newsletter(1)).records
    someone = int(r.messages["customer_id"].iloc[0])
    tables = (r.sessions, r.orders, r.messages, r.responses)
    touches = sum((t["customer_id"] == someone).sum() for t in tables)
    carts = r.sessions[(r.sessions["customer_id"] == someone) & r.sessions["cart"]]
    found = journey(someone, *tables)
    assert len(found) == touches + (carts["order_id"] == 0).sum()


def test_nobodys_journey_is_refused():
    r = crm.simulate("retail", 20, 4, 7).records
    with pytest.raises(ValueError, match="customer_id must be a customer with records, got -1"):
        journey(-1, r.sessions, r.orders, r.messages, r.responses)

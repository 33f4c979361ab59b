"""A channel for each: by hand, and by what was opened."""

import numpy as np
import pandas as pd
import pytest

from crmlab.strategic.presentation import OwnChannel, by_channel, weekly_margin

PRICE = [0.004, 0.75, 3.5]


def test_a_letter_goes_where_the_added_reading_is_worth_its_price():
    """By hand: 0.3 against 0.5 read, worth 0.7 weeks: a letter from 0.746 / 0.14 = 5.33 EUR on."""
    nobody = np.zeros((2, 3))
    chosen = OwnChannel().choose(nobody, nobody, [5.3, 5.4], PRICE)
    assert chosen.tolist() == ["email", "post"]


def test_who_never_opens_mail_is_worth_a_letter_sooner():
    opened, sent = [[0, 0, 0], [12, 0, 0]], [[12, 0, 0], [12, 0, 0]]
    assert OwnChannel().choose(opened, sent, [3.0, 3.0], PRICE).tolist() == ["post", "email"]


def test_reading_lies_between_what_the_trade_expects_and_what_was_seen():
    own = OwnChannel()
    assert own.reading([[0, 0, 0]], [[0, 0, 0]])[0].tolist() == list(own.expected)
    assert own.reading([[4, 0, 0]], [[4, 0, 0]])[0, 0] == pytest.approx((4 + 1.2) / 8)


def test_messages_are_tallied_by_customer_and_channel():
    messages = pd.DataFrame(
        {"message_id": [1, 2, 3], "customer_id": [7, 7, 9], "channel": ["email", "post", "email"]}
    )
    responses = pd.DataFrame({"message_id": [1, 2], "event": ["click", "open"]})
    opened, sent = by_channel(np.array([7, 8]), messages, responses)
    assert sent.tolist() == [[1, 1, 0], [0, 0, 0]]
    assert opened.tolist() == [[0, 1, 0], [0, 0, 0]]


def test_only_the_last_weeks_count_for_the_usual_margin():
    now = np.datetime64("2024-06-01T00:00:00", "s")
    orders = pd.DataFrame(
        {"customer_id": [7, 7], "margin_eur": [20.0, 99.0],
         "ordered_at": pd.to_datetime(["2024-05-20", "2024-01-20"])}
    )  # fmt: skip
    assert weekly_margin(np.array([7, 8]), orders, now, 10).tolist() == [2.0, 0.0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"expected": (0.3, 50, 0.3)}, r"expected must be a share in \[0, 1\] for each of email"),
        ({"as_messages": 0}, "as_messages must be > 0, got 0"),
        ({"worth_weeks": -1}, "worth_weeks"),
    ],
)
def test_unusable_settings_are_refused(change, words):
    with pytest.raises(ValueError, match=words):
        OwnChannel(**change)

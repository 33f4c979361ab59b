"""What a firm can read off its consent log and its responses."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab import policies
from crmlab.analytical.permission import AGREED, list_size, mail_quality


def consents(*rows):
    """A consent log from (customer, day of 2024, status)."""
    log = pd.DataFrame(rows, columns=["customer_id", "day", "status"])
    log["at"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(log.pop("day"), unit="D")
    return log


def test_two_who_agree_and_one_who_leaves_again_by_hand():
    """Day 0 is in week 0, day 7 in week 1, day 15 in week 2."""
    log = consents((1, 0, "opt-in"), (2, 7, "opt-in"), (1, 15, "opt-out"))
    assert list_size(log, 4).tolist() == [1, 2, 1, 1]


def test_opting_down_stays_on_the_list_and_order_of_rows_does_not_matter():
    log = consents((1, 0, "opt-in"), (1, 7, "opt-down"), (1, 14, "opt-out"), (1, 21, "opt-in"))
    assert list_size(log, 4).tolist() == [1, 1, 0, 1]
    assert list_size(log.iloc[::-1], 4).tolist() == [1, 1, 0, 1]


def test_the_list_ends_at_what_the_profiles_show():
    run = crm.simulate("retail", 300, 30, 3, policies.permission(1, path="preference centre"))
    agreed = run.records.profiles["consent"].isin(AGREED).sum()
    assert list_size(run.records.consents, 30)[-1] == agreed


def test_an_empty_log_is_an_empty_list():
    assert list_size(consents().astype({"at": "datetime64[s]"}), 3).tolist() == [0, 0, 0]


def test_rates_are_per_thousand_mails_of_the_period():
    """Four mails in the first week, one of them bounced, one opened and reported."""
    times = pd.to_datetime(["2024-01-01"] * 4 + ["2024-01-08"])
    sent = pd.DataFrame({"message_id": range(5), "channel": "email", "sent_at": times})
    events = pd.DataFrame({"message_id": [0, 1, 1], "event": ["bounce", "open", "complaint"]})
    table = mail_quality(sent, events, every_weeks=1)
    assert table.loc[1].tolist() == [4, 250.0, 250.0, 0.0, 250.0]
    assert table.loc[2].tolist() == [1, 0.0, 0.0, 0.0, 0.0]


def test_letters_are_not_counted():
    sent = pd.DataFrame({"message_id": [0], "channel": "post",
                         "sent_at": pd.to_datetime(["2024-01-01"])})  # fmt: skip
    events = pd.DataFrame({"message_id": [0], "event": ["open"]})
    assert mail_quality(sent, events).empty


def test_rates_agree_with_the_tables_of_a_run():
    r = crm.simulate("retail", 300, 30, 3, policies.newsletter(1)).records
    table = mail_quality(r.messages, r.responses)
    opens = (r.responses["event"] == "open").sum()
    assert np.dot(table["opens"], table["messages"]) / 1_000 == pytest.approx(opens)


@pytest.mark.parametrize("call", [
    lambda: list_size(consents(), 0),
    lambda: mail_quality(pd.DataFrame(), pd.DataFrame(), every_weeks=0),
])  # fmt: skip
def test_too_short_a_time_is_refused(call):
    with pytest.raises(ValueError, match="at least 1, got 0"):
        call()

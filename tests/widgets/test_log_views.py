"""The view on silence: its words are the counts of the functions below it."""

import pandas as pd
import pytest

from crmlab.analytical.cohorts import came_back, judge_silence
from crmlab.records import Records
from crmlab.widgets import silence

LOG = pd.DataFrame(
    {
        "who": [1, 2, 3, 1, 3, 2],
        "on": pd.to_datetime(
            ["2024-01-01", "2024-01-08", "2024-02-19", "2024-02-26", "2024-05-06", "2024-05-20"]
        ),
        "eur": 10.0,
    }
)


@pytest.fixture
def records():
    return Records.from_transactions(LOG, "who", "on", "eur")


def test_the_bars_show_what_the_rule_did(records):
    """Seen on 8 April, whatever the rule."""
    view = silence(records, "2024-04-08", horizon_weeks=6)
    view.controls["weeks"].value = 10
    counts = judge_silence(came_back(records, "2024-04-08", 6), 10)
    heights = [bar.get_height() for bar in view.figure.axes[0].patches]
    assert heights == counts.tolist()


def test_title_and_words_follow_the_sliders(records):
    view = silence(records, "2024-04-08", horizon_weeks=6)
    before = view.reading
    view.controls["weeks"].value = 3
    assert view.reading != before
    assert view.reading.title == "Of 3 called lost after 3 weeks, 33% came back"
    view.controls["orders"].value = 2
    assert "(2 orders or more)" in view.reading.title
    view.controls["orders"].value = 6
    assert view.reading.title == "Nobody had been silent for 3 weeks (6 orders or more)"


def test_letters_are_priced(records):
    view = silence(records, "2024-04-08", horizon_weeks=6, letter_eur=2.0)
    view.controls["weeks"].value = 3
    assert "would cost 6.00 EUR, 2.00 EUR of it" in view.reading.text


def test_a_log_too_short_for_the_horizon_is_an_error(records):
    with pytest.raises(ValueError, match="the log ends on"):
        silence(records, "2024-04-08", horizon_weeks=26)

"""Found types against true ones, and the trap of those who stay."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.analytical.clickstream import MarkovRecogniser, match_types, recognition_by_click

FOUND = pd.Series([0, 0, 0, 1, 1], index=[1, 2, 3, 4, 5])
TRUE = pd.Series(["a", "a", "b", "b", "b"], index=[1, 2, 3, 4, 5])


def test_types_are_matched_one_to_one_by_hand():
    match = match_types(FOUND, TRUE)
    assert match.names == {0: "a", 1: "b"}
    assert match.accuracy == pytest.approx(0.8)
    assert match.largest == pytest.approx(0.6)
    assert match.confusion.loc["b"].tolist() == [1, 2]
    assert "accuracy 0.800" in repr(match)


def test_the_names_of_found_types_do_not_matter():
    other = match_types(1 - FOUND, TRUE)
    assert other.accuracy == match_types(FOUND, TRUE).accuracy
    assert other.rand == match_types(FOUND, TRUE).rand


def test_more_found_types_than_true_ones_leave_some_without_a_partner():
    match = match_types(pd.Series([0, 1, 2, 3, 3], index=FOUND.index), TRUE)
    assert len(match.names) == 2
    assert match.accuracy == pytest.approx(0.6)


def test_recognition_is_counted_by_hand():
    """Two sessions, one of which ends after a page: it is never there after two."""
    views = pd.DataFrame({"session_id": [1, 1, 2], "view": [1, 2, 1], "page_type": ["x", "y", "z"]})
    labels = pd.Series(["a", "b"], index=[1, 2])
    model = MarkovRecogniser().fit(views, labels)
    found = recognition_by_click(model, views, labels, clicks=(1, 2))
    assert found["sessions_left"].tolist() == [1, 0.5]
    assert found["accuracy_of_those_left"].tolist() == [1, 1]
    assert found["recognised_in_time"].tolist() == [1, 0.5]


def test_accuracy_among_survivors_flatters():
    """Of those left after eight clicks most are known; of all, far fewer, and most have gone."""
    run = crm.simulate("retail", 500, 104, 7)
    labels = run.truth.sessions.set_index("session_id")["user_type"]
    views = run.records.page_views
    known = views["session_id"] % 2 == 0
    model = MarkovRecogniser().fit(views[known], labels)
    found = recognition_by_click(model, views, labels).set_index("clicks")
    assert found.loc[8, "accuracy_of_those_left"] > found.loc[8, "accuracy_of_all"] + 0.1
    assert found.loc[8, "recognised_in_time"] < found.loc[2, "recognised_in_time"]
    assert found["sessions_left"].is_monotonic_decreasing
    assert found.loc[8, "accuracy_of_those_left"] == found.loc[8, "accuracy_of_the_longest"]
    assert (found["recognised_in_time"] <= found["sessions_left"]).all()


def test_nobody_left_is_nan_not_an_error():
    views = pd.DataFrame({"session_id": [1, 2], "view": 1, "page_type": ["x", "y"]})
    labels = pd.Series(["a", "b"], index=[1, 2])
    found = recognition_by_click(MarkovRecogniser().fit(views, labels), views, labels, (1, 9))
    assert np.isnan(found["accuracy_of_those_left"].iloc[1])


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="1 of 5 have none, session 5 first"):
        match_types(FOUND, TRUE.drop(5))
    with pytest.raises(ValueError, match="clicks must be between 1"):
        recognition_by_click(None, pd.DataFrame(), TRUE, (0,))

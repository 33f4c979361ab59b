"""The five kinds, found from records."""

import pandas as pd
import pytest

from crmlab.strategic.portfolio import KINDS, SIGNS, Borders, guard_first, hits, significant


def test_five_kinds_by_hand(four):
    """A is largest, B worth most, C inspires and is named; P is named before it is a customer."""
    found = significant(four)
    assert list(found.columns[:5]) == list(KINDS)
    assert found.loc["B", "reason"] == "value top tenth"
    assert found.loc["A", "reason"] == "sales top tenth; named by 3; leading house"
    assert found.loc["C", "reason"] == "named by 2; 3 ideas adopted"
    assert found.loc["P", "reason"] == "named by 5; leading house"
    assert found["kinds"].tolist() == [3, 1, 2, 0, 2]


def test_each_kind_has_its_column(four):
    """Five kinds, five signs in the table."""
    assert tuple(SIGNS) == KINDS and set(SIGNS.values()) <= set(four.columns)


def test_higher_borders_flag_no_more(four):
    """A property of all borders."""
    low = significant(four, Borders(0.5, 0.5, 1, 1))[list(KINDS)]
    high = significant(four, Borders(0.1, 0.1, 3, 3))[list(KINDS)]
    assert (low | ~high).all().all() and low.sum().sum() > high.sum().sum()


def test_who_is_lost_has_no_value(four):
    """Value, volume and ideas count for customers only."""
    gone = four.assign(status=["lost"] * 4 + ["prospect"])
    found = significant(gone)
    assert not found[list(KINDS[:2])].any().any() and not found["inspirations"].any()


def test_rules_of_guarding_by_hand(four):
    """By value: B, A, D. By signs: A (two kinds of three), C, then by value."""
    assert guard_first(four, "lifetime value", 3).tolist() == ["B", "A", "D"]
    assert guard_first(four, "signs of significance", 3).tolist() == ["A", "C", "B"]
    assert guard_first(four, "half by value, half by signs", 2).tolist() == ["B", "A"]
    assert guard_first(four, "half by value, half by signs", 3).tolist() == ["B", "A", "C"]


def test_precision_and_recall_where_there_is_nothing():
    """Nothing found, nothing true: no number, and no error."""
    none = pd.DataFrame({"a": [False, False]})
    assert hits(none, none)[["precision", "recall"]].isna().all().all()


def test_bad_arguments_name_themselves(four):
    """The messages that a student sees."""
    with pytest.raises(ValueError, match="value_share must lie between 0 and 1, got 10"):
        Borders(value_share=10)
    with pytest.raises(ValueError, match="named_by"):
        Borders(named_by=0)
    with pytest.raises(ValueError, match="rule must be one of"):
        guard_first(four, "by luck", 3)

"""Pairs come from shared keys: once each, none too many, and the cap on recall is told."""

import itertools

import numpy as np
import pandas as pd
import pytest

from crmlab.analytical.linkage import block, blocking_report, plan_for, possible_pairs, true_pairs


def table(**columns):
    return pd.DataFrame({"customer_id": [10, 20, 30, 40]} | columns)


def pairs(found):
    return list(zip(found["left"], found["right"], strict=True))


def test_pairs_share_a_key_by_hand():
    records = table(email=["a", "b", "a", None], city=["x", "x", "y", None])
    assert pairs(block(records, [("email",)])) == [(10, 30)]
    found = block(records, [("email",), ("city",)])
    assert pairs(found) == [(10, 20), (10, 30)]
    assert found["rule"].tolist() == [1, 0]


def test_missing_values_agree_with_nothing():
    records = table(email=[None, "", np.nan, "  "])
    assert block(records, [("email",)]).empty


def test_a_prefix_counts_only_so_many_characters():
    records = table(last_name=["berry", "berridge", "barry", "b"])
    assert pairs(block(records, [("last_name[:4]",)])) == [(10, 20)]


def test_every_pair_stands_once_whatever_number_of_keys_it_shares():
    records = table(a=list("xxxx"), b=list("yyyy"))
    found = block(records, [("a",), ("b",), ("a", "b")])
    assert len(found) == len(found[["left", "right"]].drop_duplicates()) == 6
    assert (found["rule"] == 0).all()


def test_blocking_equals_the_plain_definition(firm):
    """Against a double loop over a part of the firm."""
    records = firm[0].head(120)
    keys = [("last_name[:3]", "birth_year"), ("postcode",)]
    expected = set()
    text = records.astype(object).where(records.notna(), None)
    for (_, a), (_, b) in itertools.combinations(text.iterrows(), 2):
        same = a.postcode is not None and a.postcode == b.postcode
        parts = (a.last_name, b.last_name, a.birth_year, b.birth_year)
        if None not in parts and parts[0][:3] == parts[1][:3] and parts[2] == parts[3]:
            same = True
        if same:
            expected.add((a.customer_id, b.customer_id))
    assert set(pairs(block(records, keys))) == expected
    assert expected


def test_across_keeps_pairs_of_two_files_only():
    records = table(email=["a"] * 4, file=["m", "m", "n", "n"])
    found = block(records, [("email",)], across="file")
    assert pairs(found) == [(10, 30), (10, 40), (20, 30), (20, 40)]
    assert possible_pairs(records, "file") == 4


def test_large_blocks_are_left_out():
    assert block(table(email=["unknown"] * 4), [("email",)], largest=3).empty


def test_more_keys_never_lower_the_cap_on_recall(firm):
    records, truth = firm
    keys = list(plan_for(records).keys)
    caps = [
        blocking_report(records, keys[: i + 1], truth)["recall_cap"].iloc[-1]
        for i in range(len(keys))
    ]
    assert caps == sorted(caps)
    assert caps[-1] > 0.95


def test_the_report_adds_up(firm):
    records, truth = firm
    report = blocking_report(records, [("email",), ("phone",)], truth)
    email, phone, both = report["true_pairs"]
    assert both == email + report["only_here"].iloc[1] == phone + report["only_here"].iloc[0]
    assert report["recall_cap"].iloc[-1] == both / true_pairs(records, truth)
    assert "true_pairs" not in blocking_report(records, [("email",)])


def test_the_report_names_what_large_blocks_leave_out():
    records = pd.DataFrame({"customer_id": range(1200), "email": ["unknown"] * 1100 + [None] * 100})
    report = blocking_report(records.assign(city="x"), [("email",), ("email", "city")])
    assert report["left_out"].tolist() == [1100, 1100, 1100]
    assert (report["pairs"] == 0).all()


def test_keys_may_be_texts_and_the_index_anything():
    records = table(email=["a", "a", "b", "c"]).set_index(pd.Index([5, 5, 5, 5]))
    records["customer_id"] = ["rec-1", "rec-2", "rec-3", "rec-4"]
    assert pairs(block(records, [("email",)])) == [("rec-1", "rec-2")]


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="no column 'emial'.* Did you mean 'email'"):
        block(table(email=list("abcd")), [("emial",)])
    with pytest.raises(ValueError, match="keys must name a blocking key"):
        block(table(email=list("abcd")), [])
    with pytest.raises(ValueError, match="must not be missing"):
        block(pd.DataFrame({"customer_id": [1, None], "email": ["a", "b"]}), [("email",)])

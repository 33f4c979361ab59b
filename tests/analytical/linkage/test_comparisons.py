"""Agreement has levels, and missing is none of them."""

import pandas as pd
import pytest

from crmlab.analytical.linkage import Comparison, Level, compare, same, usual_comparisons

ONE = pd.DataFrame({"left": [1], "right": [2]})


def level(role, a, b, **more):
    """The label of the level that two values reach."""
    columns = {"customer_id": [1, 2], "x": [a, b]} | more
    roles = {"x": role} | ({"y": "family"} if "y" in more else {})
    comparisons = usual_comparisons(roles)
    found = compare(pd.DataFrame(columns), ONE, comparisons)
    return comparisons[0].label(int(found["x"].iloc[0]))


@pytest.mark.parametrize(
    ("role", "a", "b", "expected"),
    [
        ("family", "hannagan", "hannagan", "same"),
        ("family", "hannagan", "hannaan", "alike 0.92"),
        ("family", "martha", "marhta", "alike 0.92"),  # Winkler's own example: 0.961
        ("family", "dixon", "dicksonx", "alike 0.8"),  # 0.813
        ("family", "berry", "lopez", "different"),
        ("family", "berry", None, "missing"),
        ("family", "", "berry", "missing"),
        ("given", "m", "michael", "initial"),
        ("phone", "0123456", "0123465", "1 wrong"),
        ("birth", "19790412", "19790421", "1 wrong"),
        ("birth", "19790412", "19790555", "different"),
        ("birth_year", "1979", "1980", "different"),
        ("birth_year", "1979", "1989", "1 wrong"),
        ("postcode", "2227", "2272", "1 wrong"),
        ("postcode", "2227", "2298", "same area"),
        ("email", "a.b@x.org", "a.b@y.com", "same name"),
    ],
)
def test_levels_by_hand(role, a, b, expected):
    assert level(role, a, b) == expected
    assert level(role, b, a) == expected, "which record is left must not matter"


def test_names_in_each_others_fields_are_recognised():
    assert level("given", "tiana", "luchetti", y=["luchetti", "tiana"]) == "swapped with y"


def test_numbers_compare_like_texts_whatever_their_type():
    records = pd.DataFrame({"customer_id": [1, 2, 3], "birth_year": [1979.0, 1979.0, None]})
    pairs = pd.DataFrame({"left": [1, 1], "right": [2, 3]})
    found = compare(records, pairs, usual_comparisons({"birth_year": "birth_year"}))
    assert found["birth_year"].tolist() == [2, -1]


def test_pairs_keep_their_order_and_their_index(firm):
    records, _ = firm
    pairs = pd.DataFrame(
        {"left": records["customer_id"].to_numpy()[5:0:-1], "right": 0}, index=list("abcde")
    )
    pairs["right"] = records["customer_id"].to_numpy()[15:10:-1]
    found = compare(records, pairs, usual_comparisons({"city": "place"}))
    assert found["left"].tolist() == pairs["left"].tolist()
    assert found.index.equals(pairs.index)


def test_a_comparison_of_ones_own_reads_several_columns():
    address = Comparison(
        "address",
        ("street", "postcode"),
        (
            Level("same", 'l."street" = r."street" AND l."postcode" = r."postcode"'),
            same("street"),
        ),
    )
    records = pd.DataFrame(
        {"customer_id": [1, 2, 3], "street": ["a", "a", "a"], "postcode": ["1", "1", "2"]}
    )
    pairs = pd.DataFrame({"left": [1, 1], "right": [2, 3]})
    assert compare(records, pairs, (address,))["address"].tolist() == [2, 1]


def test_bad_input_is_named():
    records = pd.DataFrame({"customer_id": [1, 2], "city": ["x", "y"]})
    with pytest.raises(ValueError, match="names 9, which is no customer_id"):
        compare(records, ONE.assign(right=9), usual_comparisons({"city": "place"}))
    with pytest.raises(ValueError, match="levels of 'city' must not be empty"):
        Comparison("city", ("city",), ())

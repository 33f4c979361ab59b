"""What is held back, what counts as a hit, and how narrow lists are: by hand."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.analytical.recommend import (
    ItemToItem,
    Popularity,
    Resample,
    breadth,
    hit_rates,
    hits_by_case,
    last_order_out,
    purchases,
    split_at,
)
from crmlab.analytical.recommend.evaluate import effective_categories, gini

ORDERS = pd.DataFrame(
    {"order_id": [1, 2, 3, 4], "customer_id": [7, 7, 8, 9],
     "ordered_at": np.array(["2024-01-01", "2024-03-01", "2024-02-01", "2024-01-15"],
                            "datetime64[s]")}
)  # fmt: skip
LINES = pd.DataFrame({"order_id": [1, 1, 2, 2, 3, 4], "product_id": [1, 2, 1, 1, 1, 2]})
PRODUCTS = pd.DataFrame({"product_id": [1, 2, 3], "category": ["a", "b", "b"]})


def test_lines_get_their_customers_and_stand_in_time():
    bought = purchases(LINES, ORDERS)
    assert bought["order_id"].tolist() == [1, 1, 4, 3, 2, 2]
    assert bought["customer_id"].tolist() == [7, 7, 9, 8, 7, 7]


def test_the_last_order_is_held_back_whole_and_products_in_it_count_once():
    split = last_order_out(purchases(LINES, ORDERS))
    assert split.known["order_id"].unique().tolist() == [1]
    assert split.held_out[["customer_id", "product_id"]].to_numpy().tolist() == [
        [9, 2], [8, 1], [7, 1]
    ]  # fmt: skip


def test_nothing_that_is_known_comes_after_what_is_held_back():
    r = crm.simulate("retail", 300, 52, 7).records
    bought = purchases(r.order_lines, r.orders)
    assert len(bought) == len(r.order_lines)
    split = last_order_out(bought)
    last = split.known.groupby("customer_id")["ordered_at"].max()
    held = split.held_out.groupby("customer_id")["ordered_at"].min()
    assert (held.reindex(last.index) >= last).all()
    assert not set(split.known["order_id"]) & set(split.held_out["order_id"])
    later = split_at(bought, "2024-07-01")
    assert later.known["ordered_at"].max() < pd.Timestamp("2024-07-01")
    assert later.held_out["ordered_at"].min() >= pd.Timestamp("2024-07-01")


def test_hits_are_counted_by_hand():
    """Known: products 1 and 2, once each, bought by customer 7. Product 1 tops every list."""
    split = last_order_out(purchases(LINES, ORDERS))
    cases = hits_by_case({"popularity": Popularity().fit(split.known, PRODUCTS)}, split, k=1)
    assert cases["history"].tolist() == [0, 0, 2]
    assert cases["popularity"].tolist() == [False, True, True]
    rates = hit_rates(cases, "popularity").set_index("history")
    assert rates.loc["all", "hit_rate"] == pytest.approx(2 / 3)
    assert rates.loc["none", "hit_rate"] == pytest.approx(1 / 2)
    assert rates.loc["2-3", "cases"] == 1


def test_new_products_only_leaves_out_cases_that_no_list_can_hit():
    split = last_order_out(purchases(LINES, ORDERS))
    models = {"popularity": Popularity().fit(split.known, PRODUCTS)}
    cases = hits_by_case(models, split, k=1, new_only=True)
    assert cases["customer_id"].tolist() == [9, 8]


def test_intervals_hold_the_rate_and_shrink_with_the_cases():
    chance = np.random.default_rng(1)

    def width(n):
        cases = pd.DataFrame({"customer_id": np.arange(n), "product_id": 1, "history": 3})
        cases["x"] = chance.random(n) < 0.3
        row = hit_rates(cases, "x").iloc[0]
        assert row["low"] < row["hit_rate"] < row["high"]
        assert row["lead_low"] == row["lead_high"] == 0
        return row["high"] - row["low"]

    wide, narrow = width(200), width(5_000)
    assert narrow == pytest.approx(wide / 5, rel=0.3)
    assert wide == pytest.approx(2 * 1.96 * np.sqrt(0.3 * 0.7 / 200), rel=0.25)


def test_customers_are_drawn_and_not_cases():
    """Ten cases of each customer that all agree are worth one: the interval must not narrow."""
    one = pd.DataFrame({"customer_id": np.arange(200), "product_id": 1, "history": 3})
    one["x"] = one["customer_id"] % 3 == 0
    ten = pd.concat([one] * 10)
    few, many = (hit_rates(c, "x", Resample(400, 1)).iloc[0] for c in (one, ten))
    assert many["high"] - many["low"] == pytest.approx(few["high"] - few["low"], rel=1e-9)


def test_breadth_by_hand():
    """One category shown to somebody who buys two evenly: a bubble of a half."""
    shown = pd.DataFrame({"customer_id": [7, 7], "product_id": [2, 3]})
    bought = pd.DataFrame({"customer_id": 7, "product_id": [1, 1, 1, 2, 2, 2]})
    found = breadth(shown, bought, PRODUCTS)
    assert found["coverage"] == pytest.approx(2 / 3)
    assert found["gini"] == pytest.approx(1 / 3)
    assert found["categories_shown"] == pytest.approx(1)
    assert found["categories_bought"] == pytest.approx(2)
    assert found["filter_bubble"] == pytest.approx(0.5)


def test_popularity_shows_less_of_the_shop_than_lists_of_ones_own():
    r = crm.simulate("retail", 600, 104, 7).records
    bought = purchases(r.order_lines, r.orders)
    who = bought["customer_id"].unique()
    same, own = (
        breadth(m.fit(bought, r.products).recommend(who), bought, r.products)
        for m in (Popularity(), ItemToItem())
    )
    assert same["coverage"] == pytest.approx(10 / len(r.products))
    assert own["coverage"] > 0.8
    assert own["gini"] < same["gini"]
    assert 0 < own["filter_bubble"] < 1


def test_inequality_is_between_none_and_all():
    assert gini(np.ones(7)) == pytest.approx(0)
    assert gini(np.array([0, 0, 0, 0, 5])) == pytest.approx(0.8)
    assert effective_categories(LINES.assign(customer_id=1), PRODUCTS).iloc[0] < 2


def test_bad_input_is_answered_with_a_remedy():
    with pytest.raises(ValueError, match="order_id 4 is missing"):
        purchases(LINES, ORDERS[:3])
    with pytest.raises(ValueError, match=r"orders\.customer_id must not be missing; 4 rows"):
        purchases(LINES, ORDERS.assign(customer_id=None))
    with pytest.raises(ValueError, match="when must lie between"):
        split_at(purchases(LINES, ORDERS), "2030-01-01")
    cases = pd.DataFrame({"customer_id": [1], "product_id": 1, "history": 0, "x": True})
    with pytest.raises(ValueError, match=r"baseline must be one of \['x'\], got 'y'"):
        hit_rates(cases, "y")
    with pytest.raises(ValueError, match="draws must be between 10"):
        hit_rates(cases, "x", Resample(draws=1))
    with pytest.raises(ValueError, match="shown must hold at least one recommendation"):
        breadth(cases.iloc[:0], LINES.assign(customer_id=1), PRODUCTS)
    with pytest.raises(ValueError, match="amounts must be >= 0"):
        gini(np.zeros(3))
    with pytest.raises(ValueError, match="split.held_out must hold at least one line"):
        split = last_order_out(purchases(LINES, ORDERS))
        hits_by_case({}, type(split)(split.known, split.held_out.iloc[:0]))

"""What is believed of needs: counted by hand, pulled to all, and spoilt on purpose."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.chance import Chance
from crmlab.strategic.believed_needs import (
    answers_by_category,
    best_sellers,
    favourite,
    lines_by_category,
    with_errors,
)
from crmlab.tables import CATEGORIES

PRODUCTS = pd.DataFrame({"product_id": [1, 2, 61], "category": ["home", "home", "outdoor"]})
ORDERS = pd.DataFrame({"order_id": [10, 11, 12], "customer_id": [7, 7, 8]})
LINES = pd.DataFrame({"order_id": [10, 10, 11, 12], "product_id": [1, 61, 61, 2]})


def test_lines_are_counted_by_hand():
    found = lines_by_category(LINES, ORDERS, PRODUCTS)
    assert found.loc[7].to_dict() == dict.fromkeys(CATEGORIES, 0) | {"home": 1, "outdoor": 2}
    assert found.loc[8, "home"] == 1
    assert list(found.columns) == list(CATEGORIES)


def test_later_answers_count_for_less_and_silence_for_nothing():
    answers = pd.Categorical(
        ["toys", "no answer", "books", "toys"], categories=[*CATEGORIES, "no answer"]
    )
    said = answers_by_category(pd.DataFrame({"customer_id": [7, 7, 7, 8], "answer": answers}))
    assert said.loc[7, ["toys", "books"]].tolist() == [1.0, 0.5]
    assert said.loc[8].sum() == 1.0
    assert len(said) == 2


def test_missing_answers_are_no_category():
    answers = pd.Categorical.from_codes([-1, 0], [*CATEGORIES, "no answer"])
    said = answers_by_category(pd.DataFrame({"customer_id": [7, 8], "answer": answers}))
    assert said.index.tolist() == [8]


def test_what_all_buy_settles_a_tie_and_no_more():
    evidence = pd.DataFrame({"books": [5, 1, 0], "toys": [0, 1, 2]}, index=[1, 2, 3])
    assert favourite(evidence).tolist() == ["books", "books", "toys"]
    assert favourite(evidence, everybody=0.0).tolist() == ["books", "books", "toys"]
    assert favourite(evidence, everybody=100.0).tolist() == ["books"] * 3


def test_of_nobody_nothing_is_believed():
    nothing = lines_by_category(LINES.iloc[:0], ORDERS, PRODUCTS)
    assert favourite(nothing).empty
    assert with_errors(favourite(nothing), 0.5, Chance(1)).empty


def test_the_best_seller_of_each_category_is_the_one_sold_most():
    assert best_sellers(LINES, PRODUCTS).to_dict() == {"home": 1, "outdoor": 61}
    more = pd.concat([LINES, LINES.iloc[[3]]])
    assert best_sellers(more, PRODUCTS)["home"] == 2


def test_the_share_of_the_wrong_is_the_one_asked_for_and_grows_in_place():
    """Who is wrong at one share is wrong at every larger one; the wrong are wrong for sure."""
    believed = pd.Series(np.resize(np.array(CATEGORIES, dtype=object), 6_000), range(6_000))
    some, more, all_of_them = (with_errors(believed, w, Chance(3)) for w in (0.2, 0.5, 1.0))
    assert (some != believed).mean() == pytest.approx(0.2, abs=0.02)
    assert ((some != believed) <= (more != believed)).all()
    assert (all_of_them != believed).all()
    assert all_of_them.value_counts(normalize=True).between(0.14, 0.19).all()
    assert with_errors(believed, 0.0, Chance(3)) is believed


def test_the_belief_finds_the_true_favourite_of_those_who_bought_much():
    run = crm.simulate("retail", customers=1_500, weeks=78, seed=5)
    records, truth = run.records, run.truth.people.merge(run.truth.identity)
    lines = lines_by_category(records.order_lines, records.orders, records.products)
    needs = truth.set_index("customer_id")[[f"need_{c}" for c in CATEGORIES]]
    true = needs.idxmax(axis=1).str.removeprefix("need_")
    hit = favourite(lines) == true[lines.index]
    many = lines.sum(axis=1) >= 10
    assert hit[many].mean() > 0.65
    assert hit[~many].mean() < hit[many].mean()


def test_bad_shares_are_refused():
    with pytest.raises(ValueError, match=r"wrong must be in \[0, 1\], got 30"):
        with_errors(pd.Series(["toys"]), 30, Chance(1))
    with pytest.raises(ValueError, match="everybody"):
        favourite(pd.DataFrame({"toys": [1]}), everybody=-1)

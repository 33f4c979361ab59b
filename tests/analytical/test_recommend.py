"""What to show next: each kind by hand, on one interface, and against the needs of the market."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import (
    check_get_params_invariance,
    check_no_attributes_set_in_init,
    check_parameters_default_constructible,
    check_set_params,
)

import crmlab as crm
from crmlab.analytical.recommend import (
    HISTORY,
    Hybrid,
    ImplicitALS,
    ItemToItem,
    OwnHistory,
    Popularity,
    StatedPreferences,
    hit_rates,
    hits_by_case,
    last_order_out,
    purchases,
)

BOUGHT = pd.DataFrame(
    {"customer_id": [1, 1, 2, 2, 2, 3, 4], "product_id": [10, 11, 10, 11, 12, 20, 20]}
)
BOUGHT["order_id"] = range(7)
BOUGHT["ordered_at"] = np.datetime64("2024-01-01", "s") + BOUGHT["order_id"] * np.timedelta64(
    1, "D"
)
PRODUCTS = pd.DataFrame(
    {"product_id": [10, 11, 12, 20, 21], "category": ["toys"] * 3 + ["books"] * 2}
)
STATED = pd.DataFrame(
    {"customer_id": [1, 1, 9], "category": ["toys", "books", "books"], "score": [0.2, 0.9, 0.5]}
)


def members():
    return (("popularity", Popularity()), ("stated", StatedPreferences()), ("own", OwnHistory()))


ALL = [Popularity(), StatedPreferences(), OwnHistory(), ItemToItem(), ImplicitALS(factors=2),
       Hybrid(members(), k=2)]  # fmt: skip


def stated_by(run, seed, told=0.7, noise=0.5):
    """What customers say of their needs: noisy, and for part of the categories only."""
    chance = np.random.default_rng(seed)
    people = run.truth.people.merge(run.truth.identity, on="person_id").set_index("customer_id")
    needs = people.filter(like="need_").rename(columns=lambda name: name.removeprefix("need_"))
    said = np.log(needs + 0.01) + noise * chance.standard_normal(needs.shape)
    table = said.melt(ignore_index=False, var_name="category", value_name="score").reset_index()
    return table[chance.random(len(table)) < told]


@pytest.fixture(scope="module")
def market():
    """A retail market with everybody's last order held back."""
    run = crm.simulate("retail", 3_000, 104, 7)
    split = last_order_out(purchases(run.records.order_lines, run.records.orders))
    return split, run.records.products, stated_by(run, seed=1)


@pytest.fixture(scope="module")
def rates(market):
    """Hit rates by model and history, and their leads over popularity."""
    split, products, stated = market
    models = {"popularity": Popularity(), "stated": StatedPreferences(), "own": OwnHistory(),
              "items": ItemToItem(), "als": ImplicitALS(), "hybrid": Hybrid(members())}  # fmt: skip
    fitted = {name: m.fit(split.known, products, stated) for name, m in models.items()}
    return hit_rates(hits_by_case(fitted, split), "popularity").set_index(["model", "history"])


def test_popularity_counts_lines_by_hand():
    model = Popularity().fit(BOUGHT, PRODUCTS)
    assert model.popularity_.tolist() == pytest.approx(np.array([3, 3, 2, 3, 1]) / 12)
    assert model.recommend([1], k=5)["product_id"].tolist()[-1] == 21


def test_stated_categories_come_first_and_those_never_mentioned_last():
    model = StatedPreferences().fit(BOUGHT, PRODUCTS, STATED)
    shown = model.recommend([1, 9], k=5)
    assert shown.loc[shown["customer_id"] == 1, "product_id"].tolist() == [20, 21, 10, 11, 12]
    assert shown.loc[shown["customer_id"] == 9, "product_id"].tolist()[:2] == [20, 21]


def test_a_profile_is_pulled_towards_everybody_by_hand():
    """Customer 3: one line, of books. Shares of toys 8/12, books 4/12; weights 1 and 1."""
    model = OwnHistory(1.0, 1.0).fit(BOUGHT, PRODUCTS)
    books = (1 + 4 / 12) / 2
    expected = [(1 + books * 3 / 4) / 2, books / 4 / 2]
    assert model.score([3])[0, 3:].tolist() == pytest.approx(expected)
    assert model.score([3]).sum() == pytest.approx(1)


def test_cosines_of_products_by_hand():
    """10 and 11 share both of their customers, 10 and 12 one of two: 1 / sqrt(2 * 1)."""
    model = ItemToItem().fit(BOUGHT, PRODUCTS)
    similarity = model.similarity_.toarray()
    assert similarity[0].tolist() == pytest.approx([0, 1, np.sqrt(0.5), 0, 0])
    assert np.array_equal(similarity, similarity.T)
    assert model.score([1])[0].tolist() == pytest.approx([1, 1, np.sqrt(2), 0, 0], abs=1e-6)


def test_only_the_strongest_neighbours_stay():
    similarity = ItemToItem(neighbours=1).fit(BOUGHT, PRODUCTS).similarity_.toarray()
    assert (similarity > 0).sum(axis=1).tolist() == [1, 1, 1, 0, 0]
    assert similarity[0, 1] == pytest.approx(1)


def test_each_half_step_of_als_solves_the_equation_of_the_paper():
    """Equation (4) for one customer, written out with a diagonal matrix."""
    model = ImplicitALS(factors=2, confidence=5.0, penalty=0.3, seed=1).fit(BOUGHT, PRODUCTS)
    y = model.item_factors_
    bought = np.array([1.0, 1, 1, 0, 0])
    confidence = np.diag(1 + 5.0 * bought)
    x = np.linalg.solve(y.T @ confidence @ y + 0.3 * np.eye(2), y.T @ confidence @ bought)
    assert model.score([2])[0] == pytest.approx(y @ x, abs=1e-6)


def test_als_never_loses_by_alternating_and_its_loss_is_that_of_the_paper():
    model = ImplicitALS(factors=2, confidence=5.0, penalty=0.3, rounds=8, seed=1)
    model.fit(BOUGHT, PRODUCTS)
    assert np.diff(model.loss_).max() <= 1e-9
    counts = model.history_.counts.toarray()
    x, y = model._solve(model.history_.counts, model.item_factors_), model.item_factors_
    direct = ((1 + 5 * counts) * ((counts > 0) - x @ y.T) ** 2).sum()
    direct += 0.3 * ((x**2).sum() + (y**2).sum())
    assert model._loss(model.history_.counts, x, y) == pytest.approx(direct)


def test_als_finds_two_groups_of_taste():
    """Two blocks of customers and products: nobody is shown the other block."""
    chance = np.random.default_rng(3)
    who = np.repeat(np.arange(200), 5)
    what = chance.integers(0, 10, 1_000) + 10 * (who % 2)
    bought = pd.DataFrame({"customer_id": who, "product_id": what})
    shown = ImplicitALS(factors=2).fit(bought).recommend(range(200), k=5)
    assert ((shown["product_id"] >= 10) == (shown["customer_id"] % 2 == 1)).mean() > 0.99


def test_weights_of_a_hybrid_choose_the_member_by_history():
    weights = pd.DataFrame({"popularity": [1.0, 0, 0, 0, 0], "items": [0.0, 1, 1, 1, 1]}, HISTORY)
    model = Hybrid((("popularity", Popularity()), ("items", ItemToItem())), weights)
    model.fit(BOUGHT, PRODUCTS)
    items = ItemToItem().fit(BOUGHT, PRODUCTS)
    assert (
        model.recommend([2, 3], 1)["product_id"].tolist()
        == items.recommend([2, 3], 1)["product_id"].tolist()
    )
    assert model.recommend([77], 1)["product_id"].tolist() == [10]


@pytest.mark.parametrize("model", ALL, ids=lambda m: type(m).__name__)
class TestEveryRecommender:
    """What holds whatever the method."""

    def test_lists_are_ordered_and_of_the_right_length(self, model, market):
        split, products, stated = market
        own = clone(model).fit(split.known, products, stated)
        who = [*split.held_out["customer_id"].unique()[:50], -5]
        shown = own.recommend(who, k=7)
        assert shown["customer_id"].unique().tolist() == who
        assert (shown.groupby("customer_id")["rank"].apply(list).map(len) == 7).all()
        assert not shown.duplicated(["customer_id", "product_id"]).any()
        falls = shown.groupby("customer_id")["score"].diff().dropna()
        assert (falls <= 0).all()

    def test_a_customer_without_history_gets_a_list(self, model, market):
        split, products, stated = market
        own = clone(model).fit(split.known, products, stated)
        best = Popularity().fit(split.known, products).recommend([-5], k=10)
        assert own.recommend([-5], k=10)["product_id"].tolist() == best["product_id"].tolist()

    def test_what_was_bought_can_be_left_out(self, model):
        own = clone(model).fit(BOUGHT, PRODUCTS, STATED)
        shown = own.recommend([1, 2], k=5, new_only=True)
        assert set(shown.loc[shown["customer_id"] == 2, "product_id"]) == {20, 21}
        assert set(shown.loc[shown["customer_id"] == 1, "product_id"]) == {12, 20, 21}

    def test_blocks_do_not_matter(self, model, market, monkeypatch):
        split, products, stated = market
        own = clone(model).fit(split.known, products, stated)
        who = split.known["customer_id"].unique()[:40]
        whole = own.recommend(who, k=5)
        monkeypatch.setattr("crmlab.analytical.recommend.base._BLOCK", 500)
        pd.testing.assert_frame_equal(own.recommend(who, k=5), whole)

    def test_ids_may_be_strings(self, model):
        bought = BOUGHT.assign(customer_id="c" + BOUGHT["customer_id"].astype(str))
        stated = STATED.assign(customer_id="c" + STATED["customer_id"].astype(str))
        named = clone(model).fit(bought, PRODUCTS, stated).recommend(["c2", "c3"], k=3)
        numbered = clone(model).fit(BOUGHT, PRODUCTS, STATED).recommend([2, 3], k=3)
        assert named["product_id"].tolist() == numbered["product_id"].tolist()

    def test_parameters_behave_as_scikit_learn_expects(self, model):
        name = type(model).__name__
        check_parameters_default_constructible(name, model)
        check_no_attributes_set_in_init(name, model)
        check_get_params_invariance(name, model)
        check_set_params(name, model)


def test_all_that_look_at_the_customer_beat_popularity_in_the_market(rates):
    """Categories follow each person's needs; every one of these finds that out."""
    for name in ("stated", "own", "items", "als", "hybrid"):
        assert rates.loc[(name, "all"), "lead_low"] > 0, name
        assert rates.loc[(name, "8 and more"), "hit_rate"] > 0.25, name


def test_without_a_history_only_statements_help(rates):
    none = rates.xs("none", level="history")
    assert none.loc["stated", "lead_low"] > 0.05
    for name in ("own", "items", "als"):
        assert none.loc[name, "hit_rate"] == none.loc["popularity", "hit_rate"]


def test_what_one_did_overtakes_what_one_said(rates):
    """The longer the history, the more the profile leads; statements stay as good as they were."""
    lead = rates.loc["own", "hit_rate"] - rates.loc["stated", "hit_rate"]
    assert lead["none"] < -0.05
    assert lead["8 and more"] > 0.02


def test_a_hybrid_is_never_far_below_the_best_of_its_members(rates):
    both = rates["hit_rate"].unstack("model")
    best = both[["popularity", "stated", "own"]].max(axis=1)
    assert (both["hybrid"] > best - 0.04).all()
    assert both.loc["all", "hybrid"] >= best["all"] - 0.005


def test_the_profile_learns_that_there_is_a_taste_for_categories_but_none_for_products(market):
    """The market draws a category by the person's needs and the product in it by chance."""
    split, products, _ = market
    weights = OwnHistory().fit(split.known, products).weights_
    assert weights["category"] <= 10
    assert weights["product"] >= 100


def test_nothing_beats_popularity_where_all_tastes_are_alike():
    """The null: every line drawn alike for everybody, so that a lead can only be chance."""
    chance = np.random.default_rng(5)
    share = chance.dirichlet(np.full(30, 2.0))
    orders = pd.DataFrame({"customer_id": np.repeat(np.arange(1_500), 6)})
    orders["order_id"] = np.arange(len(orders))
    orders["ordered_at"] = np.datetime64("2024-01-01", "s") + orders.index * np.timedelta64(1, "h")
    lines = orders[["order_id"]].assign(product_id=chance.choice(30, len(orders), p=share))
    split = last_order_out(purchases(lines, orders))
    products = pd.DataFrame({"product_id": range(30), "category": np.arange(30) % 5})
    models = {"popularity": Popularity(), "own": OwnHistory(), "items": ItemToItem(),
              "als": ImplicitALS()}  # fmt: skip
    fitted = {name: m.fit(split.known, products) for name, m in models.items()}
    found = hit_rates(hits_by_case(fitted, split), "popularity")
    assert (found["lead_low"] <= 0).all()


def test_bad_input_is_answered_with_a_remedy():
    with pytest.raises(ValueError, match="products must be given"):
        OwnHistory().fit(BOUGHT)
    with pytest.raises(ValueError, match="stated must be given"):
        StatedPreferences().fit(BOUGHT, PRODUCTS)
    with pytest.raises(ValueError, match=r"stated.category must be one of .*, got 'toy'"):
        StatedPreferences().fit(BOUGHT, PRODUCTS, STATED.assign(category="toy"))
    with pytest.raises(ValueError, match="bought must have the column 'product_id'"):
        Popularity().fit(BOUGHT[["customer_id"]])
    with pytest.raises(ValueError, match="bought must hold at least one line"):
        Popularity().fit(BOUGHT.iloc[:0])
    with pytest.raises(ValueError, match="products must hold every product bought, 20 is missing"):
        Popularity().fit(BOUGHT, PRODUCTS[:3])
    with pytest.raises(ValueError, match="products must have one row a product, got 10 twice"):
        Popularity().fit(BOUGHT, pd.concat([PRODUCTS, PRODUCTS]))
    with pytest.raises(ValueError, match="k must be between 1 and 5, got 6"):
        Popularity().fit(BOUGHT, PRODUCTS).recommend([1], k=6)
    with pytest.raises(ValueError, match="customers must be there once each, got 1"):
        Popularity().fit(BOUGHT, PRODUCTS).recommend([1, 1], k=1)
    with pytest.raises(ValueError, match="category_weight must be a finite number > 0, got 0"):
        OwnHistory(category_weight=0).fit(BOUGHT, PRODUCTS)
    with pytest.raises(ValueError, match="penalty must be a finite number > 0"):
        ImplicitALS(penalty=0).fit(BOUGHT)
    with pytest.raises(ValueError, match="members must have names of their own"):
        Hybrid().fit(BOUGHT)
    uneven = pd.DataFrame({"popularity": 0.5}, HISTORY)
    with pytest.raises(ValueError, match="each row must add up to 1"):
        Hybrid((("popularity", Popularity()),), uneven).fit(BOUGHT)
    once = BOUGHT.drop_duplicates("customer_id")
    with pytest.raises(ValueError, match="nobody has ordered twice"):
        Hybrid((("items", ItemToItem()),)).fit(once)
    with pytest.raises(ValueError, match="weights must have the columns"):
        Hybrid((("items", ItemToItem()),), uneven).fit(BOUGHT)

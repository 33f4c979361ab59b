"""Tastes within a category: whom they move to what, and that without them nothing changes."""

import numpy as np
import pandas as pd
import pytest

from crmlab.market.messages import relevance_of
from crmlab.market.packs import VOICES, scenario
from crmlab.market.run import simulate
from crmlab.market.tastes import product_chances, taste_match

TASTY = scenario("retail").replace(**VOICES)


@pytest.fixture(scope="module")
def world():
    return _world(TASTY)


def _world(sc):
    from crmlab.chance import Chance
    from crmlab.market.engine import Engine
    from crmlab.policy import as_policy

    root = Chance(3)
    engine = Engine(
        sc, 400, 4, root.split("people"), root.split("luck"), root.split("policy"),
        as_policy(None), None, None,
    )  # fmt: skip
    return engine.world


def test_chances_follow_the_inner_product(world):
    """By hand for one person and category: a multinomial logit."""
    from crmlab.market.tastes import product_places

    chances = product_chances(world, np.array([5]), np.array([2]))[0]
    liking = np.exp(product_places(world)[2] @ world.people.tastes[5] * TASTY.taste_strength)
    assert chances == pytest.approx(liking / liking.sum())


def test_people_buy_their_favourites_more_often():
    run = simulate(TASTY, 3_000, 40, 3)
    flat = simulate(TASTY.replace(taste_strength=0.0), 3_000, 40, 3)
    repeats = []
    for one in (run, flat):
        lines = one.records.order_lines.merge(one.records.orders, on="order_id")
        pairs = lines.groupby(["customer_id", "product_id"]).size()
        repeats.append((pairs * (pairs - 1)).sum())
    assert repeats[0] > 1.5 * repeats[1]


def test_tastes_move_products_and_nothing_else():
    one, other = (simulate(TASTY.replace(taste_strength=x), 500, 30, 3) for x in (0.0, 1.0))
    pd.testing.assert_frame_equal(one.records.orders, other.records.orders)
    lines, moved = one.records.order_lines, other.records.order_lines
    assert (lines["value_eur"] == moved["value_eur"]).all()
    category = one.records.products.set_index("product_id")["category"]
    assert (category[lines["product_id"]].array == category[moved["product_id"]].array).all()
    assert (lines["product_id"] != moved["product_id"]).mean() > 0.5


def test_only_the_favourite_is_as_relevant_as_its_category(world):
    who = np.repeat(7, 12)
    shown = np.arange(1, 13)
    match = taste_match(world, who, shown)
    assert match.max() == 1.0 and match.min() < 0.5
    plain = relevance_of(_world(TASTY.replace(taste_strength=0.0)), who, shown)
    assert relevance_of(world, who, shown) == pytest.approx(plain * match)


def test_the_whole_assortment_is_no_matter_of_taste(world):
    assert taste_match(world, np.arange(5), np.zeros(5, dtype=int)) == pytest.approx(1.0)

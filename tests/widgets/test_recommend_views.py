"""The live view of lab 08: a kind, a length, and what is hit."""

import numpy as np
import pytest

from crmlab.analytical.recommend import hits_by_case
from crmlab.experiments.hits_and_margins import by_history
from crmlab.experiments.next_product import BEHAVIOUR, GROUP, POPULARITY
from crmlab.experiments.recommending import Shop
from crmlab.widgets.recommend_views import which_recommender


@pytest.fixture(scope="module")
def shop():
    return Shop(customers=900, weeks=30, seed=3)


@pytest.fixture
def view(shop):
    return which_recommender(shop)


def test_it_starts_with_the_group_and_ten_products(view):
    assert view.values == {"kind": GROUP, "length": 10}
    assert view.reading.title.startswith("Group-based, list of 10: ")


def test_the_lines_are_the_hit_rates_of_the_choice_and_of_best_sellers(view, shop):
    view.controls["kind"].value, view.controls["length"].value = BEHAVIOUR, 3
    rates = by_history(hits_by_case(shop.taught((POPULARITY, BEHAVIOUR)), shop.split, 3))
    drawn = {line.get_label(): line.get_ydata() for line in view.figure.axes[0].get_lines()}
    for label, kind in (("your choice", BEHAVIOUR), ("best-sellers for all", POPULARITY)):
        shown = np.asarray(drawn[label])
        assert shown[np.isfinite(shown)] == pytest.approx(100 * rates[kind].to_numpy())


def test_one_product_is_one_category(view):
    view.controls["length"].value = 1
    assert ", list of 1: " in view.reading.title
    assert "A customer sees 1.0 categories" in view.reading.text


def test_no_axis_moves_when_the_choice_changes(view):
    before = view.figure.axes[0].get_ylim()
    view.controls["kind"].value = POPULARITY
    assert view.figure.axes[0].get_ylim() == before

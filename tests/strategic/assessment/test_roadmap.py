"""A knapsack by hand and against all possibilities, and what goes with profit."""

import itertools

import numpy as np
import pandas as pd
import pytest

from crmlab.strategic.assessment import importance, roadmap

NAMES = ["analysis", "culture", "targeting"]


def test_the_best_set_is_found():
    """Against every way to deal six packages to three capabilities."""
    reality = pd.Series([0.1, 0.5, 0.3], NAMES)
    worth = pd.Series([50.0, 120.0, 70.0], NAMES)
    found = roadmap(reality, worth, 600.0, 100.0, 250.0)

    def value(dealt):
        closed = 1 - np.exp(-np.array(dealt) * 100.0 / 250.0)
        return (worth.to_numpy() * (1 - reality.to_numpy()) * closed).sum()

    best = max((d for d in itertools.product(range(7), repeat=3) if sum(d) <= 6), key=value)
    dealt = found.table["packages"].reindex(NAMES, fill_value=0).tolist()
    assert tuple(dealt) == best
    assert found.table["worth_eur"].sum() == pytest.approx(value(best))


def test_nothing_comes_before_what_it_rests_on():
    """Targeting is worth more, but rests on analysis."""
    reality = pd.Series(0.2, NAMES)
    worth = pd.Series([50.0, 1.0, 80.0], NAMES)
    rests = {"targeting": ("analysis",)}
    order = list(roadmap(reality, worth, 400.0, 100.0, 200.0, rests).plan)
    assert order.index("analysis") < order.index("targeting")


def test_what_is_worth_nothing_gets_nothing():
    """And what is at 1 neither."""
    reality = pd.Series([0.2, 1.0, 0.2], NAMES)
    plan = roadmap(reality, pd.Series([10.0, 99.0, -5.0], NAMES), 300.0, 100.0, 200.0).plan
    assert plan == {"analysis": 300.0}
    assert roadmap(reality, pd.Series([10.0, 1.0, 1.0], NAMES), 50.0, 100.0, 200.0).plan == {}


def test_importance_finds_the_weights_of_a_linear_world():
    """Two hundred firms whose profit is known to the cent."""
    x = pd.DataFrame(np.random.default_rng(1).random((200, 3)), columns=NAMES)
    found = importance(x, x @ pd.Series([3.0, 0.0, -1.0], NAMES), shrink=0.0)
    assert found.round(6).tolist() == [3.0, 0.0, -1.0]
    assert importance(x, x["analysis"], shrink=1e6).abs().max() < 0.01


def test_bad_input_is_named():
    """As a student meets it."""
    s = pd.Series(0.2, NAMES)
    with pytest.raises(ValueError, match="package_eur must be > 0, got 0"):
        roadmap(s, s, 10.0, 0.0, 1.0)
    with pytest.raises(ValueError, match="as many firms, got 3 and 2"):
        importance(pd.DataFrame({"analysis": [1.0, 2.0, 3.0]}), pd.Series([1.0, 2.0]))

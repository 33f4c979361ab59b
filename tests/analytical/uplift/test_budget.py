"""Whom to treat: by hand, never at a loss, within the budget, and near the best there is."""

import itertools

import numpy as np
import pandas as pd
import pytest

from crmlab.analytical.uplift import choose


def test_the_best_by_eur_come_first_by_hand():
    """Gains 4, 2 and 3 at costs 2, 2 and 1: per EUR 2, 1 and 3; 3 EUR pay for two of them."""
    effects = pd.Series([0.6, 0.4, 0.4, -0.1], index=list("abcd"))
    choice = choose(effects, value=10.0, cost=[2.0, 2.0, 1.0, 1.0], budget=3.0)
    assert choice.customers.tolist() == ["c", "a"]
    assert (choice.cost_eur, choice.gain_eur) == (3.0, pytest.approx(7.0))
    assert choice.table["treat"].to_dict() == {"a": True, "b": False, "c": True, "d": False}


def test_without_a_budget_everybody_who_is_worth_it_is_treated():
    choice = choose([0.3, 0.1, 0.05, -0.2], value=10.0, cost=1.0)
    assert choice.customers.tolist() == [0]
    assert choose([0.3, -0.1]).customers.tolist() == [0]


def test_nobody_is_treated_at_a_loss_however_much_money_is_left():
    choice = choose([-0.1, 0.0, 0.05], value=10.0, cost=1.0, budget=1e9)
    assert len(choice.customers) == 0
    assert repr(choice).startswith("treat 0 of 3 customers for 0.00 EUR")


def test_who_is_too_dear_is_passed_over():
    choice = choose([5.0, 9.0, 2.5], value=1.0, cost=[1.0, 3.0, 1.0], budget=2.0)
    assert choice.customers.tolist() == [0, 2]


def test_ten_cents_ten_times_are_one_euro():
    """Sums of costs in floats must not lose the last customer."""
    assert len(choose(np.ones(10), value=1.0, cost=0.1, budget=1.0).customers) == 10


def greedy(effects, cost, budget):
    """The rule, customer by customer."""
    gain, left, chosen = effects - cost, budget, set()
    for i in sorted(range(len(effects)), key=lambda i: -gain[i] / cost[i]):
        if gain[i] > 0 and cost[i] <= left:
            chosen.add(i)
            left -= cost[i]
    return chosen


def test_the_choice_is_that_of_the_rule_customer_by_customer():
    rng = np.random.default_rng(1)
    for _ in range(200):
        effects, cost = rng.normal(1, 2, 30), rng.integers(1, 6, 30) / 4
        budget = float(rng.uniform(0, 10))
        assert set(choose(effects, 1.0, cost, budget).customers) == greedy(effects, cost, budget)


def test_the_choice_misses_the_optimum_by_less_than_one_customer():
    rng = np.random.default_rng(2)
    for _ in range(20):
        effects, cost = rng.uniform(0, 3, 9), rng.uniform(0.5, 2, 9)
        gain = effects - cost
        best = max(
            gain[list(some)].sum()
            for k in range(10)
            for some in itertools.combinations(range(9), k)
            if cost[list(some)].sum() <= 3
        )
        assert best - gain.max() <= choose(effects, 1.0, cost, 3.0).gain_eur <= best + 1e-9


def test_more_budget_with_one_cost_never_gains_less():
    effects = np.random.default_rng(3).normal(size=200)
    gains = [choose(effects, 5.0, 1.0, budget).gain_eur for budget in range(0, 200, 10)]
    assert gains == sorted(gains)
    spent = [choose(effects, 5.0, 1.0, budget).cost_eur for budget in range(0, 200, 10)]
    assert all(cost <= budget for cost, budget in zip(spent, range(0, 200, 10), strict=True))


def test_a_million_customers_take_a_moment():
    effects = np.random.default_rng(4).normal(size=1_000_000)
    choice = choose(effects, 10.0, np.abs(effects) + 0.1, 10_000.0)
    assert choice.cost_eur <= 10_000.0 + 1e-6


def test_values_are_matched_by_customer():
    effects = pd.Series([1.0, 1.0], index=["a", "b"])
    value = pd.Series([5.0, 1.0, 9.0], index=["b", "a", "z"])
    assert choose(effects, value, cost=2.0).customers.tolist() == ["b"]


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="cost must be >= 0, got -1"):
        choose([1.0, 2.0], cost=[1.0, -1.0])
    with pytest.raises(ValueError, match="budget must be a finite number >= 0, got -5"):
        choose([1.0], budget=-5)
    with pytest.raises(ValueError, match="effects must be finite, got nan"):
        choose([1.0, np.nan])
    with pytest.raises(ValueError, match=r"value must be one number a customer, shape \(2,\)"):
        choose([1.0, 2.0], value=[1.0, 2.0, 3.0])

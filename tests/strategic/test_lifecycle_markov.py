"""Values of recency states: by hand, by properties, and found again."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.strategic.lifecycle.markov import (
    RecencyChain,
    chain_value,
    chances_by_silence,
    predicted_total,
    silent_periods,
)


def orders_of(*rows):
    """Orders as (customer, day of 2024) with a margin of 10 EUR."""
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta([d for _, d in rows], "D")
    return pd.DataFrame(
        {"customer_id": [c for c, _ in rows], "ordered_at": days, "margin_eur": 10.0}
    )


def test_two_states_by_hand():
    """bought = 36 + (bought + silent)/2.5, silent = -4 + 0.2 bought."""
    value = RecencyChain([0.5, 0.25], 40.0, 4.0).values(0.25)
    assert value.to_numpy() == pytest.approx([34.4 / 0.52, 0.2 * 34.4 / 0.52 - 4, 0.0])


def test_the_retention_model_is_the_chain_with_one_state():
    """m / (1 - r/(1+d)), as everybody writes it."""
    assert RecencyChain([0.8], 10.0).values(0.1)["bought"] == pytest.approx(10 / (1 - 0.8 / 1.1))


def test_many_periods_come_to_the_value_for_ever():
    chain = RecencyChain([0.4, 0.2, 0.1], 20.0, 1.0)
    assert chain.values(0.05, 2_000).to_numpy() == pytest.approx(chain.values(0.05).to_numpy())
    assert chain.values(0.05, 1).to_numpy() == pytest.approx(chain.rewards.to_numpy())
    assert chain.residual(0.05, 0).to_numpy() == pytest.approx(0)


def test_a_simulated_customer_brings_what_the_state_is_worth():
    """The expectation of many lives of the chain itself, undiscounted, over ten periods."""
    chain, rng = RecencyChain([0.5, 0.3], 1.0), np.random.default_rng(3)
    state, total = np.zeros(40_000, int), np.zeros(40_000)
    for _ in range(10):
        buys = rng.random(len(state)) < np.append(chain.buys, 0.0)[state]
        total += buys
        state = np.where(buys, 0, np.minimum(state + 1, 2))
    found = chain.residual(0.0, 10)["bought"]
    assert abs(total.mean() - found) < 4 * total.std() / 200


def test_more_margin_and_more_chance_never_lower_a_value():
    low, high = RecencyChain([0.3, 0.1], 10.0), RecencyChain([0.3, 0.2], 11.0)
    assert (high.values(0.1) >= low.values(0.1)).all()


def test_contact_stops_where_a_state_is_worth_less_than_nothing():
    """Pruning raises the value of the first state (Pfeifer and Carraway 2000)."""
    chain = RecencyChain([0.3, 0.2, 0.15, 0.05], 40.0, 4.0)
    kept = RecencyChain(chain.buys[: chain.stop_after(0.2)], 40.0, 4.0)
    assert kept.values(0.2)["bought"] > chain.values(0.2)["bought"]
    assert kept.values(0.2).iloc[-2] > 0


def test_pruning_looks_at_every_length():
    """Chances that rise again at the end must not hide that the middle does not pay."""
    chain = RecencyChain([0.3, 0.0, 0.0, 0.0, 0.5], 40.0, 4.0)
    assert chain.stop_after(0.2) == 1


def test_chances_are_counted_by_hand():
    """Ann buys in periods 0, 1 and 3; Bob only in period 0: four periods of four weeks."""
    orders = orders_of(("ann", 1), ("ann", 30), ("ann", 90), ("bob", 2))
    table = chances_by_silence(orders, 16, 4)
    assert table["seen"].tolist() == [3, 2, 1]
    assert table["bought"].tolist() == [1 / 3, 1 / 2, 0.0]
    chain = RecencyChain.fit(orders, 16, period_weeks=4, states=2)
    assert chain.buys == (1 / 3, 1 / 2)
    assert chain.margin_eur == 10.0


def test_silence_is_counted_in_whole_periods():
    orders = orders_of(("ann", 1), ("ann", 100), ("bob", 2), ("eve", 60))
    assert silent_periods(orders, 16, 4).to_dict() == {"ann": 0, "bob": 3, "eve": 1}


def test_what_a_base_will_bring_adds_up_over_its_states():
    chain = RecencyChain([0.5, 0.2], 10.0)
    silent = pd.Series([0, 0, 1, 7])
    value = chain.residual(0.01, 6)
    expected = 2 * value["bought"] + value["silent 1"]
    assert predicted_total(chain, silent, 0.01, 6) == pytest.approx(expected)


def test_with_contracts_nobody_comes_back():
    """The chances of a lost-for-good firm are 0 after one silent period."""
    orders = crm.simulate("subscription", customers=400, weeks=40, seed=3).records.orders
    table = chances_by_silence(orders, 40, 4, range(3))
    assert table["bought"].iloc[0] > 0.8
    assert (table["bought"].iloc[1:] == 0).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: chain_value([[0.8, 0.1], [0, 1]], [1, 0], 0.1), "add up to 1"),
        (lambda: chain_value([[1.0]], [1, 0], 0.1), "shape"),
        (lambda: chain_value([[1.0]], [1.0], 0.0), "discount must be > 0"),
        (lambda: RecencyChain([50, 20], 10.0), "percentages"),
        (lambda: RecencyChain([], 10.0), "at least one"),
        (lambda: chances_by_silence(orders_of(("a", 200)), 4, 4), "before"),
    ],
)
def test_bad_input_is_answered_with_a_remedy(call, words):
    with pytest.raises(ValueError, match=words):
        call()

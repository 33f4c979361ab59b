"""The reckoning of winning and keeping, against what came."""

import pandas as pd
import pytest

from crmlab.experiments.lifecycle_allocation import (
    CARE_CELLS,
    EXTRA_CELLS,
    Budget,
    Firm,
    best_share,
    customer_worth,
    discount_a_term,
)
from crmlab.market.packs import scenario

BOX = scenario("subscription")


@pytest.fixture(scope="module")
def firm():
    return Firm("subscription", customers=600, weeks=52, seed=3)


def test_trials_count_what_the_market_did(firm):
    winning, keeping = firm.trials["winning"], firm.trials["keeping"]
    assert winning["spend_eur"].tolist() == list(EXTRA_CELLS)
    assert keeping["spend_eur"].tolist() == list(CARE_CELLS)
    people = firm.run.truth.people
    assert winning["won"].sum() == (people["pool_id"] == 1).sum()
    lost = (people.loc[people["pool_id"] == 0, "left_at"]).notna().sum()
    assert (keeping["tried"] - keeping["won"]).sum() == lost


def test_the_winning_curve_is_found_again(firm):
    """The trial is large: each share within four standard errors of the market's."""
    from crmlab.market.acquisition import conversion

    cells = firm.trials["winning"]
    for spend, tried, won in cells.itertuples(index=False):
        true = conversion(BOX, 1, spend)
        assert abs(won / tried - true) < 4 * (true * (1 - true) / tried) ** 0.5


def test_equity_is_value_times_share_won_less_cost(firm):
    by_hand = 0.08 * firm.true_customer(0.5) - BOX.pool_contact_eur[0]
    assert firm.true_equity(0.0, 0.5) == pytest.approx(by_hand)
    assert firm.surface([0.0], [0.5]).loc[0.5, 0.0] == pytest.approx(by_hand)


def test_a_customer_without_care_is_worth_what_the_truth_expects():
    """The mean of many lives, within four standard errors of the expectation."""
    from crmlab.market.run import simulate
    from crmlab.strategic.lifecycle import acquire

    worth = customer_worth(BOX, 1, 52, 5, 0.0)
    run = simulate(BOX, 1, 52, 5, acquire({1: 16_000 * 2.4}, weeks=1))
    won = run.truth.people.query("pool_id == 1")
    gap = won["realised_value_eur"] - won["expected_value_eur"]
    assert worth == pytest.approx(won["realised_value_eur"].mean())
    assert abs(gap.mean()) < 4 * gap.std() / len(gap) ** 0.5


def test_care_costs_what_is_spent_where_it_moves_nobody():
    """Without any effect the loss is the care itself, discounted: a little over 12 renewals."""
    null = BOX.replace(care_pull=0.0)
    quiet, cared = (customer_worth(null, 1, 52, 5, eur) for eur in (0.0, 1.0))
    assert 5 < quiet - cared < 12
    assert quiet - customer_worth(null, 1, 52, 5, 2.0) == pytest.approx(
        2 * (quiet - cared), rel=1e-6
    )


def test_care_for_newcomers_costs_less_than_for_all():
    null = BOX.replace(care_pull=0.0)
    assert customer_worth(null, 1, 52, 5, 1.0, 3) > customer_worth(null, 1, 52, 5, 1.0)


def test_the_top_of_a_parabola_by_hand():
    assert best_share(pd.Series([1.0, 3.0, 2.0], [0.4, 0.6, 0.8])) == pytest.approx(0.6333333)
    assert best_share(pd.Series([1.0, 2.0, 3.0], [0.4, 0.6, 0.8])) == 0.8


def test_a_budget_that_wins_nobody_and_keeps_nobody_is_lost():
    null = BOX.replace(care_pull=0.0, pool_conversion=(0.0,) * 4)
    small = Budget(400.0, 50, weeks=12)
    profit = small.by_share(null, (0.5, 1.0), 3)
    assert profit[1.0] < -1_000 and profit[1.0] <= profit[0.5]


def test_a_term_is_discounted_by_its_weeks():
    year = BOX.replace(contract_weeks=52)
    assert discount_a_term(year) == pytest.approx(1.1 ** (52 / (365.25 / 7)) - 1)


@pytest.mark.parametrize(
    ("about", "words"),
    [({"customers": 3}, "customers"), ({"pool": 5}, "pool"), ({"weeks": 1}, "weeks")],
)
def test_bad_input_is_answered(about, words):
    with pytest.raises(ValueError, match=words):
        Firm("subscription", **about)

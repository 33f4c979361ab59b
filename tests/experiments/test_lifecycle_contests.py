"""Lifecycle rules against each other: what is the same in all of them, and what null means."""

import numpy as np
import pytest

from crmlab.experiments import lifecycle_contests as contests
from crmlab.experiments.lifecycle_truth import gone_by, one_life
from crmlab.market.packs import scenario
from crmlab.market.run import simulate

BOX = scenario("subscription")


def test_both_rules_of_selection_spend_the_same():
    found = contests.pools_compared(BOX, customers=300, budget_eur=1_000.0, seed=3)
    assert found["pool_id"].isin([1, 2, 4]).all()
    assert (found["margin_per_eur"] * 1_000).to_numpy() == pytest.approx(
        found["margin_eur"].to_numpy()
    )


def test_in_null_nobody_is_won_saved_or_called():
    null = scenario("subscription/null")
    assert (contests.pools_compared(null, 200, 500.0, 3)["margin_eur"] == 0).all()
    offers = contests.offers_compared(null, 200, 40, 3, rules=("notices", "everybody"))
    assert (offers["margin_eur"] == 0).all() and offers.loc["everybody", "redeemed_eur"] > 0
    assert (contests.leads_compared(null, ("urgent",), weeks=30, seed=3)["calls"] == 0).all()


def test_every_order_of_calls_makes_as_many():
    found = contests.leads_compared(BOX, ("first come", "newest", "urgent"), 10, 40, 3)
    assert len(set(found["calls"])) == 1
    assert found.loc["urgent", "won"] > found.loc["first come", "won"]


def test_learned_chances_fall_with_urgency():
    chance = contests.learned_chances(BOX, seed=4)
    assert chance["now", 0] > chance["soon", 0] > chance["later", 0]


def test_offers_to_everybody_send_most_letters():
    found = contests.offers_compared(BOX, 300, 40, 3)
    assert found["letters"].is_monotonic_increasing
    assert found.loc["everybody", "redeemed_eur"] > found.loc["notices", "redeemed_eur"]


def test_with_contracts_both_models_are_the_same():
    found = contests.models_compared("subscription", 400, seed=3)["error"]
    assert found[contests.RETENTION] == pytest.approx(found[contests.MIGRATION])


def test_in_a_shop_the_migration_model_expects_more():
    found = contests.models_compared("retail", 600, seed=3)["expected_eur"]
    assert found[contests.MIGRATION] > found[contests.RETENTION]


def test_points_of_retention_come_as_ordered():
    found = contests.worth_with_retention(BOX, 5.0, 13, customers=2_000, seed=3)
    assert found["kept_more"] - found["kept"] == pytest.approx(0.05)
    assert found["value_more_eur"] > found["value_eur"]
    more = contests.worth_with_retention(BOX, 10.0, 13, customers=2_000, seed=3)
    assert more["rise"] > found["rise"]


def test_the_value_before_is_the_truth():
    """The closed form is that of the market itself."""
    people = simulate(BOX, 2_000, BOX.intake_weeks, 3).truth.people
    found = contests.worth_with_retention(BOX, 5.0, 13, customers=2_000, seed=3)
    assert found["value_eur"] == pytest.approx(people["expected_lifetime_value_eur"].mean())


def test_of_a_rare_leaving_only_half_can_be_kept():
    found = contests.worth_with_retention(BOX.replace(cancel_alpha=0.05), 5.0, 1, 2_000, 3)
    assert found["kept_more"] == pytest.approx((1 + found["kept"]) / 2)


def test_care_that_moves_nobody_is_reckoned_as_a_loss():
    gain = contests.care_reckoned_and_true(BOX.replace(care_pull=0.0), 4.0, 4_000, 3)
    assert gain["true"] < -20


def test_gone_is_what_the_truth_says():
    run = simulate("retail", 200, 40, 3)
    gone = gone_by(run, 30)
    assert gone.sum() == (run.truth.people["left_at"] < run.records.as_of(30).now).sum()


def test_a_life_is_told_in_order_and_ends_once():
    run = simulate(BOX, 200, 60, 3)
    customer = run.records.notices["customer_id"].iloc[0]
    life = one_life(run.records, customer, until=60)
    assert life["what"].iloc[0] == "first box"
    assert life["at"].is_monotonic_increasing
    assert (life["what"] == "no renewal").sum() <= 1
    orders = run.records.orders.query("customer_id == @customer")
    assert np.nansum(life["margin_eur"]) == pytest.approx(orders["margin_eur"].sum())

"""The truth beside the outputs: shares, and what more evidence does to them."""

import pytest

import crmlab as crm
from crmlab.experiments import value_chain as truth
from crmlab.experiments import value_chain_gains as gains
from crmlab.experiments import value_chain_links as links
from crmlab.strategic.value_chain import ValueChain


@pytest.fixture(scope="module")
def run():
    return crm.simulate("retail", 600, 52, 7, ValueChain())


def test_more_evidence_is_more_often_right(run):
    table = truth.accuracy_by_evidence(run)
    assert table["right"].iloc[-1] > table["right"].iloc[0]
    assert table["customers"].sum() == len(truth.known_and_true(run))


def test_accuracy_is_the_share_that_is_right(run):
    known = truth.known_and_true(run)
    assert truth.accuracy(run) == pytest.approx((known["believed"] == known["true"]).mean())


def test_shares_are_shares(run):
    assert 0 < truth.misclassified(run, 39) < 1
    assert 0 < truth.fit(run) < 1


def test_who_has_left_brings_nothing(run):
    assert truth.true_margin(run, 50).eq(0).sum() > truth.true_margin(run, 20).eq(0).sum()


def test_the_view_from_the_firm_has_four_rows(run):
    assert len(truth.beside_the_truth(run, 39)) == 4


def test_a_step_is_taken_up_to_one():
    market = links.uneven_firm(3)
    better = links.reality(links.raised_by(market, {"leadership": 0.3, "culture": 2.0}))
    assert better["culture"] == 1.0
    assert better["leadership"] == pytest.approx(links.reality(market)["leadership"] + 0.3)


def test_spreading_takes_as_many_points():
    market = links.uneven_firm(3)
    steps = links.spread("people", 0.4, market)
    assert sum(steps.values()) == pytest.approx(0.8)
    assert len(steps) == 20


def test_nothing_at_stake_nothing_gained():
    market = links.uneven_firm(3).replace(ability_strength=0.0)
    assert links.focus_over_spread(market, "people", 0.4, 7) == 0.0


def test_the_stored_table_is_what_a_world_gives():
    """One firm anew; a changed market makes the stored table stale."""
    seed = int(gains.stored("weakest link").index[0])
    market = links.uneven_firm(seed, "weakest link")
    plan = links.steps_for("people", gains.STEP)
    gain = links.profit(links.raised_by(market, plan), seed) - links.profit(market, seed)
    assert gains.stored("weakest link").loc[seed, "people"] == pytest.approx(gain, abs=1e-3)


def test_gains_have_the_nine_elements():
    assert len(gains.gains("independent")) == 9
    assert list(gains.conditions_apart_and_together().index) == list(links.MIXES)

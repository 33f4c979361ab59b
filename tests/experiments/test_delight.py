"""Delight that wears off, processes cut off, and what is behind a quality."""

from crmlab.experiments import amrad_truth, delight, process_cuts
from crmlab.experiments.capability_values import described_market
from crmlab.market.packs import scenario


def test_care_that_does_nothing_holds_nobody():
    market = scenario("retail").replace(care_pull=0.0)
    assert (delight.held(market, delight.STEADY, 1, 300, 60) == 0).all()


def test_the_same_money_in_the_long_run():
    spent = [
        delight.lived(scenario("retail"), every, 200, 78, 1).ledger.query("cause == 'care'")["eur"]
        for every in (delight.STEADY, delight.SELDOM)
    ]
    assert 0.8 < spent[0].sum() / spent[1].sum() < 1.25


def test_care_without_habit_keeps_customers():
    market = scenario("retail")
    gone = [
        delight.lived(market, every, 600, 80, 1).truth.people["left_at"].notna().sum()
        for every in (delight.STEADY, 0)
    ]
    assert gone[0] < gone[1]


def test_losses_are_of_each_process():
    found = process_cuts.losses(scenario("retail"), 1, customers=100, weeks=30)
    assert found.index.tolist() == list(process_cuts.PROCESSES)


def test_a_better_capability_never_costs_the_quality_behind_it():
    table = amrad_truth.true_drivers(described_market(), 1, 1, customers=300, weeks=60)
    rows = table.loc[["relevancy", "access", "dialogue"]]
    assert (rows["after"] > rows["before"]).all()

"""Policies on accounts: when they decide, for whom, and only once where once is enough."""

import pytest

import crmlab as crm
from crmlab.strategic.portfolio import one_strategy, random_strategies, seven_strategies
from crmlab.tables import QUARTER_WEEKS, STRATEGIES


def weeks_of(run):
    """The weeks in which a run's strategies were carried out."""
    at = run.records["treatments"]["at"]
    return set(((at - at.dt.normalize().min()).dt.days // 7 + 26).unique())


@pytest.fixture(scope="module")
def run():
    return crm.simulate("b2b", 60, 66, 3, seven_strategies())


def test_the_list_decides_once_a_quarter_from_half_a_year_on(run):
    assert weeks_of(run) == {26, 39, 52, 65}


def test_every_decision_of_the_list_can_be_carried_out(run):
    assert not len(run.records["refusals"])


def test_nobody_is_re_engineered_twice(run):
    done = run.records["treatments"].query("strategy == 're-engineer'")
    assert len(done) and not done["customer_id"].duplicated().any()


@pytest.mark.parametrize("kind", STRATEGIES)
def test_one_strategy_is_given_to_all_whom_it_fits_and_to_nobody_else(kind):
    run = crm.simulate("b2b", 40, 53, 3, one_strategy(kind))
    assert set(run.records["treatments"]["strategy"].astype(str)) <= {kind}
    assert not len(run.records["refusals"])


def test_lots_are_the_policys_own_and_the_same_again():
    one, two = (crm.simulate("b2b", 60, 53, 3, random_strategies()) for _ in range(2))
    assert one.records["treatments"].equals(two.records["treatments"])
    assert one.records["treatments"]["strategy"].nunique() >= 6
    assert not len(one.records["refusals"])


def test_dear_strategies_are_chosen_less():
    market = crm.scenario("b2b")
    dear = market.replace(strategy_eur=tuple(50 * eur for eur in market.strategy_eur))
    cheap, poor = (crm.simulate(m, 60, 53, 3, seven_strategies()) for m in (market, dear))
    counts = [r.records["treatments"]["strategy"].value_counts() for r in (cheap, poor)]
    assert counts[1]["protect"] < counts[0]["protect"]
    assert counts[1]["start"] < counts[0]["start"]


def test_a_start_is_a_whole_number_of_weeks():
    with pytest.raises(TypeError, match="start_week must be a whole number, got 2.5"):
        one_strategy("protect", 2.5)
    with pytest.raises(ValueError, match="kind must be one of"):
        one_strategy("guard")
    assert QUARTER_WEEKS == 13

"""The contest of rules, and what becomes of a firm that ends its loss makers."""

import pytest

import crmlab as crm
from crmlab.experiments.claims import claim
from crmlab.experiments.strategy_contest import (
    DEALT,
    LIST,
    NOTHING,
    ending,
    for_all,
    league,
    only,
    outcome,
    rules,
    word_of_mouth,
)
from crmlab.strategic.portfolio import one_strategy
from crmlab.tables import STRATEGIES


def test_gains_are_paired_with_doing_nothing():
    table = league(worlds=2, seed=4, customers=30, weeks=40, errors={"normal": 1.0},
                   names=[for_all("harvest")])  # fmt: skip
    cmp = crm.compare(
        {"nothing": None, "harvest": one_strategy("harvest")},
        "b2b", customers=30, weeks=40, worlds=2, seed=4,
    )  # fmt: skip
    expected = cmp.table.set_index("policy").loc["harvest"]
    found = table.iloc[0]
    assert found["gain_eur"] == pytest.approx(expected["difference_eur_per_customer"])
    assert found["low"] == pytest.approx(expected["low"])
    assert found["spent_eur"] == 0


def test_every_rule_has_a_name_of_its_own():
    assert {for_all(k) for k in STRATEGIES} | {only(k) for k in STRATEGIES} < set(rules())
    with pytest.raises(ValueError, match="names must be one of"):
        league(names=["guess"])


def test_outcomes_say_what_strategies_cost():
    profit, spent = outcome(crm.scenario("b2b"), for_all("protect"), 5, 30, 40)
    run = crm.simulate("b2b", 30, 40, 5, one_strategy("protect"))
    assert (profit, spent) == (run.profit / 30, 1_500 * len(run.records["treatments"]) / 30)


def test_at_full_cost_more_customers_are_ended_and_fixed_cost_stays():
    table = ending(customers=50, weeks=78, seed=5)
    wide = table.pivot(index="quarter", columns="rule", values="customers")
    assert (wide["full_profit_eur"] <= wide["profit_eur"]).all()
    assert (wide["profit_eur"] <= wide[NOTHING]).all()
    assert table["fixed_eur"].round().nunique() == 1


def test_quarters_add_up_to_the_ledger():
    table = ending(customers=50, weeks=78, seed=5)
    run = crm.simulate("b2b", 50, 78, 5)
    late = run.ledger.query("week >= 26")["eur"].sum()
    assert table.loc[table["rule"] == NOTHING, "profit_eur"].sum() == pytest.approx(late)
    stays = (run.truth.accounts["status"] == "customer").sum()
    assert table.loc[table["rule"] == NOTHING, "customers"].iloc[-1] == stays


def test_the_more_neighbours_hear_the_less_ending_brings():
    table = word_of_mouth(heard=(0.0, 0.5), worlds=1, seed=5, customers=50, weeks=78)
    assert table["gain_eur"].is_monotonic_decreasing
    assert table["own_eur"].nunique() <= 2


def test_nobody_can_be_chosen_well_where_no_strategy_does_anything():
    one = claim("list-beats-the-lot")
    null = one.scenario("null")
    found = [sum(outcome(null, rule, 5, 30, 53)) for rule in (LIST, DEALT)]
    assert found[0] == pytest.approx(found[1])

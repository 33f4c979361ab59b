"""Outputs of the stages: by hand, and from a firm that is able or not."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.experiments.capability_values import described_market
from crmlab.records import Records
from crmlab.strategic.value_chain import (
    STAGES,
    STRATEGIES,
    ChainPlan,
    ValueChain,
    agreement,
    by_partner,
    by_tier,
    completeness,
    expected_margin,
    outputs,
    portfolio,
)
from crmlab.strategic.value_chain.outputs import bought_again

CHAIN = ValueChain(plan=ChainPlan(improve_eur=0.0))


def records(reality):
    return crm.simulate(described_market(reality), 500, 52, 7, CHAIN).records


@pytest.fixture(scope="module")
def poor():
    return records(0.2)


def test_an_able_firm_makes_more_at_every_stage(poor):
    able = outputs(records(1.0), 52)
    assert list(able.index) == list(STAGES)
    assert able.between(0, 1).all()
    assert (able > outputs(poor, 52)).all()


def test_partners_are_told_apart(poor):
    table = by_partner(poor)
    assert table["deliveries"].sum() == len(poor.deliveries)
    kept = (poor.deliveries["delivered_at"] <= poor.deliveries["promised_at"]).mean()
    mean = (table["on_time"] * table["deliveries"]).sum() / table["deliveries"].sum()
    assert mean == pytest.approx(kept)


def test_a_profile_can_be_complete_where_departments_disagree(poor):
    assert completeness(poor).mean() == 1.0
    assert agreement(poor) < 0.5


def test_tiers_add_up_to_the_base(poor):
    table = by_tier(poor, 39)
    assert list(table.index) == list(STRATEGIES)
    assert table["share"].sum() == pytest.approx(1)
    assert table.loc["most valuable", "of_margin"] > table.loc["most valuable", "share"]


def test_too_early_to_tell_customers_apart(poor):
    with pytest.raises(ValueError, match="thirty customers"):
        by_tier(poor, 1)


def test_what_a_firm_does_not_hold_is_not_counted():
    days = pd.to_datetime(["2024-01-02", "2024-03-03"])
    log = pd.DataFrame({"who": [1, 1], "on": days, "eur": [10.0, 20.0]})
    held = Records.from_transactions(log, customer="who", date="on", value="eur")
    assert np.isnan(agreement(held))
    assert by_partner(held).empty


def test_buyers_who_bought_again_by_hand():
    days = pd.to_datetime(["2024-01-10", "2024-02-10", "2024-02-20", "2024-05-01"])
    orders = pd.DataFrame({"customer_id": [1, 2, 3, 2], "ordered_at": days})
    assert bought_again(orders, np.datetime64("2024-07-01")) == pytest.approx(1 / 3)


def test_under_contract_the_last_quarter_counts():
    days = pd.to_datetime(["2024-01-01", "2024-06-03", "2024-06-10"])
    orders = pd.DataFrame({"customer_id": [1, 2, 2], "ordered_at": days, "margin_eur": 13.0})
    many = pd.concat([orders.assign(customer_id=orders["customer_id"] + 10 * i) for i in range(40)])
    margin = expected_margin(many, np.datetime64("2024-07-01"), contract=True)
    assert margin.loc[[1, 2]].tolist() == [0.0, 2.0]


def test_nobody_is_in_a_tier_while_nothing_is_known():
    assert portfolio(pd.Series(dtype=float)).empty

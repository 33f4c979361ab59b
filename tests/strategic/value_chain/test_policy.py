"""The chain as a policy: what each stage does, and what it leaves alone."""

import dataclasses

import numpy as np
import pytest

import crmlab as crm
from crmlab.experiments.capability_values import described_market
from crmlab.strategic.value_chain import STAGES, ChainPlan, ValueChain

OFF = ValueChain(**dict.fromkeys(STAGES, False))


def lived(policy, market="retail", weeks=40, **options):
    return crm.simulate(market, 300, weeks, 7, policy, **options)


def only(stage):
    return dataclasses.replace(OFF, **{stage: True})


@pytest.fixture(scope="module")
def whole():
    return lived(ValueChain())


@pytest.mark.parametrize("stage", ["portfolio", "network"])
def test_analysis_that_nobody_uses_changes_nothing(stage):
    nothing, alone = lived(OFF), lived(only(stage))
    assert alone.profit == nothing.profit


def test_intimacy_alone_asks_and_is_pure_cost():
    alone = lived(only("intimacy"))
    assert len(alone.records.questions) > 0
    assert (alone.records.messages["product_id"] == 0).all()


def test_without_intimacy_all_are_shown_the_same_thing_in_a_week(whole):
    sent = lived(only("proposition")).records.messages
    assert (sent.groupby("sent_at")["product_id"].nunique() == 1).all()
    late = whole.records.messages.query("sent_at >= '2024-06-01' and channel == 'email'")
    assert late["product_id"].nunique() > 3


def test_letters_go_by_turns_without_a_portfolio_and_to_the_best_with_one():
    turns = lived(only("lifecycle")).records.messages
    letters = turns[turns["channel"] == "post"]["customer_id"].value_counts()
    best = lived(dataclasses.replace(OFF, lifecycle=True, portfolio=True)).records.messages
    chosen = best[best["channel"] == "post"]["customer_id"].value_counts()
    assert letters.max() <= chosen.max()
    assert len(chosen) < len(letters)


def test_the_network_puts_all_money_into_one_partner(whole):
    early, late = (
        set(whole.records.customers.query(q)["channel"].astype(str))
        for q in ("registered_at < '2024-06-20'", "registered_at > '2024-07-08'")
    )
    assert len(late) == 1 < len(early)


def test_only_a_described_firm_is_improved():
    described = lived(ValueChain(), described_market(), 30)
    assert "improving capabilities" in set(described.ledger["cause"])
    assert "improving capabilities" not in set(lived(ValueChain(), weeks=30).ledger["cause"])


@pytest.mark.parametrize("market", ["retail", "subscription", "retail/hostile", "retail/null"])
def test_the_budget_is_kept(market):
    spent = lived(ValueChain(), market, 24, budget_eur=8.0).ledger
    acting = ["messages by email", "messages by post", "questions", "improving capabilities"]
    weekly = spent[spent["cause"].isin(acting)].groupby("week")["eur"].sum()
    assert -weekly.min() <= 8.0 + 1e-9


def test_it_is_the_same_life_twice(whole):
    assert lived(ValueChain()).profit == whole.profit


def test_its_name_says_what_is_on():
    assert repr(ValueChain()) == "value chain"
    assert repr(OFF) == "value chain (no stage)"
    assert repr(only("network")) == "value chain (network)"


def test_a_percentage_in_the_plan_is_refused():
    with pytest.raises(ValueError, match="percentage"):
        ChainPlan(win_share=40)
    with pytest.raises(ValueError, match="letters_every"):
        ChainPlan(letters_every=0)


def test_nobody_is_mailed_without_having_agreed(whole):
    sent = whole.records.messages.query("channel == 'email' and kind == 'newsletter'")
    agreed = whole.records.consents["customer_id"]
    assert np.isin(sent["customer_id"], agreed).all()

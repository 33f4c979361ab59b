"""The five processes as a policy: its switches, its budget, and where it works."""

import pandas as pd
import pytest

import crmlab as crm
from crmlab.experiments.capability_values import described_market
from crmlab.strategic.five_processes import PROCESSES, FiveProcesses, LoopPlan

EARLY = LoopPlan(begins_week=6, review_every=8, learn_every=4)


def sent(run):
    return run.records.messages


def test_its_name_says_what_is_on():
    assert repr(FiveProcesses()) == f"FiveProcesses({', '.join(PROCESSES)})"
    assert repr(FiveProcesses(*[False] * 5)) == "FiveProcesses(no process)"


def test_without_channels_there_is_e_mail_only():
    run = crm.simulate("retail", 300, 30, 2, FiveProcesses(channels=False, plan=EARLY))
    assert set(sent(run)["channel"].astype(str)) == {"email"}


@pytest.mark.parametrize("off", ["value", "information"])
def test_without_value_or_information_mails_show_the_assortment(off):
    run = crm.simulate("retail", 300, 30, 2, FiveProcesses(plan=EARLY, **{off: False}))
    assert (sent(run)["product_id"] == 0).all()


def test_without_performance_there_is_no_trial():
    run = crm.simulate("retail", 300, 30, 2, FiveProcesses(performance=False, plan=EARLY))
    assert (sent(run)["cell"] == 0).all()
    run = crm.simulate("retail", 300, 30, 2, FiveProcesses(plan=EARLY))
    assert (sent(run)["cell"] > 0).any()


def test_before_the_first_review_both_firms_spend_the_same_on_pools():
    spent = []
    for performance in (True, False):
        run = crm.simulate("retail", 300, 13, 2, FiveProcesses(performance=performance, plan=EARLY))
        spent.append(run.ledger.loc[run.ledger["cause"] == "acquisition", "eur"].sum())
    assert spent[0] == spent[1] < 0


@pytest.mark.parametrize("name", ["retail/hostile", "retail/null", "subscription"])
def test_it_works_in_other_markets_within_a_budget(name):
    run = crm.simulate(name, 200, 30, 2, FiveProcesses(plan=EARLY), budget_eur=20.0)
    late = run.ledger[run.ledger["week"] >= 13]  # before it the base arrives, at its own cost
    paid = late[late["cause"].isin(["acquisition", "e-mail", "post", "investment"])]
    assert (paid.groupby("week")["eur"].sum() >= -20.0 - 1e-6).all()


def test_a_described_firm_is_improved_after_a_review():
    run = crm.simulate(described_market(), 200, 30, 2, FiveProcesses(plan=EARLY))
    real = run.truth.capabilities.groupby("capability")["reality"]
    assert (real.last() > real.first()).any()


def test_the_same_customers_have_the_same_luck_until_it_begins():
    early = [
        crm.simulate("retail", 200, 6, 2, FiveProcesses(strategy=s, plan=EARLY)).records.orders
        for s in (True, False)
    ]
    pd.testing.assert_frame_equal(*early)


def test_a_plan_says_what_is_wrong():
    with pytest.raises(ValueError, match="multiple of learn_every, got 26 and 10"):
        LoopPlan(learn_every=10)
    with pytest.raises(ValueError, match="Is this a percentage"):
        LoopPlan(trial_share=10)
    with pytest.raises(ValueError, match="granularity must be one of"):
        LoopPlan(granularity="nano")

"""The policies of a lifecycle do what they say, in the market."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab import policies
from crmlab.strategic.lifecycle import (
    FollowUp,
    acquire,
    at_random,
    care,
    pool_table,
    save_offers,
    select_pool,
    split_budget,
    win_rates,
)
from crmlab.strategic.lifecycle.leads import ORDERS, calls_made, chance_of
from crmlab.strategic.lifecycle.moves import care_cell, care_trial


def paid(run, cause):
    rows = run.ledger[run.ledger["cause"] == cause]
    return -rows["eur"].sum(), rows["rows"].sum()


def test_acquiring_spends_what_was_said():
    run = crm.simulate("subscription", 1, 10, 3, acquire({1: 240.0}, weeks=4))
    own = crm.simulate("subscription", 1, 10, 3)
    assert paid(run, "acquisition")[0] - paid(own, "acquisition")[0] == pytest.approx(960)


def test_care_goes_to_each_customer_once_a_term():
    """At most one care row a customer and four weeks, none for those who have left."""
    run = crm.simulate("subscription", 200, 40, 3, care(2.0))
    eur, rows = paid(run, "care")
    assert eur == pytest.approx(2.0 * rows)
    due = crm.strategic.lifecycle.renewals(run.records.orders, 40)
    assert rows == len(due)


def test_care_before_the_first_renewals_only():
    few = paid(crm.simulate("subscription", 200, 40, 3, care(2.0, first=2)), "care")[1]
    due = crm.strategic.lifecycle.renewals(
        crm.simulate("subscription", 200, 40, 3, care(2.0, first=2)).records.orders, 40
    )
    assert few == (due["renewal"] <= 2).sum()


def test_more_care_loses_fewer():
    left = [
        crm.simulate("subscription", 500, 60, 3, care(eur)).truth.people["left_at"].notna().sum()
        for eur in (0.0, 2.0, 8.0)
    ]
    assert left[0] > left[1] > left[2]


def test_a_trial_of_care_keeps_to_its_cells():
    run = crm.simulate("subscription", 300, 30, 3, care_trial((0.0, 1.0, 3.0)))
    ids = run.truth.identity["customer_id"].to_numpy()
    cost = run.truth.identity.merge(run.truth.people, on="person_id")["contact_cost_eur"]
    cell = care_cell(ids, 3)
    assert (cost[cell == 0] == 0).all()
    assert set(np.unique(cost[cell == 2] % 3)) == {0.0}
    assert np.bincount(cell, minlength=3).min() > 60


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 1.0])
def test_a_split_budget_is_kept_to(share):
    """Never more than the budget in a month, and the share for winning is spent on winning."""
    run = crm.simulate("subscription", 1, 24, 3, split_budget(share, 800.0, 1, 100, 2.4))
    spent = run.ledger[run.ledger["cause"].isin(["care", "acquisition"])]
    own = 35.0  # at most, for the one who came by themselves
    assert -spent.groupby("week")["eur"].sum().min() <= 800.0 + own
    won, _ = paid(run, "acquisition")
    assert won == pytest.approx(min(share * 800.0, 800.0) * 6, rel=0.02, abs=own)


def test_save_offers_reach_those_who_gave_notice_and_nobody_else():
    run = crm.simulate("subscription", 500, 60, 3, save_offers("notices", 10.0))
    sent = run.records.messages
    assert len(sent) > 20
    told = run.records.notices.rename(columns={"at": "told_at"})
    both = sent.merge(told, on="customer_id")
    fits = (both["told_at"] < both["sent_at"]) & (both["ends_at"] >= both["sent_at"])
    assert set(both.loc[fits, "message_id"]) == set(sent["message_id"])


def test_offers_to_everybody_reach_each_once_a_term():
    run = crm.simulate("subscription", 200, 40, 3, save_offers("everybody", 5.0))
    due = crm.strategic.lifecycle.renewals(run.records.orders, 40)
    assert len(run.records.messages) == len(due)
    early = crm.simulate("subscription", 200, 40, 3, save_offers("early", 5.0, early_renewals=2))
    due = crm.strategic.lifecycle.renewals(early.records.orders, 40)
    assert len(early.records.messages) == (due["renewal"] <= 2).sum()


@pytest.mark.parametrize("by", [o for o in ORDERS if o != "learned"])
def test_nobody_is_called_twice(by):
    run = crm.simulate("subscription", 1, 30, 3, FollowUp(by, 15, {1: 150.0}, weeks=20))
    rows = run.ledger[run.ledger["cause"] == "calls to leads"]["rows"]
    assert rows.max() <= 15
    assert rows.sum() <= len(run.records.leads)
    assert not (run.records.refusals["kind"] == "work_lead").any()


def test_urgent_cards_are_called_before_the_others():
    """With few calls, only cards that say now are called after the first weeks."""
    called = {}

    class Listening:
        policy = FollowUp("urgent", 3, {1: 150.0}, weeks=12)

        def start(self, seed):
            return self.policy.start(seed)

        def decide(self, view, state):
            decision, after = self.policy.decide(view, state)
            called.update({int(i): view.now for i in after[len(state) :]})
            return decision, after

    run = crm.simulate("subscription", 1, 14, 3, Listening())
    table = calls_made(run.records, called)
    assert (table["urgency"] == "now").all() and len(table) == 3 * 11
    assert table["won"].sum() == (run.truth.people["pool_id"] == 1).sum()


def test_learned_shares_are_drawn_towards_their_urgency():
    calls = pd.DataFrame(
        {"urgency": ["now"] * 4 + ["later"] * 2, "age_weeks": [0, 0, 1, 1, 0, 0],
         "won": [True, True, False, False, False, False]}
    )  # fmt: skip
    chance = win_rates(calls, smooth=2.0)
    assert chance["now", 0] == 0.75 and chance["now", 1] == 0.25
    assert chance["later", 0] == 0.0
    assert chance["soon", 0] == round(1 / 3, 4)
    assert chance_of(chance, np.array(["now"]), np.array([9.7])).tolist() == [0.25]


def test_the_pool_table_is_counted_by_hand():
    start = pd.Timestamp("2024-01-01")
    weeks = [0, 1, 2, 41, 41, 42]
    registered = start + pd.to_timedelta(np.array(weeks) * 7, "D")
    customers = pd.DataFrame(
        {"customer_id": range(6), "registered_at": registered,
         "channel": ["search", "search", "social", "search", "social", "social"]}
    )  # fmt: skip
    orders = pd.DataFrame(
        {"customer_id": [0, 0, 1, 2, 3], "margin_eur": [5.0, 5.0, 2.0, 9.0, 99.0]}
    )
    pools = pd.DataFrame(
        {"pool_id": [1, 2], "channel": ["search", "social"], "cost_eur": [2.0, 1.0]}
    )
    table = pool_table(customers, orders, pools, pilot_week=40, pilot=100)
    assert table["won"].tolist() == [1, 2]
    assert table["price_eur"].tolist() == [200.0, 50.0]
    assert table["worth_eur"].tolist() == [6.0, 9.0]
    assert table["worth_per_eur"].tolist() == [0.03, 0.18]


def test_a_budget_goes_into_one_pool():
    run = crm.simulate("subscription", 300, 60, 3, select_pool("price", 2_000.0, pilot=200))
    late = run.truth.people.query("born_at >= @run.records.as_of(52).now")
    assert len(set(late["pool_id"])) == 1


def test_the_lottery_sends_as_many_of_each_kind_in_each_week():
    staged, drawn = (
        crm.simulate("retail/null", 300, 30, 3, p).records.messages
        for p in (policies.lifecycle(2), at_random(policies.lifecycle(2)))
    )
    count = [m.groupby([m["sent_at"].dt.floor("D"), "kind"], observed=True).size()
             for m in (staged, drawn)]  # fmt: skip
    assert count[0].sum() > 100
    assert count[0].to_dict() == count[1].to_dict()
    assert set(zip(staged["customer_id"], staged["sent_at"], strict=True)) != set(
        zip(drawn["customer_id"], drawn["sent_at"], strict=True)
    )


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: split_budget(60, 100.0, 1, 10, 1.0), "percentage"),
        (lambda: save_offers("leavers"), "to must be one of"),
        (lambda: save_offers("notices", 0.0), "offer_eur"),
        (lambda: FollowUp("first"), "Did you mean 'first come'"),
        (lambda: FollowUp("learned"), "chance must be given"),
        (lambda: select_pool("value", 100.0), "by must be one of"),
        (lambda: care(-1.0), "eur"),
        (lambda: acquire({1: -5.0}), "pools"),
    ],
)
def test_bad_input_is_answered_with_a_remedy(call, words):
    with pytest.raises(ValueError, match=words):
        call()

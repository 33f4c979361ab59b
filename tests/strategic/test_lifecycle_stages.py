"""Stages from records, their moves, renewals and funnels."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.strategic.lifecycle import LIFECYCLE, STAGES, funnel, history, standing_of, transitions
from crmlab.strategic.lifecycle.conversion import steps_of, wilson
from crmlab.strategic.lifecycle.renewals import renewals, retention_by_tenure, survivors
from crmlab.strategic.lifecycle.stages import belief_and_truth, dwell_weeks
from crmlab.tables import EPOCH


@pytest.fixture(scope="module")
def shop():
    return crm.simulate("retail", customers=400, weeks=60, seed=3)


@pytest.fixture(scope="module")
def box():
    return crm.simulate("subscription", customers=400, weeks=60, seed=3)


def test_every_customer_stands_somewhere(shop):
    table = standing_of(shop.records, 52)
    assert table["stage"].notna().all() and table["lifecycle"].notna().all()
    assert table["stage"].cat.categories.tolist() == list(STAGES)
    assert table["lifecycle"].cat.categories.tolist() == list(LIFECYCLE)


def test_a_stage_follows_from_orders_and_silence(shop):
    """Each rung by its own rule, for every customer."""
    t = standing_of(shop.records, 30, risk_weeks=8, lost_weeks=20, loyal_orders=4)
    assert (t.loc[t["stage"] == "lost", "quiet_weeks"] > 20).all()
    assert t.loc[t["stage"] == "at risk", "quiet_weeks"].between(8, 20).all()
    assert (t.loc[t["stage"] == "loyal", "orders"] >= 4).all()
    assert t.loc[t["stage"] == "repeat", "orders"].between(2, 3).all()
    assert (t.loc[t["stage"] == "first-time", "orders"] == 1).all()
    assert (t.loc[t["lifecycle"] == "extension", "kinds"] >= 3).all()
    assert ((t["lifecycle"] == "selection") == (t["stage"] == "lost")).all()


def test_stages_know_nothing_of_the_future(shop):
    early = crm.simulate("retail", customers=400, weeks=30, seed=3).records
    pd.testing.assert_frame_equal(standing_of(shop.records, 30), standing_of(early, 30))


def test_by_contract_lost_means_gone(box):
    left = box.truth.people.set_index("person_id")["left_at"]
    owner = box.truth.identity.set_index("customer_id")["person_id"]
    gone = owner.map(left) < box.records.as_of(50).now
    stage = standing_of(box.records, 50, risk_weeks=5, lost_weeks=5)["stage"]
    table = belief_and_truth(stage, gone)
    assert table.loc["lost", "gone"] == 1.0
    assert table["customers"].sum() == len(stage)


def test_who_gives_notice_is_at_risk(box):
    notices = box.records.notices
    week = 40
    now = box.records.as_of(week).now
    told = notices[(notices["at"] < now) & (notices["ends_at"] >= now)]["customer_id"]
    assert len(told)
    stage = standing_of(box.records, week, risk_weeks=5, lost_weeks=5)["stage"]
    assert (stage[told] == "at risk").all()


def test_moves_between_stages_by_hand():
    seen = pd.DataFrame(
        {0: ["first-time", "first-time", None], 4: ["repeat", "lost", "first-time"],
         8: ["repeat", "lost", "at risk"]}
    )  # fmt: skip
    P = transitions(seen)
    assert P.loc["first-time"].to_dict() == pytest.approx(
        {"first-time": 0, "repeat": 1 / 3, "loyal": 0, "at risk": 1 / 3, "lost": 1 / 3}
    )
    assert P.loc["repeat", "repeat"] == P.loc["lost", "lost"] == 1
    assert P.loc["loyal"].sum() == 0


def test_rows_of_moves_add_up_to_one(shop):
    P = transitions(history(shop.records, range(16, 60, 4)))
    assert P.sum(axis=1).isin([0.0]).sum() == 0
    assert P.sum(axis=1).to_numpy() == pytest.approx(1)
    assert dwell_weeks(P, 4.0).min() >= 4


def test_renewals_are_those_of_the_truth(box):
    """As many as were made, and one that was not for each who had left."""
    due = renewals(box.records.orders, 60)
    gone = box.truth.people["left_at"].notna().sum()
    assert (~due["made"]).sum() == gone
    per = due.groupby("customer_id")["made"].agg(["size", "sum"])
    assert ((per["size"] - per["sum"]) <= 1).all()


def test_retention_by_tenure_is_a_count(box):
    due = renewals(box.records.orders, 60)
    table = retention_by_tenure(due, most=3)
    assert table.index.tolist() == [1, 2, 3]
    assert table.loc[1, "due"] == (due["renewal"] == 1).sum()
    assert table.loc[1, "kept"] == due.loc[due["renewal"] == 1, "made"].mean()


def test_survivors_never_rise(box):
    found = survivors(renewals(box.records.orders, 60), 10, until=60)
    assert len(found) == 11 and (np.diff(found) <= 0).all()


def test_survivors_show_the_retention_that_was_there():
    """Contracts signed all along, each renewed with 0.8: of those old enough, 0.8 ** n are left."""
    rng = np.random.default_rng(3)
    begun, made = rng.integers(0, 80, 4_000), rng.geometric(0.2, 4_000) - 1
    who = np.repeat(np.arange(4_000), made + 1)
    term = np.arange(len(who)) - np.repeat(np.cumsum(made + 1) - made - 1, made + 1)
    at = EPOCH + (begun[who] + 4 * term) * np.timedelta64(7, "D")
    due = renewals(pd.DataFrame({"customer_id": who, "ordered_at": at}), 80)
    found = np.array(survivors(due, 5, until=80))
    np.testing.assert_allclose(found[1:] / found[:-1], 0.8, atol=0.03)


def test_a_funnel_by_hand():
    table = funnel({"seen": 200, "asked": 100, "bought": 10})
    assert table["conversion"].tolist()[1:] == [0.5, 0.1]
    assert table["overall"].tolist() == [1.0, 0.5, 0.05]
    assert (table["low"] < table["conversion"]).iloc[1:].all()


def test_wilson_covers_as_often_as_it_says():
    """A share of 0.1 of 60: about 95 of 100 intervals hold it."""
    found = np.random.default_rng(2).binomial(60, 0.1, 20_000) / 60
    low, high = wilson(found, np.full(20_000, 60.0))
    assert 0.93 < np.mean((low <= 0.1) & (high >= 0.1)) < 0.98


def test_steps_never_rise():
    from crmlab.strategic.lifecycle import FollowUp

    run = crm.simulate("subscription", 1, 40, 3, FollowUp("newest", 20, {1: 100.0}, weeks=10))
    steps = steps_of(run.records, addressed=410, weeks=8)
    assert list(steps.values()) == sorted(steps.values(), reverse=True)
    assert steps["customers"] == len(run.truth.people.query("pool_id == 1"))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda r: standing_of(r, 20, risk_weeks=9, lost_weeks=3), "lost_weeks"),
        (lambda r: standing_of(r, 20, loyal_orders=1), "loyal_orders"),
        (lambda r: transitions(history(r, [20])), "two moments"),
        (lambda r: funnel({"a": 1, "b": 2}), "'b' has 2, 'a' has 1"),
        (lambda r: funnel({"a": 0, "b": 0}), "above 0"),
        (lambda r: belief_and_truth(pd.Series(["lost"], [1]), pd.Series([True], [2])), "missing"),
    ],
)
def test_bad_input_is_answered_with_a_remedy(shop, call, words):
    with pytest.raises(ValueError, match=words):
        call(shop.records)

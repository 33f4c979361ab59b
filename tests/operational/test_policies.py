"""The ready policies do what their names say."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab import policies
from crmlab.operational.rules import STAGES, stage_of


def weeks_of(messages):
    """The weeks in which messages were sent."""
    return set((messages["sent_at"] - crm.tables.EPOCH).dt.days // 7)


def test_a_newsletter_goes_by_the_calendar_to_those_who_agreed():
    """Every third week, and nothing is refused."""
    run = crm.simulate("retail", 200, 30, 1, policies.newsletter(3))
    assert weeks_of(run.records.messages) <= set(range(0, 30, 3))
    assert not len(run.records.refusals)


def test_interruption_is_refused_under_an_opt_in_law_and_not_under_an_opt_out_law():
    """The law is the engine's, not the policy's."""
    strict = crm.simulate("retail", 200, 14, 1, policies.interruption(1))
    free = crm.scenario("retail").replace(consent_law="opt-out")
    loose = crm.simulate(free, 200, 14, 1, policies.interruption(1))
    assert set(strict.records.refusals["reason"]) == {"no consent"}
    assert not len(loose.records.refusals)
    assert len(loose.records.messages) > 1.5 * len(strict.records.messages)


def test_random_timing_sends_about_as_many_and_says_how_likely():
    """The propensity is kept with the message."""
    run = crm.simulate("retail", 500, 52, 1, policies.random_timing(26.09))
    even = crm.simulate("retail", 500, 52, 1, policies.newsletter(2))
    assert len(run.records.messages) == pytest.approx(len(even.records.messages), rel=0.1)
    assert np.allclose(run.records.messages["propensity"], 0.5)


def test_conversion_asks_each_single_buyer_once():
    """One message to each, with the offer."""
    sent = crm.simulate("retail", 500, 40, 1, policies.conversion(4, 3.0)).records.messages
    assert sent["customer_id"].is_unique and (sent["offer_eur"] == 3.0).all()
    assert set(sent["kind"]) == {"conversion"}


def test_permission_asks_at_most_as_often_as_it_says():
    """Two requests to those who do not agree, a quarter apart."""
    run = crm.simulate("retail", 300, 60, 1, policies.permission(4, 1.0, asks=2))
    asked = run.ledger.query("cause == 'asking for consent'")["rows"].sum()
    assert 300 < asked + len(run.records.consents.query("origin == 'registration'")) <= 600
    paid = run.ledger.query("cause == 'incentives for consent'")["eur"].sum()
    assert paid == pytest.approx(-len(run.records.consents.query("origin == 'asked'")))


def test_a_sunset_rule_writes_to_fewer_and_loses_fewer_bounces():
    """Those who never open are left alone."""
    keep, drop = (
        crm.simulate("retail", 500, 80, 1, policies.permission(2, sunset_weeks=s)).records
        for s in (None, 12)
    )
    bounces = [len(r.responses.query("event == 'bounce'")) for r in (keep, drop)]
    assert len(drop.messages) < 0.7 * len(keep.messages) and bounces[1] < 0.3 * bounces[0]


def test_stages_follow_recency():
    """By hand: days since the last order, and the number of orders."""
    seen = {}

    def look(view):
        if view.week == 14:
            seen["stage"] = stage_of(view)
            seen["profiles"] = pd.DataFrame(
                {c: view.column("profiles", c) for c in ("orders", "last_ordered_at")}
            )
            seen["now"] = view.now

    crm.simulate("retail", 300, 15, 1, look)
    weeks = (seen["now"] - seen["profiles"]["last_ordered_at"]).dt.total_seconds() / 604_800
    names = np.array(STAGES)[seen["stage"]]
    assert set(names) == set(STAGES)
    assert (weeks[names == "lapsed"] > 12).all() and (weeks[names == "active"] <= 4).all()
    assert (seen["profiles"]["orders"][names == "new"] == 1).all()


def test_sense_and_respond_answers_and_keeps_silent_otherwise():
    """Triggered and conversion messages only, far fewer than a newsletter."""
    run = crm.simulate("retail", 500, 52, 1, policies.sense_and_respond())
    assert set(run.records.messages["kind"]) == {"triggered", "conversion"}
    assert len(run.records.messages) < 5 * 500


def test_policies_together_do_what_each_does():
    """Actions add up; standing orders are kept."""
    both = policies.together(policies.newsletter(4), policies.sense_and_respond())
    kinds = set(crm.simulate("retail", 300, 30, 1, both).records.messages["kind"])
    assert kinds == {"newsletter", "triggered", "conversion"}


@pytest.mark.parametrize("name", policies.__all__)
def test_every_ready_policy_has_a_readable_name(name):
    """repr says what it is, not where it lies in memory."""
    maker = getattr(policies, name)
    arguments = {
        "face": ("collaborative",),
        "one_strategy": ("protect",),
        "standing": ((),),
        "together": (policies.nothing(),),
    }.get(name, ())
    assert "0x" not in repr(maker(*arguments))

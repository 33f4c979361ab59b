"""What the silence of list members means, against the truth."""

import pytest

import crmlab as crm
from crmlab import policies
from crmlab.experiments.permission import TRUE_STATES, list_members


@pytest.fixture(scope="module")
def run():
    return crm.simulate("retail", 400, 60, 3, policies.permission(2, path="preference centre"))


def test_members_are_those_who_agree(run):
    agreed = run.records.profiles["consent"].isin(["opt-in", "opt-down"])
    assert set(list_members(run).index) == set(run.records.profiles["customer_id"][agreed])


def test_where_addresses_live_for_ever_none_is_dead():
    market = crm.scenario("retail").replace(address_decay_per_year=0.0)
    members = list_members(crm.simulate(market, 200, 60, 3, policies.newsletter(2)))
    assert not (members["really"] == "address dead").any()
    assert not members["bounced"].any()


def test_an_address_whose_last_mail_bounced_is_dead_or_was_replaced(run):
    members = list_members(run)
    assert (members.loc[members["bounced"], "really"] == "address dead").mean() > 0.9


def test_whoever_is_a_customer_still_has_not_left(run):
    members = list_members(run)
    person = run.truth.identity.set_index("customer_id")["person_id"]
    left = run.truth.people.set_index("person_id")["left_at"]
    still = members.index[members["really"] == TRUE_STATES[2]]
    assert left.loc[person.loc[still]].isna().all()


def test_longer_silence_is_rarer(run):
    assert list_members(run, 40)["silent"].sum() < list_members(run, 13)["silent"].sum()


def test_silence_takes_time(run):
    with pytest.raises(ValueError, match="quiet_weeks must be > 0, got 0"):
        list_members(run, 0)

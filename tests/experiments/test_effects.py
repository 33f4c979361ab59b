"""Each person's expected effect of a policy."""

import pytest

import crmlab as crm
from crmlab import policies
from crmlab.policy import Actions


def test_nothing_has_no_effect_on_anybody():
    """Two quiet runs differ in nothing."""
    e = crm.effects("retail", None, customers=50, weeks=10, draws=3)
    assert (e == 0).all().all()


def test_in_the_null_market_contact_costs_and_brings_nothing():
    """The margin effect is exactly zero; the cost is that of the messages."""
    e = crm.effects("retail/null", policies.newsletter(1), customers=100, weeks=10, draws=3)
    assert (e["margin_eur"] == 0).all()
    assert e["cost_eur"].sum() > 0
    assert (e["effect_eur"] == -e["cost_eur"]).all()


def test_only_those_who_are_treated_are_affected():
    """Without a shared reputation the effect on the others is exactly zero."""
    sc = crm.scenario("retail").replace(reputation_effect=0.0)
    run = crm.simulate(sc, 200, 20, 3)
    chosen = run.records.customers["customer_id"].iloc[:40].tolist()

    def few(view):
        known = set(view.column("customers", "customer_id"))
        return Actions([c for c in chosen if c in known], channel="post")

    e = crm.effects(sc, few, customers=200, weeks=20, seed=3, draws=4)
    people = run.truth.identity.set_index("customer_id").loc[chosen, "person_id"]
    assert (e.drop(people)["effect_eur"] == 0).all()
    assert (e.loc[people, "effect_eur"] != 0).any()


def test_responsive_people_gain_more_from_messages():
    """The truth's responsiveness shows in the measured effects."""
    e = crm.effects("retail", policies.newsletter(2), customers=400, weeks=26, seed=5, draws=20)
    people = crm.simulate("retail", 400, 26, 5).truth.people.set_index("person_id")
    likes = people["responsiveness"] > 2.5
    assert e.loc[likes, "margin_eur"].mean() > e.loc[~likes, "margin_eur"].mean()


@pytest.mark.parametrize(("name", "value"), [("draws", 1), ("customers", 0), ("weeks", 1.5)])
def test_bad_arguments_are_named(name, value):
    """The message that a student sees."""
    arguments = {"customers": 10, "weeks": 5, "draws": 2} | {name: value}
    with pytest.raises((ValueError, TypeError), match=name):
        crm.effects("retail", None, **arguments)

"""What a report claims beside what messages did, order by order."""

import numpy as np
import pytest

import crmlab as crm
from crmlab.experiments.credit import EARNED, LOST, MISSED, claimed_and_gained, credit
from crmlab.experiments.left_out import leave_out
from crmlab.experiments.per_message import per_message

REMIND = crm.policies.standing((crm.policies.cart_rule(1),))


def lives(scenario="retail", policy=REMIND, customers=800, weeks=30):
    return [crm.simulate(scenario, customers, weeks, 3, p) for p in (policy, None)]


def test_the_kinds_of_orders_add_up_to_both_lives():
    """Caused less lost is what one life has more than the other, in orders and EUR."""
    busy, quiet = lives()
    table = credit(busy, quiet)
    ours, theirs = busy.records.orders, quiet.records.orders
    assert table.loc[[EARNED, MISSED, LOST], "orders"].sum() == len(ours) - len(theirs)
    _, gained = claimed_and_gained(table)
    difference = ours["margin_eur"].sum() - theirs["margin_eur"].sum()
    assert gained == pytest.approx(difference, abs=0.02)
    assert (table["orders"][:3] > 0).all() and table.loc[LOST, "orders"] <= 0


def test_where_nobody_reacts_every_claim_is_false():
    """The null market: clicks happen, orders do not follow from them."""
    table = credit(*lives("retail/null", crm.policies.newsletter(1)))
    claimed, gained = claimed_and_gained(table)
    assert gained == 0
    assert claimed > 0


def test_last_open_claims_more_than_last_click():
    busy, quiet = lives()
    clicks, _ = claimed_and_gained(credit(busy, quiet))
    opens, _ = claimed_and_gained(credit(busy, quiet, event="open"))
    assert opens > clicks


def test_two_worlds_cannot_be_laid_side_by_side():
    busy, _ = lives(customers=50, weeks=6)
    with pytest.raises(ValueError, match="busy and quiet must be runs of one world"):
        credit(busy, crm.simulate("retail", 50, 6, 4))


def test_those_left_out_live_as_without_messages_and_the_others_as_with():
    busy, quiet = lives(customers=300)
    out = quiet.records.customers["customer_id"].sample(frac=0.2, random_state=1)
    records = leave_out(busy, quiet, out)
    assert not records.messages["customer_id"].isin(out).any()
    assert np.allclose(records.messages["propensity"], 0.8)
    for run, mine in ((quiet, True), (busy, False)):
        for name in ("orders", "sessions", "profiles"):
            ours, theirs = records[name], run.records[name]
            ours = ours[ours["customer_id"].isin(out) == mine].reset_index(drop=True)
            theirs = theirs[theirs["customer_id"].isin(out) == mine]
            key = list(theirs.columns[:1])
            assert ours.equals(theirs.sort_values(key, ignore_index=True)), name


def test_nobody_left_out_is_the_busy_life_and_strangers_are_refused():
    busy, quiet = lives(customers=100, weeks=10)
    assert len(leave_out(busy, quiet, []).orders) == len(busy.records.orders)
    with pytest.raises(ValueError, match="customers must be known ids, got -5"):
        leave_out(busy, quiet, [-5])


def test_per_message_divides_what_a_run_gains_by_its_messages():
    """One world by hand."""
    news = crm.policies.newsletter(4)
    table = per_message({"news": news}, customers=200, weeks=20, worlds=1, seed=3)
    busy, quiet = (crm.simulate("retail", 200, 20, 3_000, p) for p in (news, None))
    gain = (busy.profit - quiet.profit) / len(busy.records.messages)
    assert table.loc["news", "eur_per_message"] == pytest.approx(gain)
    assert table.loc["news", "messages"] == len(busy.records.messages) / 200
    assert np.isnan(table.loc["news", "low"])


def test_per_message_of_a_silent_policy_is_zero():
    table = per_message({"nothing": None}, customers=50, weeks=6, worlds=2)
    assert (table.loc["nothing"] == 0).all()

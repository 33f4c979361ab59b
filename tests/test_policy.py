"""How a firm sees and acts."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmlab as crm
from crmlab.policy import Actions, Condition, ConsentPage, Decision, Rule, Standing, as_policy

ODD = st.one_of(
    st.integers(-(2**40), 2**40), st.floats(allow_nan=True), st.text(max_size=3), st.none()
)


def test_scalars_stand_for_every_row():
    """Three targets, one kind."""
    frame = Actions([1, 2, 3], kind="newsletter").to_frame()
    assert len(frame) == 3 and set(frame["kind"]) == {"newsletter"}


def test_actions_survive_a_frame_and_back():
    """Decisions come back from students as tables."""
    one = Actions([5, 6], kind=["newsletter", "ask_consent"], offer_eur=[0.0, 2.0], minute=30)
    pd.testing.assert_frame_equal(Actions.from_frame(one.to_frame()).to_frame(), one.to_frame())


def test_a_capability_is_named_in_words():
    """("firm", "data_quality", "invest") of the design."""
    action = Actions("data_quality", "invest", "firm", spend_eur=500.0)
    assert len(action) == 1
    same = Actions.from_frame(
        pd.DataFrame({"target_id": ["data_quality"], "kind": "invest", "target_kind": "firm"})
    )
    assert same.target_id[0] == action.target_id[0]


@given(st.lists(ODD, max_size=4), ODD, ODD)
@settings(max_examples=200, deadline=None)
def test_odd_actions_are_refused_with_a_reason_or_carried_out(ids, offer, minute):
    """Nothing but ValueError, and never silently another action."""
    try:
        actions = Actions(ids, offer_eur=offer, minute=minute)
    except (ValueError, TypeError, OverflowError) as error:
        assert str(error)
    else:
        assert len(actions) == len(ids)
        assert np.isfinite(actions.column("offer_eur")).all()


@given(st.lists(st.integers(0, 2**31 - 1), max_size=5), st.integers(0, 10_079))
@settings(max_examples=20, deadline=None)
def test_every_action_is_carried_out_or_refused(ids, minute):
    """Rows in are messages and refusals out."""

    def act(view):
        known = view.column("customers", "customer_id")[:3]
        return Actions([*ids, *known], minute=minute) if view.week == 13 else None

    run = crm.simulate("retail", 20, 15, 1, act)
    assert len(run.records.messages) + len(run.records.refusals) == len(ids) + 3


def test_policies_that_remember_carry_their_state():
    """start and decide; the policy object itself does not change."""

    class Twice:
        def start(self, seed):
            return 2

        def decide(self, view, left):
            if view.week < 20 or not left:
                return Decision(), left
            return Decision(Actions(view.agreed())), left - 1

    run = crm.simulate("retail", 100, 30, 1, Twice())
    assert run.records.messages["sent_at"].nunique() == 2


def test_standing_orders_stay_until_replaced():
    """None keeps what was there."""
    first = Standing(rules=(Rule("order"),), consent_page=ConsentPage("plain"))
    both = first.then(Standing(consent_page=ConsentPage("preference centre")))
    assert both.rules == first.rules and both.consent_page.path == "preference centre"


def test_a_view_knows_nothing_of_the_truth():
    """Only observed tables and columns can be asked for."""

    def peek(view):
        for table, column in (("people", "order_rate"), ("orders", "person_id")):
            with pytest.raises(ValueError, match="must be one of"):
                view.column(table, column)
        with pytest.raises(ValueError, match="has no categories"):
            view.codes("orders", "value_eur")
        assert view.budget_eur == 10 and view.prices.email_eur > 0

    crm.simulate("retail", 10, 2, 1, peek, budget_eur=10)


def test_the_budget_is_spent_by_priority():
    """With money for two letters, the two with the highest priority go out."""

    def letters(view):
        if view.week != 13:
            return None
        ids = view.column("customers", "customer_id")
        return Actions(ids, channel="post", priority=np.arange(len(ids)))

    run = crm.simulate("retail", 30, 14, 1, letters, budget_eur=1.6)
    sent = run.records.messages["customer_id"]
    assert len(sent) == 2 and len(run.records.refusals) == 28
    assert set(run.records.refusals["reason"]) == {"beyond the budget"}


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Rule("cart left"), "Did you mean 'cart abandoned'"),
        (lambda: Rule("order", delay_minutes=-1), "delay_minutes must be a finite number >= 0"),
        (lambda: Condition("city", "==", 1), "column must be one of"),
        (lambda: ConsentPage("hidden"), "path must be one of"),
        (lambda: Actions([1], channel="e-mail"), "Did you mean 'email'"),
        (lambda: Actions(5), "one-dimensional"),
        (lambda: Actions([1, 2], offer_eur=[1, 2, 3]), "offer_eur must be one value or 2"),
        (lambda: crm.policies.newsletter(0), "every_weeks must be a whole number >= 1"),
        (lambda: crm.policies.permission(2, incentive_eur=-1), "incentive_eur must be"),
    ],
)
def test_bad_input_is_explained(make, words):
    """The message that a student sees."""
    with pytest.raises(ValueError, match=words):
        make()


def test_what_is_no_policy_is_refused():
    """A class, a number."""
    with pytest.raises(TypeError, match="Call it"):
        as_policy(Rule)
    with pytest.raises(TypeError, match="policy must be None"):
        as_policy(7)

"""The expected effect of a letter, against many lives."""

import numpy as np
import pytest

import crmlab as crm
from crmlab.experiments.letter import expected_effects
from crmlab.experiments.treatment import letters, product_of
from crmlab.policy import Plain

WEEK, WEEKS = 20, 4


def gained(market, category, customers=60_000):
    """What a letter to everybody changed in one life, by customer, and what was expected."""
    letter = Plain(
        lambda view: (
            letters(view.column("customers", "customer_id"), product_of(category))
            if view.week == WEEK
            else None
        )
    )
    quiet, busy = (crm.simulate(market, customers, WEEK + WEEKS, 5, p) for p in (None, letter))
    true = expected_effects(quiet, WEEK, category, WEEKS)
    owner = quiet.truth.identity.set_index("customer_id")["person_id"].loc[true.index]
    return owner.map(busy.person_value) - owner.map(quiet.person_value), true, (quiet, busy)


@pytest.mark.parametrize("category", ["outdoor", None])
def test_the_expectation_is_the_mean_of_many_lives(category):
    """In each fifth by expected effect, within what luck allows; values are discounted a little."""
    gain, true, _ = gained("retail", category)
    moved = true[true["margin_eur"] > 0]
    fifth = np.ceil(moved["margin_eur"].rank() / len(moved) * 5)
    got = gain.loc[moved.index].groupby(fifth).agg(["mean", "sem"])
    expected = moved["margin_eur"].groupby(fifth).mean()
    assert (abs(got["mean"] - expected) < 3.3 * got["sem"] + 0.05 * expected).all()


def test_the_probability_of_an_order_is_the_share_who_order():
    """With a letter and without one."""
    _, true, runs = gained("retail", "outdoor")
    for run, expected in zip(runs, (true["buys"], true["buys"] + true["buys_more"]), strict=True):
        orders = run.records.orders
        late = orders.loc[orders["ordered_at"] >= run.records.as_of(WEEK).now, "customer_id"]
        assert true.index.isin(late).mean() == pytest.approx(expected.mean(), abs=0.002)


def test_who_has_left_is_not_moved():
    """No order with a letter, none without."""
    true = expected_effects(crm.simulate("retail", 500, 24, 3), 20)
    gone = true[~true["here"]]
    assert len(gone) and (gone.drop(columns="here") == 0).all().all()


def test_where_nobody_reacts_nothing_is_expected():
    """The null market."""
    true = expected_effects(crm.simulate("retail/null", 300, 24, 3), 20)
    assert (true[["margin_eur", "buys_more"]] == 0).all().all()


def test_some_buy_less_after_a_letter():
    """A negative responsiveness is a negative effect, and the other way round."""
    run = crm.simulate("retail/hostile", 500, 24, 3)
    true = expected_effects(run, 20)
    person = run.truth.identity.set_index("customer_id")["person_id"].loc[true.index]
    likes = person.map(run.truth.people.set_index("person_id")["responsiveness"])
    here = true["here"]
    assert (np.sign(true["margin_eur"][here]) == np.sign(likes[here])).all()


def test_more_weeks_never_change_what_is_bought_without_a_letter_for_the_less():
    """The probability of an order grows with the time that it has."""
    run = crm.simulate("retail", 300, 24, 3)
    short, long = (expected_effects(run, 20, weeks=weeks)["buys"] for weeks in (2, 8))
    assert (long >= short).all()


def test_those_who_were_written_to_are_left_out():
    """Their trust and fatigue are no longer what they were."""
    policy = Plain(lambda view: letters(view.column("customers", "customer_id")[:20])
                   if view.week == 15 else None)  # fmt: skip
    run = crm.simulate("retail", 200, 24, 3, policy)
    assert not expected_effects(run, 20).index.isin(run.records.messages["customer_id"]).any()


@pytest.mark.parametrize("change", [{"process": "bg/nbd"}, {"season_amplitude": 0.3}])
def test_other_markets_are_refused(change):
    """The message names what the market has, and where to go."""
    run = crm.simulate(crm.scenario("retail").replace(**change), 100, 24, 3)
    with pytest.raises(ValueError, match=r"Pareto/NBD without seasons.*Elsewhere use"):
        expected_effects(run, 20)

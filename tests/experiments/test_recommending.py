"""A shop that fills its mails in several ways, and the true relevance of what it shows."""

import numpy as np
import pytest

import crmlab as crm
from crmlab.experiments.next_product import ASSORTMENT, BEHAVIOUR, BEST, POPULARITY
from crmlab.experiments.recommending import Shop
from crmlab.experiments.true_relevance import true_relevance
from crmlab.market.packs import VOICES

PLAIN = crm.scenario("retail")


@pytest.fixture(scope="module")
def shop():
    return Shop(customers=1_500, weeks=60, seed=3)


def test_the_favourite_of_the_greatest_need_is_fully_relevant(shop):
    assert shop.relevance.shape == (1_500, 72)
    assert shop.relevance.max(axis=1).to_numpy() == pytest.approx(1.0)
    assert (shop.relevance > 0).all().all()


def test_without_tastes_relevance_is_need_over_greatest_need():
    """By hand from the truth, for every person."""
    run = crm.simulate(PLAIN, 50, 4, 9)
    needs = run.truth.people.set_index("person_id").filter(like="need_")
    owner = run.truth.identity.set_index("customer_id")["person_id"]
    expected = needs.div(needs.max(axis=1), axis=0).loc[owner].to_numpy().repeat(12, axis=1)
    found = true_relevance(PLAIN, 50, 4, 9).loc[owner.index]
    assert found.to_numpy() == pytest.approx(expected)


def test_before_the_first_mail_the_firm_knows_what_it_knows_without_any(shop):
    """So that no kind has learned from its own mails before the comparison begins."""
    run = shop.lived(BEHAVIOUR)
    begin = run.records.as_of(shop.calendar.begin)
    assert begin.orders.equals(shop.records.orders)
    assert begin["messages"].empty


def test_a_life_without_mails_gains_nothing(shop):
    assert shop.gain_eur(shop.quiet) == 0


def test_nobody_who_does_not_react_brings_margin():
    deaf = Shop(crm.scenario("retail/null").replace(**VOICES), customers=400, weeks=40, seed=3)
    for name in (POPULARITY, ASSORTMENT, BEST):
        assert deaf.gain_eur(deaf.lived(name)) == 0


def test_the_oracle_shows_what_is_fully_relevant_and_earns_more(shop):
    best, plain = shop.lived(BEST), shop.lived(POPULARITY)
    assert shop.shown(best)["relevance"].to_numpy() == pytest.approx(1.0)
    assert shop.shown(plain)["relevance"].mean() < 0.5
    assert shop.gain_eur(best) > shop.gain_eur(plain)


def test_a_mail_without_a_product_is_not_shown(shop):
    assert shop.shown(shop.lived(ASSORTMENT)).empty


def test_mails_are_shown_in_the_weeks_of_the_calendar(shop):
    weeks = shop.shown(shop.lived(POPULARITY))["week"].unique()
    assert sorted(weeks) == list(range(26, 60, 2))


def test_longer_lists_hit_more_often(shop):
    hits = shop.offline(ks=(1, 5, 10))
    assert (np.diff(hits.to_numpy(), axis=1) >= 0).all() and hits.to_numpy().max() < 1


def test_unknown_names_and_too_short_lives_are_errors(shop):
    with pytest.raises(ValueError, match="Did you mean 'most relevant'"):
        shop.policy("most relevent")
    with pytest.raises(ValueError, match="weeks must be between 27"):
        Shop(weeks=26)

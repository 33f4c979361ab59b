"""Mails that go to the same people in the same weeks, whatever fills them."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.analytical.recommend import Popularity
from crmlab.experiments.next_product import (
    ALONE,
    Calendar,
    Recommending,
    Showing,
    kinds,
    taught,
)
from crmlab.experiments.recommending import Shop
from crmlab.market.packs import VOICES

MARKET = crm.scenario("retail").replace(**VOICES)
SOON = Calendar(begin=8, every=2, refit=4)


def mails(policy, scenario=MARKET, weeks=20):
    run = crm.simulate(scenario, 300, weeks, 7, policy)
    return run.records.messages


def test_the_calendar_says_when_mails_go_out_and_when_it_learns():
    weeks = range(16)
    assert [w for w in weeks if SOON.issue(w)] == [8, 10, 12, 14]
    assert [w for w in weeks if SOON.learns(w)] == [8, 12]


def test_the_calendar_must_learn_when_mails_go_out():
    with pytest.raises(ValueError, match="refit must be a multiple of every, got 3 and 2"):
        Calendar(refit=3, every=2)
    with pytest.raises(ValueError, match="begin must be between 1"):
        Calendar(begin=0)


def test_all_kinds_write_to_the_same_people_at_the_same_time():
    """Where nobody reacts, not even an address changes: only the product differs."""
    nobody_reacts = crm.scenario("retail/null").replace(**VOICES)
    sent = {name: mails(Recommending(model, SOON), nobody_reacts)
            for name, model in kinds().items()}  # fmt: skip
    first = sent.pop(ALONE[0])
    for other in sent.values():
        pd.testing.assert_frame_equal(
            other.drop(columns="product_id"), first.drop(columns="product_id")
        )
        assert not other["product_id"].equals(first["product_id"])


def test_best_sellers_are_one_product_until_it_learns_anew():
    sent = mails(Recommending(Popularity(), SOON))
    week = (sent["sent_at"] - sent["sent_at"].min()).dt.days // 7
    span = sent.groupby(week // 4)["product_id"]
    assert span.min().equals(span.max())


def test_what_is_shown_depends_on_the_past_only():
    """A longer run shows the same products in its first weeks."""
    policy = Recommending(kinds()["behaviour-based"], SOON)
    short, long = mails(policy, weeks=12), mails(policy, weeks=20)
    pd.testing.assert_frame_equal(long.iloc[: len(short)], short)


def test_the_recommender_given_is_not_fitted():
    model = Popularity()
    mails(Recommending(model, SOON), weeks=9)
    assert not hasattr(model, "popularity_")


def test_before_the_first_order_there_is_nothing_to_show():
    assert mails(Recommending(Popularity(), Calendar(1)), MARKET.replace(intake_weeks=1), 1).empty


def test_products_chosen_elsewhere_are_shown():
    customers = crm.simulate(MARKET, 300, 20, 7).records.customers["customer_id"]
    product = pd.Series(1 + np.arange(len(customers)) % 72, customers)
    sent = mails(Showing(product, SOON))
    assert sent["product_id"].to_numpy().tolist() == product.loc[sent["customer_id"]].tolist()
    assert (mails(Showing(0, SOON))["product_id"] == 0).all()


def test_a_customer_without_a_product_is_an_error():
    with pytest.raises(Exception, match="must have a row for every customer who agreed"):
        mails(Showing(pd.Series([5], [1]), SOON))


def test_an_unknown_kind_is_named():
    shop = Shop(customers=100, weeks=30)
    with pytest.raises(ValueError, match="Did you mean 'group-based'"):
        taught(shop.split, shop.records, ["group based"])

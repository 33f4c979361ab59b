"""The bandit learns which channel a customer reads, and says how it chose."""

import numpy as np

import crmlab as crm
from crmlab.strategic.crm_types import ChannelBandit, OneChannel
from crmlab.strategic.crm_types.channel_choice import reading


def test_a_customer_who_reads_is_told_from_one_who_does_not():
    found = reading(np.array([[6.0], [0.0]]), np.array([[8.0], [8.0]]), as_messages=4.0)
    assert found[0, 0] > 0.5 > found[1, 0]


def test_propensities_are_the_shares_that_they_say():
    run = crm.simulate("retail", 400, 30, 3, ChannelBandit(explore=0.4))
    rare = run.records.messages["propensity"]
    assert rare.between(0, 1).all() and rare.nunique() > 2
    assert 1.0 <= (1 / rare).mean() < 8  # as many as there are channels to draw from


def test_without_exploring_the_best_guess_is_sure():
    run = crm.simulate("retail", 200, 12, 3, ChannelBandit(explore=0.0))
    assert (run.records.messages["propensity"] == 1.0).all()


def test_dear_channels_are_not_tried_on_customers_who_bring_little():
    run = crm.simulate("retail", 400, 30, 3, ChannelBandit(explore=1.0))
    calls = run.records.messages.query("channel == 'phone'")
    margin = run.records.orders.groupby("customer_id")["margin_eur"].sum()
    assert margin.reindex(calls["customer_id"]).fillna(0).min() > 3.5


def test_one_channel_is_one_channel():
    run = crm.simulate("retail", 200, 12, 3, OneChannel("web"))
    assert set(run.records.messages["channel"]) == {"web"}

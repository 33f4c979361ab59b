"""Channels on the same customers: what is read most is not what earns most."""

import pytest

from crmlab.experiments.channel_trials import channels_tried, lived, shares_over_time
from crmlab.market.packs import scenario
from crmlab.strategic.crm_types import ChannelBandit


@pytest.fixture(scope="module")
def tried():
    return channels_tried(customers=300, weeks=20, seed=3, channels=("email", "post", "phone"))


def test_letters_are_read_most_and_do_not_pay(tried):
    assert tried["read"].idxmax() == "post"
    assert tried.loc["post", "profit_eur"] < 0 < tried.loc["post", "sent"]


def test_every_channel_writes_to_the_same_people(tried):
    assert tried.loc["post", "sent"] >= tried.loc["email", "sent"]
    assert list(tried.index) == ["email", "post", "phone", "bandit"]


def test_shares_of_the_channels_add_up():
    run = lived(scenario("retail"), ChannelBandit(), customers=300, weeks=30, seed=3)
    assert shares_over_time(run).sum().round(9).tolist() == [1.0, 1.0]

"""The stored peers are what the market makes today, and the contest of choices."""

import numpy as np
import pandas as pd
import pytest

from crmlab.experiments.capability_values import capability_values, described_market, raised
from crmlab.experiments.improvement_contest import BY_LOT, FOUND, SAID, Firm, weakest_link
from crmlab.experiments.peers import PEERS, draw_firm, peer, peers
from crmlab.market.packs import scenario
from crmlab.tables import CAPABILITIES


def test_the_stored_peers_are_not_stale():
    """Three firms made anew equal their stored rows: run make claims if they do not."""
    table = peers()
    assert len(table) == PEERS
    for seed in (0, 123, 399):
        made = pd.Series(peer(seed))
        np.testing.assert_allclose(made, table.loc[seed, made.index], atol=0.011)


def test_peers_are_like_the_published_assessments():
    """A mean near 35 % (CMAT), managers some 30 points above it, evidence near it."""
    true, found, said = (peers(kind).mean(axis=1) for kind in ("true", "found", "said"))
    assert true.mean() == pytest.approx(0.35, abs=0.03)
    assert (said - true).mean() == pytest.approx(0.3, abs=0.08)
    assert abs((found - true).mean()) < 0.05
    assert 0.3 < peers()["profit_eur"].corr(true) < 0.8  # a moderate association
    with pytest.raises(ValueError, match="kind must be"):
        peers("felt")


def test_a_firm_intends_more_than_it_does():
    """By capability, whatever the seed."""
    for seed in range(20):
        assert all(0 <= real <= intended <= 1 for _, intended, real in draw_firm(seed))


def test_an_improvement_is_worth_what_the_same_customers_bring_more():
    """Nothing where capabilities do nothing; the choice of a way is one of the twenty."""
    firm = Firm(5, described_market().replace(ability_strength=0.0), customers=200, weeks=20)
    assert firm.worth("leadership") == 0.0
    assert firm.choice(BY_LOT) in CAPABILITIES
    assert {firm.choice(SAID), firm.choice(FOUND)} <= set(CAPABILITIES)
    table = firm.contest((SAID,))
    assert table["worth_eur"].tolist() == [0.0]


def test_raising_what_rests_on_a_weak_link_is_worth_nothing():
    """With the weakest link; and nothing is worth anything where capabilities do nothing."""
    chain = described_market().replace(capability_mix="weakest link")
    assert weakest_link(chain, 1) > 0
    assert weakest_link(chain.replace(ability_strength=0.0), 1) == 0.0


def test_values_of_capabilities_are_paired():
    """Raised by a step, held to one; a market without a firm says so."""
    able = {n: r for n, _, r in raised(described_market(), "analysis", 0.9).firm}
    assert able["analysis"] == 1.0
    values = capability_values(step=0.3, customers=150, weeks=20, worlds=2)
    assert set(values.index) == set(CAPABILITIES)
    assert (values["low"] <= values["eur"]).all()
    with pytest.raises(ValueError, match="must describe a firm"):
        capability_values(scenario("retail"))

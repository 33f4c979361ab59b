"""What would be lost: the same years without an account."""

import numpy as np
import pandas as pd
import pytest

from crmlab.experiments import significance
from crmlab.experiments.significance import CHANNELS, FLAGGED, TWINS, VALUABLE, Firm
from crmlab.market.packs import scenario
from crmlab.market.run import simulate
from crmlab.strategic.portfolio import KINDS

B2B = scenario("b2b")
ALONE = B2B.replace(influence=0.0, inspiration_gain=0.0, locked_factor=1.0, scale_economy=0.0)


@pytest.fixture(scope="module")
def firm():
    return Firm("b2b", customers=60, since=39, ahead=39, seed=3)


def largest(firm):
    """The customer that buys most."""
    return firm.table["sales_eur"].idxmax()


def test_value_is_what_accounts_contribute_from_then_on(firm):
    """Two runs of the market, one longer than the other, say the same."""
    market = B2B.replace(discount_per_year=0.0)
    undiscounted = Firm(market, 60, 39, 39, 3)
    parts = [
        simulate(market, 60, weeks, 3).truth.accounts.set_index("account_id")["contribution_eur"]
        for weeks in (78, 39)
    ]
    who = undiscounted.run.truth.account_identity.set_index("customer_id")["account_id"]
    expected = (parts[0] - parts[1]).loc[who.loc[firm.table.index]]
    assert undiscounted.value().to_numpy() == pytest.approx(expected.to_numpy(), abs=0.01)


def test_the_parts_of_significance_add_up_to_the_profit_that_is_lost(firm):
    """Own and others' parts are the difference of two runs of the market."""
    one = largest(firm)
    table = firm.significance([one])
    row = table.loc[one]
    assert row["others_eur"] == pytest.approx(row[list(CHANNELS)].sum())
    assert row["significance_eur"] == pytest.approx(row["own_eur"] + row["others_eur"])
    assert row["significance_eur"] == pytest.approx(firm.loss([one]).sum())
    assert row["own_eur"] == pytest.approx(firm.value()[one])


def test_without_externalities_nobody_is_significant_to_others():
    """The null: others live exactly as they did."""
    firm = Firm(ALONE, 60, 39, 39, 3)
    table = firm.significance(firm.table.index[:6], draws=2)
    assert np.abs(table["others_eur"]).max() < 1e-6


def test_volume_makes_goods_cheaper_for_the_others():
    """With economies of scale alone, all that others lose is margin."""
    firm = Firm(ALONE.replace(scale_economy=0.1), 60, 39, 39, 3)
    row = firm.significance([largest(firm)]).iloc[0]
    assert row["goods_eur"] > 0
    assert row["followers_eur"] <= row["goods_eur"] and row["industry_eur"] >= 0


def test_a_benchmark_is_felt_by_its_followers_only():
    """With influence alone, all that others lose is lost by followers."""
    firm = Firm(ALONE.replace(influence=4.0), 150, 26, 78, 3)
    followed = firm.truth["followers"].where(firm.table["status"] == "customer")
    row = firm.significance([followed.idxmax()]).iloc[0]
    assert row["followers_eur"] > 0
    assert row["others_eur"] == pytest.approx(row["followers_eur"])


def test_losses_of_nobody_are_nothing(firm):
    assert (firm.loss([]) == 0).all()


def test_more_draws_tell_how_sure_one_is(firm):
    """One draw has no standard error; the mean of two is what the two say."""
    one = largest(firm)
    assert np.isnan(firm.significance([one])["error_eur"].item())
    assert firm.significance([one], draws=2)["error_eur"].item() >= 0


def test_true_kinds_are_those_of_the_market(firm):
    """A tenth by value and by volume; benchmarks have followers."""
    kinds = firm.kinds()
    ours = (firm.table["status"] == "customer").sum()
    assert tuple(kinds.columns) == KINDS
    assert kinds[list(KINDS[:2])].sum().tolist() == [round(0.1 * ours)] * 2
    assert (kinds["benchmarks"] == (firm.truth["followers"] > 0)).all()


def test_groups_are_equally_many_and_twins_have_no_sign():
    """Each flagged customer has a twin of about its sales."""
    firm = Firm("b2b", 150, 52, 13, 3)
    groups = significance.groups_to_compare(firm)
    flagged, twins = groups[FLAGGED], groups[TWINS]
    assert len(flagged) == len(twins) == len(groups[VALUABLE]) > 3
    assert not set(flagged) & set(twins)
    sales = [firm.table.loc[g, "sales_eur"].sort_values().to_numpy() for g in (flagged, twins)]
    assert np.corrcoef(*sales)[0, 1] > 0.9
    table = significance.losses(firm)
    assert (table["accounts"] == len(flagged)).all() and table["own_eur"].idxmax() == VALUABLE


def test_industries_count_every_account(firm):
    table = significance.industries(firm)
    count = firm.table["status"].isin(["customer", "prospect"]).sum()
    assert table[["customers", "prospects"]].to_numpy().sum() == count
    assert (table.loc[~table["closed"], "door openers"] == 0).all()


def test_the_table_is_made_of_the_records_of_that_week(firm):
    """Nothing of the years ahead is in it."""
    early = Firm("b2b", customers=60, since=39, ahead=1, seed=3)
    columns = ["sales_eur", "profit_eur", "named_by", "leaving_risk"]
    pd.testing.assert_frame_equal(early.table[columns], firm.table[columns])


def test_an_unknown_account_is_named(firm):
    """The message says where the keys are."""
    with pytest.raises(ValueError, match=r"got 5. firm.table.index lists them"):
        firm.significance([5])
    with pytest.raises(ValueError, match="customers"):
        Firm("b2b", customers=2)

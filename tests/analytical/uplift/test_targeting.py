"""Profile, worth, risk, and what a trial taught."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.analytical.segments import need_shares
from crmlab.analytical.uplift.targeting import learn, profile, risk_of_churn, worth

WEEK = 30


@pytest.fixture(scope="module")
def records():
    return crm.simulate("retail", 1_500, 40, 3).records


def test_need_is_the_share_with_one_even_order_more(records):
    """Somebody with n orders, all outdoor: (n + 1/6) / (n + 1)."""
    known = profile(records, WEEK)
    shares = need_shares(records, WEEK)["share_outdoor"]
    only = shares.index[shares == 1.0][0]
    orders = known.loc[only, "orders"]
    assert known.loc[only, "need"] == pytest.approx((orders + 1 / 6) / (orders + 1))


def test_for_the_whole_assortment_all_need_the_same(records):
    need = profile(records, WEEK, category=None)["need"]
    assert (need == 1 / 6).all()


def test_an_unknown_category_is_named(records):
    with pytest.raises(ValueError, match="category must be one of"):
        profile(records, WEEK, "garage")


def test_nothing_later_is_used(records):
    """Worth and risk of a week are those of records that end there."""
    past = records.as_of(WEEK)
    pd.testing.assert_frame_equal(worth(records, WEEK), worth(past, WEEK))
    pd.testing.assert_series_equal(risk_of_churn(records, WEEK), risk_of_churn(past, WEEK))


def test_those_at_risk_are_worth_less(records):
    risk, value = risk_of_churn(records, WEEK), worth(records, WEEK)["projected_eur"]
    assert risk.corr(value, method="spearman") < -0.3


def test_given_profiles_change_no_risk(records):
    given = risk_of_churn(records, WEEK, profile(records, WEEK))
    assert given.to_numpy() == pytest.approx(risk_of_churn(records, WEEK).to_numpy())


def test_a_plain_effect_is_found_again():
    """A letter that adds 20 points to those who need it, and nothing to the others."""
    rng = np.random.default_rng(4)
    X = pd.DataFrame({"need": rng.random(20_000).round(), "noise": rng.random(20_000)})
    letter = rng.random(20_000) < 0.5
    bought = rng.random(20_000) < 0.1 + 0.2 * letter * X["need"]
    effect = learn(X, pd.DataFrame({"letter": letter, "bought": bought})).predict(X)
    means = effect.groupby(X["need"]).mean()
    assert means.to_numpy() == pytest.approx([0.0, 0.2], abs=0.03)

"""Contracts: renewals, cancelling for good, notices and offers that save."""

import numpy as np
import pytest

from crmlab.analytical import ShiftedBetaGeometric
from crmlab.market.packs import scenario
from crmlab.market.run import simulate
from crmlab.policy import Actions
from crmlab.tables import WEEK_SECONDS

BOX = scenario("subscription")


def invoices(run):
    """Orders that are the first of all or a renewal."""
    place = run.records.orders["order_id"] % 10_000
    return run.records.orders[(place == 0) | (place == 899)]


def test_everybody_is_invoiced_once_a_term_until_they_leave():
    """An invoice every four weeks, at the fee; nothing after the end of the contract."""
    run = simulate(BOX, 300, 60, 3)
    bills = invoices(run)
    assert (bills["value_eur"] == BOX.fee_eur).all()
    gaps = bills.groupby("customer_id")["ordered_at"].diff().dropna().dt.total_seconds()
    assert (gaps == BOX.contract_weeks * WEEK_SECONDS).all()
    people = run.truth.people.merge(run.truth.identity).set_index("customer_id")
    last = run.records.orders.groupby("customer_id")["ordered_at"].max()
    left = people["left_at"].dropna()
    assert len(left) > 20
    assert (last[left.index] <= left).all()


def test_survivors_are_shifted_beta_geometric():
    """The published estimator finds the parameters with which people cancel."""
    run = simulate(BOX.replace(intake_weeks=1), 20_000, 49, 5)
    people = run.truth.people
    terms = ((people["left_at"] - people["born_at"]).dt.total_seconds() / WEEK_SECONDS / 4).fillna(
        99
    )
    survivors = [int((terms > k + 0.5).sum()) for k in range(12)]
    model = ShiftedBetaGeometric().fit(survivors)
    found = model.params_.to_numpy()
    error = model.standard_errors_.to_numpy()
    assert (np.abs(found - [BOX.cancel_alpha, BOX.cancel_beta]) < 3 * error).all()


@pytest.mark.parametrize("season", [0.0, 0.4])
def test_the_expected_value_is_the_mean_of_the_realised(season):
    """Over many people the two columns agree within three standard errors."""
    run = simulate(BOX.replace(season_amplitude=season), 20_000, 70, 11)
    people = run.truth.people
    gap = people["realised_value_eur"] - people["expected_value_eur"]
    assert abs(gap.mean()) < 3 * gap.std() / np.sqrt(len(gap))


def test_some_of_those_who_cancel_say_so_before():
    """About half of them, at most a week ahead; nobody who said so without cause is lost."""
    run = simulate(BOX, 4_000, 40, 7)
    notices = run.records.notices
    people = run.truth.people.merge(run.truth.identity).set_index("customer_id")
    left = people["left_at"].dropna()
    told = notices.set_index("customer_id")["ends_at"]
    done = told[told < np.datetime64("2024-10-07")]
    assert (left[done.index] == done).all()
    assert len(done) / len(left) == pytest.approx(BOX.notice_share, abs=0.05)
    ahead = (notices["ends_at"] - notices["at"]).dt.total_seconds()
    assert ahead.between(0, 2 * WEEK_SECONDS).all()


def offer_to_leavers(view):
    """Call everybody who has given notice with ten euros off the next invoice."""
    notices = view.frame("notices")
    ids = notices.loc[notices["ends_at"] > view.now, "customer_id"].to_numpy()
    return Actions(np.unique(ids), "conversion", channel="phone", offer_eur=10.0)


def test_an_offer_saves_some_of_those_who_gave_notice():
    """Fewer leave, some offers are redeemed, and whom nobody called lives the same life."""
    market = BOX.replace(optin_at_registration=1.0, privacy_pull=0.0)
    quiet, busy = (simulate(market, 1_500, 40, 2, p) for p in (None, offer_to_leavers))
    left = [r.truth.people["left_at"].notna().sum() for r in (quiet, busy)]
    assert left[1] < left[0] - 20
    assert len(busy.records.redemptions) > 20
    called = busy.records.messages["customer_id"].unique()
    alone = quiet.truth.identity[~quiet.truth.identity["customer_id"].isin(called)]["person_id"]
    columns = ["person_id", "left_at", "realised_value_eur"]
    one, other = (
        r.truth.people.loc[r.truth.people["person_id"].isin(alone), columns] for r in (quiet, busy)
    )
    assert one.equals(other)


def test_in_the_null_market_no_offer_saves_anybody():
    """The same calls change nobody's contract."""
    null = scenario("subscription/null").replace(optin_at_registration=1.0)
    quiet, busy = (simulate(null, 400, 30, 2, p) for p in (None, offer_to_leavers))
    assert quiet.records.orders.equals(busy.records.orders)
    assert len(busy.records.messages)


def test_cheap_channels_bring_people_who_leave_sooner_where_that_is_so():
    """The factor of a channel multiplies the hazard of cancelling."""
    people = simulate("subscription/hostile", 6_000, 30, 1).truth.people
    stay = 1 - people["dropout_probability"]
    run = simulate(
        scenario("subscription/hostile").replace(channel_dropout=(1.0,) * 4), 6_000, 30, 1
    )
    plain = 1 - run.truth.people["dropout_probability"]
    ratio = np.log(stay) / np.log(plain)
    assert sorted(ratio.round(6).unique()) == [0.5, 1.0, 3.0]

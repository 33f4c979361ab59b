"""What is to be expected: trends, leaving and lifetime value."""

import numpy as np
import pandas as pd
import pytest

from crmlab.market.run import simulate
from crmlab.strategic.portfolio.outlook import Horizon, growth, leaving_risk, lifetime_value

START = np.datetime64("2024-01-01T00:00:00", "s")


def week(number):
    """The moment at which a week begins."""
    return START + number * np.timedelta64(7, "D")


def trade(*lives):
    """A firm whose account 1, 2, ... sells so much in each quarter; None before it came."""
    orders, events = [], []
    for who, life in enumerate(lives, start=1):
        events.append((who, week(13 * life.count(None)), "customer", ""))
        orders += [(len(life) * who + q, who, week(13 * q + 6), float(eur), 0.4 * eur)
                   for q, eur in enumerate(life) if eur]  # fmt: skip
    names = ["order_id", "customer_id", "ordered_at", "value_eur", "margin_eur"]
    return {
        "accounts": pd.DataFrame({"customer_id": range(1, len(lives) + 1)}),
        "account_events": pd.DataFrame(events, columns=["customer_id", "at", "event", "reason"]),
        "orders": pd.DataFrame(orders, columns=names),
    }


def test_a_straight_trend_is_found():
    """Sales of 80, 90, 100, 110, 120 grow by a tenth of their mean, and so do all others'."""
    held = trade([80, 90, 100, 110, 120], [8, 9, 10, 11, 12])
    assert growth(held, week(65)).tolist() == pytest.approx([0.1, 0.1])


def test_quarters_before_an_account_came_are_no_growth():
    """Level sales since it came are level."""
    held = trade([100] * 6, [None, None, 50, 50, 50, 50])
    assert growth(held, week(78)).tolist() == pytest.approx([0.0, 0.0])


def test_who_has_left_is_not_counted_as_shrinking():
    """That an account may leave is the risk's part, or it would be counted twice."""
    held = trade([100] * 6, [100, 100, 100, 0, 0, 0])
    gone = pd.DataFrame([(2, week(39), "lost", "")], columns=held["account_events"].columns)
    held["account_events"] = pd.concat([held["account_events"], gone])
    assert growth(held, week(78)).to_dict() == {1: 0.0}


def test_most_of_a_lumpy_slope_is_luck():
    """Accounts without any trend, with lumpy orders: the slopes found are near zero."""
    still = simulate("b2b", customers=150, weeks=65, seed=4)
    found = growth(still.records, week(65))
    orders = still.records["orders"]
    quarter = ((orders["ordered_at"] - START) // pd.Timedelta(91, "D")).rename("quarter")
    raw = orders.pivot_table("value_eur", "customer_id", quarter, aggfunc="sum", fill_value=0)
    slope = raw.loc[found.index].apply(lambda y: np.polyfit(range(5), y / y.mean(), 1)[0], axis=1)
    assert found.std() < 0.25 * slope.std()


def test_lifetime_value_by_hand():
    """100 EUR a quarter, growing by a tenth, staying with four fifths: 88 and then 77.44."""
    one = pd.Series([100.0], index=[7])
    value = lifetime_value(one, one * 0 + 0.1, one * 0 + 0.2, Horizon(2, 0.0))
    assert value.tolist() == pytest.approx([88 + 77.44])


def test_more_profit_and_less_risk_never_lower_lifetime_value():
    """A property over a grid."""
    profit = pd.Series(np.repeat([10.0, 50.0, 200.0], 4))
    risk = pd.Series(np.tile([0.0, 0.02, 0.1, 0.5], 3))
    value = lifetime_value(profit, profit * 0, risk).to_numpy().reshape(3, 4)
    assert (np.diff(value, axis=0) > 0).all() and (np.diff(value, axis=1) < 0).all()


def test_missing_growth_and_risk_are_none_and_the_mean():
    """An account that has never been assessed gets everybody's risk."""
    profit = pd.Series([100.0, 100.0], index=[1, 2])
    risk = pd.Series([0.5], index=[1])
    value = lifetime_value(profit, pd.Series(dtype=float), risk, Horizon(1, 0.0))
    assert value.tolist() == [50.0, 50.0]


def test_weak_relationships_are_found_at_risk():
    """Recovery: who is truly more likely to leave gets a higher risk."""
    run = simulate("b2b", customers=400, weeks=78, seed=3)
    risk = leaving_risk(run.records, week(78))
    who = run.truth.account_identity.set_index("customer_id")["account_id"]
    true = run.truth.accounts.set_index("account_id").loc[who.loc[risk.index]]
    assert risk.between(0, 1).all()
    assert np.corrcoef(risk, true["rival"] - true["relation"])[0, 1] > 0.6


def test_where_nobody_was_lost_all_have_the_same_small_risk():
    """With few events the past teaches a rate and no more."""
    run = simulate("b2b", customers=40, weeks=40, seed=3)
    lost = (run.records["account_events"]["event"] == "lost").sum()
    risk = leaving_risk(run.records, week(40))
    assert lost < 8 and (risk == risk.iloc[0]).all() and 0 < risk.iloc[0] < 0.1


@pytest.mark.parametrize("at", [39, 52, 65])
def test_later_records_change_no_outlook(run, at):
    """Growth and risk of a moment are the same, whatever is held of the time after it."""
    past = run.records.as_of(at)
    for what in (growth, leaving_risk):
        pd.testing.assert_series_equal(what(run.records, past.now), what(past, past.now))


@pytest.mark.parametrize(
    ("horizon", "words"),
    [((0,), "quarters must be >= 1, got 0"), ((4, 10), "got 10. Is this a percentage?")],
)
def test_a_bad_horizon_names_itself(horizon, words):
    """The message names the argument and quotes the value."""
    with pytest.raises(ValueError, match=words.replace("?", r"\?")):
        Horizon(*horizon)

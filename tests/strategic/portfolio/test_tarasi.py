"""Tarasi's efficient portfolio."""

import numpy as np
import pandas as pd
import pytest

from crmlab.strategic.portfolio import Tarasi, cash_flows, risk_and_return, tarasi


@pytest.fixture
def flows():
    """Three segments with the same mean: one steady, two that move against each other."""
    wave = np.array([1.0, -1.0, 1.0, -1.0])
    return pd.DataFrame({"steady": 10 + 0.5 * np.array([1, 1, -1, -1.0]),
                         "up": 10 + 2 * wave, "down": 10 - 2 * wave})  # fmt: skip


def test_what_moves_against_each_other_is_held_in_equal_parts(flows):
    """Least variance: the opposites cancel."""
    table = tarasi(flows, pd.Series({"steady": 0.2, "up": 0.5, "down": 0.3}))
    assert table["efficient"].sum() == pytest.approx(1)
    assert table.loc["up", "efficient"] == pytest.approx(table.loc["down", "efficient"], abs=1e-3)
    after = risk_and_return(flows, table[["as it is", "efficient"]])
    assert after.loc["efficient", "sd_eur"] < 0.3 * after.loc["as it is", "sd_eur"]


def test_shares_stay_within_the_limits_and_the_return_is_kept(run):
    """A property, on records."""
    now = run.records.as_of(78).now
    groups = run.records["accounts"].set_index("customer_id")["industry"].astype(str)
    flows = cash_flows(run.records, groups, now, 5)
    weights = groups.value_counts(normalize=True)
    table = tarasi(flows, weights, Tarasi(0.6, 1.5, 1.0))
    ratio = table["efficient"] / table["as it is"]
    assert ratio.between(0.6 - 1e-6, 1.5 + 1e-6).all()
    mean = risk_and_return(flows, table[["as it is", "highest return", "efficient"]])
    assert mean.loc["efficient", "mean_eur"] >= mean.loc["as it is", "mean_eur"] * (1 - 1e-6)
    assert mean.loc["efficient", "sd_eur"] <= mean.loc["as it is", "sd_eur"] * (1 + 1e-6)
    assert mean["mean_eur"].idxmax() == "highest return"


def test_cash_flows_by_hand(firm):
    """40 EUR of margin a quarter from account 1; account 2 brings it for half the year."""
    now = np.datetime64("2024-12-30T00:00:00", "s")
    one, both = pd.Series({1: "a", 2: "b"}), pd.Series({1: "a", 2: "a"})
    assert cash_flows(firm, one, now, 4)["b"].tolist() == [40, 40, 0, 0]
    assert cash_flows(firm, both, now, 4)["a"].tolist() == [40, 40, 20, 20]


@pytest.mark.parametrize(
    ("limits", "words"),
    [((1.2, 2.0), "must enclose 1, got 1.2 and 2.0"), ((0.5, 0.8), "enclose 1")],
)
def test_limits_enclose_what_is(limits, words):
    """The message says what they are."""
    with pytest.raises(ValueError, match=words):
        Tarasi(*limits)


def test_two_quarters_are_too_few(flows):
    """And a segment needs a weight."""
    with pytest.raises(ValueError, match="at least three quarters, got 2"):
        tarasi(flows.head(2), pd.Series({"steady": 1.0}))
    with pytest.raises(ValueError, match="'down' has none"):
        tarasi(flows, pd.Series({"steady": 0.5, "up": 0.5}))

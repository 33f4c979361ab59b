"""Curves through what was seen, equal marginal returns, and a policy that learns them."""

import numpy as np
import pytest

from crmlab.experiments.capability_values import described_market
from crmlab.market.packs import scenario
from crmlab.market.run import simulate
from crmlab.strategic.reap import LEVERS, LeverCurve, allocate
from crmlab.strategic.reap_policy import CELLS, REAP


def test_the_last_eur_brings_the_same_everywhere():
    """Where a lever gets money; the others bring less with their first EUR."""
    curves = {"a": LeverCurve(100, 20), "b": LeverCurve(60, 40), "c": LeverCurve(1, 100)}
    table = allocate(curves, 40.0)
    assert table["spend_eur"].sum() == pytest.approx(40.0)
    paid = table[table["spend_eur"] > 0]
    assert np.ptp(paid["next_eur"]) < 1e-6
    assert (table.loc[table["spend_eur"] == 0, "next_eur"] <= paid["next_eur"].min()).all()


def test_no_split_of_a_grid_is_better():
    """Against all splits of 40 EUR in steps of one."""
    curves = {"a": LeverCurve(100, 20), "b": LeverCurve(60, 40)}
    best = allocate(curves, 40.0)["gain_eur"].sum()
    grid = [curves["a"].gain(s) + curves["b"].gain(40 - s) for s in range(41)]
    assert best >= max(grid) - 1e-9


def test_money_that_brings_less_than_itself_is_kept():
    """With curves that are soon flat, most of the budget stays."""
    table = allocate({"a": LeverCurve(10, 5)}, 100.0)
    assert table["spend_eur"].sum() == pytest.approx(5 * np.log(2))
    assert allocate({"a": LeverCurve(10, 50)}, 100.0)["spend_eur"].sum() == 0.0


def test_a_curve_where_spending_lost_money_is_flat():
    """Two losses: nothing is spent there."""
    assert LeverCurve.through([10.0, 20.0], [-3.0, -8.0]).gain(100.0) == 0.0


def test_the_pilot_stays_within_the_budget_and_leaves_a_control():
    """Cells by lot; care and letters reach only those in their cells."""
    run = simulate(described_market(), 1_500, 45, 3, REAP(14, 26), budget_eur=75.0)
    weekly = run.ledger[run.ledger["cause"].isin(["care", "acquisition", "messages by post"])]
    base = simulate(described_market(), 1_500, 45, 3, budget_eur=75.0).ledger
    own = weekly.groupby("week")["eur"].sum().sub(
        base[base["cause"] == "acquisition"].set_index("week")["eur"], fill_value=0.0
    )  # fmt: skip
    assert own.loc[14:39].min() > -75.0 - 1e-6
    letters = run.records.messages.query("channel == 'post'")
    during = letters[letters["sent_at"] < run.records.as_of(40).now]
    assert set(during["cell"]) == {2, 3}
    assert during["customer_id"].nunique() < 0.4 * len(run.records.customers)
    assert len(CELLS) == 4


def test_the_policy_learns_where_prospects_are_worth_most():
    """After the pilot it buys from one pool, and spends what the budget allows."""
    run = simulate("subscription", 1_000, 70, 3, REAP(), budget_eur=50.0)
    later = run.ledger.query("cause == 'acquisition' and week > 41")["eur"]
    assert (later < -20).mean() > 0.9


@pytest.mark.parametrize("market", ["retail/hostile", "retail/null", "subscription"])
def test_it_runs_in_other_markets(market):
    """Also without a budget."""
    assert np.isfinite(simulate(scenario(market), 200, 50, 3, REAP()).profit)


def test_bad_input_is_named():
    """As a student meets it."""
    with pytest.raises(ValueError, match="scale_eur must be > 0"):
        LeverCurve(1.0, 0.0)
    with pytest.raises(ValueError, match="budget_eur must be >= 0, got -1"):
        allocate({"a": LeverCurve(1, 1)}, -1.0)
    with pytest.raises(ValueError, match="shares must be 4 numbers"):
        REAP(shares=(1.0, 1.0, 0.0, 0.0))
    assert repr(REAP(shares=(0.25,) * 4)).startswith("fixed shares (retention 25%")
    assert len(LEVERS) == 4

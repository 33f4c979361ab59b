"""The recovery bench: truth found where the model is right, loss measured where it is not."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.analytical import BGBB, ParetoNBD
from crmlab.experiments import contest as arena
from crmlab.experiments.recovery import (
    coverage,
    histories,
    intervals,
    opportunities,
    right_worlds,
)


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    """Sixty worlds of three quick estimators: none is far off (three standard errors, .084)."""
    table = coverage(worlds=60, customers=1_500, estimators=["BG/NBD", "gamma-gamma", "sBG"])
    assert (table["coverage"] > 0.95 - 0.085).all()
    assert (table["bias"].abs() < 0.2).all()
    assert table.groupby("estimator").size().to_dict() == {
        "BG/NBD": 4, "gamma-gamma": 3, "sBG": 2
    }  # fmt: skip


def test_a_wrong_truth_is_not_held(monkeypatch):
    """The bench can fail: with a truth 40 % off, intervals hold it seldom."""
    from crmlab.experiments import recovery

    right = right_worlds()["sBG"]
    wrong = recovery.Right(right.model, right.draw, {k: 1.4 * v for k, v in right.truth.items()})
    monkeypatch.setattr(recovery, "right_worlds", lambda: {"sBG": wrong})
    assert coverage(worlds=40, customers=5_000)["coverage"].max() < 0.8


def test_every_estimator_has_a_world_of_its_own():
    names = {"NBD", "BG/NBD", "MBG/NBD", "MBG/CNBD-2", "Pareto/NBD", "BG/BB", "gamma-gamma",
             "sBG", "BdW"}  # fmt: skip
    assert set(right_worlds()) == names
    for name, right in right_worlds().items():
        found = right.fit(3, 800)
        assert found.index.tolist() == list(right.truth), name


def test_opportunities_of_the_market_are_those_of_the_model():
    run = crm.simulate(crm.scenario("retail").replace(process="bg/bb"), 3_000, 60, 5)
    table = opportunities(run)
    assert (table["recency"] >= table["frequency"]).all()
    assert (table["opportunities"] >= table["recency"]).all()
    model = BGBB().fit(table)
    s = run.scenario
    truth = [s.buy_alpha, s.buy_beta, s.stop_gamma, s.stop_delta]
    assert (np.abs(model.params_ - truth) < 4 * model.standard_errors_).all()


def test_histories_are_to_the_second():
    run = crm.simulate("retail", 500, 30, 5)
    table = histories(run)
    assert table["frequency"].sum() == len(run.records.orders) - len(table)
    assert table["age"].max() <= 30


def test_an_unknown_estimator_gets_the_nearest():
    with pytest.raises(ValueError, match="got 'BG/NDB'. Did you mean 'BG/NBD'"):
        coverage(worlds=2, estimators=["BG/NDB"])


# --- the contest ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def table():
    return arena.contest(worlds=2, customers=600)


def test_every_contestant_stands_in_every_trial(table):
    assert len(table) == len(arena.trials()) * len(arena.contestants())
    ours = table[~table["contestant"].str.contains("of ")]
    assert ours.notna().all(axis=None)


def test_nobody_beats_knowing_what_comes(table):
    known = table.dropna()
    assert (known["capture"] <= known["best"] + 1e-9).all()
    assert (known["regret_eur"] >= -1e-9).all()
    assert (known["low"] <= known["regret_eur"]).all()


def test_models_beat_chance_and_nbd_overstates(table):
    """A random tenth brings a tenth; nobody leaving means too much to come."""
    wide = table.pivot(index="trial", columns="contestant", values="capture")
    assert (wide["Pareto/NBD"] > 0.25).all()
    bias = table.pivot(index="trial", columns="contestant", values="bias")
    assert (bias["NBD"] > bias["Pareto/NBD"]).all()


def test_returning_customers_leave_and_order_again():
    """All orders of the run, fewer customers, and longer lives."""
    run = crm.simulate("retail", 500, 104, 5)
    back = arena._coming_back(run)
    assert set(back["order_id"]) <= set(run.records.orders["order_id"])
    assert back["customer_id"].nunique() < run.records.orders["customer_id"].nunique()
    assert back["ordered_at"].is_monotonic_increasing


def test_a_world_in_which_somebody_fails_counts_for_nobody():
    """By hand: B gives up in the second of three worlds, so A is averaged over two as well."""
    rows = pd.DataFrame(
        {
            "trial": "t", "world": [1, 1, 2, 2, 3, 3], "contestant": ["A", "B"] * 3,
            "regret_eur": [1.0, 2.0, 9.0, None, 3.0, 4.0], "seconds": 1.0,
            "failed": [None, None, None, "ConvergenceError", None, None],
        }
    )  # fmt: skip
    found = arena.averaged(rows, ["regret_eur"]).set_index("contestant")
    assert found["regret_eur"].to_dict() == {"A": 2.0, "B": 3.0}
    assert found["worlds"].to_dict() == {"A": 2, "B": 2}
    assert found["failed"].to_dict() == {"A": 0, "B": 1}


def test_a_contestant_that_always_fails_is_shown_as_such(monkeypatch):
    def broken(table, orders, weeks):
        raise RuntimeError

    known = {"broken": broken, "Pareto/NBD": arena._worth(ParetoNBD)}
    monkeypatch.setattr(arena, "contestants", lambda: known)
    few = dict(list(arena.trials().items())[:1])
    monkeypatch.setattr(arena, "trials", lambda: few)
    found = arena.contest(worlds=2, customers=300).set_index("contestant")
    assert found.loc["broken", "capture":"seconds"].isna().all()
    assert found["failed"].to_dict() == {"broken": 2, "Pareto/NBD": 0}


# --- intervals to look at -------------------------------------------------------------------


def test_intervals_of_a_parameter_surround_its_estimates():
    found = intervals("sBG", "beta", worlds=6, customers=2_000)
    assert len(found) == 6
    for low, high in (("low", "high"), ("wald_low", "wald_high")):
        assert (found[low] < found["estimate"]).all() and (found["estimate"] < found[high]).all()
    assert (found["high"] - found["estimate"] > found["estimate"] - found["low"]).all()


def test_a_parameter_of_another_model_is_named():
    with pytest.raises(ValueError, match="parameter must be one of 'alpha', 'beta', got 'r'"):
        intervals("sBG", "r")

"""The bench of uplift: learners and rules graded by the truth, and peers where installed."""

import importlib.util

import numpy as np
import pandas as pd
import pytest

from crmlab.experiments import bench, uplift_contest
from crmlab.experiments.treatment import LOT, RISK, Firm
from crmlab.experiments.uplift_contest import Trial
from crmlab.market.packs import scenario

RULES = 4


@pytest.fixture(scope="module")
def firm():
    return Firm("retail", customers=5_000, pilot=3_000, seed=11)


@pytest.fixture(scope="module")
def table():
    few = {"small": Trial(scenario("retail"), 1_500, "a small pilot")}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(uplift_contest, "trials", lambda: few)
        return uplift_contest.uplift_contest(worlds=2, others=1_500)


def test_every_learner_and_rule_has_a_row(table):
    assert len(table) == len(uplift_contest.contestants()) + RULES
    assert table["contestant"].is_unique


def test_nobody_beats_the_order_of_the_true_effects(table):
    assert (table["regret_eur"] >= -1e-9).all()
    best = table["margin_eur"] + table["regret_eur"]
    assert best.max() - best.min() < 1e-9


def test_learners_beat_a_lot_and_risk_does_not(table):
    margin = table.set_index("contestant")["margin_eur"]
    assert margin["DR, straight lines"] > margin[LOT] > margin[RISK]


def test_knowing_the_truth_ranks_perfectly_and_without_bias(firm, monkeypatch):
    true = firm.truth.loc[firm.others, "buys_more"].to_numpy()
    monkeypatch.setattr(uplift_contest, "contestants", lambda: {"truth": lambda X, y, w, new: true})
    rows = pd.DataFrame(uplift_contest._one_firm(firm)).set_index("contestant")
    assert rows.loc["truth", "rank"] == pytest.approx(1.0)
    assert rows.loc["truth", "bias"] == pytest.approx(0.0, abs=1e-12)


def test_a_contestant_that_fails_is_shown_as_such(firm, monkeypatch):
    def broken(X, bought, letter, new):
        raise RuntimeError

    monkeypatch.setattr(uplift_contest, "contestants", lambda: {"broken": broken})
    rows = pd.DataFrame(uplift_contest._one_firm(firm)).set_index("contestant")
    assert rows.loc["broken", "failed"] == "RuntimeError"
    assert np.isnan(rows.loc["broken", "regret_eur"])


@pytest.mark.parametrize(
    ("ours", "theirs", "package"),
    [
        ("T, straight lines", "BaseTRegressor of causalml", "causalml"),
        ("X, straight lines", "BaseXRegressor of causalml", "causalml"),
    ],
)
def test_the_same_learner_elsewhere_says_the_same(firm, ours, theirs, package):
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed; it is no dependency")
    rows = pd.DataFrame(uplift_contest._one_firm(firm)).set_index("contestant")
    for column in ("bias", "rank", "margin_eur"):
        assert rows.loc[ours, column] == pytest.approx(rows.loc[theirs, column], rel=1e-6)


def test_an_unknown_table_of_the_bench_is_named():
    with pytest.raises(ValueError, match="'coverage', 'value', 'uplift', got 'all'"):
        bench.stored("all")

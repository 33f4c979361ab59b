"""The trial of IDIC, and its reveal."""

import numpy as np
import pandas as pd
import pytest

from crmlab.experiments import idic_reveal, idic_trials
from crmlab.experiments.factorial import Factorial
from crmlab.market.run import simulate
from crmlab.strategic.idic import STEPS

ALL = idic_trials.version(*STEPS)


@pytest.fixture(scope="module")
def run():
    return simulate(idic_trials.market(), 400, 40, 3, ALL, idic_trials.BUDGET_EUR * 400)


def test_a_version_has_the_steps_it_names():
    assert repr(idic_trials.version("customise", "identify")) == "IDIC(identify, customise)"
    assert idic_trials.version() == idic_trials.NO_STEP


def test_switching_all_steps_on_gives_the_whole_policy():
    policy = idic_trials.NO_STEP
    for switch in idic_trials.SWITCHES.values():
        policy = switch(policy)
    assert policy == ALL


def test_beliefs_know_nothing_of_the_future(run):
    known = idic_trials.beliefs(run.records, 20, ALL, run).known
    early = simulate(idic_trials.market(), 400, 20, 3, ALL, idic_trials.BUDGET_EUR * 400)
    then = idic_trials.beliefs(early.records, 20, ALL, early).known
    pd.testing.assert_frame_equal(known, then)


def test_true_needs_add_up_to_one(run):
    needs = idic_trials.true_needs(run)
    assert needs.sum(axis=1).to_numpy() == pytest.approx(1.0)
    assert needs.index.isin(run.records.customers["customer_id"]).all()


def test_true_equity_is_that_of_those_who_are_there(run):
    assert idic_trials.true_equity(run, 15) > idic_trials.true_equity(run, 39) > 0
    assert idic_trials.true_equity(run, 0) == 0.0


def test_the_books_of_all_weeks_hold_the_profit(run):
    assert idic_trials.cash_flow(run, 0, 40) == pytest.approx(run.profit)


def test_the_firm_knows_its_best_customers_best(run):
    table = idic_reveal.by_value(idic_reveal.believed_and_true(run, 36, ALL), groups=2)
    assert table["margin_per_week_eur"].is_monotonic_decreasing
    assert table["true_relevance"].is_monotonic_decreasing


def test_returns_stand_beside_the_truth(run):
    table = idic_reveal.returns({"all": run}, 15, 40)
    assert table.columns.tolist() == ["as estimated then", "restated", "true"]
    assert np.isfinite(table.to_numpy()).all()


def test_contributions_by_hand():
    rows = [(0, 0, False, False, 1.0, 1.0), (0, 0, True, False, 2.0, 2.0),
            (0, 0, False, True, 4.0, 4.0), (0, 0, True, True, 9.0, 9.0)]  # fmt: skip
    columns = ["world", "seed", "a", "b", "profit_eur_per_customer", "margin_eur_per_customer"]
    found = Factorial(("a", "b"), pd.DataFrame(rows, columns=columns))
    assert idic_reveal.contributions(found, ["b"]).tolist() == [3.0, 5.0, 3.0]
    assert idic_reveal.contributions(found, []).tolist() == [0.0, 1.0, 3.0]
    with pytest.raises(ValueError, match="on must be one of"):
        idic_reveal.contributions(found, ["c"])

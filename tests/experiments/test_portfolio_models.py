"""Portfolio models, graded by the truth."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.experiments import portfolio_models
from crmlab.experiments.significance import Firm
from crmlab.strategic.portfolio import Tarasi


def test_every_model_is_graded():
    """Captured value lies between nothing and all of the best; plain columns have no cells."""
    firm = Firm("b2b", customers=80, since=39, ahead=39, seed=3)
    table = portfolio_models.grade_models(firm, draws=1)
    assert list(table.index) == [*portfolio_models.MODELS, *portfolio_models.PLAIN]
    assert (table["captured"] <= 1).all()
    assert table["told_apart"].dropna().between(0, 1).all()
    assert table.loc["profit", "captured"] > table.loc["Shapiro", "captured"]


def test_win_back_asks_lost_accounts_only():
    """Once a quarter, and nobody else."""
    run = crm.simulate("b2b", customers=60, weeks=53, seed=2, policy=portfolio_models.win_back)
    assert set(run.records["treatments"]["strategy"]) <= {"win back"}
    assert not len(run.records["refusals"])
    assert (run.records["account_events"]["event"] == "won back").any()


def test_silent_accounts_are_counted():
    """No more buyers than accounts that have bought; the retention view only falls."""
    table = portfolio_models.silent_accounts(customers=60, weeks=78, ahead=3, seed=2)
    assert list(table.columns) == ["migration", "retention", "true"] and len(table) == 3
    assert (np.diff(table["retention"]) < 0).all()
    assert (table["true"] <= 90).all()


def test_portfolios_are_graded_by_later_quarters():
    """What came after does not change what was chosen."""
    longer, shorter = (crm.simulate("b2b", 60, weeks, 2) for weeks in (130, 117))
    found, after = portfolio_models.varying_portfolio(longer, 65, Tarasi(keep=0.9), "industry")
    again, _ = portfolio_models.varying_portfolio(shorter, 65, Tarasi(keep=0.9), "industry")
    pd.testing.assert_frame_equal(found, again)
    assert list(after.index) == ["as it is", "highest return", "efficient"]
    assert (after["variability"] > 0).all()


def test_managers_see_leaving_where_relationships_carry_it():
    """And see nothing where they do not."""
    blind = crm.scenario("b2b").replace(
        relation_on_leaving=0.0, rival_on_leaving=0.0, influence=0.0, leaving_rate=0.004
    )
    seeing = crm.scenario("b2b").replace(leaving_rate=0.003)
    found = {name: np.mean([portfolio_models.who_leaves(sc, 300, 52, 39, s)["judged"]
                            for s in range(2)])
             for name, sc in (("blind", blind), ("seeing", seeing))}  # fmt: skip
    assert found["seeing"] > 0.62 and found["blind"] == pytest.approx(0.5, abs=0.08)


def test_the_area_is_one_half_where_nobody_leaves():
    assert portfolio_models.auc(pd.Series([1.0, 2.0]), np.array([False, False])) == 0.5

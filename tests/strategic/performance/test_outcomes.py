"""Two outcomes of a project are two things."""

import pandas as pd
import pytest

from crmlab.records import Records
from crmlab.strategic.performance import (
    against_targets,
    association,
    criteria,
    definitions,
    goals_met,
    outcome_matrix,
    outcomes,
)


@pytest.fixture
def projects():
    rows = [(10, 10, 5.0, 5.0, 1, 1), (10, 11, 5.0, 5.0, 2, 1), (10, 10, 5.0, 5.2, 2, 2)]
    names = ["planned_weeks", "weeks", "budget_eur", "spent_eur", "goals", "goals_reached"]
    return pd.DataFrame(rows, columns=names)


def test_delivery_needs_both_time_and_budget(projects):
    assert outcomes(projects)["delivered"].tolist() == [True, False, False]
    assert outcomes(projects, tolerance=0.1)["delivered"].tolist() == [True, True, True]


def test_the_matrix_counts_every_project_once(projects):
    matrix = outcome_matrix(outcomes(projects))
    assert matrix.to_numpy().tolist() == [[1, 0], [1, 1]]
    assert association(matrix) == 0.5


def test_goals_are_counted_by_how_many_there_were(projects):
    assert goals_met(projects)["share_reached"].tolist() == [1.0, 0.75]


def test_a_period_that_has_not_ended_is_left_out():
    log = pd.DataFrame({"who": [1, 2, 1, 1], "eur": [10.0, 20.0, 30.0, 40.0]})
    log["on"] = ["2024-01-01", "2024-01-05", "2024-01-09", "2024-01-16"]
    own = Records.from_transactions(log, "who", "on", "eur", margin_rate=0.5)
    table = criteria(own, period_weeks=1)
    assert table["turnover_eur"].tolist() == [30.0, 30.0]
    assert table["contribution_eur"].tolist() == [15.0, 15.0]
    assert table["new_customers"].tolist() == [2, 0]


def test_returns_are_a_cost():
    import crmlab as crm

    records = crm.simulate("retail", 300, 27, 2).records
    table = criteria(records, period_weeks=13)
    gone = records.returns
    start = records.orders["ordered_at"].to_numpy().min().astype("datetime64[D]")
    inside = (gone["returned_at"].to_numpy() - start).astype("timedelta64[D]").astype(int) < 91
    assert table["cost_eur"].iloc[0] == pytest.approx(gone.loc[inside, "margin_eur"].sum())


def test_definitions_are_shares():
    import crmlab as crm

    found = definitions(crm.simulate("retail", 300, 40, 2).records, 40, weeks=13)
    assert found.between(0, 1).all() and found["built"] == 0


def test_a_target_about_margin_needs_margins():
    table = pd.DataFrame({"margin_eur": [float("nan")]})
    with pytest.raises(ValueError, match="have no margin"):
        against_targets(table, {"margin_eur": 5.0})
    with pytest.raises(ValueError, match="must have the column 'planned_weeks'"):
        outcomes(pd.DataFrame({"weeks": [1]}))

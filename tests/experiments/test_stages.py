"""What the firm infers from silence, against the truth."""

import pytest

import crmlab as crm
from crmlab.experiments.stages import stages_and_truth


def test_silence_makes_it_likelier_that_somebody_has_gone():
    table = stages_and_truth("retail", customers=2_000, week=30, seed=7)
    share = table.groupby("stage", observed=True)["gone"].mean()
    assert share["active"] < share["at risk"] < share["lapsed"]


def test_where_nobody_leaves_nobody_has_gone():
    loyal = crm.scenario("retail").replace(dropout_shape=1.0, dropout_scale_weeks=1e6)
    assert not stages_and_truth(loyal, customers=200, week=20, seed=7)["gone"].any()


def test_there_is_a_row_for_everybody_known_by_then():
    table = stages_and_truth("retail", customers=300, week=4, seed=7)
    known = crm.simulate("retail", 300, 4, 7).records.customers["customer_id"]
    assert sorted(table.index) == sorted(known)


@pytest.mark.parametrize("week", [0, -1, 2.0, True])
def test_an_impossible_week_is_refused(week):
    with pytest.raises(ValueError, match="week must be a whole number >= 1"):
        stages_and_truth("retail", customers=10, week=week)

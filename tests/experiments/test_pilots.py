"""What a pilot teaches, by its size and by the learner."""

import pytest

from crmlab.analytical.uplift import TLearner
from crmlab.analytical.uplift.targeting import straight_lines
from crmlab.experiments import pilots, treatment


def test_rules_without_a_pilot_do_not_depend_on_its_size():
    found = pilots.by_pilot_size((200, 400), others=400, worlds=1, seed=3)
    assert found["pilot"].tolist() == [200, 400]
    assert found[treatment.PROJECTED].nunique() == found[treatment.RISK].nunique() == 1
    assert found[treatment.UPLIFT_VALUE].nunique() == 2


def test_no_learner_beats_the_best_order():
    firm = treatment.Firm("retail", customers=1_200, pilot=800, seed=3)
    first, rest = firm.pilot_group.iloc[:400], firm.pilot_group.iloc[400:]
    ways = {"T": (TLearner(straight_lines()), TLearner())}
    table = pilots.grade_learners(ways, firm, first, rest)
    assert table.columns.tolist() == ["straight lines", "trees"]
    assert (table.loc["T"] < table.loc["the best order"]).all()
    assert table.loc["the best order"].iloc[0] == pytest.approx(table.loc["the best order"].iloc[1])

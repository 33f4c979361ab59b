"""What is said beside what is found."""

import numpy as np
import pandas as pd
import pytest

from crmlab.experiments.self_reports import ROLES, self_reports
from crmlab.strategic.assessment import assess, level_of
from crmlab.tables import CAPABILITIES

TRUTH = pd.DataFrame({"intention": 0.6, "reality": 0.3}, index=list(CAPABILITIES))


def reported(bias=1.0):
    """Reports on a firm that is at 0.3 in everything, found as it is."""
    return assess(TRUTH, self_reports(TRUTH, 1, bias))


def test_managers_overstate_and_honest_ones_do_not():
    """Some thirty points with the usual bias, none without."""
    assert 0.2 < reported().table["overstated"].mean() < 0.45
    assert abs(reported(0.0).table["overstated"].mean()) < 0.05


def test_roles_disagree_and_see_their_own_area_kindly():
    """Every role is asked about everything; the own area looks better to it."""
    assessed = reported()
    assert assessed.table["disagreement"].gt(0).all()
    said = assessed.said.set_index(["role", "capability"])["reality"]
    for name, role in ROLES.items():
        others = [c for c in CAPABILITIES if c not in role.area]
        assert said[name][list(role.area)].mean() > said[name][others].mean() - 0.05
    assert len(said) == 5 * len(CAPABILITIES)


def test_without_evidence_what_is_said_stands_and_is_marked():
    """One capability that nothing is found of."""
    found = TRUTH.copy()
    found.loc["culture"] = np.nan
    table = assess(found, self_reports(TRUTH, 1)).table
    assert not table.loc["culture", "found"]
    assert table.loc["culture", "reality"] == table.loc["culture", "said_reality"]
    assert np.isnan(table.loc["culture", "overstated"])


def test_gaps_percentiles_and_levels():
    """By hand: 0.7 wanted, 0.3 there; better than one of four peers."""
    assessed = reported()
    gaps = assessed.gaps(pd.Series({"analysis": 0.7, "culture": 0.2}))
    assert gaps["analysis"] == pytest.approx(0.4)
    assert gaps["culture"] == gaps["leadership"] == 0.0
    peers = pd.DataFrame({"analysis": [0.1, 0.5, 0.6, 0.7]})
    assert assessed.percentile(peers).to_dict() == {"analysis": 0.25}
    assert level_of(0.0) == "pre-CRM planning"
    seen = assessed.seen("IDIC")
    assert set(seen["level"]) == {"building a data repository"}
    with pytest.raises(ValueError, match="direction must be in"):
        assessed.gaps(pd.Series({"analysis": 70.0}))
    with pytest.raises(ValueError, match="said must have a column 'role'"):
        assess(TRUTH, pd.DataFrame({"capability": []}))

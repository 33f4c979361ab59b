"""Questions of notebook 91: the usual mistakes do not pass."""

import numpy as np
import pytest

from crmlab.classroom.labs import lab_91
from crmlab.classroom.questions import find


def judged(number, answer):
    return find(f"91-estimators/q{number}").expected.judge(answer)


def test_a_share_of_intervals_by_hand():
    assert judged(1, -2.753).right
    assert not judged(1, 2.753).right


def test_a_regret_by_hand():
    """Ada and Bo bring 35, Cleo and Ada would have brought 75; over five customers."""
    assert judged(2, 8.0).right
    assert not judged(2, 40.0).right


def test_the_mean_of_the_estimates_is_not_the_truth():
    found = lab_91.cohorts()
    wrong = found["estimate"].mean()
    claimed = ((found["low"] <= wrong) & (wrong <= found["high"])).mean()
    assert claimed < 0.8 < lab_91.honest_coverage()
    assert not judged(3, claimed).right


def test_a_method_is_not_graded_where_it_was_picked():
    picked = lab_91.regrets(lab_91.PICKED_ON)
    assert picked.idxmin() == "same as last time"
    assert not judged(4, picked.min()).right
    assert judged(4, lab_91.honest_regret()).right


def test_a_model_of_random_timing_leaves_too_much_on_the_table():
    from crmlab.analytical.rfm_table import rfm
    from crmlab.experiments.contest import own_methods
    from crmlab.experiments.future_value import last_day

    past = lab_91.shop().records.as_of(52).orders
    table = rfm(past, last_day(52))
    table.attrs |= {"end": last_day(52), "unit": "W"}
    lists = {
        name: own_methods()[name](table, past, 52.0).nlargest(200).index
        for name in ("MBG/NBD", "MBG/CNBD-k", "same as last time")
    }
    assert judged(5, lists["MBG/CNBD-k"]).right
    assert not judged(5, lists["MBG/NBD"]).right
    assert not judged(5, lists["same as last time"]).right


def test_more_than_may_be_kept_is_refused():
    everybody = lab_91.expected_margin().index
    with pytest.raises(Exception, match="only 200 customers can be kept"):
        judged(5, everybody)


def test_the_best_known_list_is_below_knowing_everything():
    oracle = lab_91.expected_margin().nlargest(200).sum()
    assert 0.8 * oracle < lab_91.best_known() < oracle
    assert np.isfinite(oracle)

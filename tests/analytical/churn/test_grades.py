"""How good were the risks: by hand, for a lot and an oracle, and never across the horizon."""

import os

import numpy as np
import pytest

import crmlab as crm
from crmlab import Records, datasets
from crmlab.analytical.churn import (
    ChurnModel,
    calibration,
    evaluate,
    grade,
    lift_of_top,
    snapshot,
)


def test_grades_by_hand():
    """Three of the four pairs are in order; squared errors .01, .36, .36 and .01."""
    found = grade([0.9, 0.6, 0.4, 0.1], [True, False, True, False])
    assert found.auc == 0.75
    assert found.brier == pytest.approx((0.01 + 0.36 + 0.36 + 0.01) / 4)
    assert found.brier_of_rate == 0.25
    assert found.churn_rate == 0.5


def test_the_lift_of_the_top_by_hand():
    """The top quarter is one customer, who churned; one in four did."""
    assert lift_of_top([0.9, 0.6, 0.4, 0.1], [1, 0, 0, 0], share=0.25) == 4.0
    assert lift_of_top([0.9, 0.6, 0.4, 0.1], [0, 0, 0, 1], share=0.25) == 0.0
    assert lift_of_top([0.3, 0.2], [1, 0], share=1.0) == 1.0


def test_customers_with_one_risk_are_no_better_than_a_lot_in_any_order():
    churned = np.array([True] * 20 + [False] * 80)
    assert lift_of_top(np.full(100, 0.2), churned) == pytest.approx(1.0)
    assert grade(np.full(100, 0.2), churned).auc == 0.5
    assert len(calibration(np.full(100, 0.2), churned)) == 1


def test_true_risks_are_calibrated_and_an_exaggerated_order_is_not():
    rng = np.random.default_rng(1)
    risk = rng.beta(2, 3, 20_000)
    churned = rng.random(20_000) < risk
    table = calibration(risk, churned)
    assert table["customers"].tolist() == [2_000] * 10
    assert table["risk"].between(table["low"], table["high"]).sum() >= 8
    extreme = np.clip(2 * risk - 0.5, 0, 1)
    assert grade(extreme, churned).auc == pytest.approx(grade(risk, churned).auc, abs=0.02)
    assert grade(extreme, churned).brier > grade(risk, churned).brier
    wrong = calibration(extreme, churned)
    assert wrong["risk"].between(wrong["low"], wrong["high"]).sum() <= 4


def test_an_oracle_has_all_grades_and_a_lot_none():
    rng = np.random.default_rng(2)
    churned = rng.random(4_000) < 0.2
    oracle, lot = grade(churned.astype(float), churned), grade(rng.random(4_000), churned)
    assert (oracle.auc, oracle.brier) == (1.0, 0.0)
    assert oracle.top_tenth_lift == pytest.approx(1 / churned.mean(), rel=0.01)
    assert lot.auc == pytest.approx(0.5, abs=0.04)
    assert lot.top_tenth_lift == pytest.approx(1, abs=0.3)


def test_a_test_before_the_labels_of_the_training_were_known_is_refused():
    records = crm.simulate("retail", 300, 78, 6).records
    early, soon, late = (snapshot(records, week, horizon_weeks=20) for week in (20, 39, 40))
    with pytest.raises(ValueError, match="train must end before test begins.*leakage"):
        evaluate(ChurnModel(), early, soon)
    model = ChurnModel()
    assert 0.5 < evaluate(model, early, late).auc <= 1
    assert not hasattr(model, "classes_")


@pytest.mark.skipif(
    not os.path.isfile(os.path.join(os.environ.get("CRMLAB_DATA", ""), "CDNOW_sample.txt")),
    reason="CRMLAB_DATA names no folder with CDNOW_sample.txt",
)
def test_on_cdnow_a_model_ranks_better_than_silence():
    """Learned in July 1997, asked at the end of the year: orders alone, six features."""
    log = datasets.fetch("cdnow")
    records = Records.from_transactions(log, "customer_id", "date", "value")
    early, late = snapshot(records, "1997-07-01"), snapshot(records, "1997-12-30")
    assert len(late.X) == 2357
    silence = grade(late.X["weeks_since_order"] / 53, late.churned).auc
    assert evaluate(ChurnModel("cox", 26), early, late).auc > silence
    found = evaluate(ChurnModel("logistic"), early, late)
    assert found.auc == pytest.approx(0.803, abs=0.01)
    assert found.brier < 0.8 * found.brier_of_rate


def test_bad_input_is_named():
    with pytest.raises(ValueError, match=r"risk must be in \[0, 1\], got 90. Is this a percent"):
        grade([90.0, 10.0], [True, False])
    with pytest.raises(ValueError, match="some who did and some who did not, got a rate of 100%"):
        grade([0.9, 0.1], [True, True])
    with pytest.raises(ValueError, match="risk and churned must be equally long"):
        calibration([0.9], [True, False])
    with pytest.raises(ValueError, match=r"share must be in \(0, 1\], got 10"):
        lift_of_top([0.9, 0.1], [True, False], share=10)
    shot = snapshot(crm.simulate("retail", 200, 60, 6).records, 20, horizon_weeks=10)
    fewer = type(shot)(shot.X[["orders"]], shot.churned, shot.weeks, shot.until, shot.until)
    with pytest.raises(ValueError, match="test must have the features of train, it lacks"):
        evaluate(ChurnModel(), shot, fewer)

"""Does a score reach whom the treatment moves? By hand, against a lot, and against the truth."""

import numpy as np
import pandas as pd
import pytest

from crmlab.analytical.uplift import average_effect, effect_by_score, qini


def trial(n=4_000, seed=1, share=0.5):
    rng = np.random.default_rng(seed)
    score = rng.normal(size=n)
    effect = 0.1 * np.tanh(score)
    treated = rng.random(n) < share
    visit = (rng.random(n) < 0.3 + effect * treated).astype(int)
    return score, visit, treated, effect


def test_radcliffes_curve_by_hand():
    """First two of each group: 2 treated and 0 untreated bought; at the end 2 and 1 * 3 / 2."""
    y, treated = [1, 1, 0, 0, 1], [1, 1, 0, 1, 0]
    curve = qini([5, 4, 3, 2, 1], y, treated, "radcliffe")
    at = curve.table.set_index("share")["incremental"]
    assert at[[0.0, 0.2, 0.4, 0.6, 0.8, 1.0]].tolist() == pytest.approx([0, 1, 2, 2, 2, 0.5])
    area = 0.2 * (0.5 + 1.5 + 2 + 2 + 1.25)
    assert curve.auuc == pytest.approx(area)
    assert curve.coefficient == pytest.approx(area - 0.25)
    assert curve.relative == pytest.approx((area - 0.25) / 0.25)


def test_the_curve_per_person_ends_at_the_average_effect():
    score, visit, treated, _ = trial()
    curve = qini(score, visit, treated)
    assert curve.table["incremental"].iloc[-1] == pytest.approx(
        average_effect(visit, treated).effect
    )
    assert curve.normalisation == "per_person" and len(curve.table) == 101


def test_the_two_scales_differ_by_the_number_of_treated():
    score, visit, treated, effect = trial()
    one, other = (qini(score, visit, treated, n, pd.Series(effect)) for n in
                  ("per_person", "radcliffe"))  # fmt: skip
    for name in ("coefficient", "auuc", "standard_error", "true_coefficient", "best_coefficient"):
        assert getattr(other, name) == pytest.approx(treated.sum() * getattr(one, name))
    assert one.relative == pytest.approx(other.relative)


def test_only_the_order_of_the_scores_matters():
    score, visit, treated, _ = trial()
    assert qini(np.exp(score), visit, treated).coefficient == pytest.approx(
        qini(score, visit, treated).coefficient
    )


def test_a_constant_score_is_a_lot():
    _, visit, treated, _ = trial()
    curve = qini(np.ones(len(visit)), visit, treated)
    assert curve.coefficient == pytest.approx(0, abs=1e-12)
    assert curve.table["incremental"].to_numpy() == pytest.approx(curve.table["random"].to_numpy())


def test_equal_scores_are_treated_together_whatever_the_order_of_the_rows():
    score, visit, treated, _ = trial()
    coarse = score.round()
    shuffle = np.random.default_rng(2).permutation(len(score))
    one = qini(coarse, visit, treated)
    other = qini(coarse[shuffle], visit[shuffle], treated[shuffle])
    assert other.coefficient == pytest.approx(one.coefficient)
    assert other.standard_error == pytest.approx(one.standard_error)


def test_the_reverse_order_loses_what_the_order_gains():
    score, visit, treated, _ = trial(40_000)
    gain, loss = (qini(sign * score, visit, treated).coefficient for sign in (1, -1))
    assert gain > 0.01
    assert gain == pytest.approx(-loss, abs=1e-3)


@pytest.mark.parametrize("share", [0.5, 0.2])
def test_the_observed_area_is_the_true_one_but_for_chance(share):
    """Of 300 trials: no bias, and the standard error tells the spread to within a fifth."""
    found, errors, true = [], [], []
    for seed in range(300):
        score, visit, treated, effect = trial(1_000, seed, share)
        curve = qini(score, visit, treated, truth=pd.Series(effect))
        found.append(curve.coefficient)
        errors.append(curve.standard_error)
        true.append(curve.true_coefficient)
    spread = np.std(np.subtract(found, true))
    assert np.mean(found) == pytest.approx(np.mean(true), abs=3 * spread / np.sqrt(300))
    assert np.mean(errors) == pytest.approx(spread, rel=0.2)


def test_the_truth_is_matched_by_customer():
    score, visit, treated, effect = trial(200)
    ids = [f"c{i}" for i in range(200)]
    truth = pd.Series(effect, ids).sample(frac=1, random_state=1)
    by_label = qini(pd.Series(score, ids), visit, treated, truth=truth)
    by_place = qini(score, visit, treated, truth=effect)
    assert by_label.true_coefficient == pytest.approx(by_place.true_coefficient)
    with pytest.raises(ValueError, match="truth must have every customer, got none for 'c0'"):
        qini(pd.Series(score, ids), visit, treated, truth=truth.drop("c0"))


def test_the_best_order_is_that_of_the_true_effects():
    score, visit, treated, effect = trial()
    noisy = effect + np.random.default_rng(3).normal(size=len(effect))
    curve = qini(noisy, visit, treated, truth=pd.Series(effect))
    assert curve.best_coefficient > curve.true_coefficient
    best = qini(effect, visit, treated, truth=pd.Series(effect))
    assert best.true_coefficient == pytest.approx(curve.best_coefficient)


def test_those_at_highest_risk_need_not_be_those_who_are_moved():
    """Ascarza's point: the offer moves the middle; risk finds nobody, the effect does."""
    rng = np.random.default_rng(4)
    risk = rng.random(20_000)
    effect = np.where(abs(risk - 0.5) < 0.2, 0.2, 0.0)
    treated = rng.random(20_000) < 0.5
    stays = (rng.random(20_000) < 0.8 * (1 - risk) + effect * treated).astype(int)
    by_risk, by_effect = qini(risk, stays, treated), qini(effect, stays, treated)
    assert abs(by_risk.coefficient) < 2.5 * by_risk.standard_error
    assert by_effect.coefficient > 5 * by_effect.standard_error
    tenths = effect_by_score(risk, stays, treated)["effect"]
    assert tenths[5] > 0.1 > tenths[1]


def test_effects_by_score_by_hand():
    y, treated = [1, 1, 0, 0, 1, 0, 0, 0], [1, 1, 0, 0, 1, 1, 0, 0]
    table = effect_by_score([8, 7, 6, 5, 4, 3, 2, 1], y, treated, groups=2)
    assert table["effect"].tolist() == [1.0, 0.5]
    assert table["customers"].tolist() == [4, 4]
    assert table["mean_score"].tolist() == [6.5, 2.5]
    assert table.loc[2, "standard_error"] == pytest.approx(0.5)


def test_a_group_without_untreated_customers_has_no_effect():
    table = effect_by_score([4, 3, 2, 1], [1, 1, 0, 0], [1, 1, 0, 0], groups=2)
    assert table["effect"].isna().all()
    assert table["customers"].sum() == 4


def test_bad_input_is_named():
    y, treated = [1, 0, 1, 0], [1, 0, 0, 1]
    with pytest.raises(ValueError, match="normalisation must be one of 'per_person', 'radcliffe'"):
        qini([1, 2, 3, 4], y, treated, "qini")
    with pytest.raises(ValueError, match=r"score must be one number a customer, shape \(4,\)"):
        qini([1, 2, 3], y, treated)
    with pytest.raises(ValueError, match="score must be finite, got nan"):
        qini([1, 2, 3, np.nan], y, treated)
    with pytest.raises(ValueError, match="groups must be between 2 and 4, got 1"):
        effect_by_score([1, 2, 3, 4], y, treated, groups=1)

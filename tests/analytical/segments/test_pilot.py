"""Effects by segment: by hand, drawn to the common effect, against the truth, on a real test."""

import os

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.analytical.segments import Clusters, OneSegment, effects_by_segment, lesson
from crmlab.policy import Actions

has_hillstrom = os.path.isfile(os.path.join(os.environ.get("CRMLAB_DATA", ""), "hillstrom.csv"))


def pilot(seed, effects, each=100, spread=1.0):
    """Customers of several segments, half of them treated, with these true effects."""
    rng = np.random.default_rng(seed)
    segment = np.repeat(np.arange(len(effects)), each)
    treated = rng.random(len(segment)) < 0.5
    outcome = rng.normal(5, spread, len(segment)) + np.asarray(effects)[segment] * treated
    return outcome, treated, segment


def test_effects_by_hand():
    table = effects_by_segment(
        [5, 7, 1, 3, 1, 1, 4, 4], [True, True, False, False] * 2, list("aaaabbbb")
    )
    assert table["effect_eur"].to_dict() == {"a": 4.0, "b": -3.0}
    assert table["customers"].tolist() == [4, 4]
    assert table["treated"].tolist() == [2, 2]


def test_a_shrunken_effect_lies_between_its_own_and_the_common_one():
    outcome, treated, segment = pilot(1, [-1, 0, 1, 2])
    table = effects_by_segment(outcome, treated, segment)
    common = effects_by_segment(outcome, treated, np.zeros(len(outcome)))["effect_eur"].iloc[0]
    away, left = (table[name] - common for name in ("effect_eur", "shrunken_eur"))
    assert (left.abs() < away.abs() + 0.05).all()
    assert (np.sign(left) == np.sign(away))[away.abs() > 0.3].all()


def test_where_segments_do_not_differ_all_are_treated_alike():
    """The spread of the effects is no more than chance: one effect for all, to the last digit."""
    tables = [effects_by_segment(*pilot(seed, [0.2] * 12)) for seed in range(20)]
    alike = [np.ptp(table["shrunken_eur"]) == 0 for table in tables]
    assert np.mean(alike) > 0.4


def test_the_common_effect_is_that_on_customers_not_that_on_precise_segments():
    """Few spend much, vary much and are moved; who hardly buys must not outvote them."""
    rng = np.random.default_rng(5)
    heavy = np.repeat([True, False], [200, 400])
    treated = np.tile([True, False], 300)
    outcome = np.where(heavy, rng.normal(60, 40, 600) + 4 * treated, rng.normal(1, 0.1, 600))
    table = effects_by_segment(outcome, treated, heavy)
    common = (table["effect_eur"] * table["customers"]).sum() / 600
    assert common > 1
    assert table.loc[False, "effect_eur"] == pytest.approx(0, abs=0.05)
    assert table.loc[True, "shrunken_eur"] >= common


def test_drawing_to_the_common_effect_comes_nearer_to_the_truth():
    """Many small segments, in 30 pilots: the mean squared error falls by a third at least."""
    rng, raw, drawn = np.random.default_rng(2), [], []
    for seed in range(30):
        true = rng.normal(0.1, 0.3, 25)
        table = effects_by_segment(*pilot(seed, true, each=30))
        raw.append(((table["effect_eur"] - true) ** 2).mean())
        drawn.append(((table["shrunken_eur"] - true) ** 2).mean())
    assert np.mean(drawn) < 2 / 3 * np.mean(raw)


def test_the_standard_error_is_that_of_many_pilots():
    tables = [effects_by_segment(*pilot(seed, [1.0], spread=3.0)) for seed in range(200)]
    errors = [table["standard_error_eur"].iloc[0] for table in tables]
    spread = np.std([table["effect_eur"].iloc[0] for table in tables])
    assert np.mean(errors) == pytest.approx(spread, rel=0.1)


def test_what_came_before_makes_effects_more_precise_and_leaves_them_unbiased():
    rng, plain, better = np.random.default_rng(3), [], []
    for _ in range(200):
        before = rng.normal(0, 3, 200)
        treated = rng.random(200) < 0.5
        outcome = before + rng.normal(0, 1, 200) + 0.5 * treated
        one = np.zeros(200)
        plain.append(effects_by_segment(outcome, treated, one)["effect_eur"].iloc[0])
        better.append(effects_by_segment(outcome, treated, one, before)["effect_eur"].iloc[0])
    assert np.mean(better) == pytest.approx(0.5, abs=0.04)
    assert np.std(better) < 0.5 * np.std(plain)


def test_segments_without_both_groups_get_the_common_effect():
    outcome, treated, segment = pilot(1, [0.5, 0.5])
    segment = np.append(segment, [9, 9])
    table = effects_by_segment(
        np.append(outcome, [99, 99]), np.append(treated, [True, True]), segment
    )
    assert np.isnan(table.loc[9, "effect_eur"])
    assert table.loc[9, "shrunken_eur"] == pytest.approx(
        table["shrunken_eur"].iloc[:2].mean(), abs=0.3
    )
    assert table.loc[9, "treat"]


def test_two_customers_who_bought_nothing_are_no_certainty():
    outcome, treated, segment = pilot(1, [0.5, 0.5])
    segment = np.append(segment, [9] * 4)
    table = effects_by_segment(
        np.append(outcome, [0.0] * 4), np.append(treated, [True, True, False, False]), segment
    )
    assert table.loc[9, "standard_error_eur"] > table["standard_error_eur"].iloc[0]


def test_a_lesson_reads_the_lot_out_of_the_records():
    """Who agreed and got the mail against who agreed and got none; others are not in it."""

    def half(view):
        ids = view.agreed()
        return Actions(ids[ids % 2 == 0], cell=1) if view.week == 26 else None

    run = crm.simulate("retail", 800, 38, 5, half)
    learned = lesson(run.records, 26, 38)
    assert (learned.pilot["treated"] == (learned.pilot.index % 2 == 0)).all()
    assert len(learned.early_X) == len(learned.early_y)
    segment = learned.segment(Clusters(3))
    assert segment.index.equals(learned.pilot.index)
    table = learned.effects(segment)
    assert table["customers"].sum() == len(learned.pilot)
    later = crm.simulate("retail", 800, 44, 5, half)
    pd.testing.assert_frame_equal(lesson(later.records, 26, 38).pilot, learned.pilot)


@pytest.mark.skipif(not has_hillstrom, reason="CRMLAB_DATA names no folder with hillstrom.csv")
def test_the_published_effect_of_hillstroms_mail_is_found_and_differs_between_clusters():
    """Women's e-mail against none: visits rise by .0452."""
    data = pd.read_csv(os.path.join(os.environ["CRMLAB_DATA"], "hillstrom.csv"))
    data = data[data["segment"] != "Mens E-Mail"]
    X = data[["recency", "history", "mens", "womens", "newbie"]].astype(float)
    got = (data["segment"] == "Womens E-Mail").to_numpy()
    one = effects_by_segment(data["visit"], got, OneSegment().fit(X).segment(X))
    assert one["effect_eur"].iloc[0] == pytest.approx(0.0452, abs=0.0001)
    five = effects_by_segment(data["visit"], got, Clusters(5).fit(X).segment(X))
    assert five["effect_eur"].max() > five["effect_eur"].min() + 0.03
    assert five["treat"].all()


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="treated must hold True and False, got int64. Compare"):
        effects_by_segment([1, 2, 3, 4], [1, 1, 0, 0], list("aaaa"))
    with pytest.raises(ValueError, match="two customers at least in each group, got 1 treated"):
        effects_by_segment([1, 2, 3], [True, False, False], list("aaa"))
    with pytest.raises(ValueError, match="must be equally long, got 2, 3 and 3"):
        effects_by_segment([1, 2], [True, False, False], list("aaa"))
    with pytest.raises(ValueError, match="before must be 4 finite values, got shape"):
        effects_by_segment([1, 2, 3, 4], [True, True, False, False], list("aaaa"), [1])
    records = crm.simulate("retail", 60, 30, 5).records
    with pytest.raises(ValueError, match="nobody got a message of cell 1 from week 20"):
        lesson(records, 20, 30)
    with pytest.raises(ValueError, match="as many weeks must lie before it, got 5 and 20"):
        lesson(records, 5, 20)

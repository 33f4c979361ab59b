"""Every design finds a known effect where its assumption holds, and not where it does not."""

import numpy as np
import pandas as pd
import pytest

from crmlab.analytical import evaluation as ev

EFFECT = 4.0


def customers(n=4_000, seed=1, **changes):
    """Lasting differences, luck in each window, and an effect of 4 EUR on whoever is treated."""
    rng = np.random.default_rng(seed)
    usual = rng.normal(50, 10, n)
    table = pd.DataFrame({k: usual + rng.normal(0, 8, n) for k in ("earlier", "before", "after")})
    table["usual"], table["lot"] = usual, rng.random(n)
    table["score"] = table["before"]
    table["treated"] = changes.get("treated", lambda t: t["lot"] < 0.5)(table)
    table["after"] += EFFECT * table["treated"]
    return table


def covers(found, truth=EFFECT):
    return found.low <= truth <= found.high


def test_all_designs_agree_where_a_lot_decided():
    table = customers()
    for design in (ev.before_after, ev.treated_against_untreated, ev.difference_in_differences,
                   ev.randomised, ev.adjusted):  # fmt: skip
        assert covers(design(table)), design.__name__


def test_before_and_after_takes_the_recovery_for_an_effect():
    table = customers(treated=lambda t: t["before"] < 45)
    assert ev.before_after(table).low > EFFECT
    assert ev.difference_in_differences(table).low > ev.before_after(table).estimate


def test_differences_are_right_where_differences_last():
    table = customers(treated=lambda t: t["usual"] < 45)
    assert covers(ev.difference_in_differences(table))
    assert covers(ev.pre_trend(table), 0.0)
    assert ev.treated_against_untreated(table).high < 0


def test_the_dip_shows_before_the_start():
    table = customers(treated=lambda t: t["before"] < 45)
    assert ev.pre_trend(table).high < 0
    paths = table[["earlier", "before", "after"]].set_axis([-2, -1, 0], axis=1)
    study = ev.event_study(paths, table["treated"])
    assert study.loc[-1, "estimate"] == 0 and study.loc[-2, "low"] > 0


def test_the_jump_is_right_where_the_score_decided():
    table = customers(treated=lambda t: t["before"] < 45)
    found = ev.regression_discontinuity(table, 45.0)
    assert covers(found) and found.n < len(table)
    assert covers(ev.regression_discontinuity(table, 45.0, adjust="earlier"))


def test_weighting_and_matching_need_what_decided():
    chosen = lambda t: t["lot"] < 1 / (1 + np.exp((t["before"] - 50) / 8))  # noqa: E731
    table = customers(8_000, treated=chosen)
    for design in (ev.weighted, ev.matched):
        assert covers(design(table, ["before", "earlier"])), design.__name__
    hidden = lambda t: t["lot"] < 1 / (1 + np.exp((t["usual"] - 50) / 5))  # noqa: E731
    assert ev.weighted(customers(8_000, treated=hidden), ["before"]).high < EFFECT
    even = ev.balance_after(table, ["before", "earlier"])
    assert (even["smd_weighted"].abs() < 0.05).all() and even["smd"].abs().max() > 0.3


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    """200 lots: between 90 % and 99 % of the intervals hold the effect."""
    held = [
        [covers(design(table)) for design in (ev.randomised, ev.adjusted, ev.before_after)]
        for table in (customers(200, seed) for seed in range(200))
    ]
    assert ((np.mean(held, axis=0) > 0.90) & (np.mean(held, axis=0) < 0.99)).all()


def test_what_was_known_before_makes_the_lot_more_precise():
    table = customers()
    plain, finer = ev.randomised(table), ev.adjusted(table)
    assert finer.high - finer.low < plain.high - plain.low


def test_clusters_that_share_their_luck_widen_the_interval():
    table = customers(1_000)
    branch = np.arange(len(table)) % 10
    table["treated"] = branch < 5
    table["after"] += np.random.default_rng(3).normal(0, 5, 10)[branch]
    table["branch"] = branch
    plain = ev.difference_in_differences(table)
    wide = ev.difference_in_differences(table, cluster="branch")
    assert wide.estimate == pytest.approx(plain.estimate)
    assert wide.high - wide.low > 2 * (plain.high - plain.low)


def test_pushing_scores_over_the_threshold_is_counted():
    table = customers(treated=lambda t: t["before"] < 45)
    assert ev.density_check(table, 45.0, 2.0) > 0.01
    pushed = table["score"].where(~table["score"].between(45, 46), 44.5)
    assert ev.density_check(table.assign(score=pushed), 45.0, 2.0) < 0.001


def test_the_bandwidth_shrinks_with_more_customers():
    small, large = (
        ev.imbens_kalyanaraman(t["before"].to_numpy() - 45, t["after"].to_numpy())
        for t in (customers(500), customers(50_000))
    )
    assert large < small


@pytest.mark.parametrize(
    "change, design, words",
    [
        ({"treated": 1}, ev.before_after, "each group needs two customers"),
        ({"treated": 2}, ev.before_after, "treated must hold 0 and 1"),
        ({"after": np.nan}, ev.before_after, "must hold finite numbers"),
        ({}, lambda t: ev.before_after(t.drop(columns="before")), "must have the column 'before'"),
        ({}, lambda t: ev.regression_discontinuity(t, 45.0), "must have decided who was treated"),
        ({}, lambda t: ev.weighted(t, []), "covariates must name a column"),
        ({}, lambda t: ev.difference_in_differences(t, "town"), "cluster must be a column"),
        ({}, lambda t: ev.event_study(t[["before"]], t["treated"]), "base must be one of"),
    ],
)
def test_bad_input_is_explained(change, design, words):
    with pytest.raises(ValueError, match=words):
        design(customers(100).assign(**change))


def test_an_estimate_stands_inside_its_interval():
    with pytest.raises(ValueError, match="must lie within its interval"):
        ev.Evaluation("x", 5.0, 1.0, 2.0, 10, "y")

"""What lists earn: all from the same customers, and the same year."""

import numpy as np
import pandas as pd
import pytest

from crmlab.analytical.segments import Clusters, OneSegment, TreeSegments
from crmlab.experiments.self_service import LOSS_BY_TIME, OWN, Desk
from crmlab.experiments.ways_to_choose import (
    EVERYBODY,
    NOBODY,
    ORACLE,
    by_lost_share,
    by_size,
    choices,
    earned_by_share,
    earnings,
    fit_and_earnings,
)

TRIED = {"one": OneSegment(), "clusters": Clusters(3), "tree": TreeSegments(leaves=4)}


@pytest.fixture(scope="module")
def desk():
    return Desk(customers=600, seed=3)


def test_nobody_earns_nothing_and_everybody_the_mean(desk):
    table = earnings(desk, TRIED)["earned_eur"]
    assert table[NOBODY] == 0
    assert table[EVERYBODY] == pytest.approx(desk.true_gain.mean())


def test_every_choice_earns_the_sum_of_those_on_it(desk):
    chosen, table = choices(desk, TRIED), earnings(desk, TRIED)
    assert table.index.tolist() == list(chosen)
    for name, ids in chosen.items():
        expected = desk.true_gain.loc[ids].sum() / len(desk.true_gain)
        assert table["earned_eur"][name] == pytest.approx(expected), name
        assert table["sent"][name] == len(ids) / len(desk.customers_now)


def test_knowing_next_year_is_the_best_list(desk):
    """No choice earns more than sending exactly those whom it pays to send."""
    bound = desk.true_gain.clip(lower=0).mean()
    assert (earnings(desk, TRIED)["earned_eur"] <= bound).all()


def test_the_curve_of_a_list_ends_where_everybody_is_sent(desk):
    curve = earned_by_share(desk.figures["gain_eur"], desk.true_gain)
    assert len(curve) == 101 and curve[0] == 0
    assert curve[100] == pytest.approx(desk.true_gain.mean())


def test_equal_scores_count_with_their_mean():
    gain = pd.Series([8.0, 0.0, 0.0, 0.0])
    assert earned_by_share(pd.Series([1, 1, 1, 1]), gain)[50] == pytest.approx(1.0)


def test_fit_and_earnings_stand_side_by_side(desk):
    table = fit_and_earnings(desk, TRIED)
    assert table.index.tolist() == list(TRIED)
    assert table["earned_eur"]["tree"] == desk.earned(desk.by_segment(TRIED["tree"]))
    assert np.isnan(table["silhouette"]["one"])


def test_the_more_is_lost_the_less_is_earned():
    table = by_lost_share([0.0, 0.1, 0.3], worlds=2, customers=400)
    for way in (EVERYBODY, LOSS_BY_TIME, OWN):
        assert table[way].is_monotonic_decreasing, way
    assert table[EVERYBODY].iloc[0] >= table[OWN].iloc[0]  # nothing is lost: send them all


def test_the_tree_alone_hangs_on_the_size_of_its_segments():
    table = by_size([20, 100], worlds=1, customers=400)
    assert table["size"].tolist() == [20, 100]
    assert np.ptp(table[OWN]) == np.ptp(table[ORACLE]) == 0

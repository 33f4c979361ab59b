"""Precision, recall and the rest, by hand and at their ends."""

import pandas as pd
import pytest

from crmlab.analytical.linkage import (
    Agreement,
    b_cubed,
    cautious_clusters,
    cluster_sizes,
    pair_quality,
    pairwise,
    threshold_curve,
    true_pairs,
)

TRUTH = pd.Series(list("xxxyyz"), index=range(6))


def links(*golden):
    return pd.DataFrame({"customer_id": range(6), "golden_id": golden})


def test_pairs_by_hand():
    """Groups {0,1} {2,3,4} {5}: found 1 + 3, true 3 + 1, right 1 + 1."""
    found = pairwise(links(0, 0, 2, 2, 2, 5), TRUTH)
    assert (found.precision, found.recall) == (0.5, 0.5)


def test_b_cubed_by_hand():
    """Precision (2 x 1 + 1/3 + 2 x 2/3 + 1) / 6, recall (2 x 2/3 + 1/3 + 2 x 1 + 1) / 6."""
    found = b_cubed(links(0, 0, 2, 2, 2, 5), TRUTH)
    assert found.precision == pytest.approx((2 + 1 / 3 + 4 / 3 + 1) / 6)
    assert found.recall == pytest.approx((4 / 3 + 1 / 3 + 2 + 1) / 6)


def test_the_truth_itself_is_perfect_and_the_ends_are_what_they_are():
    right = links(0, 0, 0, 3, 3, 5)
    for measure in (pairwise, b_cubed):
        assert measure(right, TRUTH).f1 == 1
        assert measure(links(*range(6)), TRUTH).precision == 1
        assert measure(links(*[0] * 6), TRUTH).recall == 1
    assert pairwise(links(*range(6)), TRUTH).recall == 0
    assert pairwise(links(*[0] * 6), TRUTH).precision == 4 / 15


def test_the_names_of_groups_and_people_do_not_matter():
    renamed = TRUTH.map({"x": 3.5, "y": 1.5, "z": 9.0})
    assert pairwise(links(5, 5, 9, 9, 9, 1), renamed) == pairwise(links(0, 0, 2, 2, 2, 5), TRUTH)


def test_pair_quality_counts_links_and_not_groups():
    found = pd.DataFrame({"left": [0, 1, 2], "right": [1, 2, 3]})
    quality = pair_quality(found, TRUTH, existing=4)
    assert quality.precision == pytest.approx(2 / 3)
    assert quality.recall == 0.5
    assert pair_quality(found.head(0), TRUTH, existing=4) == Agreement(1.0, 0.0)
    assert pair_quality(found.head(0), TRUTH, existing=4).f1 == 0


def test_sizes_add_up_to_the_records():
    sizes = cluster_sizes(links(0, 0, 2, 2, 2, 5))
    assert sizes["records"].tolist() == [1, 2, 3]
    assert (sizes["records"] * sizes["customers"]).sum() == 6


def test_a_higher_threshold_counts_more_customers(firm, linked):
    _, truth = firm
    curve = threshold_curve(linked.pairs_, truth)
    assert curve["customers"].is_monotonic_increasing
    assert curve["recall"].is_monotonic_decreasing
    best = curve.loc[curve["f1"].idxmax()]
    assert best["customers"] == pytest.approx(truth.nunique(), rel=0.03)
    careful = threshold_curve(linked.pairs_, truth, [0.01], group=cautious_clusters)
    assert careful["customers"].iloc[0] >= curve["customers"].iloc[0]


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="truth knows no record 5"):
        pairwise(links(*range(6)), TRUTH.head(5))
    with pytest.raises(ValueError, match="truth must have one person a record"):
        true_pairs(pd.DataFrame({"customer_id": [0]}), pd.Series([1, 2], index=[0, 0]))
    with pytest.raises(ValueError, match="links has no column 'golden_id'"):
        pairwise(pd.DataFrame({"customer_id": [0]}), TRUTH)

"""Links make groups; careful ones need more than a chain."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from crmlab.analytical.linkage import FellegiSunter, cautious_clusters, cluster, pairwise, plan_for
from crmlab.standing import Standing

IDS = pd.Series([30, 10, 20, 40, 50], name="customer_id")


def pairs(*rows):
    return pd.DataFrame(rows, columns=["left", "right", "probability"])


def groups(links):
    return dict(zip(links["customer_id"], links["golden_id"], strict=True))


def test_a_chain_is_one_group_and_the_smallest_key_names_it():
    links = cluster(pairs((30, 10, 0.9), (20, 30, 0.6)), IDS)
    assert groups(links) == {30: 10, 10: 10, 20: 10, 40: 40, 50: 50}
    assert links["customer_id"].tolist() == IDS.tolist()


def test_the_threshold_is_a_probability_that_is_reached():
    links = pairs((30, 10, 0.9), (20, 30, 0.6))
    assert groups(cluster(links, IDS, 0.6))[20] == 10
    assert groups(cluster(links, IDS, 0.61))[20] == 20


def test_the_cautious_way_breaks_a_weak_chain_and_keeps_a_full_triangle():
    chain = pairs((10, 20, 0.95), (20, 30, 0.9))
    assert groups(cautious_clusters(chain, IDS)) == {30: 30, 10: 10, 20: 10, 40: 40, 50: 50}
    full = pd.concat([chain, pairs((10, 30, 0.4))])
    assert groups(cautious_clusters(full, IDS))[30] == 10


def test_two_groups_joined_by_one_wrong_link_stay_apart():
    links = pairs((10, 20, 0.99), (40, 50, 0.99), (20, 40, 0.97))
    assert len(set(groups(cluster(links, IDS)).values())) == 2
    assert len(set(groups(cautious_clusters(links, IDS)).values())) == 3


def test_average_linkage_is_scipys():
    """Against the library, on a random matrix of probabilities."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    rng = np.random.default_rng(4)
    n = 40
    left, right = np.triu_indices(n, 1)
    probability = np.where(rng.random(len(left)) < 0.3, rng.random(len(left)), 0)
    table = pairs(*zip(left, right, probability, strict=True))
    mine = cautious_clusters(table, pd.Series(range(n), name="customer_id"), 0.3)
    matrix = np.zeros((n, n))
    matrix[left, right] = matrix[right, left] = 1 - probability
    theirs = fcluster(linkage(squareform(matrix), "average"), 0.7, "distance")
    assert mine["golden_id"].nunique() == len(set(theirs))
    truth = pd.Series(theirs, index=range(n))
    assert pairwise(mine, truth).f1 == 1


def test_groups_only_grow_when_the_threshold_falls(firm, linked):
    records, _ = firm
    for way in (cluster, cautious_clusters):
        counts = [
            way(linked.pairs_, records["customer_id"], t)["golden_id"].nunique()
            for t in (0.01, 0.5, 0.9, 0.999)
        ]
        assert counts == sorted(counts)


def test_where_wrong_links_abound_the_cautious_way_is_the_more_precise(firm):
    """Without the household in the model, chains run through families."""
    records, truth = firm
    found = FellegiSunter(replace(plan_for(records), shared=())).fit(records).pairs_
    plain, careful = (
        pairwise(way(found, records["customer_id"], 0.5), truth)
        for way in (cluster, cautious_clusters)
    )
    assert careful.precision > plain.precision + 0.02


def test_standing_orders_take_the_links():
    links = cluster(pairs((30, 10, 0.9)), IDS)
    assert Standing(links=links).links is links
    assert list(links.columns) == ["customer_id", "golden_id"]


def test_no_links_leave_everybody_alone():
    for way in (cluster, cautious_clusters):
        assert way(pairs(), IDS)["golden_id"].tolist() == IDS.tolist()
    texts = pd.Series(["b", "a"], name="rec_id")
    assert cluster(pairs(("b", "a", 1.0)), texts)["golden_id"].tolist() == ["a", "a"]


def test_bad_input_is_named():
    with pytest.raises(ValueError, match=r"threshold must be in \[0, 1\], got 12"):
        cluster(pairs(), IDS, 12)
    with pytest.raises(ValueError, match="names 99, which is not among ids"):
        cluster(pairs((10, 99, 1.0)), IDS)
    with pytest.raises(ValueError, match="ids must be unique"):
        cluster(pairs(), pd.Series([1, 1]))
    with pytest.raises(ValueError, match="pairs has no column 'probability'"):
        cautious_clusters(pd.DataFrame({"left": [1], "right": [2]}), IDS)

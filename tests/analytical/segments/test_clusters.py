"""k-means: two heaps by hand, how many there are, and true needs found again."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

import crmlab as crm
from crmlab.analytical.segments import Clusters, choose_k, need_shares


def heaps(*centres, each=60, seed=1):
    """Customers around a few centres."""
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.normal(centre, 1.0, (each, 2)) for centre in centres])


def test_two_heaps_are_told_apart_and_the_larger_is_cluster_1():
    X = pd.DataFrame({"orders": [40, 1, 2, 1, 50]}, index=list("abcde"))
    found = Clusters(k=2).fit(X).segment(X)
    assert found.to_dict() == {"a": "cluster 2", "b": "cluster 1", "c": "cluster 1",
                               "d": "cluster 1", "e": "cluster 2"}  # fmt: skip


def test_clusters_are_numbered_by_size():
    X = np.concatenate([heaps(10, each=20), heaps(30, each=90), heaps(90, each=50)])
    assert np.bincount(Clusters(k=3).fit(X).labels_).tolist() == [90, 50, 20]


def test_the_number_of_heaps_is_found_again():
    table = choose_k(heaps(8, 20, 50, 120), ks=range(2, 8))
    assert table.loc[table["chosen"], "k"].tolist() == [4]


def test_one_heap_has_no_stable_clusters_and_the_most_stable_number_is_chosen():
    """k-means finds five clusters where there are none; other customers do not confirm them."""
    table = choose_k(heaps(30, each=300), ks=[3, 4, 5], least_stability=0.99)
    assert (table["stability"] < 0.9).all()
    assert table.loc[table["chosen"], "stability"].item() == table["stability"].max()


def test_true_needs_are_found_in_what_much_is_bought_of():
    """Of those with ten orders or more, and by silhouette and stability as many as there are."""
    run = crm.simulate("retail", 3_000, 78, 5)
    orders = run.records.orders["customer_id"].value_counts()
    shares = need_shares(run.records, 78).loc[lambda t: t.index.isin(orders.index[orders >= 10])]
    people = run.truth.people.set_index("person_id").filter(like="need_")
    person = run.truth.identity.set_index("customer_id")["person_id"].loc[shares.index]
    true = people.idxmax(axis=1).loc[person]
    found = Clusters(k=6).fit(shares).labels_
    assert adjusted_rand_score(true, found) > 0.3
    lot = np.random.default_rng(1).permutation(found)
    assert adjusted_rand_score(true, lot) < 0.1
    table = choose_k(shares, ks=range(3, 9))
    assert abs(table.loc[table["chosen"], "k"].item() - 6) <= 1


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="k must be at most the number of customers that differ"):
        Clusters(k=3).fit([[1.0], [1.0], [2.0]])
    with pytest.raises(ValueError, match="k must be between 1 and 1,000, got 0"):
        Clusters(k=0).fit([[1.0], [2.0]])
    with pytest.raises(ValueError, match="a number in ks must be between 2 and 1,000, got 1"):
        choose_k(heaps(10), ks=[1])
    with pytest.raises(ValueError, match="ks must leave 5 different customers in each half"):
        choose_k(heaps(10, each=6), ks=[5])

"""Which records make up one person? From pairs to groups.

If a is b and b is c, then a is c: connected components take every link at its word, so that one
wrong link merges two people for good. The cautious way asks that groups agree on average, pairs
never compared counting as certain non-matches: average linkage (Sokal and Michener 1958,
University of Kansas Science Bulletin 38, 1409-1438), by merging mutual best neighbours.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.analytical.linkage.fields import need_columns, shown


def cluster(pairs: pd.DataFrame, ids: pd.Series, threshold: float = 0.5) -> pd.DataFrame:
    """Who is who, if every link above a threshold is believed: connected components.

    Parameters
    ----------
    pairs : DataFrame
        left, right, probability.
    ids : Series
        The keys of all records; its name becomes the name of the first column.
    threshold : float
        Links of at least this probability count, in [0, 1].

    Returns
    -------
    DataFrame
        One row a record, in the order of ``ids``: its key and ``golden_id``, the smallest key
        of its group. This is what `Standing.links` takes.

    Examples
    --------
    >>> pairs = pd.DataFrame({"left": [1, 2], "right": [2, 3], "probability": [0.9, 0.6]})
    >>> cluster(pairs, pd.Series([1, 2, 3, 4], name="customer_id"))["golden_id"].tolist()
    [1, 1, 1, 4]
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    left, right, _ = _links(pairs, ids, threshold)
    graph = coo_array((np.ones(len(left)), (left, right)), shape=(len(ids), len(ids)))
    return _named(connected_components(graph, directed=False)[1], ids)


def cautious_clusters(pairs: pd.DataFrame, ids: pd.Series, threshold: float = 0.5) -> pd.DataFrame:
    """Who is who, if groups merge only while their records agree on average.

    Parameters
    ----------
    pairs, ids
        As in `cluster`.
    threshold : float
        Two groups merge when the mean probability over all pairs between them is at least so
        large, in [0, 1].

    Returns
    -------
    DataFrame
        As from `cluster`.

    Examples
    --------
    >>> pairs = pd.DataFrame({"left": [1, 2], "right": [2, 3], "probability": [0.9, 0.6]})
    >>> cautious_clusters(pairs, pd.Series([1, 2, 3], name="customer_id"))["golden_id"].tolist()
    [1, 1, 3]
    """
    left, right, total = _links(pairs, ids, 0.0)
    _check_threshold(threshold)
    group, size = np.arange(len(ids)), np.ones(len(ids))
    while True:
        edges = _between(group[left], group[right], total)
        edges["mean"] = edges["total"] / (size[edges["a"]] * size[edges["b"]])
        good = edges[edges["mean"] >= threshold] if len(edges) else edges
        if good.empty or not good["mean"].max() > 0:
            return _named(group, ids)
        a, b = _mutual_best(good, len(ids))
        into = np.arange(len(ids))
        into[b] = a
        size[a] += size[b]
        group, left, right, total = into[group], edges["a"], edges["b"], edges["total"].to_numpy()
        left, right = left.to_numpy(), right.to_numpy()


def _between(a: NDArray, b: NDArray, total: NDArray) -> pd.DataFrame:
    """The sum of the probabilities between each two groups."""
    edges = pd.DataFrame({"a": np.minimum(a, b), "b": np.maximum(a, b), "total": total})
    return edges[edges["a"] != edges["b"]].groupby(["a", "b"], as_index=False)["total"].sum()


def _mutual_best(edges: pd.DataFrame, n: int) -> tuple[NDArray, NDArray]:
    """The edges that both their ends like best; ties go to the smaller rows."""
    ranked = edges.sort_values(["mean", "a", "b"], ascending=[False, True, True])
    a, b = ranked["a"].to_numpy(), ranked["b"].to_numpy()
    first = np.full(n, len(a))
    np.minimum.at(first, a, np.arange(len(a)))
    np.minimum.at(first, b, np.arange(len(a)))
    best = (first[a] == np.arange(len(a))) & (first[b] == np.arange(len(a)))
    return a[best], b[best]


def _links(
    pairs: pd.DataFrame, ids: pd.Series, threshold: float
) -> tuple[NDArray, NDArray, NDArray[np.float64]]:
    _check_threshold(threshold)
    need_columns("pairs", pairs, "left", "right", "probability")
    kept = pairs[pairs["probability"] >= threshold]
    places = pd.Index(ids)
    if not places.is_unique:
        raise ValueError("ids must be unique, one a record. Drop the duplicates first.")
    rows = [places.get_indexer(kept[side]) for side in ("left", "right")]
    for side, found in zip(("left", "right"), rows, strict=True):
        if (found < 0).any():
            unknown = kept[side].iloc[int((found < 0).argmax())]
            raise ValueError(f"pairs[{side!r}] names {shown(unknown)}, which is not among ids.")
    return rows[0], rows[1], kept["probability"].to_numpy(float)


def _check_threshold(threshold: float) -> None:
    if not 0 <= threshold <= 1:
        raise ValueError(f"threshold must be in [0, 1], got {threshold!r}. Is this a weight?")


def _named(group: NDArray, ids: pd.Series) -> pd.DataFrame:
    keys = ids.reset_index(drop=True)
    golden = keys.groupby(group).transform("min") if len(keys) else keys
    return pd.DataFrame({ids.name or "customer_id": keys, "golden_id": golden})

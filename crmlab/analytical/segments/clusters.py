"""Which customers are alike? k-means, and how many clusters there are to be found.

k-means puts customers where the nearest centre is (MacQueen 1967; Lloyd 1982), on even scales:
logarithms, then one standard deviation each. It finds as many clusters as it is asked for,
whether there are any or not. Two questions help to choose: do members sit closer to their own
cluster than to the next (silhouette: Rousseeuw 1987, J. Comput. Appl. Math. 20), and would other
customers have led to the same clusters (stability: Lange, Roth, Braun and Buhmann 2004, Neural
Computation 16)?
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClusterMixin
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from crmlab.analytical.segments.base import Segmenter, even_scales, largest_first
from crmlab.checks import whole_number

_SILHOUETTE_OF = 2_000
"""Customers whose silhouette is computed at most: it takes all their distances."""


class Clusters(ClusterMixin, Segmenter):
    """Clusters by k-means on even scales; cluster 1 is the largest.

    Parameters
    ----------
    k : int
        Number of clusters, at least 1; `choose_k` helps.
    starts : int
        Random starts, of which the best is kept.
    seed : int

    Attributes
    ----------
    labels_ : array of int, shape (n_customers,)
        The cluster of each customer of ``fit``, 0 for the largest.
    scales_, kmeans_ : fitted scikit-learn objects
    segments_ : list of str
        "cluster 1", ...: the largest first.

    Examples
    --------
    >>> X = pd.DataFrame({"orders": [1, 1, 2, 40, 50]}, index=["a", "b", "c", "d", "e"])
    >>> Clusters(k=2).fit(X).segment(X)["e"]
    'cluster 2'
    """

    def __init__(self, k: int = 5, starts: int = 10, seed: int = 0) -> None:
        self.k = k
        self.starts = starts
        self.seed = seed

    def fit(self, X: Any, y: ArrayLike | None = None) -> Clusters:
        """Find the clusters; ``y`` is ignored."""
        values = validate_data(self, X, dtype=float, ensure_min_samples=2)
        whole_number("k", self.k, 1, 1_000)
        different = len(np.unique(values, axis=0))
        if different < self.k:
            raise ValueError(
                f"k must be at most the number of customers that differ: n_samples={len(values)} "
                f"customers, {different} of them different, should be >= k={self.k}."
            )
        self.scales_ = even_scales().fit(values)
        self.kmeans_ = _kmeans(self.k, self.starts, self.seed).fit(self.scales_.transform(values))
        self.rank_ = largest_first(self.kmeans_.labels_, self.k)
        self.labels_ = self.rank_[self.kmeans_.labels_]
        self.segments_ = [f"cluster {i + 1}" for i in range(self.k)]
        return self

    def predict(self, X: Any) -> NDArray[np.int64]:
        """The cluster of each customer as a number, 0 for the largest; see `segment`."""
        check_is_fitted(self)
        values = validate_data(self, X, dtype=float, reset=False)
        return self.rank_[self.kmeans_.predict(self.scales_.transform(values))]

    def _places(self, X: Any) -> NDArray[np.int64]:
        return self.predict(X)


def choose_k(
    X: Any,
    ks: Iterable[int] = range(2, 9),
    seed: int = 0,
    least_stability: float = 0.8,
    pairs: int = 10,
) -> pd.DataFrame:
    """How many clusters? By silhouette, among those numbers that other customers confirm.

    Parameters
    ----------
    X : DataFrame or array, shape (n_customers, n_features)
    ks : iterable of int
        Numbers to try, each at least 2.
    seed : int
    least_stability : float
        Stability that is asked for.
    pairs : int
        Times that the customers are halved, and each half clustered on its own.

    Returns
    -------
    DataFrame
        One row a number: ``k``, ``silhouette`` (-1 to 1), ``stability`` (mean adjusted Rand
        index of the two halves' clusterings of everybody: 1 the same, 0 no more than chance),
        ``chosen``: the highest silhouette among the stable, or the most stable if none is.

    Raises
    ------
    ValueError
        A half has fewer different customers than a ``k``.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> X = np.concatenate([rng.normal(centre, 1, (50, 2)) for centre in (10, 30, 90)])
    >>> table = choose_k(X, ks=[2, 3, 4])
    >>> table.loc[table["chosen"], "k"].item()
    3
    """
    tried = list(ks)
    for k in tried:
        whole_number("a number in ks", k, 2, 1_000)
    whole_number("pairs", pairs, 1, 1_000)
    values = even_scales().fit_transform(check_array(X, dtype=float))
    rng = np.random.default_rng(seed)
    halves = [np.array_split(rng.permutation(len(values)), 2) for _ in range(pairs)]
    rows = [(k, _silhouette(values, k, seed), _stability(values, k, seed, halves)) for k in tried]
    table = pd.DataFrame(rows, columns=["k", "silhouette", "stability"])
    stable = table["stability"] >= least_stability
    best = table["silhouette"].where(stable) if stable.any() else table["stability"]
    return table.assign(chosen=table.index == best.idxmax())


def _kmeans(k: int, starts: int, seed: int) -> KMeans:
    return KMeans(k, n_init=starts, random_state=seed)


def _silhouette(values: NDArray, k: int, seed: int) -> float:
    labels = _kmeans(k, 10, seed).fit(values).labels_
    return silhouette(values, labels, seed)


def silhouette(values: NDArray, labels: NDArray, seed: int) -> float:
    """Mean silhouette of at most 2,000 customers; NaN where all are in one or in none's."""
    some = np.random.default_rng(seed).permutation(len(values))[:_SILHOUETTE_OF]
    if not 1 < len(np.unique(labels[some])) < len(some):
        return float("nan")
    return float(silhouette_score(values[some], labels[some]))


def _stability(values: NDArray, k: int, seed: int, halves: list[list[NDArray]]) -> float:
    indices = []
    for pair in halves:
        if min(len(np.unique(values[half], axis=0)) for half in pair) < k:
            raise ValueError(f"ks must leave {k} different customers in each half; try fewer.")
        one, other = (_kmeans(k, 5, seed).fit(values[half]).predict(values) for half in pair)
        indices.append(adjusted_rand_score(one, other))
    return float(np.mean(indices))

"""How well do segments fit? Three grades that need not agree, and none of which is money.

Silhouette asks whether customers of a segment are alike in what was seen; the adjusted Rand
index (Hubert and Arabie 1985, Journal of Classification 2) whether they are those that are alike
in truth, where somebody knows it; the holdout error whether the segment tells what comes next.
What a segmentation earns is measured in `crmlab.experiments.segment_policies`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.metrics import adjusted_rand_score

from crmlab.analytical.segments.base import Segmenter, even_scales
from crmlab.analytical.segments.clusters import silhouette


def compare_by_fit(
    methods: Mapping[str, Segmenter],
    X: pd.DataFrame,
    y: pd.Series,
    truth: pd.Series | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Grades of several segmentations, on customers from whom nothing was learned.

    Half of the customers, by lot, are learned from: segments, and the mean of ``y`` in each.
    The other half is segmented, and graded.

    Parameters
    ----------
    methods : dict of name to segmenter
        Not fitted; they are cloned.
    X : DataFrame, shape (n_customers, n_features)
    y : Series
        What comes next of each customer (EUR, or 0 and 1), with the index of ``X``.
    truth : Series, optional
        The true segment or need of each customer, with the index of ``X``.
    seed : int
        Of the lot.

    Returns
    -------
    DataFrame
        One row a method (index ``method``): ``segments`` (with customers), ``silhouette`` (-1 to
        1, on even scales), ``rmse`` (of the segment's mean as a forecast of ``y``), ``r2`` (the
        share of the squared error that is gone, against one mean for all), and with a truth
        ``adjusted_rand`` (1 the same, 0 no more than chance).

    Raises
    ------
    ValueError
        ``y`` or ``truth`` lacks a customer of ``X``, or there are fewer than four.

    Examples
    --------
    >>> from crmlab.analytical.segments import Clusters, OneSegment
    >>> X = pd.DataFrame({"orders": [1, 2, 50, 60] * 10})
    >>> graded = compare_by_fit({"one": OneSegment(), "two": Clusters(2)}, X, X["orders"] * 2.0)
    >>> graded["r2"].round(2).tolist()
    [0.0, 0.98]
    """
    if len(X) < 4:
        raise ValueError(f"X must have four customers at least, got {len(X)}.")
    target = _of("y", y, X).astype(float)
    learn = np.random.default_rng(seed).permutation(len(X)) < len(X) // 2
    true = None if truth is None else _of("truth", truth, X)[~learn]
    rows = {name: _grade(method, X, target, learn, seed) for name, method in methods.items()}
    table = pd.DataFrame({name: row[0] for name, row in rows.items()}).T
    table.index.name = "method"
    if true is not None:
        table["adjusted_rand"] = [adjusted_rand_score(true, row[1]) for row in rows.values()]
    return table.astype({"segments": "int64"})


def _grade(
    method: Segmenter, X: pd.DataFrame, y: pd.Series, learn: np.ndarray, seed: int
) -> tuple[dict[str, float], pd.Series]:
    fitted = clone(method).fit(X[learn], y[learn])
    found, new = fitted.segment(X[learn]), fitted.segment(X[~learn])
    means = y[learn].groupby(found.astype(str)).mean()
    forecast = new.astype(str).map(means).fillna(y[learn].mean())
    error = ((y[~learn] - forecast) ** 2).mean()
    plain = ((y[~learn] - y[learn].mean()) ** 2).mean()
    scaled = even_scales().fit(X[learn].to_numpy(float)).transform(X[~learn].to_numpy(float))
    grades = {
        "segments": new.nunique(),
        "silhouette": silhouette(scaled, new.cat.codes.to_numpy(), seed),
        "rmse": np.sqrt(error),
        "r2": 1 - error / plain if plain > 0 else np.nan,
    }
    return grades, new


def _of(name: str, values: ArrayLike, X: pd.DataFrame) -> pd.Series:
    if not isinstance(values, pd.Series) or not X.index.isin(values.index).all():
        raise ValueError(f"{name} must be a Series with every customer of X in its index.")
    found = values.reindex(X.index)
    if found.isna().any():
        raise ValueError(f"{name} must not be missing, {int(found.isna().sum())} values are.")
    return found

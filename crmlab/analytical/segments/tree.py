"""By which rules do good customers part from others? Segments from a decision tree.

A regression tree (Breiman, Friedman, Olshen and Stone 1984) splits the customers at the value
of the feature that tells most about what is to come: a response (0 or 1) or a margin in EUR. Its
leaves are segments, and each is a rule that can be read out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import RegressorMixin
from sklearn.tree import DecisionTreeRegressor
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

from crmlab.analytical.segments.base import Segmenter
from crmlab.checks import whole_number

_Limits = dict[int, tuple[float, float]]


class TreeSegments(RegressorMixin, Segmenter):
    """Segments are the leaves of a small tree; leaf 1 promises most.

    Parameters
    ----------
    leaves : int
        Leaves at most, at least 2.
    least_customers : int
        Customers in a leaf at least.
    seed : int
        Decides between splits that are equally good.

    Attributes
    ----------
    tree_ : DecisionTreeRegressor
    leaves_ : DataFrame
        One row a leaf, the best first: ``segment``, ``rule`` (words), ``customers``, ``mean``
        (of ``y``).
    segments_ : list of str
        "leaf 1", ...: the best first.

    Examples
    --------
    >>> X = pd.DataFrame({"orders": [1, 1, 1, 5, 6, 7]})
    >>> fitted = TreeSegments(leaves=2, least_customers=2).fit(X, [0, 0, 1, 9, 9, 9])
    >>> fitted.leaves_[["segment", "rule", "mean"]]
      segment                 rule      mean
    0  leaf 1   orders is 4 or more  9.000000
    1  leaf 2   orders is 3 or less  0.333333
    """

    def __init__(self, leaves: int = 6, least_customers: int = 50, seed: int = 0) -> None:
        self.leaves = leaves
        self.least_customers = least_customers
        self.seed = seed

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True  # few, large leaves: a summary, not a forecast
        return tags

    def fit(self, X: Any, y: ArrayLike | None = None) -> TreeSegments:
        """Learn from customers whose response or margin is known."""
        values, target = validate_data(self, X, y, dtype=float, y_numeric=True)
        whole_number("leaves", self.leaves, 2, 10_000)
        whole_number("least_customers", self.least_customers, 1, 10**9)
        self.tree_ = DecisionTreeRegressor(
            max_leaf_nodes=self.leaves,
            min_samples_leaf=self.least_customers,
            random_state=self.seed,
        ).fit(values, target)
        names = getattr(self, "feature_names_in_", [f"x{i}" for i in range(values.shape[1])])
        whole = (values == np.floor(values)).all(axis=0)
        self.leaves_ = _leaves(self.tree_, [str(name) for name in names], whole)
        self.segments_ = self.leaves_["segment"].tolist()
        return self

    def predict(self, X: Any) -> NDArray[np.float64]:
        """What is expected of each customer: the mean of the leaf."""
        check_is_fitted(self)
        return self.tree_.predict(validate_data(self, X, dtype=float, reset=False))

    def _places(self, X: Any) -> NDArray[np.int64]:
        values = validate_data(self, X, dtype=float, reset=False)
        return (
            self.leaves_["node"]
            .to_numpy()
            .argsort()[np.searchsorted(np.sort(self.leaves_["node"]), self.tree_.apply(values))]
        )


def _leaves(
    tree: DecisionTreeRegressor, names: list[str], whole: NDArray[np.bool_]
) -> pd.DataFrame:
    """The leaves of a fitted tree, the best first, with their rules in words."""
    inner = tree.tree_
    rows, todo = [], [(0, _Limits())]
    while todo:
        node, limits = todo.pop()
        if inner.children_left[node] < 0:
            words = _rule(limits, names, whole)
            rows.append((words, inner.n_node_samples[node], inner.value[node, 0, 0], node))
            continue
        feature, border = int(inner.feature[node]), float(inner.threshold[node])
        low, high = limits.get(feature, (-np.inf, np.inf))
        todo.append((inner.children_right[node], {**limits, feature: (border, high)}))
        todo.append((inner.children_left[node], {**limits, feature: (low, border)}))
    table = pd.DataFrame(rows, columns=["rule", "customers", "mean", "node"])
    table = table.sort_values("mean", ascending=False, kind="stable", ignore_index=True)
    table.insert(0, "segment", [f"leaf {i + 1}" for i in range(len(table))])
    return table


def _rule(limits: _Limits, names: list[str], whole: NDArray[np.bool_]) -> str:
    """Limits of the features as a sentence, in the order in which the tree asks.

    >>> _rule({1: (2.5, np.inf), 0: (0.5, 1.25)}, ["overdue", "orders"], np.array([False, True]))
    'orders is 3 or more and overdue is more than 0.5 up to 1.25'
    """
    parts = [
        f"{names[feature]} is {(_whole_range if whole[feature] else _range)(*limit)}"
        for feature, limit in limits.items()
    ]
    return " and ".join(parts) or "everybody"


def _range(low: float, high: float) -> str:
    if low == -np.inf:
        return f"{high:.4g} or less"
    return f"more than {low:.4g}" + (f" up to {high:.4g}" if high < np.inf else "")


def _whole_range(low: float, high: float) -> str:
    """The same for whole numbers: more than 2.5 is 3 or more."""
    least, most = np.floor(low) + 1, np.floor(high)
    if low == -np.inf:
        return f"{most:.0f} or less"
    if high == np.inf:
        return f"{least:.0f} or more"
    return f"{least:.0f}" if least == most else f"{least:.0f} to {most:.0f}"

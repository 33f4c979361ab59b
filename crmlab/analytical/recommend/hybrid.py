"""When does what one did count more than what one said? Recommenders mixed by history length.

A switching, weighted hybrid (Burke 2002, User Modeling and User-Adapted Interaction 12(4)): the
scores of several recommenders, each brought to 0 to 1 within the customer, with weights that
depend on how much the customer has bought. The weights are given, or learned on everybody's
last known order.
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone

from crmlab.analytical.recommend.base import Floats, Recommender
from crmlab.analytical.recommend.history import Split, last_order_out

HISTORY = ("none", "1", "2-3", "4-7", "8 and more")
"""Classes of history length: lines bought so far."""
_EDGES = (1, 2, 4, 8)
_STEPS = 4  # weights are learned in quarters
_MOST = 10_000  # customers that weights are learned from
_FEW = 50  # classes with fewer cases get the weights of all


class Hybrid(Recommender):
    """A mixture of recommenders whose weights depend on how much the customer has bought.

    Parameters
    ----------
    members : tuple of (str, Recommender)
        Names and recommenders, not fitted.
    weights : DataFrame, optional
        Index `HISTORY`, columns the names, rows adding up to 1. By default they are learned: the
        quarters with the most hits among the first ``k`` on everybody's last known order, for
        which ``bought`` needs ``order_id`` and ``ordered_at`` too.
    k : int
        Length of the list that counts when weights are learned.

    Attributes
    ----------
    weights_ : DataFrame
        As ``weights``.
    members_ : dict
        The fitted recommenders.

    Examples
    --------
    >>> from crmlab.analytical.recommend import ItemToItem, Popularity
    >>> bought = pd.DataFrame({"customer_id": [1, 1, 2, 2, 3], "product_id": [5, 6, 5, 6, 7]})
    >>> members = (("popularity", Popularity()), ("items", ItemToItem()))
    >>> weights = pd.DataFrame({"popularity": [1, 0, 0, 0, 0], "items": [0, 1, 1, 1, 1]}, HISTORY)
    >>> Hybrid(members, weights).fit(bought).recommend([3, 9], k=1)["product_id"].tolist()
    [5, 5]
    """

    def __init__(
        self,
        members: tuple[tuple[str, Recommender], ...] = (),
        weights: pd.DataFrame | None = None,
        k: int = 10,
    ) -> None:
        self.members = members
        self.weights = weights
        self.k = k

    def _check_params(self) -> None:
        names = [name for name, _ in self.members]
        if not names or len(set(names)) < len(names):
            raise ValueError(f"members must have names of their own, one at least, got {names}.")
        if self.weights is None:
            return
        if set(self.weights.columns) != set(names) or list(self.weights.index) != list(HISTORY):
            raise ValueError(
                f"weights must have the columns {names} and the index {list(HISTORY)}, "
                f"got {list(self.weights)} and {list(self.weights.index)}."
            )
        values = self.weights.to_numpy(dtype=float)
        if not ((values >= 0).all() and np.allclose(values.sum(axis=1), 1.0)):
            raise ValueError("weights must be >= 0, and each row must add up to 1.")

    def _learn(
        self,
        bought: pd.DataFrame,
        products: pd.DataFrame | None,
        stated: pd.DataFrame | None,
    ) -> None:
        self.members_ = self._fitted(bought, products, stated)
        if self.weights is not None:
            self.weights_ = self.weights[list(self.members_)].astype(float)
            return
        split = last_order_out(bought)
        if not len(split.known):
            raise ValueError(
                "weights cannot be learned: nobody has ordered twice. Give them: weights=..."
            )
        catalogue = (
            products if products is not None else pd.DataFrame({"product_id": self.products_})
        )
        trial = self._fitted(split.known, catalogue, stated)
        self.weights_ = _learned(trial, split, min(self.k, len(self.products_)))

    def _fitted(
        self,
        bought: pd.DataFrame,
        products: pd.DataFrame | None,
        stated: pd.DataFrame | None,
    ) -> dict[str, Recommender]:
        return {name: clone(m).fit(bought, products, stated) for name, m in self.members}

    def _scores(self, ids: pd.Index) -> Floats:
        which = history_class(self.history_.of(ids).sum(axis=1))
        weights = self.weights_.to_numpy()[which]
        return sum(
            weights[:, [j]] * _unit(m.score(ids)) for j, m in enumerate(self.members_.values())
        )


def history_class(lines: NDArray) -> NDArray[np.int64]:
    """The class of `HISTORY` by lines bought so far.

    >>> history_class(np.array([0, 1, 3, 7, 8])).tolist()
    [0, 1, 2, 3, 4]
    """
    return np.searchsorted(np.array(_EDGES), lines, side="right")


def _unit(scores: Floats) -> Floats:
    """Every row from 0 to 1."""
    low, high = scores.min(axis=1, keepdims=True), scores.max(axis=1, keepdims=True)
    return (scores - low) / np.maximum(high - low, 1e-300)


def _learned(members: dict[str, Recommender], split: Split, k: int) -> pd.DataFrame:
    """For every class of history the mixture with the most hits, all mixtures in quarters tried."""
    first = next(iter(members.values()))
    everybody = pd.Index(np.sort(split.held_out["customer_id"].unique()))
    customers = everybody[:: -(-len(everybody) // _MOST)]
    cases = split.held_out[split.held_out["customer_id"].isin(customers)]
    row = customers.get_indexer(cases["customer_id"])
    target = first.products_.get_indexer(cases["product_id"])
    scores = [_unit(m.score(customers)) for m in members.values()]
    classes = history_class(first.history_.of(customers).sum(axis=1))[row]
    mixtures = _mixtures(len(members))
    hits = np.array([_hits(scores, mix, row, target, k) for mix in mixtures])
    best = []
    for c in range(len(HISTORY)):
        own = classes == c if (classes == c).sum() >= _FEW else np.ones(len(row), dtype=bool)
        best.append(mixtures[hits[:, own].sum(axis=1).argmax()])
    return pd.DataFrame(best, list(HISTORY), list(members))


def _mixtures(members: int) -> Floats:
    """All weights in quarters that add up to 1, the most even first: they win ties."""
    every = [m for m in itertools.product(range(_STEPS + 1), repeat=members) if sum(m) == _STEPS]
    every.sort(key=lambda m: sum(part**2 for part in m))
    return np.array(every, dtype=np.float64) / _STEPS


def _hits(
    scores: list[Floats], mix: Floats, row: NDArray, target: NDArray, k: int
) -> NDArray[np.bool_]:
    """Whether each held-out product is among the first ``k`` of its customer's list."""
    mixed = sum(w * s for w, s in zip(mix, scores, strict=True))
    cut = np.partition(mixed, -k, axis=1)[:, -k]
    return mixed[row, target] >= cut[row]

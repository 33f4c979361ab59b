"""What suits this customer, without a look at others? Popularity, what was said, what was done.

Three of the kinds of personalisation: none (everybody gets what sells), preference-based (rules
on what the customer said) and behaviour-based (a profile of what the customer bought). What
people say may be missing or wrong; what they did is missing for the new.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from crmlab.analytical.recommend.base import Floats, Recommender, categories_of
from crmlab.analytical.recommend.history import check_columns

_WEIGHTS = (1.0, 3.0, 10.0, 30.0, 100.0, 1_000.0)


class Popularity(Recommender):
    """Everybody gets what sells best: the baseline that is hard to beat where tastes are alike.

    Examples
    --------
    >>> bought = pd.DataFrame({"customer_id": [1, 2, 2], "product_id": [5, 5, 6]})
    >>> Popularity().fit(bought).recommend([1, 9], k=1)["product_id"].tolist()
    [5, 5]
    """

    def _scores(self, ids: pd.Index) -> Floats:
        return np.tile(self.popularity_, (len(ids), 1))


class StatedPreferences(Recommender):
    """The categories that a customer asked for, best first; within them what sells best.

    Categories without a statement come last, after those with a low score. Needs ``products``
    and ``stated`` at `fit`.

    Attributes
    ----------
    categories_ : Index
        Columns of the statements.

    Examples
    --------
    >>> bought = pd.DataFrame({"customer_id": [1, 2, 2], "product_id": [5, 5, 6]})
    >>> products = pd.DataFrame({"product_id": [5, 6], "category": ["toys", "books"]})
    >>> stated = pd.DataFrame({"customer_id": [1], "category": ["books"], "score": [0.9]})
    >>> model = StatedPreferences().fit(bought, products, stated)
    >>> model.recommend([1, 2], k=1)["product_id"].tolist()
    [6, 5]
    """

    def _learn(
        self,
        bought: pd.DataFrame,
        products: pd.DataFrame | None,
        stated: pd.DataFrame | None,
    ) -> None:
        category = categories_of(products, self.products_)
        if stated is None:
            raise ValueError("stated must be given: customer_id, category, score.")
        check_columns("stated", stated, "customer_id", "category", "score")
        strange = ~stated["category"].isin(category.categories)
        if strange.any():
            raise ValueError(
                f"stated.category must be one of {list(category.categories)}, "
                f"got {stated['category'][strange].iloc[0]!r}."
            )
        self.categories_, self._code = category.categories, category.codes
        self._within = _within_category(self.popularity_, category.codes)
        said = stated.astype({"category": object}).pivot_table(
            index="customer_id", columns="category", values="score", aggfunc="mean"
        )
        said = said.reindex(columns=self.categories_)
        # Rank within the row; the best has the largest, no statement has 0.
        self._said = said.rank(axis=1, method="dense").fillna(0.0)

    def _scores(self, ids: pd.Index) -> Floats:
        rank = self._said.reindex(ids).fillna(0.0).to_numpy()
        return rank[:, self._code] + 0.5 * self._within * (rank[:, self._code] > 0)


class OwnHistory(Recommender):
    """A profile of what the customer bought: shares of categories and of products.

    A share is pulled towards what everybody buys, the more so the less is known: with ``n`` own
    lines, ``n_c`` of them in the category and ``n_p`` of the product,

    ``s_c = (n_c + a pop_c) / (n + a)`` and ``s_p = (n_p + b s_c pop_p|c) / (n + b)``.

    Needs ``products`` at `fit`.

    Parameters
    ----------
    category_weight, product_weight : float, optional
        Lines that popularity counts for, ``a`` and ``b``, > 0. By default each is the one of
        1, 3, 10, 30, 100, 1000 that foretells every line best from the customer's others.

    Attributes
    ----------
    weights_ : Series
        ``category`` and ``product``, as used.

    Examples
    --------
    >>> bought = pd.DataFrame({"customer_id": [1, 1, 2, 2, 2], "product_id": [6, 6, 5, 5, 5]})
    >>> products = pd.DataFrame({"product_id": [5, 6], "category": ["toys", "books"]})
    >>> model = OwnHistory(1.0, 1.0).fit(bought, products)
    >>> model.recommend([1, 2, 3], k=1)["product_id"].tolist()
    [6, 5, 5]
    """

    def __init__(
        self, category_weight: float | None = None, product_weight: float | None = None
    ) -> None:
        self.category_weight = category_weight
        self.product_weight = product_weight

    def _check_params(self) -> None:
        for name in ("category_weight", "product_weight"):
            value = getattr(self, name)
            if value is not None and not 0 < value < np.inf:
                raise ValueError(f"{name} must be a finite number > 0, got {value!r}.")

    def _learn(
        self,
        bought: pd.DataFrame,
        products: pd.DataFrame | None,
        stated: pd.DataFrame | None,
    ) -> None:
        category = categories_of(products, self.products_)
        self._code = category.codes.astype(np.int64)
        n, k = len(self._code), len(category.categories)
        self._belongs = sparse.csr_array((np.ones(n), (np.arange(n), self._code)), shape=(n, k))
        self._category_share = self.popularity_ @ self._belongs
        self._within = self.popularity_ / self._category_share[self._code]
        a = self.category_weight or self._best_category_weight()
        b = self.product_weight or self._best_product_weight(a)
        self.weights_ = pd.Series({"category": a, "product": b}, name="lines")

    def _scores(self, ids: pd.Index) -> Floats:
        own = self.history_.of(ids)
        lines = own.sum(axis=1)[:, None]
        a, b = self.weights_["category"], self.weights_["product"]
        share = ((own @ self._belongs).toarray() + a * self._category_share) / (lines + a)
        expected = share[:, self._code] * self._within
        return (own.toarray() + b * expected) / (lines + b)

    def _best_category_weight(self) -> float:
        """The weight under which the other lines of a customer foretell each line's category."""
        own = (self.history_.counts @ self._belongs).tocoo()
        lines = self.history_.counts.sum(axis=1)[own.row] - 1.0
        pop = self._category_share[own.col]
        return max(
            _WEIGHTS, key=lambda a: own.data @ np.log((own.data - 1 + a * pop) / (lines + a))
        )

    def _best_product_weight(self, a: float) -> float:
        """The same for products, the category's share being known from the other lines too."""
        own, by_category = self.history_.counts.tocoo(), self.history_.counts @ self._belongs
        lines = self.history_.counts.sum(axis=1)[own.row] - 1.0
        code = self._code[own.col]
        in_category = _cells(by_category, own.row, code) - 1.0
        share = (in_category + a * self._category_share[code]) / (lines + a)
        expected = share * self._within[own.col]
        return max(
            _WEIGHTS,
            key=lambda b: own.data @ np.log((own.data - 1 + b * expected) / (lines + b)),
        )


def _within_category(popularity: Floats, code: NDArray) -> Floats:
    """Popularity of each product within its category, against the best of it."""
    best = np.zeros(code.max() + 1)
    np.maximum.at(best, code, popularity)
    return popularity / best[code]


def _cells(matrix: sparse.csr_array, row: NDArray, column: NDArray) -> Floats:
    """These cells of a sparse matrix with few columns."""
    return matrix.toarray()[row, column]

"""What do all recommenders have in common? They score products, and the best are shown.

A subclass says what it learns (`_learn`) and how it scores customers (`_scores`). Ties, and
customers of whom it knows nothing, go by popularity: some list has to be shown.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from crmlab.analytical.recommend.history import Matrix, check_columns, to_matrix
from crmlab.checks import whole_number

Floats = NDArray[np.float64]
_BLOCK = 2**22  # scores at a time
_TIE = 1e-9  # weight of popularity against a recommender's own scores


class Recommender(BaseEstimator):
    """The common interface: `fit`, `score`, `recommend`.

    Attributes
    ----------
    products_ : Index
        Columns of the scores.
    popularity_ : array, shape (n_products,)
        Share of each product in the lines.
    history_ : Matrix
        What was bought, customers by products.
    """

    def fit(
        self,
        bought: pd.DataFrame,
        products: pd.DataFrame | None = None,
        stated: pd.DataFrame | None = None,
    ) -> Any:
        """Learn from what was bought, and from what was said where that counts.

        Parameters
        ----------
        bought : DataFrame
            ``customer_id`` and ``product_id``, one row a line: what `purchases` gives.
        products : DataFrame, optional
            ``product_id`` and ``category``: the catalogue, with products that nobody bought.
        stated : DataFrame, optional
            Stated preferences: ``customer_id``, ``category``, ``score`` (larger is better).

        Returns
        -------
        The recommender itself.

        Raises
        ------
        ValueError
            A table that this recommender needs, or a column of it, is missing.
        """
        self._check_params()
        catalogue = None
        if products is not None:
            check_columns("products", products, "product_id")
            catalogue = pd.Index(products["product_id"].to_numpy())
            if catalogue.has_duplicates:
                twice = catalogue[catalogue.duplicated()][0]
                raise ValueError(f"products must have one row a product, got {twice} twice.")
        self.history_: Matrix = to_matrix(bought, catalogue)
        self.products_ = self.history_.products
        self.popularity_ = self.history_.popularity
        self._learn(bought, products, stated)
        return self

    def score(self, customers: ArrayLike) -> Floats:
        """How much does each product speak for itself, customer by customer?

        Parameters
        ----------
        customers : array, shape (n,)
            Customer ids; those without a line are scored too.

        Returns
        -------
        array, shape (n, n_products)
            Larger is better; comparable within a row only. Columns as ``products_``. For many
            customers use `recommend`, which works in blocks.
        """
        check_is_fitted(self)
        ids = pd.Index(customers)
        scores = np.asarray(self._scores(ids), dtype=np.float64)
        width = np.abs(scores).max(axis=1, keepdims=True)
        return scores + _TIE * np.where(width > 0, width, 1.0) * self.popularity_

    def recommend(self, customers: ArrayLike, k: int = 10, new_only: bool = False) -> pd.DataFrame:
        """The best products for each of these customers.

        Parameters
        ----------
        customers : array, shape (n,)
            Customer ids, each once.
        k : int
            How many products, at least 1.
        new_only : bool
            Whether to leave out what the customer has bought already; lists may then be
            shorter.

        Returns
        -------
        DataFrame
            ``customer_id``, ``rank`` (1 is the best), ``product_id``, ``score``: up to ``k`` rows
            a customer, in the order of ``customers``.

        Raises
        ------
        ValueError
            A customer stands there twice, or ``k`` exceeds the catalogue.
        """
        check_is_fitted(self)
        ids, n = pd.Index(customers), len(self.products_)
        if ids.has_duplicates:
            raise ValueError(f"customers must be there once each, got {ids[ids.duplicated()][0]}.")
        whole_number("k", k, 1, n)
        size = max(1, _BLOCK // n)
        parts = [
            self._best(ids[begin : begin + size], k, new_only)
            for begin in range(0, max(len(ids), 1), size)
        ]
        return pd.concat(parts, ignore_index=True)

    def _best(self, ids: pd.Index, k: int, new_only: bool) -> pd.DataFrame:
        scores = self.score(ids)
        if new_only:
            scores[self.history_.of(ids).nonzero()] = -np.inf
        cut = _highest(scores, k)
        values = np.take_along_axis(scores, cut, axis=1)
        order = np.argsort(-values, axis=1, kind="stable")
        top = np.take_along_axis(cut, order, axis=1).ravel()
        values = np.take_along_axis(values, order, axis=1).ravel()
        table = pd.DataFrame({"customer_id": ids.repeat(k)})
        table["rank"] = np.tile(np.arange(1, k + 1), len(ids))
        table["product_id"], table["score"] = self.products_.to_numpy()[top], values
        return table[np.isfinite(values)]

    def _check_params(self) -> None:
        """Raise `ValueError` where a parameter is out of range."""

    def _learn(
        self,
        bought: pd.DataFrame,
        products: pd.DataFrame | None,
        stated: pd.DataFrame | None,
    ) -> None:
        """What a subclass keeps besides the history."""

    def _scores(self, ids: pd.Index) -> Floats:
        raise NotImplementedError


def categories_of(products: pd.DataFrame | None, known: pd.Index) -> pd.Categorical:
    """The category of each product, in the order of ``known``.

    Raises
    ------
    ValueError
        There is no catalogue, or it has no categories.
    """
    if products is None:
        raise ValueError(
            "products must be given: this recommender needs the category of each product."
        )
    check_columns("products", products, "product_id", "category")
    own = products.set_index("product_id")["category"].reindex(known)
    return pd.Categorical(own)


def _highest(scores: NDArray[np.float64], k: int) -> NDArray[np.int64]:
    """Places of the k highest in each row; of equals, those further left, on every computer.

    >>> _highest(np.array([[1.0, 3.0, 1.0, 1.0], [0.0, 0.0, 0.0, 2.0]]), 2).tolist()
    [[0, 1], [0, 3]]
    """
    least = -np.partition(-scores, k - 1, axis=1)[:, k - 1, None]
    above, equal = scores > least, scores == least
    left = k - above.sum(axis=1, keepdims=True)
    chosen = above | (equal & (equal.cumsum(axis=1) <= left))
    return np.nonzero(chosen)[1].reshape(len(scores), k)

"""What do people with a like taste buy? Item-item collaborative filtering, matrix factorisation.

Neither asks anybody anything nor knows a category: what is bought by the same people belongs
together. Linden, Smith and York (2003), IEEE Internet Computing 7(1), compare products by the
cosine of their columns of customers. Hu, Koren and Volinsky (2008), ICDM, explain who bought
what by a few factors; a purchase counts with a confidence that grows with its number, and no
purchase counts a little, as nobody said that they dislike a thing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from crmlab.analytical.recommend.base import Floats, Recommender
from crmlab.checks import whole_number

_BLOCK = 2**22  # numbers of normal equations at a time


class ItemToItem(Recommender):
    """Products that are bought by those who bought what this customer bought.

    The score of a product is the sum of its cosines with the products of the customer; a
    product is no neighbour of its own.

    Parameters
    ----------
    neighbours : int
        The most similar products of each product that are kept.

    Attributes
    ----------
    similarity_ : sparse array, shape (n_products, n_products)
        Row: the product bought; column: the product spoken for.

    Examples
    --------
    >>> bought = pd.DataFrame({"customer_id": [1, 1, 2, 2, 3], "product_id": [5, 6, 5, 6, 7]})
    >>> model = ItemToItem().fit(bought)
    >>> model.similarity_.toarray().round(2)
    array([[0., 1., 0.],
           [1., 0., 0.],
           [0., 0., 0.]])
    """

    def __init__(self, neighbours: int = 50) -> None:
        self.neighbours = neighbours

    def _check_params(self) -> None:
        whole_number("neighbours", self.neighbours, 1, 10**9)

    def _learn(
        self,
        bought: pd.DataFrame,
        products: pd.DataFrame | None,
        stated: pd.DataFrame | None,
    ) -> None:
        has = _indicator(self.history_.counts)
        size = np.sqrt(np.maximum(has.sum(axis=0), 1.0))
        scaled = has @ sparse.diags_array(1.0 / size)
        cosine = (scaled.T @ scaled).tocsr()
        cosine.setdiag(0.0)
        cosine.eliminate_zeros()
        self.similarity_ = _strongest(cosine, self.neighbours)

    def _scores(self, ids: pd.Index) -> Floats:
        return (_indicator(self.history_.of(ids)) @ self.similarity_).toarray()


class ImplicitALS(Recommender):
    """A few factors behind who bought what, by alternating least squares.

    Minimises ``sum c_up (x_u y_p)^2`` around ``1`` where bought and ``0`` where not, with
    confidence ``c_up = 1 + confidence * lines`` and a penalty on the factors: equation (3) of
    Hu, Koren and Volinsky (2008), solved by their (4) and (5) for all rows at once. Customers
    are folded in by one more half-step, so that a new one needs no new fit.

    Parameters
    ----------
    factors : int
    confidence : float
        Their alpha, > 0; 40 in the paper.
    penalty : float
        Their lambda, > 0.
    rounds : int
        Of alternating.
    seed : int
        Of the first factors.

    Attributes
    ----------
    item_factors_ : array, shape (n_products, factors)
    loss_ : array
        What is minimised, round by round.

    Examples
    --------
    >>> bought = pd.DataFrame({"customer_id": [1, 1, 2, 3, 3], "product_id": [5, 6, 5, 7, 7]})
    >>> model = ImplicitALS(factors=2, penalty=0.1, seed=1).fit(bought)
    >>> model.recommend([2], k=2)["product_id"].tolist()
    [5, 6]
    """

    def __init__(
        self,
        factors: int = 8,
        confidence: float = 40.0,
        penalty: float = 10.0,
        rounds: int = 15,
        seed: int = 0,
    ) -> None:
        self.factors = factors
        self.confidence = confidence
        self.penalty = penalty
        self.rounds = rounds
        self.seed = seed

    def _check_params(self) -> None:
        whole_number("factors", self.factors, 1, 10_000)
        whole_number("rounds", self.rounds, 1, 10_000)
        for name in ("confidence", "penalty"):
            if not 0 < getattr(self, name) < np.inf:
                raise ValueError(f"{name} must be a finite number > 0, got {getattr(self, name)}.")

    def _learn(
        self,
        bought: pd.DataFrame,
        products: pd.DataFrame | None,
        stated: pd.DataFrame | None,
    ) -> None:
        counts = self.history_.counts
        by_product = counts.T.tocsr()
        draws = np.random.default_rng(self.seed).standard_normal(
            (len(self.products_), self.factors)
        )
        items, losses = 0.1 * draws, []
        for _ in range(self.rounds):
            people = self._solve(counts, items)
            items = self._solve(by_product, people)
            losses.append(self._loss(counts, people, items))
        self.item_factors_, self.loss_ = items, np.array(losses)

    def _scores(self, ids: pd.Index) -> Floats:
        return self._solve(self.history_.of(ids), self.item_factors_) @ self.item_factors_.T

    def _solve(self, counts: Any, other: Floats) -> Floats:
        """Equation (4): one ridge regression a row, in blocks."""
        f = other.shape[1]
        whole = other.T @ other + self.penalty * np.eye(f)
        squares = (other[:, :, None] * other[:, None, :]).reshape(len(other), -1)
        found = np.empty((counts.shape[0], f))
        size = max(1, _BLOCK // f**2)
        for begin in range(0, len(found), size):
            extra = self.confidence * counts[begin : begin + size]
            left = (extra @ squares).reshape(-1, f, f) + whole
            right = (extra + _indicator(extra)) @ other
            found[begin : begin + size] = np.linalg.solve(left, right[:, :, None])[:, :, 0]
        return found

    def _loss(self, counts: Any, people: Floats, items: Floats) -> float:
        """Equation (3), with the sum over all cells split into all at once and those bought."""
        cells = counts.tocoo()
        fitted = np.einsum("nf,nf->n", people[cells.row], items[cells.col])
        everywhere = np.sum((people.T @ people) * (items.T @ items))
        bought = (1 + self.confidence * cells.data) * (1 - fitted) ** 2 - fitted**2
        return float(
            everywhere + bought.sum() + self.penalty * ((people**2).sum() + (items**2).sum())
        )


def _indicator(counts: Any) -> Any:
    """1 where something was bought."""
    has = counts.tocsr().copy()
    has.data = np.ones_like(has.data)
    return has


def _strongest(matrix: Any, keep: int) -> Any:
    """The largest entries of each row."""
    cells = matrix.tocoo()
    order = np.lexsort((cells.col, -cells.data, cells.row))
    row = cells.row[order]
    place = np.arange(len(row)) - np.searchsorted(row, row)
    chosen = order[place < keep]
    parts = (cells.data[chosen], (cells.row[chosen], cells.col[chosen]))
    return sparse.csr_array(parts, shape=matrix.shape)

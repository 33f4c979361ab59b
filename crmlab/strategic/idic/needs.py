"""What does each customer want, as far as the firm can tell? Beliefs about needs.

A customer's needs are shares over the categories. Before anything is known the firm believes what
holds for everybody: a symmetric Dirichlet distribution whose strength the base itself tells. Every
order line and every answer is then one count more (the Dirichlet is conjugate: Gelman et al.
2013, Bayesian Data Analysis, section 3.4). What a message is worth hangs on its *relevance*, the
need for what it shows over the greatest need, and for that a belief is enough.

The n-th answer of a customer leaves out those named before; counted as one more line it is
believed a little too well. Customers are alike in no category: the prior is symmetric.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from crmlab.checks import above_zero
from crmlab.tables import CATEGORIES

WEAKEST, STRONGEST = 0.5, 50.0
"""Strengths between which the prior is held: customers of one need, and all alike."""


def need_counts(
    order_lines: pd.DataFrame, orders: pd.DataFrame, products: pd.DataFrame, owner: pd.Series
) -> pd.DataFrame:
    """How often each customer bought of each category.

    Parameters
    ----------
    order_lines, orders, products : DataFrame
        As in `crmlab.tables`.
    owner : Series
        The customer behind each record (index ``customer_id``), as the firm believes.

    Returns
    -------
    DataFrame
        One row a customer, one column a category: order lines. Customers without a line are
        there with zeros.

    Examples
    --------
    >>> lines = pd.DataFrame({"order_id": [1, 1, 2], "product_id": [5, 6, 5]})
    >>> orders = pd.DataFrame({"order_id": [1, 2], "customer_id": [7, 8]})
    >>> products = pd.DataFrame({"product_id": [5, 6], "category": ["home", "toys"]})
    >>> owner = pd.Series([7, 7, 9], index=[7, 8, 9])
    >>> need_counts(lines, orders, products, owner)[["home", "toys"]].to_numpy().tolist()
    [[2, 1], [0, 0]]
    """
    record = pd.Series(orders["customer_id"].to_numpy(), orders["order_id"].to_numpy())
    what = pd.Series(products["category"].to_numpy(object), products["product_id"].to_numpy())
    who = record.reindex(order_lines["order_id"].to_numpy()).to_numpy()
    return _counted(owner, who, what.reindex(order_lines["product_id"].to_numpy()).to_numpy())


def answer_counts(questions: pd.DataFrame, owner: pd.Series) -> pd.DataFrame:
    """How often each customer named each category when asked: as `need_counts`, of answers."""
    said = questions[questions["answer"] != "no answer"]
    return _counted(owner, said["customer_id"].to_numpy(), said["answer"].to_numpy(object))


def _counted(owner: pd.Series, record: NDArray, category: NDArray) -> pd.DataFrame:
    customers = np.unique(owner.to_numpy())
    k = len(CATEGORIES)
    golden = owner.reindex(record).to_numpy()
    row = pd.Index(customers).get_indexer(golden)
    column = pd.Index(CATEGORIES).get_indexer(category)
    known = (row >= 0) & (column >= 0)
    counts = np.bincount(row[known] * k + column[known], minlength=k * len(customers))
    index = pd.Index(customers, name="customer_id")
    return pd.DataFrame(counts.reshape(-1, k), index, list(CATEGORIES))


def prior_strength(counts: ArrayLike) -> float:
    """How much alike all customers are, before one is known: the strength A of the prior.

    Two lines of one customer fall into one category with probability ``(1 + A / k) / (1 + A)``
    with k categories; the share that does tells A. A small A says that each customer wants few
    things, a large one that all want the same mixture.

    Parameters
    ----------
    counts : array, shape (n_customers, k)
        Lines of each customer by category.

    Returns
    -------
    float
        The sum of the prior's parameters, each ``A / k``; held to [`WEAKEST`, `STRONGEST`] and
        rounded to a tenth. Without a customer with two lines it is k: an even prior.

    Examples
    --------
    Two categories, four customers with two lines, three of them in one category: S = 3/4, so
    A = (1 - 3/4) / (3/4 - 1/2) = 1:

    >>> prior_strength([[2, 0], [0, 2], [2, 0], [1, 1]])
    1.0
    """
    table = np.asarray(counts, dtype=float)
    k, lines = table.shape[1], table.sum(axis=1)
    pairs = (lines * (lines - 1)).sum()
    if pairs == 0:
        return float(k)
    same = (table * (table - 1)).sum() / pairs
    if same <= 1 / k:
        return STRONGEST
    return round(float(np.clip((1 - same) / (same - 1 / k), WEAKEST, STRONGEST)), 1)


def believed(counts: ArrayLike, strength: float) -> NDArray[np.float64]:
    """The parameters of each customer's Dirichlet: ``strength / k`` and one more a count.

    >>> believed([[2, 0], [0, 0]], strength=1.0).tolist()
    [[2.5, 0.5], [0.5, 0.5]]
    """
    above_zero("strength", strength)
    table = np.asarray(counts, dtype=float)
    return table + strength / table.shape[1]


def expected_relevance(alpha: ArrayLike) -> NDArray[np.float64]:
    """How relevant is each category expected to be to somebody of whom so much is known?

    The mean of need over greatest need under a Dirichlet belief: with independent gamma variables
    G of shapes alpha it is the mean of G_c over the largest G, one integral a category, worked
    out to seven digits.
    The mean of a row is the relevance of the whole assortment.

    Parameters
    ----------
    alpha : array, shape (n, k)
        Parameters of Dirichlet beliefs, > 0.

    Returns
    -------
    array, shape (n, k)
        In (0, 1].

    Examples
    --------
    Nothing known of two categories: the smaller is half way, so 1/2 (1 + 2 ln 2 - 1) for both:

    >>> expected_relevance([[1.0, 1.0]]).round(3).tolist()
    [[0.693, 0.693]]
    """
    table = np.asarray(alpha, dtype=float)
    if table.ndim != 2 or not (table > 0).all():
        raise ValueError(
            f"alpha must be a table of numbers > 0, one row a customer, got {alpha!r:.80}. "
            "Add the prior to counts: believed(counts, strength)."
        )
    order = np.argsort(table, axis=1, kind="stable")
    rows, inverse = np.unique(np.take_along_axis(table, order, 1), axis=0, return_inverse=True)
    # Beliefs that are alike but for the names of the categories are worked out once.
    found = np.array([_relevance(tuple(row)) for row in rows]).reshape(rows.shape)
    answer = np.empty_like(table)
    np.put_along_axis(answer, order, found[inverse.reshape(-1)], axis=1)
    return answer


@lru_cache(maxsize=1 << 16)
def _relevance(alpha: tuple[float, ...]) -> NDArray[np.float64]:
    from scipy.special import gammainc, gammaln

    a = np.array(alpha)[:, None]
    top = a.max()
    # Logarithms of a gamma variable: as fine as the sharpest density, as far as any mass lies.
    step = min(0.25, 0.5 / np.sqrt(top))
    low = max(np.log(top) - 8.0 / np.sqrt(top) - 20.0 / top, -9.0 - 20.0 / a.sum())
    grid = np.arange(low, np.log(top + 8.0 * np.sqrt(top) + 40.0) + step, step)
    g = np.exp(grid)
    below = np.maximum(gammainc(a, g), 1e-300)  # P(G < g)
    mass = np.exp(a * grid - g - gammaln(a))  # density of log G
    below_next = gammainc(a + 1, g)  # P(G' < g) with one more in shape
    hazard = mass / below
    everybody = below.prod(axis=0)
    largest = everybody * hazard  # c is the largest, at g
    another = everybody * (hazard.sum(axis=0) - hazard) * a * below_next / below / g
    value: NDArray[np.float64] = np.clip((largest + another).sum(axis=1) * step, 0.0, 1.0)
    return value

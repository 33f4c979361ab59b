"""What is each customer shown? The fourth step of IDIC: behave differently.

Of Gilmore and Pine's four ways (1997, Harvard Business Review 75(1)) this is the *transparent* one:
the firm adapts what it shows and does not ask the customer to choose. Each customer gets the
category believed most relevant, or the whole assortment where one product is more likely to put
off than to please.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from crmlab.checks import at_least_zero
from crmlab.tables import CATEGORIES

EVERYTHING = -1
"""Stands for the whole assortment where a category is expected."""


def felt(relevance: ArrayLike, miss_penalty: float = 0.0) -> NDArray[np.float64]:
    """Relevance of one product as it is felt: what is not wanted puts people off.

    >>> felt([1.0, 0.4], miss_penalty=0.5).round(2).tolist()
    [1.0, 0.1]
    """
    at_least_zero("miss_penalty", miss_penalty)
    known = np.asarray(relevance, dtype=float)
    return known - miss_penalty * (1.0 - known)


def best_to_show(relevance: NDArray[np.float64], miss_penalty: float = 0.0) -> pd.DataFrame:
    """What to show each customer, and how relevant it is expected to be.

    Parameters
    ----------
    relevance : array, shape (n, k)
        Expected relevance of each category; its mean over a row is that of the whole assortment.
    miss_penalty : float
        How far a product that is not wanted puts off, as the firm believes, >= 0.

    Returns
    -------
    DataFrame
        One row a customer: ``show`` (place in `CATEGORIES`, or `EVERYTHING`) and ``relevance``.

    Examples
    --------
    >>> known = np.array([[0.9, 0.3], [0.6, 0.5]])
    >>> best_to_show(known, miss_penalty=0.5).round(2)
       show  relevance
    0     0       0.85
    1    -1       0.55
    """
    one, all_of_it = felt(relevance, miss_penalty), relevance.mean(axis=1)
    best = one.argmax(axis=1)
    better = one.max(axis=1) > all_of_it
    return pd.DataFrame(
        {
            "show": np.where(better, best, EVERYTHING),
            "relevance": np.where(better, one.max(axis=1), all_of_it),
        }
    )


def product_of(show: ArrayLike, products: pd.DataFrame) -> NDArray[np.int64]:
    """The product that stands for each category in a message; 0 for the whole assortment.

    >>> products = pd.DataFrame({"product_id": [1, 2, 3], "category": ["home", "home", "garden"]})
    >>> product_of([0, EVERYTHING, 1], products).tolist()
    [1, 0, 3]
    """
    first = products.groupby(products["category"].astype(str))["product_id"].min()
    by_category = first.reindex(CATEGORIES, fill_value=0).to_numpy(dtype=np.int64)
    return np.append(by_category, 0)[np.asarray(show, dtype=np.int64)]

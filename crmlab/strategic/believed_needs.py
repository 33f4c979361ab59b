"""What does the firm believe that each customer likes best? From orders, from answers, or both.

Gilmore and Pine (1997) part firms that *ask* from firms that *watch*. Watching counts the order
lines of each category; asking counts what was said, the first answer for most. Both are pulled a
little towards what everybody buys, so that one order does not settle a matter. What is believed
can be wrong: `with_errors` spoils it for a share of the customers, and that is how data errors
come in (another customer's record, an outdated answer, a gift taken for a taste).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.chance import Chance
from crmlab.checks import at_least_zero
from crmlab.tables import CATEGORIES

ANSWER_LINES = 3.0
"""Order lines that a first answer counts for; the n-th counts for a n-th of it. *Assumed*."""


def lines_by_category(
    order_lines: pd.DataFrame, orders: pd.DataFrame, products: pd.DataFrame
) -> pd.DataFrame:
    """What each customer has bought: order lines by category.

    Returns
    -------
    DataFrame
        One row per customer who has bought (index ``customer_id``), one column a category.

    Examples
    --------
    >>> orders = pd.DataFrame({"order_id": [1], "customer_id": [7]})
    >>> lines = pd.DataFrame({"order_id": [1, 1], "product_id": [61, 61]})
    >>> products = pd.DataFrame({"product_id": [61], "category": ["outdoor"]})
    >>> lines_by_category(lines, orders, products)["outdoor"].to_dict()
    {7: 2}
    """
    order = pd.Index(orders["order_id"]).get_indexer(order_lines["order_id"])
    product = pd.Index(products["product_id"]).get_indexer(order_lines["product_id"])
    customer, code = orders["customer_id"].to_numpy()[order], _codes(products["category"])[product]
    return _counted(customer, code, np.ones(len(code), dtype=np.int64))


def answers_by_category(questions: pd.DataFrame) -> pd.DataFrame:
    """What each customer has said: the first answer counts as 1, the second as 1/2, and so on.

    Returns
    -------
    DataFrame
        One row per customer who has answered (index ``customer_id``), one column a category.

    Examples
    --------
    >>> said = pd.DataFrame({"customer_id": [7, 7, 8], "answer": ["toys", "books", "no answer"]})
    >>> answers_by_category(said).loc[7, ["books", "toys"]].tolist()
    [0.5, 1.0]
    """
    code = _codes(questions["answer"])
    customer, code = questions["customer_id"].to_numpy()[code >= 0], code[code >= 0]
    rank = pd.Series(customer).groupby(customer).cumcount().to_numpy() + 1
    return _counted(customer, code, 1.0 / rank)


def favourite(evidence: pd.DataFrame, everybody: float = 1.0) -> pd.Series:
    """The category that each customer is believed to like best.

    Parameters
    ----------
    evidence : DataFrame
        One row per customer, one column a category: order lines, answers, or their sum.
    everybody : float
        Lines that the shares of all customers together count for, >= 0.

    Returns
    -------
    Series
        The name of a category for each customer of the evidence (index ``customer_id``).

    Raises
    ------
    ValueError
        If ``everybody`` is negative.

    Examples
    --------
    >>> evidence = pd.DataFrame({"books": [2, 1], "toys": [0, 1]}, index=[7, 8])
    >>> favourite(evidence).tolist()
    ['books', 'books']
    """
    at_least_zero("everybody", everybody)
    if evidence.empty:
        return pd.Series(index=evidence.index, dtype=object, name="favourite")
    counts = evidence.to_numpy(dtype=float)
    shares = counts.sum(axis=0) / max(counts.sum(), 1.0)
    best = (counts + everybody * shares).argmax(axis=1)
    return pd.Series(evidence.columns.to_numpy()[best], evidence.index, name="favourite")


def with_errors(believed: pd.Series, wrong: float, chance: Chance) -> pd.Series:
    """What is believed, spoilt for a share of the customers: another category, at random.

    Who is wrong at one share is wrong at every larger share, and stays so from week to week.

    Parameters
    ----------
    believed : Series
        A category for each customer (index ``customer_id``).
    wrong : float
        Share of the customers whose record is spoilt (it names another category), in [0, 1].
    chance : Chance
        Keyed luck, the same every week.

    Raises
    ------
    ValueError
        If ``wrong`` is no share.

    Examples
    --------
    >>> believed = pd.Series(["toys"] * 1_000, index=range(1_000))
    >>> round((with_errors(believed, 0.3, Chance(1)) != "toys").mean(), 1)
    np.float64(0.3)
    """
    if not 0.0 <= wrong <= 1.0:
        raise ValueError(f"wrong must be in [0, 1], got {wrong}. Is this a percentage?")
    if wrong == 0.0 or believed.empty:
        return believed
    ids = believed.index.to_numpy(dtype=np.int64)
    n = len(CATEGORIES)
    code = _codes(believed).astype(np.int64)
    away = 1 + np.floor(chance.uniform("another category", ids) * (n - 1)).astype(np.int64)
    other = np.array(CATEGORIES, dtype=object)[(code + away) % n]
    return believed.where(chance.uniform("wrong", ids) >= wrong, other)


def best_sellers(order_lines: pd.DataFrame, products: pd.DataFrame) -> pd.Series:
    """The product of each category that has sold most: what a mail about the category shows.

    Returns
    -------
    Series
        A ``product_id`` for each category (index); the first of the catalogue where none sold.
    """
    ids, code = products["product_id"].to_numpy(), _codes(products["category"])
    place = pd.Index(ids).get_indexer(order_lines["product_id"])
    sold = np.bincount(place, minlength=len(ids))
    best = np.lexsort((ids, -sold, code))
    best = best[np.r_[True, np.diff(code[best]) > 0]]
    return pd.Series(ids[best], np.array(CATEGORIES)[code[best]], name="product_id")


def _codes(categories: pd.Series) -> np.ndarray:
    """Places in `CATEGORIES`; -1 for anything else."""
    place = pd.Index(list(CATEGORIES))
    if isinstance(categories.dtype, pd.CategoricalDtype):
        return np.append(place.get_indexer(categories.cat.categories), -1)[categories.cat.codes]
    return place.get_indexer(categories)


def _counted(customer: np.ndarray, code: np.ndarray, weight: np.ndarray) -> pd.DataFrame:
    ids, place = np.unique(np.asarray(customer, dtype=np.int64), return_inverse=True)
    table = np.zeros((len(ids), len(CATEGORIES)), dtype=weight.dtype)
    np.add.at(table, (place, code), weight)
    return pd.DataFrame(table, pd.Index(ids, name="customer_id"), list(CATEGORIES))

"""Who bought what? Order lines as a matrix of customers by products, and parts held back.

A recommender is judged on purchases that it has not seen. What is held back lies *after* what
it learns from: a random line would let tomorrow's order explain today's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse


@dataclass(frozen=True)
class Split:
    """Lines to learn from and lines to foretell, with the columns of `purchases`."""

    known: pd.DataFrame
    held_out: pd.DataFrame


@dataclass(frozen=True)
class Matrix:
    """Lines bought: ``counts`` (customers by products, sparse) with what rows and columns are."""

    counts: Any
    customers: pd.Index
    products: pd.Index

    @property
    def popularity(self) -> NDArray[np.float64]:
        """Share of every product in all lines, with one line more for each."""
        bought = self.counts.sum(axis=0) + 1.0
        return bought / bought.sum()

    def of(self, customers: pd.Index) -> Any:
        """Rows of these customers; empty ones for customers without a line."""
        place = self.customers.get_indexer(customers)
        known = np.flatnonzero(place >= 0)
        pick = sparse.csr_array(
            (np.ones(len(known)), (known, place[known])),
            shape=(len(customers), len(self.customers)),
        )
        return pick @ self.counts


def purchases(order_lines: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Every order line with its customer and time: what all recommenders learn from.

    Parameters
    ----------
    order_lines : DataFrame
        ``order_id`` and ``product_id``.
    orders : DataFrame
        ``order_id``, ``customer_id``, ``ordered_at``.

    Returns
    -------
    DataFrame
        One row a line, by time: ``customer_id``, ``product_id``, ``order_id``, ``ordered_at``.

    Raises
    ------
    ValueError
        A column is missing, or a line's order is not among the orders.

    Examples
    --------
    >>> lines = pd.DataFrame({"order_id": [1, 1], "product_id": [5, 6]})
    >>> orders = pd.DataFrame({"order_id": [1], "customer_id": [9], "ordered_at": ["2024-01-01"]})
    >>> purchases(lines, orders)[["customer_id", "product_id"]]
       customer_id  product_id
    0            9           5
    1            9           6
    """
    check_columns("order_lines", order_lines, "order_id", "product_id")
    check_columns("orders", orders, "order_id", "customer_id", "ordered_at")
    unknown = ~order_lines["order_id"].isin(orders["order_id"])
    if unknown.any():
        raise ValueError(
            "orders must hold the order of every line, "
            f"order_id {order_lines['order_id'][unknown].iloc[0]} is missing."
        )
    own = orders[["order_id", "customer_id", "ordered_at"]]
    joined = order_lines[["order_id", "product_id"]].merge(own, on="order_id", validate="m:1")
    joined = joined.sort_values(["ordered_at", "order_id"], kind="stable", ignore_index=True)
    return joined[["customer_id", "product_id", "order_id", "ordered_at"]]


def last_order_out(bought: pd.DataFrame) -> Split:
    """Hold back everybody's last order; those with one order are then new to the recommender.

    Parameters
    ----------
    bought : DataFrame
        As `purchases` gives it.

    Returns
    -------
    Split
        ``held_out`` has one row for each product of a last order; both are by time.

    Examples
    --------
    >>> bought = pd.DataFrame(
    ...     {
    ...         "customer_id": [1, 1, 2],
    ...         "product_id": [5, 6, 5],
    ...         "order_id": [1, 2, 3],
    ...         "ordered_at": pd.to_datetime(["2024-01-01", "2024-02-01", "2024-01-15"]),
    ...     }
    ... )
    >>> split = last_order_out(bought)
    >>> split.known["order_id"].tolist(), split.held_out["order_id"].tolist()
    ([1], [3, 2])
    """
    check_columns("bought", bought, "customer_id", "product_id", "order_id", "ordered_at")
    in_time = bought.sort_values(["ordered_at", "order_id"], kind="stable")
    last = in_time.groupby("customer_id")["order_id"].transform("last")
    return _split(in_time, in_time["order_id"] == last)


def split_at(bought: pd.DataFrame, when: str | np.datetime64) -> Split:
    """Hold back all that was bought from a moment on.

    Parameters
    ----------
    bought : DataFrame
        As `purchases` gives it.
    when : str or datetime64
        The first moment that is held back.

    Returns
    -------
    Split
        ``held_out`` has one row for each product of an order.

    Raises
    ------
    ValueError
        Nothing was bought before, or nothing after.
    """
    check_columns("bought", bought, "customer_id", "product_id", "order_id", "ordered_at")
    later = bought["ordered_at"] >= np.datetime64(when)
    if later.all() or not later.any():
        times = bought["ordered_at"]
        raise ValueError(
            f"when must lie between {times.min()} and {times.max()}, got {when}: "
            "there must be something to learn from and something to foretell."
        )
    return _split(bought, later)


def to_matrix(bought: pd.DataFrame, products: pd.Index | None = None) -> Matrix:
    """Lines as a matrix; ``products`` adds those that nobody has bought yet.

    Raises
    ------
    ValueError
        There are no lines, an id is missing, or a line has a product that is not in
        ``products``.
    """
    check_columns("bought", bought, "customer_id", "product_id")
    if not len(bought):
        raise ValueError("bought must hold at least one line, got an empty table.")
    rows, customers = pd.factorize(bought["customer_id"], sort=True)
    names = pd.Index(np.sort(bought["product_id"].unique())) if products is None else products
    columns = names.get_indexer(bought["product_id"])
    if (columns < 0).any():
        strange = bought["product_id"].to_numpy()[columns < 0][0]
        raise ValueError(f"products must hold every product bought, {strange} is missing.")
    shape = (len(customers), len(names))
    counts = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)
    return Matrix(counts, pd.Index(customers, name="customer_id"), names)


def check_columns(name: str, table: pd.DataFrame, *columns: str) -> None:
    """Raise `ValueError` unless the table has these columns, without a gap in them."""
    for column in columns:
        if column not in table:
            raise ValueError(f"{name} must have the column {column!r}, got {list(table)}.")
        gaps = int(table[column].isna().sum())
        if gaps:
            raise ValueError(
                f"{name}.{column} must not be missing; {gaps} rows have none. Drop them first."
            )


def _split(bought: pd.DataFrame, later: pd.Series) -> Split:
    held_out = bought[later].drop_duplicates(["order_id", "product_id"])
    return Split(bought[~later].reset_index(drop=True), held_out.reset_index(drop=True))

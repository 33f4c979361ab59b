"""What becomes of abandoned carts? Events first, outcomes within a window after them.

A cart is abandoned in a session that put something into it and did not order. Many of these
people come back by themselves, which is why a count of orders after reminders says nothing
about the reminders.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from crmlab.records import Records

_SECONDS_A_DAY = 86_400


def abandoned_carts(sessions: pd.DataFrame) -> pd.DataFrame:
    """Sessions with a cart and without an order, by time.

    Returns
    -------
    DataFrame
        One row a cart: session_id, customer_id, abandoned_at (the first click of the
        session).

    Examples
    --------
    >>> times = pd.to_datetime(["2024-01-02", "2024-01-05", "2024-01-09"])
    >>> visits = pd.DataFrame({"session_id": [1, 2, 3], "customer_id": [7, 7, 8],
    ...                        "started_at": times, "cart": [True, True, False],
    ...                        "order_id": [0, 55, 0]})
    >>> abandoned_carts(visits)["session_id"].tolist()
    [1]
    """  # fmt: skip
    left = sessions[sessions["cart"] & (sessions["order_id"] == 0)]
    left = left.rename(columns={"started_at": "abandoned_at"})
    return left[["session_id", "customer_id", "abandoned_at"]].sort_values(
        ["abandoned_at", "session_id"], ignore_index=True
    )


def first_carts(sessions: pd.DataFrame) -> pd.DataFrame:
    """The first abandoned cart of each customer: an event that no reminder has touched yet.

    Returns
    -------
    DataFrame
        One row a customer with a cart, by time: session_id, customer_id, abandoned_at.
    """
    return abandoned_carts(sessions).drop_duplicates("customer_id", ignore_index=True)


def followed_up(
    carts: pd.DataFrame, orders: pd.DataFrame, within_days: float = 7.0
) -> pd.DataFrame:
    """What the customers ordered after their carts.

    Parameters
    ----------
    carts : DataFrame
        From `abandoned_carts` or `first_carts`.
    orders : DataFrame
        The firm's orders.
    within_days : float
        Orders later than that after the cart do not count.

    Returns
    -------
    DataFrame
        The carts with two columns more: orders, margin_eur (before returns), both within
        the window. An order after two carts of one customer counts for both.

    Raises
    ------
    ValueError
        ``within_days`` is not positive.
    """
    if isinstance(within_days, bool) or not 0 < within_days < np.inf:
        raise ValueError(f"within_days must be a finite number > 0, got {within_days}.")
    both = carts.reset_index(drop=True).reset_index(names="cart")
    both = both.merge(orders[["customer_id", "ordered_at", "margin_eur"]], on="customer_id")
    wait = (both["ordered_at"] - both["abandoned_at"]).dt.total_seconds()
    both = both[(wait > 0) & (wait <= within_days * _SECONDS_A_DAY)]
    n = len(carts)
    return carts.reset_index(drop=True).assign(
        orders=np.bincount(both["cart"], minlength=n)[:n],
        margin_eur=np.bincount(both["cart"], both["margin_eur"], minlength=n)[:n],
    )


def first_cart_outcomes(records: Records, within_days: float = 14.0) -> pd.DataFrame:
    """What followed the first carts of customers who could be written to: a hold-out's units.

    Permission is taken from any agreement on record, and so does not depend on how somebody
    liked the messages.

    Parameters
    ----------
    records : Records
        With sessions, orders and consents.
    within_days : float
        As in `followed_up`.

    Returns
    -------
    DataFrame
        As `followed_up`, one row a customer who agreed at some time and left a cart.
    """
    carts = first_carts(records.sessions)
    carts = carts[carts["customer_id"].isin(records.consents["customer_id"])]
    return followed_up(carts, records.orders, within_days)

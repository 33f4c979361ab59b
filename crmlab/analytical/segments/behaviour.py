"""What did each customer do until then, what do they need, and what came of it?

Segments for decisions are built on what customers did, not on what the firm sent them: a segment
of "those who were mailed a lot" says something about the firm. How long somebody has been known
is left out too, since it moves on for everybody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab.analytical.churn import features
from crmlab.checks import at_least_zero

if TYPE_CHECKING:
    from crmlab.asof import When
    from crmlab.records import Records

_NOT_THEIRS = ["messages_recent", "opens_recent", "clicks_recent", "weeks_known"]


def behaviour(records: Records, when: When) -> pd.DataFrame:
    """What each customer had done by a moment: the columns of `churn.features` that are theirs.

    Parameters
    ----------
    records : Records
        With ``orders``; ``sessions`` and ``returns`` add columns.
    when : int, str, date or datetime64
        The moment, or a week number; nothing that happened then or later is used.

    Returns
    -------
    DataFrame
        One row a customer who had ordered by then (index ``customer_id``), without missing
        values; the columns stand in `crmlab.analytical.churn.features`.

    Examples
    --------
    >>> import crmlab as crm
    >>> behaviour(crm.simulate("retail", 50, 20, 1).records, 20).columns[:3].tolist()
    ['weeks_since_order', 'orders', 'mean_order_eur']
    """
    return features(records, when).drop(columns=_NOT_THEIRS, errors="ignore")


def need_shares(records: Records, when: When) -> pd.DataFrame:
    """What each customer's money went to: a trace of their needs.

    Parameters
    ----------
    records : Records
        With ``orders``, ``order_lines`` and ``products``.
    when : int, str, date or datetime64
        As in `behaviour`.

    Returns
    -------
    DataFrame
        One row a customer with order lines (index ``customer_id``), one column a category:
        share of the turnover, rows add up to 1.

    Examples
    --------
    >>> import crmlab as crm
    >>> shares = need_shares(crm.simulate("retail", 50, 20, 1).records, 20)
    >>> shares.columns[0], bool((shares.sum(axis=1).round(9) == 1).all())
    ('share_home', True)
    """
    then = records.as_of(when)
    lines, products = then["order_lines"], then["products"].set_index("product_id")
    who = lines["order_id"].map(then["orders"].set_index("order_id")["customer_id"])
    what = lines["product_id"].map(products["category"])
    eur = lines["value_eur"].groupby([who.rename("customer_id"), what], observed=False).sum()
    table = eur.unstack().fillna(0.0)
    table = table[table.sum(axis=1) > 0]
    return table.div(table.sum(axis=1), axis=0).rename(columns="share_{}".format)


def margin_between(
    records: Records, since: When, until: When, message_eur: float = 0.0
) -> pd.Series:
    """What each customer brought between two moments, EUR: what segments are to tell apart.

    Gross margin of the orders, less that of returns, offers redeemed and messages sent.

    Parameters
    ----------
    records : Records
        With ``orders``; ``returns``, ``redemptions`` and ``messages`` count where they are there.
    since, until : int, str, date or datetime64
        The first moment is included, the second not; a number is a week.
    message_eur : float
        Cost of one message, EUR.

    Returns
    -------
    Series
        ``margin_eur`` of every customer who ordered before ``until`` (index ``customer_id``);
        0 for those who did nothing in between.

    Raises
    ------
    ValueError
        ``until`` is not after ``since``, or an order has no margin.

    Examples
    --------
    >>> from crmlab import Records
    >>> log = pd.DataFrame({"who": [1, 2, 1], "on": ["2024-01-01", "2024-01-02", "2024-01-09"]})
    >>> log = log.assign(eur=10.0)
    >>> records = Records.from_transactions(log, "who", "on", "eur", margin_rate=0.3)
    >>> margin_between(records, "2024-01-08", "2024-01-15").to_dict()
    {1: 3.0, 2: 0.0}
    """
    at_least_zero("message_eur", message_eur)
    then, start = records.as_of(until), records.as_of(since).now
    assert then.now is not None and start is not None  # as_of always knows its moment
    if not then.now > start:
        raise ValueError(f"until must be after since, got {until!r} and {since!r}.")
    orders = then["orders"].set_index("order_id")
    if orders["margin_eur"].isna().any():
        raise ValueError(
            f"orders must have a margin, {int(orders['margin_eur'].isna().sum())} have none. "
            "Give from_transactions a margin_rate."
        )
    parts = [_in_between(orders["margin_eur"], orders["customer_id"], orders["ordered_at"], start)]
    for table, at, eur in (("returns", "returned_at", "margin_eur"),
                           ("redemptions", "redeemed_at", "offer_eur")):  # fmt: skip
        if table in then:
            rows = then[table]
            owner = rows["order_id"].map(orders["customer_id"])
            parts.append(-_in_between(rows[eur], owner, rows[at], start))
    if "messages" in then and message_eur:
        sent = then["messages"]
        cost = pd.Series(message_eur, sent.index)
        parts.append(-_in_between(cost, sent["customer_id"], sent["sent_at"], start))
    who = pd.Index(np.unique(orders["customer_id"]), name="customer_id")
    return sum(part.reindex(who, fill_value=0.0) for part in parts).rename("margin_eur")


def _in_between(eur: pd.Series, who: pd.Series, at: pd.Series, start: np.datetime64) -> pd.Series:
    counted = at.to_numpy() >= start
    return eur[counted].groupby(who[counted].to_numpy()).sum()

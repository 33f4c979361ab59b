"""Which customers do we want, and how finely do we tell them apart? The customer strategy.

Payne and Frow (2005, J. Marketing 69(4)) let a firm choose its *segment granularity*: macro (one
offer for all), micro (segments), or one-to-one. Segments are cells of recency, frequency and
monetary value (`crmlab.analytical.segments.RFMCells`), by halves: with fewer customers in each,
less is learned about each. *Whom to serve* is a matter of what is left of a segment's margin after
the cost of reaching and serving it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.analytical.segments import RFMCells
from crmlab.checks import one_of

GRANULARITIES = ("macro", "micro", "one-to-one")
"""From one segment for all to one for each."""
EVERYBODY = "everybody"
WATCHED_WEEKS = 26
"""A customer's usual margin is that of so many weeks back."""


def traits(orders: pd.DataFrame, now: np.datetime64) -> pd.DataFrame:
    """What each customer has done so far: what segments are made of.

    Parameters
    ----------
    orders : DataFrame
        The table `orders` as known at ``now``.
    now : datetime64

    Returns
    -------
    DataFrame
        One row a customer who has ordered (index ``customer_id``): ``weeks_since_order``,
        ``orders``, ``mean_order_eur`` (turnover), ``weekly_eur`` (margin a week, lately).

    Examples
    --------
    >>> when = pd.to_datetime(["2024-01-01", "2024-01-08"])
    >>> log = pd.DataFrame({"customer_id": [7, 7], "ordered_at": when})
    >>> log = log.assign(value_eur=[10.0, 30.0], margin_eur=[5.0, 8.0])
    >>> traits(log, np.datetime64("2024-01-15")).iloc[0].tolist()
    [1.0, 2.0, 20.0, 0.5]
    """
    by = orders.groupby("customer_id")
    since = (now - by["ordered_at"].max()) / np.timedelta64(7, "D")
    lately = orders[orders["ordered_at"] >= now - np.timedelta64(7 * WATCHED_WEEKS, "D")]
    margin = lately.groupby("customer_id")["margin_eur"].sum() / WATCHED_WEEKS
    return pd.DataFrame(
        {
            "weeks_since_order": since.astype(float),
            "orders": by.size().astype(float),
            "mean_order_eur": by["value_eur"].mean(),
            "weekly_eur": margin.reindex(since.index, fill_value=0.0),
        }
    )


def segments(known: pd.DataFrame, granularity: str, groups: int = 2) -> pd.Series:
    """The segment of each customer.

    Parameters
    ----------
    known : DataFrame
        From `traits`.
    granularity : str
        One of `GRANULARITIES`.
    groups : int
        Micro: into so many parts by each of recency, frequency and value (2: eight cells).

    Examples
    --------
    >>> known = pd.DataFrame({"weeks_since_order": [1.0, 9.0], "orders": [3.0, 1.0]}, [7, 8])
    >>> known["mean_order_eur"] = [20.0, 10.0]
    >>> segments(known, "micro").to_dict()
    {7: '2-2-2', 8: '1-1-1'}
    >>> segments(known, "macro").unique().tolist()
    ['everybody']
    """
    one_of("granularity", granularity, GRANULARITIES)
    if granularity == "macro" or known.empty:
        return pd.Series(EVERYBODY, known.index, dtype=object)
    if granularity == "one-to-one":
        return pd.Series(known.index.astype(str), known.index)
    return pd.Series(np.asarray(RFMCells(groups).fit(known).segment(known), object), known.index)


def served(
    segment: pd.Series, margin_eur: pd.Series, reach_eur: pd.Series, serve_eur: pd.Series
) -> pd.DataFrame:
    """What each segment leaves after reaching and serving it, and whether it is wanted.

    Parameters
    ----------
    segment : Series
        Of each customer.
    margin_eur, reach_eur, serve_eur : Series
        By customer over one span of time, EUR; who is missing counts as 0.

    Returns
    -------
    DataFrame
        One row a segment, the best customer first: ``customers``, then means per customer
        ``margin_eur``, ``reach_eur``, ``serve_eur``, ``left_eur``, and ``wanted``.

    Examples
    --------
    >>> of = pd.Series(["a", "a", "b"], index=[1, 2, 3])
    >>> table = served(of, pd.Series({1: 8.0, 2: 4.0}), pd.Series({3: 1.0}), pd.Series({1: 2.0}))
    >>> table["left_eur"].to_dict(), table["wanted"].to_dict()
    ({'a': 5.0, 'b': -1.0}, {'a': True, 'b': False})
    """
    parts = {"margin_eur": margin_eur, "reach_eur": reach_eur, "serve_eur": serve_eur}
    frame = pd.DataFrame({n: s.reindex(segment.index, fill_value=0.0) for n, s in parts.items()})
    table = frame.groupby(segment.to_numpy()).mean()
    table.insert(0, "customers", segment.value_counts().reindex(table.index))
    table["left_eur"] = table["margin_eur"] - table["reach_eur"] - table["serve_eur"]
    table["wanted"] = table["left_eur"] > 0
    return table.rename_axis("segment").sort_values("left_eur", ascending=False, kind="stable")

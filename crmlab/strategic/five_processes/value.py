"""What value do customers receive, and what does the organisation receive? Value creation.

Payne and Frow (2005) part the two. What customers receive shows in what they meet (`amrad.py`).
What the organisation receives are *acquisition economics* (what a customer costs and brings, by
where they come from), *retention economics* (who stays, and what that brings), and the lifetime
value of a segment. Customer lifetime value with constant margin *m*, retention *r* and discount
rate *i* is *m r / (1 + i - r)* (Gupta and Lehmann 2003, J. Interactive Marketing 17(1)).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.checks import at_least_zero


def acquisition_economics(
    customers: pd.DataFrame, orders: pd.DataFrame, spent_eur: pd.Series, since: np.datetime64
) -> pd.DataFrame:
    """What customers won by each channel have cost, and brought so far.

    Parameters
    ----------
    customers, orders : DataFrame
        As known now.
    spent_eur : Series
        EUR spent on each channel since ``since`` (index: channel).
    since : datetime64
        Customers registered before do not count.

    Returns
    -------
    DataFrame
        One row a channel: ``won``, ``spent_eur``, ``cost_eur`` (of one), ``margin_eur`` (of one,
        so far), ``per_eur`` (margin for each EUR spent; NaN where nothing was spent).

    Examples
    --------
    >>> when = pd.to_datetime(["2024-01-01", "2024-01-08"])
    >>> held = pd.DataFrame({"customer_id": [1, 2], "registered_at": when, "channel": "search"})
    >>> orders = pd.DataFrame({"customer_id": [2, 2], "margin_eur": [6.0, 3.0]})
    >>> table = acquisition_economics(held, orders, pd.Series({"search": 6.0}), when[1])
    >>> table.loc["search", ["won", "per_eur"]].tolist()
    [1.0, 1.5]
    """
    new = customers[customers["registered_at"] >= since]
    channel = new.set_index("customer_id")["channel"].astype(str)
    margin = orders.groupby("customer_id")["margin_eur"].sum().reindex(channel.index, fill_value=0)
    won = channel.value_counts().reindex(spent_eur.index, fill_value=0)
    brought = margin.groupby(channel).sum().reindex(spent_eur.index, fill_value=0.0)
    spent = spent_eur.where(spent_eur > 0)
    return pd.DataFrame(
        {
            "won": won,
            "spent_eur": spent_eur,
            "cost_eur": spent / won.where(won > 0),
            "margin_eur": brought / won.where(won > 0),
            "per_eur": brought / spent,
        }
    ).rename_axis("channel")


def retention_economics(
    orders: pd.DataFrame, segment: pd.Series, then: np.datetime64, now: np.datetime64
) -> pd.DataFrame:
    """Who came back between two moments, and what they brought, by segment as it was before.

    Returns
    -------
    DataFrame
        One row a segment: ``customers``, ``retention`` (share who ordered again), ``margin_eur``
        (of one who did, a year).

    Examples
    --------
    >>> when = pd.to_datetime(["2024-03-01", "2024-03-01"])
    >>> log = pd.DataFrame({"customer_id": [1, 1], "ordered_at": when, "margin_eur": [5.0, 5.0]})
    >>> then, now = np.datetime64("2024-01-01"), np.datetime64("2024-12-31")
    >>> retention_economics(log, pd.Series(["a", "a"], [1, 2]), then, now).round(2).values.tolist()
    [[2.0, 0.5, 10.01]]
    """
    between = orders[(orders["ordered_at"] >= then) & (orders["ordered_at"] < now)]
    margin = between.groupby("customer_id")["margin_eur"].sum().reindex(segment.index)
    years = (now - then) / np.timedelta64(1, "D") / 365.25
    by = margin.groupby(segment.to_numpy())
    return pd.DataFrame(
        {
            "customers": segment.groupby(segment.to_numpy()).size(),
            "retention": by.apply(lambda m: m.notna().mean()),
            "margin_eur": by.mean() / years,
        }
    ).rename_axis("segment")


def segment_value(margin_eur: float, retention: float, discount: float = 0.1) -> float:
    """Lifetime value of a customer of a segment from now on, EUR: *m r / (1 + i - r)*.

    Parameters
    ----------
    margin_eur : float
        A year, of one who stays.
    retention : float
        Share who stay from year to year, in [0, 1].
    discount : float
        A year, > 0.

    Examples
    --------
    >>> segment_value(20.0, 0.6, discount=0.1)
    24.0
    """
    if not 0 <= retention <= 1:
        raise ValueError(f"retention must be in [0, 1], got {retention}. Is this a percentage?")
    at_least_zero("discount", discount)
    if retention == 1 and discount == 0:
        raise ValueError("discount must be > 0 where everybody stays, got 0.0.")
    return round(margin_eur * retention / (1 + discount - retention), 10)


def acquisition_shares(per_eur: pd.Series, least: float = 0.05) -> pd.Series:
    """How to share out the money for winning customers: by the square of what a EUR has brought.

    Every channel keeps ``least``, so that the firm goes on learning about it (*assumed*).

    Examples
    --------
    >>> acquisition_shares(pd.Series({"search": 1.0, "referral": 3.0}), least=0.0).to_dict()
    {'search': 0.1, 'referral': 0.9}
    """
    weight = per_eur.fillna(0.0).clip(lower=0.0) ** 2
    n = len(weight)
    if not weight.sum() > 0:
        return pd.Series(1.0 / n, per_eur.index)
    return least + (1 - n * least) * weight / weight.sum()

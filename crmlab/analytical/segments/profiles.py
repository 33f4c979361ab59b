"""What distinguishes a segment? Profiles in figures and, by a plain rule, in words.

A word is earned, not chosen: a feature is named where the segment's mean lies at least half a
standard deviation from everybody's (on logarithms, so that a few large customers do not decide),
the most striking first, three at most. The figure beside it is the plain mean.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crmlab.analytical.segments.base import signed_log
from crmlab.checks import at_least_zero, whole_number

STRIKING = 0.5
"""Standard deviations from everybody's mean from which a feature is named."""
WORDS = {
    "weeks_since_order": ("has not bought for {:.0f} weeks", "bought {:.0f} weeks ago"),
    "orders": ("buys often ({:.1f} orders)", "buys seldom ({:.1f} orders)"),
    "orders_recent": ("buys much of late ({:.1f} orders)", "hardly buys of late ({:.1f} orders)"),
    "mean_order_eur": ("large orders (EUR {:.0f})", "small orders (EUR {:.0f})"),
    "overdue": ("silent for {:.1f} times the usual interval", "in rhythm ({:.1f} of an interval)"),
    "visits_recent": ("visits much ({:.1f} of late)", "hardly visits ({:.1f} of late)"),
    "carts_left_recent": ("leaves carts ({:.1f} of late)", "leaves no carts ({:.1f} of late)"),
    "weeks_since_visit": ("has not visited for {:.0f} weeks", "visited {:.0f} weeks ago"),
    "returned_share": ("sends back much ({:.0%})", "sends back little ({:.0%})"),
    "weeks_known": ("known for {:.0f} weeks", "known for only {:.0f} weeks"),
}
"""What much and what little of a feature is called, with its mean. Add to it, or pass your own."""


def profile(X: pd.DataFrame, segment: ArrayLike, value: ArrayLike | None = None) -> pd.DataFrame:
    """How large each segment is, what it is worth, and what its customers are like.

    Parameters
    ----------
    X : DataFrame, shape (n_customers, n_features)
        Features; they need not be those that made the segments.
    segment : Series or array, shape (n_customers,)
        The segment of each customer; a Series is matched by its index.
    value : Series or array, optional
        EUR of each customer.

    Returns
    -------
    DataFrame
        One row a segment with customers: ``customers``, ``share``; with a value
        ``share_of_value`` and ``value_eur`` (mean); then the mean of every feature. The last
        row, ``everybody``, is the base.

    Examples
    --------
    >>> X = pd.DataFrame({"orders": [1, 3, 8]})
    >>> profile(X, ["few", "few", "many"], value=[1.0, 2.0, 9.0]).round(2)
               customers  share  share_of_value  value_eur  orders
    segment
    few                2   0.67            0.25        1.5     2.0
    many               1   0.33            0.75        9.0     8.0
    everybody          3   1.00            1.00        4.0     4.0
    """
    of = _matched("segment", segment, X)
    table = pd.DataFrame({"customers": of.groupby(of).size()})
    table["share"] = table["customers"] / len(X)
    if value is not None:
        eur = _matched("value", value, X).astype(float)
        table["share_of_value"] = eur.groupby(of).sum() / eur.sum()
        table["value_eur"] = eur.groupby(of).mean()
    table = table.join(X.groupby(of).mean())
    table.index = pd.Index(table.index.astype(str), name="segment")
    base = [len(X), 1.0] + ([] if value is None else [1.0, eur.mean()]) + X.mean().tolist()
    table.loc["everybody"] = base
    return table.astype({"customers": "int64"})


def lifts(X: pd.DataFrame, segment: ArrayLike) -> pd.DataFrame:
    """How many times everybody's mean each segment's mean is, feature by feature.

    Parameters
    ----------
    X, segment
        As in `profile`.

    Returns
    -------
    DataFrame
        One row a segment, one column a feature: 1 is like everybody, NaN where everybody's
        mean is 0.

    Examples
    --------
    >>> lifts(pd.DataFrame({"orders": [1, 3, 8]}), ["few", "few", "many"])["orders"].tolist()
    [0.5, 2.0]
    """
    of = _matched("segment", segment, X)
    means, base = X.groupby(of).mean(), X.mean()
    means.index = pd.Index(means.index.astype(str), name="segment")
    return means / base.where(base != 0)


def describe(
    X: pd.DataFrame,
    segment: ArrayLike,
    words: dict[str, tuple[str, str]] | None = None,
    most: int = 3,
    striking: float = STRIKING,
) -> pd.Series:
    """What distinguishes each segment, in words.

    Parameters
    ----------
    X, segment
        As in `profile`.
    words : dict, optional
        Feature to what much and what little of it is called, as in `WORDS`; it adds to them.
    most : int
        Features named at most.
    striking : float
        Standard deviations from everybody's mean from which a feature is named, >= 0.

    Returns
    -------
    Series
        One sentence a segment.

    Examples
    --------
    >>> X = pd.DataFrame({"orders": [1, 1, 2, 9], "pets": [1, 0, 1, 0]})
    >>> describe(X, ["a", "a", "a", "b"], most=1).tolist()
    ['75 % of customers: buys seldom (1.3 orders)', '25 % of customers: buys often (9.0 orders)']
    """
    whole_number("most", most, 1, 1_000)
    at_least_zero("striking", striking)
    of, called = _matched("segment", segment, X), WORDS | (words or {})
    logs = pd.DataFrame(signed_log(X.to_numpy(dtype=float)), X.index, X.columns)
    spread = logs.std(ddof=0)
    away = (logs.groupby(of).mean() - logs.mean()) / spread.where(spread > 0)
    means, share = X.groupby(of).mean(), of.groupby(of).size() / len(X)
    far = away.where(away.abs() >= striking)
    said = [
        f"{share[name]:.0%} of customers: {_sentence(far.loc[name], means.loc[name], called, most)}"
        for name in away.index
    ]
    said = [sentence.replace("%", " %") for sentence in said]
    return pd.Series(said, pd.Index(away.index.astype(str), name="segment"), name="words")


def _sentence(
    far: pd.Series, means: pd.Series, words: dict[str, tuple[str, str]], most: int
) -> str:
    """The most striking features by their words; missing ones are not striking."""
    ranked = far.dropna().sort_values(key=np.abs, ascending=False, kind="stable").iloc[:most]
    parts = []
    for name, distance in ranked.items():
        unknown = f"much {name} ({{:.3g}})", f"little {name} ({{:.3g}})"
        much, little = words.get(str(name), unknown)
        parts.append((much if distance > 0 else little).format(means[name]))
    return ", ".join(parts) or "like everybody"


def _matched(name: str, values: ArrayLike, X: pd.DataFrame) -> pd.Series:
    """One value a customer of X, by index where there is one."""
    if not isinstance(X, pd.DataFrame) or X.empty:
        raise ValueError(f"X must be a DataFrame with one row a customer, got {X!r:.60}.")
    if isinstance(values, pd.Series):
        if not X.index.isin(values.index).all():
            lost = X.index[~X.index.isin(values.index)][0]
            raise ValueError(f"{name} must have every customer of X, {lost!r} is missing.")
        return values.reindex(X.index)
    if len(np.asarray(values)) != len(X):
        raise ValueError(
            f"{name} must have one value a customer, got {len(np.asarray(values))} for {len(X)}."
        )
    return pd.Series(np.asarray(values), X.index)

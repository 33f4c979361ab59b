"""Where does profit come from, and where does it go? The whale curve of cumulative profit.

Customers in a row, the most profitable first, and their profit added up: the curve climbs above
the firm's profit and comes down to it again through those who lose money. Sources: Cooper and
Kaplan (1991), Profit priorities from activity-based costing, Harvard Business Review 69(3);
the index in van Raaij, Vernooij and van Triest (2003), The implementation of customer
profitability analysis, Industrial Marketing Management 32, 573-583.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike


@dataclass(frozen=True, eq=False)
class WhaleCurve:
    """The curve and its figures; shares of the final profit are NaN where that is not above 0.

    Attributes
    ----------
    table : DataFrame
        One row a customer, the most profitable first (index as ``profit`` had it): ``rank``
        from 1, ``share_of_customers``, ``profit_eur``, ``cumulative_eur``, ``share_of_profit``.
    total_eur, peak_eur : float
        Final profit, and the highest point of the curve.
    peak_share : float
        The peak over the final profit: 1.37 for a peak of 137 %.
    peak_at : float
        Share of the customers up to the peak.
    top_20_share : float
        What the best fifth brings, over the final profit.
    loss_makers : float
        Share of the customers with a profit below 0.
    stobachoff : float
        The Stobachoff index, ``A / (A + 1/2)``: A is the area between the curve and the
        straight line of equal profit, 1/2 the area under that line, with both axes as shares.
        0: all customers are alike; towards 1: few carry many. Without loss makers A is half
        the Gini coefficient, and the index stays below 1/2.
    """

    table: pd.DataFrame
    total_eur: float
    peak_eur: float
    peak_share: float
    peak_at: float
    top_20_share: float
    loss_makers: float
    stobachoff: float

    def __repr__(self) -> str:
        head = f"{len(self.table):,} customers with a profit of {self.total_eur:,.2f} EUR"
        losers = f"loss makers: {self.loss_makers:.1%} of the customers"
        if not self.total_eur > 0:
            why = "without a profit above 0, shares of it mean nothing"
            return f"{head}\npeak: {self.peak_eur:,.2f} EUR, {why}\n{losers}"
        return (
            f"{head}\n"
            f"peak: {self.peak_share:.0%} of it, at {self.peak_at:.1%} of the customers\n"
            f"best fifth: {self.top_20_share:.0%} of it\n"
            f"{losers}\nStobachoff index: {self.stobachoff:.2f}"
        )


def whale_curve(profit: ArrayLike | pd.Series) -> WhaleCurve:
    """How profit piles up and melts away over the customers.

    Parameters
    ----------
    profit : Series or array, shape (n_customers,)
        Profit of each customer after cost to serve, EUR.

    Returns
    -------
    WhaleCurve
        With a total of 0 or less, ``table`` in EUR, ``peak_eur``, ``peak_at`` and
        ``loss_makers`` hold; what is a share of the total is NaN.

    Raises
    ------
    ValueError
        There are no customers, or a profit is missing or infinite.

    Examples
    --------
    >>> whale_curve([60.0, 50.0, 10.0, 0.0, -20.0])
    5 customers with a profit of 100.00 EUR
    peak: 120% of it, at 60.0% of the customers
    best fifth: 60% of it
    loss makers: 20.0% of the customers
    Stobachoff index: 0.46
    """
    series = profit if isinstance(profit, pd.Series) else pd.Series(np.asarray(profit))
    _check(series)
    eur = series.astype(float).sort_values(ascending=False, kind="stable")
    n, cumulative = len(eur), eur.cumsum()
    total = float(cumulative.iloc[-1])
    # Sums of cents that cancel leave crumbs; a profit of crumbs is no profit.
    total = total if abs(total) > 1e-9 * eur.abs().sum() else 0.0
    shares = cumulative / total if total > 0 else cumulative * np.nan
    ranks = np.arange(1, n + 1)
    curve = np.concatenate([[0.0], cumulative])
    return WhaleCurve(
        table=pd.DataFrame(
            {"rank": ranks, "share_of_customers": ranks / n, "profit_eur": eur,
             "cumulative_eur": cumulative, "share_of_profit": shares}
        ),
        total_eur=total,
        peak_eur=float(curve.max()),
        peak_share=float(curve.max() / total) if total > 0 else np.nan,
        peak_at=float((eur > 0).sum() / n),
        top_20_share=_share_at(0.2, shares),
        loss_makers=float((eur < 0).sum() / n),
        stobachoff=_stobachoff(shares),
    )  # fmt: skip


def _share_at(part: float, shares: pd.Series) -> float:
    """The curve at a share of the customers, straight between two of them."""
    n = len(shares)
    return float(np.interp(part * n, np.arange(n + 1), np.concatenate([[0.0], shares])))


def _stobachoff(shares: pd.Series) -> float:
    curve = np.concatenate([[0.0], shares])
    under = np.trapezoid(curve, dx=1 / len(shares))
    return float(1 - 0.5 / under)


def _check(profit: pd.Series) -> None:
    if profit.to_numpy().ndim != 1 or not len(profit):
        raise ValueError("profit must have one value for each of at least one customer, got none.")
    values = profit.to_numpy(dtype=float)
    if not np.isfinite(values).all():
        row = profit.index[~np.isfinite(values)].tolist()[0]
        bad = values[~np.isfinite(values)][0]
        raise ValueError(
            f"profit must be finite, got {bad} for customer {row!r}. "
            "Is somebody missing in one of two tables?"
        )

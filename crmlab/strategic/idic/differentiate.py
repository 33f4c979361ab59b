"""Who is worth what, and who could be worth more? The second step of IDIC.

Customers differ in *value* (what they bring) and in *needs* (why). Peppers and Rogers (2004) call
those of highest value most valuable (keep them), those with most to gain most growable (grow
them), and those who cost more than they will ever bring below zero. Value is the margin that a
customer is expected to bring a week, by Pareto/NBD and gamma-gamma (Schmittlein, Morrison and
Colombo 1987; Fader, Hardie and Lee 2005); growth is what the firm's own contacts are expected to
add.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from crmlab.checks import at_least_zero, one_of

RANKS = ("growth", "value")
"""By what the budget can be shared out: by what a letter adds, or by value as it is."""
_AHEAD_WEEKS = 8.0


@dataclass(frozen=True)
class ValueModel:
    """Fitted models of buying and spending, and the firm's margin as a share of value."""

    buying: object
    spending: object
    margin_rate: float

    @classmethod
    def fit(cls, orders: pd.DataFrame, now: np.datetime64) -> ValueModel:
        """Learn from all orders up to now."""
        from crmlab.analytical.btyd import BoundaryWarning, ParetoNBD
        from crmlab.analytical.spend import GammaGamma

        table = _histories(orders, now)
        with warnings.catch_warnings():
            # Where customers hardly differ, a parameter runs away and its limit predicts as well.
            warnings.simplefilter("ignore", BoundaryWarning)
            models = ParetoNBD().fit(table), GammaGamma().fit(table)
        return cls(*models, float(orders["margin_eur"].sum() / orders["value_eur"].sum()))

    def margin_per_week(self, orders: pd.DataFrame, now: np.datetime64) -> pd.Series:
        """What each customer is expected to bring in a week if left alone, EUR of margin.

        Mean of the next eight weeks; customers without an order are left out.
        """
        table = _histories(orders, now)
        bought = self.buying.expected_purchases(table, periods=_AHEAD_WEEKS)  # type: ignore[attr-defined]
        eur = self.spending.expected_value(table)  # type: ignore[attr-defined]
        return (bought * eur * self.margin_rate / _AHEAD_WEEKS).rename("margin_per_week_eur")


def _histories(orders: pd.DataFrame, now: np.datetime64) -> pd.DataFrame:
    from crmlab.analytical.rfm_table import rfm

    return rfm(orders, now - np.timedelta64(1, "D"))


def can_fit(orders: pd.DataFrame) -> bool:
    """Whether there are repeat orders enough to tell customers apart: by thirty customers."""
    return bool((orders["customer_id"].value_counts() > 1).sum() >= 30)


def gain_of_contact(
    margin_per_week_eur: ArrayLike, relevance: ArrayLike, lift_weeks: float
) -> NDArray[np.float64]:
    """What one contact is expected to add, EUR of margin before its price.

    Parameters
    ----------
    margin_per_week_eur : array
        What the customer brings if left alone.
    relevance : array
        Expected relevance of what is shown, at most 1.
    lift_weeks : float
        What a fully relevant contact adds, in weeks of the customer's own buying, averaged over
        those who never read it; a pilot tells (lab 06).

    Examples
    --------
    2 EUR a week, half relevant, a contact worth two weeks:

    >>> gain_of_contact([2.0], [0.5], lift_weeks=2.0).tolist()
    [2.0]
    """
    at_least_zero("lift_weeks", lift_weeks)
    return np.asarray(margin_per_week_eur, float) * np.asarray(relevance, float) * lift_weeks


def tiers(
    margin_per_week_eur: pd.Series,
    gain_eur: pd.Series,
    price_eur: float,
    weeks: float,
    every: float,
) -> pd.DataFrame:
    """Most valuable, most growable, below zero: each customer's tier over the weeks to come.

    Parameters
    ----------
    margin_per_week_eur : Series
        If left alone.
    gain_eur : Series
        What one contact adds, before its price.
    price_eur : float
        Of one contact: the cost to serve.
    weeks, every : float
        Weeks looked ahead, and weeks between two contacts.

    Returns
    -------
    DataFrame
        As `crmlab.analytical.segments.tiers.value_tiers` gives it.

    Examples
    --------
    >>> tiers(pd.Series([5.0, 1.0, 0.0]), pd.Series([1.0, 2.0, 0.1]), 0.75, 26, 4)["tier"].tolist()
    ['other', 'other', 'below zero']
    """
    from crmlab.analytical.segments.tiers import value_tiers

    contacts = weeks / every
    current = margin_per_week_eur * weeks
    return value_tiers(
        pd.DataFrame(
            {
                "current_eur": current,
                "strategic_eur": current + gain_eur * contacts,
                "cost_to_serve_eur": price_eur * contacts,
            }
        )
    )


def first_for_letters(
    rank: str, margin_per_week_eur: NDArray, gain_eur: NDArray, price_eur: float
) -> NDArray[np.intp]:
    """Whom to write to, best first: only those whose letter is expected to earn its price.

    Parameters
    ----------
    rank : {"growth", "value"}
        By what the letter adds, or by what the customer brings anyway.

    Examples
    --------
    >>> first_for_letters("value", np.array([3.0, 9.0, 1.0]), np.array([2.0, 1.0, 0.1]), 0.75)
    array([1, 0])
    """
    one_of("rank", rank, RANKS)
    score = gain_eur if rank == "growth" else margin_per_week_eur
    order = np.argsort(-score, kind="stable")
    return order[gain_eur[order] > price_eur]

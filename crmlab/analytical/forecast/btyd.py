"""What will the customers of today and tomorrow buy? A buy-till-you-die model, added up.

Any model of single customers gives a forecast of their sum: expected purchases of each, times
what a purchase is worth, plus those of customers to come. It assumes that spend does not depend
on how often somebody buys. What such a model has to offer is the protocol `PurchaseModel`.
Source of the idea: Fader, Hardie and Lee (2005), Marketing Science 24(2), figure 4.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from crmlab.analytical.forecast.result import Forecast, check_horizon, forecast_of
from crmlab.analytical.forecast.series import check_series, now_of
from crmlab.checks import at_least_zero


class PurchaseModel(Protocol):
    """A fitted model of purchases, with the week as its unit of time."""

    def expected_purchases(self, customers: Any, periods: Any) -> Any:
        """Purchases of each customer in the coming ``periods``, shape (n_customers,)."""

    def expected_purchases_new(self, periods: Any) -> Any:
        """Purchases of a new customer in the ``periods`` after the first one, a number."""


@dataclass(frozen=True, eq=False)
class CustomerBase:
    """Who the customers are now, as a model sees them.

    Parameters
    ----------
    model : PurchaseModel
        Fitted, in weeks.
    customers : DataFrame
        What ``model.expected_purchases`` wants: one row a customer.
    spend_eur : float
        Mean value of a purchase, as the model counts purchases (orders of one day may be
        one), >= 0.
    spend_sd_eur : float
        Its standard deviation between purchases, >= 0; only the interval needs it.
    new_per_week : float or array
        Customers to come in each week, >= 0; an array has one number a coming week.
    """

    model: PurchaseModel
    customers: pd.DataFrame
    spend_eur: float
    spend_sd_eur: float = 0.0
    new_per_week: ArrayLike = 0.0

    def __post_init__(self) -> None:
        """Refuse what no base can be."""
        for name in ("expected_purchases", "expected_purchases_new"):
            if not callable(getattr(self.model, name, None)):
                raise TypeError(f"model must have a method {name}, got {self.model!r:.60}.")
        at_least_zero("spend_eur", self.spend_eur)
        at_least_zero("spend_sd_eur", self.spend_sd_eur)
        new = np.asarray(self.new_per_week, dtype=float)
        if not (np.isfinite(new) & (new >= 0)).all():
            raise ValueError(f"new_per_week must be finite and >= 0, got {new.tolist()}.")


def btyd_sum(series: pd.Series, weeks: int, base: CustomerBase, level: float = 0.8) -> Forecast:
    """Sales to come, by the model, from the customers of a base and from newcomers.

    Parameters
    ----------
    series : Series
        Sales by week up to the moment of the base; only its end is read.
    weeks : int
        How many weeks ahead.
    base : CustomerBase
    level : float
        Of the interval: the chance of counts that are Poisson given their mean and of what each
        purchase is worth. What the model does not know about its own parameters and about
        each customer's rate is not in it, so that it is the least that there is.

    Returns
    -------
    Forecast
        ``detail`` has one row a coming week: ``known_purchases`` of the customers of today,
        ``new_purchases`` of those to come, their first ones included.

    Examples
    --------
    >>> class Steady:
    ...     def expected_purchases(self, customers, periods):
    ...         return customers["rate"] * periods
    ...
    ...     def expected_purchases_new(self, periods):
    ...         return 0.1 * periods
    >>> base = CustomerBase(Steady(), pd.DataFrame({"rate": [0.5, 1.5]}), 10.0, new_per_week=1)
    >>> btyd_sum(pd.Series([20.0]), 2, base).detail
       known_purchases  new_purchases
    1              2.0           1.05
    2              2.0           1.15
    """
    check_horizon(weeks, level)
    check_series(series, 1)
    detail = pd.DataFrame(
        {"known_purchases": _known(base, weeks), "new_purchases": _new(base, weeks)}
    )
    purchases = detail.sum(axis=1).to_numpy()
    spread = np.sqrt(purchases * (base.spend_eur**2 + base.spend_sd_eur**2))
    table = forecast_of(series, purchases * base.spend_eur, spread, level)
    return Forecast("BTYD sum", table, level, detail=detail.set_axis(table.index))


def btyd_refit(
    series: pd.Series,
    weeks: int,
    orders: pd.DataFrame,
    fit: Callable[[pd.DataFrame], CustomerBase],
    level: float = 0.8,
) -> Forecast:
    """The same, with the model fitted to the orders up to the end of the series.

    For backtests: from each starting point the model sees that past alone.

    Parameters
    ----------
    series : Series
        Sales by week, of `weekly_sales`; its end is now.
    weeks : int
        How many weeks ahead.
    orders : DataFrame
        With ``ordered_at``; ``fit`` gets the rows before now.
    fit : callable
        From the orders so far to a `CustomerBase`.
    level : float
        As in `btyd_sum`.

    Examples
    --------
    >>> from crmlab.analytical.forecast import weekly_sales
    >>> class Steady:
    ...     def expected_purchases(self, customers, periods):
    ...         return customers["rate"] * periods
    ...
    ...     def expected_purchases_new(self, periods):
    ...         return 0.0
    >>> days = pd.date_range("2024-01-01", periods=28, freq="D")
    >>> orders = pd.DataFrame({"customer_id": 1, "ordered_at": days, "value_eur": 10.0})
    >>> fit = lambda past: CustomerBase(Steady(), pd.DataFrame({"rate": [len(past) / 4]}), 10.0)
    >>> btyd_refit(weekly_sales(orders), 2, orders, fit).table["forecast"].tolist()
    [70.0, 70.0]
    """
    known = orders[orders["ordered_at"].to_numpy() < now_of(series)]
    base = fit(known)
    if not isinstance(base, CustomerBase):
        raise TypeError(f"fit must give a CustomerBase, got {base!r:.60}.")
    return btyd_sum(series, weeks, base, level)


def _known(base: CustomerBase, weeks: int) -> NDArray[np.float64]:
    if not len(base.customers):
        return np.zeros(weeks)
    ahead = range(1, weeks + 1)
    # As an array: the sum of a Series would pass over what is missing.
    each = (np.asarray(base.model.expected_purchases(base.customers, h)) for h in ahead)
    totals = [float(np.sum(purchases)) for purchases in each]
    return np.diff(_finite(totals, "expected_purchases"), prepend=0.0)


def _new(base: CustomerBase, weeks: int) -> NDArray[np.float64]:
    """First orders, and repeats of those who come in the middle of their week."""
    new = np.asarray(base.new_per_week, dtype=float)
    if new.ndim > 1 or (new.ndim == 1 and len(new) != weeks):
        raise ValueError(f"new_per_week must be one number or {weeks}, got shape {new.shape}.")
    arrivals = np.broadcast_to(new, weeks)
    if not arrivals.any():
        return np.zeros(weeks)
    ages = np.arange(weeks) + 0.5
    repeats = [np.asarray(base.model.expected_purchases_new(age), dtype=float) for age in ages]
    if any(r.size != 1 for r in repeats):
        raise ValueError(
            "model.expected_purchases_new must give one number for the average newcomer, "
            f"got shape {repeats[0].shape}. Wrap the model in one that averages."
        )
    totals = [r.item() for r in repeats]
    by_age = np.diff(_finite(totals, "expected_purchases_new"), prepend=0.0)
    by_age[0] += 1.0
    return np.convolve(arrivals, by_age)[:weeks]


def _finite(totals: list, method: str) -> NDArray[np.float64]:
    values = np.asarray(totals, dtype=float)
    if not np.isfinite(values).all():
        raise ValueError(f"model.{method} must give finite numbers, got {values.tolist()}.")
    return values

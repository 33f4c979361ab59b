"""Did the firm create value, or use its customers up? Return on Customer.

Peppers and Rogers (2005, Return on Customer): a firm has few customers, so what they earn must be
measured like the return on capital. Return on Customer = (cash flow in the period + change of
customer equity) / customer equity at its beginning. A firm that earns by wearing its customers
out shows profit and a falling equity. Customer equity is the sum of all customers' lifetime values
(Blattberg and Deighton 1996, Harvard Business Review 74(4)): an estimate, and so is the return.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from crmlab.records import Records


@dataclass(frozen=True)
class ReturnOnCustomer:
    """The return and what it is made of, EUR.

    Parameters
    ----------
    cash_flow_eur : float
        Of the period: margin less what was spent on customers.
    opening_eur, closing_eur : float
        Customer equity at the beginning and at the end.

    Examples
    --------
    A year of 20 from customers worth 100 at its beginning and 90 at its end:

    >>> ReturnOnCustomer(20.0, 100.0, 90.0).rate
    0.1
    """

    cash_flow_eur: float
    opening_eur: float
    closing_eur: float

    def __post_init__(self) -> None:
        for name in ("cash_flow_eur", "opening_eur", "closing_eur"):
            if not np.isfinite(getattr(self, name)):
                raise ValueError(f"{name} must be a finite number, got {getattr(self, name)}.")
        if self.opening_eur <= 0:
            raise ValueError(
                f"opening_eur must be > 0, got {self.opening_eur}. "
                "Without customers of any worth there is nothing to earn a return on."
            )

    @property
    def change_eur(self) -> float:
        """Change of customer equity."""
        return self.closing_eur - self.opening_eur

    @property
    def rate(self) -> float:
        """Return on Customer, as a share of the opening equity."""
        return (self.cash_flow_eur + self.change_eur) / self.opening_eur


def customer_equity(
    records: Records,
    week: int,
    seen_from: int | None = None,
    discount_per_year: float = 0.1,
) -> float:
    """The lifetime value to come of all records, as the firm can estimate it, EUR.

    Margin net of returns for ever, by Pareto/NBD and gamma-gamma (lab 05).

    Parameters
    ----------
    records : Records
        With ``orders``.
    week : int
        The beginning of this week is the moment; histories end there.
    seen_from : int, optional
        The week from which one looks back: the models learn from all orders before it. None is
        ``week``, without hindsight.
    discount_per_year : float
        In (0, 1).

    Examples
    --------
    >>> import crmlab as crm
    >>> records = crm.simulate("retail", 200, 30, 1).records
    >>> customer_equity(records, 20, seen_from=30) > customer_equity(records, 30) > 0
    True
    """
    from crmlab.analytical.btyd import BoundaryWarning, ParetoNBD, rate_per_period
    from crmlab.analytical.lifetime_value import lifetime_value
    from crmlab.analytical.spend import GammaGamma

    if not 0 < discount_per_year < 1:
        raise ValueError(f"discount_per_year must be in (0, 1), got {discount_per_year}.")
    later = week if seen_from is None else seen_from
    if later < week:
        raise ValueError(f"seen_from must not be earlier than week {week}, got {later}.")
    learnt = _histories(records, later)
    with warnings.catch_warnings():
        # Where customers hardly differ, a parameter runs away and its limit predicts as well.
        warnings.simplefilter("ignore", BoundaryWarning)
        models = ParetoNBD().fit(learnt), GammaGamma().fit(learnt)
    weekly, rate = rate_per_period(discount_per_year, "W"), _margin_rate(records, later)
    value = lifetime_value(*models, _histories(records, week), weekly, margin_rate=rate)
    return float(value["lifetime_value"].sum())


def _histories(records: Records, week: int) -> pd.DataFrame:
    from crmlab.analytical.rfm_table import rfm

    seen = records.as_of(week)
    assert seen.now is not None  # as_of always knows its moment
    return rfm(seen["orders"], seen.now - np.timedelta64(1, "D"))


def _margin_rate(records: Records, week: int) -> float:
    seen = records.as_of(week)
    lost = seen["returns"]["margin_eur"].sum() if "returns" in seen else 0.0
    return float((seen["orders"]["margin_eur"].sum() - lost) / seen["orders"]["value_eur"].sum())


def return_on_customer(
    records: Records, since: int, until: int, cash_flow_eur: float, opening_seen_from: int
) -> ReturnOnCustomer:
    """Return on Customer of some weeks, as the firm can estimate it.

    Parameters
    ----------
    records : Records
    since, until : int
        Weeks that begin and end the period, ``since < until``.
    cash_flow_eur : float
        Margin less what was spent on customers, from the firm's books.
    opening_seen_from : int
        ``since`` takes the opening equity as it was estimated then, ``until`` as it is restated
        with what has been learnt since: or else a better informed model passes for growth.

    Raises
    ------
    ValueError
        The period is empty, or nobody was worth anything at its beginning.
    """
    if not since < until:
        raise ValueError(f"until must be later than since, got since={since}, until={until}.")
    opening = customer_equity(records, since, opening_seen_from)
    return ReturnOnCustomer(cash_flow_eur, opening, customer_equity(records, until))

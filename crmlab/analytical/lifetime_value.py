"""What is each customer worth from now on? Discounted purchases, times value, times margin.

Non-contractual lifetime value as in Fader, Hardie and Lee (2005, J. Marketing Research 42(4)): the
discounted expected purchases of a model of repeat buying times the expected value of a
purchase of the gamma-gamma model, the two taken as independent. It is *residual* value: what
has been bought is bought.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crmlab.analytical.btyd.base import RepeatModel
from crmlab.analytical.spend import GammaGamma
from crmlab.checks import above_zero


def lifetime_value(
    model: RepeatModel,
    spend: GammaGamma,
    table: pd.DataFrame,
    discount_rate: float,
    *,
    margin_rate: float = 1.0,
    periods: float | None = None,
) -> pd.DataFrame:
    """Residual value of every customer, and what it is made of.

    Parameters
    ----------
    model : fitted model of repeat buying
        Such as `BGNBD` or `ParetoNBD`.
    spend : GammaGamma
        Fitted.
    table : DataFrame
        ``frequency``, ``recency``, ``age``, ``monetary_value``, as `rfm` makes it.
    discount_rate : float
        Continuous, for one unit of the table, > 0: `rate_per_period` makes it of a yearly one.
    margin_rate : float
        Gross margin as a share of value, so that the answer is margin; 1 for turnover.
    periods : float, optional
        Horizon; None for ever.

    Returns
    -------
    DataFrame
        One row a customer, in the table's order: ``probability_alive``,
        ``discounted_purchases``, ``expected_value`` (of a purchase), ``lifetime_value``.

    Examples
    --------
    >>> from crmlab.analytical import BGNBD, rate_per_period
    >>> model = BGNBD().set_estimates(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> spend = GammaGamma().set_estimates(p=6.25, q=3.74, gamma=15.44)
    >>> table = pd.DataFrame(
    ...     {"frequency": [2], "recency": [30.4], "age": [38.9], "monetary_value": [22.0]}
    ... )
    >>> lifetime_value(model, spend, table, rate_per_period(0.15)).round(1)
       probability_alive  discounted_purchases  expected_value  lifetime_value
    0                0.7                   5.2            24.4           126.1
    """
    above_zero("margin_rate", margin_rate)
    purchases = model.discounted_purchases(table, discount_rate, periods)
    value = spend.expected_value(table)
    return pd.DataFrame(
        {
            "probability_alive": model.probability_alive(table),
            "discounted_purchases": purchases,
            "expected_value": value,
            "lifetime_value": purchases * value * margin_rate,
        }
    )


def value_by_history(
    model: RepeatModel, age: float, discount_rate: float, frequencies: ArrayLike, steps: int = 40
) -> pd.DataFrame:
    """What each possible history of one length is worth: the table behind an iso-value map.

    Parameters
    ----------
    model : fitted model of repeat buying, without covariates
    age : float
        Time since the first purchase, in units, > 0: the same for all.
    discount_rate : float
        As in `lifetime_value`.
    frequencies : sequence of int
        Repeat purchases, >= 1.
    steps : int
        How many times of the last purchase to try, evenly from ``age / steps`` to ``age``.

    Returns
    -------
    DataFrame
        Discounted purchases to come, for ever. Index ``recency`` (first to last purchase),
        columns ``frequency``.

    Notes
    -----
    Fader, Hardie and Lee (2005, J. Marketing Research 42(4)), figures 2 to 4: of customers who
    have been silent for long, those who bought often are worth *less*.

    Examples
    --------
    >>> from crmlab.analytical import ParetoNBD
    >>> model = ParetoNBD().set_estimates(r=0.5533, alpha=10.578, s=0.6062, beta=11.669)
    >>> value_by_history(model, 78, 0.0027, [1, 10], steps=3).round(1)
    frequency   1     10
    recency
    26.0       1.2   0.0
    52.0       2.4   6.0
    78.0       3.1  21.3
    """
    above_zero("age", age)
    last = np.linspace(age / steps, age, steps)
    often = np.asarray(frequencies)
    if often.ndim != 1 or not len(often) or (often < 1).any():
        raise ValueError(f"frequencies must be whole numbers >= 1, got {frequencies!r}.")
    table = pd.DataFrame(
        {
            "frequency": np.tile(often, steps),
            "recency": np.repeat(last, len(often)),
            "age": float(age),
        }
    )
    values = model.discounted_purchases(table, discount_rate).to_numpy()
    return pd.DataFrame(
        values.reshape(steps, len(often)),
        index=pd.Index(last, name="recency"),
        columns=pd.Index(often, name="frequency"),
    )

"""What does a wrong forecast cost whoever budgets by it? The newsvendor's answer.

A budget that is too low loses sales, one that is too high pays for what nobody needs. If a euro
short costs ``under`` and a euro over costs ``over``, the best budget is no mean but a quantile
of what may come, ``under / (under + over)`` (Arrow, Harris and Marschak 1951, Econometrica 19(3);
the critical fractile).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtri

from crmlab.analytical.forecast.result import Forecast, t_quantile
from crmlab.checks import at_least_zero


def budget_cost(actual: ArrayLike, forecast: ArrayLike, under: float, over: float) -> float:
    """What being wrong cost, a period: the mean of ``under x shortage + over x excess``.

    Parameters
    ----------
    actual, forecast : array, shape (n,)
        What came, and the forecast that was budgeted for, EUR.
    under : float
        Cost of a euro that came and was not budgeted for, >= 0.
    over : float
        Cost of a euro that was budgeted for and did not come, >= 0.

    Returns
    -------
    float
        EUR a period.

    Raises
    ------
    ValueError
        The two are not equally long, are empty, or a number is missing or negative.

    Examples
    --------
    >>> budget_cost([100.0, 80.0], [90.0, 90.0], under=0.4, over=0.1)
    2.5
    """
    _check_costs(under, over)
    came, planned = np.asarray(actual, dtype=float), np.asarray(forecast, dtype=float)
    if came.shape != planned.shape or not came.size:
        raise ValueError(
            "actual and forecast must be equally long, got shapes "
            f"{came.shape} and {planned.shape}."
        )
    gap = came - planned
    if not np.isfinite(gap).all():
        raise ValueError("actual and forecast must be finite, some are missing.")
    return float(np.mean(np.where(gap > 0, under * gap, -over * gap)))


def best_quantile(under: float, over: float) -> float:
    """Which quantile of what may come should be budgeted for.

    >>> best_quantile(under=0.4, over=0.1)
    0.8
    """
    _check_costs(under, over)
    return float(under / (under + over))


def best_budget(forecast: Forecast, under: float, over: float) -> pd.Series:
    """The budget of each week that costs least if the forecast's range is right.

    Parameters
    ----------
    forecast : Forecast
        Its range is read as that of a normal distribution, upwards and downwards apart.
    under, over : float
        As in `budget_cost`; both above 0, or no budget is high or low enough.

    Returns
    -------
    Series
        EUR, index as the forecast's table.

    Examples
    --------
    >>> from crmlab.analytical.forecast import naive
    >>> forecast = naive(pd.Series([10.0, 12.0, 10.0, 12.0]), 1)
    >>> best_budget(forecast, under=1.0, over=1.0).tolist()
    [12.0]
    >>> bool(best_budget(forecast, under=2.0, over=1.0).iloc[0] > 12)
    True
    """
    quantile = best_quantile(under, over)
    if quantile in (0.0, 1.0):
        raise ValueError(
            f"under and over must both be above 0, got {under!r} and {over!r}: "
            "without a price of being wrong there is no best budget."
        )
    table, z = forecast.table, float(ndtri(quantile))
    side = table["high"] - table["forecast"] if z > 0 else table["forecast"] - table["low"]
    return (table["forecast"] + z * side / t_quantile(forecast.level)).rename("budget_eur")


def _check_costs(under: float, over: float) -> None:
    at_least_zero("under", under)
    at_least_zero("over", over)
    if under + over == 0:
        raise ValueError("under and over must not both be 0: being wrong would cost nothing.")

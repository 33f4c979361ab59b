"""Does something run ahead of sales? Regression on an indicator some weeks before.

Visits, registrations or inquiries of today may be orders of next month. For a week ``h`` ahead
only lags of at least ``h`` can be used without forecasting the indicator too; among them the lag
with the smallest error on the past is taken. It assumes that the relation lasts, and that errors
of neighbouring weeks are unrelated; where they are related, the interval is too narrow, as it
also is because a lag that was chosen looks better than it is.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from statsmodels.regression.linear_model import OLS

from crmlab.analytical.forecast.result import Forecast, check_horizon
from crmlab.analytical.forecast.series import check_series, coming
from crmlab.checks import whole_number

_LEAST = 8  # weeks of both series that a line is fitted to


def leading_indicator(
    series: pd.Series,
    weeks: int,
    indicator: pd.Series,
    max_lag_weeks: int = 13,
    level: float = 0.8,
) -> Forecast:
    """Sales as a straight line of an indicator, at the lag that fitted the past best.

    Parameters
    ----------
    series : Series
        Sales by week.
    weeks : int
        How many weeks ahead.
    indicator : Series
        By the same weeks (`weekly_counts`); what lies after the end of ``series`` is not read.
    max_lag_weeks : int
        Longest lag beyond the horizon that is tried, at least 0.
    level : float
        Of the prediction interval of the regression.

    Returns
    -------
    Forecast
        ``detail`` has one row a week: ``lag_weeks``, ``intercept``, ``slope``, ``r_squared``.

    Raises
    ------
    ValueError
        The indicator lacks weeks of the series or never varies, or the past is too short.

    Examples
    --------
    >>> visits = pd.Series(np.tile([10.0, 30.0, 20.0, 40.0, 10.0], 8))
    >>> sales = 2 * visits.shift(3, fill_value=0.0)
    >>> forecast = leading_indicator(sales, 2, visits, max_lag_weeks=3)
    >>> forecast.table["forecast"].round(6).tolist()
    [40.0, 80.0]
    >>> forecast.detail["lag_weeks"].tolist()
    [3, 3]
    """
    check_horizon(weeks, level)
    whole_number("max_lag_weeks", max_lag_weeks, 0, 520)
    check_series(series, weeks + max_lag_weeks + _LEAST)
    x = _known(series, indicator)
    y = series.to_numpy(dtype=float)
    rows = [_one_week(y, x, h, max_lag_weeks, level) for h in range(1, weeks + 1)]
    detail = pd.DataFrame(rows, index=coming(series, weeks))
    table = detail[["forecast", "low", "high"]]
    detail = detail.drop(columns=list(table))
    lags = sorted(set(detail["lag_weeks"]))
    note = f"lag {lags[0]}" + (f" to {lags[-1]}" if len(lags) > 1 else "") + " weeks"
    table = table.clip(lower=0.0) if series.min() >= 0 else table
    return Forecast("leading indicator", table, level, note, detail)


def _known(series: pd.Series, indicator: pd.Series) -> NDArray[np.float64]:
    x = indicator.reindex(series.index).to_numpy(dtype=float)
    if not np.isfinite(x).all():
        at = series.index[~np.isfinite(x)][0]
        raise ValueError(
            f"indicator must have a value for every week of series, {at} has none. "
            "Count it with weekly_counts(times, series)."
        )
    if np.ptp(x) == 0:
        raise ValueError(f"indicator must vary to tell anything, it is {x[0]:g} in every week.")
    return x


def _one_week(
    y: NDArray[np.float64], x: NDArray[np.float64], ahead: int, more: int, level: float
) -> dict[str, float]:
    lags = range(ahead, ahead + more + 1)
    start = lags[-1]  # the same weeks for all lags, or a short sample would look like a good fit
    fits = {lag: np.corrcoef(x[start - lag : len(x) - lag], y[start:])[0, 1] ** 2 for lag in lags
            if np.ptp(x[start - lag : len(x) - lag]) > 0 and np.ptp(y[start:]) > 0}  # fmt: skip
    lag = max(fits, key=lambda k: fits[k]) if fits else ahead
    past = np.column_stack([np.ones(len(y) - lag), x[: len(x) - lag]])
    line = OLS(y[lag:], past).fit()
    now = [[1.0, x[len(x) + ahead - 1 - lag]]]
    frame = line.get_prediction(now).summary_frame(alpha=1 - level)
    return {
        "forecast": frame["mean"].iloc[0],
        "low": frame["obs_ci_lower"].iloc[0],
        "high": frame["obs_ci_upper"].iloc[0],
        "lag_weeks": lag,
        "intercept": line.params[0],
        "slope": line.params[1],
        "r_squared": fits.get(lag, 0.0),
    }

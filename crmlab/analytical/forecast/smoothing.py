"""How far does the series alone take you? Naive forecasts, averages, smoothing, decomposition.

All assume that the coming weeks are like the past ones, and differ in how much past they weigh.
None knows why sales moved: after a wave of new customers they follow late.
Source: Hyndman and Athanasopoulos (2021), Forecasting: Principles and Practice, 3rd ed.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.seasonal import STL

from crmlab.analytical.forecast.result import (
    Forecast,
    check_horizon,
    forecast_of,
    from_errors,
    t_quantile,
)
from crmlab.analytical.forecast.series import check_series
from crmlab.checks import whole_number


def naive(series: pd.Series, weeks: int, level: float = 0.8) -> Forecast:
    """The last week, again and again: what every other method has to beat.

    Parameters
    ----------
    series : Series
        Sales by week (`weekly_sales`), or by number.
    weeks : int
        How many weeks ahead.
    level : float
        Of the interval, which widens with the root of the horizon (Hyndman and Athanasopoulos
        2021, section 5.5).

    Examples
    --------
    >>> naive(pd.Series([10.0, 12.0, 10.0, 12.0]), 2)
    naive: 24 over 2 weeks
       forecast  low  high
    4      12.0  8.7  15.3
    5      12.0  7.4  16.6
    (80% of the weeks between low and high)
    """
    check_horizon(weeks, level)
    check_series(series, 2)
    values = series.to_numpy(dtype=float)
    steps = np.diff(values)
    spread = np.sqrt((steps**2).mean() * np.arange(1, weeks + 1))
    table = forecast_of(series, np.full(weeks, values[-1]), spread, level, len(steps))
    return Forecast("naive", table, level)


def seasonal_naive(
    series: pd.Series, weeks: int, season_weeks: int = 52, level: float = 0.8
) -> Forecast:
    """The same week of last year: the budget that is last year's budget.

    Parameters
    ----------
    series : Series
        Sales by week, more than one season.
    weeks : int
        How many weeks ahead.
    season_weeks : int
        Length of a season.
    level : float
        Of the interval, which widens with every season ahead.

    Examples
    --------
    >>> seasonal_naive(pd.Series([1.0, 5.0, 2.0, 6.0]), 3, 2).table["forecast"].tolist()
    [2.0, 6.0, 2.0]
    """
    check_horizon(weeks, level)
    whole_number("season_weeks", season_weeks, 1, 520)
    check_series(series, season_weeks + 1)
    values = series.to_numpy(dtype=float)
    errors = values[season_weeks:] - values[:-season_weeks]
    season = np.arange(weeks) // season_weeks
    last = values[-season_weeks:][np.arange(weeks) % season_weeks]
    spread = np.sqrt((errors**2).mean() * (season + 1))
    table = forecast_of(series, last, spread, level, len(errors))
    return Forecast("seasonal naive", table, level)


def moving_average(
    series: pd.Series, weeks: int, window_weeks: int = 8, level: float = 0.8
) -> Forecast:
    """The mean of the last weeks.

    Parameters
    ----------
    series : Series
        Sales by week, longer than the window.
    weeks : int
        How many weeks ahead.
    window_weeks : int
        How many weeks are averaged.
    level : float
        Of the interval, from the errors that the method would have made before.

    Examples
    --------
    >>> moving_average(pd.Series([9.0, 1.0, 2.0, 3.0]), 2, 3).table["forecast"].tolist()
    [2.0, 2.0]
    """
    whole_number("window_weeks", window_weeks, 1, 520)

    def point(past: pd.Series, ahead: int) -> NDArray[np.float64]:
        return np.full(ahead, past.iloc[-window_weeks:].mean())

    table = from_errors(point, series, weeks, level, window_weeks)
    return Forecast("moving average", table, level)


def exponential_smoothing(series: pd.Series, weeks: int, level: float = 0.8) -> Forecast:
    """A mean that forgets: each week weighs less than the one after it.

    ETS(A,N,N) by maximum likelihood, with the interval of its state space form (Hyndman and
    Athanasopoulos 2021, sections 8.1 and 8.7).

    Parameters
    ----------
    series : Series
        Sales by week, at least 4.
    weeks : int
        How many weeks ahead.
    level : float
        Of the interval.

    Examples
    --------
    >>> forecast = exponential_smoothing(pd.Series([9.0, 11.0] * 10), 2)
    >>> forecast.table["forecast"].round(1).tolist()
    [10.0, 10.0]
    """
    check_horizon(weeks, level)
    check_series(series, 4)
    return Forecast("exponential smoothing", _ets(series, weeks, level, None), level)


def damped_trend(series: pd.Series, weeks: int, level: float = 0.8) -> Forecast:
    """Smoothing with a trend that peters out: ETS(A,Ad,N), Gardner and McKenzie (1985).

    Parameters
    ----------
    series : Series
        Sales by week, at least 10.
    weeks : int
        How many weeks ahead.
    level : float
        Of the interval.

    Examples
    --------
    >>> line = pd.Series(range(100, 130), dtype=float)
    >>> bool(damped_trend(line, 4).table["forecast"].is_monotonic_increasing)
    True
    """
    check_horizon(weeks, level)
    check_series(series, 10)
    return Forecast("damped trend", _ets(series, weeks, level, "add"), level)


def decomposition(
    series: pd.Series, weeks: int, season_weeks: int = 52, level: float = 0.8
) -> Forecast:
    """Season taken off, the rest smoothed, season put on again.

    STL (Cleveland et al. 1990, Journal of Official Statistics 6(1)) and exponential smoothing of
    what it leaves. The season of the last year is taken for the coming one, as if it were known:
    the interval is that of the smoothing alone and rather too narrow.

    Parameters
    ----------
    series : Series
        Sales by week, at least two seasons.
    weeks : int
        How many weeks ahead.
    season_weeks : int
        Length of a season, at least 2.
    level : float
        Of the interval.

    Examples
    --------
    >>> wave = pd.Series([10.0, 20.0, 30.0, 20.0] * 6)
    >>> decomposition(wave, 4, season_weeks=4).table["forecast"].round(1).tolist()
    [10.0, 20.0, 30.0, 20.0]
    """
    check_horizon(weeks, level)
    whole_number("season_weeks", season_weeks, 2, 520)
    check_series(series, max(2 * season_weeks, 4))
    season = STL(series.to_numpy(dtype=float), period=season_weeks).fit().seasonal
    ahead = season[-season_weeks:][np.arange(weeks) % season_weeks]
    table = _ets(series - season, weeks, level, None).add(ahead, axis=0)
    table = table.clip(lower=0.0) if series.min() >= 0 else table
    return Forecast("decomposition", table, level, f"season of {season_weeks} weeks")


def _ets(series: pd.Series, weeks: int, level: float, trend: str | None) -> pd.DataFrame:
    values = series.to_numpy(dtype=float)
    # The size of the numbers is no concern of a search for smoothing weights.
    scale = np.abs(values).max() or 1.0
    if np.ptp(values) < 1e-9 * scale:
        return forecast_of(series, np.full(weeks, values[-1]), np.zeros(weeks), level)
    model = ETSModel(pd.Series(values / scale), trend=trend, damped_trend=trend is not None)
    with warnings.catch_warnings():
        # A likelihood that is flat in the weights has no single best ones; any will do.
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        found = model.fit(disp=False)
        ahead = found.get_prediction(start=len(values), end=len(values) + weeks - 1)
    frame = ahead.summary_frame(alpha=1 - level)
    spread = (frame["pi_upper"] - frame["pi_lower"]) / 2 / t_quantile(level)
    return forecast_of(series, frame["mean"] * scale, spread * scale, level)

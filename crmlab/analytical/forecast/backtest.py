"""Which forecast would have been best? The same weeks, forecast again and again from the past.

From each starting point a method sees only what lay before it. Errors are scaled by those of the
naive forecast within the past, so that series of any size compare: below 1 is better than
repeating the last week. Source: Hyndman and Koehler (2006), Another look at measures of
forecast accuracy, International Journal of Forecasting 22(4), 679-688.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crmlab.analytical.forecast.budget import budget_cost
from crmlab.analytical.forecast.result import MOST_WEEKS, Forecast
from crmlab.analytical.forecast.series import check_series
from crmlab.checks import whole_number

Method = Callable[[pd.Series, int], Forecast]


def mase(actual: ArrayLike, forecast: ArrayLike, past: ArrayLike, season_weeks: int = 1) -> float:
    """Mean absolute scaled error: the error in units of the naive forecast's.

    ``mean |actual - forecast|`` over the mean ``|y_t - y_(t - m)|`` of the past, with ``m`` the
    season (Hyndman and Koehler 2006, section 4; m = 1 is theirs).

    Parameters
    ----------
    actual, forecast : array, shape (n,)
        Of the weeks that were forecast.
    past : array, shape (n_past,)
        What the method had seen, more than a season.
    season_weeks : int
        1 scales by the naive forecast, 52 by last year's.

    Raises
    ------
    ValueError
        The past never changed: any error is then infinitely worse than naive.

    Examples
    --------
    >>> mase([11.0, 13.0], [10.0, 10.0], past=[8.0, 10.0, 8.0, 10.0])
    1.0
    """
    errors = np.asarray(actual, dtype=float) - np.asarray(forecast, dtype=float)
    return float(np.mean(np.abs(errors)) / _scale(np.asarray(past, dtype=float), season_weeks))


def backtest_forecasts(
    series: pd.Series,
    methods: Mapping[str, Method],
    weeks: int = 8,
    origins: int = 12,
    season_weeks: int = 1,
) -> pd.DataFrame:
    """What each method would have said from the last starting points, beside what came.

    Parameters
    ----------
    series : Series
        Sales by week.
    methods : mapping of str to callable
        From past and weeks to a `Forecast`; bind further arguments with `functools.partial`.
    weeks : int
        How many weeks ahead.
    origins : int
        How many starting points, a week apart; the last has ``weeks`` weeks before its end.
    season_weeks : int
        For the scale of the errors, as in `mase`.

    Returns
    -------
    DataFrame
        One row a method, starting point and week ahead: ``method``, ``origin`` (the last week
        known), ``ahead`` from 1, ``week``, ``actual``, ``forecast``, ``low``, ``high``,
        ``level``, ``scale``.

    Raises
    ------
    ValueError
        The series is too short, or a method fails; the message says which, and where.

    Examples
    --------
    >>> from crmlab.analytical.forecast import naive
    >>> table = backtest_forecasts(pd.Series([1.0, 2.0, 4.0, 8.0, 16.0]), {"naive": naive}, 1, 2)
    >>> table[["origin", "week", "actual", "forecast", "scale"]]
       origin  week  actual  forecast     scale
    0       2     3     8.0       4.0  1.500000
    1       3     4    16.0       8.0  2.333333
    """
    whole_number("weeks", weeks, 1, MOST_WEEKS)
    whole_number("origins", origins, 1, MOST_WEEKS)
    whole_number("season_weeks", season_weeks, 1, MOST_WEEKS)
    check_series(series, weeks + origins + season_weeks)
    if not methods:
        raise ValueError("methods must hold at least one, got none.")
    last = len(series) - weeks
    cuts = range(last - origins + 1, last + 1)
    parts = [
        _one(name, method, series, cut, weeks).assign(
            scale=_scale(series.to_numpy(dtype=float)[:cut], season_weeks)
        )
        for name, method in methods.items()
        for cut in cuts
    ]
    return pd.concat(parts, ignore_index=True)


def score_forecasts(backtest: pd.DataFrame, under: float = 1.0, over: float = 1.0) -> pd.DataFrame:
    """How near, how honest and how costly each method was.

    Parameters
    ----------
    backtest : DataFrame
        What `backtest_forecasts` gives; take rows of one ``ahead`` for one horizon.
    under, over : float
        Cost of a euro too few and too many in the budget (`budget_cost`).

    Returns
    -------
    DataFrame
        One row a method (index ``method``), the smallest error first: ``mase``; ``bias_eur``,
        mean of forecast less actual; ``bias_share``, the same over the mean actual;
        ``coverage``, share of the weeks within the interval, and ``level``, what it should be;
        ``width_eur``, mean width of the interval; ``budget_eur``, mean cost a week of having
        budgeted for the forecast.

    Examples
    --------
    >>> from crmlab.analytical.forecast import naive
    >>> series = pd.Series([8.0, 10.0] * 10)
    >>> scores = score_forecasts(backtest_forecasts(series, {"naive": naive}, 2, 4))
    >>> scores[["mase", "coverage"]]
            mase  coverage
    method
    naive    0.5       1.0
    """
    rows = {
        name: _score(rows, under, over) for name, rows in backtest.groupby("method", sort=False)
    }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("method")
    return table.sort_values("mase", kind="stable")


def _score(rows: pd.DataFrame, under: float, over: float) -> dict[str, float]:
    actual, forecast = rows["actual"], rows["forecast"]
    bias = float((forecast - actual).mean())
    mean = float(actual.mean())
    return {
        "mase": float(((actual - forecast).abs() / rows["scale"]).mean()),
        "bias_eur": bias,
        "bias_share": bias / mean if mean else np.nan,
        "coverage": float(actual.between(rows["low"], rows["high"]).mean()),
        "level": float(rows["level"].mean()),
        "width_eur": float((rows["high"] - rows["low"]).mean()),
        "budget_eur": budget_cost(actual, forecast, under, over),
    }


def _one(name: str, method: Method, series: pd.Series, cut: int, weeks: int) -> pd.DataFrame:
    past, ahead = series.iloc[:cut], series.iloc[cut : cut + weeks]
    try:
        forecast = method(past, weeks)
    except ValueError as error:
        raise ValueError(
            f"method {name!r} failed with the {cut} weeks up to {past.index[-1]}: {error}"
        ) from error
    if not isinstance(forecast, Forecast) or len(forecast.table) != weeks:
        raise ValueError(
            f"method {name!r} must give a Forecast of {weeks} weeks, got {forecast!r:.60}."
        )
    table = forecast.table
    return pd.DataFrame(
        {"method": name, "origin": past.index[-1], "ahead": np.arange(1, weeks + 1),
         "week": ahead.index, "actual": ahead.to_numpy(dtype=float),
         "forecast": table["forecast"].to_numpy(), "low": table["low"].to_numpy(),
         "high": table["high"].to_numpy(), "level": forecast.level}
    )  # fmt: skip


def _scale(past: np.ndarray, season_weeks: int) -> float:
    if len(past) <= season_weeks:
        raise ValueError(
            f"past must hold more than a season of {season_weeks} weeks, got {len(past)}."
        )
    scale = float(np.mean(np.abs(past[season_weeks:] - past[:-season_weeks])))
    if scale == 0:
        raise ValueError("past must change at least once, or errors cannot be scaled by its steps.")
    return scale

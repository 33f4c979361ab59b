"""What does a forecast say? A figure for each week, and a range that it should rarely leave.

A forecast without a range cannot be wrong, only surprising. Every method gives one: from its
own model where it has one, else from the errors that it would have made before.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from crmlab.analytical.forecast.series import check_series, coming
from crmlab.checks import whole_number

MOST_WEEKS = 520
ORIGINS = 12
"""How many past errors a method without a model learns from at every horizon, where it can."""


@dataclass(frozen=True, eq=False)
class Forecast:
    """Sales to come, week by week.

    Attributes
    ----------
    method : str
    table : DataFrame
        One row a week (index ``week``): ``forecast``, ``low``, ``high``.
    level : float
        How often the truth should lie between ``low`` and ``high``.
    note : str
        What the method chose or assumed.
    detail : DataFrame or None
        What the forecast is made of, where the method has parts.
    """

    method: str
    table: pd.DataFrame
    level: float
    note: str = ""
    detail: pd.DataFrame | None = None

    def __repr__(self) -> str:
        t = self.table
        return (
            f"{self.method}: {t['forecast'].sum():,.0f} over {len(t)} weeks"
            + (f" ({self.note})" if self.note else "")
            + f"\n{t.round(1).to_string()}\n({self.level:.0%} of the weeks between low and high)"
        )

    def _repr_html_(self) -> str:
        head = html.escape(repr(self).split("\n", 1)[0])
        return f"<p>{head}</p>" + self.table.round(1).to_html()


def check_horizon(weeks: int, level: float) -> None:
    """Raise unless ``weeks`` and ``level`` can be meant."""
    whole_number("weeks", weeks, 1, MOST_WEEKS)
    if not 0 < level < 1:
        raise ValueError(f"level must be in (0, 1), got {level!r}. Is this a percentage?")


def forecast_of(
    series: pd.Series, mean: ArrayLike, spread: ArrayLike, level: float, errors: ArrayLike = np.inf
) -> pd.DataFrame:
    """The table of a forecast from mean and standard error by week.

    ``errors`` are the degrees of freedom of Student's t, one number or one a week. Where the
    past knows no negative sales, the table does not either.
    """
    middle = np.asarray(mean, dtype=float)
    width = t_quantile(level, errors) * np.asarray(spread, dtype=float)
    table = pd.DataFrame(
        {"forecast": middle, "low": middle - width, "high": middle + width},
        index=coming(series, len(middle)),
    )
    return table.clip(lower=0.0) if series.min() >= 0 else table


def t_quantile(level: float, freedom: ArrayLike = np.inf) -> NDArray[np.float64]:
    """How many standard errors a two-sided interval of this level reaches."""
    return np.asarray(stdtrit(np.minimum(freedom, 1e6), (1 + level) / 2))


def rolling_errors(
    point: Callable[[pd.Series, int], ArrayLike], series: pd.Series, weeks: int, least: int
) -> NDArray[np.float64]:
    """Errors that a method would have made from the last starting points.

    Returns
    -------
    array, shape (origins, weeks)
        Actual less forecast; NaN where a week has not come yet. A starting point has at least
        ``least`` weeks behind it and one before it.
    """
    values = series.to_numpy(dtype=float)
    starts = range(max(least, len(values) - ORIGINS - weeks + 1), len(values))
    errors = np.full((len(starts), weeks), np.nan)
    for row, start in enumerate(starts):
        actual = values[start : start + weeks]
        mean = np.asarray(point(series.iloc[:start], weeks), dtype=float)
        errors[row, : len(actual)] = actual - mean[: len(actual)]
    return errors


def rolling_spread(errors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Root mean squared error by horizon; it never falls as the horizon grows.

    A horizon that the past has not tried takes the spread of the longest one that it has.
    """
    counts = np.isfinite(errors).sum(axis=0)
    squares = np.nansum(errors**2, axis=0) / np.maximum(counts, 1)
    return np.sqrt(np.maximum.accumulate(squares))


def from_errors(
    point: Callable[[pd.Series, int], ArrayLike],
    series: pd.Series,
    weeks: int,
    level: float,
    least: int = 2,
) -> pd.DataFrame:
    """The table of a method that has no model of its own errors: they are tried out."""
    check_horizon(weeks, level)
    check_series(series, least + 1)
    errors = rolling_errors(point, series, weeks, least)
    tries = np.maximum(np.isfinite(errors).sum(axis=0), 1)
    return forecast_of(series, point(series, weeks), rolling_spread(errors), level, tries)

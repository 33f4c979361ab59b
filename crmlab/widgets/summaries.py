"""What does a view show of a run? Small tables, computed without any slider."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.tables import EPOCH, WEEK_SECONDS


def orders_a_week(orders: pd.DataFrame, weeks: int) -> NDArray[np.int64]:
    """Count the orders of each week.

    Parameters
    ----------
    orders : DataFrame
        A firm's orders: one row each, with ordered_at.
    weeks : int
        How many weeks, from week 0.

    Returns
    -------
    array of int, shape (weeks,)

    Examples
    --------
    >>> times = pd.to_datetime(["2024-01-01", "2024-01-07", "2024-01-08"])
    >>> orders_a_week(pd.DataFrame({"ordered_at": times}), weeks=3)
    array([2, 1, 0])
    """
    week = (orders["ordered_at"].to_numpy() - EPOCH) // np.timedelta64(WEEK_SECONDS, "s")
    return np.bincount(week.astype(np.int64), minlength=weeks)[:weeks]


def extra_so_far(orders: NDArray[np.int64], baseline: NDArray[np.int64]) -> NDArray[np.int64]:
    """Orders more than the baseline, from the first week to the end of each.

    >>> extra_so_far(np.array([3, 2, 1]), np.array([2, 2, 2]))
    array([1, 1, 0])
    """
    return (orders - baseline).cumsum()


def profit_so_far(ledger: pd.DataFrame, weeks: int) -> NDArray[np.float64]:
    """Profit from the first week to the end of each week, EUR, shape ``(weeks,)``.

    >>> book = pd.DataFrame({"week": [0, 0, 2], "eur": [10.0, -4.0, 1.0]})
    >>> profit_so_far(book, weeks=3)
    array([6., 6., 7.])
    """
    by_week = np.bincount(ledger["week"], weights=ledger["eur"], minlength=weeks)
    return np.round(by_week[:weeks].cumsum(), 2)


def gains_at(grid: pd.DataFrame, week: int) -> pd.Series:
    """Gain over the first column of a grid at the end of a week, for the other columns.

    >>> grid = pd.DataFrame({"never": [1.0, 2.0], "every week": [3.0, 1.0]})
    >>> gains_at(grid, week=1)
    every week   -1.0
    Name: 1, dtype: float64
    """
    row = grid.loc[[week]].iloc[0]
    return row.iloc[1:] - row.iloc[0]

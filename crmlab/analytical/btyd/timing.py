"""How regular is a customer? What a model of regular buying reads of the intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.analytical import rfm_table as counting
from crmlab.checks import one_of


def interval_logs(
    orders: pd.DataFrame,
    end: counting.When | None = None,
    unit: str = "W",
    *,
    period: str = "D",
) -> pd.Series:
    """Sum of the logarithms of each customer's intervals between purchases, in units.

    What `MBGCNBD` needs beside frequency, recency and age: assign it to the table of `rfm` as the
    column ``log_intervals``. Arguments as in `rfm`.

    Returns
    -------
    Series
        One row a customer who bought by ``end``, sorted by ``customer_id``; 0 without a repeat.

    Examples
    --------
    >>> orders = pd.DataFrame(
    ...     {
    ...         "customer_id": [1, 1, 1],
    ...         "ordered_at": pd.to_datetime(["2024-01-01", "2024-01-08", "2024-01-22"]),
    ...     }
    ... )
    >>> interval_logs(orders).round(3).to_dict()
    {1: 0.693}
    """
    one_of("unit", unit, tuple(counting.UNITS))
    one_of("period", period, tuple(counting.PERIODS))
    step = counting.PERIODS[period]
    who, ids, at = counting.purchases(orders, period)
    last = int(at.max()) if end is None else counting.step_of(end, step, period)
    inside = at <= last
    who, at, low = who[inside], at[inside], int(at.min())
    span = int(at.max()) - low + 1
    key = counting.distinct_pairs(who, at - low, len(ids), span).astype(np.int64)
    owner = key // span
    same = owner[1:] == owner[:-1]
    gaps = np.log((key[1:] - key[:-1])[same] * (step / counting.UNITS[unit]))
    total = np.bincount(owner[1:][same], weights=gaps, minlength=len(ids))
    here = np.bincount(owner, minlength=len(ids)) > 0
    return pd.Series(total, index=ids, name="log_intervals")[here].sort_index()

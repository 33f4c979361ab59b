"""By which number does a firm choose its best customers? The usual ones, side by side.

Historical data say who brought much; predictive data say who will. *Recency* (who ordered last
comes first), *past revenue*, *RFM cells* (Hughes 1994) and the *own rate* for ever read the log as
it is; the *BG/NBD* and *Pareto/NBD* values also ask who is still there. Heuristics are often nearly
as good at ranking (Wübben and von Wangenheim 2008, J. Marketing 72(3)); measures of that are in
`crmlab.analytical.validation`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crmlab.analytical.backtest import Forecaster, from_model, rfm_quintiles, same_rate
from crmlab.analytical.btyd import BGNBD, ParetoNBD
from crmlab.analytical.rfm_table import When, rfm
from crmlab.analytical.validation import capture_curve
from crmlab.checks import above_zero, at_least_zero, one_of

_FORECASTS: dict[str, Forecaster] = {
    "own rate": same_rate,
    "BG/NBD": from_model(BGNBD()),
    "Pareto/NBD": from_model(ParetoNBD()),
}
SCORES = ("recency", "past revenue", "RFM cells", *_FORECASTS)
"""The columns of `value_scores`, from what looks back to what looks ahead."""


def value_scores(
    orders: pd.DataFrame,
    end: When,
    periods: float,
    unit: str = "W",
    *,
    margin_rate: float = 1.0,
    scores: Sequence[str] = SCORES,
) -> pd.DataFrame:
    """Score every customer in up to six ways, from the orders up to ``end`` only.

    Parameters
    ----------
    orders : DataFrame
        ``customer_id``, ``ordered_at``, ``value_eur``; what comes after ``end`` is not read.
    end : str, date or datetime64
        Last day that is known.
    periods : float
        How far ahead the forecasts look, in units, > 0. RFM cells learn from the last stretch of
        that length, or of half of the log where that is shorter.
    unit : str
        As in `rfm`.
    margin_rate : float
        Gross margin as a share of value: forecasts become margin; 1 for turnover.
    scores : sequence of str
        Which of `SCORES`; models that are not asked for are not fitted.

    Returns
    -------
    DataFrame
        One row a customer who bought by ``end`` (index ``customer_id``), a column a score:
        ``recency`` is the time since the last order, as a negative number of units; ``past
        revenue`` is EUR so far; the others are EUR expected in the next ``periods``. More is
        always better.

    Examples
    --------
    >>> days = pd.to_datetime(["2024-01-01", "2024-03-04", "2024-03-25", "2024-01-08"])
    >>> orders = pd.DataFrame({"customer_id": ["ann", "ann", "ann", "bob"], "ordered_at": days})
    >>> orders["value_eur"] = [20.0, 25.0, 35.0, 90.0]
    >>> scores = value_scores(orders, "2024-04-01", periods=12)
    >>> scores[["recency", "past revenue", "own rate"]].round(1)
                 recency  past revenue  own rate
    customer_id
    ann             -1.0          80.0      55.4
    bob            -12.0          90.0       0.0
    """
    above_zero("periods", periods)
    above_zero("margin_rate", margin_rate)
    for name in scores:
        one_of("scores", name, SCORES)
    last = pd.Timestamp(end).floor("D")
    table = rfm(orders, last, unit)
    table.attrs |= {"end": last, "unit": unit}
    known = orders[orders["ordered_at"] < last + pd.Timedelta(days=1)]
    found = {name: _score(name, table, known, periods, margin_rate) for name in scores}
    return pd.DataFrame(found, index=table.index)


def _score(
    name: str, table: pd.DataFrame, known: pd.DataFrame, periods: float, margin_rate: float
) -> pd.Series:
    if name == "recency":
        return table["recency"] - table["age"]
    if name == "past revenue":
        return known.groupby("customer_id")["value_eur"].sum()
    if name == "RFM cells":
        learned = min(periods, max(table["age"].max() / 2, 1.0))
        return rfm_quintiles(table, known, learned)["value"] * (margin_rate * periods / learned)
    return _FORECASTS[name](table, known, periods)["value"] * margin_rate


def profit_by_share(
    score: ArrayLike,
    margin_eur: ArrayLike,
    cost_eur: float,
    shares: Iterable[float],
) -> pd.Series:
    """What it earns to keep the best 0, ..., 100 % by a score, if each one kept costs so much.

    Parameters
    ----------
    score : array, shape (n_customers,)
        By which they are ranked; of equal scores, each counts with its mean.
    margin_eur : array, shape (n_customers,)
        What each brings if kept, EUR.
    cost_eur : float
        Of keeping one customer, EUR, >= 0.
    shares : sequence of float
        Shares of the customers that are kept, each between 0 and 1.

    Returns
    -------
    Series
        EUR, by share.

    Examples
    --------
    >>> profit_by_share([4, 3, 2, 1], [30.0, 12.0, 0.0, 2.0], cost_eur=10, shares=[0, 0.5, 1])
    0.0    0.0
    0.5   22.0
    1.0    4.0
    Name: profit_eur, dtype: float64
    """
    at_least_zero("cost_eur", cost_eur)
    margin = np.asarray(margin_eur, dtype=np.float64)
    kept = np.asarray(list(shares), dtype=np.float64)
    if ((kept < 0) | (kept > 1)).any():
        raise ValueError(f"shares must lie in [0, 1], got {kept}. Are these percentages?")
    curve = capture_curve(score, margin)
    brought = margin.sum() * np.interp(kept, curve["customers"], curve["value"])
    return pd.Series(brought - cost_eur * len(margin) * kept, index=kept, name="profit_eur")

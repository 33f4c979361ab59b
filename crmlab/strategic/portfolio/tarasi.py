"""Are customers assets whose cash flows vary? Tarasi's efficient customer portfolio.

Tarasi, Bolton, Hutt and Walker (2011, J. Marketing 75(3)) treat segments as Markowitz treats
shares: each has a mean cash flow and a variance, and they move together or not. An *efficient*
portfolio, for the return that it must bring, varies least. Customers are no shares: their weights
cannot be bought at will, so they move within limits here (ours). All of it is computed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.checks import above_zero
from crmlab.strategic.portfolio.books import Tables
from crmlab.tables import QUARTER_WEEKS, WEEK_SECONDS

CHOICES = ("as it is", "highest return", "efficient")


@dataclass(frozen=True)
class Tarasi:
    """How far the shares of the segments may move, and what the portfolio must bring.

    Attributes
    ----------
    least, most : float
        Of a segment's present share of the accounts: the new share lies between.
    keep : float
        Of the present mean cash flow, that an efficient portfolio must bring, > 0.
    """

    least: float = 0.5
    most: float = 2.0
    keep: float = 1.0

    def __post_init__(self) -> None:
        above_zero("keep", self.keep)
        if not 0 <= self.least <= 1 <= self.most:
            raise ValueError(
                f"least and most must enclose 1, got {self.least} and {self.most}: they are "
                "multiples of a segment's present share."
            )


def cash_flows(
    held: Tables, groups: pd.Series, now: np.datetime64, quarters: int = 8
) -> pd.DataFrame:
    """Gross margin of each segment, EUR per account and quarter.

    Parameters
    ----------
    held : Records or the like
        With ``orders``.
    groups : Series
        Segment by ``customer_id``; accounts with an empty one are left out.
    now : datetime64
        Nothing later is used.
    quarters : int
        Looked back.

    Returns
    -------
    DataFrame
        One row a quarter, ``-quarters`` (the oldest) to -1; one column a segment.
    """
    groups = groups[groups.astype(str) != ""].astype(str)
    orders = held["orders"]
    orders = orders[(orders["ordered_at"] < now) & orders["customer_id"].isin(groups.index)]
    quarter = np.timedelta64(QUARTER_WEEKS * WEEK_SECONDS, "s")
    ago = ((now - orders["ordered_at"].to_numpy()) // quarter).astype(int) + 1
    named = orders.assign(quarter=-ago, segment=orders["customer_id"].map(groups))[ago <= quarters]
    sums = named.pivot_table("margin_eur", "quarter", "segment", aggfunc="sum", fill_value=0.0)
    number = groups.value_counts().sort_index()
    flows = sums.reindex(index=range(-quarters, 0), columns=number.index, fill_value=0.0) / number
    return flows.rename_axis(index="quarter", columns="segment")


def tarasi(flows: pd.DataFrame, weights: pd.Series, model: Tarasi | None = None) -> pd.DataFrame:
    """Which shares of the segments bring as much with the least variance?

    Parameters
    ----------
    flows : DataFrame
        One row a quarter, one column a segment, EUR per account: see `cash_flows`.
    weights : Series
        Present share of the accounts by segment; scaled to add up to 1.
    model : Tarasi, optional

    Returns
    -------
    DataFrame
        One row a segment: ``mean_eur`` and ``sd_eur`` of its cash flow; its share in each of
        `CHOICES`: *as it is*, *highest return* and *efficient*, all within the limits; ``cell``:
        what the efficient portfolio does with it (``"more"``, ``"less"``, ``"as it is"``).

    Raises
    ------
    ValueError
        Fewer than three quarters, or a segment without a weight.
    """
    m = model or Tarasi()
    if len(flows) < 3:
        raise ValueError(f"flows must have at least three quarters, got {len(flows)}.")
    missing = flows.columns.difference(weights.index)
    if len(missing):
        raise ValueError(f"weights must hold every segment, {missing[0]!r} has none.")
    now = (weights[flows.columns] / weights[flows.columns].sum()).astype(float)
    mean, spread = flows.mean().to_numpy(), np.atleast_2d(np.cov(flows.to_numpy().T))
    low, high = m.least * now.to_numpy(), m.most * now.to_numpy()
    best = _highest(mean, low, high)
    efficient = _least_variance(mean, spread, low, high, now.to_numpy(), m.keep)
    table = pd.DataFrame({"mean_eur": mean, "sd_eur": np.sqrt(np.diag(spread))}, flows.columns)
    for name, column in zip(CHOICES, (now.to_numpy(), best, efficient), strict=True):
        table[name] = column
    had = np.where(now.to_numpy() > 0, now.to_numpy(), np.nan)
    change = np.nan_to_num(efficient / had - 1)  # nothing can be more of nothing
    table["cell"] = np.select([change > 0.05, change < -0.05], ["more", "less"], "as it is")
    return table


def _highest(mean: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """The best segment first, up to its limit."""
    weight, rest = low.copy(), 1 - low.sum()
    for place in np.argsort(-mean, kind="stable"):
        more = min(high[place] - low[place], rest)
        weight[place] += more
        rest -= more
    return weight


def _least_variance(
    mean: np.ndarray, spread: np.ndarray, low: np.ndarray, high: np.ndarray, now: np.ndarray,
    keep: float,
) -> np.ndarray:  # fmt: skip
    """Markowitz: the least variance for the return that is asked, within the limits."""
    from scipy.optimize import minimize

    scale = max(float(now @ spread @ now), 1e-12)
    unit = max(abs(float(now @ mean)), 1e-12)
    best = _highest(mean, low, high)
    wanted = min(keep * float(now @ mean), float(best @ mean)) - 1e-6 * unit
    for start in (now, best):
        found = minimize(
            lambda w: w @ spread @ w / scale,
            start,
            jac=lambda w: 2 * spread @ w / scale,
            bounds=list(zip(low, high, strict=True)),
            constraints=[
                {"type": "eq", "fun": lambda w: w.sum() - 1, "jac": lambda w: np.ones(len(w))},
                {
                    "type": "ineq",
                    "fun": lambda w: (w @ mean - wanted) / unit,
                    "jac": lambda w: mean / unit,
                },
            ],
            method="SLSQP",
            options={"ftol": 1e-12, "maxiter": 300},
        )
        if found.success:
            return np.asarray(found.x)
    return now if float(now @ mean) >= wanted else best


def risk_and_return(flows: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """What portfolios of these segments would have brought, and how much it would have varied.

    Parameters
    ----------
    flows : DataFrame
        One row a quarter, one column a segment, EUR per account.
    shares : DataFrame
        One row a segment, one column a portfolio: its shares.

    Returns
    -------
    DataFrame
        One row a portfolio: ``mean_eur``, ``sd_eur`` (per account and quarter), ``variability``
        (the second over the first).

    Examples
    --------
    >>> flows = pd.DataFrame({"a": [1.0, 3.0], "b": [3.0, 1.0]})
    >>> both = pd.DataFrame({"half": [0.5, 0.5], "all a": [1.0, 0.0]}, ["a", "b"])
    >>> risk_and_return(flows, both)["mean_eur"].tolist()
    [2.0, 2.0]
    >>> risk_and_return(flows, both)["sd_eur"].round(2).tolist()
    [0.0, 1.41]
    """
    paths = flows @ shares.loc[flows.columns]
    mean, sd = paths.mean(), paths.std(ddof=1)
    return pd.DataFrame({"mean_eur": mean, "sd_eur": sd, "variability": sd / mean})

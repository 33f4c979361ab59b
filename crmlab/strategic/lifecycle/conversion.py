"""How many of each hundred go one step further? Conversion marketing as a funnel.

*Conversion marketing* maximises "conversion of potential customers to actual customers and existing
customers to repeat customers" (lecture notes 10; Chaffey and Ellis-Chadwick 2019). Its measure
is the funnel: how many take each step, what share of the step before that is, and how sure one
can be of that share.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.records import Records
from crmlab.tables import WEEK_SECONDS

Z95 = 1.959964


def funnel(steps: Mapping[str, int]) -> pd.DataFrame:
    """Conversion from each step of a funnel to the next, with its interval.

    Parameters
    ----------
    steps : dict of str to int
        How many took each step, the first step first; never rising.

    Returns
    -------
    DataFrame
        One row a step: ``number``, ``conversion`` (share of the step before), ``low``,
        ``high`` (Wilson's 95 % interval of it), ``overall`` (share of the first step).

    Raises
    ------
    ValueError
        If a step has more than the one before it.

    Examples
    --------
    >>> funnel({"addressed": 1_000, "leads": 320, "customers": 80}).round(3)
               number  conversion    low  high  overall
    step
    addressed    1000         NaN    NaN   NaN     1.00
    leads         320        0.32  0.292  0.35     0.32
    customers      80        0.25  0.206  0.30     0.08
    """
    names, counts = list(steps), np.array(list(steps.values()), dtype=float)
    if len(counts) < 2 or counts[0] <= 0:
        raise ValueError(f"steps must hold two at least, the first above 0, got {dict(steps)}.")
    up = np.flatnonzero(np.diff(counts) > 0)
    if len(up):
        a, b = names[up[0]], names[up[0] + 1]
        raise ValueError(
            f"no step can have more than the one before: {b!r} has {counts[up[0] + 1]:g}, "
            f"{a!r} has {counts[up[0]]:g}. Are the steps in order, of the same people?"
        )
    before = np.append(np.nan, counts[:-1])
    with np.errstate(invalid="ignore", divide="ignore"):
        share = counts / before
        low, high = wilson(share, before)
    table = {"number": counts.astype(int), "conversion": share, "low": low, "high": high,
             "overall": counts / counts[0]}  # fmt: skip
    return pd.DataFrame(table, pd.Index(names, name="step"))


def wilson(share: NDArray, of: NDArray) -> tuple[NDArray, NDArray]:
    """Wilson's 95 % interval of a share (1927, J. American Statistical Association 22)."""
    middle = (share + Z95**2 / (2 * of)) / (1 + Z95**2 / of)
    half = Z95 / (1 + Z95**2 / of) * np.sqrt(share * (1 - share) / of + Z95**2 / (4 * of**2))
    return middle - half, middle + half


def steps_of(records: Records, addressed: int, weeks: int = 26) -> dict[str, int]:
    """The steps of the prospects who left a card: addressed, card, customer, repeat, still there.

    Parameters
    ----------
    records : Records
        With ``leads``; who becomes a customer keeps the number of the card.
    addressed : int
        Prospects who were asked for a card; the firm knows it from its bill.
    weeks : int
        *Still there*: somebody whose last order is at least so long after the first.

    Returns
    -------
    dict of str to int
        Ready for `funnel`.
    """
    leads = records["leads"]["lead_id"].unique()
    orders = records["orders"][records["orders"]["customer_id"].isin(leads)]
    by = orders.groupby("customer_id")["ordered_at"].agg(["size", "min", "max"])
    span = (by["max"] - by["min"]).dt.total_seconds() / WEEK_SECONDS
    return {
        "prospects addressed": int(addressed),
        "qualified leads": len(leads),
        "customers": len(by),
        "repeat customers": int((by["size"] >= 2).sum()),
        f"still there after {weeks} weeks": int(((by["size"] >= 2) & (span >= weeks)).sum()),
    }

"""Which quality goes with staying? A logistic regression on what customers met.

Staying is seen as coming back: an order after a moment, of those who had a case before it. The
coefficients are for one standard deviation of each quality, others equal. They say what *goes
with* staying: nobody drew lots over who gets quick answers, and customers who order more have more
cases, more surprises and more to be wrong about. Frequency and recency are held equal, which takes
out a part of that, and no more.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import statsmodels.api as sm

from crmlab.records import Records
from crmlab.strategic.amrad import QUALITIES, qualities

HABITS = ("orders", "weeks_since_order", "margin")
"""Held equal beside the qualities, as logarithms."""


def people_met(records: Records, split: np.datetime64) -> pd.DataFrame:
    """Customers with a case before ``split``: what they met, and whether they came back.

    Parameters
    ----------
    records : Records
        Of a firm with a service desk.
    split : datetime64
        Qualities before it, staying after it.

    Returns
    -------
    DataFrame
        One row a customer: `amrad.QUALITIES`, `HABITS` (logarithms), ``stayed``.
    """
    orders, cases = records["orders"], records["cases"]
    before = orders[orders["ordered_at"] < split]
    by = before.groupby("customer_id")
    table = qualities(records, split).loc[
        np.unique(cases.loc[cases["opened_at"] < split, "customer_id"])
    ]
    since = (split - by["ordered_at"].max()) / np.timedelta64(7, "D")
    habits = {
        "orders": np.log(by.size()),
        "weeks_since_order": np.log1p(since),
        "margin": np.log1p(by["margin_eur"].sum().clip(lower=0.0)),
    }
    for name, values in habits.items():
        table[name] = values.reindex(table.index)
    came = orders.loc[orders["ordered_at"] >= split, "customer_id"]
    return table.assign(stayed=table.index.isin(came)).dropna(subset=list(HABITS))


def staying_regression(met: pd.DataFrame, habits: bool = True) -> pd.DataFrame:
    """The coefficient of each quality for staying.

    Parameters
    ----------
    met : DataFrame
        From `people_met`; a missing quality counts as the mean.
    habits : bool
        Whether frequency, recency and margin are held equal.

    Returns
    -------
    DataFrame
        One row a quality (and habit): ``log_odds`` for one standard deviation, ``low``, ``high``
        (95 % interval), ``known`` (share of customers of whom the quality could be counted).

    Raises
    ------
    ValueError
        All have stayed, or nobody has.
    """
    if met["stayed"].nunique() < 2:
        raise ValueError("met must hold customers who stayed and others who did not.")
    names = [*QUALITIES, *(HABITS if habits else ())]
    x = met[names].astype(float)
    z = ((x - x.mean()) / x.std(ddof=0)).fillna(0.0)
    moves = [name for name in names if x[name].std(ddof=0) > 0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = sm.Logit(met["stayed"].astype(float), sm.add_constant(z[moves])).fit(disp=0)
    bounds = fit.conf_int()
    table = pd.DataFrame({"log_odds": fit.params, "low": bounds[0], "high": bounds[1]})
    return table.reindex(names).assign(known=x.notna().mean())

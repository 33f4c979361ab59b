"""How did we do? Performance assessment: shareholder results, and standards that are met or not.

Payne and Frow (2005) split it into *shareholder results* (employee value, customer value,
shareholder value, cost reduction) and *performance monitoring* (standards, metrics and key
performance indicators). Every indicator here is counted in the firm's own tables, and held
against a standard that is set beforehand: a standard that moves with the results is always met.
What the results change in next year's strategy stands in `review.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from crmlab.records import Records

RESULTS = ("employee value", "customer value", "shareholder value", "cost reduction")


@dataclass(frozen=True)
class Standard:
    """One indicator and what is expected of it.

    Attributes
    ----------
    result : str
        The shareholder result that it belongs to, one of `RESULTS`.
    measure : callable
        ``measure(records)``: the indicator; NaN where there is nothing to count.
    standard : float
        What is expected, in the indicator's unit.
    unit : str
    more_is_better : bool
    """

    result: str
    measure: Callable[[Records], float]
    standard: float
    unit: str
    more_is_better: bool = True


def attainment(value: float, standard: float, more_is_better: bool = True) -> float:
    """How far a standard is reached, at most 1; NaN where nothing was counted.

    >>> attainment(3.0, 4.0), attainment(8.0, 4.0), attainment(8.0, 4.0, more_is_better=False)
    (0.75, 1.0, 0.5)
    """
    if not standard > 0:
        raise ValueError(f"standard must be > 0, got {standard}.")
    if np.isnan(value):
        return float("nan")
    reached = value / standard if more_is_better else standard / max(value, 1e-12)
    return float(np.clip(reached, 0.0, 1.0))


def scorecard(records: Records, standards: Mapping[str, Standard] | None = None) -> pd.DataFrame:
    """Every indicator against its standard.

    Parameters
    ----------
    records : Records
    standards : dict of str to Standard, optional
        `STANDARDS` by default.

    Returns
    -------
    DataFrame
        One row an indicator: ``result``, ``value``, ``standard``, ``unit``, ``attained`` (0-1),
        ``met``.
    """
    rows = []
    for name, one in (STANDARDS if standards is None else standards).items():
        value = float(one.measure(records))
        reached = attainment(value, one.standard, one.more_is_better)
        rows.append((name, one.result, value, one.standard, one.unit, reached, reached >= 1))
    columns = ["indicator", "result", "value", "standard", "unit", "attained", "met"]
    return pd.DataFrame(rows, columns=columns).set_index("indicator")


# -- indicators


def _routine(name: str) -> Callable[[Records], float]:
    def done(records: Records) -> float:
        if "routines" not in records or not len(records["routines"]):
            return np.nan
        kept = records["routines"]
        return float(kept.loc[kept["routine"] == name, "done"].mean())

    return done


def minutes_of_an_answer(records: Records) -> float:
    """Mean minutes of an answer: what the work is like."""
    if "interactions" not in records or not len(records["interactions"]):
        return np.nan
    rows = records["interactions"]
    return float(rows.loc[rows["contact"] == "answered", "minutes"].mean())


def mean_score(records: Records) -> float:
    """Mean satisfaction with cases, of those who filled in the survey."""
    if "surveys" not in records:
        return np.nan
    rows = records["surveys"]
    return float(rows["score"].mean()) if len(rows) else np.nan


def on_time(records: Records) -> float:
    """Share of deliveries in time."""
    if "deliveries" not in records:
        return np.nan
    rows = records["deliveries"]
    return float((rows["delivered_at"] <= rows["promised_at"]).mean()) if len(rows) else np.nan


def came_back(records: Records) -> float:
    """Share of customers with more than one order."""
    orders = records["orders"]
    return float((orders["customer_id"].value_counts() > 1).mean()) if len(orders) else np.nan


def margin_a_customer(records: Records) -> float:
    """Margin of all orders over customers with an order, EUR."""
    orders = records["orders"]
    if not len(orders):
        return np.nan
    return float(orders["margin_eur"].sum() / orders["customer_id"].nunique())


def contacts_an_order(records: Records) -> float:
    """Contacts with the desk for each order: work that good work saves."""
    if "interactions" not in records or not len(records["orders"]):
        return np.nan
    return len(records["interactions"]) / len(records["orders"])


STANDARDS: Mapping[str, Standard] = MappingProxyType(
    {
        "bonus on satisfaction": Standard(
            RESULTS[0], _routine("staff_incentives"), 0.8, "share of weeks"
        ),
        "minutes an answer": Standard(RESULTS[0], minutes_of_an_answer, 14.0, "minutes", False),
        "survey score": Standard(RESULTS[1], mean_score, 4.0, "1-5"),
        "on time": Standard(RESULTS[1], on_time, 0.9, "share"),
        "came back": Standard(RESULTS[2], came_back, 0.65, "share"),
        "margin a customer": Standard(RESULTS[2], margin_a_customer, 30.0, "EUR"),
        "contacts an order": Standard(RESULTS[3], contacts_an_order, 0.6, "contacts", False),
    }
)
"""What a firm of this market could expect of itself (*assumed*)."""

"""What to do about a customer who costs too much? One action each, with the reason in words.

The rule is meant to be argued with, not hidden: the activity on which a loss maker costs most
names the remedy. A remedy can win back at most the cost that it is aimed at, and only if the
customer stays; whether customers stay is a question for an experiment, not for a costing.
Menu pricing and order minima as in Kaplan and Narayanan (2001), Measuring and managing customer
profitability, Journal of Cost Management 15(5), 5-15.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

REMEDIES: Mapping[str, str] = MappingProxyType(
    {
        "pick and pack": "set a minimum order",
        "handle returns": "charge for returns",
        "bill and book": "set a minimum order",
        "write letters": "move to self-service",
        "call": "move to self-service",
        "answer complaints": "remove the cause",
        "run the web shop": "leave alone",
        "send e-mails": "write less often",
    }
)
"""Which remedy an activity of `retail_times` suggests."""
OTHER_REMEDY = "price by the menu"
"""For an activity without a remedy of its own: charge for the service that is used."""


def cost_actions(
    costs: pd.DataFrame,
    margin_eur: pd.Series,
    remedies: Mapping[str, str] = REMEDIES,
    heavy_share: float = 0.5,
) -> pd.DataFrame:
    """One action a customer, and why.

    1. Margin below 0 before any work: "raise the price", no saving helps.
    2. Profit below 0: the remedy of the activity that costs most; "price by the menu" for an
       activity without one, and also where that cost alone is smaller than the loss.
    3. Profit, but cost to serve above ``heavy_share`` of the margin: "price by the menu".
    4. All others: "protect" the best tenth of the customers (those with a profit), "keep" the rest.

    Parameters
    ----------
    costs : DataFrame
        One row a customer, one column an activity, EUR (`Costing.costs`).
    margin_eur : Series
        Gross margin of the same customers, by index, EUR.
    remedies : mapping of str to str
        From activity to remedy.
    heavy_share : float
        Cost over margin from which a profitable customer is costly, > 0.

    Returns
    -------
    DataFrame
        One row a customer, the largest loss first (index as ``costs``): ``margin_eur``,
        ``cost_eur``, ``profit_eur``, ``action``, ``at_most_eur`` (the cost that the action is
        aimed at; 0 without one), ``reason``.

    Raises
    ------
    ValueError
        A customer of ``costs`` has no margin, or ``heavy_share`` is not above 0.

    Examples
    --------
    >>> costs = pd.DataFrame({"call": [30.0, 1.0], "pick and pack": [6.0, 2.0]}, index=["Bo", "Al"])
    >>> table = cost_actions(costs, pd.Series({"Bo": 10.0, "Al": 20.0}))
    >>> table["action"].tolist()
    ['move to self-service', 'keep']
    >>> table["reason"].iloc[0]
    'loses 26.00 EUR; call takes 30.00 of the 36.00 EUR that it costs to serve'
    """
    table = _table(costs, margin_eur, heavy_share)
    profit, cost = table["profit_eur"], table["cost_eur"]
    main, at = costs.idxmax(axis=1), costs.max(axis=1)
    remedy = main.map(lambda a: remedies.get(a, OTHER_REMEDY)).astype("str")
    best = (profit.rank(ascending=False, method="first") <= len(table) / 10) & (profit > 0)
    lost, heavy = profit < 0, cost > heavy_share * table["margin_eur"]
    cases = [table["margin_eur"] < 0, lost & (at < -profit), lost, heavy, best]
    actions = ["raise the price", OTHER_REMEDY, remedy, OTHER_REMEDY, "protect"]
    earns = "earns " + _eur(profit) + " EUR"
    table["action"] = _choose(cases, actions, "keep", table.index)
    table["at_most_eur"] = np.select(cases, [0.0, cost, at, cost, 0.0], 0.0)
    reasons = _reasons(table, main, at, heavy_share)
    table["reason"] = _choose(cases, reasons, earns, table.index)
    return table.sort_values("profit_eur", kind="stable")


def _reasons(
    table: pd.DataFrame, main: pd.Series, at: pd.Series, heavy_share: float
) -> list[pd.Series]:
    """What is said of each case of the rule."""
    margin, profit = table["margin_eur"], table["profit_eur"]
    loses, earns = "loses " + _eur(-profit) + " EUR; ", "earns " + _eur(profit) + " EUR"
    takes = main + " takes " + _eur(at) + " of the " + _eur(table["cost_eur"])
    takes = takes + " EUR that it costs to serve"
    return [
        "loses " + _eur(-margin) + " EUR before anything is done for it",
        loses + "no single activity explains it: " + takes,
        loses + takes,
        earns + ", but " + takes + f", above {heavy_share:.0%} of its margin",
        earns + ", among the best tenth",
    ]


def _table(costs: pd.DataFrame, margin_eur: pd.Series, heavy_share: float) -> pd.DataFrame:
    if not heavy_share > 0:
        raise ValueError(f"heavy_share must be > 0, got {heavy_share!r}.")
    if not costs.size:
        raise ValueError(f"costs must hold customers and activities, got shape {costs.shape}.")
    absent = costs.index.difference(margin_eur.dropna().index)
    if len(absent):
        raise ValueError(
            f"margin_eur must hold every customer of costs, {absent.tolist()[0]!r} is missing. "
            "Reindex it with 0 for who bought nothing."
        )
    cost, margin = costs.sum(axis=1), margin_eur.reindex(costs.index).astype(float)
    return pd.DataFrame({"margin_eur": margin, "cost_eur": cost, "profit_eur": margin - cost})


def _choose(cases: list, texts: list, otherwise: pd.Series | str, index: pd.Index) -> pd.Series:
    """The text of the first case that holds for each customer."""
    chosen = pd.Series(otherwise, index=index, dtype="str")
    for case, text in zip(reversed(cases), reversed(texts), strict=True):
        chosen = chosen.mask(case, text)
    return chosen


def _eur(values: pd.Series) -> pd.Series:
    return values.map("{:,.2f}".format).astype("str")

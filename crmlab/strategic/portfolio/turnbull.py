"""Is the customer dear to serve, well paying, and worth a relationship? Three dimensions.

Turnbull and Zolkiewski (1997; Zolkiewski and Turnbull 2002) place customers by *cost to serve*,
*net price* and *relationship value*: eight cells. The first two are computed by activity-based
costing; relationship value is judged: how well the supplier could be replaced, how indispensable
it is, how close the co-operation. The model mixes hard and judgemental data on purpose. None of
the three dimensions knows how *much* a customer buys.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from crmlab.checks import share
from crmlab.strategic.portfolio.factors import Factor, customers, sides, weighted


@dataclass(frozen=True)
class Turnbull:
    """Weights and borders of the three dimensions.

    Attributes
    ----------
    cost_to_serve, net_price, relationship_value : tuple of Factor
    border : float
        Score from which on a dimension is high, in (0, 1); one half is the middle account.
    """

    cost_to_serve: tuple[Factor, ...] = (Factor("cost to serve over sales", "cost_ratio"),)
    net_price: tuple[Factor, ...] = (Factor("price over product cost", "net_price"),)
    relationship_value: tuple[Factor, ...] = (
        Factor("substitutability", "rival", -1.0),
        Factor("indispensability", "share"),
        Factor("common interest", "relationship"),
    )
    border: float = 0.5

    def __post_init__(self) -> None:
        share("border", self.border)


def turnbull(table: pd.DataFrame, model: Turnbull | None = None) -> pd.DataFrame:
    """The eight cells of Turnbull and Zolkiewski.

    Parameters
    ----------
    table : DataFrame
        One row an account, as `portfolio` gives it; only customers with sales are placed.
    model : Turnbull, optional

    Returns
    -------
    DataFrame
        One row a customer: ``cost_to_serve``, ``net_price``, ``relationship_value`` (0 to 1, by
        rank); ``cell``, such as ``"low cost, high price, high value"``; ``score``, for choosing:
        the mean of price, value and one less cost (ours).

    Raises
    ------
    ValueError
        There are no customers with sales, or a factor asks for a column that is not there.
    """
    m, held = model or Turnbull(), customers(table)
    axes = ("cost_to_serve", "net_price", "relationship_value")
    found = pd.DataFrame({axis: weighted(held, getattr(m, axis)) for axis in axes})
    words = [sides(found[axis], m.border, "low", "high") for axis in axes]
    found["cell"] = words[0] + " cost, " + words[1] + " price, " + words[2] + " value"
    better = found.assign(cost_to_serve=1 - found["cost_to_serve"])
    found["score"] = better[list(axes)].mean(axis=1)
    return found

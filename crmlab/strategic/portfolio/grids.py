"""What does a simple grid of the books say? Shapiro's, and Dubinsky and Ingram's.

Shapiro, Rangan, Moriarty and Ross (1987, Harvard Business Review 65(5)): *net price* against *cost
to serve*; who pays little and costs much is *aggressive*. Dubinsky and Ingram (1984, Industrial
Marketing Management 13(1)): *present* against *potential* profit. Both are computed; potential
rests on a judged share and wallet. The names of Dubinsky and Ingram's cells as later texts give
them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.checks import share
from crmlab.strategic.portfolio.factors import customers, standing

SHAPIRO = ("carriage trade", "passive", "aggressive", "bargain basement")
DUBINSKY = ("desirable", "maintenance", "developmental", "undesirable")


@dataclass(frozen=True)
class Grid:
    """Where the two axes of a grid are cut.

    Attributes
    ----------
    first, second : float
        Where an account stands by rank from which on it is high, in (0, 1); one half is the
        middle account.
    """

    first: float = 0.5
    second: float = 0.5

    def __post_init__(self) -> None:
        share("first", self.first)
        share("second", self.second)


def shapiro(table: pd.DataFrame, model: Grid | None = None) -> pd.DataFrame:
    """Net price against cost to serve.

    Parameters
    ----------
    table : DataFrame
        One row an account, as `portfolio` gives it; only customers with sales are placed.
    model : Grid, optional
        ``first`` cuts the net price, ``second`` the cost to serve.

    Returns
    -------
    DataFrame
        One row a customer: ``net_price``, ``cost_to_serve`` (0 to 1, by rank), ``cell``:
        *carriage trade* (high, high), *passive* (high, low), *aggressive* (low, high), *bargain
        basement* (low, low); ``score``, for choosing: price less cost.
    """
    m, held = model or Grid(), customers(table)
    price, cost = standing(held["net_price"]), standing(held["cost_ratio"])
    return _cut(pd.DataFrame({"net_price": price, "cost_to_serve": cost}), m, SHAPIRO, price - cost)


def dubinsky(table: pd.DataFrame, model: Grid | None = None) -> pd.DataFrame:
    """Present against potential profit.

    Parameters
    ----------
    table : DataFrame
        As in `shapiro`.
    model : Grid, optional
        ``first`` cuts the present profit, ``second`` the potential.

    Returns
    -------
    DataFrame
        One row a customer: ``present``, ``potential`` (0 to 1, by rank), ``cell``: *desirable*
        (high, high), *maintenance* (high, low), *developmental* (low, high), *undesirable* (low,
        low); ``score``, for choosing: the sum of both.
    """
    m, held = model or Grid(), customers(table)
    present = standing(held["profit_eur"])
    potential = standing(held["potential_eur"] - held["lifetime_value_eur"])
    return _cut(
        pd.DataFrame({"present": present, "potential": potential}), m, DUBINSKY, present + potential
    )


def _cut(found: pd.DataFrame, m: Grid, words: tuple[str, ...], score: pd.Series) -> pd.DataFrame:
    """Cells by both sides of both borders: high-high, high-low, low-high, low-low."""
    first, second = (found.iloc[:, i].to_numpy() for i in (0, 1))
    place = 2 * (first < m.first) + (second < m.second)
    return found.assign(cell=np.array(words, dtype=object)[place], score=score)

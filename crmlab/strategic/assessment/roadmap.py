"""What to improve first, within a budget? A knapsack over gaps, in an order that holds.

Money closes a part of what is missing: of a capability at reality *r*, so much EUR leave
``(1 - r) * exp(-EUR / scale)`` missing. What closing a gap is worth, the firm can only believe: by
equal weights, by what its framework stresses, or by what went with profit among its peers
(`importance`). Improvements come in equal packages; the best set within the budget is found exactly
(dynamic programming), and put in an order in which what others rest on comes first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.tables import CAPABILITIES


@dataclass(frozen=True, eq=False)
class Roadmap:
    """What is improved, in which order, for how much.

    Attributes
    ----------
    table : DataFrame
        One row an improved capability, in order: ``eur``, ``packages``, ``reality_before``,
        ``reality_after`` (as believed), ``worth_eur`` (as believed).
    """

    table: pd.DataFrame

    @property
    def plan(self) -> dict[str, float]:
        """EUR by capability, as `strategic.usual.usual_business` takes it."""
        return {str(name): float(eur) for name, eur in self.table["eur"].items()}

    def __repr__(self) -> str:
        steps = ", ".join(f"{name} ({eur:,.0f} EUR)" for name, eur in self.plan.items())
        return f"Roadmap: {steps or 'nothing'}"


def roadmap(
    reality: pd.Series,
    importance: pd.Series,
    budget_eur: float,
    package_eur: float,
    scale_eur: float,
    rests_on: Mapping[str, tuple[str, ...]] | None = None,
) -> Roadmap:
    """The packages of improvement that are believed to be worth most within a budget.

    Parameters
    ----------
    reality : Series
        By capability, as the firm believes it, in [0, 1].
    importance : Series
        EUR that a capability raised from 0 to 1 is believed to bring; below 0 counts as 0.
    budget_eur, package_eur : float
        In all, and for one package.
    scale_eur : float
        EUR that close 63 % of what is missing of one capability.
    rests_on : dict, optional
        What each capability rests on: it comes later in the order.

    Raises
    ------
    ValueError
        Names the argument, quotes the value and gives the remedy.

    Examples
    --------
    >>> reality = pd.Series({"analysis": 0.2, "culture": 0.8})
    >>> worth = pd.Series({"analysis": 100.0, "culture": 100.0})
    >>> roadmap(reality, worth, 20.0, 10.0, scale_eur=20.0)
    Roadmap: analysis (20 EUR)
    """
    for name, value in (("package_eur", package_eur), ("scale_eur", scale_eur)):
        if not value > 0:
            raise ValueError(f"{name} must be > 0, got {value}.")
    if not budget_eur >= 0:
        raise ValueError(f"budget_eur must be >= 0, got {budget_eur}.")
    names = [name for name in CAPABILITIES if name in reality.index]
    real = reality.reindex(names).to_numpy(dtype=float)
    worth = importance.reindex(names).fillna(0.0).clip(lower=0.0).to_numpy(dtype=float)
    most = int(budget_eur / package_eur + 1e-9)
    packages = np.arange(most + 1)
    closed = -np.expm1(-packages * package_eur / scale_eur)
    gains = (worth * (1.0 - real))[:, None] * closed
    chosen = _best_packages(gains)
    rows = [
        (name, k * package_eur, k, r, 1 - (1 - r) * (1 - closed[k]), gains[i, k])
        for i, (name, r, k) in enumerate(zip(names, real, chosen, strict=True))
        if k
    ]
    columns = ["capability", "eur", "packages", "reality_before", "reality_after", "worth_eur"]
    table = pd.DataFrame(rows, columns=columns).set_index("capability")
    return Roadmap(table.loc[_in_order(table, rests_on or {})])


def _best_packages(gains: np.ndarray) -> list[int]:
    """How many packages each row gets: the largest sum of gains; ties go to earlier rows."""
    n, most = gains.shape[0], gains.shape[1] - 1
    best = np.zeros((n + 1, most + 1))
    taken = np.zeros((n, most + 1), dtype=np.int64)
    for i in range(n - 1, -1, -1):
        for left in range(most + 1):
            totals = np.round(gains[i, : left + 1] + best[i + 1, left::-1][: left + 1], 9)
            taken[i, left] = int(totals.argmax())
            best[i, left] = totals.max()
    chosen, left = [], most
    for i in range(n):
        chosen.append(int(taken[i, left]))
        left -= chosen[-1]
    return chosen


def _in_order(table: pd.DataFrame, rests_on: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Most worth for its money first, but nothing before what it rests on."""
    rate = (table["worth_eur"] / table["eur"]).round(9)
    waiting = list(rate.sort_values(ascending=False, kind="stable").index)
    order: list[str] = []
    while waiting:
        ready = [n for n in waiting if not set(rests_on.get(n, ())) & set(waiting)]
        order.append((ready or waiting)[0])
        waiting.remove(order[-1])
    return order


def importance(scores: pd.DataFrame, profit_eur: pd.Series, shrink: float = 20.0) -> pd.Series:
    """What went with profit among peers: a ridge regression of profit on all scores.

    Parameters
    ----------
    scores : DataFrame
        One row a firm, one column a capability, in [0, 1].
    profit_eur : Series
        Of each firm, by the same index.
    shrink : float
        The ridge penalty, in firms: how many firms' worth of doubt, >= 0.

    Returns
    -------
    Series
        EUR for a score of 1 instead of 0, others equal. It is what *goes with* profit; where
        able firms are able in everything, it is not what an improvement brings.

    Examples
    --------
    >>> scores = pd.DataFrame({"analysis": [0.0, 1.0, 0.0, 1.0], "culture": [0.0, 0.0, 1.0, 1.0]})
    >>> importance(scores, pd.Series([0.0, 4.0, 1.0, 5.0]), shrink=0.0).round(6).to_dict()
    {'analysis': 4.0, 'culture': 1.0}
    """
    if len(scores) != len(profit_eur):
        raise ValueError(
            f"scores and profit_eur must have as many firms, got {len(scores)} and "
            f"{len(profit_eur)}."
        )
    if shrink < 0:
        raise ValueError(f"shrink must be >= 0, got {shrink}.")
    x = scores.to_numpy(dtype=float)
    spread = x.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    z = (x - x.mean(axis=0)) / spread
    y = profit_eur.to_numpy(dtype=float)
    weights = np.linalg.solve(z.T @ z + shrink * np.eye(z.shape[1]), z.T @ (y - y.mean()))
    return pd.Series(weights / spread, scores.columns, name="importance_eur")

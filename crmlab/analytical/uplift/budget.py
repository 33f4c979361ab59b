"""Whom to treat with the money that there is? Those who return most for each EUR spent.

The effect on a customer times what it is worth, less what the treatment costs, is the gain;
whoever promises a loss is left alone, however much money is left. With one cost for all,
taking the highest gain per EUR first is optimal; with different costs it is Dantzig's greedy
rule for the knapsack (1957, Operations Research 5(2)), which misses the optimum by at most the
gain of one customer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crmlab.analytical.uplift.curves import checked_score, matched
from crmlab.checks import at_least_zero


@dataclass(frozen=True, repr=False)
class Choice:
    """Whom to treat, what it costs, and what it is expected to gain.

    Attributes
    ----------
    table : DataFrame
        One row a customer, in the order given: ``effect``, ``value_eur``, ``cost_eur``,
        ``gain_eur`` (of treating, net), ``gain_per_eur`` (over the cost), ``treat``.
    customers : Index
        Whom to treat, the best first.
    cost_eur, gain_eur : float
        Of treating them; the gain is net of the cost. It is expected by the estimates from
        which they were chosen, so it is too good by the luck of the chosen (*optimiser's
        curse*): measure it on customers who taught nothing.
    """

    table: pd.DataFrame
    customers: pd.Index
    cost_eur: float
    gain_eur: float

    def __repr__(self) -> str:
        return (
            f"treat {len(self.customers):,} of {len(self.table):,} customers for "
            f"{self.cost_eur:,.2f} EUR; expected gain {self.gain_eur:,.2f} EUR, net of that"
        )


def choose(
    effects: ArrayLike,
    value: ArrayLike = 1.0,
    cost: ArrayLike = 0.0,
    budget: float | None = None,
) -> Choice:
    """Whom to treat: by gain per EUR, nobody at a loss, until the budget is spent.

    Parameters
    ----------
    effects : array or Series, shape (n_customers,)
        Effect of the treatment on each customer, as a probability or in EUR.
    value : float, array or Series
        EUR that one unit of effect is worth: the margin of an order, the value of a customer
        who stays; 1 where the effect is in EUR already.
    cost : float, array or Series
        Of treating, EUR a customer, >= 0. An offer that only buyers redeem costs its value
        times the probability to buy *with* treatment, sure things included.
    budget : float, optional
        EUR, >= 0; without it as much as is worth while.

    Returns
    -------
    Choice

    Raises
    ------
    ValueError
        Lengths differ, a value is missing, or cost or budget is negative.

    Examples
    --------
    >>> choice = choose([0.10, 0.30, -0.20, 0.05], value=20.0, cost=1.0, budget=1.5)
    >>> choice
    treat 1 of 4 customers for 1.00 EUR; expected gain 5.00 EUR, net of that
    >>> choice.customers.tolist()
    [1]
    """
    effect = checked_score(effects, np.size(effects), "effects")
    n = len(effect)
    worth, price = (
        matched(name, np.full(n, x) if np.isscalar(x) else x, effects, n)
        for name, x in (("value", value), ("cost", cost))
    )
    if (price < 0).any():
        raise ValueError(f"cost must be >= 0, got {price.min():g}.")
    if budget is not None:
        at_least_zero("budget", budget)
    gain = effect * worth - price
    with np.errstate(divide="ignore", invalid="ignore"):
        per_eur = np.where(price > 0, gain / price, np.sign(gain) * np.inf)
    per_eur[gain == 0] = 0.0
    best = np.lexsort((-gain, -per_eur))
    best = best[gain[best] > 0]
    chosen = best if budget is None else best[_affordable(price[best], budget)]
    columns = {"effect": effect, "value_eur": worth, "cost_eur": price, "gain_eur": gain,
               "gain_per_eur": per_eur, "treat": np.isin(np.arange(n), chosen)}  # fmt: skip
    table = pd.DataFrame(columns, effects.index if isinstance(effects, pd.Series) else None)
    return Choice(table, table.index[chosen], float(price[chosen].sum()), float(gain[chosen].sum()))


def _affordable(price: np.ndarray, budget: float) -> np.ndarray:
    """Places that are paid for, in order; who is too dear is passed over."""
    waiting, taken, left = np.arange(len(price)), [np.empty(0, dtype=int)], budget
    while len(waiting := waiting[price[waiting] <= left]):
        # As many as fit in a row; then those who still can be paid, from the first too dear on.
        spent = np.cumsum(price[waiting])
        fits = int(np.searchsorted(spent, left * (1 + 1e-12), side="right"))
        taken.append(waiting[:fits])
        left -= spent[fits - 1]
        waiting = waiting[fits:]
    return np.concatenate(taken)

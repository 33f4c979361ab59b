"""Who is worth most, who could be, and who never will? Value tiers after Peppers and Rogers.

Peppers and Rogers (1997, Enterprise One to One; 2004, Managing Customer Relationships) part
customers by what they are worth now and by what they could be worth (*strategic value*); the
difference is what the firm leaves on the table. The most valuable are to be kept, the most
growable to be grown, those below zero to be made to pay or to be served for less.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.checks import at_least_zero, nearest

TIERS = ("most valuable", "most growable", "below zero", "other")
_COLUMNS = ("current_eur", "strategic_eur", "cost_to_serve_eur")


@dataclass(frozen=True)
class Borders:
    """Where tiers begin; a convention of the firm, not a finding.

    Attributes
    ----------
    most_valuable_share : float
        Share of all customers that can be most valuable, in [0, 1].
    most_growable_share : float
        Share of all customers that can be most growable, in [0, 1].
    least_growth_eur : float
        Growth that is worth the name, EUR, >= 0.
    """

    most_valuable_share: float = 0.2
    most_growable_share: float = 0.2
    least_growth_eur: float = 0.0

    def __post_init__(self) -> None:
        for name in ("most_valuable_share", "most_growable_share"):
            value = getattr(self, name)
            if not 0 <= value <= 1:
                raise ValueError(f"{name} must be in [0, 1], got {value}. Is this a percentage?")
        at_least_zero("least_growth_eur", self.least_growth_eur)


def value_tiers(table: pd.DataFrame, borders: Borders | None = None) -> pd.DataFrame:
    """Which tier each customer belongs to, and the figures that decide it.

    Taken in this order:

    1. *below zero*: costs more to serve than it brings, now and if all its potential came true;
    2. *most valuable*: the highest net value, if above zero;
    3. *most growable*: of the rest, the highest growth, if it is above ``least_growth_eur``;
    4. *other*.

    Parameters
    ----------
    table : DataFrame
        One row a customer, columns in EUR over one and the same horizon: ``current_eur`` (margin
        before the cost to serve), ``strategic_eur`` (what it could be), ``cost_to_serve_eur``.
    borders : Borders, optional

    Returns
    -------
    DataFrame
        One row a customer, in the order given: ``net_eur`` (current less cost to serve),
        ``growth_eur`` (strategic less current), ``tier`` (a category of `TIERS`). Customers
        with the same value at a border are all left out, so that no order of rows decides.

    Raises
    ------
    ValueError
        A column or a value is missing.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {
    ...         "current_eur": [90.0, 10.0, 2.0, 12.0, 11.0],
    ...         "strategic_eur": [95.0, 80.0, 3.0, 13.0, 12.0],
    ...         "cost_to_serve_eur": 5.0,
    ...     }
    ... )
    >>> value_tiers(table)["tier"].tolist()
    ['most valuable', 'most growable', 'below zero', 'other', 'other']
    """
    limits = borders or Borders()
    current, strategic, cost = _checked(table)
    net, growth = current - cost, strategic - current
    hopeless = (net < 0) & (strategic - cost < 0)
    valuable = ~hopeless & (net > 0)
    valuable &= _top(net.where(valuable), limits.most_valuable_share)
    growable = ~hopeless & ~valuable & (growth > limits.least_growth_eur)
    growable &= _top(growth.where(growable), limits.most_growable_share)
    tier = np.select([valuable, growable, hopeless], TIERS[:3], TIERS[3])
    return pd.DataFrame(
        {"net_eur": net, "growth_eur": growth, "tier": pd.Categorical(tier, TIERS, ordered=True)}
    )


def _top(values: pd.Series, share: float) -> pd.Series:
    """The highest values, at most this share of all rows; missing ones never."""
    return values.rank(ascending=False, method="max") <= share * len(values) + 1e-9


def _checked(table: pd.DataFrame) -> list[pd.Series]:
    for name in _COLUMNS:
        if name not in table:
            raise ValueError(
                f"table must have the column {name!r}, got {list(table)}." + nearest(name, table)
            )
        values = table[name]
        if not np.isfinite(values.to_numpy(dtype=float)).all():
            raise ValueError(
                f"{name} must be finite, {int((~np.isfinite(values.astype(float))).sum())} values "
                "are not. What is not known has to be estimated first."
            )
    return [table[name].astype(float) for name in _COLUMNS]

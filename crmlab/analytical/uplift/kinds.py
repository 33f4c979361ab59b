"""Who would come anyway, who never, and who only if asked? The four kinds of customer.

A treatment can do four things to a customer who either does what is hoped for (buys, stays)
or not: change nothing because the customer does it anyway (*sure thing*) or in no case (*lost
cause*), bring it about (*persuadable*), or spoil it (*sleeping dog*). Only the persuadable are
worth money; the names are those of the uplift literature (Siegel 2013, Predictive Analytics).

A model gives probabilities, not kinds, so two thresholds draw the borders. They are named and
yours to set: near them a customer's kind says little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crmlab.analytical.uplift.curves import checked_score, matched

KINDS = ("persuadable", "sure thing", "lost cause", "sleeping dog")


@dataclass(frozen=True)
class Thresholds:
    """Where one kind of customer ends and the next begins, in the unit of the outcome.

    Attributes
    ----------
    effect : float
        Smallest change worth the name, >= 0: beyond it persuadable, below its negative
        sleeping dog. 0 leaves everybody one of these two.
    baseline : float
        From so much without treatment on, somebody who is not moved is a sure thing.
    """

    effect: float = 0.02
    baseline: float = 0.5

    def __post_init__(self) -> None:
        if not 0 <= self.effect < np.inf:
            raise ValueError(f"effect must be a finite number >= 0, got {self.effect!r}.")
        if not np.isfinite(self.baseline):
            raise ValueError(f"baseline must be finite, got {self.baseline!r}.")


def kinds(
    baseline: ArrayLike, effect: ArrayLike, thresholds: Thresholds | None = None
) -> pd.Series:
    """Which of the four kinds each customer is, from estimates or from the truth.

    Parameters
    ----------
    baseline : array or Series, shape (n_customers,)
        Expected outcome without treatment, of something hoped for: the probability to buy or
        to *stay* (one less the risk of leaving), or EUR. A learner's ``baseline(X)``.
    effect : array or Series, shape (n_customers,)
        Change by the treatment, in the same unit. A learner's ``predict(X)``.
    thresholds : Thresholds, optional
        By default two percentage points, and one half: for probabilities.

    Returns
    -------
    Series
        ``kind`` of each customer, a category of `KINDS`; the index is that of ``effect``, and
        ``baseline`` is matched to it if both are Series.

    Raises
    ------
    ValueError
        Lengths differ, or a value is missing.

    Examples
    --------
    >>> kinds([0.1, 0.9, 0.1, 0.9], [0.3, 0.0, 0.0, -0.2]).tolist()
    ['persuadable', 'sure thing', 'lost cause', 'sleeping dog']
    """
    at = thresholds or Thresholds()
    change = checked_score(effect, np.size(effect), "effect")
    without = matched("baseline", baseline, effect, len(change))
    kind = np.select(
        [change > at.effect, change < -at.effect, without >= at.baseline], [0, 3, 1], default=2
    )
    index = effect.index if isinstance(effect, pd.Series) else None
    return pd.Series(pd.Categorical.from_codes(kind, KINDS), index, name="kind")


def kinds_table(kind: pd.Series, other: pd.Series) -> pd.DataFrame:
    """How often two tellings of the four kinds agree: estimated and true, as a rule.

    Parameters
    ----------
    kind, other : Series of `KINDS`
        What `kinds` returns, of the same customers, matched by index.

    Returns
    -------
    DataFrame
        One row a kind by the first, one column a kind by the second: customers.

    Examples
    --------
    >>> told = kinds([0.1, 0.9, 0.1], [0.3, 0.0, 0.0])
    >>> true = kinds([0.1, 0.9, 0.1], [0.3, 0.3, 0.0])
    >>> kinds_table(told, true).loc["sure thing", "persuadable"]
    np.int64(1)
    """
    if len(kind) != len(other) or not kind.index.isin(other.index).all():
        raise ValueError(
            f"kind and other must be of the same customers, got {len(kind)} and {len(other)} with "
            "different indices."
        )
    pairs = pd.crosstab(kind, other.loc[kind.index])
    names = [kind.name or "kind", other.name or "other"]
    table = pairs.reindex(index=list(KINDS), columns=list(KINDS), fill_value=0)
    return table.rename_axis(index=names[0], columns=None).astype("int64")

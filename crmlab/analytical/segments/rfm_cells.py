"""Who bought last, most often and most? RFM cells, the oldest way of direct mail.

Customers are sorted three times, by recency, frequency and monetary value, and each time cut
into fifths: 5 for the best, 1 for the worst. The three scores name a cell, such as 5-4-3
(Hughes 1994, Strategic Database Marketing). Customers with the same value always get the same
score; a tie wider than a fifth gets the score of its middle, so some scores stay empty.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted

from crmlab.analytical.segments.base import Segmenter
from crmlab.checks import whole_number


class RFMCells(Segmenter):
    """Cells by recency, frequency and monetary value, in fifths.

    Parameters
    ----------
    groups : int
        Scores of each of the three, 2 to 9; 5 are Hughes's fifths.
    recency : str
        Column with the time since the last order: little is good.
    frequency, monetary : str
        Columns with the number of orders and with EUR: much is good.

    Attributes
    ----------
    sorted_ : dict of str to array
        The values that new customers are ranked among, by column.
    segments_ : list of str
        The cells, from 5-5-5 to 1-1-1.

    Examples
    --------
    >>> table = pd.DataFrame({"weeks_since_order": [1, 2, 9], "orders": [3, 1, 1]})
    >>> table = table.assign(mean_order_eur=[20.0, 30.0, 10.0])
    >>> RFMCells(groups=3).fit(table).segment(table).tolist()
    ['3-3-2', '2-2-3', '1-2-1']
    """

    def __init__(
        self,
        groups: int = 5,
        recency: str = "weeks_since_order",
        frequency: str = "orders",
        monetary: str = "mean_order_eur",
    ) -> None:
        self.groups = groups
        self.recency = recency
        self.frequency = frequency
        self.monetary = monetary

    def fit(self, X: pd.DataFrame, y: ArrayLike | None = None) -> RFMCells:
        """Learn where the fifths end, from one row a customer; ``y`` is ignored."""
        whole_number("groups", self.groups, 2, 9)
        values = self._checked(X)
        self.sorted_ = {name: np.sort(values[name].to_numpy()) for name in values}
        scores = range(self.groups, 0, -1)
        self.segments_ = ["-".join(map(str, cell)) for cell in product(scores, repeat=3)]
        return self

    def scores(self, X: pd.DataFrame) -> pd.DataFrame:
        """The three scores of each customer: ``recency``, ``frequency``, ``monetary``."""
        check_is_fitted(self)
        values = self._checked(X)
        ranked = {
            name: self._score(column, values[column].to_numpy())
            for name, column in zip(("recency", "frequency", "monetary"), values, strict=True)
        }
        ranked["recency"] = self.groups + 1 - ranked["recency"]
        return pd.DataFrame(ranked, X.index)

    def _score(self, column: str, values: NDArray) -> NDArray[np.int64]:
        """Place of the mid-rank among the values of ``fit``, 1 to ``groups``."""
        known = self.sorted_[column]
        below, upto = (known.searchsorted(values, side) for side in ("left", "right"))
        middle = (below + upto) * self.groups // (2 * len(known))
        return np.minimum(middle, self.groups - 1) + 1

    def _places(self, X: Any) -> NDArray[np.int64]:
        worst = self.groups - self.scores(X).to_numpy()
        return worst @ np.array([self.groups**2, self.groups, 1])

    def _checked(self, X: pd.DataFrame) -> pd.DataFrame:
        wanted = [self.recency, self.frequency, self.monetary]
        if not isinstance(X, pd.DataFrame):
            raise TypeError(
                f"X must be a DataFrame with the columns {wanted}, got {type(X).__name__}."
            )
        missing = [name for name in wanted if name not in X]
        if missing:
            raise ValueError(
                f"X must have the column {missing[0]!r}, got {list(X)}. Name yours: "
                "RFMCells(recency=..., frequency=..., monetary=...)."
            )
        if X.empty:
            raise ValueError("X must have one row a customer at least, got none.")
        values = X[wanted].astype(float)
        strange = int((~np.isfinite(values.to_numpy())).sum())
        if strange:
            raise ValueError(
                f"X must hold finite numbers, {strange} values are missing or endless."
            )
        return values


def hughes_columns(table: pd.DataFrame) -> pd.DataFrame:
    """The columns that `RFMCells` reads, from the table of `crmlab.analytical.rfm`.

    Models of repeat buying count from the first purchase, Hughes counts back from today: time
    since the last order is age less recency, and orders are repeat purchases and the first one.
    The monetary value is that of the repeat purchases: 0 where there are none.

    Parameters
    ----------
    table : DataFrame
        With ``frequency``, ``recency``, ``age`` (in weeks) and ``monetary_value``.

    Examples
    --------
    >>> table = pd.DataFrame({"frequency": [2], "recency": [3.0], "age": [4.0]})
    >>> hughes_columns(table.assign(monetary_value=20.0)).to_dict("records")
    [{'weeks_since_order': 1.0, 'orders': 3, 'mean_order_eur': 20.0}]
    """
    wanted = ["frequency", "recency", "age", "monetary_value"]
    missing = [name for name in wanted if name not in table]
    if missing:
        raise ValueError(f"table must have the column {missing[0]!r}, got {list(table)}.")
    return pd.DataFrame(
        {
            "weeks_since_order": table["age"] - table["recency"],
            "orders": table["frequency"] + 1,
            "mean_order_eur": table["monetary_value"],
        }
    )

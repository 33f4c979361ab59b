"""How is a score made of many things? Factors with weights, computed or judged.

The portfolio models ask for things such as "prestige" or "friendship". Each is here a *factor*:
the author's word, the column of the portfolio table that stands for it, a weight, and whether the
column is *computed* from the books or *judged* by a manager. Columns of different units are
compared by rank, so that no unit decides: the middle account stands at one half.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from crmlab.checks import nearest, share

JUDGED = ("relationship", "rival", "share", "wallet_eur", "headroom_eur", "leading_house")
"""Columns of the portfolio table that are somebody's judgement; the others are computed."""


@dataclass(frozen=True)
class Factor:
    """One thing that counts.

    Attributes
    ----------
    name : str
        As its author calls it.
    column : str
        Of the portfolio table, that stands for it.
    weight : float
        How much it counts; below 0 if less of the column is more of it.
    """

    name: str
    column: str
    weight: float = 1.0

    @property
    def source(self) -> str:
        """Where it comes from: ``"judged"`` or ``"computed"``."""
        return "judged" if self.column in JUDGED else "computed"


def standing(values: pd.Series) -> pd.Series:
    """Where each account stands among all: 0 is the lowest, 1 the highest, one half the middle.

    Ties share their mean place; what is missing stands in the middle.

    >>> standing(pd.Series([10.0, 500.0, 20.0, 20.0])).tolist()
    [0.125, 0.875, 0.5, 0.5]
    """
    numbers = values.astype("int64").where(values.notna()) if _is_time(values) else values
    numbers = numbers.astype(float)
    return ((numbers.rank() - 0.5) / numbers.notna().sum()).fillna(0.5)


def _is_time(values: pd.Series) -> bool:
    return values.dtype.kind == "M"


def weighted(table: pd.DataFrame, factors: Sequence[Factor]) -> pd.Series:
    """The weighted mean of where each account stands in these factors, in (0, 1).

    Raises
    ------
    ValueError
        A factor asks for a column that is not in the table, or no factor has a weight.
    """
    total = sum(abs(f.weight) for f in factors)
    if not total > 0:
        raise ValueError("factors must have at least one weight that is not 0.")
    score = pd.Series(0.0, table.index)
    for factor in factors:
        if factor.column not in table:
            raise ValueError(
                f"the factor {factor.name!r} asks for the column {factor.column!r}, which the "
                f"table does not have.{nearest(factor.column, table.columns)}"
            )
        place = standing(table[factor.column])
        score += abs(factor.weight) / total * (place if factor.weight > 0 else 1 - place)
    return score


def customers(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of the portfolio table that a grid can place: customers that have bought.

    Raises
    ------
    ValueError
        There is none.
    """
    found = table[(table["status"] == "customer") & (table["sales_eur"] > 0)]
    if not len(found):
        raise ValueError("table must have at least one customer with sales: wait a few weeks.")
    return found


def sides(score: pd.Series, border: float, low: str, high: str) -> pd.Series:
    """Words for the two sides of a border: ``high`` from the border on."""
    return pd.Series(np.where(score >= border, high, low), score.index)


def thirds(score: pd.Series, words: tuple[str, str, str]) -> pd.Series:
    """Words for the lowest, middle and highest third of the accounts."""
    place = standing(score)
    cut = np.searchsorted([1 / 3, 2 / 3], place, side="right")
    return pd.Series(np.array(words, dtype=object)[cut], score.index)


def made_of(model: object) -> pd.DataFrame:
    """What a model is made of: one row a factor, and whether it is computed or judged.

    Parameters
    ----------
    model : Fiocca, Turnbull, ...
        A specification whose fields are weights (tuples of `Factor`) and borders.

    Returns
    -------
    DataFrame
        Columns ``axis``, ``factor``, ``column``, ``weight``, ``source``.
    """
    rows = [
        (field.name.replace("_", " "), f.name, f.column, f.weight, f.source)
        for field in fields(model)  # type: ignore[arg-type]
        for f in _factors(getattr(model, field.name))
    ]
    return pd.DataFrame(rows, columns=["axis", "factor", "column", "weight", "source"])


def _factors(value: object) -> list[Factor]:
    return [f for f in value if isinstance(f, Factor)] if isinstance(value, tuple) else []


def captured(score: pd.Series, true: pd.Series, part: float = 0.2) -> float:
    """What share of the value of the truly best accounts do the best by a score have?

    Parameters
    ----------
    score : Series
        By ``customer_id``; higher is chosen first.
    true : Series
        True value of at least the same accounts, EUR.
    part : float
        Of the accounts that are chosen, in (0, 1).

    Returns
    -------
    float
        1 if the score picks the very best, near ``part`` if it picks by lot.

    Examples
    --------
    >>> true = pd.Series([8.0, 2.0, 0.0, 0.0])
    >>> captured(pd.Series([0.1, 0.9, 0.5, 0.3]), true, part=0.25)
    0.25
    """
    share("part", part)
    count = max(round(part * len(score)), 1)
    order = score.sort_values(ascending=False, kind="stable").index[:count]
    return float(true[order].sum() / true[score.index].nlargest(count).sum())


def cell_table(cells: pd.DataFrame, values: Mapping[str, pd.Series]) -> pd.DataFrame:
    """How many accounts each cell holds, and what they bring together.

    Parameters
    ----------
    cells : DataFrame
        With ``cell``, as a portfolio model gives it.
    values : dict of name to Series
        By ``customer_id``: what is summed up in each cell.

    Returns
    -------
    DataFrame
        One row a cell, the fullest first: ``accounts``, and one column a value.
    """
    by = cells["cell"]
    count = by.value_counts().rename_axis("cell").rename("accounts")
    sums = {name: value.reindex(by.index).groupby(by).sum() for name, value in values.items()}
    return pd.DataFrame({"accounts": count, **sums}).loc[count.index]

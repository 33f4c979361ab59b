"""What does a table that a student handed in say? Plain values by column and key.

The order of rows and columns does not matter, nor whether the key is a column or the index.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from crmlab.classroom.plain import (
    DATES,
    Unreadable,
    as_float,
    described,
    instead_of,
    is_a,
    moment,
    one_id,
    quoted,
    word,
)

Cell = float | str | None
Columns = dict[str, dict[tuple[int | str, ...], Cell]]
"""Plain values by column and key."""


def columns(answer: Any, key: Sequence[str], names: Sequence[str]) -> Columns:
    """A table as plain values by column and key; the order of rows does not matter.

    Parameters
    ----------
    answer : DataFrame, Series or dict
        A Series or dict stands for a table with one column beside its key.
    key : sequence of str
        Columns (or index levels) that name a row.
    names : sequence of str
        Columns wanted; others are ignored.
    """
    frame = _frame(answer, names)
    if set(key) <= {str(c) for c in frame.columns}:
        frame = frame.set_index([c for k in key for c in frame.columns if str(c) == k])
    if frame.index.nlevels != len(key):
        raise Unreadable("wrong shape", f"A row must be named by {_listed(key)}; it is not there.")
    labels = [_labels(frame, level) for level in range(len(key))]
    rows = list(zip(*labels, strict=True))
    if len(set(rows)) < len(rows):
        raise Unreadable("wrong shape", f"Some values of {_listed(key)} stand in several rows.")
    return {
        name: dict(zip(rows, _cells(_column(frame, name, names)), strict=True)) for name in names
    }


def _listed(names: Iterable[object]) -> str:
    return ", ".join(quoted(str(n)) for n in names)


def _frame(answer: Any, names: Sequence[str]) -> pd.DataFrame:
    if is_a(answer, dict) and len(names) == 1:
        answer = pd.Series(dict(dict.items(answer)), dtype=object)
    if is_a(answer, pd.Series) and len(names) == 1:
        series: pd.Series = answer
        return pd.DataFrame({names[0]: series.array}, index=series.index)
    if not is_a(answer, pd.DataFrame):
        wanted = "A DataFrame" if len(names) > 1 else "A DataFrame or a Series"
        raise Unreadable("wrong type", instead_of(f"{wanted} is expected", answer))
    return answer


def _column(frame: pd.DataFrame, name: str, names: Sequence[str]) -> pd.Series:
    found = [i for i, label in enumerate(frame.columns) if word(str(label)) == word(name)]
    if len(found) == 0 and len(names) == 1 and frame.shape[1] == 1:
        found = [0]
    if len(found) != 1:
        has = _listed(frame.columns[:8]) or "no columns"
        lacks = f"lacks the column {name!r}" if not found else f"has the column {name!r} twice"
        raise Unreadable("wrong shape", f"The table {lacks}; it has {has}.")
    return frame.iloc[:, found[0]]


def _labels(frame: pd.DataFrame, level: int) -> list[int | str]:
    return [one_id(label) for label in frame.index.get_level_values(level)]


def _cells(column: pd.Series) -> list[Cell]:
    return [_cell(value) for value in np.asarray(column).ravel()]


def _cell(value: Any) -> Cell:
    if is_a(value, str):
        return word(str.__str__(value))
    if is_a(value, bool, np.bool_):
        return 1.0 if value else 0.0
    if is_a(value, *DATES):
        return moment(value) or None
    if value is None:
        return None
    plain = as_float(value)
    if plain is None:
        raise Unreadable("wrong type", f"A cell of the table holds {described(value)}.")
    return None if math.isnan(plain) else plain

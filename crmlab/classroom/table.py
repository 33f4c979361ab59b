"""Does a table say what is expected? Cell by cell of its key, whatever the order of its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from crmlab.classroom.columns import Cell, Columns, columns
from crmlab.classroom.verdict import RIGHT, TOLERANCE, Verdict, sentence


class Table:
    """A Series or DataFrame, row by row of its key; the order of rows does not matter.

    Parameters
    ----------
    frame : Series or DataFrame
        What is expected. Columns that an answer has beyond these are ignored.
    key : sequence of str, optional
        The columns that name a row. By default the index, or the first column where the
        index is only 0, 1, 2, ...
    tolerance, absolute : float
        As in `kind_of`, for columns of numbers.
    """

    def __init__(
        self,
        frame: pd.Series | pd.DataFrame,
        key: Sequence[str] = (),
        tolerance: float | None = None,
        absolute: float = 1e-9,
    ) -> None:
        if isinstance(frame, pd.Series):
            frame = frame.to_frame("value" if frame.name is None else str(frame.name))
        elif not key and isinstance(frame.index, pd.RangeIndex) and frame.index.name is None:
            key = [str(frame.columns[0])]
        if not key:
            key = [f"level {i}" if n is None else str(n) for i, n in enumerate(frame.index.names)]
        self.key = tuple(key)
        self.names = tuple(str(c) for c in frame.columns if str(c) not in self.key)
        self.tolerance, self.absolute = tolerance, absolute
        self._whole = {
            str(c) for c in frame.columns if pd.api.types.is_integer_dtype(frame[c].dtype)
        }
        self.expected: Columns = columns(frame, self.key, self.names)
        if not self.names:
            raise TypeError(
                "the expected table must have a column beside its key "
                f"{', '.join(self.key)}; for the key alone return a list of ids."
            )

    def judge(self, answer: Any) -> Verdict:
        """Right, or which rows are missing, or how many values of which column are wrong."""
        given = columns(answer, self.key, self.names)
        first = self.names[0]
        missing = self.expected[first].keys() - given[first].keys()
        extra = given[first].keys() - self.expected[first].keys()
        if missing or extra:
            total = len(self.expected[first])
            parts = [f"{len(missing):,} of {total:,} rows are missing"] if missing else []
            parts += [f"{len(extra):,} rows do not belong"] if extra else []
            return Verdict(False, "wrong shape", sentence(parts))
        wrong = [said for name in self.names if (said := self._column(name, given[name]))]
        return Verdict(False, "wrong", " ".join(wrong)) if wrong else RIGHT

    def _column(self, name: str, given: Mapping[Any, Cell]) -> str:
        expected = self.expected[name]
        ways = Counter(self._way(name, cell, given[row]) for row, cell in expected.items())
        del ways["right"]
        if not ways:
            return ""
        counts = ", ".join(f"{n:,} {way}" for way, n in sorted(ways.items()))
        return f"Column {name!r}: of {len(expected):,} values {counts}."

    def _way(self, name: str, cell: Cell, given: Cell) -> str:
        if isinstance(cell, float) and isinstance(given, float):
            if cell == given:
                return "right"
            tolerance = self.tolerance
            if tolerance is None:
                tolerance = 0.0 if name in self._whole else TOLERANCE
            if abs(given - cell) <= max(tolerance * abs(cell), self.absolute):
                return "right"
            return "too high" if given > cell else "too low"
        if given is None and cell is not None:
            return "missing"
        return "right" if cell == given else "different"

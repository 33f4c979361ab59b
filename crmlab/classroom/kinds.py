"""What makes an answer right? Kinds of expected answer, each with its own judgement.

A question returns a plain value (a number, a word, ids, a dict of numbers, a table) and the
kind follows from it; tables stand in ``table.py``, decisions in ``regret.py``. Each kind says
what is wrong *in kind*: the type, the shape, the direction and about how far.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlab.classroom import plain
from crmlab.classroom.plain import Unreadable
from crmlab.classroom.table import Table
from crmlab.classroom.verdict import RIGHT, TOLERANCE, Kind, Verdict, sentence

_MANY_TIMES = 3.0  # from here on "about 4 times as high" reads better than "by about 300 %"
_NAMED = 3  # names listed in a message before it says how many more


def kind_of(expected: Any, tolerance: float | None = None, absolute: float = 1e-9) -> Kind:
    """The kind of answer that an expected value stands for.

    Parameters
    ----------
    expected : number, str, set, list, Mapping, Series, DataFrame or Kind
        What the function of a question returned.
    tolerance : float or None
        Relative. None is 0.01, and 0 for whole numbers: a count is right or wrong.
    absolute : float
        The distance that always passes, in the unit of the answer.

    Raises
    ------
    TypeError
        If nothing can be made of ``expected``.
    """
    if hasattr(type(expected), "judge"):  # of the type: a table may have such a column
        return expected
    if isinstance(expected, str):
        return Choice(expected)
    if isinstance(expected, Mapping):
        return Numbers(
            {name: Number.near(value, tolerance, absolute) for name, value in expected.items()}
        )
    if isinstance(expected, pd.Series | pd.DataFrame):
        return Table(expected, tolerance=tolerance, absolute=absolute)
    many = isinstance(expected, pd.Index | list | tuple | range | Set)
    if many or (isinstance(expected, np.ndarray) and expected.ndim == 1):
        return Ids(expected)
    return Number.near(expected, tolerance, absolute)


@dataclass(frozen=True)
class Number:
    """One number: ``value``, give or take ``relative`` of it, or ``absolute``."""

    value: float
    relative: float = TOLERANCE
    absolute: float = 1e-9

    @classmethod
    def near(cls, value: Any, tolerance: float | None, absolute: float) -> Number:
        """A number whose tolerance is 0 by default where it is whole."""
        whole = isinstance(value, int | np.integer)
        if tolerance is None:
            tolerance = 0.0 if whole else TOLERANCE
        try:
            return cls(plain.number(value), tolerance, absolute)
        except Unreadable as error:
            raise TypeError(
                f"the expected answer must be a finite number, text, ids, a dict of numbers, "
                f"a table or a Regret, got {value!r:.80}. {error.message}"
            ) from None

    def holds(self, number: float) -> bool:
        """Whether a number is near enough."""
        return abs(number - self.value) <= max(self.relative * abs(self.value), self.absolute)

    def judge(self, answer: Any) -> Verdict:
        """Right, too high or too low, and about how far."""
        number = plain.number(answer)
        if self.holds(number):
            return RIGHT
        kind = "too high" if number > self.value else "too low"
        return Verdict(
            False, kind, f"{kind.capitalize()}, {self._by(number)}.{self._guess(number)}"
        )

    def _by(self, number: float) -> str:
        if self.value == 0:
            return f"by about {abs(number):.1g}"
        ratio = number / self.value
        if ratio < 0:
            return "and of the other sign"
        if ratio >= _MANY_TIMES:
            return f"about {_rounded(ratio)} times as much as it should be"
        percent = 100 * abs(ratio - 1)
        return f"by about {_rounded(percent)} %"

    def _guess(self, number: float) -> str:
        """A guess at what went wrong, where the answer is off in a telling way."""
        value = self.value
        if value and self.holds(-number):
            return " Only the sign differs."
        if 0 < abs(value) <= 1 < abs(number) and 0.5 <= number / (100 * value) <= 2:
            return " Is this a percentage? A share between 0 and 1 is expected."
        if abs(value) > 1 and self.holds(100 * number):
            return " Is this a share, or in another unit? It is a hundredth of what is expected."
        return ""


def _rounded(size: float) -> str:
    """One digit that counts: about how much, and no more.

    >>> _rounded(0.0234), _rounded(61.8), _rounded(1234.0)
    ('0.02', '60', '1,000')
    """
    digits = -math.floor(math.log10(size)) if size > 0 else 0
    shown = round(size, digits)
    return f"{shown:,.{max(digits, 0)}f}" if shown < 1e9 else f"{shown:.0e}"


@dataclass(frozen=True)
class Choice:
    """One word or sentence; case and spaces do not matter. ``options`` lists what can be said."""

    value: str
    options: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.options and self.value not in self.options:
            raise ValueError(
                f"value must be one of the options {self.options}, got {self.value!r}."
            )

    def judge(self, answer: Any) -> Verdict:
        """Right, or another word."""
        given = plain.option(answer, self.options) if self.options else plain.text(answer)
        if plain.word(str(given)) == plain.word(self.value):
            return RIGHT
        return Verdict(False, "wrong", f"{plain.quoted(str(given))} is not the answer.")


class Ids:
    """A set of ids; order and repetition do not matter."""

    def __init__(self, values: Any) -> None:
        self.values = plain.ids(values)

    def judge(self, answer: Any) -> Verdict:
        """Right, or how many are missing and how many do not belong."""
        given = plain.ids(answer)
        if given == self.values:
            return RIGHT
        if given and self.values and given.isdisjoint(self.values):
            types = {type(i) for i in given}, {type(i) for i in self.values}
            if types == ({str}, {int}):
                return Verdict(
                    False,
                    "wrong type",
                    "The ids are text, whole numbers are expected: astype(int).",
                )
        missing, extra = len(self.values - given), len(given - self.values)
        parts = [f"{missing:,} of {len(self.values):,} ids are missing"] if missing else []
        parts += [f"{extra:,} of your {len(given):,} do not belong"] if extra else []
        return Verdict(False, "wrong", sentence(parts))


def _some(names: Sequence[Any]) -> str:
    shown = ", ".join(plain.quoted(str(n)) for n in names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown} and {len(names) - _NAMED} more"


class Numbers:
    """A dict of numbers; names are compared without case and spaces."""

    def __init__(self, values: Mapping[Any, Number]) -> None:
        self.values = {plain.word(str(name)): number for name, number in values.items()}

    def judge(self, answer: Any) -> Verdict:
        """Right, or what is wrong with each name."""
        given = plain.mapping(answer)
        missing = [name for name in self.values if name not in given]
        extra = [name for name in given if name not in self.values]
        if missing or extra:
            parts = [f"lacks {_some(missing)}"] if missing else []
            parts += [f"has {_some(extra)} too many"] if extra else []
            return Verdict(False, "wrong shape", f"The answer {' and '.join(parts)}.")
        judged = {name: _judged(self.values[name], given[name]) for name in self.values}
        wrong = {name: v for name, v in judged.items() if not v.right}
        if not wrong:
            return RIGHT
        kinds = {v.kind for v in wrong.values()}
        lines = [f"{name}: {v.message}" for name, v in wrong.items()]
        return Verdict(False, kinds.pop() if len(kinds) == 1 else "wrong", "  ".join(lines))


def _judged(kind: Kind, answer: Any) -> Verdict:
    """The verdict, also where the answer cannot be read."""
    try:
        return kind.judge(answer)
    except Unreadable as error:
        return Verdict(False, error.kind, error.message)

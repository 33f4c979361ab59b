"""What did the student hand in? Answers of any type as plain numbers, words and ids.

Nothing here asks an answer to compare itself: an object that claims to equal everything is
turned into a plain Python value first, or refused. What cannot be read raises `Unreadable`
with the sentence that the student sees.
"""

from __future__ import annotations

import datetime
import math
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

_MOST_LETTERS = 40
_NESTED = 4  # an array in a list in a Series ... that still counts as one value
_PANDAS = (pd.Series, pd.Index, pd.DataFrame, ExtensionArray)
_SEQUENCES: tuple[type, ...] = (list, tuple, set, frozenset, range)
_MISSING = (type(None), type(pd.NA), type(pd.NaT))
DATES = (datetime.date, np.datetime64)  # date: also datetime and Timestamp


class Unreadable(Exception):
    """An answer of the wrong kind; ``kind`` and the message go to the student."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind, self.message = kind, message


def is_a(answer: Any, *types: type) -> bool:
    """Whether the answer really has one of these types, whatever its ``__class__`` says."""
    return issubclass(type(answer), types)


def quoted(text: str) -> str:
    """Text in quotes, cut where it is long."""
    return repr(text if len(text) <= _MOST_LETTERS else text[:_MOST_LETTERS] + "...")


def described(answer: Any) -> str:
    """What the answer is, in a student's words.

    >>> described("0.42"), described(np.zeros((3, 2))), described(len)
    ("the text '0.42'", 'an array of shape (3, 2)', 'a function')
    """
    kind = type(answer)
    if is_a(answer, str):
        return f"the text {quoted(str.__str__(answer))}"
    if is_a(answer, bool, np.bool_):
        return "True or False"
    if is_a(answer, *_MISSING):
        return "None" if answer is None else "a missing value"
    if is_a(answer, pd.DataFrame, pd.Series):
        return f"a {_name(kind)} of shape {np.shape(answer)}"
    if is_a(answer, np.ndarray):
        return f"an array of shape {np.shape(answer)}"
    if is_a(answer, *_SEQUENCES, dict):
        return f"a {_name(kind)} of {len(answer)}"
    if answer is Ellipsis:
        return "the dots"
    if callable(answer):
        return "a function"
    return f"a value of type {_name(kind)}"


def _name(kind: type) -> str:
    return type.__dict__["__name__"].__get__(kind)


def number(answer: Any) -> float:
    """One finite number, also out of an array, a Series or a list of one.

    Raises
    ------
    Unreadable
        For anything else, and for NaN and infinity.
    """
    value = _only(answer, "One number is expected")
    plain = as_float(value)
    if plain is None:
        raise Unreadable("wrong type", instead_of("One number is expected", value))
    if math.isnan(plain):
        raise Unreadable(
            "not a number",
            "The answer is NaN. Something is missing or was divided by zero: look at the parts.",
        )
    if math.isinf(plain):
        raise Unreadable("not a number", "The answer is infinite. Was something divided by zero?")
    return plain


def instead_of(expected: str, value: Any) -> str:
    """The sentence for an answer of the wrong type: what was expected, what came, a remedy."""
    remedy = ""
    if value is None:
        remedy = " Does the function return its result?"
    elif value is Ellipsis:
        remedy = " Put your answer in their place."
    elif is_a(value, str) and expected.startswith("One number"):
        remedy = " Write it without quotes."
    elif callable(value):
        remedy = " Call it: add parentheses."
    return f"{expected}, got {described(value)}.{remedy}"


def as_float(value: Any) -> float | None:
    """A plain float, NaN for a missing value, or None for what is no number."""
    if is_a(value, bool, np.bool_, np.complexfloating, np.timedelta64) or value is None:
        return None
    if is_a(value, *_MISSING) or (is_a(value, np.datetime64) and np.isnat(value)):
        return math.nan
    try:
        if is_a(value, float):
            return float.__float__(value)
        if is_a(value, int):
            return float(int.__int__(value))
        if is_a(value, np.number):
            return float(np.asarray(value, dtype=np.float64)[()])
        if is_a(value, Decimal, Fraction):
            return float(value)
    except OverflowError:
        return math.inf
    except ValueError:  # a signalling NaN
        return math.nan
    return None


def _only(answer: Any, expected: str, depth: int = 0) -> Any:
    """The one value in a container of one, or the answer itself."""
    if is_a(answer, *_PANDAS):
        answer = np.asarray(answer)
    items: Any
    if is_a(answer, np.ndarray):
        items = np.array(answer, subok=False).ravel()
    elif is_a(answer, list, tuple):
        items = _items(answer)
    else:
        return answer
    if len(items) == 1 and depth < _NESTED:
        return _only(items[0], expected, depth + 1)
    what = "nothing (it is empty)" if len(items) == 0 else f"{len(items):,} values"
    remedy = "" if len(items) == 0 else " Which one of them, or what of all of them, is asked for?"
    raise Unreadable("wrong shape", f"{expected}, got {what}.{remedy}")


def _items(answer: Any) -> list[Any]:
    kinds: tuple[Any, ...] = _SEQUENCES
    for kind in kinds:
        if is_a(answer, kind):
            return list(kind.__iter__(answer))  # not the answer's own, which may never end
    raise TypeError(described(answer))


def word(text: str) -> str:
    """Text as it is compared: case and spaces do not matter.

    >>> word("  Opt-In  page ") == word("opt-in page")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def text(answer: Any) -> str:
    """One word or sentence, as it is compared."""
    value = _only(answer, "One word is expected")
    if not is_a(value, str):
        raise Unreadable("wrong type", instead_of("A word in quotes is expected", value))
    return word(str.__str__(value))


def option(answer: Any, options: Sequence[int | float | str]) -> int | float | str:
    """The one of ``options`` that the answer names.

    >>> option(2.0, range(9))
    2
    """
    if all(isinstance(o, str) for o in options):
        given: Any = text(answer)
        found = [o for o in options if word(str(o)) == given]
    else:
        given = number(answer)
        found = [o for o in options if o == given]
    if not found:
        known = ", ".join(str(o) for o in options)
        shown = quoted(given) if isinstance(given, str) else f"{given:g}"
        raise Unreadable("wrong", f"The answer must be one of {known}; got {shown}.")
    return found[0]


def ids(answer: Any) -> set[int | str]:
    """A set of ids, out of a set, list, array, Series, Index or a single column.

    Order and repetition do not matter. A single id is a set of one.
    """
    expected = "Ids are expected (a list, a set or a column)"
    if is_a(answer, pd.DataFrame) and np.shape(answer)[1:] != (1,):
        raise Unreadable("wrong shape", f"{expected}, got {described(answer)}. Take one column.")
    if is_a(answer, *_PANDAS):
        answer = np.asarray(answer)
    if is_a(answer, np.ndarray):
        array = np.array(answer, subok=False)
        if array.ndim > 1 and array.size != max(array.shape):
            raise Unreadable("wrong shape", f"{expected}, got {described(answer)}.")
        items = list(array.ravel()) if array.dtype.kind == "M" else array.ravel().tolist()
    elif is_a(answer, *_SEQUENCES):
        items = _items(answer)
    elif is_a(answer, int, np.integer) and not is_a(answer, bool):
        items = [answer]
    else:
        raise Unreadable("wrong type", instead_of(expected, answer))
    return {one_id(item) for item in items}


def one_id(item: Any) -> int | str:
    """One id: a whole number or a text; a date counts as text.

    >>> one_id(np.float64(17.0)), one_id(" B-3 ")
    (17, 'B-3')
    """
    if is_a(item, bool, np.bool_):
        raise Unreadable(
            "wrong type", "Ids are expected, got True and False. Give the ids where it is True."
        )
    if is_a(item, str):
        return str.__str__(item).strip()
    if is_a(item, int):
        return int.__int__(item)
    if is_a(item, *DATES) and moment(item):
        return moment(item)
    plain = as_float(item)
    if plain is None or not math.isfinite(plain):
        what = "a missing value" if plain is not None else described(item)
        raise Unreadable("wrong type", f"Ids are expected, one of them is {what}.")
    if plain != math.floor(plain):
        raise Unreadable("wrong type", f"Ids are whole numbers or words, got {plain:g} among them.")
    return int(plain)


def moment(value: Any) -> str:
    """A date or time as text; empty where it is missing."""
    return "" if pd.isna(value) else pd.Timestamp(value).isoformat()


def mapping(answer: Any) -> dict[str, Any]:
    """Names and values, out of a dict or a Series; names as they are compared."""
    if is_a(answer, pd.Series):
        pairs: Iterable[tuple[Any, Any]] = zip(
            answer.index,
            np.asarray(answer).tolist(),
            strict=True,
        )
    elif is_a(answer, dict):
        pairs = dict.items(answer)
    else:
        raise Unreadable("wrong type", instead_of("A dict of numbers is expected", answer))
    plain: dict[str, Any] = {}
    for name, value in pairs:
        key = word(str(one_id(name)))
        if key in plain:
            raise Unreadable("wrong shape", f"The name {quoted(key)} stands in the answer twice.")
        plain[key] = value
    return plain

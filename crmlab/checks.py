"""How is bad input answered? Checks whose errors name the argument and give the remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

import numpy as np


def nearest(name: object, known: Iterable[object]) -> str:
    """`` Did you mean 'x'?`` with the nearest of the known names, or nothing."""
    near = difflib.get_close_matches(str(name), [str(k) for k in known], n=1, cutoff=0.4)
    return f" Did you mean {near[0]!r}?" if near else ""


def one_of(argument: str, value: object, known: Sequence[str]) -> None:
    """Raise `ValueError` unless ``value`` is one of ``known``; name the nearest."""
    if value not in known:
        raise ValueError(
            f"{argument} must be one of {', '.join(map(repr, known))}, got {value!r}."
            + nearest(value, known)
        )


def at_least_zero(name: str, value: float) -> None:
    """Raise `ValueError` unless ``value`` is a finite number of at least 0."""
    if not isinstance(value, int | float | np.number) or not 0 <= value < np.inf:
        raise ValueError(f"{name} must be a finite number >= 0, got {value!r}.")


def above_zero(name: str, value: float, hint: str = "") -> None:
    """Raise `ValueError` unless ``value`` is a finite number above 0; ``hint`` is the remedy."""
    if not isinstance(value, int | float | np.number) or not 0 < value < np.inf:
        raise ValueError(f"{name} must be a finite number > 0, got {value!r}. {hint}".rstrip())


def share(name: str, value: float) -> None:
    """Raise `ValueError` unless ``value`` lies between 0 and 1, both excluded."""
    if not isinstance(value, int | float | np.number) or not 0 < value < 1:
        raise ValueError(f"{name} must lie between 0 and 1, got {value!r}. 0.95 means 95 %.")


def whole_number(name: str, number: object, low: int, high: int) -> None:
    """Raise unless ``number`` is a whole number between ``low`` and ``high``."""
    if isinstance(number, bool) or not isinstance(number, int | np.integer):
        raise TypeError(f"{name} must be a whole number, got {number!r}.")
    if not low <= number <= high:
        raise ValueError(f"{name} must be between {low:,} and {high:,}, got {number:,}.")

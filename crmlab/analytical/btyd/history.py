"""What does a model read of a customer's past? How often, until when, observed for how long.

A purchase history enters every model of repeat buying as three numbers (Fader, Hardie and Lee
2005, Marketing Science 24(2)): *frequency* x, the repeat purchases; *recency* t_x, the time of
the last of them since the first purchase; *age* T, the time since the first purchase. Customers
with the same three numbers are the same to a model, so they are counted once and weighted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from crmlab.checks import nearest

Floats = NDArray[Any]  # of float64; Any, because stubs call sums of weights integers
_GRIDS = (1.0, 7.0, 24.0, 168.0, 30.4375, 365.25)  # time units in a step of a calendar
_DENSE = 16  # numbers that could occur, for each that does
_MORE_TO_GAIN = 64  # fewer rows than that are not worth packing


@dataclass(frozen=True)
class History:
    """Distinct histories, time in units of ``scale``; ``n`` customers have each of them.

    Covariates have mean 0 and standard deviation 1; ``centre`` and ``spread`` had they before.
    """

    x: Floats
    t: Floats
    T: Floats
    n: Floats
    scale: float = 1.0
    covariates: Floats | None = None
    centre: Floats | None = None
    spread: Floats | None = None

    @property
    def customers(self) -> float:
        """How many customers there are: the sum of the weights."""
        return float(self.n.sum())

    def every(self, step: int) -> History:
        """Every so-many-th of the distinct histories: enough to start a climb from."""
        return History(
            self.x[::step], self.t[::step], self.T[::step], self.n[::step], self.scale,
            None if self.covariates is None else self.covariates[::step],
        )  # fmt: skip


def columns(table: pd.DataFrame, names: Sequence[str], what: str = "table") -> list[Floats]:
    """The named columns as floats; an error names the first that is missing or not a number."""
    if not isinstance(table, pd.DataFrame):
        raise TypeError(
            f"{what} must be a DataFrame as `rfm` makes it, got {type(table).__name__}."
        )
    found = []
    for name in names:
        if name not in table.columns:
            raise ValueError(
                f"{what} must have the columns {', '.join(names)}; {name!r} is missing."
                + nearest(name, map(str, table.columns))
                + " `rfm` makes such a table from orders."
            )
        column = table[name]
        if not pd.api.types.is_numeric_dtype(column):
            raise ValueError(
                f"{what}[{name!r}] must hold numbers, got dtype {column.dtype}. "
                "Categories become numbers by pd.get_dummies."
            )
        found.append(column.to_numpy(dtype=np.float64, na_value=np.nan))
        _refuse(what, name, table.index, found[-1], ~np.isfinite(found[-1]), "must be finite")
    return found


def counts(weights: ArrayLike | None, table: pd.DataFrame) -> Floats | None:
    """How many customers each row stands for: given, or in a column ``weights``, or None."""
    if weights is None:
        if "weights" not in table.columns:
            return None
        weights = columns(table, ["weights"])[0]
    n = np.asarray(weights, dtype=np.float64)
    if n.shape != (len(table),):
        raise ValueError(f"weights must have shape ({len(table)},), one a row, got {n.shape}.")
    _refuse("table", "weights", table.index, n, ~(np.isfinite(n) & (n >= 0)), "must be >= 0")
    if not n.sum() > 0:
        raise ValueError("weights must not all be 0: nobody would be left to fit.")
    return n


def refuse_empty(table: pd.DataFrame) -> None:
    """Raise unless there is somebody to learn from."""
    if not len(table):
        raise ValueError("table must have at least one customer, got 0 rows.")


def read(table: pd.DataFrame, covariates: Sequence[str] = ()) -> list[Floats]:
    """Frequency, recency and age of every row, and covariates, checked against each other."""
    x, t, T, *rest = columns(table, ["frequency", "recency", "age", *covariates])
    index = table.index
    _refuse("table", "frequency", index, x, (x < 0) | (x % 1 != 0), "must be a whole number >= 0")
    _refuse("table", "recency", index, t, t < 0, "must be >= 0")
    _refuse("table", "age", index, T, T < 0, "must be >= 0")
    _refuse(
        "table", "recency", index, t, t > T * (1 + 1e-12),
        "is the time of the last purchase after the first and cannot exceed age",
    )  # fmt: skip
    _refuse(
        "table", "recency", index, t, (x == 0) & (t > 0),
        "must be 0 where frequency is 0: without a repeat purchase there is no last one",
    )  # fmt: skip
    return [x, np.minimum(t, T), T, *rest]


def history(
    table: pd.DataFrame, weights: ArrayLike | None = None, covariates: Sequence[str] = ()
) -> History:
    """Distinct histories of a table of `rfm`, with counts, on a time scale with mean age 1."""
    refuse_empty(table)
    x, t, T, *rest = read(table, covariates)
    n = counts(weights, table)
    scale = float(np.average(T, weights=n))
    if not scale > 0:
        raise ValueError(
            "age is 0 for every customer: nobody was observed after the first purchase. "
            "Choose a later end in `rfm`."
        )
    if rest:
        n = np.ones_like(x) if n is None else n
        z = np.column_stack(rest)
        centre = np.average(z, axis=0, weights=n)
        spread = np.sqrt(np.average((z - centre) ** 2, axis=0, weights=n))
        spread[spread <= 1e-12 * np.abs(z).max(axis=0)] = 1.0  # a constant tells nothing
        return History(x, t / scale, T / scale, n, scale, (z - centre) / spread, centre, spread)
    x, t, T, n = distinct(x, t, T, n)
    return History(x, t / scale, T / scale, n, scale)


def distinct(x: Floats, t: Floats, T: Floats, n: Floats | None) -> list[Floats]:
    """Equal rows joined, with their counts: days make a million customers a tenth as many."""
    (last, age), grid = _steps(t, T) if len(x) > _MORE_TO_GAIN else ([x, x], 0.0)
    most = float(age.max(initial=0)) + 1.0
    size = (float(x.max(initial=0)) + 1.0) * most * most
    if not grid or size > 2.0**62:
        return [x, t, T, np.ones_like(x) if n is None else n]
    wide: Any = np.uint32 if size < 2.0**32 else np.int64
    key = x.astype(wide)
    for part in (last, age):
        key *= wide(most)
        key += part.astype(wide)
    if size <= _DENSE * len(x):  # counting beats sorting where most numbers occur
        number = np.bincount(key, weights=n)
        packed = np.flatnonzero(np.bincount(key) if n is not None else number).astype(wide)
        number = number[packed].astype(np.float64)
    elif n is None:
        key.sort()
        first = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1])))
        number = np.diff(np.append(first, len(key))).astype(np.float64)
        packed = key[first]
    else:
        packed, inverse = np.unique(key, return_inverse=True)
        number = np.bincount(inverse, weights=n)
    rest, age = np.divmod(packed, wide(most))
    often, last = np.divmod(rest, wide(most))
    return [often.astype(np.float64), last / grid, age / grid, number]


def _steps(t: Floats, T: Floats) -> tuple[list[Floats], float]:
    """Recency and age in whole steps of a calendar, and the steps in a unit; 0 if none fits."""
    for grid in _GRIDS:
        whole = [np.rint(v * grid) for v in (t, T)]
        sample = slice(None, None, max(1, len(t) // 100))
        for part in (sample, slice(None)):
            fits = all(
                np.abs(v[part] * grid - w[part]).max() < 1e-7 * max(1.0, float(w[part].max()))
                for v, w in zip((t, T), whole, strict=True)
            )
            if not fits:
                break
        if fits:
            return whole, grid
    return [t, T], 0.0


def _refuse(
    what: str, name: str, index: pd.Index, values: Floats, bad: NDArray[np.bool_], why: str
) -> None:
    if bad.any():
        place = int(np.flatnonzero(bad)[0])
        raise ValueError(
            f"{what}[{name!r}] {why}; got {values[place]:g} for {index[place]!r}"
            f" ({int(bad.sum()):,} such rows)."
        )

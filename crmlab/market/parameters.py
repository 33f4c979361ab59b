"""What is a parameter of a market? A field with its symbol, unit, meaning, source and range.

Markets are frozen dataclasses of such fields. The page ``docs/rules.md`` is generated from
them, so page and code cannot disagree, and every change is checked against the range.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Self

import numpy as np

from crmlab.checks import nearest, one_of

ASSUMED = "assumed"


def number(
    default: Any,
    group: str,
    unit: str,
    meaning: str,
    source: str = ASSUMED,
    low: float = 0.0,
    high: float = np.inf,
    symbol: str = "",
) -> Any:
    """A field that holds a number in ``[low, high]``; whole where the default is."""
    about = {
        "group": group,
        "unit": unit,
        "meaning": meaning,
        "source": source,
        "low": low,
        "high": high,
        "symbol": symbol,
    }
    return field(default=default, metadata=about)


def words(
    default: Any, group: str, meaning: str, values: tuple[str, ...], source: str = ASSUMED
) -> Any:
    """A field that holds one of ``values``."""
    about = {
        "group": group,
        "unit": "",
        "meaning": meaning,
        "source": source,
        "values": values,
        "symbol": "",
    }
    return field(default=default, metadata=about)


@dataclass(frozen=True)
class Market:
    """What every description of a market can do: `replace`, `differences`, say its name."""

    name: str = ""
    what: str = ""

    @property
    def pack(self) -> str:
        """The kind of business, such as ``"retail"``."""
        return self.name.split("/")[0]

    @property
    def condition(self) -> str:
        """``"textbook"``, ``"hostile"``, ``"null"`` or ``"calibrated"``."""
        return self.name.split("/")[-1]

    def replace(self, **changes: Any) -> Self:
        """Another scenario with these fields changed, checked like the first.

        Raises
        ------
        TypeError
            An unknown field; the message names the nearest one.
        """
        known = [f.name for f in dataclasses.fields(self)]
        for name in changes:
            if name not in known:
                raise TypeError(f"a scenario has no field {name!r}.{nearest(name, known)}")
        return dataclasses.replace(self, **changes)

    def differences(self, other: Market) -> dict[str, tuple[Any, Any]]:
        """The fields in which two scenarios of one kind differ, with both values."""
        return {
            f.name: (getattr(self, f.name), getattr(other, f.name))
            for f in dataclasses.fields(self)
            if getattr(self, f.name) != getattr(other, f.name)
        }

    def __repr__(self) -> str:
        from crmlab.market.packs import scenario

        try:
            changed = scenario(self.name).differences(self)
        except ValueError:
            changed = type(self)().differences(self)
        inside = "".join(f", {k}={v[1]!r}" for k, v in changed.items() if k != "what")
        return f"Scenario({self.name!r}{inside})"


@cache
def about(kind: type[Market], name: str) -> Mapping[str, Any]:
    """What is known of one field of a kind of market: its unit, its range, its source."""
    return {f.name: f.metadata for f in dataclasses.fields(kind)}[name]


def check_field(f: dataclasses.Field, value: Any) -> None:
    """Raise where ``value`` does not fit the field: its type, its range, its words."""
    if "values" in f.metadata:
        one_of(f.name, value, f.metadata["values"])
    if "low" not in f.metadata:
        return
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise TypeError(f"{f.name} must be a number, got {value!r}.")
    low, high = f.metadata["low"], f.metadata["high"]
    if not (low <= value <= high and np.isfinite(value)):
        hint = " Is this a percentage?" if high == 1 and 1 < value <= 100 else ""
        raise ValueError(f"{f.name} must be in [{low:g}, {high:g}], got {value}.{hint}")
    if isinstance(f.default, int) and value != int(value):
        raise ValueError(f"{f.name} must be a whole number, got {value}.")


def check_list(name: str, values: tuple[float, ...], length: int) -> None:
    """Raise unless there are so many finite numbers >= 0."""
    if len(values) != length:
        raise ValueError(f"{name} must have {length} values, got {len(values)}.")
    if not all(np.isfinite(v) and v >= 0 for v in values):
        raise ValueError(f"{name} must hold finite numbers >= 0, got {values}.")


def check_shares(name: str, values: tuple[float, ...], length: int) -> None:
    """Raise unless they are so many shares that add up to 1."""
    check_list(name, values, length)
    if abs(sum(values) - 1) > 1e-6:
        raise ValueError(f"{name} must add up to 1, got {sum(values):.6g}. Divide by the sum.")

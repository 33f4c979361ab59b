"""What does the firm want to do this week? Rows of actions, checked as they are made."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from crmlab.checks import one_of
from crmlab.tables import CAPABILITIES, CHANNELS, TARGET_KINDS

MINUTES_PER_WEEK = 7 * 24 * 60
_NUMBERS: dict[str, tuple[type, float, float]] = {
    # column: dtype, least, most
    "target_id": (np.int64, -(2.0**62), 2.0**62),
    "product_id": (np.int16, 0, 32_767),
    "offer_eur": (np.float64, 0, np.inf),
    "minute": (np.int32, 0, MINUTES_PER_WEEK - 1),
    "spend_eur": (np.float64, 0, np.inf),
    "priority": (np.float64, -np.inf, np.inf),
    "cell": (np.int16, -32_768, 32_767),
}
_WORDS = ("target_kind", "kind", "channel")


@dataclass(frozen=True, eq=False)
class Actions:
    """What the firm wants to do this week, one row each; a scalar stands for every row.

    Parameters
    ----------
    target_id : array of int, shape (n,)
        Whom: a ``customer_id``, a ``pool_id``, ...; for ``"firm"`` the name of a capability.
    kind : str or array of str
        ``"newsletter"``, ``"triggered"``, ``"conversion"``, ``"ask_consent"``,
        ``"acquire"``, ``"invest"``, ...
    target_kind : str or array of str
        One of `tables.TARGET_KINDS`.
    channel : str or array of str
        One of `tables.CHANNELS`.
    product_id : int or array of int
        The product shown; 0 for the whole assortment.
    offer_eur : float or array of float
        EUR off the next order, charged when redeemed; for ``"ask_consent"`` the incentive.
    minute : int or array of int
        Minute of the week, 0 to 10,079.
    spend_eur : float or array of float
        EUR to spend on a pool or a capability.
    priority : float or array of float
        Rows with more priority are admitted first when the budget is short.
    cell : int or array of int
        The cell of the policy's own experiment, kept in the records.
    propensity : float or array of float
        The probability with which the policy chose the row; NaN where it did not draw.

    Raises
    ------
    ValueError
        Names the column, quotes the value and gives the remedy.
    """

    target_id: Any = ()
    kind: Any = "newsletter"
    target_kind: Any = "customer"
    channel: Any = "email"
    product_id: Any = 0
    offer_eur: Any = 0.0
    minute: Any = 0
    spend_eur: Any = 0.0
    priority: Any = 0.0
    cell: Any = 0
    propensity: Any = np.nan

    def __post_init__(self) -> None:
        if isinstance(self.target_id, str):
            one_of("target_id", self.target_id, tuple(CAPABILITIES))
            object.__setattr__(self, "target_id", [list(CAPABILITIES).index(self.target_id)])
        for name, (dtype, low, high) in _NUMBERS.items():
            self._set(name, _number(name, getattr(self, name), dtype, low, high))
        self._set("propensity", np.asarray(self.propensity, dtype=np.float64))
        if self.target_id.ndim != 1:
            raise ValueError(
                f"target_id must be a one-dimensional array of ids, got {self.target_id!r}. "
                "Put a single id into a list: [id]."
            )
        for name in (*_NUMBERS, "propensity"):
            self._fits(name, np.shape(getattr(self, name)))
        for name in _WORDS:
            value = getattr(self, name)
            if not isinstance(value, str):
                value = np.asarray(value, dtype=object)
                self._set(name, value)
                self._fits(name, value.shape)
        for name, known in (("target_kind", TARGET_KINDS), ("channel", CHANNELS)):
            value = getattr(self, name)
            for word in [value] if isinstance(value, str) else pd.unique(value):
                one_of(name, word, known)

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def _fits(self, name: str, shape: tuple[int, ...]) -> None:
        if shape not in ((), (len(self),)):
            raise ValueError(
                f"{name} must be one value or {len(self)} values (as many as target_id), "
                f"got shape {shape}."
            )

    def __len__(self) -> int:
        return len(self.target_id)

    def column(self, name: str) -> NDArray:
        """One column as an array of length ``len(self)``."""
        return np.broadcast_to(np.asarray(getattr(self, name), dtype=None), (len(self),))

    def where(self, mask: ArrayLike) -> Actions:
        """The rows where ``mask`` is true."""
        mask = np.asarray(mask)
        values = {}
        for f in dataclasses.fields(self):
            value = getattr(self, f.name)
            values[f.name] = value[mask] if np.ndim(value) else value
        return Actions(**values)

    @classmethod
    def concat(cls, parts: Iterable[Actions]) -> Actions:
        """Several sets of rows as one."""
        parts = [p for p in parts if len(p)]
        if not parts:
            return cls()
        if len(parts) == 1:
            return parts[0]
        names = [f.name for f in dataclasses.fields(cls)]
        return cls(**{n: np.concatenate([p.column(n) for p in parts]) for n in names})

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> Actions:
        """Rows of a DataFrame; ``target_id`` or ``customer_id`` is needed, the rest optional."""
        frame = frame.rename(columns={"customer_id": "target_id"})
        known = [f.name for f in dataclasses.fields(cls)]
        for name in frame.columns:
            one_of("a column of the actions", name, known)
        if "target_id" not in frame:
            raise ValueError(
                f"actions need a column 'target_id' or 'customer_id', got {list(frame.columns)}."
            )
        target = frame["target_id"]
        if len(target) and target.map(lambda v: isinstance(v, str)).all():
            names = list(CAPABILITIES)
            for name in target.unique():
                one_of("target_id", name, names)
            frame = frame.assign(target_id=[names.index(v) for v in target])
        return cls(**{name: frame[name].to_numpy() for name in frame.columns})

    def to_frame(self) -> pd.DataFrame:
        """The rows as a DataFrame, every column in full."""
        return pd.DataFrame({f.name: self.column(f.name) for f in dataclasses.fields(self)})


def _number(name: str, value: object, dtype: type, low: float, high: float) -> NDArray:
    array = np.asarray(value)
    if array.size == 0:
        return array.astype(dtype)
    if array.dtype.kind not in "iufb":
        raise ValueError(f"{name} must hold numbers, got {array.ravel()[0]!r}.")
    as_float = array.astype(np.float64)
    if not np.isfinite(as_float).all():
        raise ValueError(f"{name} must be finite, got {as_float[~np.isfinite(as_float)][0]}.")
    if dtype is not np.float64 and (as_float != np.floor(as_float)).any():
        bad = as_float[as_float != np.floor(as_float)].ravel()[0]
        raise ValueError(f"{name} must hold whole numbers, got {bad}.")
    if as_float.min() < low or as_float.max() > high:
        bad = as_float[(as_float < low) | (as_float > high)].ravel()[0]
        raise ValueError(f"{name} must be in [{low:g}, {high:g}], got {bad:g}.")
    return array.astype(dtype)

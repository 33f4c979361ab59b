"""Where is a likelihood highest, how sharp is the top, and is there a top at all?

Newton's method with the eigenvalues of the Hessian taken absolute (Dauphin et al. 2014,
"Identifying and attacking the saddle point problem"): it climbs from anywhere, also from where
the surface bends upwards, and takes a handful of steps. Parameters are positive, and the climb is
over their logarithms, so nothing can become negative. Where a likelihood has no top, because
it rises for ever along a ridge, the flat direction at the end tells which parameters run away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FLAT = 1e-4
"""A direction in which the log-likelihood bends less than this has no finite top."""
MOST = 200
"""Looks at a surface after which a climb gives up."""
_LONGEST = 4.0  # of one step, in units of a logarithm
_FARTHEST = 40.0  # from 0, of any logarithm
_SETTLED = 1e-9


@dataclass(frozen=True)
class Local:
    """A surface at one point: its value, gradient ``(k,)`` and Hessian ``(k, k)``."""

    value: float
    gradient: NDArray[np.float64]
    hessian: NDArray[np.float64]

    def __add__(self, other: Local) -> Local:
        return Local(
            self.value + other.value,
            self.gradient + other.gradient,
            self.hessian + other.hessian,
        )


Surface = Callable[[NDArray[np.float64]], Local]


@dataclass(frozen=True)
class Summit:
    """Where a climb ended: the point, the surface there, and how often it was looked at."""

    point: NDArray[np.float64]
    local: Local
    looks: int

    def flat(self) -> NDArray[np.float64]:
        """Directions, one a column, in which the surface has no top; often none."""
        bends, directions = np.linalg.eigh(-self.local.hessian)
        return directions[:, bends < FLAT]

    def spread(self, back: NDArray[np.float64]) -> NDArray[np.float64]:
        """Inverse of the observed information of ``back @ point``, flat directions left out."""
        bends, directions = np.linalg.eigh(-self.local.hessian)
        firm = bends >= FLAT
        directions = back @ directions[:, firm]
        return (directions / bends[firm]) @ directions.T

    def loose(self, back: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which coordinates of ``back @ point`` run along a flat direction."""
        flat = back @ self.flat()
        size = (back**2).sum(axis=1)
        return (flat**2).sum(axis=1) > 0.01 * size


def climb(surface: Surface, start: NDArray[np.float64], most: int = MOST) -> Summit:
    """The top of ``surface`` that lies uphill of ``start``, to 1e-9 of its height."""
    point = np.asarray(start, dtype=np.float64)
    here, looks, reach = surface(point), 1, _LONGEST
    while looks < most:
        step = _newton(here)
        longest = float(np.abs(step).max(initial=0.0))
        step *= min(1.0, reach / max(longest, 1e-300))
        promised = float(here.gradient @ step)
        if promised < _SETTLED * (1.0 + 1e-7 * abs(here.value)):
            break
        there_point = np.clip(point + step, -_FARTHEST, _FARTHEST)
        with np.errstate(divide="ignore", invalid="ignore"):  # a step off the cliff is not taken
            there = surface(there_point)
        looks += 1
        gain = there.value - here.value
        if np.isfinite(there.value) and gain > 0.05 * promised:
            reach = min(_LONGEST, 2.0 * max(reach, longest))
            point, here = there_point, there
        else:
            reach = 0.3 * min(reach, longest)
            if reach < 1e-9 or (0 <= gain < 1e-8 and promised < 1e-6):
                break
    return Summit(point, here, looks)


def _newton(local: Local) -> NDArray[np.float64]:
    bends, directions = np.linalg.eigh(-local.hessian)
    steep = np.maximum(np.abs(bends), 1e-9 * max(1.0, float(np.abs(bends).max())))
    return directions @ ((directions.T @ local.gradient) / steep)


def promised(local: Local) -> float:
    """What one step of the climb would gain from here, to first order."""
    return float(local.gradient @ _newton(local))


def seen_from(surface: Surface, turn: NDArray[np.float64]) -> Surface:
    """The same surface over other coordinates u, with ``point = turn @ u``."""

    def at(u: NDArray[np.float64]) -> Local:
        local = surface(turn @ u)
        return Local(local.value, turn.T @ local.gradient, turn.T @ local.hessian @ turn)

    return at


def highest(surface: Surface, starts: Iterable[NDArray[np.float64]]) -> Summit:
    """The highest of the tops that are reached from several starts."""
    tops = [climb(surface, start) for start in starts]
    return max(tops, key=lambda top: top.local.value)

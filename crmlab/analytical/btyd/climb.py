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

    def covariance(self) -> NDArray[np.float64]:
        """Inverse of the observed information; NaN for what runs along a flat direction."""
        bends, directions = np.linalg.eigh(-self.local.hessian)
        firm = bends >= FLAT
        inverse = (directions[:, firm] / bends[firm]) @ directions[:, firm].T
        loose = (directions[:, ~firm] ** 2).sum(axis=1) > 0.01
        inverse[loose, :] = np.nan
        inverse[:, loose] = np.nan
        return inverse


def climb(surface: Surface, start: NDArray[np.float64], most: int = 200) -> Summit:
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


def highest(surface: Surface, starts: Iterable[NDArray[np.float64]]) -> Summit:
    """The highest of the tops that are reached from several starts."""
    tops = [climb(surface, start) for start in starts]
    return max(tops, key=lambda top: top.local.value)

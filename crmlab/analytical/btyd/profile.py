"""How far can a parameter go before the data object? Intervals from the profile likelihood.

For each value of one parameter the others are chosen as well as they can be; the interval holds
all values whose log-likelihood then lies less than half a quantile of chi-squared (1 degree of
freedom) below the top (Venzon and Moolgavkar 1988, Applied Statistics 37(1)). It needs no
normality, does not change with the parametrisation, and is open on a side where the likelihood
never falls that far: then the data set no bound.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtri

from crmlab.analytical.btyd.climb import Local, Surface, climb
from crmlab.analytical.btyd.history import Floats

_FARTHEST = 15.0  # from the estimate, of any logarithm: beyond, the side counts as open
_STRIDE = 2.0  # of a logarithm at a time
_CLOSE = 1e-5  # of a logarithm


def drop(surface: Surface, top: Floats, place: int, value: float) -> float:
    """Twice the fall from the top to the best point at which one parameter has this value."""
    return 2.0 * (surface(top).value - held(surface, place, value, top)[0])


def held(surface: Surface, place: int, value: float, near: Floats) -> tuple[float, Floats]:
    """The highest value of a surface where one coordinate is held, and where it lies.

    The climb starts where the ridge through ``near`` leads.
    """
    free = np.arange(len(near)) != place

    def inside(point: Floats) -> Local:
        with np.errstate(all="ignore"):  # far from the top a likelihood may underflow
            local = surface(np.insert(point, place, value))
        gradient, hessian = local.gradient[free], local.hessian[np.ix_(free, free)]
        if not (np.isfinite(local.value) and np.isfinite(hessian).all()):
            return Local(-np.inf, np.zeros_like(gradient), -np.eye(len(gradient)))
        return Local(local.value, gradient, hessian)

    if not free.any():
        return inside(near[free]).value, np.array([value])
    with np.errstate(all="ignore"):
        ridge = _ridge(surface(near).hessian, place, free)
    along = near[free] + ridge * (value - near[place])
    found = climb(inside, along if np.isfinite(inside(along).value) else near[free])
    return found.local.value, np.insert(found.point, place, value)


def _ridge(hessian: Floats, place: int, free: Floats) -> Floats:
    """How far the others move along the ridge while one coordinate moves by 1."""
    if not np.isfinite(hessian).all():
        return np.zeros(int(free.sum()))
    bends, directions = np.linalg.eigh(-hessian[np.ix_(free, free)])
    steep = np.maximum(np.abs(bends), 1e-12 * max(1.0, float(np.abs(bends).max())))
    return directions @ ((directions.T @ hessian[free, place]) / steep)


def ends(surface: Surface, top: Floats, place: int, level: float) -> tuple[float, float]:
    """Both ends of the interval of one coordinate; infinite where the side is open."""
    root = float(ndtri(0.5 + level / 2.0))
    here = surface(top)
    steepness = max(-float(here.hessian[place, place]), 1e-12)
    first = min(root / np.sqrt(steepness), 1.0)
    down, up = (_end(surface, (here.value, top), place, side * first, root) for side in (-1, 1))
    return down, up


def _end(
    surface: Surface, top: tuple[float, Floats], place: int, step: float, root: float
) -> float:
    """Walk outwards until the fall is deep enough, then find where it is just that deep."""
    height, summit = top
    inner = middle = float(summit[place])
    known = {middle: (-root, summit)}  # how deep, and where; each climb starts from the nearest

    def miss(value: float) -> float:
        if value not in known:
            sound = [v for v, (depth, _) in known.items() if np.isfinite(depth)]
            near = known[min(sound, key=lambda v: abs(v - value))][1]
            found, point = held(surface, place, value, near)
            known[value] = (float(np.sqrt(max(2.0 * (height - found), 0.0))) - root, point)
        return known[value][0]

    shortest = 1e-3 * abs(step)
    while abs(inner - middle) <= _FARTHEST and abs(step) > shortest:
        ahead = inner + float(np.clip(step, -_STRIDE, _STRIDE))
        if not np.isfinite(miss(ahead)):  # beyond what can be computed: more carefully
            step *= 0.25
        elif miss(ahead) >= 0.0:
            return float(brentq(miss, inner, ahead, xtol=_CLOSE))
        else:
            inner, step = ahead, 1.6 * step
    return float(np.copysign(np.inf, step))

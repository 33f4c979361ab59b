"""How do covariates enter? Each parameter of a customer is a base value times exp(±γ·z).

Fader and Hardie (2007), "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD
models": what a model needs of a customer are the logarithms of its parameters, and these are
linear in the covariates. So a model gives its derivatives row by row, by the logarithms of the
row's own parameters, and the chain rule does the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmlab.analytical.btyd.climb import Local, Surface
from crmlab.analytical.btyd.counting import rising
from crmlab.analytical.btyd.history import Floats, History

_ROWS = 1024  # at a time: what fits into the processor's cache


@dataclass(frozen=True)
class Rows:
    """Log-likelihood of each row ``(n,)``, slopes ``(k, n)`` and bends ``(k, k, n)``."""

    value: Floats
    slopes: Floats
    bends: Floats


@dataclass(frozen=True)
class Effect:
    """Covariate columns that act on one parameter, with the sign in the exponent."""

    parameter: int
    columns: tuple[int, ...]
    sign: float


RowModel = Callable[[Sequence[Floats], Floats, Floats, Floats], Rows]


def etas(theta: Floats, k: int, effects: Sequence[Effect], z: Floats | None) -> list[Floats]:
    """Logarithms of the ``k`` parameters: numbers, or one a row where covariates act on them."""
    found: list[Floats] = [theta[i] for i in range(k)]
    place = k
    for effect in effects:
        width = len(effect.columns)
        assert z is not None
        pull = z[:, list(effect.columns)] @ theta[place : place + width]
        found[effect.parameter] = found[effect.parameter] + effect.sign * pull
        place += width
    return found


def surface(model: RowModel, history: History, k: int, effects: Sequence[Effect] = ()) -> Surface:
    """The log-likelihood of all rows together, with derivatives by base values and γ."""
    h = history
    parts = [slice(i, i + _ROWS) for i in range(0, len(h.x), _ROWS)]

    def at(theta: NDArray[np.float64]) -> Local:
        total = Local(0.0, np.zeros(len(theta)), np.zeros((len(theta), len(theta))))
        for part in parts:
            z = None if h.covariates is None else h.covariates[part]
            rows = model(etas(theta, k, effects, z), h.x[part], h.t[part], h.T[part])
            total = total + _chain(rows, h.n[part], k, effects, z)
        return total

    return at


def _chain(rows: Rows, n: Floats, k: int, effects: Sequence[Effect], z: Floats | None) -> Local:
    value = float(n @ rows.value)
    gradient, hessian = rows.slopes @ n, rows.bends @ n
    if not effects:
        return Local(value, gradient, hessian)
    designs = [np.ones((len(n), 1)) for _ in range(k)]
    places = [[i] for i in range(k)]
    at = k
    for effect in effects:
        assert z is not None
        width, i = len(effect.columns), effect.parameter
        designs[i] = np.column_stack([designs[i], effect.sign * z[:, list(effect.columns)]])
        places[i] = places[i] + list(range(at, at + width))
        at += width
    full = Local(value, np.zeros(at), np.zeros((at, at)))
    for i in range(k):
        full.gradient[places[i]] += designs[i].T @ (n * rows.slopes[i])
        for j in range(k):
            block = designs[i].T @ ((n * rows.bends[i, j])[:, None] * designs[j])
            full.hessian[np.ix_(places[i], places[j])] += block
    return full


def with_rising(rest: Surface, bought: Floats) -> Surface:
    """Add Γ(r+x)/Γ(r), which every model has, and which hangs on counts only."""

    def at(theta: NDArray[np.float64]) -> Local:
        local = rest(theta)
        value, (first, second) = rising(bought, float(np.exp(theta[0])))
        local.gradient[0] += first
        local.hessian[0, 0] += second
        return Local(local.value + value, local.gradient, local.hessian)

    return at

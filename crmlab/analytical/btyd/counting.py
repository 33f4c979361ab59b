"""How do gamma and beta functions become sums? Counts of customers instead of special functions.

Γ(r+x)/Γ(r) is r (r+1) ... (r+x−1). Summed over customers, its logarithm is Σ_j J_j ln(r + j) with
J_j the number of customers with more than j purchases: exact for every r, and as long as the
largest x.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crmlab.analytical.btyd.climb import Local
from crmlab.analytical.btyd.history import Floats


def beyond(x: Floats, n: Floats) -> Floats:
    """How many customers have more than j, for j = 0, 1, ...: shape ``(x.max(),)``."""
    number = np.bincount(x.astype(np.int64), weights=n)
    return np.cumsum(number[::-1])[::-1][1:]


def rising(number: Floats, shape: float) -> tuple[float, NDArray[np.float64]]:
    """Σ ln Γ(shape+x)/Γ(shape), and its first and second derivative by ln shape."""
    inverse = 1.0 / (shape + np.arange(len(number)))
    first = shape * float(number @ inverse)
    second = first - shape * shape * float(number @ (inverse * inverse))
    return -float(number @ np.log(inverse)), np.array([first, second])


def staying(chances: Floats, a: float, b: float) -> Local:
    """Σ ln B(a, b+m)/B(a, b) with derivatives by ln a and ln b."""
    j = np.arange(len(chances))
    stays, all_ = 1.0 / (b + j), 1.0 / (a + b + j)
    value = -float(chances @ np.log1p(a * stays))
    whole, squared = float(chances @ all_), float(chances @ (all_ * all_))
    ratio = a * b * float(chances @ (stays * all_))
    by_b = ratio + b * b * (squared - float(chances @ (stays * stays)))
    cross = a * b * squared
    return Local(
        value,
        np.array([-a * whole, ratio]),
        np.array([[-a * whole + a * a * squared, cross], [cross, by_b]]),
    )

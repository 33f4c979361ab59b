"""How do histories arise by chance? Pieces that the models draw from."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crmlab.analytical.btyd.history import Floats


def happened(
    x: NDArray[np.int64],
    arrivals: NDArray[np.int64],
    active: Floats,
    rng: np.random.Generator,
) -> dict[str, Floats]:
    """A history in which the first ``x`` of so many arrivals within ``active`` were purchases.

    Arrivals of a Poisson process lie uniformly, so the x-th of n lies at beta(x, n − x + 1).
    """
    share = rng.beta(np.maximum(x, 1), arrivals - x + 1.0)
    t = np.where(x > 0, active * share, 0.0)
    return {"frequency": x.astype(np.float64), "recency": t, "age": active}


def share(a: ArrayLike, b: ArrayLike, n: int, rng: np.random.Generator) -> Floats:
    """``n`` draws of beta(a, b), kept away from 0, where a geometric law has no mean."""
    return np.maximum(rng.beta(np.broadcast_to(a, n), np.broadcast_to(b, n)), 1e-12)

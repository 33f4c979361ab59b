"""How often do customers buy if nobody ever leaves? The NBD model.

Each customer buys as a Poisson process with rate λ for ever, and rates follow gamma(r, α)
(Ehrenberg 1959, Applied Statistics 8(1)). The foil of every model with dropout: how much is
gained by letting customers leave?
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from crmlab.analytical.btyd import chance
from crmlab.analytical.btyd.base import RepeatModel
from crmlab.analytical.btyd.boundary import BUYING
from crmlab.analytical.btyd.climb import Local, Surface
from crmlab.analytical.btyd.counting import beyond, rising
from crmlab.analytical.btyd.history import Floats, History


class NBD(RepeatModel):
    """Negative binomial model of repeat buying: rates differ, nobody leaves.

    Parameters of the population are ``r`` and ``alpha`` (in units of time): purchase rates
    follow gamma(shape r, rate alpha), with mean r/alpha.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {"frequency": [0, 1, 5, 2, 0, 9], "recency": [0, 9, 9, 4, 0, 9.5], "age": 10.0}
    ... )
    >>> NBD().fit(table).params_.round(2).to_dict()
    {'r': 0.71, 'alpha': 2.52}
    """

    _names = ("r", "alpha")
    _timed = ("alpha",)
    _meanings = BUYING
    _starts = ((-0.7, 0.0), (1.5, 1.5), (-3.0, -1.0))

    def _surface(self, h: History) -> Surface:
        bought, nx, total = beyond(h.x, h.n), h.n * h.x, h.customers

        def at(theta: Floats) -> Local:
            r, alpha = np.exp(theta)
            value, (first, second) = rising(bought, r)
            over = 1.0 / (alpha + h.T)
            quiet = np.log1p(h.T / alpha)
            silence = r * float(h.n @ quiet)
            share, weight = float(h.n @ over), float(nx @ over)
            cross = r * (total - alpha * share)
            squared = over * over
            bend = -alpha * (r * share + weight) + alpha**2 * float((r * h.n + nx) @ squared)
            return Local(
                value - silence - float(nx @ quiet) - float(nx.sum()) * float(theta[1]),
                np.array([first - silence, cross - alpha * weight]),
                np.array([[second - silence, cross], [cross, bend]]),
            )

        return at

    def _alive(self, p: Sequence[Floats], x: Floats, t: Floats, T: Floats) -> Floats:
        return np.ones_like(x)

    def _ahead(
        self,
        p: Sequence[Floats],
        x: Floats,
        t: Floats,
        T: Floats,
        periods: float,
    ) -> Floats:
        r, alpha = p
        return (r + x) / (alpha + T) * periods

    def _stays(
        self,
        p: Sequence[Floats],
        x: Floats,
        t: Floats,
        T: Floats,
        periods: float,
    ) -> Floats:
        return np.ones_like(x)

    def _new(self, p: Sequence[Floats], periods: float) -> Floats:
        r, alpha = p
        return r / alpha * periods

    def _histories(
        self,
        p: Sequence[Floats],
        T: Floats,
        rng: np.random.Generator,
    ) -> dict[str, Floats]:
        r, alpha = p
        x = rng.poisson(rng.gamma(r, 1.0 / alpha, len(T)) * T)
        return chance.happened(x, x, T, rng)

    def _draw(
        self, p: Sequence[Floats], past: Sequence[Floats], periods: float, rng: np.random.Generator
    ) -> Floats:
        (r, alpha), (x, _, T) = p, past
        return rng.poisson(rng.gamma(r + x, 1.0 / (alpha + T)) * periods).astype(np.float64)

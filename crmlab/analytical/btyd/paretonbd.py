"""Who will buy again if customers leave unseen? The Pareto/NBD model.

Schmittlein, Morrison and Colombo (1987), Management Science 33(1); `lifetimes.py` has the
likelihood. Expectations follow Fader and Hardie (2005), "A note on deriving the Pareto/NBD model
and related expressions".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from crmlab.analytical.btyd import chance, designs, lifetimes
from crmlab.analytical.btyd.boundary import LIFETIMES
from crmlab.analytical.btyd.climb import Surface
from crmlab.analytical.btyd.counting import beyond
from crmlab.analytical.btyd.covariates import CovariateModel
from crmlab.analytical.btyd.history import Floats, History

_CHUNK = 4096


class ParetoNBD(CovariateModel):
    """Pareto/NBD: Poisson purchases at gamma rates, exponential lifetimes with gamma hazards.

    Parameters of the population are ``r``, ``alpha`` (purchase rates follow gamma(shape r, rate
    alpha)), ``s`` and ``beta`` (hazards of leaving follow gamma(shape s, rate beta)); alpha and
    beta in units of time.

    Parameters
    ----------
    purchase_covariates : sequence of str
        Columns of the table that act on the rate: alpha · exp(−γ·z); a positive coefficient
        means more purchases.
    dropout_covariates : sequence of str
        Columns that act on leaving: beta · exp(−γ·z); positive means leaving sooner.

    Examples
    --------
    >>> import pandas as pd
    >>> model = ParetoNBD().set_estimates(r=0.5533, alpha=10.578, s=0.6062, beta=11.669)
    >>> table = pd.DataFrame({"frequency": [26], "recency": [30.857], "age": [31.0]})
    >>> model.expected_purchases(table, periods=52).round(3).tolist()
    [25.455]
    """

    _names = ("r", "alpha", "s", "beta")
    _timed = ("alpha", "beta")
    _meanings = LIFETIMES
    _starts = (
        (-0.7, -0.7, -0.7, -0.7),
        (0.7, 0.7, -3.0, 0.0),
        (2.0, 1.0, 2.0, 2.0),
        (-1.0, -3.0, 1.0, 0.0),
        (-1.0, 0.0, -1.0, -4.0),
    )
    _dropout: ClassVar[tuple[tuple[str, int, float], ...]] = (("", 3, -1.0),)

    def _surface(self, h: History) -> Surface:
        effects = self._effects() if h.covariates is not None else ()
        return designs.with_rising(designs.surface(lifetimes.rows, h, 4, effects), beyond(h.x, h.n))

    def _alive(self, p: Sequence[Floats], x: Floats, t: Floats, T: Floats) -> Floats:
        found = np.empty(len(x))
        theta = [np.log(value) + np.zeros_like(x) for value in p]
        for i in range(0, len(x), _CHUNK):
            part = slice(i, i + _CHUNK)
            m = lifetimes.moments([v[part] for v in theta], x[part], t[part], T[part])
            found[part] = m.alive / (m.alive + m.gone)
        return found

    def _ahead(
        self,
        p: Sequence[Floats],
        x: Floats,
        t: Floats,
        T: Floats,
        periods: float,
    ) -> Floats:
        r, alpha, s, beta = p
        return (r + x) / (alpha + T) * _time_active(s, beta + T, periods)

    def _stays(
        self,
        p: Sequence[Floats],
        x: Floats,
        t: Floats,
        T: Floats,
        periods: float,
    ) -> Floats:
        _, _, s, beta = p
        return np.exp(-s * np.log1p(periods / (beta + T)))

    def _histories(
        self,
        p: Sequence[Floats],
        T: Floats,
        rng: np.random.Generator,
    ) -> dict[str, Floats]:
        r, alpha, s, beta = p
        life = rng.exponential(1.0, len(T)) / np.maximum(rng.gamma(s, 1.0 / beta, len(T)), 1e-300)
        active = np.minimum(life, T)
        x = rng.poisson(rng.gamma(r, 1.0 / alpha, len(T)) * active)
        return chance.happened(x, x, active, rng) | {"age": T}

    def _draw(
        self, p: Sequence[Floats], past: Sequence[Floats], periods: float, rng: np.random.Generator
    ) -> Floats:
        (r, alpha, s, beta), (x, _, T) = p, past
        active = rng.random(len(x)) < self._alive(p, *past)
        hazard = np.maximum(rng.gamma(s, 1.0 / (beta + T)), 1e-300)
        time = np.minimum(rng.exponential(1.0, len(x)) / hazard, periods)
        arrivals = rng.poisson(rng.gamma(r + x, 1.0 / (alpha + T)) * time)
        return np.where(active, arrivals, 0).astype(np.float64)

    def _new(self, p: Sequence[Floats], periods: float) -> Floats:
        r, alpha, s, beta = p
        return r / alpha * _time_active(s, beta, periods)


def _time_active(s: Floats, beta: Floats, t: float) -> Floats:
    """Expected time active within the next ``t``: ∫ (β/(β+u))^s du, also at s = 1."""
    log = np.log1p(t / beta)
    k = s - 1.0
    near = np.abs(k) * np.max(log, initial=0.0) < 1e-8
    safe = np.where(near, 1.0, k)
    return beta * np.where(near, log, -np.expm1(-safe * log) / safe)

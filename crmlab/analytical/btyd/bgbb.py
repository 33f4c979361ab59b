"""Who will give again next year? The BG/BB model for one chance to buy a period.

Donations, conferences, cruises: time comes in opportunities. While active, a customer buys at each
with probability p ~ beta(α, β), and before each may leave for good with probability
θ ~ beta(γ, δ) (Fader, Hardie and Shang 2010, Marketing Science 29(6), equation 5):

    L = B(α+x, β+n−x)/B(α, β) · B(γ, δ+n)/B(γ, δ)
      + Σ_i B(α+x, β+t_x−x+i)/B(α, β) · B(γ+1, δ+t_x+i)/B(γ, δ),   i = 0, ..., n−t_x−1.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from crmlab.analytical.btyd import chance
from crmlab.analytical.btyd.base import RepeatModel
from crmlab.analytical.btyd.boundary import OPPORTUNITIES
from crmlab.analytical.btyd.climb import Local, Surface
from crmlab.analytical.btyd.history import Floats, History, columns, counts, refuse_empty
from crmlab.checks import whole_number


class BGBB(RepeatModel):
    """BG/BB: a beta chance of buying at each opportunity, a beta chance of leaving before it.

    Parameters of the population are ``alpha``, ``beta`` (the chance of buying follows
    beta(alpha, beta)), ``gamma`` and ``delta`` (the chance of leaving follows beta(gamma, delta)).
    A table has ``frequency`` (purchases), ``recency`` (the number of the last opportunity that was
    taken, 0 for none), ``opportunities`` and, where a row stands for many, ``weights``.

    Examples
    --------
    >>> model = BGBB().set_estimates(alpha=1.2035, beta=0.7497, gamma=0.6567, delta=2.7834)
    >>> table = pd.DataFrame({"frequency": [6, 0], "recency": [6, 0], "opportunities": 6})
    >>> model.expected_purchases(table, periods=5).round(2).tolist()
    [3.75, 0.07]
    """

    _names = ("alpha", "beta", "gamma", "delta")
    _meanings = OPPORTUNITIES
    _starts = (
        (0.0, 0.0, 0.0, 1.0),
        (0.0, 0.0, -3.0, 1.0),
        (2.0, 2.0, 2.0, 3.0),
        (-1.5, 0.0, -1.0, -1.0),
        (2.0, 0.0, 0.0, 2.0),
    )

    def _packed(self, table: pd.DataFrame, weights: ArrayLike | None = None) -> History:
        refuse_empty(table)
        x, t, n = _read(table)
        given = counts(weights, table)
        number = np.ones_like(x) if given is None else given
        keys, inverse = np.unique(np.column_stack([x, t, n]), axis=0, return_inverse=True)
        rows = np.bincount(inverse.ravel(), weights=number)
        return History(keys[:, 0], keys[:, 1], keys[:, 2], rows)

    def _read(self, table: pd.DataFrame) -> tuple[list[Floats], list[Floats]]:
        check_is_fitted(self)
        return [np.exp(value) for value in self._theta], list(_read(table))

    def _surface(self, h: History) -> Surface:
        ways = _ways(h)
        return lambda theta: _likelihood(theta, h, ways)

    def _alive_shares(self, p: Sequence[Floats], x: Floats, t: Floats, n: Floats) -> Floats:
        """Share of the likelihood with the customer active at the last opportunity."""
        h = History(x, t, n, np.ones_like(x))
        ways = _ways(h)
        terms, _, _ = _terms(np.array([np.log(v) for v in p]), ways)
        top = np.maximum.reduceat(terms, ways.starts)
        mass = np.exp(terms - np.repeat(top, ways.sizes))
        return mass[ways.starts] / np.add.reduceat(mass, ways.starts)

    def _alive(self, p: Sequence[Floats], x: Floats, t: Floats, T: Floats) -> Floats:
        return self._active_after(p, x, t, T, 1.0)

    def _active_after(
        self,
        p: Sequence[Floats],
        x: Floats,
        t: Floats,
        T: Floats,
        periods: float,
    ) -> Floats:
        return self._alive_shares(p, x, t, T) * self._staying(p, T, periods)[-1]

    def _expected(
        self,
        p: Sequence[Floats],
        x: Floats,
        t: Floats,
        T: Floats,
        periods: float,
    ) -> Floats:
        alpha, beta, _, _ = p
        active = self._staying(p, T, periods)[1:].sum(axis=0)
        return self._alive_shares(p, x, t, T) * (alpha + x) / (alpha + beta + T) * active

    def _staying(self, p: Sequence[Floats], n: Floats, periods: float) -> Floats:
        """How likely activity is at the next 0, 1, ... opportunities, given it now."""
        whole_number("periods", int(periods) if periods == int(periods) else periods, 0, 100_000)
        _, _, gamma, delta = p
        k = np.arange(int(periods))[:, None]
        steps = (delta + n + k) / (gamma + delta + n + k)
        return np.concatenate([np.ones((1, len(n))), np.cumprod(steps, axis=0)])

    _needs_horizon = False

    def _discounted(
        self, p: Sequence[Floats], past: Sequence[Floats], rate: float, periods: float | None
    ) -> Floats:
        raise ValueError(
            "discounting must be 'discrete' for the BG/BB model: its time comes in opportunities."
        )

    def _discounted_in_steps(
        self, p: Sequence[Floats], past: Sequence[Floats], rate: float, periods: float | None
    ) -> Floats:
        """Purchases at the k-th next opportunity count 1/(1+d)^k."""
        x, t, n = past
        last = _horizon(rate, periods)
        alpha, beta, _, _ = p
        stay = self._staying(p, n, last)[1:]
        weight = np.exp(-np.arange(1.0, last + 1) * np.log1p(rate))
        return self._alive_shares(p, x, t, n) * (alpha + x) / (alpha + beta + n) * (weight @ stay)

    def _histories(
        self,
        p: Sequence[Floats],
        T: Floats,
        rng: np.random.Generator,
    ) -> dict[str, Floats]:
        alpha, beta, gamma, delta = p
        size = len(T)
        active = np.minimum(T, rng.geometric(chance.share(gamma, delta, size, rng)) - 1)
        buys = chance.share(alpha, beta, size, rng)
        slots = np.arange(1, int(T.max(initial=0)) + 1)
        bought = (rng.random((size, len(slots))) < buys[:, None]) & (slots <= active[:, None])
        return {
            "frequency": bought.sum(axis=1).astype(np.float64),
            "recency": (bought * slots).max(axis=1, initial=0).astype(np.float64),
            "opportunities": T,
        }

    def _draw(
        self, p: Sequence[Floats], past: Sequence[Floats], periods: float, rng: np.random.Generator
    ) -> Floats:
        (alpha, beta, gamma, delta), (x, t, n) = p, past
        active = rng.random(len(x)) < self._alive_shares(p, x, t, n)
        stays = rng.geometric(chance.share(gamma, delta + n, len(x), rng)) - 1
        buys = chance.share(alpha + x, beta + n - x, len(x), rng)
        number = rng.binomial(np.minimum(stays, int(periods)), buys)
        return np.where(active, number, 0).astype(np.float64)

    def probability_alive(self, table: pd.DataFrame) -> pd.Series:
        """How probable it is that each customer is active at the *next* opportunity.

        As in the paper (equation 11): whoever leaves does so before an opportunity.
        """
        return super().probability_alive(table)

    def _new(self, p: Sequence[Floats], periods: float) -> Floats:
        zero = np.zeros(1)
        return self._expected(p, zero, zero, zero, periods)[0]


class _Ways:
    """All the ways in which each history can have come about, one after the other."""

    def __init__(self, x: Floats, misses: Floats, left: Floats, stayed: Floats, sizes: Floats):
        self.x, self.misses = x.astype(int), misses.astype(int)
        self.left, self.stayed = left.astype(int), stayed.astype(int)
        self.sizes = sizes.astype(int)
        self.starts = np.cumsum(self.sizes) - self.sizes


def _ways(h: History) -> _Ways:
    sizes = (h.T - h.t + 1).astype(int)  # still active, or left before one of the last n - t_x
    row = np.repeat(np.arange(len(h.x)), sizes)
    i = np.arange(len(row)) - np.repeat(np.cumsum(sizes) - sizes, sizes) - 1
    x, t, n = h.x[row], h.t[row], h.T[row]
    here = i < 0
    seen = np.where(here, n, t + i)
    return _Ways(x, seen - x, np.where(here, 0, 1), seen, sizes)


def _likelihood(theta: Floats, h: History, ways: _Ways) -> Local:
    terms, slopes, bends = _terms(theta, ways)
    starts, sizes = ways.starts, ways.sizes
    top = np.maximum.reduceat(terms, starts)
    mass = np.exp(terms - np.repeat(top, sizes))
    total = np.add.reduceat(mass, starts)
    value = float(h.n @ (top + np.log(total)))
    share = mass / np.repeat(total, sizes)
    weight = share * np.repeat(h.n, sizes)
    mean = np.add.reduceat(slopes * share, starts, axis=1)
    hessian = bends @ weight + (slopes * weight) @ slopes.T - (mean * h.n) @ mean.T
    return Local(value, slopes @ weight, hessian)


def _terms(theta: Floats, ways: _Ways) -> tuple[Floats, Floats, Floats]:
    """Each way's log-likelihood with slopes ``(4, m)`` and bends ``(4, 4, m)``."""
    alpha, beta, gamma, delta = np.exp(theta)
    value, slopes = np.zeros(len(ways.x)), np.zeros((4, len(ways.x)))
    bends = np.zeros((4, 4, len(ways.x)))
    for i, (p, q), (u, v) in (
        (0, (alpha, beta), (ways.x, ways.misses)),
        (2, (gamma, delta), (ways.left, ways.stayed)),
    ):
        both = _rise(p + q, u + v)
        for j, shape, up in ((i, p, u), (i + 1, q, v)):
            own = _rise(shape, up)
            value += own[0]
            first = shape * (own[1] - both[1])
            slopes[j] = first
            bends[j, j] = first - shape**2 * (own[2] - both[2])
        value -= both[0]
        bends[i, i + 1] = bends[i + 1, i] = p * q * both[2]
    return value, slopes, bends


def _rise(shape: float, up: np.ndarray) -> Floats:
    """Ln Γ(shape+up)/Γ(shape), Σ 1/(shape+j) and Σ 1/(shape+j)², for j < up: shape ``(3, m)``."""
    inverse = 1.0 / (shape + np.arange(up.max(initial=0)))
    steps = np.stack([-np.log(inverse), inverse, inverse**2])
    return np.concatenate([np.zeros((3, 1)), np.cumsum(steps, axis=1)], axis=1)[:, up]


def _horizon(rate: float, periods: float | None) -> int:
    """How many opportunities to count: all that still weigh something, if not told."""
    if periods is not None:
        return int(periods)
    return min(int(np.ceil(28.0 / np.log1p(rate))), 100_000)


def _read(table: pd.DataFrame) -> tuple[Floats, Floats, Floats]:
    x, t, n = columns(table, ["frequency", "recency", "opportunities"])
    for name, bad, why in (
        ("frequency", (x < 0) | (x % 1 != 0), "must be a whole number >= 0"),
        ("recency", (t < 0) | (t % 1 != 0), "must be the number of an opportunity, or 0"),
        ("opportunities", (n < 0) | (n % 1 != 0), "must be a whole number >= 0"),
        ("recency", t > n, "cannot exceed opportunities"),
        ("recency", t < x, "cannot be below frequency: one purchase an opportunity"),
        ("recency", (x == 0) & (t > 0), "must be 0 where frequency is 0"),
    ):
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            values = ", ".join(f"{k} {v[row]:g}" for k, v in zip("xtn", (x, t, n), strict=True))
            raise ValueError(f"table[{name!r}] {why}; got {values} for {table.index[row]!r}.")
    return x, t, n

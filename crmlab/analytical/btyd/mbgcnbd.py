"""Who will buy again if customers buy at regular intervals? The MBG/CNBD-k model.

As the modified BG/NBD, but the intervals of a customer follow an Erlang-k, not an exponential: the
larger k, the more regular. A regular customer who is silent for twice the usual interval has
probably left; an irregular one need not have (Platzer and Reutterer 2016, Marketing Science 35(5),
for the idea; Reutterer, Platzer and Schröder 2021, IJRM 38(3), for this model). Each purchase is
every k-th event of a Poisson process with rate λ; j = 0, ..., k−1 events may lie between the
last purchase and now:

    L ∝ B(a, b+x+1)/B(a, b) · Γ(r+kx)/Γ(r) · α^r · { a/(b+x) / (α+t_x)^(r+kx)
        + Σ_j Γ(r+kx+j)/Γ(r+kx)/j! · (T−t_x)^j/(α+T)^(r+kx+j) },
    times Π (interval^(k−1)) / Γ(k)^x.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import gammaln

from crmlab.analytical.btyd import leaving
from crmlab.analytical.btyd.base import RepeatModel
from crmlab.analytical.btyd.bgnbd import BGNBD, for_two_tops
from crmlab.analytical.btyd.boundary import DROPPING
from crmlab.analytical.btyd.climb import Local, Surface
from crmlab.analytical.btyd.counting import beyond, rising, staying
from crmlab.analytical.btyd.fitted import find
from crmlab.analytical.btyd.history import Floats, History, columns, counts
from crmlab.checks import whole_number


class MBGCNBD(RepeatModel):
    """MBG/CNBD-k: Erlang-k intervals at gamma rates, a beta chance of leaving after each purchase.

    Parameters of the population are ``r``, ``alpha``, ``a``, ``b`` as in `MBGNBD`, with rates of
    the k times faster hidden events: purchases come at rate λ/k. ``regularity_`` is the k used.

    Parameters
    ----------
    regularity : int, optional
        k, at least 1 (which is the MBG/NBD). None tries 1, 2, ... and keeps the most likely.
    most_regular : int
        The largest k that is tried.

    Notes
    -----
    The table needs one column more than `rfm` makes, ``log_intervals``: see `interval_logs`.

    Examples
    --------
    >>> model = MBGCNBD(regularity=2).set_estimates(r=0.5, alpha=4.0, a=0.9, b=1.6)
    >>> table = pd.DataFrame({"frequency": [4], "recency": [20.0], "age": [40.0]})
    >>> bool((model.probability_alive(table) < 0.3).all())
    True
    """

    _names = ("r", "alpha", "a", "b")
    _timed = ("alpha",)
    _meanings = DROPPING
    _starts = BGNBD._starts

    def __init__(self, regularity: int | None = None, most_regular: int = 6) -> None:
        self.regularity = regularity
        self.most_regular = most_regular

    def _estimate(self, table: pd.DataFrame, weights: ArrayLike | None = None) -> Self:
        whole_number("most_regular", self.most_regular, 1, 100)
        if self.regularity is not None:
            whole_number("regularity", self.regularity, 1, 100)
        h = self._packed(table, weights)
        fixed = self._fixed(table, counts(weights, table))
        ks = range(1, self.most_regular + 1) if self.regularity is None else [self.regularity]
        best = None
        for k in ks:
            summit = find(partial(_surface, k), h, self._start_points(h), self._sure)
            # the intervals' own factor: Π interval^(k-1) / Γ(k)^x, on the scale of the data
            extra = (k - 1) * fixed - float(h.n @ h.x) * (gammaln(k) + k * np.log(h.scale))
            if best is not None and summit.local.value + extra <= best[1]:
                break
            best = (summit, summit.local.value + extra, k)
        assert best is not None
        self.regularity_ = best[2]
        self._keep(best[0], h.scale, best[1])
        self.n_customers_ = h.customers
        return self

    def _surface(self, h: History) -> Surface:
        return _surface(self._k, h)

    def _fixed(self, table: pd.DataFrame, n: Floats | None) -> float:
        """Weighted sum of the logarithms of all intervals; not needed where k is 1."""
        if self.regularity == 1:
            return 0.0
        if "log_intervals" not in table.columns:
            raise ValueError(
                "table must have the column 'log_intervals' for k > 1. "
                "Add it with table.assign(log_intervals=interval_logs(orders, end=..., unit=...))."
            )
        (logs,) = columns(table, ["log_intervals"])
        return float(logs.sum() if n is None else n @ logs)

    _sure = 3

    def _start_points(self, h: History) -> list[Floats]:
        return for_two_tops(super()._start_points(h), h)

    @property
    def _k(self) -> int:
        return int(getattr(self, "regularity_", self.regularity or 1))

    def _at(self, theta: Floats) -> Self:
        other = super()._at(theta)
        other.regularity_ = self._k
        return other

    def _alive(self, p: Sequence[Floats], x: Floats, t: Floats, T: Floats) -> Floats:
        mass, gone = self._phases(p, x, t, T)
        return mass.sum(axis=0) / (mass.sum(axis=0) + gone)

    def _phases(
        self,
        p: Sequence[Floats],
        x: Floats,
        t: Floats,
        T: Floats,
    ) -> tuple[Floats, Floats]:
        """Mass of having seen j hidden events since the last purchase ``(k, n)``, and of gone."""
        theta = np.log(np.array(p))
        terms = _terms(self._k, theta, History(x, t, T, np.ones_like(x)))[0]
        mass = np.exp(terms - terms.max(axis=0))
        return mass[:-1], mass[-1]

    def _ahead(
        self,
        p: Sequence[Floats],
        x: Floats,
        t: Floats,
        T: Floats,
        periods: float,
    ) -> Floats:
        return self._walk(p, (x, t, T), periods, 1)

    def _stays(
        self,
        p: Sequence[Floats],
        x: Floats,
        t: Floats,
        T: Floats,
        periods: float,
    ) -> Floats:
        return self._walk(p, (x, t, T), periods, 0)

    def _walk(
        self, p: Sequence[Floats], past: tuple[Floats, Floats, Floats], periods: float, what: int
    ) -> Floats:
        """Of an active customer: expected purchases (1), or probability of staying active (0)."""
        x, t, T = past
        mass, _ = self._phases(p, x, t, T)
        share = mass / mass.sum(axis=0)
        r, alpha, a, b = p
        phase = np.arange(self._k)[:, None]
        hidden = leaving.Hidden(r + self._k * x + phase, periods / (alpha + T + periods), share)
        return leaving.by_purchase(hidden, a, b + x + 1.0)[what]

    def _new(self, p: Sequence[Floats], periods: float) -> Floats:
        """The first purchase may be the last already: with probability a/(a + b)."""
        r, alpha, a, b = p
        one, first = np.ones((self._k, 1)), np.zeros((self._k, 1))
        first[0] = 1.0
        hidden = leaving.Hidden(r * one, periods / (alpha + periods) * one[0], first)
        return b / (a + b) * leaving.by_purchase(hidden, a, b + 1.0)[1][0]

    def _histories(
        self,
        p: Sequence[Floats],
        T: Floats,
        rng: np.random.Generator,
    ) -> dict[str, Floats]:
        r, alpha, a, b = p
        rate = rng.gamma(r, 1.0 / alpha, len(T))
        leave = np.maximum(rng.beta(a, b, len(T)), 1e-12)
        events = rng.poisson(rate * T)
        x = np.minimum(events // self._k, rng.geometric(leave) - 1)
        kx = self._k * x
        t = np.where(x > 0, T * rng.beta(np.maximum(kx, 1), events - kx + 1), 0.0)
        owner = np.repeat(np.arange(len(T)), x)
        gaps = rng.gamma(self._k, 1.0, len(owner))
        total = np.bincount(owner, weights=gaps, minlength=len(T))
        logs = np.log(gaps * (t / np.maximum(total, 1e-300))[owner])
        return {
            "frequency": x.astype(float),
            "recency": t,
            "age": T,
            "log_intervals": np.bincount(owner, weights=logs, minlength=len(T)),
        }


def _surface(k: int, h: History) -> Surface:
    bought, chances = beyond(k * h.x, h.n), beyond(h.x + 1, h.n)

    def at(theta: Floats) -> Local:
        r, alpha, a, b = np.exp(theta)
        terms, slopes, bends = _terms(k, theta, h)
        top = terms.max(axis=0)
        mass = np.exp(terms - top)
        total = mass.sum(axis=0)
        share = mass / total
        weight = share * h.n
        mean = np.einsum("ikn,kn->in", slopes, share)
        over = 1.0 / (alpha + h.t)
        often = r + k * h.x
        value = float(h.n @ (top + np.log(total) - r * np.log1p(h.t / alpha)))
        value -= float((h.n * k * h.x) @ np.log(alpha + h.t))
        gradient = mean @ h.n
        hessian = np.einsum("ikn,jkn,kn->ij", slopes, slopes, weight, optimize=True)
        hessian += np.einsum("ijkn,kn->ij", bends, weight) - (mean * h.n) @ mean.T
        early = r * float(h.n @ np.log1p(h.t / alpha))
        cross = r * float(h.n @ (1.0 - alpha * over))
        gradient[0] -= early
        gradient[1] += r * h.customers - alpha * float((h.n * often) @ over)
        hessian[0, 0] -= early
        hessian[0, 1] += cross
        hessian[1, 0] += cross
        hessian[1, 1] -= alpha * float((h.n * often) @ (over - alpha * over**2))
        rise, (first, second) = rising(bought, r)
        gradient[0] += first
        hessian[0, 0] += second
        stay = staying(chances, a, b)
        gradient[2:] += stay.gradient
        hessian[2:, 2:] += stay.hessian
        return Local(value + rise + stay.value, gradient, hessian)

    return at


def _terms(k: int, theta: Floats, h: History) -> tuple[Floats, Floats, Floats]:
    """Ways to this silence, over (α+t_x)^-(r+kx): terms ``(k+1, n)``, slopes, bends."""
    r, alpha, a, b = np.exp(theta)
    n, often = len(h.x), r + k * h.x
    terms, slopes, bends = np.empty((k + 1, n)), np.zeros((4, k + 1, n)), np.zeros((4, 4, k + 1, n))
    end, since = 1.0 / (alpha + h.T), 1.0 / (alpha + h.t)
    gap = np.log1p((h.T - h.t) * since)
    pull = alpha * (end - since)
    pull2 = alpha**2 * (end**2 - since**2)
    term, slope, bend = -often * gap, -r * gap, np.zeros(n)
    with np.errstate(divide="ignore"):
        wait = np.log((h.T - h.t) * end)
    for j in range(k):
        if j:
            one = 1.0 / (often + j - 1)
            term = term + wait - np.log(one * j)
            slope = slope + r * one
            bend = bend - (r * one) ** 2
        terms[j] = term
        slopes[0, j] = slope
        slopes[1, j] = -often * pull - j * alpha * end
        bends[0, 0, j] = slope + bend
        bends[0, 1, j] = bends[1, 0, j] = -r * pull
        bends[1, 1, j] = slopes[1, j] + often * pull2 + j * (alpha * end) ** 2
    odds = b + h.x
    terms[k] = np.log(a) - np.log(odds)
    slopes[2, k] = 1.0
    slopes[3, k] = -b / odds
    bends[3, 3, k] = -b / odds + (b / odds) ** 2
    return terms, slopes, bends

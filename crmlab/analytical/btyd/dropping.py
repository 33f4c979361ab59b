"""How likely is a history if a customer may leave after each purchase? BG/NBD and MBG/NBD.

While active, a customer buys as a Poisson process with rate λ ~ gamma(r, α). After a purchase
the customer leaves with probability p ~ beta(a, b). In the BG/NBD only a repeat purchase can be
the last (Fader, Hardie and Lee 2005, Marketing Science 24(2), equation 6), in the modified one
the first purchase already (Batislam, Denizel and Filiztekin 2007, IJRM 24(3)). With ``m`` the
number of chances to leave that lie behind (x, or x + 1), both read

    L = Γ(r+x)/Γ(r) · α^r/(α+T)^(r+x) · B(a, b+m)/B(a, b) · (1 + e^w),
    w = ln a − ln(b+m−1) + (r+x) ln((α+T)/(α+t_x)),  and e^w = 0 where m = 0.

Parameters come as logarithms (ln r, ln α, ln a, ln b). Gamma functions never appear: with J_j the
number of customers with more than j, their logarithms are sums of J_j ln(r + j), which stay
exact however large a parameter becomes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, digamma, expit, polygamma

from crmlab.analytical.btyd.climb import Local
from crmlab.analytical.btyd.counting import beyond, rising, staying
from crmlab.analytical.btyd.designs import Rows
from crmlab.analytical.btyd.history import Floats, History

_BLOCK = 16_384  # customers at a time


def surface(history: History, shift: int) -> Callable[[NDArray[np.float64]], Local]:
    """Log-likelihood with gradient and Hessian; ``shift`` 0 for BG/NBD, 1 for MBG/NBD."""
    h = history
    bought, chances = beyond(h.x, h.n), beyond(h.x + shift, h.n)
    may = h.x + shift > 0
    parts = [_Part(h.x[i], h.t[i], h.T[i], h.n[i], shift) for i in _blocks(np.flatnonzero(may))]
    quiet = [(h.T[i], h.n[i]) for i in _blocks(np.flatnonzero(~may))]
    total, purchases = h.customers, float(h.n @ h.x)

    def at(theta: NDArray[np.float64]) -> Local:
        r, alpha, a, b = np.exp(theta)
        value, gradient, hessian = _counts(bought, chances, r, a, b)
        # purchases in time: r ln α − (r+x) ln(α+T), for all customers
        sums = np.zeros((2, 3))  # of ln(1+T/α), 1/(α+T) and its square; weighted by n, and by nx
        for T, n in quiet:
            over = 1.0 / (alpha + T)
            sums[0] += n @ np.log1p(T / alpha), n @ over, n @ (over * over)
        # or left at the last purchase: ln(1 + e^w)
        for part in parts:
            value += part.add(theta, sums, gradient, hessian)
        (silence, share, squared), (nx_silence, nx_share, nx_squared) = sums
        value -= r * silence + nx_silence + purchases * theta[1]
        gradient[0] -= r * silence
        gradient[1] += r * (total - alpha * share) - alpha * nx_share
        hessian[0, 0] -= r * silence
        hessian[0, 1] += r * (total - alpha * share)
        hessian[1, 1] += alpha * (alpha * (r * squared + nx_squared) - r * share - nx_share)
        hessian[1, 0] = hessian[0, 1]
        return Local(float(value), gradient, hessian)

    return at


def _blocks(rows: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Rows in blocks that fit into a processor's cache."""
    return [rows[i : i + _BLOCK] for i in range(0, len(rows), _BLOCK)]


class _Part:
    """Some customers who may have left, and what they add to the sums."""

    def __init__(self, x: Floats, t: Floats, T: Floats, n: Floats, shift: int) -> None:
        self.x, self.t, self.T, self.n = x, t, T, n
        self.left, self.nx = x + shift - 1.0, n * x

    def add(self, theta: Floats, sums: Floats, gradient: Floats, hessian: Floats) -> float:
        """Add to ``sums``, ``gradient`` and ``hessian``; returns what is added to the value."""
        r, alpha, _, b = np.exp(theta)
        x, n = self.x, self.n
        over, since = 1.0 / (alpha + self.T), 1.0 / (alpha + self.t)
        quiet, squared = np.log1p(self.T / alpha), over * over
        for row, weight in enumerate((n, self.nx)):
            sums[row] += weight @ quiet, weight @ over, weight @ squared
        gap = np.log1p((self.T - self.t) * since)
        odds = b + self.left
        w = theta[2] - np.log(odds) + (r + x) * gap
        small = np.exp(-np.abs(w))
        gone = np.where(w > 0, 1.0, small) / (1.0 + small)
        ngone = n * gone
        pull = alpha * (over - since)
        shrink = b / odds
        slopes = np.stack([r * gap, (r + x) * pull, np.ones_like(w), -shrink])
        gradient += slopes @ ngone
        hessian += (slopes * (ngone * (1.0 - gone))) @ slopes.T
        hessian[0, 0] += ngone @ slopes[0]
        hessian[0, 1] += r * (ngone @ pull)
        hessian[1, 1] += ngone @ ((r + x) * (pull - alpha * alpha * (squared - since * since)))
        hessian[3, 3] -= ngone @ (shrink * (1.0 - shrink))
        return float(n @ (np.maximum(w, 0.0) + np.log1p(small)))


def _counts(
    bought: Floats, chances: Floats, r: float, a: float, b: float
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """The parts that hang on counts only: Γ(r+x)/Γ(r) and B(a, b+m)/B(a, b)."""
    gradient, hessian = np.zeros(4), np.zeros((4, 4))
    value, (gradient[0], hessian[0, 0]) = rising(bought, r)
    stay = staying(chances, a, b)
    gradient[2:] += stay.gradient
    hessian[2:, 2:] += stay.hessian
    return value + stay.value, gradient, hessian


def rows(theta: Sequence[Floats], x: Floats, t: Floats, T: Floats, shift: int) -> Rows:
    """The same but for Γ(r+x)/Γ(r), row by row: each customer may have own α, a and b."""
    r, alpha, a, b = (np.exp(value) + np.zeros_like(x) for value in theta)
    m, over, since = x + shift, 1.0 / (alpha + T), 1.0 / (alpha + t)
    quiet, share = np.log1p(T / alpha), 1.0 - alpha * over
    value = betaln(a, b + m) - betaln(a, b) - r * quiet - x * np.log(alpha + T)
    odds = np.maximum(b + m - 1.0, 1e-300)
    gap = np.log1p((T - t) * since)
    w = np.where(m > 0, np.log(a / odds) + (r + x) * gap, -np.inf)
    gone = expit(w)
    value += np.logaddexp(0.0, w)
    pull, shrink = alpha * (over - since), np.where(m > 0, b / odds, 0.0)
    steep = np.stack([r * gap, (r + x) * pull, np.ones_like(w), -shrink])
    slopes = np.stack(
        [-r * quiet, r * share - x * alpha * over, np.zeros_like(x), np.zeros_like(x)]
    )
    bends = np.einsum("in,jn->ijn", steep * (gone * (1.0 - gone)), steep)
    bends[0, 0] += gone * steep[0] - r * quiet
    bends[0, 1] += gone * r * pull + r * share
    bends[1, 0] = bends[0, 1]
    bends[1, 1] += gone * (r + x) * (pull - alpha**2 * (over**2 - since**2))
    bends[1, 1] -= (r + x) * alpha * over * (1.0 - alpha * over)
    bends[3, 3] -= gone * shrink * (1.0 - shrink)
    slopes += gone * steep
    _beta_rows(slopes, bends, a, b, m)
    return Rows(value, slopes, bends)


def _beta_rows(slopes: Floats, bends: Floats, a: Floats, b: Floats, m: Floats) -> None:
    """Add the derivatives of ln B(a, b+m)/B(a, b) by ln a and ln b."""
    both = digamma(a + b) - digamma(a + b + m)
    curve = polygamma(1, a + b) - polygamma(1, a + b + m)
    by_b = b * (digamma(b + m) - digamma(b) + both)
    slopes[2] += a * both
    slopes[3] += by_b
    bends[2, 2] += a * both + a * a * curve
    bends[2, 3] += a * b * curve
    bends[3, 2] = bends[2, 3]
    bends[3, 3] += by_b + b * b * (polygamma(1, b + m) - polygamma(1, b) + curve)

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


def surface(history: History, shift: int) -> Callable[[NDArray[np.float64]], Local]:
    """Log-likelihood with gradient and Hessian; ``shift`` 0 for BG/NBD, 1 for MBG/NBD."""
    h = history
    bought, chances = beyond(h.x, h.n), beyond(h.x + shift, h.n)
    may = np.flatnonzero(h.x + shift > 0)
    x, t, T, n = h.x[may], h.t[may], h.T[may], h.n[may]
    left = x + shift - 1.0
    rest = np.setdiff1d(np.arange(len(h.x)), may, assume_unique=True)
    T0, n0 = h.T[rest], h.n[rest]
    nx, total = n * x, h.customers

    def at(theta: NDArray[np.float64]) -> Local:
        r, alpha, a, b = np.exp(theta)
        value, gradient, hessian = _counts(bought, chances, r, a, b)
        # purchases in time: r ln α − (r+x) ln(α+T), for all customers
        over = 1.0 / (alpha + T)
        quiet, quiet0 = np.log1p(T / alpha), np.log1p(T0 / alpha)
        over0 = 1.0 / (alpha + T0)
        silence = n @ quiet + n0 @ quiet0
        share = n @ over + n0 @ over0
        value -= r * silence + nx @ quiet + nx.sum() * theta[1]
        held = r * (total - alpha * share) - alpha * (nx @ over)
        gradient[0] -= r * silence
        gradient[1] += held
        hessian[0, 0] -= r * silence
        hessian[0, 1] += r * (total - alpha * share)
        squared = over * over
        hessian[1, 1] += -alpha * (r * share + nx @ over) + alpha * alpha * (
            r * (n @ squared + n0 @ (over0 * over0)) + nx @ squared
        )
        # or left at the last purchase: ln(1 + e^w)
        since = 1.0 / (alpha + t)
        gap = np.log1p((T - t) * since)
        odds = b + left
        w = theta[2] - np.log(odds) + (r + x) * gap
        small = np.exp(-np.abs(w))
        value += n @ (np.maximum(w, 0.0) + np.log1p(small))
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
        hessian[1, 0] = hessian[0, 1]
        return Local(float(value), gradient, hessian)

    return at


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

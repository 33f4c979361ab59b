"""How much will an active customer buy, and for how long, if each purchase may be the last?

Of a customer who is active now, with λ ~ gamma(r, α) and p ~ beta(a, b), the expected number of
purchases in the next ``t`` is E[(1 − e^(−λpt))/p]. This one quantity gives the expectations of
BG/NBD (Fader, Hardie and Lee 2005, equations 9 and 10) and of MBG/NBD, for new and for known
customers, with r, α, a and b as the history has updated them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, hyp2f1, roots_genlaguerre

from crmlab.analytical.btyd.history import Floats

_FAR = 1e4  # from there on p is so small that b·p is gamma(a) to all digits that matter
_NEAR = 1e-4
_NODES = 40
_ENOUGH = 1e-12
_MOST = 100_000


def purchases(r: ArrayLike, alpha: ArrayLike, a: ArrayLike, b: ArrayLike, t: ArrayLike) -> Floats:
    """Expected purchases of an active customer in the next ``t``; all arguments broadcast.

    >>> round(float(purchases(0.2426, 4.4136, 0.7929, 2.4259, 39.0)), 4)
    1.195
    """
    r, alpha, a, b, t = np.broadcast_arrays(*(np.asarray(v, float) for v in (r, alpha, a, b, t)))
    out = np.empty(r.shape)
    alike, far = np.minimum(a, b) > _FAR, b > _FAR * np.maximum(1.0, a)
    for where, function in ((alike, _alike), (far & ~alike, _rare), (~(far | alike), _closed)):
        if where.any():
            out[where] = function(r[where], alpha[where], a[where], b[where], t[where])
    most = r / alpha * t * (1.0 + 1e-9)
    lost = ~((out >= 0) & (out <= most))
    if lost.any():
        out[lost] = _summed(r[lost], alpha[lost], a[lost], b[lost], t[lost])[1]
    return out


def staying(r: ArrayLike, alpha: ArrayLike, a: ArrayLike, b: ArrayLike, t: ArrayLike) -> Floats:
    """Probability that an active customer is still active after ``t``: E[e^(−λpt)]."""
    r, alpha, a, b, t = np.broadcast_arrays(*(np.asarray(v, float) for v in (r, alpha, a, b, t)))
    with np.errstate(over="ignore", invalid="ignore"):
        out = hyp2f1(r, b, a + b, t / (alpha + t)) * np.exp(-r * np.log1p(t / alpha))
    lost = ~((out >= 0) & (out <= 1.0 + 1e-9)) | (np.maximum(a, b) > _FAR)
    if lost.any():
        out[lost] = _summed(r[lost], alpha[lost], a[lost], b[lost], t[lost])[0]
    return np.minimum(out, 1.0)


@dataclass(frozen=True)
class Hidden:
    """Future events: negative binomial with ``shape`` ``(k, n)`` and share ``z`` ``(n,)``.

    Every k-th event is a purchase; in phase j (row), seen with probability ``phases``, j events
    have happened since the last one.
    """

    shape: Floats
    z: Floats
    phases: Floats


def by_purchase(hidden: Hidden, a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Probability of staying active, and expected purchases, summed purchase by purchase.

    P(at least m purchases) · P(not left before the m-th), for m = 1, 2, ...: slower than a closed
    form, and right for all parameters.
    """
    k = len(hidden.shape)
    phase = np.arange(k)[:, None]
    stays, number, stay = np.ones(hidden.z.shape), np.zeros(hidden.z.shape), np.ones(hidden.z.shape)
    for m in range(1, _MOST):
        reach = (hidden.phases * betainc(m * k - phase, hidden.shape, hidden.z)).sum(axis=0)
        leaves = a / (a + b + (m - 1.0))
        number += reach * stay
        stays -= reach * stay * leaves
        stay = stay * (1.0 - leaves)
        if (reach * stay).max(initial=0.0) < _ENOUGH:
            break
    return stays, number


def _summed(r: Floats, alpha: Floats, a: Floats, b: Floats, t: Floats) -> tuple[Floats, Floats]:
    return by_purchase(Hidden(r[None], t / (alpha + t), np.ones((1, len(r)))), a, b)


def _alike(r: Floats, alpha: Floats, a: Floats, b: Floats, t: Floats) -> Floats:
    """Where customers hardly differ in p."""
    p = a / (a + b)
    return -np.expm1(-r * np.log1p(p * t / alpha)) / p


def _closed(r: Floats, alpha: Floats, a: Floats, b: Floats, t: Floats) -> Floats:
    """By the hypergeometric function; around a = 1 and a + b = 1, where it is 0/0, from beside."""
    pole = (np.abs(a - 1.0) < _NEAR) | (np.abs(a + b - 1.0) < _NEAR)
    out = _formula(r, alpha, a, b, t)
    if pole.any():
        r, alpha, a, b, t = (v[pole] for v in (r, alpha, a, b, t))
        beside = [
            _formula(r, alpha, a + d, b, t) + _formula(r, alpha, a - d, b, t)
            for d in (2.0 * _NEAR, 4.0 * _NEAR)
        ]
        out[pole] = (4.0 * beside[0] - beside[1]) / 6.0
    return out


def _formula(r: Floats, alpha: Floats, a: Floats, b: Floats, t: Floats) -> Floats:
    z = t / (alpha + t)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        power = hyp2f1(r, b, a + b - 1.0, z) * np.exp(-r * np.log1p(t / alpha))
        return (a + b - 1.0) / (a - 1.0) * (1.0 - power)


def _rare(r: Floats, alpha: Floats, a: Floats, b: Floats, t: Floats) -> Floats:
    """Where leaving is rare: b·p is gamma(a), by Gauss-Laguerre."""
    out = np.empty(r.shape)
    for shape in np.unique(a):
        at = a == shape
        g, weight = _laguerre(float(shape))
        p = g[:, None] / b[at]
        left = -np.expm1(-r[at] * np.log1p(p * t[at] / alpha[at])) / p
        out[at] = weight @ left
    return out


@lru_cache(maxsize=256)
def _laguerre(shape: float) -> tuple[Floats, Floats]:
    nodes, weights = roots_genlaguerre(_NODES, min(shape, 100.0) - 1.0)
    return nodes * (shape / min(shape, 100.0)), weights / weights.sum()

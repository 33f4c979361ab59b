"""How likely is a history if customers leave at an unseen moment? The Pareto/NBD likelihood.

While active, a customer buys as a Poisson process with rate λ ~ gamma(r, α) and leaves with
hazard μ ~ gamma(s, β) (Schmittlein, Morrison and Colombo 1987, Management Science 33(1)). Summed
over the unseen moment y of leaving (Fader and Hardie 2005, "A note on deriving the Pareto/NBD
model"):

    L = Γ(r+x)/Γ(r) · α^r · { (α+T)^-(r+x) (β/(β+T))^s
                             + ∫ s β^s (α+y)^-(r+x) (β+y)^-(s+1) dy,  y from t_x to T }.

The integral is Gauss-Legendre on z = ln((c+y)/(c+t_x)), c the smaller of α and β, cut where the
integrand has fallen by 36 logarithms. No hypergeometric function is needed, and the derivatives
come from the same nodes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crmlab.analytical.btyd.designs import Rows
from crmlab.analytical.btyd.history import Floats

_CUT = 36.0
_NODES = {n: np.polynomial.legendre.leggauss(n) for n in (24, 64)}
_ALPHA, _S, _BETA = 1, 2, 3  # places in (r, α, s, β)
_WIDE = 9.0  # logarithms of time: from there on 24 nodes are too few


@dataclass(frozen=True)
class Moments:
    """The moment of leaving at the nodes: weights ``f`` ``(nodes, n)`` and what hangs on it."""

    log_front: Floats  # ln(α/(α+t))^r
    alive: Floats  # over the front
    gone: Floats  # over the front
    f: Floats
    u: Floats  # ln((α+y)/(α+t))
    v: Floats  # ln((β+y)/β)
    over_alpha: Floats  # 1/(α+y)
    over_beta: Floats  # 1/(β+y)


def moments(theta: Sequence[Floats], x: Floats, t: Floats, T: Floats) -> Moments:
    """Both ways in which a history can have come about, and the moments of leaving."""
    r, alpha, s, beta = (np.exp(value) for value in theta)
    often = r + x
    if np.ndim(alpha) or np.ndim(beta):
        c = np.minimum(alpha, beta)
    else:
        c = alpha if alpha < beta else beta
    front, gap = c + t, T - t
    width = np.log1p(gap / front)
    fall = often * (front / (alpha + t)) + (s + 1.0) * (front / (beta + t)) - 1.0
    width = np.minimum(width, _CUT / np.maximum(fall, 1e-300))
    nodes, weights = _NODES[64 if width.max(initial=0.0) > _WIDE else 24]
    z = (0.5 * (nodes + 1.0))[:, None] * width
    ahead = front * np.expm1(z)  # y - t
    u, over_alpha = _logs(alpha + t, ahead, z if c is alpha else None)
    v, over_beta = _logs(beta + t, ahead, z if c is beta else None)
    v = v + np.log1p(t / beta)
    f = np.exp(-often * u - s * v) * ((front + ahead) * over_beta)
    f *= (0.5 * weights)[:, None] * (s * width)
    alive = np.exp(-often * np.log1p(gap / (alpha + t)) - s * np.log1p(T / beta))
    log_front = -r * np.log1p(t / alpha)
    return Moments(log_front, alive, f.sum(axis=0), f, u, v, over_alpha, over_beta)


def _logs(base: Floats, ahead: Floats, known: Floats | None) -> list[Floats]:
    """ln(1 + ahead/base), which the nodes may know, and 1/(base + ahead)."""
    return [np.log1p(ahead / base) if known is None else known, 1.0 / (base + ahead)]


def rows(theta: Sequence[Floats], x: Floats, t: Floats, T: Floats) -> Rows:
    """Log-likelihood of each row but for Γ(r+x)/Γ(r), with derivatives by ln r, α, s and β."""
    r, alpha, s, beta = (np.exp(value) for value in theta)
    m, often = moments(theta, x, t, T), r + x
    total = m.alive + m.gone
    value = m.log_front - x * np.log(alpha + t) + np.log(total)
    p, gone = m.alive / total, m.gone / total
    m.f[...] /= total
    # The slope of a moment of leaving is coefficient * feature; of "still there", `last`.
    features = (m.u, m.over_alpha, m.v, m.over_beta)
    coefficient = (-r, -often * alpha, -s, -(s + 1.0) * beta)
    end_a, end_b = 1.0 / (alpha + T), 1.0 / (beta + T)
    last = (
        -r * np.log1p((T - t) / (alpha + t)),
        -often * alpha * end_a,
        -s * np.log1p(T / beta),
        -s * beta * end_b,
    )
    weighted = [m.f * feature for feature in features]
    first = [part.sum(axis=0) for part in weighted]
    bend = [c * part for c, part in zip(coefficient, first, strict=True)]
    constant = (0.0, 0.0, 1.0, 0.0)  # ∂ ln s: only who left has the factor s
    slopes = np.stack([bend[i] + constant[i] * gone + p * last[i] for i in range(4)])
    bends = np.empty((4, 4, len(x)))
    for i in range(4):
        for j in range(i, 4):
            raw = np.einsum("kn,kn->n", weighted[i], features[j])
            second = coefficient[i] * coefficient[j] * raw + p * last[i] * last[j]
            if j == _S:
                second += bend[i]
            if i == _S:
                second += bend[j] + (gone if j == _S else 0.0)
            bends[i, j] = second - slopes[i] * slopes[j]
            if i == j == _ALPHA:
                a2 = raw + p * end_a * end_a
            elif i == j == _BETA:
                b2 = raw
    early = r * np.log1p(t / alpha)
    a, b = first[_ALPHA] + p * end_a, first[_BETA] + p * end_b
    bends[0, 0] += slopes[0] - early
    bends[0, 1] += r * (1.0 - alpha * a)
    bends[1, 1] -= often * alpha * (a - alpha * a2)
    bends[2, 2] += slopes[_S] - gone
    bends[2, 3] += s * (1.0 - beta * b)
    bends[3, 3] -= beta * (
        (s + 1.0) * (first[_BETA] - beta * b2) + s * p * end_b * (1.0 - beta * end_b)
    )
    for i in range(1, 4):
        for j in range(i):
            bends[i, j] = bends[j, i]
    slopes[0] -= early
    slopes[1] += r
    slopes[3] += s
    return Rows(value, slopes, bends)

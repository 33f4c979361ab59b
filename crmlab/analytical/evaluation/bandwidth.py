"""How near the threshold is near? The bandwidth of Imbens and Kalyanaraman.

A wide neighbourhood has many customers and a curve in place of a line; a narrow one has few. The
rule of Imbens and Kalyanaraman (2012, Review of Economic Studies 79(3), section 4.2) makes the mean
squared error of the jump small, for local lines with triangular weights. Intervals at this
bandwidth leave out what the curve still bends (Calonico, Cattaneo and Titiunik 2014): try half of
it, and twice as much.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_TRIANGULAR, _PILOT, _SECOND, _PENALTY = 3.4375, 1.84, 3.56, 2160.0


def imbens_kalyanaraman(x: Floats, y: Floats) -> float:
    """The bandwidth around a threshold at 0, in the unit of ``x``.

    Parameters
    ----------
    x : array, shape (n,)
        Distance of each customer's score from the threshold.
    y : array, shape (n,)
        Outcomes.

    Raises
    ------
    ValueError
        There are fewer than 20 customers on a side.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> x = rng.uniform(-1, 1, 2_000)
    >>> bent = imbens_kalyanaraman(x, 9 * x**2 * np.sign(x) + rng.normal(0, 0.1, 2_000))
    >>> straight = imbens_kalyanaraman(x, x + rng.normal(0, 0.1, 2_000))
    >>> bent < straight
    True
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    right, left = x >= 0, x < 0
    if min(right.sum(), left.sum()) < 20:
        raise ValueError(
            f"a bandwidth needs 20 customers on each side, got {left.sum()} below the threshold "
            f"and {right.sum()} above. Give a bandwidth yourself."
        )
    density, variance = _at_threshold(x, y)
    third = _third_derivative(x, y, right)
    sides = [_second_derivative(x, y, side, variance, density, third) for side in (right, left)]
    (bend_right, penalty_right), (bend_left, penalty_left) = sides
    below = density * ((bend_right - bend_left) ** 2 + penalty_right + penalty_left)
    found = _TRIANGULAR * (2 * variance / below) ** 0.2 * len(x) ** -0.2
    return float(min(found, max(-x.min(), x.max())))


def _at_threshold(x: Floats, y: Floats) -> tuple[float, float]:
    """Density of the score, and variance of the outcome, close to the threshold."""
    near = _PILOT * x.std(ddof=1) * len(x) ** -0.2
    sides = [y[(x >= 0) & (x <= near)], y[(x < 0) & (x >= -near)]]
    n = sum(map(len, sides))
    squares = sum(((s - s.mean()) ** 2).sum() for s in sides if len(s))
    return n / (2 * len(x) * near), max(squares / max(n, 1), 1e-12)


def _third_derivative(x: Floats, y: Floats, right: NDArray[np.bool_]) -> float:
    """Of one cubic for both sides, with a jump."""
    columns = np.column_stack([right, np.ones_like(x), x, x**2, x**3])
    return float(6 * np.linalg.lstsq(columns, y, rcond=None)[0][-1])


def _second_derivative(
    x: Floats, y: Floats, side: NDArray[np.bool_], variance: float, density: float, third: float
) -> tuple[float, float]:
    """Of a parabola on one side, and the penalty for not knowing it well."""
    width = (
        _SECOND * (variance / (density * max(third**2, 0.01))) ** (1 / 7) * side.sum() ** (-1 / 7)
    )
    inside = side & (np.abs(x) <= width)
    if inside.sum() < 10:  # too few: take the ten nearest
        order = np.argsort(np.abs(x) + np.where(side, 0.0, np.inf), kind="stable")[:10]
        inside = np.zeros_like(side)
        inside[order], width = True, float(np.abs(x[order]).max())
    columns = np.column_stack([np.ones(inside.sum()), x[inside], x[inside] ** 2])
    bend = 2 * np.linalg.lstsq(columns, y[inside], rcond=None)[0][-1]
    return float(bend), _PENALTY * variance / (inside.sum() * width**4)

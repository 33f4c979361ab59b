"""What is a purchase of next year worth today? Discounted purchases of each customer.

Continuous discounting at rate δ a period weighs a purchase at time u by e^(−δu) and needs no
horizon: for the Pareto/NBD it is the discounted expected residual transactions of Fader, Hardie and
Lee (2005, J. Marketing Research 42(4)). Discrete discounting at rate d weighs the purchases of
the k-th period from now by 1/(1+d)^k, as a spreadsheet does.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from crmlab.analytical.btyd.history import Floats


def rate_per_period(
    discount_per_year: float, unit: str = "W", discounting: str = "continuous"
) -> float:
    """A yearly discount rate as a rate for one unit of the table.

    Parameters
    ----------
    discount_per_year : float
        Such as 0.1 for 10 % a year, >= 0.
    unit : {"h", "D", "W", "M", "Y"}
        The unit given to `rfm`.
    discounting : {"continuous", "discrete"}
        Which of the two formulas the rate is for; they give one and the same yearly factor.

    Examples
    --------
    >>> round(rate_per_period(0.15, "W"), 4)
    0.0027
    """
    from crmlab.analytical.rfm_table import UNITS
    from crmlab.checks import at_least_zero, one_of

    one_of("unit", unit, tuple(UNITS))
    one_of("discounting", discounting, ("continuous", "discrete"))
    at_least_zero("discount_per_year", discount_per_year)
    log = np.log1p(discount_per_year) * UNITS[unit] / UNITS["Y"]
    return float(log if discounting == "continuous" else np.expm1(log))


def continuous(expected: Callable[[float], Floats], rate: float, periods: float | None) -> Floats:
    """∫ e^(−δu) dE(u) up to the horizon, with E(u) the purchases expected within u.

    By parts, and with w = 1 − e^(−δu): e^(−δH) E(H) + ∫ E(u(w)) dw, by the tanh-sinh rule.
    """
    end = 1.0 if periods is None else -np.expm1(-rate * periods)
    nodes, weights = _tanh_sinh()
    total = 0.0 if periods is None else np.exp(-rate * periods) * expected(periods)
    for node, weight in zip(nodes, weights, strict=True):
        u = -np.log1p(-end * node) / rate
        total = total + (end * weight) * expected(float(u))
    return np.asarray(total)


def discrete(expected: Callable[[float], Floats], rate: float, periods: int) -> Floats:
    """Σ (E(k) − E(k−1))/(1+d)^k over the next periods."""
    before = expected(0.0)
    total = np.zeros_like(before)
    for k in range(1, periods + 1):
        now = expected(float(k))
        total = total + (now - before) * (1.0 + rate) ** -k
        before = now
    return np.asarray(total)


@lru_cache(maxsize=1)
def _tanh_sinh(step: float = 0.17, most: float = 3.2) -> tuple[Floats, Floats]:
    k = np.arange(-most, most + step / 2, step)
    nodes = 0.5 * (1.0 + np.tanh(0.5 * np.pi * np.sinh(k)))
    weights = 0.25 * np.pi * step * np.cosh(k) / np.cosh(0.5 * np.pi * np.sinh(k)) ** 2
    return np.minimum(nodes, 1.0 - 1e-15), weights / weights.sum()

"""Does anybody use it? The share of the staff that works with the system, week by week.

A system earns by being used. Staff take to it of themselves, and because colleagues do: the
curve of Bass (1969, Management Science 15(5)), here for employees instead of buyers::

    F(t) = (1 - exp(-(p + q) t)) / (1 + (q / p) exp(-(p + q) t))

times a ceiling, since some never will. *Assumed*: training raises ``p`` and the ceiling, and a
lead lets people practise before the first day. Benefit is in proportion to use (assumed).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from crmlab.checks import above_zero, at_least_zero


@dataclass(frozen=True)
class Adoption:
    """How a staff takes to a system.

    Parameters
    ----------
    start : float
        ``p``: share of those who do not use it yet that begin in a week of themselves, > 0.
    contagion : float
        ``q``: the same through colleagues, if all of them used it, >= 0.
    ceiling : float
        Share of the staff that will ever use it, 0 to 1.
    lead_weeks : float
        Weeks of practice before the first day.

    Examples
    --------
    >>> Adoption(0.02, 0.1, 0.8).use([0, 10, 1000]).round(2).tolist()
    [0.0, 0.22, 0.8]
    """

    start: float
    contagion: float
    ceiling: float = 1.0
    lead_weeks: float = 0.0

    def __post_init__(self) -> None:
        above_zero("start", self.start)
        at_least_zero("contagion", self.contagion)
        at_least_zero("lead_weeks", self.lead_weeks)
        if not 0 <= self.ceiling <= 1:
            raise ValueError(f"ceiling must be in [0, 1], got {self.ceiling}: a share of the staff")

    def use(self, weeks: ArrayLike) -> np.ndarray:
        """Share of the staff that uses the system, so many weeks after the first day."""
        t = np.asarray(weeks, dtype=float) + self.lead_weeks
        fall = np.exp(-(self.start + self.contagion) * t)
        return self.ceiling * (1 - fall) / (1 + self.contagion / self.start * fall)


def discount(weeks: ArrayLike, rate: float) -> np.ndarray:
    """What a euro in so many weeks is worth today, at a yearly rate.

    >>> discount([0, 52], 0.25).tolist()
    [1.0, 0.8]
    """
    return (1 + rate) ** (-np.asarray(weeks, dtype=float) / 52)


def weeks_of_use(
    adoption: Adoption, live: ArrayLike, until: float, rate: float = 0.0
) -> np.ndarray:
    """Weeks of work with the system per member of staff, discounted to the project's beginning.

    Parameters
    ----------
    adoption : Adoption
    live : array, shape (n_projects,)
        Week of the first day, from the project's beginning.
    until : float
        Week in which the system is replaced.
    rate : float
        Yearly discount rate.

    Returns
    -------
    array, shape (n_projects,)
        0 where the first day comes after the end.

    Examples
    --------
    >>> at_once = Adoption(50.0, 0.0)
    >>> weeks_of_use(at_once, [30, 90, 200], until=100).round().tolist()
    [70.0, 10.0, 0.0]
    """
    first = np.asarray(live, dtype=float)
    steps = np.arange(int(np.ceil(until)) + 1)
    middles = steps[:-1] + 0.5
    each = adoption.use(middles) * discount(middles, rate)
    total = np.concatenate([[0.0], np.cumsum(each)])
    return np.interp(np.maximum(until - first, 0.0), steps, total) * discount(first, rate)

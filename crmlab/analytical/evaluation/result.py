"""What does an evaluation say? An effect with its interval, and what must hold for it to be right.

All designs answer the same question, how much more a treated customer brought because of the
programme, and differ in what they take for granted. So the assumption travels with the number
(Shadish, Cook and Campbell 2002, Experimental and Quasi-Experimental Designs).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t

_LEVEL = 0.975


@dataclass(frozen=True, repr=False)
class Evaluation:
    """The effect of a programme on one customer, by one design.

    Attributes
    ----------
    design : str
    estimate, low, high : float
        The effect and its 95 % interval, in the unit of the outcome.
    n : int
        Customers whose outcomes were used.
    assumption : str
        What must hold for the estimate to be the effect.

    Examples
    --------
    >>> Evaluation("by lot", 4.0, 2.5, 5.5, 800, "nobody interfered with the lot")
    by lot: +4.00, 95 % interval [2.50, 5.50], 800 customers
      right if nobody interfered with the lot
    """

    design: str
    estimate: float
    low: float
    high: float
    n: int
    assumption: str

    def __post_init__(self) -> None:
        if not self.low <= self.estimate <= self.high:
            raise ValueError(
                f"estimate must lie within its interval, got {self.estimate} and "
                f"[{self.low}, {self.high}]."
            )
        if self.n < 2:
            raise ValueError(f"n must be >= 2, got {self.n}.")

    @property
    def significant(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0

    def __repr__(self) -> str:
        return (
            f"{self.design}: {self.estimate:+.2f}, 95 % interval [{self.low:.2f}, "
            f"{self.high:.2f}], {self.n:,} customers\n  right if {self.assumption}"
        )


def evaluations(found: Iterable[Evaluation]) -> pd.DataFrame:
    """Several evaluations as one table.

    Returns
    -------
    DataFrame
        One row a design (index ``design``): estimate, low, high, n, assumption.

    Examples
    --------
    >>> one = Evaluation("by lot", 4.0, 2.5, 5.5, 800, "nobody interfered with the lot")
    >>> evaluations([one])[["estimate", "n"]]
            estimate    n
    design
    by lot       4.0  800
    """
    rows = [vars(one) for one in found]
    columns = ["design", "estimate", "low", "high", "n", "assumption"]
    return pd.DataFrame(rows, columns=columns).set_index("design")


def from_error(
    design: str, estimate: float, error: float, degrees: float, n: int, assumption: str
) -> Evaluation:
    """An evaluation whose interval is Student's t around the estimate."""
    half = float(t.ppf(_LEVEL, max(degrees, 1.0)) * error) if np.isfinite(error) else float("inf")
    estimate = float(estimate)
    return Evaluation(design, estimate, estimate - half, estimate + half, int(n), assumption)

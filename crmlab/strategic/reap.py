"""Where does the next EUR go: keeping, serving cheaper, winning, or selling more? REAP by curves.

SCHEMA's four levers are Retention, Efficiency, Acquisition and Penetration, and its goal is
*sustained incremental profitability*: neither engagement at any cost nor cost alone (Stone and
Woodcock; lecture notes, CRM 01). Here each lever has a curve of what a week's spending brings,
``ceiling * (1 - exp(-spend / scale))``, learned from the firm's own pilot; the budget is split so
that the last EUR brings the same everywhere (equal marginal returns).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

RETENTION, EFFICIENCY, ACQUISITION, PENETRATION = LEVERS = (
    "retention",
    "efficiency",
    "acquisition",
    "penetration",
)


@dataclass(frozen=True)
class LeverCurve:
    """What a week's spending on one lever brings, EUR.

    Parameters
    ----------
    ceiling_eur : float
        The most that any spending brings in a week, >= 0.
    scale_eur : float
        EUR a week that bring 63 % of it, > 0.

    Examples
    --------
    >>> curve = LeverCurve(100.0, 50.0)
    >>> round(curve.gain(50.0), 2), round(curve.slope(0.0), 2)
    (63.21, 2.0)
    """

    ceiling_eur: float
    scale_eur: float

    def __post_init__(self) -> None:
        if not self.ceiling_eur >= 0:
            raise ValueError(f"ceiling_eur must be >= 0, got {self.ceiling_eur}.")
        if not self.scale_eur > 0:
            raise ValueError(f"scale_eur must be > 0, got {self.scale_eur}.")

    def gain(self, spend_eur: float) -> float:
        """EUR that so much spending in a week brings."""
        return float(-self.ceiling_eur * np.expm1(-spend_eur / self.scale_eur))

    def slope(self, spend_eur: float) -> float:
        """EUR that the next EUR brings."""
        return float(self.ceiling_eur / self.scale_eur * np.exp(-spend_eur / self.scale_eur))

    def spend_until(self, slope: float) -> float:
        """EUR a week after which the next EUR brings less than ``slope``."""
        first = self.slope(0.0)
        return float(self.scale_eur * np.log(first / slope)) if first > slope > 0 else 0.0

    @classmethod
    def through(cls, spend_eur: Sequence[float], gain_eur: Sequence[float]) -> LeverCurve:
        """The curve nearest to what was seen (least squares); flat where spending lost money.

        Examples
        --------
        >>> curve = LeverCurve.through([10.0, 20.0], [18.126925, 32.967995])
        >>> round(curve.ceiling_eur), round(curve.scale_eur)
        (100, 50)
        """
        spend, gain = np.asarray(spend_eur, dtype=float), np.asarray(gain_eur, dtype=float)
        if len(spend) != len(gain) or not len(spend) or (spend <= 0).any():
            raise ValueError(
                f"spend_eur must hold as many EUR > 0 as gain_eur, got {spend_eur} and {gain_eur}."
            )
        scales = spend.max() * np.geomspace(0.2, 20.0, 400)
        shape = -np.expm1(-spend[None, :] / scales[:, None])
        ceilings = np.maximum((shape * gain).sum(axis=1) / (shape**2).sum(axis=1), 0.0)
        error = ((ceilings[:, None] * shape - gain) ** 2).sum(axis=1)
        best = int(np.argmin(np.round(error, 9)))
        return cls(float(ceilings[best]), float(scales[best]))


def allocate(
    curves: Mapping[str, LeverCurve], budget_eur: float, least: float = 1.0
) -> pd.DataFrame:
    """Split a week's budget so that the last EUR brings the same on every lever.

    Parameters
    ----------
    curves : dict of str to LeverCurve
    budget_eur : float
        EUR a week; not all of it is spent where the next EUR brings less than ``least``.
    least : float
        EUR that the last EUR has to bring.

    Returns
    -------
    DataFrame
        One row a lever: ``spend_eur``, ``gain_eur``, ``next_eur`` (what one more EUR brings).

    Examples
    --------
    >>> curves = {"retention": LeverCurve(100.0, 20.0), "acquisition": LeverCurve(50.0, 40.0)}
    >>> allocate(curves, 30.0)["spend_eur"].round(1).to_dict()
    {'retention': 28.5, 'acquisition': 1.5}
    """
    if not budget_eur >= 0:
        raise ValueError(f"budget_eur must be >= 0, got {budget_eur}.")
    if not least > 0:
        raise ValueError(f"least must be > 0, got {least}.")

    def spends(slope: float) -> np.ndarray:
        return np.array([curve.spend_until(slope) for curve in curves.values()])

    low, high = least, max([curve.slope(0.0) for curve in curves.values()] + [least])
    if spends(low).sum() > budget_eur:
        for _ in range(100):
            middle = (low + high) / 2
            low, high = (middle, high) if spends(middle).sum() > budget_eur else (low, middle)
        low = high
    spend = spends(low)
    return pd.DataFrame(
        {
            "spend_eur": spend,
            "gain_eur": [c.gain(s) for c, s in zip(curves.values(), spend, strict=True)],
            "next_eur": [c.slope(s) for c, s in zip(curves.values(), spend, strict=True)],
        },
        pd.Index(curves, name="lever"),
    )

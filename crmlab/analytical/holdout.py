"""Did it work? The people who got it against a random few who were left out on purpose.

Because chance alone decided who was left out, the difference of the two means estimates the
effect without any model; its standard error says how large the hold-out would have to be.
Effects of advertising are small against what customers do anyway, so that hold-outs must be
large: Lewis and Rao (2015), The unfavorable economics of measuring the returns to advertising.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Lift:
    """The effect that a hold-out shows, per unit: ``effect``, with its 95 % interval.

    Attributes
    ----------
    treated, held_out : int
        Units in each group.
    treated_mean, held_out_mean : float
    effect, standard_error, low, high : float
        In the unit of the outcome.
    """

    treated: int
    held_out: int
    treated_mean: float
    held_out_mean: float
    effect: float
    standard_error: float
    low: float
    high: float

    def __repr__(self) -> str:
        return (
            f"effect {self.effect:+.2f}, 95 % interval [{self.low:.2f}, {self.high:.2f}]\n"
            f"treated:  {self.treated:,} with mean {self.treated_mean:.2f}\n"
            f"held out: {self.held_out:,} with mean {self.held_out_mean:.2f}"
        )


def lift(outcome: ArrayLike, held_out: ArrayLike) -> Lift:
    """The mean outcome of those who were treated less that of those who were held out.

    Parameters
    ----------
    outcome : array, shape (n,)
        One value per unit that chance assigned (customer, cart), in one unit.
    held_out : array of bool, shape (n,)
        Whether the unit was left out.

    Returns
    -------
    Lift
        With Welch's standard error and the normal interval.

    Raises
    ------
    ValueError
        The two are not equally long, a value is missing, or a group has fewer than two.

    Examples
    --------
    >>> lift([3.0, 5.0, 1.0, 3.0], [False, False, True, True]).effect
    2.0
    """
    y, out = np.asarray(outcome, dtype=float), np.asarray(held_out)
    if out.dtype != bool:
        raise ValueError(f"held_out must hold True and False, got {out.dtype}. Compare: x == 1.")
    if y.ndim != 1 or y.shape != out.shape:
        raise ValueError(
            f"outcome and held_out must be equally long, got shapes {y.shape} and {out.shape}."
        )
    if not np.isfinite(y).all():
        raise ValueError(f"outcome must be finite, got {y[~np.isfinite(y)][0]}.")
    got, not_got = y[~out], y[out]
    if min(len(got), len(not_got)) < 2:
        raise ValueError(
            f"each group needs two units at least, got {len(got)} treated and "
            f"{len(not_got)} held out."
        )
    effect = got.mean() - not_got.mean()
    error = np.sqrt(got.var(ddof=1) / len(got) + not_got.var(ddof=1) / len(not_got))
    return Lift(
        len(got), len(not_got), float(got.mean()), float(not_got.mean()), float(effect),
        float(error), float(effect - 1.96 * error), float(effect + 1.96 * error),
    )  # fmt: skip


def units_needed(effect: float, spread: float, share: float = 0.5) -> int:
    """How many units a hold-out takes to tell an effect from nothing, with a power of 80 %.

    Two-sided at 5 %: ``(1.96 + 0.84)^2 spread^2 / (effect^2 share (1 - share))``.

    Parameters
    ----------
    effect : float
        The difference to be found, not 0.
    spread : float
        Standard deviation of the outcome between units, > 0.
    share : float
        Share that is held out, between 0 and 1.

    Examples
    --------
    >>> units_needed(effect=1.0, spread=10.0), units_needed(effect=1.0, spread=10.0, share=0.1)
    (3136, 8712)
    """
    if effect == 0 or not np.isfinite(effect):
        raise ValueError(f"effect must be a finite number other than 0, got {effect}.")
    if not 0 < spread < np.inf:
        raise ValueError(f"spread must be a finite number > 0, got {spread}.")
    if not 0 < share < 1:
        raise ValueError(f"share must be between 0 and 1, got {share}. Is this a percentage?")
    return int(np.ceil((1.96 + 0.84) ** 2 * spread**2 / (effect**2 * share * (1 - share)) - 1e-6))

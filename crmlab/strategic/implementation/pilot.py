"""Try it on a few first, or roll it out at once? A pilot as a real option.

Many CRM projects never pay: about 70 % of them "losses or no bottom-line gain" (Gartner 2003, as
cited by Reinartz, Krafft and Hoyer 2004, Journal of Marketing Research 41(3)): a figure of an
adviser's survey, repeated ever since, to be taken as *folklore*. If so many fail, the right not to
roll out is worth something (Dixit and Pindyck 1994, Investment under Uncertainty). What a pilot
says is noisy: a signal with standard deviation 1, whose mean is ``separation`` higher where the
programme will pay. The firm rolls out where, by Bayes' rule, it expects a gain. *Assumed*: two
kinds of programme, a normal signal, and a firm that knows its prior and the separation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from crmlab.checks import at_least_zero


@dataclass(frozen=True)
class Prospect:
    """What a firm stands to gain and to lose by rolling out.

    Parameters
    ----------
    pays : float
        Probability that the programme will pay, between 0 and 1: the prior.
    gain_eur : float
        What rolling out brings, net of its costs, if it pays.
    loss_eur : float
        What it loses if it does not, >= 0.

    Examples
    --------
    >>> Prospect(0.3, 400_000, 100_000).now_eur
    50000.0
    """

    pays: float
    gain_eur: float
    loss_eur: float

    def __post_init__(self) -> None:
        if not 0 <= self.pays <= 1:
            raise ValueError(f"pays must be in [0, 1], got {self.pays}. 0.3 means 30 %.")
        at_least_zero("loss_eur", self.loss_eur)

    def expected_eur(self, pays: ArrayLike) -> np.ndarray:
        """Expected gain of rolling out, where it pays with this probability."""
        p = np.asarray(pays, dtype=float)
        return p * self.gain_eur - (1 - p) * self.loss_eur

    @property
    def now_eur(self) -> float:
        """Expected gain of rolling out at once."""
        return float(self.expected_eur(self.pays))

    @property
    def enough(self) -> float:
        """The probability from which on rolling out is worth it; 1 if nothing is to be gained."""
        if self.gain_eur <= 0:
            return 1.0
        return self.loss_eur / (self.loss_eur + self.gain_eur)


def limit(prospect: Prospect, separation: float) -> float:
    """The signal from which on the firm should roll out.

    Where the signal's density times the prior is even: ``separation / 2 + (log odds of enough
    - log odds of the prior) / separation``.

    Returns
    -------
    float
        Standard deviations; plus infinity for never, minus infinity for always.
    """
    at_least_zero("separation", separation)
    enough, prior = prospect.enough, prospect.pays
    if separation == 0 or enough in (0.0, 1.0) or prior in (0.0, 1.0):
        go = prospect.now_eur > 0
        return -np.inf if go else np.inf
    needed = np.log(enough / (1 - enough)) - np.log(prior / (1 - prior))
    return float(separation / 2 + needed / separation)


def after(prospect: Prospect, signal: ArrayLike, separation: float) -> np.ndarray:
    """The probability that it pays, after the pilot (Bayes' rule).

    >>> after(Prospect(0.5, 1.0, 1.0), [-1.0, 0.5, 2.0], separation=1.0).round(2).tolist()
    [0.18, 0.5, 0.82]
    """
    s = np.asarray(signal, dtype=float)
    ratio = np.exp(np.clip(separation * (s - separation / 2), -700, 700))
    return prospect.pays * ratio / (prospect.pays * ratio + 1 - prospect.pays)


def with_pilot_eur(prospect: Prospect, separation: float) -> float:
    """Expected gain if the firm rolls out after a good signal only, before the pilot's cost."""
    s = limit(prospect, separation)
    right, wrong = 1 - ndtr(s - separation), 1 - ndtr(s)
    return float(
        prospect.pays * right * prospect.gain_eur - (1 - prospect.pays) * wrong * prospect.loss_eur
    )


def pilot_value_eur(prospect: Prospect, separation: float, cost_eur: float = 0.0) -> float:
    """What a pilot adds to the better of rolling out at once and leaving it.

    Never negative before its cost: a firm may ignore what it heard.

    Parameters
    ----------
    prospect : Prospect
    separation : float
        What the pilot tells: 0 is nothing, 3 is nearly everything.
    cost_eur : float
        Its cost, with that of the delay.

    Examples
    --------
    >>> even = Prospect(0.3, 350_000, 150_000)
    >>> round(pilot_value_eur(even, separation=1.0)), pilot_value_eur(even, separation=0.0)
    (40207, 0.0)
    """
    return with_pilot_eur(prospect, separation) - max(prospect.now_eur, 0.0) - cost_eur

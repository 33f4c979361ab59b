"""How long do subscribers stay? Projecting retention where leaving is seen: sBG and BdW.

With a contract one sees who renews. Retention rates rise with tenure even if nobody becomes more
loyal, because those who are quick to leave are gone. Shifted beta-geometric: everybody leaves at
each renewal with an own constant chance θ ~ beta(α, β) (Fader and Hardie 2007, J. Interactive
Marketing 21(1)):

    S(t) = B(α, β+t)/B(α, β).

Beta-discrete-Weibull: the chance also rises (c > 1) or falls (c < 1) with a person's own tenure
(Fader, Hardie, Liu, Davin and Steenburgh 2018, J. Interactive Marketing 43):

    S(t) = B(γ, δ+t^c)/B(γ, δ).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import digamma, gammaln, polygamma
from sklearn.utils.validation import check_is_fitted

from crmlab.analytical.btyd.boundary import RENEWING
from crmlab.analytical.btyd.climb import Local, highest
from crmlab.analytical.btyd.fitted import Axes, Fitted
from crmlab.analytical.btyd.history import Floats
from crmlab.checks import above_zero, whole_number

_TINY = 1e-12


class _Retention(Fitted):
    """What both models share: cohorts in, survival, retention and residual value out."""

    _meanings = RENEWING

    def fit(self, survivors: ArrayLike, y: None = None) -> Self:
        """Maximise the likelihood of one or several cohorts.

        Parameters
        ----------
        survivors : array, shape (periods + 1,), or (cohorts, periods + 1)
            Customers still there at t = 0, 1, 2, ...: whole numbers or shares times the size of
            the cohort, never rising. Several cohorts as rows, NaN where a younger one has no
            numbers yet.

        Raises
        ------
        ValueError
            Fewer than two numbers, a rise, or nobody at the start.
        """
        summit = highest(self._axes(survivors).surface, [np.array(start) for start in self._starts])
        self._keep(summit, 1.0, summit.local.value)
        self.n_customers_ = float(np.nansum(np.atleast_2d(np.asarray(survivors, float))[:, 0]))
        return self._warn()

    def _axes(self, data: ArrayLike, weights: ArrayLike | None = None) -> Axes:
        if weights is not None:
            raise ValueError("weights must be None: survivors are counted already.")
        there, before = _steps(data)
        k = len(self._names)
        return Axes(lambda theta: self._likelihood(theta, there, before), np.zeros(k), np.ones(k))

    def _log_survival(self, theta: Floats, t: Floats) -> Floats:
        raise NotImplementedError

    def _likelihood(self, theta: Floats, there: Floats, before: Floats) -> Local:
        raise NotImplementedError

    def survival(self, periods: int, renewals: int = 0) -> pd.Series:
        """Share of customers expected to be there after 0, 1, ..., ``periods``.

        Parameters
        ----------
        periods : int
            How far to look.
        renewals : int
            Of customers who have already renewed so often; 0 for new ones.

        Returns
        -------
        Series
            Index ``period``, from 0 (where it is 1).
        """
        check_is_fitted(self)
        whole_number("periods", periods, 0, 10_000_000)
        whole_number("renewals", renewals, 0, 10_000_000)
        t = renewals + np.arange(periods + 1.0)
        log = self._log_survival(self._theta, t)
        index = pd.RangeIndex(periods + 1, name="period")
        return pd.Series(np.exp(log - log[0]), index=index, name="survival")

    def retention_rate(self, periods: int) -> pd.Series:
        """Share of those there at t − 1 who are there at t, for t = 1, ..., ``periods``."""
        s = self.survival(periods)
        return (s / s.shift())[1:].rename("retention_rate")

    def expected_survivors(self, customers: float, periods: int) -> pd.Series:
        """How many of ``customers`` new ones to expect after 0, 1, ..., ``periods``."""
        return (customers * self.survival(periods)).rename("survivors")

    def discounted_tenure(self, discount_rate: float) -> float:
        """Expected number of payments of a new customer, discounted to the first.

        Σ_t S(t)/(1+d)^t from t = 0, with d the rate a period: times the margin of a payment it is
        the customer's lifetime value, first payment included (Fader and Hardie 2010, Marketing
        Science 29(1), equation 2).
        """
        return self._discounted(0, discount_rate)

    def discounted_residual_tenure(self, renewals: int, discount_rate: float) -> float:
        """The same for a customer who has renewed ``renewals`` times, seen just before the next.

        The next renewal is uncertain and not yet discounted: S(n+1+k)/S(n)/(1+d)^k summed over
        k = 0, 1, ..., n the renewals so far (Fader and Hardie 2010, equation 6, with n + 1
        payments made). What the wholly naive formula with one retention rate undervalues.
        """
        whole_number("renewals", renewals, 0, 10_000_000)
        check_is_fitted(self)
        log = self._log_survival(self._theta, np.array([renewals, renewals + 1.0]))
        return float(np.exp(log[1] - log[0])) * self._discounted(renewals + 1, discount_rate)

    def _discounted(self, start: int, rate: float) -> float:
        check_is_fitted(self)
        above_zero("discount_rate", rate, "It is a share per period, such as 0.1.")
        last = min(int(np.ceil(-np.log(_TINY) / np.log1p(rate))), 10_000_000)
        k = np.arange(last + 1.0)
        log = self._log_survival(self._theta, start + k)
        return float(np.exp(log - log[0] - k * np.log1p(rate)).sum())


class ShiftedBetaGeometric(_Retention):
    """sBG: each customer leaves at each renewal with an own constant chance.

    Parameters ``alpha`` and ``beta``: the chances follow beta(alpha, beta), mean
    alpha/(alpha + beta).

    Examples
    --------
    >>> model = ShiftedBetaGeometric().fit([1000, 869, 743, 653, 593, 551, 517, 491])
    >>> model.params_.round(3).to_dict()
    {'alpha': 0.668, 'beta': 3.806}
    >>> round(float(model.survival(12)[12]), 3)
    0.378
    """

    _names = ("alpha", "beta")
    _starts = ((0.0, 1.0), (3.0, 4.0), (-2.0, 0.0))

    def _log_survival(self, theta: Floats, t: Floats) -> Floats:
        alpha, beta = np.exp(theta)
        steps = -np.log1p(alpha / (beta + np.arange(t.max())))
        return np.concatenate([[0.0], np.cumsum(steps)])[t.astype(int)]

    def _likelihood(self, theta: Floats, there: Floats, before: Floats) -> Local:
        """Renewal by renewal: stays with (β+t−1)/(α+β+t−1), leaves with α over the same."""
        alpha, beta = np.exp(theta)
        j, lost = np.arange(len(there)), before - there
        stays, all_ = 1.0 / (beta + j), 1.0 / (alpha + beta + j)
        value = float(-there @ np.log1p(alpha * stays) + lost @ np.log(alpha * all_))
        weight, squared = float(before @ all_), float(before @ all_**2)
        by_a = float(lost.sum()) - alpha * weight
        by_b = beta * (float(there @ stays) - weight)
        cross = alpha * beta * squared
        bb = by_b - beta**2 * (float(there @ stays**2) - squared)
        aa = -alpha * weight + alpha**2 * squared
        return Local(value, np.array([by_a, by_b]), np.array([[aa, cross], [cross, bb]]))


class BetaDiscreteWeibull(_Retention):
    """BdW: as sBG, but a customer's own chance of leaving changes with tenure.

    Parameters ``gamma``, ``delta`` (chances at the first renewal follow beta(gamma, delta)) and
    ``c``: below 1 a customer becomes more loyal with time, above 1 less; 1 is the sBG.

    Examples
    --------
    >>> model = BetaDiscreteWeibull().fit([1000, 869, 743, 653, 593, 551, 517, 491])
    >>> bool(model.params_["c"] > 1)
    True
    """

    _names = ("gamma", "delta", "c")
    _starts = ((0.0, 1.0, 0.0), (-1.5, 0.0, 0.5), (3.0, 4.0, -0.3), (0.0, 0.0, -0.7))

    def _log_survival(self, theta: Floats, t: Floats) -> Floats:
        gamma, delta, c = np.exp(theta)
        tau = t**c
        return (
            gammaln(delta + tau) - gammaln(gamma + delta + tau)
            + gammaln(gamma + delta) - gammaln(delta)
        )  # fmt: skip

    def _likelihood(self, theta: Floats, there: Floats, before: Floats) -> Local:
        t = np.arange(len(there) + 1.0)
        value, slopes, bends = _weibull(theta, t)
        step, rise, bend = np.diff(value), np.diff(slopes), np.diff(bends)
        step = np.minimum(step, -1e-300)
        lost = before - there
        leaves = -np.expm1(step)
        odds = (1.0 - leaves) / leaves
        weight = there - lost * odds
        hessian = bend @ weight - (rise * (lost * odds / leaves)) @ rise.T
        height = float(there @ step + lost @ np.log(leaves))
        return Local(height, rise @ weight, hessian)


def _weibull(theta: Floats, t: Floats) -> tuple[Floats, Floats, Floats]:
    """Ln S(t) with slopes ``(3, n)`` and bends ``(3, 3, n)`` by ln γ, ln δ and ln c."""
    g, d, c = np.exp(theta)
    log = c * np.log(np.maximum(t, 1.0))
    tau = np.where(t > 0, np.exp(log), 0.0)
    w = tau * log
    low, high, base, start = d + tau, g + d + tau, g + d, d
    value = gammaln(low) - gammaln(high) + gammaln(base) - gammaln(start)
    p = {k: digamma(v) for k, v in (("low", low), ("high", high), ("base", base), ("start", start))}
    q = {
        k: polygamma(1, v)
        for k, v in (("low", low), ("high", high), ("base", base), ("start", start))
    }
    by_g = g * (p["base"] - p["high"])
    by_d = d * (p["low"] - p["high"] + p["base"] - p["start"])
    by_c = (p["low"] - p["high"]) * w
    both, tail = q["base"] - q["high"], q["low"] - q["high"]
    bends = np.empty((3, 3, len(t)))
    bends[0, 0] = by_g + g * g * both
    bends[0, 1] = bends[1, 0] = g * d * both
    bends[0, 2] = bends[2, 0] = -g * q["high"] * w
    bends[1, 1] = by_d + d * d * (tail + q["base"] - q["start"])
    bends[1, 2] = bends[2, 1] = d * tail * w
    bends[2, 2] = by_c * (1.0 + log) + tail * w * w
    return value, np.stack([by_g, by_d, by_c]), bends


def _steps(survivors: ArrayLike) -> tuple[Floats, Floats]:
    """Customers there after each renewal, and before it, summed over the cohorts."""
    cohorts = np.atleast_2d(np.asarray(survivors, dtype=np.float64))
    if cohorts.ndim != 2 or cohorts.shape[1] < 2:
        raise ValueError(
            "survivors must hold at least two numbers, those at t = 0 and t = 1, "
            f"got shape {np.shape(survivors)}."
        )
    there, before = np.zeros(cohorts.shape[1] - 1), np.zeros(cohorts.shape[1] - 1)
    for number, cohort in enumerate(cohorts):
        _check_cohort(number, cohort)
        known = int(np.isfinite(cohort).sum())
        there[: known - 1] += cohort[1:known]
        before[: known - 1] += cohort[: known - 1]
    seen = before > 0
    return there[seen], before[seen]


def _check_cohort(number: int, cohort: Sequence[float]) -> None:
    values = np.asarray(cohort, dtype=np.float64)
    known = int(np.isfinite(values).sum())
    if not np.isfinite(values[:known]).all() or known < 1:
        raise ValueError(
            f"survivors of cohort {number} must be numbers up to the last, got {cohort}."
        )
    if values[0] <= 0 or (values[:known] < 0).any():
        raise ValueError(f"survivors of cohort {number} must begin with > 0 and stay >= 0.")
    rises = np.flatnonzero(np.diff(values[:known]) > 0)
    if len(rises):
        t = int(rises[0])
        raise ValueError(
            f"survivors must never rise, got {values[t]:g} at t = {t} and {values[t + 1]:g} after. "
            "Pass the number still there, not the number lost."
        )

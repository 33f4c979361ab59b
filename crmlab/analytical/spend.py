"""How much does a customer spend at a time, when all we have is the mean of a few purchases?

The gamma-gamma model: the values of a customer's purchases follow gamma(p, ν), and ν differs
between customers as gamma(q, γ). Few purchases say little, so the estimate lies between the
customer's own mean and everybody's. It assumes that spend does not hang on how often somebody
buys: `spend_independence` checks that. Fader and Hardie (2013), "The gamma-gamma model of monetary
value"; Fader, Hardie and Lee (2005), J. Marketing Research 42(4). With z the mean of x values:

    L = Γ(px+q)/(Γ(px) Γ(q)) · γ^q z^(px−1) x^(px) / (γ + xz)^(px+q).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import digamma, gammaln, polygamma
from sklearn.utils.validation import check_is_fitted

from crmlab.analytical.btyd.boundary import SPENDING
from crmlab.analytical.btyd.climb import Local
from crmlab.analytical.btyd.fitted import Axes, Fitted, find
from crmlab.analytical.btyd.history import Floats, History, columns, counts, refuse_empty


class GammaGamma(Fitted):
    """Gamma-gamma model of spend, fitted to those with at least one repeat purchase.

    Parameters of the population are ``p``, ``q`` and ``gamma`` (in units of money). Where q <= 1
    the population has no finite mean: `expected_value` then warns, and refuses customers
    without a repeat purchase.

    Examples
    --------
    >>> model = GammaGamma().set_estimates(p=6.25, q=3.74, gamma=15.44)
    >>> table = pd.DataFrame({"frequency": [0, 2], "monetary_value": [0.0, 22.35]})
    >>> model.expected_value(table).round(2).tolist()
    [35.22, 24.66]
    """

    _names = ("p", "q", "gamma")
    _timed = ("gamma",)
    _meanings = SPENDING
    _starts = ((1.5, 1.0, 1.0), (0.0, 0.0, 0.0), (4.0, 2.0, -1.0), (0.0, 4.0, 4.0), (3.0, 5.0, 2.0))

    def fit(self, table: pd.DataFrame, y: None = None, weights: ArrayLike | None = None) -> Self:
        """Maximise the likelihood of the mean values of those who bought again.

        Parameters
        ----------
        table : DataFrame
            ``frequency`` and ``monetary_value``, the mean of the repeat purchases, as `rfm`
            makes them. Rows with frequency 0 say nothing about spend and are left out.
        weights : array, shape (n_rows,), optional
            How many customers each row stands for.

        Raises
        ------
        ValueError
            Nobody bought again, or a repeat customer's mean is not above 0.
        """
        return self._estimate(table, weights)._warn()

    def _estimate(self, table: pd.DataFrame, weights: ArrayLike | None = None) -> Self:
        h = self._packed(table, weights)
        summit = find(_surface, h, [np.array(start) for start in self._starts])
        # Densities of money: one factor 1/scale for every customer.
        self._keep(summit, h.scale, summit.local.value - h.customers * np.log(h.scale))
        self.n_customers_ = h.customers
        return self

    def _axes(self, data: pd.DataFrame, weights: ArrayLike | None = None) -> Axes:
        h = self._packed(data, weights)
        return Axes(_surface(h), self._time_shift(h.scale), np.ones(len(self._names)))

    def _packed(self, table: pd.DataFrame, weights: ArrayLike | None = None) -> History:
        refuse_empty(table)
        x, z = columns(table, ["frequency", "monetary_value"])
        n = counts(weights, table)
        again = x > 0
        x, z, n = x[again], z[again], np.ones(again.sum()) if n is None else n[again]
        if not (n > 0).any():
            raise ValueError("table must have a customer with frequency > 0: nobody bought again.")
        if not (z > 0).all():
            raise ValueError(
                f"monetary_value must be > 0 where frequency is; {int((z <= 0).sum())} rows are "
                "not. Leave free orders out before `rfm`, or leave these customers out."
            )
        scale = float(np.average(z, weights=n))
        return History(x, z / scale, np.zeros_like(x), n, scale)

    def expected_value(self, table: pd.DataFrame) -> pd.Series:
        """What each customer's next purchase is expected to be worth, in units of money.

        Somebody with no repeat purchase gets the mean of the population, p γ/(q − 1).

        Parameters
        ----------
        table : DataFrame
            ``frequency`` and ``monetary_value``.
        """
        check_is_fitted(self)
        x, z = columns(table, ["frequency", "monetary_value"])
        p, q, gamma = self.params_
        below = p * x + q - 1.0
        if (below <= 0).any():
            raise ValueError(
                f"q is {q:.3g}: below 1 the population's mean spend is infinite, and nothing can "
                f"be said of the {int((below <= 0).sum())} customers with frequency 0. Predict "
                "only for frequency > 0, and look for a few enormous orders."
            )
        if q <= 1:
            warnings.warn(
                f"q is {q:.3g}: the population's mean spend is infinite, so that one huge order is "
                "never surprising. Estimates of customers with few purchases are unreliable.",
                UserWarning, stacklevel=2,
            )  # fmt: skip
        return pd.Series(
            p * (gamma + np.where(x > 0, x * z, 0.0)) / below,
            index=table.index,
            name="expected_value",
        )

    def mean_value(self) -> float:
        """The mean spend of the population, p γ/(q − 1); infinite where q <= 1."""
        check_is_fitted(self)
        p, q, gamma = self.params_
        return float(p * gamma / (q - 1.0)) if q > 1 else np.inf


def _surface(h: History) -> Callable[[Floats], Local]:
    """The log-likelihood and its derivatives by ln p, ln q and ln γ."""
    x, z, n = h.x, h.t, h.n
    often, place = np.unique(x, return_inverse=True)
    many, total = np.bincount(place, weights=n), h.customers
    xz, weighted = x * z, n * x
    logs = float(weighted @ np.log(xz))
    fixed = -float(n @ np.log(z))

    def at(theta: Floats) -> Local:
        p, q, gamma = np.exp(theta)
        px = p * often
        # Γ(px+q)/Γ(px)/Γ(q) by distinct x
        step0, step1 = digamma(px + q) - digamma(px), digamma(px + q) - digamma(q)
        curve = polygamma(1, px + q)
        curve0, curve1 = curve - polygamma(1, px), curve - polygamma(1, q)
        value = float(many @ (gammaln(px + q) - gammaln(px) - gammaln(q)))
        share = 1.0 / (gamma + xz)
        log = np.log1p(xz / gamma)  # ln(γ+xz) = theta[2] + log
        wide = float(weighted @ log)
        value += p * (logs - theta[2] * float(weighted.sum()) - wide) - q * float(n @ log) + fixed
        g = gamma * share  # ∂ ln(γ+xz)/∂ ln γ
        gx, g1 = float(weighted @ g), float(n @ g)
        by_p = float(many @ (px * step0)) + p * (logs - theta[2] * float(weighted.sum()) - wide)
        by_q = q * float(many @ step1) - q * float(n @ log)
        by_g = q * total - p * gx - q * g1
        bend = g * (1.0 - g)
        hessian = np.array([
            [by_p + float(many @ (px * px * curve0)), q * float(many @ (px * curve)), -p * gx],
            [0.0, by_q + q * q * float(many @ curve1), q * (total - g1)],
            [0.0, 0.0, -p * float(weighted @ bend) - q * float(n @ bend)],
        ])  # fmt: skip
        hessian = hessian + np.triu(hessian, 1).T
        return Local(value, np.array([by_p, by_q, by_g]), hessian)

    return at


def spend_independence(table: pd.DataFrame) -> pd.Series:
    """Does spend hang on frequency? Correlations among those who bought again.

    The gamma-gamma model assumes that it does not. A correlation clearly away from 0 means that
    value per customer is biased: fit classes of frequency apart, or use a regression.

    Returns
    -------
    Series
        ``pearson``, ``spearman``, the two-sided ``p_value`` of the latter, and ``customers``.

    Examples
    --------
    >>> table = pd.DataFrame({"frequency": [0, 1, 2, 3], "monetary_value": [0, 5.0, 6.0, 7.0]})
    >>> spend_independence(table)["spearman"].round(2)
    np.float64(1.0)
    """
    from scipy.stats import spearmanr

    x, z = columns(table, ["frequency", "monetary_value"])
    again = x > 0
    if again.sum() < 3:
        raise ValueError(f"table must have at least 3 repeat customers, got {int(again.sum())}.")
    rank = spearmanr(x[again], z[again])
    found = [np.corrcoef(x[again], z[again])[0, 1], rank.statistic, rank.pvalue, again.sum()]
    return pd.Series(found, index=["pearson", "spearman", "p_value", "customers"], dtype=float)

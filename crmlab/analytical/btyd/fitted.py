"""What do all fitted models share? Estimates, standard errors, and what a boundary means.

Estimators follow scikit-learn: ``__init__`` stores, ``fit`` checks, names that end in ``_`` exist
after ``fit``.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from crmlab.analytical.btyd import profile
from crmlab.analytical.btyd.boundary import BoundaryWarning, Meanings, explain
from crmlab.analytical.btyd.climb import FLAT, Summit, Surface, climb, highest
from crmlab.analytical.btyd.history import Floats, History
from crmlab.checks import share

_MANY = 10_000  # distinct histories: from there on a part of them is climbed first
_FEW = 300  # customers: below that every start is tried
_FAR = 4.0  # logarithm of a parameter that makes one doubt


class Fitted(BaseEstimator):
    """A model fitted by maximum likelihood over logarithms of positive parameters.

    Attributes
    ----------
    params_ : Series
        Estimates, in the order and with the names of the paper.
    standard_errors_ : Series
        From the observed information; NaN for a parameter that has no finite estimate.
    covariance_ : DataFrame
        Of the estimates.
    log_likelihood_ : float
        As in the paper, on the time scale of the data.
    boundary_ : str
        Why some parameter has no finite estimate; empty where all have one.
    """

    _names: ClassVar[tuple[str, ...]] = ()
    _timed: ClassVar[tuple[str, ...]] = ()  # measured in units of time (or money)
    _starts: ClassVar[tuple[tuple[float, ...], ...]] = ()
    _meanings: ClassVar[Meanings] = {}  # of parameters that run away

    params_: pd.Series
    standard_errors_: pd.Series
    covariance_: pd.DataFrame
    log_likelihood_: float
    boundary_: str

    def _keep(self, summit: Summit, scale: float, log_likelihood: float) -> None:
        """Store what a climb found, on the scale of the data."""
        names, k = self._parameter_names(), len(self._names)
        shift = np.array([np.log(scale) if name in self._timed else 0.0 for name in names])
        self._theta = summit.point + shift
        values = self._theta.copy()
        values[:k] = np.exp(values[:k])
        slope = np.where(np.arange(len(names)) < k, values, 1.0)
        covariance = summit.covariance() * np.outer(slope, slope)
        bends, directions = np.linalg.eigh(-summit.local.hessian)
        firm = bends >= FLAT
        self._spread = (directions[:, firm] / bends[firm]) @ directions[:, firm].T
        self.params_ = pd.Series(values, index=names, name="estimate")
        self.covariance_ = pd.DataFrame(covariance, index=names, columns=names)
        errors = np.sqrt(np.diag(covariance))
        self.standard_errors_ = pd.Series(errors, index=names, name="standard_error")
        self.log_likelihood_ = float(log_likelihood)
        self.boundary_ = explain(type(self).__name__, names, summit, self._meanings)
        self.n_evaluations_ = summit.looks

    def _parameter_names(self) -> list[str]:
        return list(self._names)

    def _warn(self) -> Self:
        if self.boundary_:
            warnings.warn(self.boundary_, BoundaryWarning, stacklevel=3)
        return self

    def _at(self, theta: Floats) -> Self:
        """The same model with other parameters (on the scale that is climbed)."""
        k = len(self._names)
        other = type(self)(**self.get_params())
        other._theta = np.asarray(theta, dtype=np.float64)
        values = other._theta.copy()
        values[:k] = np.exp(values[:k])
        other.params_ = pd.Series(values, index=self._parameter_names(), name="estimate")
        return other

    def set_estimates(self, **params: float) -> Self:
        """Take parameters from elsewhere, such as a publication, instead of fitting.

        Parameters
        ----------
        **params : float
            Every parameter by name, each > 0; coefficients of covariates may have any sign.
        """
        names, k = self._parameter_names(), len(self._names)
        if set(params) != set(names):
            raise ValueError(f"params must name {', '.join(names)}, got {', '.join(params)}.")
        values = np.array([float(params[name]) for name in names])
        if not (np.isfinite(values).all() and (values[:k] > 0).all()):
            raise ValueError(
                f"params must be finite, and {', '.join(self._names)} > 0, got {params}."
            )
        values[:k] = np.log(values[:k])
        self._theta = values
        self.params_ = self._at(values).params_
        return self

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Estimates with standard errors and intervals on the log scale, one row a parameter.

        Intervals are exp(ln estimate ± z · standard error of the logarithm): they stay
        positive, and follow the skewed likelihood better than estimate ± z · standard error.
        """
        from scipy.special import ndtri

        check_is_fitted(self, "standard_errors_")
        share("level", level)
        z, k = float(ndtri(0.5 + level / 2)), len(self._names)
        value, error = self.params_.to_numpy(), self.standard_errors_.to_numpy()
        positive = np.arange(len(value)) < k
        with np.errstate(over="ignore"):
            factor = np.exp(z * error / np.where(positive, value, 1.0))
            low = np.where(positive, value / factor, value - z * error)
            high = np.where(positive, value * factor, value + z * error)
        return pd.DataFrame(
            {"estimate": value, "standard_error": error, "low": low, "high": high},
            index=self.params_.index,
        )

    def profile_interval(
        self, data: Any, level: float = 0.95, weights: ArrayLike | None = None
    ) -> pd.DataFrame:
        """How far each parameter can go before the data object: intervals by profile likelihood.

        Slower than `summary`, and right where the likelihood is skewed or has no top: a side
        without a bound is 0 or infinite.

        Parameters
        ----------
        data : DataFrame or array
            What the model was fitted to.
        level : float
            Of the interval, between 0 and 1.
        weights : array, shape (n_rows,), optional
            As in `fit`.

        Returns
        -------
        DataFrame
            ``estimate``, ``low``, ``high``, one row a parameter.

        Examples
        --------
        >>> from crmlab.analytical import ShiftedBetaGeometric
        >>> there = [1000, 869, 743, 653, 593, 551, 517, 491]
        >>> ShiftedBetaGeometric().fit(there).profile_interval(there).round(2)
               estimate   low  high
        alpha      0.67  0.51  0.94
        beta       3.81  2.62  5.96
        """
        check_is_fitted(self)
        share("level", level)
        surface, shift = self._scaled(data, weights)
        top = self._theta - shift
        found = np.array([profile.ends(surface, top, i, level) for i in range(len(top))])
        found += shift[:, None]
        k = len(self._names)
        found[:k] = np.exp(found[:k])
        columns = {"estimate": self.params_, "low": found[:, 0], "high": found[:, 1]}
        return pd.DataFrame(columns, index=self.params_.index)

    def profile_drop(
        self, data: Any, weights: ArrayLike | None = None, **params: float
    ) -> pd.Series:
        """How much worse does each of these values fit, the other parameters at their best?

        Returns
        -------
        Series
            Twice the fall of the log-likelihood for each named parameter; above 3.84 the value
            lies outside its 95 % interval (likelihood ratio test).
        """
        check_is_fitted(self)
        names, k = self._parameter_names(), len(self._names)
        unknown = [name for name in params if name not in names]
        if unknown:
            raise ValueError(f"params must be of {', '.join(names)}, got {unknown[0]!r}.")
        surface, shift = self._scaled(data, weights)
        top = self._theta - shift
        falls = {}
        for name, value in params.items():
            i = names.index(name)
            place = float((np.log(value) if i < k else value) - shift[i])
            falls[name] = profile.drop(surface, top, i, place)
        return pd.Series(falls, name="drop")

    def _scaled(self, data: Any, weights: ArrayLike | None) -> tuple[Surface, Floats]:
        """The surface that was climbed, and what to add to its points for the data's own scale."""
        surface, scale = self._surface_of(data, weights)
        names = self._parameter_names()
        return surface, np.array([np.log(scale) if n in self._timed else 0.0 for n in names])

    def _surface_of(self, data: Any, weights: ArrayLike | None = None) -> tuple[Surface, float]:
        """The log-likelihood of these data, and the unit in which it measures time."""
        raise NotImplementedError

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "params_")


def find(
    surface_of: Callable[[History], Surface], h: History, starts: list[Floats], sure: int = 1
) -> Summit:
    """The highest top: from the first starts where the data speak clearly, from all where not."""
    step = len(h.x) // (_MANY // 2)
    surface = surface_of(h)
    if step > 1:
        first = highest(surface_of(h.every(step)), starts[:sure])
        summit = climb(surface, np.clip(first.point, -8.0, 8.0))
    else:
        summit = highest(surface, starts[:sure])
    doubtful = h.customers < _FEW or np.abs(summit.point).max() > _FAR or summit.flat().shape[1] > 0
    if doubtful:
        others = highest(surface, starts[sure:] or starts)
        summit = max(summit, others, key=lambda top: top.local.value)
    return summit

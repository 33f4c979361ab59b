"""What do all fitted models share? Estimates, standard errors, and what a boundary means.

Estimators follow scikit-learn: ``__init__`` stores, ``fit`` checks, names that end in ``_`` exist
after ``fit``.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from crmlab.analytical.btyd import profile
from crmlab.analytical.btyd.boundary import BoundaryWarning, Meanings, explain
from crmlab.analytical.btyd.climb import Summit, Surface, climb, highest, promised, seen_from
from crmlab.analytical.btyd.history import Floats, History
from crmlab.checks import share

_MANY = 10_000  # distinct histories: from there on a part of them is climbed first
_FEW = 300  # customers: below that every start is tried
_NOT_THE_TOP = 0.01  # of log-likelihood that one step would gain
_FAR = 4.0  # logarithm of a parameter that makes one doubt


@dataclass(frozen=True)
class Axes:
    """A surface as it is climbed, and how a profile of each parameter walks over it.

    Logarithms of parameters, and γ, are ``unit * u + shift``; the surface is over ``turn @ u``.
    """

    surface: Surface
    shift: Floats
    unit: Floats
    turn: Floats | None = None

    def of(self, i: int, u: Floats) -> tuple[Surface, Floats]:
        """The surface over coordinates of which the i-th is that of parameter i, and the point.

        Base parameters speak of covariates of 0, and the climb of their means; γ is the same
        in both.
        """
        if self.turn is None:
            return self.surface, u
        if np.count_nonzero(self.turn[i]) == 1:
            return self.surface, self.turn @ u
        return seen_from(self.surface, self.turn), u


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

    def _keep(
        self, summit: Summit, scale: float, log_likelihood: float, back: Floats | None = None
    ) -> None:
        """Store what a climb found, on the scale of the data.

        ``back`` leads from the coordinates of the climb to those of the data, but for time.
        """
        names, k = self._parameter_names(), len(self._names)
        back = np.eye(len(names)) if back is None else back
        self._theta = back @ summit.point + self._time_shift(scale)
        values = self._natural_values(self._theta)
        self._spread = summit.spread(back)
        slope = np.where(np.arange(len(names)) < k, values, 1.0)
        covariance = self._spread * np.outer(slope, slope)
        loose = summit.loose(back)
        covariance[loose, :] = covariance[:, loose] = np.nan
        self.params_ = pd.Series(values, index=names, name="estimate")
        self.covariance_ = pd.DataFrame(covariance, index=names, columns=names)
        errors = np.sqrt(np.diag(covariance))
        self.standard_errors_ = pd.Series(errors, index=names, name="standard_error")
        self.log_likelihood_ = float(log_likelihood)
        self.boundary_ = explain(type(self).__name__, names, summit, self._meanings)
        self.n_evaluations_ = summit.looks

    def _natural_values(self, theta: Floats) -> Floats:
        """Parameters and γ; of a covariate far from 0 a base value may leave all bounds."""
        values, k = theta.copy(), len(self._names)
        with np.errstate(over="ignore"):
            values[:k] = np.exp(values[:k])
        return values

    def _time_shift(self, scale: float) -> Floats:
        """What the unit of time adds to each coordinate."""
        names = self._parameter_names()
        return np.array([np.log(scale) if name in self._timed else 0.0 for name in names])

    def _parameter_names(self) -> list[str]:
        return list(self._names)

    def _warn(self) -> Self:
        if self.boundary_:
            warnings.warn(self.boundary_, BoundaryWarning, stacklevel=3)
        return self

    def _at(self, theta: Floats) -> Self:
        """The same model with other parameters (logarithms, on the scale of the data)."""
        other = type(self)(**self.get_params())
        other._theta = np.asarray(theta, dtype=np.float64)
        values = self._natural_values(other._theta)
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
        axes, top = self._top(data, weights)
        found = np.array([profile.ends(*axes.of(i, top), i, level) for i in range(len(top))])
        found = found * axes.unit[:, None] + axes.shift[:, None]
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

        Raises
        ------
        ValueError
            An unknown parameter, a value that it cannot have, or other data than those fitted.
        """
        check_is_fitted(self)
        names, k = self._parameter_names(), len(self._names)
        for name, value in params.items():
            if name not in names:
                raise ValueError(f"params must be of {', '.join(names)}, got {name!r}.")
            if not np.isfinite(value) or (names.index(name) < k and value <= 0):
                raise ValueError(f"{name} must be finite and in its range, got {value!r}.")
        axes, top = self._top(data, weights)
        falls = {}
        for name, value in params.items():
            i = names.index(name)
            place = ((np.log(value) if i < k else value) - axes.shift[i]) / axes.unit[i]
            falls[name] = profile.drop(*axes.of(i, top), i, float(place))
        return pd.Series(falls, name="drop")

    def _top(self, data: Any, weights: ArrayLike | None) -> tuple[Axes, Floats]:
        """The axes of a profile, and where the estimates lie on them: at the top, or an error."""
        axes = self._axes(data, weights)
        top = (self._theta - axes.shift) / axes.unit
        gain = promised(axes.surface(top if axes.turn is None else axes.turn @ top))
        if not gain < _NOT_THE_TOP:
            raise ValueError(
                "data must be those that the model was fitted to: with other parameters they fit "
                f"better, by {gain:.3g} or so in log-likelihood. Fit the model to them first."
            )
        return axes, top

    def _axes(self, data: Any, weights: ArrayLike | None = None) -> Axes:
        """The log-likelihood of these data over coordinates that are the parameters' own."""
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

"""How long does a thing take? Minutes a unit, estimated from what teams wrote on time sheets.

A sheet says how many minutes a team worked in a period and how many orders, returns and calls
it dealt with. Minutes a unit cannot be negative, so least squares is held to that (Lawson and
Hanson 1974, chapter 23). Assumption: volumes are counted without error. Noise in the minutes
costs precision; noise in the volumes pulls the estimates towards 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import nnls
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import check_array, check_consistent_length
from sklearn.utils.validation import check_is_fitted, validate_data


class TimeEquation(RegressorMixin, BaseEstimator):
    """Minutes that one unit of each driver takes, none of them negative.

    Parameters
    ----------
    fit_intercept : bool
        Whether a sheet has basic minutes that no volume explains (opening up, cleaning).

    Attributes
    ----------
    minutes_ : ndarray, shape (n_drivers,)
        Minutes a unit, >= 0.
    standard_error_ : ndarray, shape (n_drivers,)
        Of the minutes, by ordinary least squares on the drivers whose minutes are above 0,
        robust to unequal noise (HC1); NaN where they are 0 or sheets are too few.
    basic_minutes_ : float
        A sheet's minutes without any volume, >= 0; 0 without ``fit_intercept``.
    n_features_in_ : int
    feature_names_in_ : ndarray of str
        The drivers, where ``fit`` was given a DataFrame.

    Examples
    --------
    >>> volumes = [[10, 0], [0, 5], [10, 5], [20, 1]]
    >>> TimeEquation(fit_intercept=False).fit(volumes, [40, 30, 70, 86]).minutes_.round(6)
    array([4., 6.])
    """

    def __init__(self, fit_intercept: bool = True) -> None:
        self.fit_intercept = fit_intercept

    def fit(self, X: Any, y: Any, sample_weight: ArrayLike | None = None) -> TimeEquation:
        """Estimate the minutes from sheets.

        Parameters
        ----------
        X : DataFrame or array, shape (n_sheets, n_drivers)
            Volumes of each driver.
        y : array, shape (n_sheets,)
            Minutes worked.
        sample_weight : array, shape (n_sheets,), optional
            For instance 1 / minutes, where the error of a sheet grows with its length.
        """
        X, y = validate_data(self, X, y, y_numeric=True, dtype=np.float64)
        weight = _root_weights(sample_weight, X)
        design = np.column_stack([X, np.ones(len(X))]) if self.fit_intercept else X
        scale = np.abs(design).max(axis=0)  # drivers may differ by many orders of magnitude
        scale[scale == 0] = 1.0
        rows = design / scale * weight[:, None]
        found = nnls(rows, y * weight)[0]
        errors = _standard_errors(rows, y * weight, found) / scale
        found = found / scale
        n = X.shape[1]
        self.minutes_, self.standard_error_ = found[:n], errors[:n]
        self.basic_minutes_ = float(found[n]) if self.fit_intercept else 0.0
        return self

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Minutes that these volumes should take, shape (n_sheets,)."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=np.float64)
        return X @ self.minutes_ + self.basic_minutes_


def _root_weights(sample_weight: ArrayLike | None, X: NDArray) -> NDArray[np.float64]:
    if sample_weight is None:
        return np.ones(len(X))
    weight = check_array(
        sample_weight, ensure_2d=False, dtype=np.float64, input_name="sample_weight"
    )
    if weight.ndim != 1:
        raise ValueError(f"sample_weight must be 1D, one a sheet, got shape {weight.shape}.")
    check_consistent_length(weight, X)
    if (weight < 0).any():
        raise ValueError(f"sample_weight must be >= 0, got {weight.min()}.")
    if not weight.any():
        raise ValueError("sample_weight must be above zero for some sheet, every weight is zero.")
    return np.sqrt(weight)


def _standard_errors(X: NDArray, y: NDArray, found: NDArray) -> NDArray[np.float64]:
    errors = np.full(len(found), np.nan)
    free = found > 0
    n, k = int((X != 0).any(axis=1).sum()), int(free.sum())
    if k == 0 or n <= k:
        return errors
    bread = np.linalg.pinv(X[:, free].T @ X[:, free])
    scores = X[:, free] * (y - X @ found)[:, None]
    errors[free] = np.sqrt(np.diag(bread @ (scores.T @ scores) @ bread) * n / (n - k))
    return errors

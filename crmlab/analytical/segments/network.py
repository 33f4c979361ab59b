"""Can a small neural network tell who will bring much? Bands of its score as segments.

One hidden layer of a few units on even scales (Rumelhart, Hinton and Williams 1986, Nature 323).
It bends where a tree breaks, and nobody can read it: the bands of its score are segments all the
same, and profiles say who is in them.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import RegressorMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor
from sklearn.utils.validation import check_is_fitted, validate_data

from crmlab.analytical.segments.base import Segmenter, even_scales
from crmlab.checks import at_least_zero, whole_number


class NetworkBands(RegressorMixin, Segmenter):
    """Segments are bands of equal size of a network's score; band 1 promises most.

    Parameters
    ----------
    bands : int
        Bands, at least 2; fewer result where many customers have the same score.
    units : int
        Units of the hidden layer, at least 1.
    penalty : float
        On large weights (scikit-learn's ``alpha``), >= 0.
    steps : int
        Steps of the optimiser at most: stopping early is a restraint too. After some hundred steps
        two computers that round in different ways arrive at different networks.
    seed : int
        Of the first weights.

    Attributes
    ----------
    network_ : MLPRegressor
    borders_ : array
        Scores at which a better band begins, rising.
    segments_ : list of str
        "band 1", ...: the best first.

    Examples
    --------
    >>> X = np.arange(40.0).reshape(-1, 1)
    >>> fitted = NetworkBands(bands=2).fit(X, X[:, 0] ** 2)
    >>> fitted.segment([[3.0], [33.0]]).tolist()
    ['band 2', 'band 1']
    """

    def __init__(
        self,
        bands: int = 5,
        units: int = 6,
        penalty: float = 10.0,
        steps: int = 60,
        seed: int = 0,
    ) -> None:
        self.bands = bands
        self.units = units
        self.penalty = penalty
        self.steps = steps
        self.seed = seed

    def fit(self, X: Any, y: ArrayLike | None = None) -> NetworkBands:
        """Learn from customers whose response (0 or 1) or margin (EUR) is known."""
        values, target = validate_data(self, X, y, dtype=float, y_numeric=True)
        whole_number("bands", self.bands, 2, 1_000)
        whole_number("units", self.units, 1, 1_000)
        whole_number("steps", self.steps, 1, 10**6)
        at_least_zero("penalty", self.penalty)
        self.middle_, self.spread_ = float(target.mean()), float(target.std()) or 1.0
        self.scales_ = even_scales().fit(values)
        self.network_ = MLPRegressor(
            hidden_layer_sizes=(self.units,), activation="tanh", solver="lbfgs",
            alpha=self.penalty, max_iter=self.steps, random_state=self.seed,
        )  # fmt: skip
        with warnings.catch_warnings():  # the limit of steps is meant
            warnings.simplefilter("ignore", ConvergenceWarning)
            self.network_.fit(
                self.scales_.transform(values), (target - self.middle_) / self.spread_
            )
        score = self._score(values)
        shares = np.arange(1, self.bands) / self.bands
        self.borders_ = np.unique(np.quantile(score, shares, method="higher"))
        self.borders_ = self.borders_[self.borders_ > score.min()]
        self.segments_ = [f"band {i + 1}" for i in range(len(self.borders_) + 1)]
        return self

    def predict(self, X: Any) -> NDArray[np.float64]:
        """What is expected of each customer: the score, in the unit of ``y``."""
        check_is_fitted(self)
        return self._score(validate_data(self, X, dtype=float, reset=False))

    def _score(self, values: NDArray) -> NDArray[np.float64]:
        return self.network_.predict(self.scales_.transform(values)) * self.spread_ + self.middle_

    def _places(self, X: Any) -> NDArray[np.int64]:
        return len(self.borders_) - np.searchsorted(self.borders_, self.predict(X), side="right")

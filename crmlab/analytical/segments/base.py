"""What do all segmentations have in common? A segment for every customer, new ones too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.utils.validation import check_is_fitted, validate_data


class Segmenter(BaseEstimator):
    """A way to part customers; children say how in ``fit`` and ``_places``.

    Attributes
    ----------
    segments_ : list of str
        Names of the segments, in an order that each method states.
    """

    segments_: list[str]

    def fit(self, X: Any, y: ArrayLike | None = None) -> Segmenter:
        """Learn the segments from one row a customer."""
        raise NotImplementedError

    def segment(self, X: Any) -> pd.Series:
        """The segment of each customer, those not seen before included.

        Parameters
        ----------
        X : DataFrame or array, shape (n_customers, n_features)
            The columns that ``fit`` saw.

        Returns
        -------
        Series
            One row a customer (the index of ``X``): a category of ``segments_``.
        """
        check_is_fitted(self)
        places = self._places(X)
        index = X.index if isinstance(X, pd.DataFrame) else pd.RangeIndex(len(places))
        names = pd.Categorical.from_codes(places, self.segments_, ordered=True)
        return pd.Series(names, index, name="segment")

    def _places(self, X: Any) -> NDArray[np.int64]:
        """The place of each customer's segment in ``segments_``."""
        raise NotImplementedError


class OneSegment(Segmenter):
    """Everybody alike: the foil of every segmentation.

    >>> OneSegment().fit([[1.0], [2.0]]).segment([[5.0]]).tolist()
    ['all']
    """

    def fit(self, X: Any, y: ArrayLike | None = None) -> OneSegment:
        """Nothing to learn but which columns there are."""
        validate_data(self, X, dtype=float)
        self.segments_ = ["all"]
        return self

    def _places(self, X: Any) -> NDArray[np.int64]:
        return np.zeros(len(validate_data(self, X, dtype=float, reset=False)), dtype=np.int64)


def even_scales() -> Pipeline:
    """Logarithms (of 1 + |x|, with the sign of x), then mean 0 and standard deviation 1.

    Distances between customers would otherwise be those of the column with the largest unit.
    """
    return make_pipeline(FunctionTransformer(signed_log), StandardScaler())


def signed_log(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """``log(1 + |x|)`` with the sign of x: tames long tails and takes zeros.

    >>> signed_log(np.array([0.0, np.e - 1])).tolist()
    [0.0, 1.0]
    """
    return np.sign(values) * np.log1p(np.abs(values))


def largest_first(places: NDArray[np.int64], n_segments: int) -> NDArray[np.int64]:
    """The rank of each segment by size: 0 for the largest.

    >>> largest_first(np.array([0, 1, 1]), 2).tolist()
    [1, 0]
    """
    order = np.argsort(-np.bincount(places, minlength=n_segments), kind="stable")
    rank = np.empty(n_segments, dtype=np.int64)
    rank[order] = np.arange(n_segments)
    return rank

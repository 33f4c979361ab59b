"""Of which kinds are the customers? Latent classes: a finite mixture, fitted by EM.

Customers are of a few kinds that nobody sees. Given the kind, the columns are independent
(*local independence*): counts are Poisson, everything else is normal on even scales. The kinds'
sizes and parameters maximise the likelihood (EM: Dempster, Laird and Rubin 1977, JRSS B 39; for
segments: Wedel and Kamakura 2000, Market Segmentation). Other than a cluster, a class gives
each customer a probability of membership, and the likelihood says how many classes pay for
their parameters (BIC: Schwarz 1978, Annals of Statistics 6(2)).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, logsumexp
from sklearn.base import ClusterMixin
from sklearn.cluster import KMeans
from sklearn.utils.validation import check_is_fitted, validate_data

from crmlab.analytical.segments.base import Segmenter, even_scales, largest_first
from crmlab.checks import whole_number

Floats = NDArray[np.float64]
LEAST_SPREAD = 0.2
"""Least standard deviation of a class in a column, as a share of everybody's: without it, a class
of customers with exactly the same value would have an endless likelihood."""
_LEAST_RATE = 1e-3


class LatentClasses(ClusterMixin, Segmenter):
    """A mixture of kinds of customer; class 1 is the largest.

    Parameters
    ----------
    classes : int
        Number of classes, at least 1; `choose_classes` helps.
    starts : int
        Starts (k-means with one start each), of which the likeliest is kept.
    steps : int
        EM steps at most.
    seed : int

    Attributes
    ----------
    counts_ : array of bool, shape (n_features,)
        Which columns are counts: whole numbers from 0, not all the same.
    weights_ : array, shape (classes,)
        Share of each class.
    rates_ : array, shape (classes, n_counts)
        Mean of each count.
    means_, variances_ : array, shape (classes, n_others)
        Of the other columns, on their even scales.
    log_likelihood_, bic_ : float
        At the end; a lower BIC is better.
    history_ : array
        Log-likelihood after each step of the start that was kept.
    labels_, segments_
        As in `Clusters`.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> X = pd.DataFrame({"orders": np.append(rng.poisson(1, 300), rng.poisson(12, 100))})
    >>> fitted = LatentClasses(classes=2).fit(X)
    >>> fitted.weights_.round(1).tolist(), fitted.rates_[:, 0].round().tolist()
    ([0.8, 0.2], [1.0, 12.0])
    """

    def __init__(self, classes: int = 5, starts: int = 5, steps: int = 500, seed: int = 0) -> None:
        self.classes = classes
        self.starts = starts
        self.steps = steps
        self.seed = seed

    def fit(self, X: Any, y: ArrayLike | None = None) -> LatentClasses:
        """Find the classes; ``y`` is ignored."""
        values = validate_data(self, X, dtype=float, ensure_min_samples=2)
        for name in ("classes", "starts", "steps"):
            whole_number(name, getattr(self, name), 1, 100_000)
        if len(np.unique(values, axis=0)) < self.classes:
            raise ValueError(
                f"classes must be at most the number of customers that differ: "
                f"n_samples={len(values)} should be >= classes={self.classes}."
            )
        self.counts_ = _are_counts(values)
        self.scales_ = even_scales().fit(values)
        first = np.random.default_rng(self.seed).integers(0, 2**31, self.starts)
        fits = [self._climb(values, int(start)) for start in first]
        self._keep(max(fits, key=lambda found: found[1][-1]))
        self._describe(values)
        return self

    def predict_proba(self, X: Any) -> Floats:
        """Probability of each class for each customer, shape (n_customers, classes)."""
        check_is_fitted(self)
        values = validate_data(self, X, dtype=float, reset=False)
        joint = self._joint(*self._parts(values))
        return np.exp(joint - logsumexp(joint, axis=1, keepdims=True))

    def predict(self, X: Any) -> NDArray[np.int64]:
        """The likeliest class as a number, 0 for the largest; see `segment`."""
        return self.predict_proba(X).argmax(axis=1)

    def _places(self, X: Any) -> NDArray[np.int64]:
        return self.predict(X)

    # --- EM --------------------------------------------------------------------------------

    def _parts(self, values: Floats) -> tuple[Floats, Floats]:
        """The counts as they are, and everything else on even scales."""
        return values[:, self.counts_], self.scales_.transform(values)[:, ~self.counts_]

    def _climb(self, values: Floats, start: int) -> tuple[list[Floats], list[float]]:
        """From a start uphill until a step gains next to nothing."""
        scaled = self.scales_.transform(values)
        labels = KMeans(self.classes, n_init=1, random_state=start).fit(scaled).labels_
        parts, member = self._parts(values), np.eye(self.classes)[labels]
        history = [-np.inf]
        for _ in range(self.steps):
            self._maximise(*parts, member)
            joint = self._joint(*parts)
            total = logsumexp(joint, axis=1, keepdims=True)
            member, found = np.exp(joint - total), float(total.sum())
            gain = found - history[-1]
            history.append(found)
            if gain < 1e-6 * len(values):
                break
        return [self.weights_, self.rates_, self.means_, self.variances_], history[1:]

    def _maximise(self, counted: Floats, scaled: Floats, member: Floats) -> None:
        size = member.sum(axis=0) + 1e-12
        self.weights_ = size / size.sum()
        self.rates_ = np.maximum(member.T @ counted / size[:, None], _LEAST_RATE)
        self.means_ = member.T @ scaled / size[:, None]
        spread = member.T @ scaled**2 / size[:, None] - self.means_**2
        self.variances_ = np.maximum(spread, LEAST_SPREAD**2)

    def _joint(self, counted: Floats, scaled: Floats) -> Floats:
        """Log of the weight of each class times the likelihood in it."""
        poisson = counted @ np.log(self.rates_).T - self.rates_.sum(axis=1)
        poisson -= gammaln(counted + 1).sum(axis=1, keepdims=True)
        away = (scaled[:, None, :] - self.means_) ** 2 / self.variances_
        normal = -0.5 * (away + np.log(2 * np.pi * self.variances_)).sum(axis=2)
        return np.log(self.weights_) + poisson + normal

    def _keep(self, found: tuple[list[Floats], list[float]]) -> None:
        self.weights_, self.rates_, self.means_, self.variances_ = found[0]
        self.history_ = np.array(found[1])

    def _describe(self, values: Floats) -> None:
        """Put the largest class first, and grade the fit."""
        parts = self._parts(values)
        order = np.argsort(largest_first(self._joint(*parts).argmax(axis=1), self.classes))
        for name in ("weights_", "rates_", "means_", "variances_"):
            setattr(self, name, getattr(self, name)[order])
        self.labels_ = self._joint(*parts).argmax(axis=1)
        self.log_likelihood_ = float(self.history_[-1])
        self.bic_ = float(np.log(len(values)) * self.n_parameters_ - 2 * self.log_likelihood_)
        self.segments_ = [f"class {i + 1}" for i in range(self.classes)]

    @property
    def n_parameters_(self) -> int:
        """Free parameters: weights, a rate a count, a mean and a variance any other column."""
        return self.classes - 1 + self.rates_.size + self.means_.size + self.variances_.size


def choose_classes(X: Any, classes: Iterable[int] = range(1, 9), seed: int = 0) -> pd.DataFrame:
    """How many classes? As many as pay for their parameters by BIC.

    Parameters
    ----------
    X : DataFrame or array, shape (n_customers, n_features)
    classes : iterable of int
        Numbers to try.
    seed : int

    Returns
    -------
    DataFrame
        One row a number: ``classes``, ``log_likelihood``, ``parameters``, ``bic``, ``chosen``
        (the lowest BIC). If the last number is chosen, more might be better: columns that go
        together for other reasons (few behaviours are independent) call for ever more classes.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> X = pd.DataFrame({"orders": np.append(rng.poisson(1, 300), rng.poisson(12, 100))})
    >>> table = choose_classes(X, [1, 2, 3])
    >>> table.loc[table["chosen"], "classes"].item()
    2
    """
    fits = [LatentClasses(number, seed=seed).fit(X) for number in classes]
    rows = [(f.classes, f.log_likelihood_, f.n_parameters_, f.bic_) for f in fits]
    table = pd.DataFrame(rows, columns=["classes", "log_likelihood", "parameters", "bic"])
    return table.assign(chosen=table.index == table["bic"].idxmin())


def _are_counts(values: Floats) -> NDArray[np.bool_]:
    whole = ((values >= 0) & (values == np.floor(values))).all(axis=0)
    return whole & (values != values[0]).any(axis=0)

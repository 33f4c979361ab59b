"""What does the treatment do to each customer? T-, X- and DR-learners over any model.

Nobody is seen both treated and untreated, so the effect of one customer is never data. A
*meta-learner* turns it into ordinary regressions, for which any scikit-learn model will do:

* T: one model of the outcome for the treated, one for the untreated, and their difference.
* X: impute to each customer the outcome not seen, and learn the differences; strong where one
  group is much the larger. Both: Kuenzel, Sekhon, Bickel and Yu (2019), PNAS 116(10).
* DR: a pseudo-outcome that is right if either the outcomes or the propensities are, regressed
  on what is known; Kennedy (2023), Electronic Journal of Statistics 17(2).

All assume that the treatment was drawn by lot, or by what is in ``X``, and that nobody was sure
to get it or sure not to.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, is_classifier
from sklearn.model_selection import StratifiedKFold
from sklearn.utils import Tags, _safe_indexing
from sklearn.utils.validation import _num_samples, check_is_fitted, validate_data

from crmlab.analytical.uplift import models
from crmlab.analytical.uplift.models import EDGE, fitted, labelled, mean, probability
from crmlab.analytical.uplift.trial import checked_trial


class _Learner(BaseEstimator):
    """What the three have in common: checks, models of the two outcomes, the baseline."""

    model: Any

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.input_tags.allow_nan = self.model is None
        tags.input_tags.sparse = False
        return tags

    def _start(
        self, X: Any, y: ArrayLike, treatment: ArrayLike | None
    ) -> tuple[Any, np.ndarray, np.ndarray]:
        if y is None:
            raise ValueError("requires y to be passed, but the target y is None.")
        X = self._checked(X, ensure_min_samples=4)
        given = self.get_params(deep=False)
        chosen = ("model", "effect_model", "propensity")
        models.no_text(X, [n for n in chosen if n in given and given[n] is None])
        outcome, treated = checked_trial(y, treatment)
        if _num_samples(X) != len(outcome):
            raise ValueError(
                f"X and y must have one row a customer, got {_num_samples(X)} and {len(outcome)}."
            )
        if self.model is not None and is_classifier(self.model) and not models.binary(outcome):
            raise ValueError(
                "y must hold 0 and 1 where model is a classifier, got "
                f"{outcome[~np.isin(outcome, [0, 1])][0]:g}. Pass a regressor."
            )
        return X, outcome, treated

    def _again(self, X: Any) -> Any:
        check_is_fitted(self)
        return self._checked(X, reset=False)

    def _checked(self, X: Any, **options: Any) -> Any:
        """A frame as it is, for a pipeline to read; anything else as an array of numbers."""
        if isinstance(X, pd.DataFrame):
            validate_data(self, X, skip_check_array=True, reset=options.get("reset", True))
            return X
        finite = "allow-nan" if self.model is None else True
        return validate_data(self, X, ensure_all_finite=finite, **options)

    def _two(self, X: Any, y: np.ndarray, treated: np.ndarray) -> tuple[Any, Any]:
        """Models of the outcome with and without treatment."""
        with_it, without = (
            models.outcome_model(self.model, _safe_indexing(X, group), y[group])
            for group in (treated, ~treated)
        )
        return with_it, without

    def baseline(self, X: pd.DataFrame | ArrayLike) -> np.ndarray | pd.Series:
        """What each customer would do untreated: expected outcome, shape (n_customers,)."""
        X = self._again(X)
        return labelled(np.mean([mean(m, X) for m in self.control_models_], axis=0), X)


class TLearner(_Learner):
    """The effect as the difference of two models of the outcome.

    ``tau(x) = mu_1(x) - mu_0(x)``, each ``mu`` fitted to one group (Kuenzel et al. 2019).
    Simple, and prone to find differences that are only those of the two models.

    Parameters
    ----------
    model : scikit-learn regressor or classifier, optional
        For the outcome; a classifier's probability counts. By default cautious gradient
        boosting, a classifier where the outcome is 0 and 1.

    Attributes
    ----------
    treated_models_, control_models_ : list
        The fitted models, one each.

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> X = np.array([[0.0], [1.0], [2.0], [0.0], [1.0], [2.0]])
    >>> treatment = [1, 1, 1, 0, 0, 0]
    >>> y = [1.0, 3.0, 5.0, 1.0, 2.0, 3.0]  # treated 1 + 2x, untreated 1 + x
    >>> TLearner(LinearRegression()).fit(X, y, treatment=treatment).predict([[3.0]]).round(6)
    array([3.])
    """

    def __init__(self, model: Any = None) -> None:
        self.model = model

    def fit(self, X: Any, y: ArrayLike, treatment: ArrayLike | None = None) -> TLearner:
        """Learn from a trial: ``X``, outcome ``y``, and who had the ``treatment`` (0 and 1)."""
        with_it, without = self._two(*self._start(X, y, treatment))
        self.treated_models_, self.control_models_ = [with_it], [without]
        return self

    def predict(self, X: pd.DataFrame | ArrayLike) -> np.ndarray | pd.Series:
        """Effect of the treatment on each customer, in the unit of ``y``; a Series for a frame."""
        X = self._again(X)
        return labelled(mean(self.treated_models_[0], X) - mean(self.control_models_[0], X), X)


class XLearner(_Learner):
    """The effect learned from imputed differences, weighted by who had the data.

    With ``D1 = y - mu_0(x)`` of the treated and ``D0 = mu_1(x) - y`` of the untreated, two
    regressions ``tau_1`` and ``tau_0``, and ``tau(x) = e(x) tau_0(x) + (1 - e(x)) tau_1(x)``
    (Kuenzel et al. 2019, with the propensity as weight ``g``).

    Parameters
    ----------
    model : scikit-learn regressor or classifier, optional
        For the outcome, as in `TLearner`.
    effect_model : scikit-learn regressor, optional
        For the differences; by default cautious gradient boosting.
    propensity : float or scikit-learn classifier, optional
        The probability of being treated where the lot had one; else the model that learns it,
        by default a logistic regression.

    Attributes
    ----------
    treated_models_, control_models_ : list
        Models of the outcome, one each.
    effect_treated_, effect_control_ : regressors
        ``tau_1`` and ``tau_0``.

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> X = np.array([[0.0], [1.0], [2.0], [0.0], [1.0], [2.0]])
    >>> learner = XLearner(LinearRegression(), LinearRegression(), propensity=0.5)
    >>> y = [1.0, 3.0, 5.0, 1.0, 2.0, 3.0]
    >>> learner.fit(X, y, treatment=[1, 1, 1, 0, 0, 0]).predict([[3.0]]).round(6)
    array([3.])
    """

    def __init__(self, model: Any = None, effect_model: Any = None, propensity: Any = None) -> None:
        self.model = model
        self.effect_model = effect_model
        self.propensity = propensity

    def fit(self, X: Any, y: ArrayLike, treatment: ArrayLike | None = None) -> XLearner:
        """Learn from a trial: ``X``, outcome ``y``, and who had the ``treatment`` (0 and 1)."""
        X, outcome, treated = self._start(X, y, treatment)
        X1, X0 = _safe_indexing(X, treated), _safe_indexing(X, ~treated)
        with_it, without = self._two(X, outcome, treated)
        self.treated_models_, self.control_models_ = [with_it], [without]
        gained = outcome[treated] - mean(without, X1)
        missed = mean(with_it, X0) - outcome[~treated]
        self.effect_treated_ = fitted(models.effect_model_of(self.effect_model), X1, gained)
        self.effect_control_ = fitted(models.effect_model_of(self.effect_model), X0, missed)
        self.propensity_ = models.propensity_model(self.propensity, X, treated)
        return self

    def predict(self, X: pd.DataFrame | ArrayLike) -> np.ndarray | pd.Series:
        """Effect of the treatment on each customer, in the unit of ``y``; a Series for a frame."""
        X = self._again(X)
        weight = probability(self.propensity_, X)
        effects = weight * mean(self.effect_control_, X)
        return labelled(effects + (1 - weight) * mean(self.effect_treated_, X), X)


class DRLearner(_Learner):
    """The effect learned from a doubly robust pseudo-outcome, cross-fitted.

    ``phi = (t - e) / (e (1 - e)) (y - mu_t) + mu_1 - mu_0``, with ``mu`` and ``e`` fitted to
    the other folds, and then ``phi`` regressed on ``X`` (Kennedy 2023, algorithm 1). Where the
    paper fits that last regression on each part and averages, here the parts are pooled first.

    Parameters
    ----------
    model, effect_model, propensity
        As in `XLearner`.
    folds : int
        Parts for cross-fitting, at least 2.
    seed : int
        For dividing the customers into parts.

    Attributes
    ----------
    treated_models_, control_models_ : list
        Models of the outcome, one a fold.
    effect_model_ : regressor
        The last regression.
    pseudo_outcomes_ : array, shape (n_customers,)
        ``phi``; its mean estimates the average effect.
    average_effect_, standard_error_ : float
        That mean, adjusted for ``X``, and its standard error.
    clipped_ : float
        Share of customers whose estimated propensity was closer than `EDGE` to 0 or 1: above 0,
        some kinds of customer were hardly ever treated, or hardly ever not.

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> rng = np.random.default_rng(5)
    >>> X, treatment = rng.normal(size=(400, 1)), rng.random(400) < 0.5
    >>> y = X[:, 0] + treatment * (1 + 2 * X[:, 0])
    >>> learner = DRLearner(LinearRegression(), LinearRegression(), propensity=0.5)
    >>> learner.fit(X, y, treatment=treatment).predict([[0.0], [1.0]]).round(6)
    array([1., 3.])
    """

    def __init__(
        self,
        model: Any = None,
        effect_model: Any = None,
        propensity: Any = None,
        folds: int = 5,
        seed: int = 0,
    ) -> None:
        self.model = model
        self.effect_model = effect_model
        self.propensity = propensity
        self.folds = folds
        self.seed = seed

    def fit(
        self,
        X: Any,
        y: ArrayLike,
        treatment: ArrayLike | None = None,
        propensity: ArrayLike | None = None,
    ) -> DRLearner:
        """Learn from a trial; ``propensity`` may tell each customer's own chance of treatment.

        Such a chance, one number above 0 and below 1 a customer, goes before the parameter of
        the same name: policies that draw lots record it (``messages.propensity``).
        """
        X, outcome, treated = self._start(X, y, treatment)
        self._check_folds(treated)
        own = None if propensity is None else models.own_chances(propensity, len(outcome))
        mu1, mu0, chance = self._cross_fit(X, outcome, treated, own)
        kept = np.clip(chance, EDGE, 1 - EDGE) if own is None else own
        self.clipped_ = float(np.mean(kept != chance))
        self._regress(X, _pseudo(outcome, treated, (mu1, mu0), kept))
        return self

    def predict(self, X: pd.DataFrame | ArrayLike) -> np.ndarray | pd.Series:
        """Effect of the treatment on each customer, in the unit of ``y``; a Series for a frame."""
        X = self._again(X)
        return labelled(mean(self.effect_model_, X), X)

    def _check_folds(self, treated: np.ndarray) -> None:
        smaller = int(min(treated.sum(), (~treated).sum()))
        if isinstance(self.folds, bool) or not isinstance(self.folds, int | np.integer):
            raise TypeError(f"folds must be a whole number, got {self.folds!r}.")
        if not 2 <= self.folds <= smaller:
            raise ValueError(
                f"folds must be between 2 and {smaller}, the customers in the smaller group, "
                f"got {self.folds}."
            )

    def _cross_fit(
        self, X: Any, y: np.ndarray, treated: np.ndarray, own: np.ndarray | None
    ) -> np.ndarray:
        """Outcome with and without treatment, and propensity, of customers who taught nothing."""
        self.treated_models_: list[Any] = []
        self.control_models_: list[Any] = []
        found = np.empty((3, len(y)))
        parts = StratifiedKFold(self.folds, shuffle=True, random_state=self.seed)
        for train, test in parts.split(np.zeros(len(y)), treated):
            X_train, X_test = _safe_indexing(X, train), _safe_indexing(X, test)
            with_it, without = self._two(X_train, y[train], treated[train])
            self.treated_models_.append(with_it)
            self.control_models_.append(without)
            found[:2, test] = mean(with_it, X_test), mean(without, X_test)
            if own is None:
                model = models.propensity_model(self.propensity, X_train, treated[train])
                found[2, test] = probability(model, X_test, edge=0.0)
            else:
                found[2, test] = own[test]
        return found

    def _regress(self, X: Any, pseudo: np.ndarray) -> None:
        self.pseudo_outcomes_ = pseudo
        self.average_effect_ = float(pseudo.mean())
        self.standard_error_ = float(pseudo.std(ddof=1) / np.sqrt(len(pseudo)))
        self.effect_model_ = fitted(models.effect_model_of(self.effect_model), X, pseudo)


def _pseudo(
    y: np.ndarray, treated: np.ndarray, mu: tuple[np.ndarray, np.ndarray], chance: np.ndarray
) -> np.ndarray:
    """Kennedy (2023), algorithm 1, step 2."""
    weight = (treated - chance) / (chance * (1 - chance))
    return weight * (y - np.where(treated, *mu)) + mu[0] - mu[1]

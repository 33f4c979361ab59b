"""Which models stand behind a learner, and in which shape do tables go in and out?

Any scikit-learn model does, a pipeline included. Where none is given: cautious gradient boosting
for outcomes and effects, which takes missing values, and a logistic regression for propensities.
With fewer than about 200 customers in a group that boosting learns nothing but averages; give
a linear model there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import clone, is_classifier
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import _num_samples

EDGE = 0.01
"""Estimated propensities are kept this far from 0 and 1, so that no customer outweighs all."""

# Effects are some per cent, outcomes mostly chance: a leaf of 100 customers knows a share of .2
# to within .04. Without early stopping no random part is held back.
_CAUTIOUS = {
    "max_iter": 50,
    "max_depth": 3,
    "learning_rate": 0.05,
    "min_samples_leaf": 100,
    "early_stopping": False,
    "random_state": 0,
}


def outcome_model(model: Any, X: Any, y: np.ndarray) -> Any:
    """The model of an outcome, fitted; by default a classifier where it is 0 and 1."""
    if model is None:
        boosted = HistGradientBoostingClassifier if binary(y) else HistGradientBoostingRegressor
        return fitted(boosted(**_CAUTIOUS), X, y)
    return fitted(clone(model), X, y)


def effect_model_of(model: Any) -> Any:
    """The model of effects, not yet fitted."""
    return HistGradientBoostingRegressor(**_CAUTIOUS) if model is None else clone(model)


def fitted(model: Any, X: Any, y: np.ndarray) -> Any:
    """The model, or a constant where there is only one outcome to learn."""
    if is_classifier(model) and (y == y[0]).all():
        return DummyRegressor(strategy="constant", constant=y[0]).fit(X, y)
    return model.fit(X, y)


def mean(model: Any, X: Any) -> np.ndarray:
    """Expected outcome: a classifier's probability of 1, a regressor's prediction."""
    if is_classifier(model):
        return model.predict_proba(X) @ model.classes_
    return np.asarray(model.predict(X), dtype=float).reshape(_num_samples(X))


def propensity_model(given: Any, X: Any, treated: np.ndarray) -> Any:
    """A number as it is, or a classifier fitted to who was treated."""
    if given is None:
        steps = (SimpleImputer(add_indicator=True), StandardScaler(), LogisticRegression())
        return make_pipeline(*steps).fit(X, treated)
    if hasattr(given, "fit"):
        return clone(given).fit(X, treated)
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given < 1:
        raise ValueError(
            f"propensity must be between 0 and 1, or a classifier, got {given!r}. "
            "Chances that differ by customer go to DRLearner.fit(..., propensity=)."
        )
    return float(given)


def probability(model: Any, X: Any, edge: float = EDGE) -> np.ndarray:
    """Chance of being treated, kept from the edges."""
    if isinstance(model, float):
        return np.full(_num_samples(X), model)
    return np.clip(model.predict_proba(X)[:, 1], edge, 1 - edge)


def own_chances(propensity: ArrayLike, n: int) -> np.ndarray:
    """Each customer's own chance of being treated, or `ValueError`."""
    chance = np.asarray(propensity, dtype=float)
    if chance.shape != (n,) or not ((chance > 0) & (chance < 1)).all():
        raise ValueError(
            f"propensity must be one number above 0 and below 1 a customer, shape ({n},), got "
            f"shape {chance.shape} with values from {chance.min():g} to {chance.max():g}. Who was "
            "sure to be treated, or not to be, belongs to no trial: leave them out."
        )
    return chance


# --- input and output ----------------------------------------------------------------------


def no_text(X: Any, defaults: list[str]) -> None:
    """Raise where a frame has text and a parameter is left to its default, which takes none."""
    if defaults and isinstance(X, pd.DataFrame):
        for name in X:
            if not pd.api.types.is_numeric_dtype(X[name]):
                raise ValueError(
                    f"X must hold numbers, the column {name!r} is {X[name].dtype}. Use "
                    "pandas.get_dummies(X, dtype=float), or give a pipeline that encodes it as "
                    f"{' and as '.join(defaults)}."
                )


def binary(y: np.ndarray) -> bool:
    """Whether an outcome is 0 and 1."""
    return bool(np.isin(y, [0, 1]).all())


def labelled(effects: np.ndarray, X: Any) -> np.ndarray | pd.Series:
    """A Series with the frame's index, so that effects and truth are matched by label."""
    return pd.Series(effects, X.index) if isinstance(X, pd.DataFrame) else effects

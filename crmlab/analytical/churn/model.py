"""How likely is it that a customer stays away? Four models of churn behind one interface.

* ``logistic``: the logarithm of the odds is linear in the (logarithms of the) features.
* ``boosting``: many small trees, for features that matter together.
* ``kaplan-meier``: no model, only groups: among customers equally long silent, the share still
  without an order at the end of the horizon. The foil for the others.
* ``cox``: features multiply the hazard of the next order (Cox 1972, JRSS B 34).

The last two ask *when* the next order comes; who churned is whoever is still silent when the
horizon ends. They can learn from customers who have been watched for a part of the horizon only.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from crmlab.analytical.churn import survival
from crmlab.checks import one_of

KINDS = ("logistic", "boosting", "kaplan-meier", "cox")
_SURVIVAL = ("kaplan-meier", "cox")
_GROUPS = 5


class ChurnModel(ClassifierMixin, BaseEstimator):
    """The risk of each customer to place no order within the horizon.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    horizon_weeks : float
        How long the horizon of the labels is, > 0; only the survival kinds use it.
    by : str or int, optional
        The feature whose fifths are the groups of ``kaplan-meier``; by default
        ``weeks_since_order`` where there is one, else everybody is one group.
    seed : int
        For ``boosting``, where more than 200,000 customers are sampled for binning.

    Attributes
    ----------
    classes_ : array
        The two labels; the second is the one whose risk is meant (False, True: churned).
    model_ : object
        The fitted model: a scikit-learn estimator, a survival curve, or Cox's results.

    Examples
    --------
    >>> import crmlab as crm
    >>> from crmlab.analytical.churn import snapshot
    >>> records = crm.simulate("retail", 300, 78, 1).records
    >>> shot = snapshot(records, 40, horizon_weeks=26)
    >>> model = ChurnModel("cox", horizon_weeks=26).fit(shot.X, shot.churned, weeks=shot.weeks)
    >>> model.risk(shot.X).between(0, 1).all()
    np.True_
    """

    def __init__(
        self,
        kind: str = "logistic",
        horizon_weeks: float = 26.0,
        by: str | int | None = None,
        seed: int = 0,
    ) -> None:
        self.kind = kind
        self.horizon_weeks = horizon_weeks
        self.by = by
        self.seed = seed

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags

    def fit(self, X: Any, y: ArrayLike, weeks: ArrayLike | None = None) -> ChurnModel:
        """Learn from customers whose horizon is over.

        Parameters
        ----------
        X : DataFrame or array, shape (n_customers, n_features)
            What was known at the moment; numbers without missing values.
        y : array of bool, shape (n_customers,)
            Whether the customer churned: no order within the horizon.
        weeks : array, shape (n_customers,), optional
            Weeks from the moment to the next order, or for those who churned how long they
            were watched. The survival kinds need it.
        """
        one_of("kind", self.kind, KINDS)
        if not 0 < self.horizon_weeks < np.inf:
            raise ValueError(
                f"horizon_weeks must be a finite number > 0, got {self.horizon_weeks}."
            )
        values, labels = validate_data(self, X, y, dtype=float)
        check_classification_targets(labels)
        self.classes_, churned = np.unique(labels, return_inverse=True)
        self._check_classes()
        if self.kind in _SURVIVAL:
            self._fit_survival(values, churned == 1, weeks)
        else:
            self.model_ = _classifier(self.kind, self.seed).fit(values, churned)
        return self

    def risk(self, X: Any) -> np.ndarray | pd.Series:
        """Risk of each customer to place no order within the horizon, in [0, 1].

        A Series with the customers as index where ``X`` is a frame.
        """
        risk = self.predict_proba(X)[:, 1]
        return pd.Series(risk, X.index, name="risk") if isinstance(X, pd.DataFrame) else risk

    def predict_proba(self, X: Any) -> np.ndarray:
        """Probabilities of the two ``classes_``, shape (n_customers, 2)."""
        check_is_fitted(self)
        if self.kind in _SURVIVAL:
            risk = self.still_silent(X, [self.horizon_weeks]).to_numpy()[:, 0]
        else:
            values = validate_data(self, X, dtype=float, reset=False)
            risk = self.model_.predict_proba(values)[:, 1]
        return np.column_stack([1 - risk, risk])

    def predict(self, X: Any) -> np.ndarray:
        """The likelier of the two ``classes_``; see `risk` for the risk itself."""
        likelier = (self.predict_proba(X)[:, 1] > 0.5).astype(int)
        return self.classes_[likelier]

    def still_silent(self, X: Any, weeks: ArrayLike) -> pd.DataFrame:
        """Probability that the next order has not come after so many weeks.

        Only the survival kinds know it. One row a customer, one column a number of weeks.
        """
        check_is_fitted(self)
        if self.kind not in _SURVIVAL:
            raise ValueError(
                f"kind must be one of {', '.join(map(repr, _SURVIVAL))} to tell when, got "
                f"{self.kind!r}, which tells whether."
            )
        values = validate_data(self, X, dtype=float, reset=False)
        days = 7 * np.asarray(weeks, dtype=float)
        if self.kind == "cox":
            ratio = np.exp(np.clip(self._scaled(values) @ self.model_.params, -30, 30))
            silent = np.exp(-np.outer(ratio, _step(self.days_, self.hazard_, days, 0.0)))
        else:
            curves = np.array([_step(at, share, days, 1.0) for at, share in self.model_])
            silent = curves[self._group(values)]
        index = X.index if isinstance(X, pd.DataFrame) else None
        return pd.DataFrame(silent, index, columns=pd.Index(np.asarray(weeks), name="weeks"))

    # --- survival --------------------------------------------------------------------------

    def _check_classes(self) -> None:
        if len(self.classes_) > 2:
            raise ValueError(
                "Only binary classification is supported: y must say who churned and who did "
                f"not, got {len(self.classes_)} classes."
            )
        if len(self.classes_) < 2:
            raise ValueError(
                f"y must hold two classes, got one class only: {self.classes_.tolist()[0]!r}. "
                "With a longer or a shorter horizon some customers churn and others do not."
            )

    def _fit_survival(self, X: np.ndarray, churned: np.ndarray, weeks: ArrayLike | None) -> None:
        if weeks is None:
            raise ValueError(
                f"weeks must say when the next order came for kind {self.kind!r}, got None. "
                "Pass the snapshot's: fit(shot.X, shot.churned, weeks=shot.weeks)."
            )
        time, ordered = survival.checked_durations(weeks, ~churned)
        if len(time) != len(X):
            raise ValueError(f"weeks must have one value a customer, got {len(time)} of {len(X)}.")
        # Whole days: a horizon then has few different times, and Cox's sums stay short.
        days = np.maximum(np.ceil(7 * time - 1e-9), 1.0)
        if self.kind == "cox":
            self._fit_cox(X, days, ordered)
        else:
            self._fit_groups(X, days, ordered)

    def _fit_cox(self, X: np.ndarray, days: np.ndarray, ordered: np.ndarray) -> None:
        logs = _signed_log(X)
        self.mean_, spread = logs.mean(axis=0), logs.std(axis=0)
        self.scale_ = np.where(spread > 1e-12, spread, 1.0)
        self.kept_ = np.arange(X.shape[1])
        self.kept_ = np.flatnonzero(survival.independent(self._scaled(X)))
        if not len(self.kept_):
            raise ValueError("X must have a feature that varies, got constant columns only.")
        self.model_ = survival.cox(self._scaled(X), days, ordered)
        log_ratio = np.clip(self._scaled(X) @ self.model_.params, -30, 30)
        self.days_, self.hazard_ = survival.baseline_hazard(log_ratio, days, ordered)

    def _scaled(self, X: np.ndarray) -> np.ndarray:
        return ((_signed_log(X) - self.mean_)[:, self.kept_]) / self.scale_[self.kept_]

    def _fit_groups(self, X: np.ndarray, days: np.ndarray, ordered: np.ndarray) -> None:
        self.column_ = self._column(X.shape[1])
        by = np.zeros(len(X)) if self.column_ is None else X[:, self.column_]
        self.edges_ = np.unique(np.quantile(by, np.arange(1, _GROUPS) / _GROUPS))
        group = np.searchsorted(self.edges_, by, side="right")
        self.model_ = []
        for g in range(len(self.edges_) + 1):
            here = group == g if (group == g).any() else np.ones(len(X), dtype=bool)
            curve = survival.survival_curve(days[here], ordered[here])
            self.model_.append((curve["weeks"].to_numpy(), curve["survival"].to_numpy()))

    def _group(self, X: np.ndarray) -> np.ndarray:
        by = np.zeros(len(X)) if self.column_ is None else X[:, self.column_]
        return np.searchsorted(self.edges_, by, side="right")

    def _column(self, n_features: int) -> int | None:
        names = list(getattr(self, "feature_names_in_", range(n_features)))
        if self.by is None:
            return names.index("weeks_since_order") if "weeks_since_order" in names else None
        if self.by not in names:
            raise ValueError(f"by must be a feature, got {self.by!r}; there are {names}.")
        return names.index(self.by)


def _classifier(kind: str, seed: int) -> Any:
    if kind == "boosting":
        return HistGradientBoostingClassifier(
            max_iter=100, max_depth=3, learning_rate=0.05, early_stopping=False, random_state=seed
        )
    return make_pipeline(
        FunctionTransformer(_signed_log), StandardScaler(), LogisticRegression(max_iter=1_000)
    )


def _signed_log(X: np.ndarray) -> np.ndarray:
    """Counts, weeks and EUR differ by factors: their logarithm, 0 at 0, odd below it."""
    return np.sign(X) * np.log1p(np.abs(X))


def _step(at: np.ndarray, value: np.ndarray, x: np.ndarray, before: float) -> np.ndarray:
    """The step function that jumps to ``value`` at ``at``, read at ``x``."""
    return np.append(before, value)[np.searchsorted(at, x, side="right")]

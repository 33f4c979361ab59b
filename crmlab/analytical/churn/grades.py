"""How good were the risks? Ranking, calibration, and what the top of the list holds.

A risk can be right in its order and wrong in its height, or the other way round, so there are
several grades: AUC and the lift of the top tenth look at the order, calibration at the height,
and the Brier score at both (Brier 1950, Monthly Weather Review 78). None of them is money:
what a list earns depends on whom an offer changes (`uplift`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.metrics import brier_score_loss, roc_auc_score

from crmlab.analytical.churn.snapshot import Snapshot
from crmlab.checks import whole_number


@dataclass(frozen=True, eq=False, repr=False)
class Grades:
    """How good risks of churn were.

    Attributes
    ----------
    customers : int
    churn_rate : float
        Share who churned.
    auc : float
        How often somebody who churned had a higher risk than somebody who did not: 1/2 for a
        lot, 1 at best.
    brier, brier_of_rate : float
        Mean squared error of the risk, and that of giving everybody the churn rate: a risk
        worth having has less.
    top_tenth_lift : float
        Churn rate among the tenth with the highest risk, over that of all.
    calibration : DataFrame
        See `calibration`.
    """

    customers: int
    churn_rate: float
    auc: float
    brier: float
    brier_of_rate: float
    top_tenth_lift: float
    calibration: pd.DataFrame

    def __repr__(self) -> str:
        return (
            f"AUC {self.auc:.3f}, Brier {self.brier:.3f} ({self.brier_of_rate:.3f} by the rate "
            f"alone), lift of the top tenth {self.top_tenth_lift:.2f}\n"
            f"{self.customers:,} customers, of whom {self.churn_rate:.1%} churned"
        )


def evaluate(model: Any, train: Snapshot, test: Snapshot) -> Grades:
    """Grade a model on a later moment than the one that it learned from.

    The customers may be the same: what is new is the time, as it will be in use.

    Parameters
    ----------
    model : ChurnModel
        Or any classifier with ``predict_proba``; it is cloned, and ``model`` left alone.
    train, test : Snapshot
        The horizon of ``train`` must be over when ``test`` begins.

    Returns
    -------
    Grades

    Raises
    ------
    ValueError
        The horizons overlap: on the day of ``test`` nobody knew the labels of ``train``.

    Examples
    --------
    >>> import crmlab as crm
    >>> from crmlab.analytical.churn import ChurnModel, snapshot
    >>> records = crm.simulate("retail", 400, 78, 1).records
    >>> early, late = snapshot(records, 20), snapshot(records, 48)
    >>> evaluate(ChurnModel("logistic"), early, late).auc > 0.6
    True
    """
    if train.until > test.when:
        raise ValueError(
            f"train must end before test begins, got a horizon to {str(train.until)[:10]} and a "
            f"test on {str(test.when)[:10]}: its labels were not known then (leakage). Choose an "
            "earlier moment for train."
        )
    missing = train.X.columns.difference(test.X.columns)
    if len(missing):
        raise ValueError(f"test must have the features of train, it lacks {missing[0]!r}.")
    extra = {"weeks": train.weeks} if _takes_weeks(model) else {}
    fitted = clone(model).fit(train.X, train.churned, **extra)
    return grade(fitted.predict_proba(test.X[train.X.columns])[:, 1], test.churned)


def grade(risk: ArrayLike, churned: ArrayLike) -> Grades:
    """Grade risks by what became of the customers.

    Parameters
    ----------
    risk : array, shape (n_customers,)
        In [0, 1].
    churned : array of bool, shape (n_customers,)
        Who churned.

    Raises
    ------
    ValueError
        Lengths differ, a risk is not in [0, 1], or all or none churned.

    Examples
    --------
    >>> grade([0.9, 0.6, 0.4, 0.1], [True, False, True, False])
    AUC 0.750, Brier 0.185 (0.250 by the rate alone), lift of the top tenth 2.00
    4 customers, of whom 50.0% churned
    """
    p, y = _checked(risk, churned)
    rate = float(y.mean())
    if rate in (0.0, 1.0):
        raise ValueError(
            f"churned must hold some who did and some who did not, got a rate of {rate:.0%}."
        )
    return Grades(
        len(y), rate, float(roc_auc_score(y, p)), float(brier_score_loss(y, p)),
        rate * (1 - rate), lift_of_top(p, y), calibration(p, y, min(10, len(y))),
    )  # fmt: skip


def calibration(risk: ArrayLike, churned: ArrayLike, groups: int = 10) -> pd.DataFrame:
    """Of those with a risk of about 30 %, did about 30 % churn?

    Parameters
    ----------
    risk, churned
        As in `grade`.
    groups : int
        How many groups, at least 1, as equal as customers with the same risk allow.

    Returns
    -------
    DataFrame
        One row a group, the lowest risk first: ``customers``, ``risk`` (mean), ``churned``
        (share), ``low`` and ``high`` (95 %, Wilson's interval of the share).

    Examples
    --------
    >>> calibration([0.1, 0.1, 0.9, 0.9], [False, False, True, False], groups=2)[
    ...     ["customers", "risk", "churned"]
    ... ]
       customers  risk  churned
    0          2   0.1      0.0
    1          2   0.9      0.5
    """
    p, y = _checked(risk, churned)
    whole_number("groups", groups, 1, len(p))
    rank = pd.Series(p).rank(method="average").to_numpy()
    group = np.ceil(rank / len(p) * groups)
    by = pd.DataFrame({"risk": p, "churned": y}).groupby(group)
    table = by.mean().assign(customers=by.size()).reset_index(drop=True)
    low, high = _wilson(table["churned"], table["customers"])
    return table[["customers", "risk", "churned"]].assign(low=low, high=high)


def lift_of_top(risk: ArrayLike, churned: ArrayLike, share: float = 0.1) -> float:
    """How much higher the churn rate is among those at highest risk than among all.

    Customers with the same risk at the border count in part, so that the order of the rows
    does not matter.

    >>> lift_of_top([0.9, 0.6, 0.4, 0.1], [True, False, False, False], share=0.25)
    4.0
    """
    p, y = _checked(risk, churned)
    if not 0 < share <= 1:
        raise ValueError(f"share must be in (0, 1], got {share}. Is this a percentage?")
    order = np.argsort(-p, kind="stable")
    last = np.flatnonzero(np.append(np.diff(p[order]) != 0, True))
    found = np.append(0.0, np.cumsum(y[order])[last])
    top = np.interp(share * len(p), np.append(0, last + 1), found)
    return float(top / (share * y.sum())) if y.any() else float("nan")


def _takes_weeks(model: Any) -> bool:
    return getattr(model, "kind", None) in ("kaplan-meier", "cox")


def _wilson(share: pd.Series, n: pd.Series) -> tuple[pd.Series, pd.Series]:
    z = 1.96
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return middle - half, middle + half


def _checked(risk: ArrayLike, churned: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    p, y = np.asarray(risk, dtype=float), np.asarray(churned)
    if p.ndim != 1 or p.shape != y.shape or not len(p):
        raise ValueError(
            f"risk and churned must be equally long, got shapes {p.shape} and {y.shape}."
        )
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError(
            f"risk must be in [0, 1], got {p[~((p >= 0) & (p <= 1))][0]:g}. Is this a percentage?"
        )
    return p, y.astype(bool)

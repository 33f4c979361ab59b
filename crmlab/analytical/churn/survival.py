"""How long does it take until something happens, when some have not been watched long enough?

Whoever is still waiting when the watching ends is *censored*: leaving such customers out, or
taking the end for the event, makes every duration too short. The product-limit estimate uses
them as long as they were seen (Kaplan and Meier 1958, JASA 53), and so does the proportional
hazards model with covariates (Cox 1972, JRSS B 34). The event is yours to name: the next order,
a cancellation, a complaint.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import linalg
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import SurvfuncRight


def survival_curve(
    weeks: ArrayLike, event: ArrayLike, groups: ArrayLike | None = None
) -> pd.DataFrame:
    """Which share is still waiting after how many weeks, by Kaplan and Meier.

    Parameters
    ----------
    weeks : array, shape (n_customers,)
        Until the event, or until the end of watching, >= 0.
    event : array of bool, shape (n_customers,)
        Whether the event came; False is censored.
    groups : array, shape (n_customers,), optional
        One curve for each.

    Returns
    -------
    DataFrame
        One row a group and a time at which an event came: ``group``, ``weeks``, ``at_risk``
        (customers still watched just before), ``events``, ``survival`` (share without event
        just after), ``standard_error`` (Greenwood).

    Raises
    ------
    ValueError
        Lengths differ, or a time is missing or negative.

    Examples
    --------
    >>> survival_curve([1, 2, 2, 3], [True, True, False, True])[["weeks", "at_risk", "survival"]]
       weeks  at_risk  survival
    0    1.0        4      0.75
    1    2.0        3      0.50
    2    3.0        1      0.00
    """
    time, happened = checked_durations(weeks, event)
    group = pd.Series("all" if groups is None else np.asarray(groups), range(len(time)))
    parts = [
        _one_curve(time[places], happened[places]).assign(group=name)
        for name, places in group.groupby(group, observed=True).indices.items()
    ]
    table = pd.concat(parts, ignore_index=True)
    return table[["group", "weeks", "at_risk", "events", "survival", "standard_error"]]


def hazard_ratios(X: pd.DataFrame, weeks: ArrayLike, event: ArrayLike) -> pd.DataFrame:
    """What makes the event come sooner, by Cox's proportional hazards.

    Parameters
    ----------
    X : DataFrame, shape (n_customers, n_features)
        Numbers, each in its own unit; none may be constant or follow from the others.
    weeks, event
        As in `survival_curve`.

    Returns
    -------
    DataFrame
        One row a feature (index ``feature``): ``hazard_ratio`` of one unit more (above 1: the
        event comes sooner), ``low`` and ``high`` (95 %), ``p_value``.

    Raises
    ------
    ValueError
        No event came, a feature is constant or follows from others, or as in `survival_curve`.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> X = pd.DataFrame({"vip": np.repeat([0.0, 1.0], 500)})
    >>> weeks = rng.exponential(1 / np.where(X["vip"] > 0, 0.2, 0.1))
    >>> hazard_ratios(X, weeks, np.ones(1_000, dtype=bool)).round(1)
             hazard_ratio  low  high  p_value
    feature
    vip               1.8  1.6   2.1      0.0
    """
    time, happened = checked_durations(weeks, event)
    spread = X.std()
    Z = ((X - X.mean()) / spread.where(spread > 0, 1.0)).to_numpy(dtype=float)
    kept = independent(Z)
    if not kept.all():
        raise ValueError(
            "X must have features that vary and do not follow from others, got "
            f"{X.columns[~kept][0]!r}. Leave it out."
        )
    fit = cox(Z, time, happened)
    bounds = fit.conf_int()
    return pd.DataFrame(
        {
            "hazard_ratio": np.exp(fit.params / spread.to_numpy()),
            "low": np.exp(bounds[:, 0] / spread.to_numpy()),
            "high": np.exp(bounds[:, 1] / spread.to_numpy()),
            "p_value": fit.pvalues,
        },
        index=X.columns.rename("feature"),
    )


def cox(Z: np.ndarray, time: np.ndarray, happened: np.ndarray) -> Any:
    """Fit Cox's model to standardised, independent columns; ties by Efron's method."""
    if not happened.any():
        raise ValueError("event must come at least once, got none.")
    model = PHReg(time, Z, status=happened.astype(int), ties="efron")
    # Newton's plain steps run away where few customers have large values; these look first.
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(method="ncg", maxiter=200, disp=0)


def baseline_hazard(
    log_ratio: np.ndarray, time: np.ndarray, happened: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Times of events, and the hazard of somebody with ``log_ratio`` 0 summed up to each.

    ``H(t) = sum over events before t of d / sum of exp(log_ratio) over those at risk``
    (Breslow 1972, in the discussion of Cox's paper).
    """
    times, events = np.unique(time[happened], return_counts=True)
    order = np.argsort(time)
    from_here = np.append(np.cumsum(np.exp(log_ratio[order])[::-1])[::-1], 0.0)
    at_risk = from_here[np.searchsorted(time[order], times, side="left")]
    return times, np.cumsum(events / at_risk)


def independent(Z: np.ndarray) -> np.ndarray:
    """Which columns to keep so that none follows from the others: the first ones."""
    kept = np.zeros(Z.shape[1], dtype=bool)
    if Z.size:
        # Without pivoting, the diagonal of R is what each column adds to those before it.
        added = np.abs(np.diag(linalg.qr(Z, mode="r")[0]))
        kept[: len(added)] = added > 1e-8 * max(np.sqrt(len(Z)), 1.0)
    return kept


def checked_durations(weeks: ArrayLike, event: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Times as floats and events as bools, or `ValueError`."""
    time, happened = np.asarray(weeks, dtype=float), np.asarray(event)
    if time.ndim != 1 or time.shape != happened.shape or not len(time):
        raise ValueError(
            f"weeks and event must be equally long, got shapes {time.shape} and {happened.shape}."
        )
    if not (np.isfinite(time) & (time >= 0)).all():
        wrong = time[~(np.isfinite(time) & (time >= 0))][0]
        raise ValueError(f"weeks must be finite and >= 0, got {wrong}.")
    return time, happened.astype(bool)


def _one_curve(time: np.ndarray, happened: np.ndarray) -> pd.DataFrame:
    curve = SurvfuncRight(time, happened.astype(int))
    table = pd.DataFrame(
        {
            "weeks": curve.surv_times,
            "at_risk": np.asarray(curve.n_risk).astype("int64"),
            "events": np.asarray(curve.n_events).astype("int64"),
            "survival": curve.surv_prob,
            "standard_error": curve.surv_prob_se,
        }
    )
    return table[table["events"] > 0].fillna({"standard_error": 0.0})

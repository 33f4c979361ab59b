"""Were the two groups alike before, and how far apart were they afterwards?

If chance alone decided who was treated, what was known before differs between the groups by
chance only, and the difference of the mean outcomes is the average effect. The first can be
looked at: standardised mean differences (Austin 2009, Statistics in Medicine 28), and one test
of all covariates together (Hansen and Bowers 2008, Statistical Science 23(2), their d-squared).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from crmlab.analytical.holdout import Lift, lift


@dataclass(frozen=True, repr=False)
class AverageEffect(Lift):
    """A `Lift` whose effect may be small: shown to four digits, not to two places."""

    def __repr__(self) -> str:
        return (
            f"average effect {self.effect:+.4g}, standard error {self.standard_error:.3g}, "
            f"95 % interval [{self.low:.4g}, {self.high:.4g}]\n"
            f"treated:   {self.treated:,} with mean {self.treated_mean:.4g}\n"
            f"untreated: {self.held_out:,} with mean {self.held_out_mean:.4g}"
        )


@dataclass(frozen=True)
class Randomisation:
    """Whether all covariates together differ by more than chance would make them differ.

    Attributes
    ----------
    statistic : float
        d-squared: about ``degrees`` where chance alone decided.
    degrees : int
        Covariates that are not combinations of others.
    p_value : float
        How often chance alone makes it so large; below .05, ask how the lot was drawn.
    """

    statistic: float
    degrees: int
    p_value: float

    def __repr__(self) -> str:
        return (
            f"d-squared {self.statistic:.1f} on {self.degrees} covariates: chance alone makes it "
            f"so large in {self.p_value:.2%} of all trials"
        )


def average_effect(y: ArrayLike, treatment: ArrayLike) -> AverageEffect:
    """The mean outcome of the treated less that of the untreated, with its interval.

    Parameters
    ----------
    y : array, shape (n_customers,)
        Outcome: 0 and 1, or EUR.
    treatment : array of 0 and 1, or bool, shape (n_customers,)
        Who was treated; drawn by lot.

    Returns
    -------
    AverageEffect
        ``effect``, ``standard_error`` (Welch), ``low`` and ``high`` (95 %, normal), in the
        unit of ``y``.

    Raises
    ------
    ValueError
        Lengths differ, a value is missing, or a group has fewer than two customers.

    Examples
    --------
    >>> average_effect([1, 0, 1, 1, 0, 0, 0, 1], [1, 1, 1, 1, 0, 0, 0, 0]).effect
    0.5
    """
    outcome, treated = checked_trial(y, treatment)
    return AverageEffect(**vars(lift(outcome, ~treated)))


def balance(X: pd.DataFrame | ArrayLike, treatment: ArrayLike) -> pd.DataFrame:
    """How far apart the treated and the untreated were before, covariate by covariate.

    Parameters
    ----------
    X : DataFrame or array, shape (n_customers, n_covariates)
        What was known before. Text and categories count as one 0/1 covariate a value.
    treatment : array of 0 and 1, or bool, shape (n_customers,)
        Who was treated.

    Returns
    -------
    DataFrame
        One row a covariate (index ``covariate``): ``treated_mean``, ``untreated_mean``,
        ``smd`` (their difference over the root of the mean variance; beyond 0.1 is commonly
        called imbalance) and ``p_value`` (Welch's test; of 20 covariates one falls below .05
        by chance, so see `randomised`).

    Raises
    ------
    ValueError
        Lengths differ, or a value is missing.

    Examples
    --------
    >>> X = pd.DataFrame({"age": [30.0, 40.0, 30.0, 44.0], "city": ["a", "b", "a", "b"]})
    >>> balance(X, [1, 1, 0, 0])[["treated_mean", "untreated_mean", "smd"]].round(2)
               treated_mean  untreated_mean   smd
    covariate
    age                35.0            37.0 -0.23
    city=a              0.5             0.5  0.00
    city=b              0.5             0.5  0.00
    """
    covariates = _numbers(X)
    treated = checked_treatment(treatment, len(covariates))
    one, zero = covariates[treated], covariates[~treated]
    difference = one.mean() - zero.mean()
    spread = np.sqrt((one.var() + zero.var()) / 2)
    error = np.sqrt(one.var() / len(one) + zero.var() / len(zero))
    return pd.DataFrame(
        {
            "treated_mean": one.mean(),
            "untreated_mean": zero.mean(),
            "smd": _ratio(difference, spread),
            "p_value": _two_sided(_ratio(difference, error), _welch_degrees(one, zero)),
        }
    ).rename_axis("covariate")


def randomised(X: pd.DataFrame | ArrayLike, treatment: ArrayLike) -> Randomisation:
    """Could chance alone have made the two groups as different as they were?

    ``d-squared = D' V^-1 D`` with the differences of means ``D`` and their covariance under
    a lot, ``V = S n / (n_1 n_0)``; chi-squared in large samples (Hansen and Bowers 2008, for
    one stratum).

    Parameters
    ----------
    X : DataFrame or array, shape (n_customers, n_covariates)
        What was known before.
    treatment : array of 0 and 1, or bool, shape (n_customers,)
        Who was treated.

    Raises
    ------
    ValueError
        Lengths differ, a value is missing, or no covariate varies.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> X, drawn = rng.normal(size=(500, 3)), rng.random(500) < 0.5
    >>> randomised(X, drawn).p_value > 0.05, randomised(X, X[:, 0] > 0).p_value > 0.05
    (True, False)
    """
    covariates = _numbers(X).to_numpy()
    treated = checked_treatment(treatment, len(covariates))
    varying = covariates.std(axis=0) > 0
    if not varying.any():
        raise ValueError("X must have a covariate that varies, got constant columns only.")
    z = covariates[:, varying]
    z = (z - z.mean(axis=0)) / z.std(axis=0, ddof=1)
    difference = z[treated].mean(axis=0) - z[~treated].mean(axis=0)
    covariance = np.cov(z, rowvar=False).reshape(z.shape[1], -1)
    degrees = int(np.linalg.matrix_rank(covariance, tol=1e-8, hermitian=True))
    inverse = np.linalg.pinv(covariance, rcond=1e-8, hermitian=True)
    scale = treated.sum() * (~treated).sum() / len(z)
    statistic = float(scale * difference @ inverse @ difference)
    return Randomisation(statistic, degrees, float(stats.chi2.sf(statistic, degrees)))


# --- checks that the other modules use -----------------------------------------------------


def checked_trial(y: ArrayLike, treatment: ArrayLike | None) -> tuple[np.ndarray, np.ndarray]:
    """The outcome as floats and the treatment as bools, or `ValueError`."""
    outcome = np.asarray(y)
    if outcome.dtype == object:
        outcome = pd.Series(outcome.ravel()).infer_objects().to_numpy().reshape(outcome.shape)
    if outcome.ndim != 1 or outcome.dtype.kind not in "bifu":
        raise ValueError(
            f"y must be one number a customer, got shape {outcome.shape}, {outcome.dtype}."
        )
    outcome = outcome.astype(float)
    if not np.isfinite(outcome).all():
        raise ValueError(f"y must be finite, got {outcome[~np.isfinite(outcome)][0]}.")
    return outcome, checked_treatment(treatment, len(outcome))


def checked_treatment(treatment: ArrayLike | None, n: int) -> np.ndarray:
    """Who was treated, as bools, or `ValueError`."""
    if treatment is None:
        raise ValueError("treatment must say who was treated, got None. Pass 0 and 1 a customer.")
    given = np.asarray(treatment)
    if given.shape != (n,):
        raise ValueError(
            f"treatment must have one value a customer, shape ({n},), got {given.shape}."
        )
    other = given[~pd.Series(given).isin([0, 1]).to_numpy()].tolist()
    if other:
        raise ValueError(
            f"treatment must hold 0 and 1 (or False and True), got {other[0]!r}. "
            "Of several treatments, compare two: segment == 'Womens E-Mail'."
        )
    treated = given.astype(bool)
    if min(treated.sum(), n - treated.sum()) < 2:
        raise ValueError(
            f"each group needs two customers at least, got {treated.sum()} treated and "
            f"{n - treated.sum()} untreated."
        )
    return treated


def _numbers(X: pd.DataFrame | ArrayLike) -> pd.DataFrame:
    """Covariates as floats, one 0/1 column for each value of a text."""
    frame = X if isinstance(X, pd.DataFrame) else pd.DataFrame(np.asarray(X))
    frame = frame.reset_index(drop=True)
    missing = frame.columns[frame.isna().any()]
    if len(missing):
        raise ValueError(
            f"X must have no missing values, got some in {missing[0]!r}. Fill them, and add a "
            "column that says where they were missing."
        )
    text = [c for c in frame if not pd.api.types.is_numeric_dtype(frame[c])]
    return pd.get_dummies(frame, columns=text, prefix_sep="=", dtype=float).astype(float)


def _ratio(difference: pd.Series, scale: pd.Series) -> pd.Series:
    """0 where nothing differs; infinite where constants do."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return (difference / scale).where(difference != 0, 0.0)


def _welch_degrees(one: pd.DataFrame, zero: pd.DataFrame) -> pd.Series:
    a, b = one.var() / len(one), zero.var() / len(zero)
    bottom = a**2 / (len(one) - 1) + b**2 / (len(zero) - 1)
    return ((a + b) ** 2 / bottom.where(bottom > 0)).fillna(1.0)


def _two_sided(t: pd.Series, degrees: pd.Series) -> np.ndarray:
    return 2 * stats.t.sf(np.abs(t), degrees)

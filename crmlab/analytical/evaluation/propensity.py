"""How likely was each customer to be chosen, going by what is known? Weights that even out groups.

If those of one *propensity* were chosen by chance, untreated customers weighted by their odds of
having been chosen stand for the treated (Rosenbaum and Rubin 1983, Biometrika 70(1); Hirano, Imbens
and Ridder 2003). Everything that decided must be in the covariates, and nobody's choice may have
been certain. What nobody wrote down cannot be evened out.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from crmlab.analytical.evaluation.panel import checked
from crmlab.analytical.evaluation.result import Evaluation, from_error
from crmlab.analytical.uplift.trial import balance

Floats = NDArray[np.float64]
_SEEN = "what decided who was treated is in these columns, and everybody could have been either"
_CERTAIN = 1e-4


def propensity(table: pd.DataFrame, covariates: list[str]) -> pd.Series:
    """The probability of being treated, by a logistic regression on what is known.

    Parameters
    ----------
    table : DataFrame
        One row a customer: ``treated`` and the covariates.
    covariates : list of str
        Columns known when the choice was made; they are standardised.

    Returns
    -------
    Series
        By the index of the table, rounded to six places so that every computer has the same.

    Examples
    --------
    >>> table = pd.DataFrame({"orders": [1.0, 2.0, 3.0, 4.0], "treated": [1, 0, 1, 0]})
    >>> bool(propensity(table, ["orders"]).is_monotonic_decreasing)
    True
    """
    if not covariates:
        raise ValueError("covariates must name a column at least, got none.")
    table = checked(table, list(covariates))
    X = table[covariates].to_numpy(dtype=float)
    spread = X.std(axis=0)
    X = (X - X.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    # Hardly any penalty, and Newton steps: the same digits everywhere, and no runaway slopes.
    model = LogisticRegression(C=1e4, solver="newton-cholesky", tol=1e-10, max_iter=200)
    chance = model.fit(X, table["treated"]).predict_proba(X)[:, 1]
    return pd.Series(chance.round(6), table.index, name="propensity")


def odds(chance: pd.Series) -> pd.Series:
    """Odds of having been chosen; a certain choice is held to one in ten thousand."""
    held = chance.clip(_CERTAIN, 1 - _CERTAIN)
    return held / (1 - held)


def weighted(table: pd.DataFrame, covariates: list[str]) -> Evaluation:
    """The mean outcome of the treated, less that of the untreated weighted by their odds.

    Parameters
    ----------
    table : DataFrame
        One row a customer: ``after``, ``treated`` and the covariates.
    covariates : list of str
        Columns known when the choice was made.

    Returns
    -------
    Evaluation
        Effect on the treated. The interval takes the weights as given, as if the propensities
        were known; that is commonly a little too wide.

    Examples
    --------
    >>> table = pd.DataFrame({"after": [5.0, 9.0, 3.0, 5.0], "treated": [1, 1, 0, 0]})
    >>> round(weighted(table.assign(alike=1.0), ["alike"]).estimate, 6)
    3.0
    """
    table = checked(table, ["after", *covariates])
    weight = odds(propensity(table, covariates)).to_numpy()
    treated, y = table["treated"].to_numpy(), table["after"].to_numpy(dtype=float)
    one, zero, w = y[treated], y[~treated], weight[~treated] / weight[~treated].sum()
    other = float(w @ zero)
    variance = one.var(ddof=1) / len(one) + float(w**2 @ (zero - other) ** 2)
    effective = min(len(one), 1 / float(w @ w))
    return from_error(
        "weighted by propensity",
        one.mean() - other,
        np.sqrt(variance),
        effective - 1,
        len(y),
        _SEEN,
    )


def balance_after(table: pd.DataFrame, covariates: list[str]) -> pd.DataFrame:
    """How far apart the groups are in each covariate, as they are and after weighting.

    Returns
    -------
    DataFrame
        One row a covariate: ``smd`` (standardised mean difference as they are) and
        ``smd_weighted``; beyond 0.1 is commonly called imbalance (Austin 2009).

    Examples
    --------
    >>> table = pd.DataFrame({"orders": [1.0, 2, 2, 3, 2, 3, 3, 4], "treated": [1] * 4 + [0] * 4})
    >>> found = balance_after(table, ["orders"])
    >>> bool((found["smd_weighted"].abs() < found["smd"].abs()).all())
    True
    """
    table = checked(table, list(covariates))
    X, treated = table[covariates].astype(float), table["treated"]
    found = balance(X, treated)[["smd"]]
    weight = odds(propensity(table, covariates))[~treated]
    weight = weight / weight.sum()
    spread = np.sqrt((X[treated].var() + X[~treated].var()) / 2)
    gap = X[treated].mean() - X[~treated].mul(weight, axis=0).sum()
    return found.assign(smd_weighted=(gap / spread.where(spread > 0)).fillna(0.0))

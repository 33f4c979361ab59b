"""Do those just treated bring more than those just not? Regression discontinuity.

Where a threshold of a score decides, customers just above and just below it are alike but for the
programme (Thistlethwaite and Campbell 1960; Hahn, Todd and van der Klaauw 2001). A line is fitted
on each side, with triangular weights, and the jump between them is the effect *at the threshold*:
it says nothing of those far from it. Whoever can move a score across the threshold spoils it;
`density_check` counts (after McCrary 2008, J. Econometrics 142(2), by a simple binomial test).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from crmlab.analytical.evaluation.bandwidth import Floats, imbens_kalyanaraman
from crmlab.analytical.evaluation.panel import checked
from crmlab.analytical.evaluation.result import Evaluation, from_error
from crmlab.checks import above_zero

_SMOOTH = "nothing else changes at the threshold, and nobody moved a score across it"


def regression_discontinuity(
    table: pd.DataFrame,
    threshold: float,
    bandwidth: float | None = None,
    adjust: str | None = None,
) -> Evaluation:
    """The jump of the outcome where the treatment begins.

    Parameters
    ----------
    table : DataFrame
        One row a customer: ``score``, ``after``, ``treated``. All on one side of the threshold
        are treated, and none on the other.
    threshold : float
        In the unit of the score.
    bandwidth : float, optional
        Customers so near count; by default that of Imbens and Kalyanaraman.
    adjust : str, optional
        A column known before, for precision; it enters as one straight line.

    Returns
    -------
    Evaluation
        Effect at the threshold, with Student's interval from errors robust against unequal
        variances (HC1); ``n`` counts those within the bandwidth.

    Raises
    ------
    ValueError
        The threshold did not decide, or fewer than four customers on a side are near.

    Examples
    --------
    >>> table = pd.DataFrame({"score": np.linspace(-1, 1, 40)})
    >>> table["treated"] = table["score"] < 0
    >>> table["after"] = 5 + 2 * table["score"] + 3 * table["treated"]
    >>> round(regression_discontinuity(table, threshold=0.0, bandwidth=0.5).estimate, 6)
    3.0
    """
    names = ["score", "after", *([adjust] if adjust else [])]
    table = checked(table, names)
    x = table["score"].to_numpy(dtype=float) - threshold
    y, treated = table["after"].to_numpy(dtype=float), table["treated"].to_numpy()
    _check_decided(x, treated, threshold)
    width = imbens_kalyanaraman(x, y) if bandwidth is None else bandwidth
    above_zero("bandwidth", width)
    near = np.abs(x) < width
    if min((near & treated).sum(), (near & ~treated).sum()) < 4:
        raise ValueError(
            f"bandwidth {width:g} leaves {(near & treated).sum()} treated and "
            f"{(near & ~treated).sum()} untreated customers. Take a wider one."
        )
    step = treated[near].astype(float)
    lines = [np.ones(near.sum()), step, x[near], x[near] * step]
    if adjust:
        lines.append(table[adjust].to_numpy(dtype=float)[near])
    weights = 1 - np.abs(x[near]) / width
    jump, error = _weighted_line(np.column_stack(lines), y[near], weights)
    design = "regression discontinuity"
    return from_error(design, jump, error, near.sum() - len(lines), near.sum(), _SMOOTH)


def density_check(table: pd.DataFrame, threshold: float, width: float) -> float:
    """How probable is it that so uneven a number stands on both sides by chance?

    Within a narrow width of the threshold, each customer is as likely to stand on either side. A
    small value says that somebody may have moved scores across.

    Parameters
    ----------
    table : DataFrame
        One row a customer: ``score``.
    threshold, width : float
        In the unit of the score; narrow enough that the density is about even.

    Returns
    -------
    float
        p-value of a binomial test, two-sided; 1 where nobody is near.

    Examples
    --------
    >>> pushed = pd.DataFrame({"score": [-0.1] * 30 + [0.1] * 5})
    >>> density_check(pushed, 0.0, 0.5) < 0.001
    True
    """
    above_zero("width", width)
    x = table["score"].to_numpy(dtype=float) - threshold
    left, right = ((x < 0) & (x > -width)).sum(), ((x >= 0) & (x < width)).sum()
    return 1.0 if left + right == 0 else float(binomtest(int(left), int(left + right)).pvalue)


def _check_decided(x: Floats, treated: np.ndarray, threshold: float) -> None:
    """Raise unless all on one side are treated, and none on the other."""
    wrong = min((treated != (sign * x > 0))[x != 0].sum() for sign in (-1, 1))
    if wrong:
        raise ValueError(
            f"threshold {threshold:g} must have decided who was treated, but {wrong} "
            "customers are on the wrong side. Is it another score, or another design?"
        )


def _weighted_line(columns: Floats, y: Floats, weights: Floats) -> tuple[float, float]:
    """The coefficient of the jump by weighted least squares, and its robust error (HC1)."""
    inverse = np.linalg.pinv(columns.T @ (columns * weights[:, None]))
    slopes = inverse @ (columns.T @ (weights * y))
    scores = columns * (weights * (y - columns @ slopes))[:, None]
    n, k = columns.shape
    covariance = inverse @ (scores.T @ scores) @ inverse * n / (n - k)
    return float(slopes[1]), float(np.sqrt(covariance[1, 1]))

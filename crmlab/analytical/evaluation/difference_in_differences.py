"""Did the treated change more than the others? Difference in differences, and a look back.

The untreated show what would have changed anyway. That is right if both groups would have moved in
parallel. Two windows a customer are one change a customer, so that repeated looks at one customer
do not count as news (Bertrand, Duflo and Mullainathan 2004, Quarterly J. Economics 119(1)).
Whoever is chosen for a bad spell dips before and recovers after: Ashenfelter's dip (Ashenfelter
1978, Review of Economics and Statistics 60(1)). A look at earlier periods can show it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy.stats import t

from crmlab.analytical.evaluation.panel import checked
from crmlab.analytical.evaluation.result import Evaluation, from_error

_PARALLEL = "both groups would have changed by the same amount without the programme"


def difference_in_differences(table: pd.DataFrame, cluster: str | None = None) -> Evaluation:
    """How much more the treated changed than the untreated.

    Parameters
    ----------
    table : DataFrame
        One row a customer: ``before``, ``after``, ``treated``; see `panel`.
    cluster : str, optional
        A column (a branch, a region) whose members share their luck. Student's interval then
        has as many degrees of freedom as there are clusters, less one.

    Returns
    -------
    Evaluation
        With Student's interval; robust against unequal variances.

    Examples
    --------
    >>> table = pd.DataFrame({"before": [2.0, 4.0, 9.0, 9.0], "after": [5.0, 9.0, 8.0, 8.0]})
    >>> difference_in_differences(table.assign(treated=[1, 1, 0, 0])).estimate
    5.0
    """
    return _changes(table, "before", "after", cluster, "difference in differences", _PARALLEL)


def pre_trend(table: pd.DataFrame) -> Evaluation:
    """The same before there was a programme: anything but 0 speaks against parallel paths.

    Parameters
    ----------
    table : DataFrame
        One row a customer: ``earlier``, ``before``, ``treated``; see `panel`.

    Examples
    --------
    >>> table = pd.DataFrame({"earlier": [5.0, 7.0, 5.0, 5.0], "before": [2.0, 4.0, 9.0, 9.0]})
    >>> pre_trend(table.assign(treated=[1, 1, 0, 0])).estimate
    -7.0
    """
    says = "nothing happened yet: it should be 0 if the paths are parallel"
    return _changes(table, "earlier", "before", None, "pre-trend", says)


def event_study(periods: pd.DataFrame, treated: pd.Series, base: int = -1) -> pd.DataFrame:
    """The gap between treated and untreated in each period, against the gap in one of them.

    Parameters
    ----------
    periods : DataFrame
        One row a customer, one column a period (numbers; from 0 on there is a programme); see
        `crmlab.analytical.evaluation.periods`.
    treated : Series of bool
        By the same index.
    base : int
        The period that the others are compared with.

    Returns
    -------
    DataFrame
        One row a period (index ``period``): treated and untreated (mean outcomes), estimate,
        low, high (95 %, Student); 0 in the base period by definition.

    Examples
    --------
    >>> paths = pd.DataFrame({-2: [4.0, 6.0, 9.0, 8.0], -1: [1.0, 3.0, 9.0, 10.0], 0: [4.0] * 4})
    >>> event_study(paths, pd.Series([True, True, False, False]))["estimate"].tolist()
    [4.0, 0.0, 7.5]
    """
    if base not in periods:
        raise ValueError(f"base must be one of the periods {list(periods)}, got {base}.")
    rows = {}
    for k in periods:
        table = pd.DataFrame({"before": periods[base], "after": periods[k], "treated": treated})
        found = difference_in_differences(table)
        means = periods[k].groupby(table["treated"].astype(bool)).mean()
        rows[k] = (means[True], means[False], found.estimate, found.low, found.high)
    names = ["treated", "untreated", "estimate", "low", "high"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("period")


def _changes(
    table: pd.DataFrame, first: str, second: str, cluster: str | None, design: str, says: str
) -> Evaluation:
    table = checked(table, [first, second])
    change = (table[second] - table[first]).to_numpy()
    if cluster is not None:
        return _clustered(table, change, cluster, design, says)
    one, zero = change[table["treated"]], change[~table["treated"]]
    parts = np.array([one.var(ddof=1) / len(one), zero.var(ddof=1) / len(zero)])
    below = parts[0] ** 2 / (len(one) - 1) + parts[1] ** 2 / (len(zero) - 1)
    degrees = parts.sum() ** 2 / below if below else np.inf
    estimate = one.mean() - zero.mean()
    return from_error(design, estimate, np.sqrt(parts.sum()), degrees, len(change), says)


def _clustered(
    table: pd.DataFrame, change: np.ndarray, cluster: str, design: str, says: str
) -> Evaluation:
    if cluster not in table:
        raise ValueError(f"cluster must be a column of the table, got {cluster!r}.")
    codes = pd.factorize(table[cluster])[0]
    if codes.max() < 2:
        raise ValueError(f"cluster {cluster!r} must have three members at least, got fewer.")
    design_matrix = sm.add_constant(table["treated"].to_numpy(dtype=float))
    fit = sm.OLS(change, design_matrix).fit(cov_type="cluster", cov_kwds={"groups": codes})
    half = t.ppf(0.975, codes.max()) * fit.bse[1]
    slope = float(fit.params[1])
    return Evaluation(design, slope, slope - half, slope + half, len(change), says)

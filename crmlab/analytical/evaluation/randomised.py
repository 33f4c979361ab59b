"""Who would have been treated, had the lot fallen otherwise? Outcomes compared by a lot.

If a lot decided, nothing but chance tells the groups apart, and the difference of the means is the
effect: no model, no parallel paths. What was known before makes it more precise: `adjusted` fits a
line of each group's outcome on the window before (Lin 2013, Annals of Applied Statistics 7(1); the
experimenter's CUPED is its simpler sister: Deng, Xu, Kohavi and Walker 2013, WSDM).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import statsmodels.api as sm

from crmlab.analytical.evaluation.panel import checked
from crmlab.analytical.evaluation.result import Evaluation, from_error
from crmlab.analytical.holdout import lift

_LOT = "a lot alone decided who was treated, and nobody's treatment touches anybody else"


def randomised(table: pd.DataFrame) -> Evaluation:
    """The mean outcome of those whom the lot chose, less that of the others.

    Parameters
    ----------
    table : DataFrame
        One row a customer who took part in the lot: ``after``, ``treated``.

    Examples
    --------
    >>> table = pd.DataFrame({"after": [5.0, 9.0, 3.0, 5.0], "treated": [1, 1, 0, 0]})
    >>> randomised(table).estimate
    3.0
    """
    table = checked(table, ["after"])
    found = lift(table["after"], ~table["treated"].to_numpy())
    return Evaluation("by lot", found.effect, found.low, found.high, len(table), _LOT)


def adjusted(table: pd.DataFrame, covariates: tuple[str, ...] = ("before",)) -> Evaluation:
    """The same, with what was known before taken into account: as right, and more precise.

    Parameters
    ----------
    table : DataFrame
        One row a customer who took part in the lot: ``after``, ``treated`` and the covariates.
    covariates : tuple of str
        Columns known before the start.

    Returns
    -------
    Evaluation
        With Student's interval from errors robust against unequal variances (HC2).

    Examples
    --------
    >>> table = pd.DataFrame({"before": [1.0, 3.0, 5.0] * 2, "treated": [1, 1, 1, 0, 0, 0]})
    >>> table["after"] = 2 * table["before"] + 4 * table["treated"]
    >>> round(adjusted(table).estimate, 6)
    4.0
    """
    names = list(covariates)
    table = checked(table, ["after", *names])
    X = table[names].to_numpy(dtype=float)
    X = X - X.mean(axis=0)
    treated = table["treated"].to_numpy(dtype=float)
    columns = np.column_stack([np.ones(len(X)), treated, X, X * treated[:, None]])
    if len(X) <= columns.shape[1] + 1:
        raise ValueError(f"covariates are too many ({len(names)}) for {len(X)} customers.")
    fit = sm.OLS(table["after"].to_numpy(dtype=float), columns).fit(cov_type="HC2")
    return from_error("by lot, adjusted", fit.params[1], fit.bse[1], fit.df_resid, len(table), _LOT)

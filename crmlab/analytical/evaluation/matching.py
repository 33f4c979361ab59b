"""Who among the untreated is most like this one? Matching on the propensity.

Each treated customer is compared with the untreated one whose propensity is nearest; the mean of
the differences is the effect on the treated. It assumes what `weighted` assumes. The interval is
that of Abadie and Imbens (2006, Econometrica 74(1)) for one match: the bootstrap fails here (2008,
Econometrica 76(6)). It takes the propensities as known.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.analytical.evaluation.panel import checked
from crmlab.analytical.evaluation.propensity import _SEEN, odds, propensity
from crmlab.analytical.evaluation.result import Evaluation, from_error

Floats = NDArray[np.float64]


def matched(table: pd.DataFrame, covariates: list[str]) -> Evaluation:
    """The treated against their nearest untreated neighbours, one each, used again if need be.

    Parameters
    ----------
    table : DataFrame
        One row a customer: ``after``, ``treated`` and the covariates.
    covariates : list of str
        Columns known when the choice was made.

    Returns
    -------
    Evaluation
        Effect on the treated. Of several nearest, the one that stands first is taken.

    Examples
    --------
    >>> table = pd.DataFrame({"orders": [1.0, 2, 3, 1, 2, 3], "treated": [1, 0, 1, 0, 1, 0]})
    >>> table["after"] = 10 * table["orders"] + 4 * table["treated"]
    >>> matched(table, ["orders"]).estimate
    4.0
    """
    table = checked(table, ["after", *covariates])
    place = np.log(odds(propensity(table, covariates))).round(6).to_numpy()
    treated, y = table["treated"].to_numpy(), table["after"].to_numpy(dtype=float)
    here, there = place[treated], place[~treated]
    partner = nearest_place(here, there)
    gap = y[treated] - y[~treated][partner]
    error = _error(gap, np.bincount(partner, minlength=len(there)), there, y[~treated])
    return from_error("matched by propensity", gap.mean(), error, len(gap) - 1, len(y), _SEEN)


def nearest_place(here: Floats, there: Floats) -> NDArray[np.intp]:
    """For each value of the first, where in the second the nearest stands; first come, first.

    >>> nearest_place(np.array([1.0, 4.0]), np.array([5.0, 0.5, 0.5])).tolist()
    [1, 0]
    """
    order = np.argsort(there, kind="stable")
    values, first = np.unique(there[order], return_index=True)
    above = np.searchsorted(values, here).clip(1, len(values) - 1) if len(values) > 1 else 0
    if len(values) == 1:
        return np.full(len(here), order[0])
    lower = here - values[above - 1] <= values[above] - here
    return order[first[np.where(lower, above - 1, above)]]


def _error(gap: Floats, used: NDArray[np.int64], place: Floats, y: Floats) -> float:
    """Root of the variance of Abadie and Imbens: what differs, and who was used repeatedly."""
    order = np.argsort(place, kind="stable")
    neighbour = np.empty(len(y))
    neighbour[order] = np.roll(y[order], 1)
    local = (y - neighbour) ** 2 / 2
    n = len(gap)
    between = ((gap - gap.mean()) ** 2).sum() / n**2
    return float(np.sqrt(between + (used * (used - 1.0) * local).sum() / n**2))

"""What did they bring before, and what since? The two comparisons that need no thought.

*Before and after* takes a customer's past for what would have happened. Whoever is chosen for a bad
spell recovers in part by himself: regression to the mean (Galton 1886; Campbell and Kenny 1999).
*Treated against untreated* takes the others for what the treated would have been.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.analytical.evaluation.panel import checked
from crmlab.analytical.evaluation.result import Evaluation, from_error
from crmlab.analytical.holdout import lift


def before_after(table: pd.DataFrame) -> Evaluation:
    """How much more the treated brought afterwards than before.

    Parameters
    ----------
    table : DataFrame
        One row a customer: ``before``, ``after``, ``treated``; see `panel`.

    Returns
    -------
    Evaluation
        Mean change of the treated, with Student's interval for paired values.

    Examples
    --------
    >>> table = pd.DataFrame({"before": [2.0, 4.0, 9.0, 9.0], "after": [5.0, 9.0, 8.0, 8.0]})
    >>> before_after(table.assign(treated=[1, 1, 0, 0])).estimate
    4.0
    """
    table = checked(table, ["before", "after"])
    change = (table["after"] - table["before"])[table["treated"]].to_numpy()
    n = len(change)
    return from_error(
        "before and after", change.mean(), change.std(ddof=1) / np.sqrt(n), n - 1, n,
        "without the programme they would have gone on as before",
    )  # fmt: skip


def treated_against_untreated(table: pd.DataFrame) -> Evaluation:
    """How much more the treated brought afterwards than the others did.

    The arithmetic is that of a hold-out (`crmlab.analytical.holdout.lift`); what is missing is the
    lot.

    Parameters
    ----------
    table : DataFrame
        One row a customer: ``after``, ``treated``.

    Examples
    --------
    >>> table = pd.DataFrame({"after": [5.0, 9.0, 8.0, 8.0], "treated": [1, 1, 0, 0]})
    >>> treated_against_untreated(table).estimate
    -1.0
    """
    table = checked(table, ["after"])
    found = lift(table["after"], ~table["treated"].to_numpy())
    return Evaluation(
        "treated against untreated", found.effect, found.low, found.high, len(table),
        "both groups would have brought the same without the programme",
    )  # fmt: skip

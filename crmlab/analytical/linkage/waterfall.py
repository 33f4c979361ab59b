"""Why were these two records linked? The bits of one pair, field by field, as a waterfall."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from crmlab.analytical.linkage.comparisons import levels_of
from crmlab.analytical.linkage.fields import as_table


def explain(
    linker: BaseEstimator, records: pd.DataFrame, left: object, right: object
) -> pd.DataFrame:
    """How each field of two records moves the odds that they are of one person.

    Parameters
    ----------
    linker : FellegiSunter or SplinkLinker
        Fitted.
    records : DataFrame
    left, right : record keys

    Returns
    -------
    DataFrame
        One row a step: step, left, right (the values), level, bits, so_far (log2 of the odds)
        and probability. The first step is where any two records stand; "one household"
        takes off what two people of one household would show as well; the last row is the
        pair's probability.

    Raises
    ------
    ValueError
        A key is not among the records.
    """
    check_is_fitted(linker)
    plan, model = linker.plan_, linker.model_
    rows = [_row(records, plan.key, which) for which in (left, right)]
    levels = levels_of(records, np.array(rows[:1]), np.array(rows[1:]), plan.comparisons)
    steps = [("any two records", None, None, "", np.log2(model.matches / (1 - model.matches)))]
    table = as_table(records.iloc[rows], tuple(c.columns[0] for c in plan.comparisons))
    for i, c in enumerate(plan.comparisons):
        level, values = int(levels[0, i]), table[c.columns[0]].tolist()
        bits = 0.0 if level < 0 else np.log2(model.m[i][level] / model.u[i][level])
        steps.append((c.name, *values, c.label(level), bits))
    steps.append(("one household", None, None, "", float(model.household_bits(levels)[0])))
    waterfall = pd.DataFrame(steps, columns=["step", "left", "right", "level", "bits"])
    so_far = waterfall["bits"].cumsum()
    return waterfall.assign(so_far=so_far, probability=1 / (1 + 2.0 ** -so_far.clip(-500, 500)))


def _row(records: pd.DataFrame, key: str, which: object) -> int:
    found = np.flatnonzero((records[key] == which).to_numpy())
    if len(found) != 1:
        raise ValueError(f"records has {len(found)} rows with {key} = {which!r}, one is needed.")
    return int(found[0])

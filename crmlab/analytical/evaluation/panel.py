"""What does a firm know of each customer, before a programme and after? One row a customer.

Only customers who had bought before the first window began are kept, so that everybody is watched
for the whole time. What they are known by is what the records held when the programme began;
nothing that the programme may have changed is used as a covariate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crmlab.analytical.segments import behaviour, margin_between
from crmlab.checks import nearest, whole_number

if TYPE_CHECKING:
    from crmlab.asof import When
    from crmlab.records import Records

_WEEK = np.timedelta64(7, "D")
OUTCOMES = ["earlier", "before", "after"]


def panel(
    records: Records,
    treated: ArrayLike,
    start: When,
    weeks: int = 26,
    score: pd.Series | None = None,
) -> pd.DataFrame:
    """Customers with what they brought before and after a programme began.

    Parameters
    ----------
    records : Records
        With ``orders`` (and their margin); ``returns`` and ``redemptions`` count where present.
    treated : array of int
        ``customer_id`` of those in the programme.
    start : int, str, date or datetime64
        When it began; a number is a week.
    weeks : int
        Length of each window.
    score : Series, optional
        By ``customer_id``: what the firm chose by, as known at the start.

    Returns
    -------
    DataFrame
        One row a customer (index ``customer_id``) who had bought two windows before the start:
        ``earlier``, ``before`` and ``after`` (gross margin of three windows, EUR, before the cost
        of the programme), ``treated`` (bool), ``score`` if given, and the covariates of
        `crmlab.analytical.segments.behaviour`, as known at the start.

    Raises
    ------
    ValueError
        Nobody, or everybody, was treated; a treated id is no customer; a score is missing.

    Examples
    --------
    >>> import crmlab as crm
    >>> records = crm.simulate("retail", 60, 60, seed=1).records
    >>> table = panel(records, records.customers["customer_id"][:20], start=40, weeks=10)
    >>> table.columns[:4].tolist(), len(table) <= 60
    (['earlier', 'before', 'after', 'treated'], True)
    """
    whole_number("weeks", weeks, 1, 520)
    outcomes = periods(records, start, weeks, before=2, after=1)
    table = outcomes.set_axis(OUTCOMES, axis=1)
    ids = np.unique(np.asarray(treated, dtype=np.int64))
    known = records["customers"]["customer_id"] if "customers" in records else table.index
    strange = np.setdiff1d(ids, np.asarray(known))
    if len(strange):
        raise ValueError(f"treated must be customers, got {strange[0]}, whom nobody knows.")
    table["treated"] = table.index.isin(ids)
    if table["treated"].all() or not table["treated"].any():
        raise ValueError(
            f"treated must be some of the {len(table)} customers, got "
            f"{int(table['treated'].sum())} of them. A comparison needs others."
        )
    if score is not None:
        table["score"] = _complete(score, table.index)
    # Covariates that repeat an outcome under another name are of no use.
    return table.join(behaviour(records, start), how="left")


def periods(
    records: Records, start: When, weeks: int = 13, before: int = 4, after: int = 2
) -> pd.DataFrame:
    """What each customer brought in every period around the start, EUR.

    Returns
    -------
    DataFrame
        One row a customer who had bought before the first period (index ``customer_id``), one
        column a period: -``before``, ..., -1 before the start, 0, 1, ... from it on.

    Examples
    --------
    >>> import crmlab as crm
    >>> records = crm.simulate("retail", 60, 60, seed=1).records
    >>> periods(records, start=40, weeks=10, before=1, after=2).columns.tolist()
    [-1, 0, 1]
    """
    whole_number("before", before, 1, 200)
    whole_number("after", after, 0, 200)
    begun = records.as_of(start).now
    assert begun is not None  # as_of always knows its moment
    moments = {k: begun + k * weeks * _WEEK for k in range(-before, after + 1)}
    early = records.as_of(moments[-before])["orders"]["customer_id"]
    who = pd.Index(np.unique(early), name="customer_id")
    parts = {
        k: margin_between(records, moments[k], moments[k + 1]).reindex(who, fill_value=0.0)
        for k in range(-before, after)
    }
    return pd.DataFrame(parts, index=who)


def checked(table: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """The table, if it can be evaluated: these columns, finite, with both groups."""
    for name in [*columns, "treated"]:
        if name not in table:
            raise ValueError(
                f"table must have the column {name!r}, got {list(table)}."
                + nearest(name, table.columns)
            )
    values = table[columns].to_numpy(dtype=float)
    if not np.isfinite(values).all():
        place = columns[int(np.flatnonzero(~np.isfinite(values).all(axis=0))[0])]
        raise ValueError(f"table[{place!r}] must hold finite numbers, some are missing.")
    odd = set(pd.unique(table["treated"])) - {0, 1}
    if odd:
        raise ValueError(f"treated must hold 0 and 1 (or False and True), got {odd.pop()!r}.")
    treated = table["treated"].astype(bool)
    if min(treated.sum(), (~treated).sum()) < 2:
        raise ValueError(
            f"each group needs two customers at least, got {treated.sum()} treated and "
            f"{(~treated).sum()} untreated."
        )
    return table.assign(treated=treated)


def _complete(score: pd.Series, who: pd.Index) -> pd.Series:
    found = score.reindex(who)
    if found.isna().any():
        raise ValueError(
            f"score must have a number for every customer, {int(found.isna().sum())} have none: "
            f"customer {found.index[found.isna()][0]}, for one."
        )
    return found

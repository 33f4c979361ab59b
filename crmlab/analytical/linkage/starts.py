"""How good is the customer database? STARTS, as six measured numbers.

A customer database should be shareable, transportable, accurate, relevant, timely and secure
(Buttle, Customer Relationship Management: the STARTS attributes of data). As adjectives they
cannot be wrong; as numbers they can. Each is measured on what a firm has: the records, a table of
rights, a log of accesses, and for accuracy a sample whose truth is known.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import pandas as pd

from crmlab.analytical.linkage.fields import as_text, need_columns, need_key


def shareable(rights: pd.DataFrame, columns: Sequence[str]) -> float:
    """Which share of these fields a role may read, averaged over the roles.

    Parameters
    ----------
    rights : DataFrame
        One row a role and field that it may read: role, column. A role without rights has a row
        with a missing column.
    columns : sequence of str
        The fields that matter.

    Examples
    --------
    >>> rights = pd.DataFrame(
    ...     {"role": ["sales", "sales", "finance"], "column": ["email", "phone", None]}
    ... )
    >>> shareable(rights, ["email", "phone"])
    0.5
    """
    need_columns("rights", rights, "role", "column")
    if not len(columns) or not len(rights):
        raise ValueError("rights and columns must not be empty: who may read what?")
    allowed = rights[rights["column"].isin(list(columns))].drop_duplicates(["role", "column"])
    return len(allowed) / (rights["role"].nunique() * len(columns))


def transportable(records: pd.DataFrame) -> float:
    """Which share of the values comes back the same, in value and kind, from a CSV file.

    Nothing but the file crosses the border: leading zeros of postcodes, dates and empty texts
    are what gets lost.

    Examples
    --------
    >>> transportable(pd.DataFrame({"customer_id": [1, 2], "postcode": ["01067", "80331"]}))
    0.5
    """
    if records.empty:
        return 1.0
    file = io.StringIO(records.to_csv(index=False))
    back = pd.read_csv(file)
    same = [_survived(records[c].reset_index(drop=True), back[str(c)]) for c in records.columns]
    return float(np.mean(same))


def _survived(before: pd.Series, after: pd.Series) -> float:
    both_missing = before.isna() & after.isna()
    kinds = [pd.api.types.infer_dtype(x, skipna=True) for x in (before, after)]
    if isinstance(before.dtype, pd.CategoricalDtype):
        kinds[0] = pd.api.types.infer_dtype(before.astype(before.cat.categories.dtype), skipna=True)
    if before.notna().any() and kinds[0] != kinds[1]:
        return float(both_missing.mean())
    equal = before.astype(object) == after.astype(object)
    return float((equal | both_missing).mean())


def accurate(records: pd.DataFrame, truth: pd.DataFrame, key: str = "customer_id") -> pd.Series:
    """Which share of the stored values is true, field by field.

    Parameters
    ----------
    records : DataFrame
    truth : DataFrame
        The same key, and the true values of some columns of some records.
    key : str

    Returns
    -------
    Series
        Index column; missing values do not count, neither here nor there.

    Examples
    --------
    >>> stored = pd.DataFrame({"customer_id": [1, 2, 3], "city": ["Ayr", "Rye", None]})
    >>> accurate(stored, stored.assign(city=["Ayr", "Bath", "York"]))["city"]
    np.float64(0.5)
    """
    need_key("records", records, key)
    need_key("truth", truth, key)
    columns = [c for c in truth.columns if c != key and c in records.columns]
    true = truth.set_index(key)
    stored = records.set_index(key)
    stored = stored.loc[stored.index.isin(true.index)]
    shares = {}
    for column in columns:
        here, there = as_text(stored[column]), as_text(true[column]).loc[stored.index]
        known = here.notna().to_numpy() & there.notna().to_numpy()
        shares[column] = (
            (here.to_numpy() == there.to_numpy())[known].mean() if known.any() else np.nan
        )
    return pd.Series(shares, dtype=float, name="accurate")


def relevant(columns: Sequence[str], log: pd.DataFrame) -> float:
    """Which share of the fields anybody has read, by the log (role, column)."""
    need_columns("log", log, "role", "column")
    return float(np.isin(list(columns), log["column"].astype(str)).mean())


def timely(records: pd.DataFrame, now: str | pd.Timestamp, time: str = "registered_at") -> float:
    """The median age of the records, weeks; those without a time are left out."""
    need_columns("records", records, time)
    return float(((pd.Timestamp(now) - records[time]) / pd.Timedelta(weeks=1)).median())


def violations(log: pd.DataFrame, rights: pd.DataFrame) -> pd.DataFrame:
    """The accesses that no right allows: rows of the log (role, column)."""
    need_columns("log", log, "role", "column")
    need_columns("rights", rights, "role", "column")
    allowed = pd.MultiIndex.from_frame(rights[["role", "column"]])
    return log[~pd.MultiIndex.from_frame(log[["role", "column"]]).isin(allowed)]


def k_anonymity(records: pd.DataFrame, quasi: Sequence[str] = ("birth_year", "postcode")) -> int:
    """How many records share the rarest combination of quasi-identifiers.

    1 means that somebody can be recognised by them alone. Missing counts as a value of its own.
    Sweeney (2002), International Journal of Uncertainty, Fuzziness and Knowledge-Based Systems
    10(5), 557-570.

    Examples
    --------
    >>> k_anonymity(pd.DataFrame({"birth_year": [1979, 1979, 1980], "postcode": ["a", "a", "b"]}))
    1
    """
    need_columns("records", records, *quasi)
    if records.empty:
        raise ValueError("records must not be empty: nobody can hide in an empty table.")
    return int(records.groupby(list(quasi), dropna=False, observed=True).size().min())

"""Which of several values is the customer's? One golden record, and where each value came from.

A rule a field: the freshest, that of the most trusted system, that of the most complete record,
or the most frequent. Nothing is thrown away: the provenance names the record behind every value.
Talburt and Zhou (2015), Entity Information Life Cycle for Big Data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.analytical.linkage.fields import as_text, need_columns, need_key, shown
from crmlab.analytical.linkage.measures import golden_of
from crmlab.checks import one_of

RULES = ("freshest", "trusted", "complete", "frequent")
"""How a value can win. Ties go to the freshest record, then to the first."""


@dataclass(frozen=True)
class Survivorship:
    """Which value survives, field by field.

    Parameters
    ----------
    rules : mapping from column to one of `RULES`
    otherwise : str
        The rule of the other columns.
    trust : tuple of str
        Source systems, the most trusted first; those not named come last.
    time, source : str
        The columns of the record's time and of its system.
    """

    rules: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = "freshest"
    trust: tuple[str, ...] = ()
    time: str = "registered_at"
    source: str = "source"

    def __post_init__(self) -> None:
        one_of("otherwise", self.otherwise, RULES)
        for column, rule in self.rules.items():
            one_of(f"the rule of {column!r}", rule, RULES)
        if "trusted" in (self.otherwise, *self.rules.values()) and not self.trust:
            raise ValueError("trust must rank the systems, e.g. ('shop', 'web'), got none.")


@dataclass(frozen=True)
class Golden:
    """One record a customer, and where it comes from.

    Attributes
    ----------
    table : DataFrame
        One row a customer: golden_id, records (how many went in), then the columns.
    provenance : DataFrame
        One row a value: golden_id, column, record (its key), rule, rivals (other values that
        lost).
    """

    table: pd.DataFrame
    provenance: pd.DataFrame

    def __repr__(self) -> str:
        lost = int(self.provenance["rivals"].sum())
        return (
            f"{len(self.table):,} customers out of {int(self.table['records'].sum()):,} records; "
            f"{lost:,} rival values lost"
        )


def golden(
    records: pd.DataFrame,
    links: pd.DataFrame,
    how: Survivorship | None = None,
    key: str = "customer_id",
) -> Golden:
    """One record a customer, each value chosen among those of the customer's records.

    Parameters
    ----------
    records : DataFrame
    links : DataFrame
        What `cluster` returns.
    how : Survivorship, optional
        By default the freshest value that is not missing.
    key : str
        The column of the records' keys.

    Examples
    --------
    >>> records = pd.DataFrame(
    ...     {
    ...         "customer_id": [1, 2],
    ...         "phone": ["0123", None],
    ...         "city": ["Ayr", "Rye"],
    ...         "registered_at": pd.to_datetime(["2020-01-01", "2024-01-01"]),
    ...     }
    ... )
    >>> links = pd.DataFrame({"customer_id": [1, 2], "golden_id": [1, 1]})
    >>> golden(records, links).table[["golden_id", "records", "phone", "city"]]
       golden_id  records phone city
    0          1        2  0123  Rye
    """
    how = how or Survivorship()
    need_key("records", records, key)
    group = golden_of(links).reindex(records[key])
    if group.isna().any():
        unknown = shown(group.index[int(group.isna().to_numpy().argmax())])
        raise ValueError(f"links has no golden_id for record {unknown}. Cluster all records.")
    ids, names = pd.factorize(group.reset_index(drop=True), sort=True)
    columns = [c for c in records.columns if c != key]
    table = pd.DataFrame({"golden_id": names, "records": np.bincount(ids, minlength=len(names))})
    sources, chosen = [], {}
    for column in columns:
        rule = how.rules.get(column, how.otherwise)
        rows = _winners(records, ids, column, rule, how)
        chosen[column] = _spread(records[column], rows, ids[rows], len(names))
        rivals = _rivals(records[column], ids)
        sources.append(pd.DataFrame({
            "golden_id": names[ids[rows]], "column": column, "record": records[key].array[rows],
            "rule": rule, "rivals": rivals[ids[rows]],
        }))  # fmt: skip
    table = pd.concat([table, pd.DataFrame(chosen, index=table.index)], axis=1)
    return Golden(table, pd.concat(sources, ignore_index=True))


def _winners(
    records: pd.DataFrame, ids: NDArray, column: str, rule: str, how: Survivorship
) -> NDArray[np.int64]:
    """The row whose value survives, one for each group that has a value at all."""
    said = np.flatnonzero(as_text(records[column]).notna().to_numpy())
    rank = pd.DataFrame({"id": ids, "first": _rank(records, ids, column, rule, how),
                         "age": _age(records, how), "row": np.arange(len(ids))})  # fmt: skip
    rank = rank.iloc[said].sort_values(["id", "first", "age", "row"])
    return rank.drop_duplicates("id")["row"].to_numpy()


def _rank(
    records: pd.DataFrame, ids: NDArray, column: str, rule: str, how: Survivorship
) -> NDArray:
    """Small is better."""
    if rule == "trusted":
        need_columns("records", records, how.source)
        order = {name: i for i, name in enumerate(how.trust)}
        return records[how.source].astype(object).map(order).fillna(len(order)).to_numpy(float)
    if rule == "complete":
        return -sum(as_text(records[c]).notna().to_numpy(int) for c in records.columns)
    if rule == "frequent":
        value = pd.factorize(as_text(records[column]))[0]
        return -pd.Series(value).groupby([ids, value]).transform("size").to_numpy()
    return np.zeros(len(records))


def _age(records: pd.DataFrame, how: Survivorship) -> NDArray:
    """Rank by time, the freshest first; all alike where the table has no time."""
    if how.time not in records.columns:
        return np.zeros(len(records))
    return records[how.time].rank(ascending=False, na_option="bottom").to_numpy()


def _spread(
    column: pd.Series, rows: NDArray, groups: NDArray, n: int
) -> pd.api.extensions.ExtensionArray:
    place = np.full(n, -1)
    place[groups] = rows
    return pd.Series(column.array).reindex(place).array


def _rivals(column: pd.Series, ids: NDArray) -> NDArray[np.int64]:
    """How many different values of each group cannot survive."""
    values = as_text(column).reset_index(drop=True).groupby(ids).nunique()
    return np.maximum(values.to_numpy() - 1, 0)

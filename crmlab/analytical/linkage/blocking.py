"""Which pairs of records are worth comparing? Those that share a blocking key.

A thousand records make half a million pairs, a million make half a billion thousand. So only
pairs are compared that agree in at least one of several keys (e-mail; surname and postcode; ...).
A true pair that shares none of them is lost for good: blocking caps recall, and the report says
where the cap lies. Christen (2012), Data Matching, chapter 4; reduction ratio and pairs
completeness from Elfeky, Verykios and Elmagarmid (2002), ICDE, 17-28.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.analytical.linkage.fields import as_table, need_columns, need_key

Key = tuple[str, ...]
"""Columns that must agree; ``"last_name[:3]"`` for the first three characters only."""

Rows = tuple[NDArray[np.int64], NDArray[np.int64]]
LARGEST = 1_000
_PART = re.compile(r"^(?P<column>.+?)(\[:(?P<length>\d+)\])?$")
_USUAL: tuple[tuple[tuple[str, int], ...], ...] = (
    (("identifier", 0),), (("email", 0),), (("phone", 0),), (("birth", 0),),
    (("given", 0), ("family", 0)), (("given", 0), ("birth_year", 0)),
    (("family", 0), ("birth_year", 0)), (("birth_year", 0), ("postcode", 0)),
    (("given", 3), ("postcode", 0)), (("family", 3), ("postcode", 0)),
    (("street", 0), ("house", 0)), (("street", 0), ("postcode", 0)),
)  # fmt: skip


def usual_keys(roles: Mapping[str, str]) -> tuple[Key, ...]:
    """Blocking keys that suit the fields at hand: single identifiers, and pairs of the others.

    >>> usual_keys({"surname": "family", "birth_year": "birth_year", "email": "email"})
    (('email',), ('surname', 'birth_year'))
    """
    keys = []
    for wanted in _USUAL:
        choices = [[c for c in roles if roles[c] == role][:1] for role, _ in wanted]
        if all(choices):
            parts = zip((c[0] for c in choices), (n for _, n in wanted), strict=True)
            keys.append(tuple(f"{c}[:{n}]" if n else c for c, n in parts))
    return tuple(keys)


def split_part(part: str) -> tuple[str, int | None]:
    """The column of one part of a key, and how many characters of it count.

    >>> split_part("last_name[:3]"), split_part("email")
    (('last_name', 3), ('email', None))
    """
    found = _PART.match(part)
    assert found is not None  # the pattern takes any text
    return found["column"], int(found["length"]) if found["length"] else None


def columns_of(keys: Sequence[Key]) -> tuple[str, ...]:
    """The columns that the keys use."""
    return tuple(dict.fromkeys(split_part(part)[0] for key in keys for part in key))


def block(
    records: pd.DataFrame,
    keys: Sequence[Key],
    key: str = "customer_id",
    across: str | None = None,
    largest: int = LARGEST,
) -> pd.DataFrame:
    """The pairs of records that agree in at least one blocking key, each pair once.

    Parameters
    ----------
    records : DataFrame
        One row a record.
    keys : sequence of tuples of str
        Blocking keys; a missing value agrees with nothing.
    key : str
        The column of the records' keys.
    across : str, optional
        Only pairs that differ in this column (linking two files, each without duplicates).
    largest : int
        Blocks of more records are left out: "unknown" as a name would pair everybody with
        everybody. `blocking_report` says how many.

    Returns
    -------
    DataFrame
        One row a pair: left, right (keys of records, in the order of the table), ``rule``
        (the number of the first key that both share).

    Examples
    --------
    >>> records = pd.DataFrame(
    ...     {
    ...         "customer_id": [1, 2, 3],
    ...         "email": ["a@x.org", "a@x.org", None],
    ...         "last_name": ["berry", "barry", "berry"],
    ...         "birth_year": [1950, 1950, 1950],
    ...     }
    ... )
    >>> block(records, [("email",), ("last_name", "birth_year")])
       left  right  rule
    0     1      2     0
    1     1      3     1
    """
    need_key("records", records, key)
    need_columns("records", records, *columns_of(keys), *([across] if across else []))
    rows = block_rows(records, tuple(keys), across, largest)
    ids = records[key].reset_index(drop=True)
    left, right = (ids.iloc[rows[side]].reset_index(drop=True) for side in ("left", "right"))
    return pd.DataFrame({"left": left, "right": right, "rule": rows["rule"]})


def block_rows(
    records: pd.DataFrame, keys: tuple[Key, ...], across: str | None, largest: int
) -> pd.DataFrame:
    """The same with numbers of rows instead of keys."""
    if not keys:
        raise ValueError("keys must name a blocking key at least, e.g. [('email',)].")
    table, n = as_table(records, columns_of(keys)), len(records)
    found = [_pairs_of(_blocks(table, key), largest) for key in keys]
    code = np.concatenate([left * n + right for left, right in found])
    rule = np.repeat(np.arange(len(keys)), [len(left) for left, _ in found])
    code, first = np.unique(code, return_index=True)  # the first place is that of the first key
    pairs = pd.DataFrame({"left": code // n, "right": code % n, "rule": rule[first]})
    if across is None:
        return pairs
    side = pd.factorize(records[across])[0]
    return pairs[side[pairs["left"]] != side[pairs["right"]]].reset_index(drop=True)


def _blocks(table: pd.DataFrame, key: Key) -> NDArray[np.int64]:
    """The block of each row; -1 where a part of the key is missing."""
    parts = pd.DataFrame({i: _part(table, part) for i, part in enumerate(key)})
    block = parts.groupby(list(parts), sort=False).ngroup().to_numpy()
    return np.where(parts.isna().any(axis=1), -1, block).astype(np.int64)


def _part(table: pd.DataFrame, part: str) -> pd.Series:
    column, length = split_part(part)
    return table[column] if length is None else table[column].str[:length]


def _pairs_of(block: NDArray[np.int64], largest: int) -> Rows:
    """The pairs of rows in one block, the smaller row left, without loops over blocks."""
    rows = np.flatnonzero(block >= 0)
    rows = rows[np.argsort(block[rows], kind="stable")]
    _, start, size = np.unique(block[rows], return_index=True, return_counts=True)
    size = np.where(size <= largest, size, 1)
    place = np.arange(len(rows)) - np.repeat(start, np.diff([*start, len(rows)]))
    later = np.repeat(size, np.diff([*start, len(rows)])) - place - 1  # partners still to come
    later = np.maximum(later, 0)
    left = np.repeat(np.arange(len(rows)), later)
    step = np.arange(len(left)) - np.repeat(np.cumsum(later) - later, later) + 1
    return rows[left], rows[left + step]


def blocking_report(
    records: pd.DataFrame,
    keys: Sequence[Key],
    truth: pd.Series | None = None,
    key: str = "customer_id",
    across: str | None = None,
) -> pd.DataFrame:
    """What each blocking key costs in pairs and, where the truth is known, finds of true pairs.

    Parameters
    ----------
    records, keys, key, across
        As in `block`.
    truth : Series, optional
        Index record key, value person: adds the columns on true pairs.

    Returns
    -------
    DataFrame
        One row a key and one for all together: key, pairs, reduction (share of all possible
        pairs that is spared), left_out (records in blocks of more than 1,000, which are not
        paired), and with the truth: true_pairs, recall_cap (share of all true
        pairs that it holds), only_here (true pairs that no other key finds).
    """
    from crmlab.analytical.linkage.measures import true_pairs

    need_key("records", records, key)
    possible = possible_pairs(records, across)
    alone = [block(records, [k], key, across) for k in keys]
    found = [*alone, pd.concat(alone)[["left", "right"]].drop_duplicates()]
    names = [" + ".join(k) for k in keys]
    report = pd.DataFrame({"key": [*names, "any of them"], "pairs": [len(f) for f in found]})
    report["reduction"] = 1 - report["pairs"] / max(possible, 1)
    large = _in_large_blocks(records, keys)
    report["left_out"] = [*large.sum(axis=0), large.any(axis=1).sum()]
    if truth is None:
        return report
    total = true_pairs(records, truth, key, across)
    hits = [f[truth.loc[f["left"]].to_numpy() == truth.loc[f["right"]].to_numpy()] for f in found]
    report["true_pairs"] = [len(h) for h in hits]
    report["recall_cap"] = report["true_pairs"] / total if total else float("nan")
    times = pd.concat(hits[:-1]).groupby(["left", "right"])["rule"].transform("size")
    once = pd.concat(hits[:-1])[times == 1]
    report["only_here"] = [*(int(h.index.size and _shared(h, once)) for h in hits[:-1]), len(once)]
    return report


def _in_large_blocks(records: pd.DataFrame, keys: Sequence[Key]) -> NDArray[np.bool_]:
    """Which records each key leaves out, shape ``(n_records, n_keys)``."""
    table = as_table(records, columns_of(keys))
    columns = []
    for key in keys:
        block = _blocks(table, key)
        size = np.bincount(block + 1)[block + 1]
        columns.append((block >= 0) & (size > LARGEST))
    return np.column_stack(columns)


def _shared(some: pd.DataFrame, others: pd.DataFrame) -> int:
    return len(some[["left", "right"]].merge(others[["left", "right"]]))


def possible_pairs(records: pd.DataFrame, across: str | None = None) -> int:
    """How many pairs the records make, or how many between the groups of ``across``."""
    n = len(records)
    within = (
        0 if across is None else int(sum(s * (s - 1) // 2 for s in records.groupby(across).size()))
    )
    return n * (n - 1) // 2 - within

"""How much do two records agree, field by field? Levels of agreement instead of yes and no.

A typing error leaves most of a name in place: so a comparison has levels, from nothing in common
to the same, and each gets a weight of its own later. Names and streets by Jaro-Winkler
similarity (Winkler 1990, Proceedings of the Section on Survey Research Methods, 354-359), codes
and numbers by the edit distance of Damerau (1964) with transpositions. A level is a condition in
DuckDB's SQL over the records ``l`` and ``r``, so that our own estimator and splink read the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.analytical.linkage.fields import as_table, need_columns, shown
from crmlab.storage import duckdb_in_memory

MISSING = -1
"""The level of a comparison in which one record says nothing."""


@dataclass(frozen=True)
class Level:
    """One degree of agreement: its name, and when it is reached."""

    label: str
    sql: str


@dataclass(frozen=True)
class Comparison:
    """What is compared, and the levels of agreement, the strongest first.

    Parameters
    ----------
    name : str
    columns : tuple of str
        The comparison says nothing where one record lacks the first of them.
    levels : tuple of Level
        The first that holds counts; where none does, the records differ (level 0).
    """

    name: str
    columns: tuple[str, ...]
    levels: tuple[Level, ...]

    def __post_init__(self) -> None:
        if not self.levels:
            raise ValueError(f"levels of {self.name!r} must not be empty. Level('same', ...)?")

    @property
    def missing(self) -> str:
        """The condition under which nothing can be compared."""
        return f'l."{self.columns[0]}" IS NULL OR r."{self.columns[0]}" IS NULL'

    @property
    def sql(self) -> str:
        """The whole comparison as one CASE."""
        top = len(self.levels)
        cases = [f"WHEN {self.missing} THEN {MISSING}"]
        cases += [f"WHEN {level.sql} THEN {top - i}" for i, level in enumerate(self.levels)]
        return f"CASE {' '.join(cases)} ELSE 0 END"

    def label(self, level: int) -> str:
        """What a level is called."""
        if level == MISSING:
            return "missing"
        return "different" if level == 0 else self.levels[len(self.levels) - level].label


def same(c: str) -> Level:
    """Both values are equal."""
    return Level("same", f'l."{c}" = r."{c}"')


def alike(c: str, least: float) -> Level:
    """Their Jaro-Winkler similarity is at least so much, in [0, 1]."""
    return Level(f"alike {least:g}", f'jaro_winkler_similarity(l."{c}", r."{c}") >= {least}')


def typos(c: str, most: int) -> Level:
    """At most so many characters are wrong, missing, too many or swapped with the next."""
    left, right = f'l."{c}"', f'r."{c}"'
    # Two cheap conditions that follow from the third spare most pairs its long computation.
    return Level(
        f"{most} wrong",
        f"abs(length({left}) - length({right})) <= {most} "
        f"AND levenshtein({left}, {right}) <= {2 * most} "
        f"AND damerau_levenshtein({left}, {right}) <= {most}",
    )


def swapped(c: str, other: str) -> Level:
    """Each value stands in the other's field."""
    return Level(f"swapped with {other}", f'l."{c}" = r."{other}" AND l."{other}" = r."{c}"')


def usual_comparisons(roles: Mapping[str, str]) -> tuple[Comparison, ...]:
    """A comparison for every field, by its role.

    Parameters
    ----------
    roles : mapping from column to role
        What `roles_of` returns.

    Examples
    --------
    >>> [level.label for level in usual_comparisons({"city": "place"})[0].levels]
    ['same', 'alike 0.92', 'alike 0.8']
    """
    return tuple(Comparison(c, (c,), _levels(c, role, roles)) for c, role in roles.items())


def _levels(c: str, role: str, roles: Mapping[str, str]) -> tuple[Level, ...]:
    names = (alike(c, 0.92), alike(c, 0.8))
    initial = Level(
        "initial",
        f"""left(l."{c}", 1) = left(r."{c}", 1)
        AND least(length(l."{c}"), length(r."{c}")) = 1""",
    )
    account = Level("same name", f"""split_part(l."{c}", '@', 1) = split_part(r."{c}", '@', 1)""")
    area = Level("same area", f'left(l."{c}", 2) = left(r."{c}", 2)')
    between = {
        "given": (*_swaps(c, roles, "family"), *names, initial),
        "family": (*_swaps(c, roles, "given"), *names),
        "street": (*_swaps(c, roles, "street"), *names),
        # One typo only: addresses made of names are alike for everybody of that name.
        "email": (account, typos(c, 1)),
        "phone": (typos(c, 1),),
        "house": (typos(c, 1),),
        "postcode": (typos(c, 1), area),
        "place": names,
        "region": (),
        "birth": (typos(c, 1), typos(c, 2)),
        "birth_year": (typos(c, 1),),
        "identifier": (typos(c, 1), typos(c, 2)),
    }
    return (same(c), *between[role])


def _swaps(c: str, roles: Mapping[str, str], role: str) -> tuple[Level, ...]:
    return tuple(swapped(c, other) for other, its in roles.items() if its == role and other != c)


def compare(
    records: pd.DataFrame,
    pairs: pd.DataFrame,
    comparisons: tuple[Comparison, ...],
    key: str = "customer_id",
) -> pd.DataFrame:
    """How far each pair of records agrees in each comparison.

    Parameters
    ----------
    records : DataFrame
        One row a record.
    pairs : DataFrame
        ``left`` and ``right``, keys of records.
    comparisons : tuple of Comparison
    key : str
        The column of the records' keys.

    Returns
    -------
    DataFrame
        One row a pair, in the order given: left, right, and the level of each comparison
        (int8): -1 missing, 0 different, the highest the same.

    Examples
    --------
    >>> records = pd.DataFrame({"customer_id": [1, 2], "last_name": ["hannagan", "hannaan"]})
    >>> compare(
    ...     records,
    ...     pd.DataFrame({"left": [1], "right": [2]}),
    ...     usual_comparisons({"last_name": "family"}),
    ... )["last_name"].tolist()
    [2]
    """
    need_columns("records", records, key, *(c for each in comparisons for c in each.columns))
    places = pd.Index(records[key])
    left, right = places.get_indexer(pairs["left"]), places.get_indexer(pairs["right"])
    for name, rows in (("left", left), ("right", right)):
        if (rows < 0).any():
            unknown = shown(pairs[name].iloc[int((rows < 0).argmax())])
            raise ValueError(f"pairs[{name!r}] names {unknown}, which is no {key} of records.")
    levels = levels_of(records, left, right, comparisons)
    names = [c.name for c in comparisons]
    table = pd.DataFrame(levels, columns=names, index=pairs.index)
    return pd.concat([pairs[["left", "right"]], table], axis=1)


def levels_of(
    records: pd.DataFrame, left: np.ndarray, right: np.ndarray, comparisons: tuple[Comparison, ...]
) -> np.ndarray:
    """The levels of the pairs of rows, shape ``(n_pairs, n_comparisons)``, int8."""
    if not len(left):
        return np.empty((0, len(comparisons)), dtype=np.int8)
    columns = tuple(dict.fromkeys(columns_in(comparisons)))
    cases = ", ".join(f"CAST({c.sql} AS TINYINT) AS c{i}" for i, c in enumerate(comparisons))
    with duckdb_in_memory() as con:
        con.register("t", as_table(records, columns))
        con.register("p", pd.DataFrame({"a": left, "b": right, "n": np.arange(len(left))}))
        found = con.sql(
            f"SELECT n, {cases} FROM p JOIN t l ON l.row_ = p.a JOIN t r ON r.row_ = p.b"
        ).fetchnumpy()
    levels = np.empty((len(left), len(comparisons)), dtype=np.int8)
    for i in range(len(comparisons)):
        levels[found["n"], i] = found[f"c{i}"]
    return levels


def columns_in(comparisons: tuple[Comparison, ...]) -> list[str]:
    """The columns that the comparisons read, some more than once."""
    texts = " ".join(c.sql for c in comparisons)
    return re.findall(r'\bl\."([^"]+)"', texts)

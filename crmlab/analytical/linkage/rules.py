"""Which records are the same by rule? Deterministic matching, with the rules as readable data.

A rule says which fields must agree exactly and which must not contradict each other. It is a
blocking key that is believed. Rules are easy to explain and to audit, miss whatever is misspelt,
and do not say how sure they are. Christen (2012), Data Matching, chapter 6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.analytical.linkage.blocking import block_rows, columns_of
from crmlab.analytical.linkage.fields import as_table, need_columns, need_key


@dataclass(frozen=True)
class MatchRule:
    """Two records are of one person if these fields agree, unless one of those contradicts.

    Parameters
    ----------
    agree : tuple of str
        Columns that must be equal and not missing; ``"last_name[:3]"`` for the beginning.
    unless : tuple of str
        Columns that must not differ where both records have them.
    """

    agree: tuple[str, ...]
    unless: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("agree", "unless"):
            if isinstance(getattr(self, name), str):
                raise TypeError(f"{name} must be a tuple of columns, got {getattr(self, name)!r}.")
        if not self.agree:
            raise ValueError("agree must name a column at least, e.g. ('email',).")

    def __str__(self) -> str:
        text = "same " + " and ".join(self.agree)
        return text + (f", unless {' or '.join(self.unless)} differs" if self.unless else "")


_USUAL = (
    (("identifier",), ()),
    (("email", "given"), ()),
    (("phone", "given", "family"), ()),
    (("given", "family", "birth"), ()),
    (("given", "family", "birth_year", "postcode"), ()),
    (("given", "family", "street"), ("birth", "birth_year")),
)


def usual_rules(roles: Mapping[str, str]) -> tuple[MatchRule, ...]:
    """Rules that suit the fields at hand.

    >>> [str(r) for r in usual_rules({"email": "email", "first_name": "given"})]
    ['same email and first_name']
    """
    column = {role: c for c, role in reversed(list(roles.items()))}
    return tuple(
        MatchRule(tuple(column[r] for r in agree), tuple(column[r] for r in unless if r in column))
        for agree, unless in _USUAL
        if set(agree) <= set(column)
    )


def rule_table(rules: Sequence[MatchRule]) -> pd.DataFrame:
    """The rules to read: their number, and each as a sentence."""
    return pd.DataFrame({"rule": range(len(rules)), "says": [str(r) for r in rules]})


def match_by_rules(
    records: pd.DataFrame,
    rules: Sequence[MatchRule],
    key: str = "customer_id",
    across: str | None = None,
) -> pd.DataFrame:
    """The pairs of records that a rule takes for one person.

    Parameters
    ----------
    records : DataFrame
    rules : sequence of MatchRule
        In the order in which they are tried.
    key : str
        The column of the records' keys.
    across : str, optional
        Only pairs that differ in this column.

    Returns
    -------
    DataFrame
        One row a pair: left, right, ``rule`` (the number of the first that holds) and
        probability, always 1: a rule knows no doubt.

    Examples
    --------
    >>> records = pd.DataFrame(
    ...     {"customer_id": [1, 2, 3], "email": ["a@x.org"] * 3, "birth_year": [1950, 1980, None]}
    ... )
    >>> match_by_rules(records, [MatchRule(("email",), unless=("birth_year",))])
       left  right  rule  probability
    0     1      3     0          1.0
    1     2      3     0          1.0
    """
    need_key("records", records, key)
    if not rules:
        raise ValueError("rules must hold a rule at least, e.g. [MatchRule(('email',))].")
    need_columns(
        "records", records, *(c for r in rules for c in (*columns_of([r.agree]), *r.unless))
    )
    found = pd.concat(
        [_rows(records, rule, across).assign(rule=number) for number, rule in enumerate(rules)]
    )
    found = found.drop_duplicates(["left", "right"]).sort_values(
        ["left", "right"], ignore_index=True
    )
    ids = records[key].array
    pairs = {"left": ids[found["left"]], "right": ids[found["right"]], "rule": found["rule"]}
    return pd.DataFrame(pairs).assign(probability=1.0)


def _rows(records: pd.DataFrame, rule: MatchRule, across: str | None) -> pd.DataFrame:
    pairs = block_rows(records, (rule.agree,), across, largest=1_000)[["left", "right"]]
    table, good = as_table(records, rule.unless), np.ones(len(pairs), dtype=bool)
    for column in rule.unless:
        left, right = (table[column].to_numpy(object)[pairs[side]] for side in ("left", "right"))
        good &= (left == right) | pd.isna(left) | pd.isna(right)
    return pairs[good]

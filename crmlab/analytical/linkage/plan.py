"""How is a table of records to be linked? One description that every linker understands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from crmlab.analytical.linkage.blocking import Key, columns_of, usual_keys
from crmlab.analytical.linkage.comparisons import Comparison, columns_in, usual_comparisons
from crmlab.analytical.linkage.fields import need_columns, need_key, roles_of

PERSONAL = ("given", "birth", "birth_year", "identifier")
"""Roles in which the people of one household differ; they may share all others."""


@dataclass(frozen=True)
class Plan:
    """What is compared, which pairs are looked at, and what the records' key is called.

    Parameters
    ----------
    comparisons : tuple of Comparison
    keys : tuple of tuples of str
        Blocking keys, as in `block`.
    key : str
        The column of the records' keys.
    across : str, optional
        Link only records that differ in this column (two files, each without duplicates).
    shared : tuple of str
        Names of the comparisons in which people of one household agree; none for the model
        without households.
    largest : int
        Blocks of more records are left out.

    Examples
    --------
    >>> records = pd.DataFrame(columns=["customer_id", "first_name", "last_name", "email"])
    >>> plan = plan_for(records)
    >>> plan.keys, plan.shared
    ((('email',), ('first_name', 'last_name')), ('last_name', 'email'))
    """

    comparisons: tuple[Comparison, ...]
    keys: tuple[Key, ...]
    key: str = "customer_id"
    across: str | None = None
    shared: tuple[str, ...] = ()
    largest: int = 1_000

    def __post_init__(self) -> None:
        names = [c.name for c in self.comparisons]
        for name in self.shared:
            if name not in names:
                raise ValueError(
                    f"shared must name comparisons ({', '.join(names)}), got {name!r}."
                )

    @property
    def sizes(self) -> list[int]:
        """How many levels each comparison has, "different" included."""
        return [len(c.levels) + 1 for c in self.comparisons]

    @property
    def is_shared(self) -> list[bool]:
        """For each comparison, whether a household shares it."""
        return [c.name in self.shared for c in self.comparisons]

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that comparisons and blocking keys use."""
        return tuple(dict.fromkeys((*columns_in(self.comparisons), *columns_of(self.keys))))

    def check(self, records: pd.DataFrame) -> None:
        """Raise `ValueError` unless the records have key and columns, and there are two."""
        if not isinstance(records, pd.DataFrame):
            raise TypeError(f"records must be a DataFrame, got {type(records).__name__}.")
        need_key("records", records, self.key)
        need_columns("records", records, *self.columns)
        if self.across is not None:
            need_columns("records", records, self.across)
        if len(records) < 2:
            raise ValueError(f"records must have two rows at least, got {len(records)}.")


def plan_for(
    records: pd.DataFrame,
    fields: Mapping[str, str] | None = None,
    key: str = "customer_id",
    across: str | None = None,
) -> Plan:
    """The usual plan for a table, from the roles of its columns.

    Parameters
    ----------
    records : DataFrame
    fields : mapping from column to role, optional
        By default the columns with usual names (`fields.KNOWN`).
    key, across
        As in `Plan`.

    Returns
    -------
    Plan
        With households where there are personal fields and others.
    """
    if not isinstance(records, pd.DataFrame):
        raise TypeError(f"records must be a DataFrame, got {type(records).__name__}.")
    need_columns("records", records, key)
    roles = roles_of(records, fields)
    keys = usual_keys(roles)
    if not keys:
        raise ValueError(
            f"fields ({', '.join(roles)}) make no blocking key. Add e-mail, phone, an identifier, "
            "or two of names, birth and postcode; or write a Plan."
        )
    shared = tuple(c for c, role in roles.items() if role not in PERSONAL)
    if len(shared) == len(roles):
        shared = ()
    return Plan(usual_comparisons(roles), keys, key, across, shared)

"""Which columns say who somebody is, and what does each of them say?

A field's *role* (given name, e-mail, postcode, ...) decides how it is cleaned, blocked and
compared. Columns with the usual names find their roles by themselves; any other column is given
one in a mapping, ``{"nachname": "family"}``. What has no role is carried along and never compared.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from crmlab.checks import nearest, one_of

ROLES = (
    "given", "family", "email", "phone", "street", "house", "postcode", "place", "region",
    "birth", "birth_year", "identifier",
)  # fmt: skip
"""What a field can say of a person."""

KNOWN = {
    "first_name": "given", "given_name": "given", "forename": "given",
    "last_name": "family", "surname": "family", "family_name": "family",
    "email": "email", "phone": "phone",
    "street": "street", "address": "street", "address_1": "street", "address_2": "street",
    "street_number": "house", "house_number": "house",
    "postcode": "postcode", "city": "place", "suburb": "place", "state": "region",
    "birth_date": "birth", "date_of_birth": "birth", "birth_year": "birth_year",
    "soc_sec_id": "identifier", "tax_id": "identifier", "card_number": "identifier",
}  # fmt: skip
"""Usual column names and their roles."""


def roles_of(records: pd.DataFrame, fields: Mapping[str, str] | None = None) -> dict[str, str]:
    """The columns of a table that identify somebody, each with its role.

    Parameters
    ----------
    records : DataFrame
    fields : mapping from column to one of `ROLES`, optional
        By default the columns that `KNOWN` names.

    Raises
    ------
    ValueError
        A named column is not there, a role is unknown, or no column has a role.

    Examples
    --------
    >>> roles_of(pd.DataFrame(columns=["customer_id", "surname", "email"]))
    {'surname': 'family', 'email': 'email'}
    """
    if fields is None:
        fields = {str(c): KNOWN[str(c)] for c in records.columns if str(c) in KNOWN}
    for column, role in fields.items():
        need_columns("records", records, column)
        one_of(f"the role of {column!r}", role, ROLES)
    if not fields:
        raise ValueError(
            f"records has no column with a usual name, got {list(records.columns)}. "
            "Say what they are: fields={'nachname': 'family', ...}."
        )
    return dict(fields)


def need_columns(argument: str, table: pd.DataFrame, *columns: str) -> None:
    """Raise `ValueError` unless the table has the columns; name the nearest."""
    for column in columns:
        if column not in table.columns:
            raise ValueError(
                f"{argument} has no column {column!r}." + nearest(column, map(str, table.columns))
            )


def need_key(argument: str, table: pd.DataFrame, key: str) -> None:
    """Raise `ValueError` unless ``key`` is a column that tells every row from the others."""
    need_columns(argument, table, key)
    if table[key].isna().any():
        raise ValueError(
            f"{argument}[{key!r}] must not be missing, row {_first(table[key].isna())}."
        )
    twice = table[key].duplicated()
    if twice.any():
        raise ValueError(
            f"{argument}[{key!r}] must be unique, got {shown(table[key][twice].iloc[0])} twice. "
            "Put the system's name before the number."
        )


def shown(value: object) -> str:
    """A value as a reader knows it: 5, not np.int64(5)."""
    return repr(value.item() if isinstance(value, np.generic) else value)


def _first(where: pd.Series) -> int:
    return int(where.to_numpy().argmax())


def as_text(column: pd.Series) -> pd.Series:
    """A column as text without outer spaces; nothing said (None, NaN, "", "nan") is missing.

    >>> as_text(pd.Series([1979.0, None])).tolist()
    ['1979', nan]
    """
    if pd.api.types.is_bool_dtype(column) or not pd.api.types.is_numeric_dtype(column):
        text = column.astype(object).where(column.notna(), None).astype("str")
    else:
        whole = column.dropna() % 1 == 0
        text = column.astype("Int64" if whole.all() else "Float64").astype("str")
        text = text.where(column.notna())
    text = text.str.strip()
    return text.mask(text.isin(["", "nan", "None", "NaN", "<NA>"]))


def as_table(records: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """The columns as text, with the number of the row in front: what the SQL works on."""
    table = pd.DataFrame({c: as_text(records[c]) for c in columns})
    table.insert(0, "row_", range(len(records)))
    return table.reset_index(drop=True)

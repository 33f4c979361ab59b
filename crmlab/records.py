"""What does the firm hold, and what did it hold then?

`Records` are the firm's tables, pandas DataFrames by the contract in `tables.py`. They come
from a simulated market or from a real order log, go into DuckDB, Parquet and CSV and back,
and can be seen *as of* a moment: an analysis that is to predict must not see what it predicts.
"""

from __future__ import annotations

import datetime
import html
import os
import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from crmlab import storage
from crmlab.asof import PARENTS, When, before, moment, profiles_of
from crmlab.checks import nearest
from crmlab.tables import EPOCH, OBSERVED
from crmlab.transactions import Columns, read_log

Source: TypeAlias = pd.DataFrame | Callable[[], pd.DataFrame]


class Records:
    """What a firm holds: its tables, by name.

    ``records.orders`` and ``records["orders"]`` give the same table. Every call gives a new
    DataFrame over the same memory: adding or changing columns of it costs nothing and leaves
    the records alone (pandas copies on write).

    Parameters
    ----------
    tables : mapping of str to DataFrame or callable
        Tables of `tables.OBSERVED`, not necessarily all. A callable takes nothing, returns
        the table, and is called once, when the table is first asked for. If it has a method
        ``rows()``, that counts the rows without building the table.

    Attributes
    ----------
    report : str
        After `from_transactions`: how many rows were read, kept and refused, and why.
    refused : DataFrame or None
        After `from_transactions`: the refused rows.
    now : datetime64[s] or None
        After `as_of`: the moment from which on nothing can be seen.

    Raises
    ------
    ValueError
        If a name is not in the contract.
    TypeError
        If a table is neither a DataFrame nor a callable.

    Examples
    --------
    >>> log = pd.DataFrame(
    ...     {
    ...         "who": [1, 1, 2],
    ...         "on": ["2024-01-02", "2024-02-03", "2024-02-04"],
    ...         "eur": [10.0, 20.0, 5.0],
    ...     }
    ... )
    >>> records = Records.from_transactions(log, customer="who", date="on", value="eur")
    >>> records.orders["value_eur"].sum()
    np.float64(35.0)
    >>> records.as_of("2024-02-01").profiles[["customer_id", "orders", "value_eur"]]
       customer_id  orders  value_eur
    0            1       1       10.0
    """

    def __init__(self, tables: Mapping[str, Source]) -> None:
        for name, table in tables.items():
            if name not in OBSERVED:
                raise ValueError(
                    f"tables must be named as in the contract ({', '.join(OBSERVED)}), "
                    f"got {name!r}." + nearest(name, OBSERVED)
                )
            _frame_or_callable(name, table)
        self._tables = {n: _own(tables[n]) for n in OBSERVED if n in tables}
        self.report = ""
        self.refused: pd.DataFrame | None = None
        self.now: np.datetime64 | None = None

    # --- tables ----------------------------------------------------------------------------

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._tables:
            raise KeyError(self._absent(name))
        table = self._tables[name]
        if not isinstance(table, pd.DataFrame):
            table = self._tables[name] = _built(name, table)
        return table.copy(deep=False)

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_") or name not in self._tables:
            raise AttributeError(name if name.startswith("_") else self._absent(name))
        return self[name]

    def _absent(self, name: object) -> str:
        held = f"they hold {', '.join(self._tables) or 'no tables'}."
        if name in OBSERVED:
            return f"these records do not have the table {name!r}; {held}"
        return f"records have no table {name!r}; {held}" + nearest(name, self._tables)

    def __contains__(self, name: object) -> bool:
        return name in self._tables

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._tables]

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_tables": dict(self._frames())}

    def _frames(self) -> Iterator[tuple[str, pd.DataFrame]]:
        return ((name, self[name]) for name in self)

    def tables(self) -> pd.DataFrame:
        """Which tables there are: one row a table, with its ``rows`` and what a ``row`` is."""
        return pd.DataFrame(
            {
                "table": pd.Series(list(self), dtype="str"),
                "rows": pd.Series([self._rows(name) for name in self], dtype="int64"),
                "row": pd.Series([OBSERVED[name].row for name in self], dtype="str"),
            }
        )

    def _rows(self, name: str) -> int:
        table = self._tables[name]
        count = getattr(table, "rows", None) if callable(table) else None
        return len(self[name]) if count is None else count()

    def check(self) -> None:
        """Raise `ValueError` where a table breaks the contract: columns, dtypes, keys."""
        for name in self:
            OBSERVED[name].check(self[name])

    # --- looking at them -------------------------------------------------------------------

    def _known_rows(self) -> dict[str, str]:
        """The rows of each table, as far as they are known without building one."""
        return {
            name: f"{len(table):,}" if isinstance(table, pd.DataFrame) else "..."
            for name, table in self._tables.items()
        }

    def _title(self) -> str:
        seen = "" if self.now is None else f" as of {str(self.now).replace('T', ' ')}"
        return f"Records of {len(self)} table{'s' * (len(self) != 1)}{seen}"

    def __repr__(self) -> str:
        rows = self._known_rows()
        lines = [f"  {name:<12} {n:>12}  {OBSERVED[name].row}" for name, n in rows.items()]
        return "\n".join([self._title(), *lines, *([self.report] if self.report else [])])

    def _repr_html_(self) -> str:
        body = "".join(
            f'<tr><th scope="row">{name}</th><td>{rows}</td>'
            f"<td>{html.escape(OBSERVED[name].row)}</td></tr>"
            for name, rows in self._known_rows().items()
        )
        head = "".join(f'<th scope="col">{c}</th>' for c in ("table", "rows", "a row is"))
        report = f"<p>{html.escape(self.report)}</p>" if self.report else ""
        return (
            f"<table><caption>{self._title()}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table>{report}"
        )

    # --- then ------------------------------------------------------------------------------

    def as_of(self, when: When, clock: str | datetime.date | np.datetime64 = EPOCH) -> Records:
        """What the firm held at a moment: nothing that happened at ``when`` or later.

        * A table with a time keeps the rows before ``when``; a row without its time is hidden.
        * ``order_lines`` follow their orders. ``page_views`` follow their sessions, page by
          page: a page is known once it has begun, its dwell as far as it has lasted.
        * Of a session that is still going on, ``pages`` counts the pages so far, ``cart`` is
          true once a cart or checkout page is seen, and ``order_id`` is 0 until the order is
          placed. How far a session has got is read from ``page_views``; without them its row
          is taken as it stands.
        * ``profiles`` are computed again by `profiles_of`, from the tables that are there;
          columns beyond the contract are left out.
        * ``products`` and ``pools`` do not change.

        Parameters
        ----------
        when : int, str, date, Timestamp or datetime64
            The start of a week, by its number from 0, or a time (UTC if it has no zone).
        clock : str, date, Timestamp or datetime64
            When week 0 began.

        Raises
        ------
        ValueError
            If ``when`` is no moment, or a table is here without the one that it follows.
        """
        now = moment(when, clock)
        for child, parent in PARENTS.items():
            if child in self and parent not in self:
                raise ValueError(
                    f"table {child!r} cannot be seen as of then without {parent!r}, which says "
                    f"when its rows happened. Add {parent!r} to the records, or leave it out."
                )
        view = Records({})
        view._tables = {name: partial(before, name, now, self, view) for name in self}
        view.now = now if self.now is None else min(now, self.now)
        return view

    # --- in and out ------------------------------------------------------------------------

    def sql(self, query: str) -> pd.DataFrame:
        """The answer to a query in DuckDB's SQL, over the tables by their names.

        >>> log = pd.DataFrame({"who": [1, 2], "on": "2024-01-02", "eur": [10.0, 20.0]})
        >>> records = Records.from_transactions(log, customer="who", date="on", value="eur")
        >>> records.sql("select count(*) as n, sum(value_eur) as eur from orders")
           n   eur
        0  2  30.0
        """
        import duckdb

        words = set(re.findall(r"\w+", query.lower()))
        with storage.duckdb_in_memory(python_enable_replacements="false") as database:
            for name in words.intersection(self):
                database.register(name, storage.as_arrow(self[name]))
            try:
                answer = database.sql(query)
            except duckdb.CatalogException as error:
                held = ", ".join(self)
                raise ValueError(f"{error}\nThese records hold the tables {held}.") from error
            if answer is None:
                raise ValueError(f"query must ask for rows, as 'select ...' does, got {query!r}.")
            return answer.df()

    def to_duckdb(self, path: str | os.PathLike) -> None:
        """Write the tables into one DuckDB file, which any DuckDB client can open.

        Categories are text there. Written whole or not at all; a file is only overwritten if
        it holds tables of the contract and nothing else.

        Raises
        ------
        FileExistsError
            If ``path`` is something else.
        """
        storage.write_duckdb(self._frames(), path)

    def to_parquet(self, folder: str | os.PathLike) -> None:
        """Write the tables into a folder, one ``name.parquet`` each; see `to_duckdb`."""
        storage.write_parquet(self._frames(), folder)

    def to_csv(self, folder: str | os.PathLike) -> None:
        """Write the tables into a folder, one ``name.csv`` each; see `to_duckdb`."""
        storage.write_csv(self._frames(), folder)

    @classmethod
    def from_duckdb(cls, path: str | os.PathLike) -> Records:
        """The records in a DuckDB file; a table is read when it is first asked for."""
        return cls(storage.read_duckdb(path))

    @classmethod
    def from_parquet(cls, folder: str | os.PathLike) -> Records:
        """The records in a folder of ``name.parquet`` files, or of folders of parts.

        A table is read when it is first asked for; files that change until then are an error.
        """
        return cls(storage.read_parquet(folder))

    @classmethod
    def from_csv(cls, folder: str | os.PathLike) -> Records:
        """The records in a folder of ``name.csv`` files, as `to_csv` leaves it."""
        return cls(storage.read_csv(folder))

    @classmethod
    def from_transactions(
        cls,
        source: str | os.PathLike | pd.DataFrame,
        customer: Hashable,
        date: Hashable,
        value: Hashable,
        id: Hashable | None = None,
        *,
        margin_rate: float | None = None,
        date_format: str | None = None,
        strict: bool = False,
    ) -> Records:
        """The records of a real firm, from its order log: customers, orders and profiles.

        Every row is an order; several orders of one customer on one day stay several. Rows
        that cannot be an order are refused, with the reason: see ``records.report`` and
        ``records.refused`` (``row``, counted from 1; the columns of the source; ``reason``,
        one of `transactions.REASONS`). If the log has a row a product, sum it to orders first.

        Parameters
        ----------
        source : path or DataFrame
            A CSV file (``, ; | or tab``), a Parquet file (``.parquet``), or the rows themselves.
        customer, date, value : str
            Names of columns: whose order, when, and EUR (at least 0). Customers that are
            whole numbers keep them as ``customer_id``; others are numbered from 1 in sorted
            order, and ``customers.source_id`` keeps the original.
        id : str, optional
            Name of a column that tells the orders apart. Whole numbers become ``order_id``;
            others are kept in ``orders.source_id``. Without whole numbers, orders are
            numbered from 1 in the order of date and source row.
        margin_rate : float, optional
            Gross margin over value, in [0, 1]. Without it, ``margin_eur`` is NaN.
        date_format : str, optional
            As in `datetime.datetime.strptime`. Without it: ISO dates, 19970131, days and
            months in numbers where only one order of them is possible, months in words.
            Times with a zone become UTC, others are taken as UTC.
        strict : bool
            Raise if any row is refused.

        Raises
        ------
        ValueError
            If a column is not there, dates are ambiguous, no row is left, or ``strict`` and
            a row is refused.
        """
        log = read_log(source, Columns(customer, date, value, id), margin_rate, date_format)
        if strict and len(log.refused):
            raise ValueError(f"{log.report}. strict=False keeps the others.")
        profiles = partial(profiles_of, log.customers, log.orders)
        records = cls({"customers": log.customers, "profiles": profiles, "orders": log.orders})
        records.report, records.refused = log.report, log.refused
        return records


def _frame_or_callable(name: str, table: object) -> None:
    if not isinstance(table, pd.DataFrame) and not callable(table):
        raise TypeError(
            f"table {name!r} must be a DataFrame or a function that returns one, "
            f"got {type(table).__name__}."
        )


def _own(table: Source) -> Source:
    """The table, safe from later changes of the frame that was given."""
    return table.copy(deep=False) if isinstance(table, pd.DataFrame) else table


def _built(name: str, build: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    table = build()
    if not isinstance(table, pd.DataFrame):
        raise TypeError(
            f"the function for table {name!r} must return a DataFrame, got {type(table).__name__}."
        )
    return table.copy(deep=False)

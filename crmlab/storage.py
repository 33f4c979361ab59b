"""How do a firm's tables outlive the session, and come back as they were?

Three forms: one DuckDB file, a folder of Parquet, a folder of CSV. Three promises:

* *without loss*: what is read is converted to the dtypes of the contract in `tables.py`,
  and put into its order of rows;
* *whole or not at all*: a writer fills a temporary sibling that is renamed when it is
  complete, so an interrupted write or a full disk leaves what was there;
* *nobody's work is overwritten*: only a place that holds tables of the contract and nothing
  else is written over.

Stored tables are read when they are asked for, one by one. CSV has no types: columns beyond
the contract come back as text from it.
"""

from __future__ import annotations

import csv
import os
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crmlab.tables import OBSERVED, Table

Frames = Iterable[tuple[str, pd.DataFrame]]


def canonical(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The rows in the order of the contract; ``frame`` itself where they are in it already.

    >>> frame = pd.DataFrame({"order_id": [7, 7, 5], "line": [2, 1, 1]})
    >>> canonical(frame, OBSERVED["order_lines"])
       order_id  line
    0         5     1
    1         7     1
    2         7     2
    """
    keys = [_sortable(frame[name]) for name in table.sort_by]
    if _ascending(keys):
        return frame
    return frame.iloc[np.lexsort(keys[::-1])].reset_index(drop=True)


def _sortable(column: pd.Series) -> np.ndarray:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.to_numpy()
    values = column.to_numpy()
    return values.view(np.int64) if values.dtype.kind == "M" else values


def _ascending(keys: list[np.ndarray]) -> bool:
    tied = np.ones(max(len(keys[0]) - 1, 0), dtype=bool)
    for key in keys:
        if (tied & (key[:-1] > key[1:])).any():
            return False
        tied &= key[:-1] == key[1:]
    return True


def restore(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The frame with the dtypes of the contract, or `ValueError` where that would lose a value.

    Columns beyond the contract stay as they are, after the others.
    """
    missing = [name for name in table.column_names if name not in frame.columns]
    if missing:
        raise ValueError(f"table {table.name!r} lacks the column {missing[0]!r}.")
    others = [name for name in frame.columns if name not in table.column_names]
    columns = {c.name: _convert(frame[c.name], c.pandas_dtype, table) for c in table.columns}
    return pd.DataFrame({**columns, **{name: frame[name] for name in others}})


def _convert(column: pd.Series, dtype: Any, table: Table) -> pd.Series:
    if column.dtype == dtype:
        return column
    place = f"column {column.name!r} of table {table.name!r}"
    if isinstance(dtype, pd.CategoricalDtype):
        _all_kept(column, column.isin(dtype.categories), place, dtype)
    try:
        converted = column.astype(dtype)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{place} does not hold {dtype}: {error}") from error
    if converted.dtype.kind in "iubM":
        _all_kept(column, converted == column, place, dtype)
    return converted


def _all_kept(column: pd.Series, kept: pd.Series, place: str, dtype: object) -> None:
    lost = (column.notna() & ~kept).to_numpy()
    if lost.any():
        raise ValueError(
            f"{place} cannot hold {column[lost].iloc[0]!r} as {dtype}; "
            "the contract is in crmlab/tables.py."
        )


# --- what is stored ------------------------------------------------------------------------


@dataclass(frozen=True)
class Stored:
    """One stored table: call it to read it.

    Parameters
    ----------
    table : Table
        Its contract.
    files : tuple of Path
        Where it is; in the order of their names if there are several parts.
    """

    table: Table
    files: tuple[Path, ...]
    stamps: tuple[tuple[int, int], ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "stamps", tuple(map(_stamp, self.files)))

    def __call__(self) -> pd.DataFrame:
        """The table with the dtypes and the order of the contract."""
        self._unchanged()
        parts = [restore(part, self.table) for part in map(self.read, self.files)]
        frame = parts[0] if len(parts) == 1 else pd.concat(parts or [self.table.empty()])
        return canonical(frame.reset_index(drop=True), self.table)

    def _unchanged(self) -> None:
        for file, stamp in zip(self.files, self.stamps, strict=True):
            if not file.exists() or _stamp(file) != stamp:
                raise RuntimeError(
                    f"{file} has changed since these records were opened, so table "
                    f"{self.table.name!r} would not fit the others. Open the records again."
                )

    def read(self, file: Path) -> pd.DataFrame:
        """The rows of one file as they are stored."""
        raise NotImplementedError

    def columns(self, file: Path) -> list[str]:
        """The names of the columns in one file."""
        raise NotImplementedError


def _stamp(file: Path) -> tuple[int, int]:
    about = file.stat()
    return about.st_size, about.st_mtime_ns


class StoredParquet(Stored):
    """A table in one Parquet file, or in several parts."""

    def read(self, file: Path) -> pd.DataFrame:  # noqa: D102
        import pyarrow.parquet as pq

        with pq.ParquetFile(file) as parquet:
            return parquet.read().to_pandas()

    def columns(self, file: Path) -> list[str]:  # noqa: D102
        import pyarrow.parquet as pq

        return pq.read_schema(file).names

    def rows(self) -> int:
        """How many rows there are, without reading them."""
        import pyarrow.parquet as pq

        self._unchanged()
        return sum(pq.read_metadata(file).num_rows for file in self.files)


class StoredCsv(Stored):
    """A table in one CSV file, with quotes around text and nothing where a value is missing."""

    def read(self, file: Path) -> pd.DataFrame:  # noqa: D102
        import pyarrow as pa
        import pyarrow.csv as pc

        convert = pc.ConvertOptions(
            column_types={name: self._type(name) for name in self.columns(file)},
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        )
        parse = pc.ParseOptions(newlines_in_values=True)
        try:
            return pc.read_csv(file, parse_options=parse, convert_options=convert).to_pandas()
        except pa.ArrowInvalid as error:
            raise ValueError(f"{file} does not hold table {self.table.name!r}: {error}") from error

    def _type(self, name: str) -> Any:
        import pyarrow as pa

        dtypes = {c.name: c.dtype for c in self.table.columns}
        dtype = dtypes.get(name, "text")
        if dtype == "text" or isinstance(dtype, tuple):
            return pa.string()
        return pa.from_numpy_dtype(np.dtype(dtype))

    def columns(self, file: Path) -> list[str]:  # noqa: D102
        with file.open(newline="", encoding="utf-8") as lines:
            return next(csv.reader(lines), [])


class StoredDuckdb(Stored):
    """A table in a DuckDB file, which holds the others as well."""

    def read(self, file: Path) -> pd.DataFrame:  # noqa: D102
        with _duckdb(file) as database:
            return database.table(self.table.name).to_arrow_table().to_pandas()

    def columns(self, file: Path) -> list[str]:  # noqa: D102
        with _duckdb(file) as database:
            return database.table(self.table.name).columns

    def rows(self) -> int:
        """How many rows there are, without reading them."""
        self._unchanged()
        with _duckdb(self.files[0]) as database:
            found = database.execute(f'select count(*) from "{self.table.name}"').fetchone()
        return int(found[0]) if found else 0


def duckdb_in_memory(**config: Any) -> Any:
    """A DuckDB that draws no progress bar: in a slow notebook it would be an output more."""
    import duckdb

    database = duckdb.connect(config=config)
    database.execute("SET enable_progress_bar = false")
    return database


def _duckdb(file: Path) -> Any:
    import duckdb

    with file.open("rb") as start:
        if start.read(12)[8:] != b"DUCK":
            raise ValueError(f"{file} is not a DuckDB database. Records.to_duckdb writes one.")
    try:
        return duckdb.connect(file, read_only=True)
    except duckdb.ConnectionException:  # open for writing in this process: look through that
        return duckdb.connect(file)


# --- reading -------------------------------------------------------------------------------


def read_parquet(folder: str | os.PathLike) -> dict[str, Stored]:
    """The tables of a folder: each is ``name.parquet``, or a folder ``name`` of such files."""
    folder = _existing(folder, Path.is_dir, "folder")
    found: dict[str, Stored] = {}
    for name, table in OBSERVED.items():
        whole, parts = folder / f"{name}.parquet", folder / name
        if whole.exists() and parts.is_dir():
            raise ValueError(f"{folder} holds {name!r} twice: {whole.name} and {name}/.")
        if whole.exists():
            found[name] = StoredParquet(table, (whole,))
        elif parts.is_dir():
            found[name] = StoredParquet(table, tuple(sorted(parts.glob("[!._]*.parquet"))))
    return _some(found, folder, "orders.parquet")


def read_csv(folder: str | os.PathLike) -> dict[str, Stored]:
    """The tables of a folder of files ``name.csv``, as `write_csv` leaves it."""
    folder = _existing(folder, Path.is_dir, "folder")
    files = {name: folder / f"{name}.csv" for name in OBSERVED}
    found: dict[str, Stored] = {
        name: StoredCsv(OBSERVED[name], (file,)) for name, file in files.items() if file.exists()
    }
    return _some(found, folder, "orders.csv")


def read_duckdb(path: str | os.PathLike) -> dict[str, Stored]:
    """The tables of a DuckDB file."""
    path = _existing(path, Path.is_file, "file")
    held = set(_duckdb_names(path))
    found: dict[str, Stored] = {
        name: StoredDuckdb(table, (path,)) for name, table in OBSERVED.items() if name in held
    }
    return _some(found, path, "orders")


def _duckdb_names(path: Path) -> list[str]:
    with _duckdb(path) as database:
        rows = database.execute(
            "select table_name from information_schema.tables where table_catalog = "
            "current_database()"
        ).fetchall()
    return [name for (name,) in rows]


def _existing(path: str | os.PathLike, is_kind: Callable[[Path], bool], kind: str) -> Path:
    path = Path(os.path.realpath(path))
    if not path.exists():
        raise FileNotFoundError(f"there is no {kind} {str(path)!r}. Is the path right?")
    if not is_kind(path):
        raise ValueError(f"{str(path)!r} is not a {kind}.")
    return path


def _some(found: dict[str, Stored], path: Path, example: str) -> dict[str, Stored]:
    if not found:
        raise ValueError(f"{path} holds no table of the contract, such as {example!r}.")
    return found


# --- writing -------------------------------------------------------------------------------


def write_parquet(frames: Frames, folder: str | os.PathLike) -> Path:
    """Write one ``name.parquet`` a table into a folder, all or none; returns the folder."""
    with _replacing(folder, _is_parquet) as temporary:
        temporary.mkdir()
        for name, frame in frames:
            _put_parquet(frame, temporary / f"{name}.parquet")
    return Path(folder)


def write_csv(frames: Frames, folder: str | os.PathLike) -> Path:
    """Write one ``name.csv`` a table into a folder, all or none; returns the folder."""
    with _replacing(folder, _is_csv) as temporary:
        temporary.mkdir()
        for name, frame in frames:
            _put_csv(frame, temporary / f"{name}.csv")
    return Path(folder)


def write_duckdb(frames: Frames, path: str | os.PathLike) -> Path:
    """Write one DuckDB file with all tables, all or none; returns its path."""
    import duckdb

    with _replacing(path, _is_duckdb) as temporary, duckdb.connect(temporary) as database:
        for name, frame in frames:
            _put_duckdb(frame, name, database)
    return Path(path)


def _put_parquet(frame: pd.DataFrame, file: Path) -> None:
    import pyarrow.parquet as pq

    pq.write_table(as_arrow(frame), file)


def _put_csv(frame: pd.DataFrame, file: Path) -> None:
    import pyarrow.csv as pc

    pc.write_csv(as_arrow(frame), file)


def _put_duckdb(frame: pd.DataFrame, name: str, database: Any) -> None:
    database.register("_frame", as_arrow(frame))
    database.execute(f'create table "{name}" as select * from _frame')
    row = OBSERVED[name].row.replace("'", "''")
    database.execute(f"comment on table \"{name}\" is 'a row is {row}'")
    database.unregister("_frame")


def as_arrow(frame: pd.DataFrame) -> Any:
    """The frame as an Arrow table: missing values are nulls, categories are dictionaries."""
    import pyarrow as pa

    return pa.Table.from_pandas(frame, preserve_index=False)


@contextmanager
def _replacing(path: str | os.PathLike, is_ours: Callable[[Path], bool]) -> Iterator[Path]:
    """A path to fill, which takes the place of ``path`` once the block ends without error."""
    target = Path(os.path.realpath(path))
    if target.exists() and not is_ours(target):
        raise FileExistsError(
            f"{str(target)!r} exists, and holds something else than tables of the contract in "
            "this form, so it is not overwritten. Choose another path, or remove it first."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = _sibling(target)
    try:
        yield temporary
        _swap(temporary, target)
    finally:
        _remove(temporary)
        _remove(temporary.with_name(temporary.name + ".wal"))


def _sibling(target: Path) -> Path:
    return target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")


def _swap(new: Path, target: Path) -> None:
    if not target.is_dir():
        os.replace(new, target)
        return
    # A folder cannot be renamed over another: the old one steps aside, and back on failure.
    aside = _sibling(target)
    os.replace(target, aside)
    try:
        os.replace(new, target)
    except BaseException:
        os.replace(aside, target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _is_parquet(path: Path) -> bool:
    return _is_folder(path, read_parquet)


def _is_csv(path: Path) -> bool:
    return _is_folder(path, read_csv)


def _is_folder(path: Path, read: Callable[[Path], dict[str, Stored]]) -> bool:
    if not path.is_dir():
        return False
    files = {file for file in path.rglob("*") if not file.is_dir()}
    try:
        return not files or (_fit(found := read(path)) and files == _files(found))
    except ValueError:
        return False


def _is_duckdb(path: Path) -> bool:
    import duckdb

    if not path.is_file():
        return False
    try:
        with duckdb.connect() as database:  # in vain where somebody has the file open
            database.execute("attach '" + str(path).replace("'", "''") + "' as target")
        found = read_duckdb(path)
        return _fit(found) and set(_duckdb_names(path)) == set(found)
    except duckdb.ResourceInUseException as error:
        raise RuntimeError(f"{str(path)!r} is open. Close the connection first.") from error
    except (duckdb.Error, ValueError):
        return False


def _fit(found: Mapping[str, Stored]) -> bool:
    """Whether every file has the columns of its table."""
    return all(
        set(stored.table.column_names) <= set(stored.columns(file))
        for stored in found.values()
        for file in stored.files
    )


def _files(found: Mapping[str, Stored]) -> set[Path]:
    return {file for stored in found.values() for file in stored.files}

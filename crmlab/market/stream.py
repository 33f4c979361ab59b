"""How does a run of a million customers fit into memory? Its tables go to disk in parts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crmlab.tables import EPOCH, OBSERVED, PEOPLE_TABLES, TRUTH, Table

_EPOCH_S = int(EPOCH.astype("int64"))
_ROWS_A_GROUP = 1_000_000


class PartWriter:
    """Writes one Parquet file a table, row group by row group, into a folder.

    The folder is finished under its name only by `close`; until then it is called
    ``NAME.partial``, so an interrupted run leaves nothing that looks whole.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        if self.folder.exists() and any(self.folder.iterdir()):
            raise FileExistsError(
                f"out={str(self.folder)!r} is not empty. Name a new folder, or remove this one."
            )
        self.partial = self.folder.with_name(self.folder.name + ".partial")
        self.partial.mkdir(parents=True, exist_ok=True)
        for leftover in self.partial.rglob("*.parquet"):
            leftover.unlink()
        self.waiting: dict[str, list[dict[str, Any]]] = {}
        self.rows: dict[str, int] = {}
        self.files: dict[str, Any] = {}
        self.parts: dict[str, int] = {}
        self.closed = False

    def write(self, table: str, columns: dict[str, Any]) -> None:
        """Take columns of a table; they reach the disk a million rows at a time."""
        self.waiting.setdefault(table, []).append(columns)
        self.rows[table] = self.rows.get(table, 0) + len(next(iter(columns.values())))
        if self.rows[table] >= _ROWS_A_GROUP:
            self.flush(table)

    def flush(self, table: str) -> None:
        """Write what waits of one table."""
        import pyarrow.parquet as pq

        parts = self.waiting.pop(table, [])
        self.rows[table] = 0
        if not parts:
            return
        from crmlab.market.log import contract_of

        contract = contract_of(table)
        arrow = _arrow_table(contract, parts)
        if table not in self.files:
            self.files[table] = pq.ParquetWriter(
                self._file(table),
                arrow.schema,
                compression="snappy",
                write_statistics=False,
                **_encodings(contract),
            )
        self.files[table].write_table(arrow, row_group_size=_ROWS_A_GROUP)

    def _file(self, table: str, part: int | None = None) -> Path:
        """Where a table goes: the firm's into the folder, the truth's into ``truth/`` below it."""
        place = self.folder if self.closed else self.partial
        if table.startswith("true_"):
            place, table = place / "truth", table.removeprefix("true_")
            place.mkdir(exist_ok=True)
        return place / (f"{table}.parquet" if part is None else f"{table}.{part}.parquet")

    def read(self, table: str, contract: Table) -> pd.DataFrame:
        """Everything written of one table, also while the run goes on."""
        import pyarrow.parquet as pq

        if self.closed:
            files = [f for f in [self._file(table)] if f.exists()]
        else:
            self._set_aside(table)
            files = [self._file(table, n) for n in range(self.parts.get(table, 0))]
        if not files:
            return contract.empty()
        frame = pd.concat([pq.read_table(f).to_pandas() for f in files], ignore_index=True)
        types: Any = {c.name: c.pandas_dtype for c in contract.columns}
        return frame.astype(types).sort_values(contract.sort_by, ignore_index=True)

    def _set_aside(self, table: str) -> None:
        """Finish the file that is being written, so that it can be read; go on in a further one."""
        self.flush(table)
        if table in self.files:
            self.files.pop(table).close()
            part = self.parts.get(table, 0)
            self._file(table).rename(self._file(table, part))
            self.parts[table] = part + 1

    def close(self) -> None:
        """Write the rest, join what was set aside, and give the folder its name."""
        for table in list(self.waiting):
            self.flush(table)
        for table in list(self.parts):
            self._join(table)
        for file in self.files.values():
            file.close()
        self._write_empty_ones()
        if self.folder.exists():
            self.folder.rmdir()
        self.partial.rename(self.folder)
        self.closed = True

    def _write_empty_ones(self) -> None:
        """A table in which nothing happened is there too, with no rows."""
        for name in PEOPLE_TABLES:
            if not self._file(name).exists():
                OBSERVED[name].empty().to_parquet(self._file(name), index=False)
        for name in ("sessions", "addresses", "cases"):
            if not self._file(f"true_{name}").exists():
                TRUTH[name].empty().to_parquet(self._file(f"true_{name}"), index=False)

    def _join(self, table: str) -> None:
        import pyarrow.parquet as pq

        self._set_aside(table)
        files = [self._file(table, n) for n in range(self.parts.pop(table))]
        schema = pq.read_schema(files[0])
        with pq.ParquetWriter(self._file(table), schema, compression="snappy") as whole:
            for file in files:
                whole.write_table(pq.read_table(file))
                file.unlink()

    def abandon(self) -> None:
        """Give the run up: remove what was written."""
        import shutil

        for file in self.files.values():
            file.close()
        shutil.rmtree(self.partial, ignore_errors=True)


def _encodings(contract: Table) -> dict[str, Any]:
    """Dictionaries for categories, deltas for times and dwell; ids are smallest and fastest plain.

    Ids that repeat compress well as they are, and encoding deltas costs more than it saves.
    Snappy takes two thirds of the time of zstd for a third more bytes.
    """
    delta = {
        c.name: "DELTA_BINARY_PACKED"
        for c in contract.columns
        if c.dtype in ("datetime64[s]", "int32")
    }
    few = [c.name for c in contract.columns if isinstance(c.dtype, tuple)]
    return {"use_dictionary": few or False, "column_encoding": delta}


def _arrow_table(contract: Table, parts: list[dict[str, Any]]) -> Any:
    import pyarrow as pa

    arrays, names = [], []
    for column in contract.columns:
        raw = np.concatenate([np.asarray(p[column.name]) for p in parts])
        names.append(column.name)
        if isinstance(column.dtype, tuple):
            codes = pa.array(raw.astype(np.int8))
            arrays.append(pa.DictionaryArray.from_arrays(codes, pa.array(column.dtype)))
        elif column.dtype == "datetime64[s]":
            never = raw < 0
            seconds = pa.array(raw.astype(np.int64) + _EPOCH_S, mask=never if never.any() else None)
            arrays.append(seconds.cast(pa.timestamp("s")))
        elif column.dtype == "text":
            arrays.append(pa.array(raw, type=pa.string()))
        elif column.unit == "EUR" and raw.dtype.kind == "i":
            arrays.append(pa.array(raw / 100.0))
        else:
            arrays.append(pa.array(raw.astype(np.dtype(column.dtype))))
    return pa.Table.from_arrays(arrays, names=names)

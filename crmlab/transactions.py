"""What does a real order log say, and which of its rows cannot be believed?

A log is a table with one row an order: who, when, how much. Every row is either an order or
a refusal with its reason; none is dropped silently. Of several faults of one row the first
in the order of `REASONS` is named.

Nothing is guessed that could be guessed wrong: days and months that could stand either way
round are an error that asks for ``date_format``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crmlab.checks import nearest
from crmlab.storage import canonical, restore
from crmlab.tables import OBSERVED

REASONS = (
    "missing date",
    "unparsable date",
    "missing customer",
    "missing value",
    "unparsable value",
    "infinite value",
    "negative value",
    "missing id",
    "duplicate id",
)
"""Why a row is refused. Of several rows with one id, the first good one is kept."""


@dataclass(frozen=True)
class Columns:
    """Which column of the source is what; ``id`` may be None."""

    customer: Any
    date: Any
    value: Any
    id: Any = None

    def used(self) -> dict[str, Any]:
        """Argument and column, for each column that is named."""
        names = {"customer": self.customer, "date": self.date, "value": self.value}
        return names if self.id is None else {**names, "id": self.id}


@dataclass(frozen=True)
class Log:
    """An order log that has been read: ``customers``, ``orders``, ``refused``, ``report``."""

    customers: pd.DataFrame
    orders: pd.DataFrame
    refused: pd.DataFrame
    report: str


def read_log(
    source: str | os.PathLike | pd.DataFrame,
    columns: Columns,
    margin_rate: float | None = None,
    date_format: str | None = None,
) -> Log:
    """Orders and customers of a log, and its refused rows; see `Records.from_transactions`.

    >>> frame = pd.DataFrame({"who": ["b", "a"], "on": ["2024-05-02"] * 2, "eur": [9.0, -1.0]})
    >>> read_log(frame, Columns("who", "on", "eur")).report
    '2 rows read: 1 order kept, 1 refused (1 negative value)'
    """
    if margin_rate is not None and not 0 <= margin_rate <= 1:
        raise ValueError(f"margin_rate must be in [0, 1], got {margin_rate}. Is this a percentage?")
    frame = _frame(source, columns)
    when = _dates(frame[columns.date], date_format)
    value = _values(frame[columns.value])
    reason = _reasons(frame, columns, when, value)
    kept = reason == ""
    report = _report(reason)
    if not kept.any():
        raise ValueError(f"no order is left: {report}. Are these the right columns?")
    facts = pd.DataFrame({"ordered_at": when, "value_eur": value})[kept]
    facts["margin_eur"] = facts["value_eur"] * (np.nan if margin_rate is None else margin_rate)
    return _log(frame, columns, facts, reason, report)


def _log(
    frame: pd.DataFrame, columns: Columns, facts: pd.DataFrame, reason: np.ndarray, report: str
) -> Log:
    facts = facts.sort_values("ordered_at", kind="stable")
    place, texts = _ids(frame[columns.customer].loc[facts.index])
    numbers = _whole_numbers(texts)
    keys = _in_sorted_order(texts) if numbers is None else numbers
    facts["customer_id"] = keys[place]
    orders = _orders(facts, None if columns.id is None else frame[columns.id].loc[facts.index])
    customers = _customers(orders, pd.Series(texts.to_numpy(), index=keys, dtype="str"))
    return Log(customers, orders, _refused(frame, reason), report)


def _orders(facts: pd.DataFrame, ids: pd.Series | None) -> pd.DataFrame:
    facts["order_id"] = np.arange(1, len(facts) + 1)
    if ids is not None:
        place, texts = _ids(ids)
        numbers = _whole_numbers(texts)
        if numbers is None:
            facts["source_id"] = texts.to_numpy()[place]
        else:
            facts["order_id"] = numbers[place]
    names = [*OBSERVED["orders"].column_names, *facts.columns.intersection(["source_id"])]
    return canonical(facts[names].reset_index(drop=True), OBSERVED["orders"])


def _customers(orders: pd.DataFrame, sources: pd.Series) -> pd.DataFrame:
    """One row a customer; ``sources`` are the ids in the source, by ``customer_id``."""
    first = orders.drop_duplicates("customer_id").sort_values("customer_id", ignore_index=True)
    known = {"customer_id": first["customer_id"], "registered_at": first["ordered_at"]}
    unknown = {"channel": None, "source": None, "birth_year": 0}
    table = OBSERVED["customers"]
    frame = restore(
        pd.DataFrame({n: known.get(n, unknown.get(n, "")) for n in table.column_names}), table
    )
    if (sources != sources.index.astype("str")).any():
        frame["source_id"] = sources.loc[frame["customer_id"]].to_numpy()
    return frame


# --- the source ----------------------------------------------------------------------------


def _frame(source: str | os.PathLike | pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """The rows of the source, numbered from 0."""
    frame = source if isinstance(source, pd.DataFrame) else _read(source, columns)
    for argument, name in columns.used().items():
        times = list(frame.columns).count(name)
        if times != 1:
            has = ", ".join(map(repr, frame.columns))
            raise ValueError(
                f"{argument} must name one column of the source, got {name!r}, which is "
                f"{'not there' if not times else 'there twice'}; it has {has}."
                + (nearest(name, frame.columns) if not times else "")
            )
    if not len(frame):
        raise ValueError("the source has no rows. Is it the right file?")
    return frame.reset_index(drop=True)


def _read(source: object, columns: Columns) -> pd.DataFrame:
    if not isinstance(source, str | os.PathLike):
        raise TypeError(
            "source must be a DataFrame, or the path of a CSV or Parquet file, "
            f"got {type(source).__name__}."
        )
    path = Path(source)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {str(path)!r} (source). Is the path right?")
    if path.suffix in (".parquet", ".pq"):
        return pd.read_parquet(path)
    return _read_csv(path, columns)


def _read_csv(path: Path, columns: Columns) -> pd.DataFrame:
    # As text, "007" and "7" stay two customers, and 19970101 is no number yet.
    names = [columns.customer, columns.date, *([] if columns.id is None else [columns.id])]
    as_text = dict.fromkeys(names, "str")
    try:
        separator = _separator(path, columns)
        return pd.read_csv(path, sep=separator, dtype=as_text, low_memory=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{str(path)!r} cannot be read as CSV: {str(error).strip()}. "
            "Read it with pandas.read_csv and its options, and pass the DataFrame."
        ) from error


def _separator(path: Path, columns: Columns) -> str:
    """The separator that finds the named columns in the first line; a comma if none does."""
    wanted = set(columns.used().values())
    for separator in ",;\t|":
        if wanted <= set(pd.read_csv(path, sep=separator, nrows=0).columns):
            return separator
    return ","


def _values(column: pd.Series) -> np.ndarray:
    if column.dtype.kind in "bmM":
        raise ValueError(
            f"value must name a column of amounts, got {column.name!r} of dtype {column.dtype}."
        )
    return pd.to_numeric(column, errors="coerce").to_numpy(np.float64, na_value=np.nan)


# --- refusals ------------------------------------------------------------------------------


def _reasons(
    frame: pd.DataFrame, columns: Columns, when: pd.Series, value: np.ndarray
) -> np.ndarray:
    """Why each row is refused; empty text where it is kept."""
    no_date, no_customer, no_value = (
        _blank(frame[name]) for name in (columns.date, columns.customer, columns.value)
    )
    faults = [
        no_date,
        when.isna().to_numpy(),
        no_customer,
        no_value,
        np.isnan(value),
        np.isinf(value),
        value < 0,
    ]
    reason = np.select(faults, REASONS[:7], default="").astype(object)
    if columns.id is not None:
        reason[(reason == "") & _blank(frame[columns.id])] = "missing id"
        good = np.flatnonzero(reason == "")
        place, _ = _ids(frame[columns.id].iloc[good])
        reason[good[pd.Series(place).duplicated().to_numpy()]] = "duplicate id"
    return reason


def _blank(column: pd.Series) -> np.ndarray:
    missing = column.isna().to_numpy(dtype=bool)
    if pd.api.types.is_numeric_dtype(column) or column.dtype.kind == "M":
        return missing
    return missing | (column.astype("str").str.strip() == "").to_numpy(dtype=bool)


def _refused(frame: pd.DataFrame, reason: np.ndarray) -> pd.DataFrame:
    taken = {name: f"source_{name}" for name in ("row", "reason")}
    rows = np.flatnonzero(reason != "")
    refused = frame.rename(columns=taken).iloc[rows].reset_index(drop=True)
    refused.insert(0, "row", rows + 1)
    return refused.assign(reason=pd.Series(reason[rows], dtype="str"))


def _report(reason: np.ndarray) -> str:
    counts = pd.Series(reason[reason != ""]).value_counts()
    read, refused = len(reason), int(counts.sum())
    kept = read - refused
    why = ", ".join(f"{n:,} {r}" for r, n in counts.items())
    return f"{read:,} row{'s' * (read != 1)} read: {kept:,} order{'s' * (kept != 1)} kept, " + (
        f"{refused:,} refused ({why})" if refused else "none refused"
    )


# --- keys ----------------------------------------------------------------------------------


def _text(column: pd.Series) -> pd.Series:
    """Ids as text without spaces around them; whole numbers without a point."""
    if column.dtype.kind == "f" and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")
    return column.astype("str").str.strip()


def _ids(column: pd.Series) -> tuple[np.ndarray, pd.Series]:
    """The place of each row's id among the distinct ids, and these as text."""
    codes, raw = pd.factorize(column)
    inner, texts = pd.factorize(_text(pd.Series(raw)))
    return inner[codes], pd.Series(texts, dtype="str")


def _whole_numbers(texts: pd.Series) -> np.ndarray | None:
    """Distinct ids as int64, or None if one is no whole number or two would become the same."""
    if not texts.str.fullmatch(r"-?[0-9]{1,18}").all():
        return None
    numbers = texts.astype("int64")
    return None if numbers.duplicated().any() else numbers.to_numpy()


def _in_sorted_order(texts: pd.Series) -> np.ndarray:
    """Distinct ids as 1, 2, ...: by size if all are numbers, else as text."""
    sizes = pd.to_numeric(texts, errors="coerce")
    return (texts if sizes.isna().any() else sizes).rank(method="first").to_numpy(np.int64)


# --- dates ---------------------------------------------------------------------------------


def _dates(column: pd.Series, date_format: str | None) -> pd.Series:
    """UTC to the second; NaT where there is no date."""
    if column.dtype.kind == "M":
        return _utc(column)
    text = _date_text(column)
    if date_format is not None:
        return _utc(pd.to_datetime(text, format=date_format, errors="coerce", utc=True))
    when = pd.to_datetime(text, format="ISO8601", errors="coerce", utc=True)
    for read in (_day_and_month, _month_in_words):
        rest = text[when.isna()].dropna()
        if len(rest):
            when = when.fillna(read(rest))
    return _utc(when)


def _utc(when: pd.Series) -> pd.Series:
    if when.dt.tz is not None:
        when = when.dt.tz_convert("UTC").dt.tz_localize(None)
    return when.dt.floor("s").astype("datetime64[s]")


def _date_text(column: pd.Series) -> pd.Series:
    """Dates as text; a number is a date if it has eight digits, such as 19970101."""
    text = _text(column)
    if pd.api.types.is_numeric_dtype(column):
        return text.where(text.str.fullmatch(r"\d{8}").fillna(False))
    return text


def _day_and_month(text: pd.Series) -> pd.Series:
    """Dates such as 31/12/1997 or 12/31/97 8:26, day first or month first as more rows allow."""
    parts = _parts(text)
    short = parts["year"] < 100  # the century by the rule of POSIX
    parts["year"] += np.select([short & (parts["year"] < 69), short], [2000, 1900], 0)
    day_first = _assemble(parts.rename(columns={"a": "day", "b": "month"}))
    month_first = _assemble(parts.rename(columns={"a": "month", "b": "day"}))
    if day_first.count() == month_first.count() and not day_first.equals(month_first):
        example = text[(day_first != month_first) & day_first.notna()].iloc[0]
        raise ValueError(
            f"dates such as {example!r} can be read in two ways. "
            "Pass date_format='%d/%m/%Y' or '%m/%d/%Y', spelt as in the source."
        )
    return day_first if day_first.count() > month_first.count() else month_first


def _parts(text: pd.Series) -> pd.DataFrame:
    """Numbers a, b, year, hour, minute, second; NaN where the text is something else."""
    import pyarrow as pa
    import pyarrow.compute as pc

    pattern = (
        r"^(?P<a>[0-9]{1,2})[./-](?P<b>[0-9]{1,2})[./-](?P<year>[0-9]{4}|[0-9]{2})"
        r"(?:[ T]+(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?)?$"
    )
    found = pc.extract_regex(pa.array(text, type=pa.large_string()), pattern)
    parts = pa.Table.from_struct_array(found)
    numbers = [pc.cast(pc.if_else(pc.equal(p, ""), "0", p), "double") for p in parts.columns]
    return pa.table(numbers, names=parts.column_names).to_pandas().set_axis(text.index)


def _assemble(parts: pd.DataFrame) -> pd.Series:
    return pd.to_datetime(parts, errors="coerce").dt.tz_localize("UTC")


def _month_in_words(text: pd.Series) -> pd.Series:
    """Dates such as 4 July 1997; a year of four digits must be there."""
    months = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
    plain = text.str.contains(rf"(?i)\d.*(?:{months})|(?:{months}).*\d")
    plain &= text.str.contains(r"(?<!\d)\d{4}(?!\d)")
    return pd.to_datetime(text.where(plain), format="mixed", errors="coerce", utc=True)

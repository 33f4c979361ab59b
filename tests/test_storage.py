import os
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab import storage
from crmlab.records import Records
from crmlab.storage import canonical, duckdb_in_memory, restore
from crmlab.tables import EPOCH, OBSERVED

FORMS = ("duckdb", "parquet", "csv")
NAMES = {"duckdb": "firm.duckdb", "parquet": "firm", "csv": "firm"}

text = st.none() | st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from(",\"\n\r'; NA\0\ufeff"), max_size=5
)


def values(column):
    """Any value that the contract allows in a column, missing ones included."""
    if isinstance(column.dtype, tuple):
        return st.none() | st.sampled_from(column.dtype)
    if column.dtype.startswith("datetime64"):
        return st.just("NaT") | st.integers(-(10**9), 10**10).map(
            lambda s: EPOCH + np.timedelta64(s, "s")
        )
    if column.dtype.startswith("int"):
        limits = np.iinfo(column.dtype)
        return st.integers(int(limits.min), int(limits.max))
    return {"text": text, "bool": st.booleans(), "float64": st.floats()}[column.dtype]


@st.composite
def frames(draw, contract):
    n = draw(st.integers(0, 4))
    columns = {}
    for c in contract.columns:
        cells = draw(st.lists(values(c), min_size=n, max_size=n))
        cells = np.array(cells, dtype=c.dtype) if str(c.dtype).startswith("datetime") else cells
        columns[c.name] = pd.Series(cells, dtype=c.pandas_dtype)
    frame = pd.DataFrame(columns).drop_duplicates(list(contract.key), ignore_index=True)
    return canonical(frame, contract)


@st.composite
def firms(draw):
    names = draw(st.lists(st.sampled_from(list(OBSERVED)), min_size=1, max_size=3, unique=True))
    return {name: draw(frames(OBSERVED[name])) for name in names}


def orders(n=3, first=1):
    at = EPOCH + np.arange(n) * np.timedelta64(1, "D")
    return pd.DataFrame(
        {
            "order_id": np.arange(first, first + n),
            "customer_id": 1,
            "ordered_at": at,
            "value_eur": 1.5,
            "margin_eur": np.nan,
        }
    )


def write(records, form, path):
    getattr(records, f"to_{form}")(path)


def read(form, path):
    return getattr(Records, f"from_{form}")(path)


def same(a, b):
    pd.testing.assert_frame_equal(a, b, check_exact=True)


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=20, deadline=None)
@given(tables=firms())
def test_what_is_written_comes_back_without_loss(form, tables, tmp_path_factory):
    path = tmp_path_factory.mktemp("round") / NAMES[form]
    write(Records(tables), form, path)
    back = read(form, path)
    assert set(back) == set(tables)
    for name in tables:
        same(back[name], tables[name])
    back.check()
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.parametrize("form", FORMS)
def test_every_table_of_the_contract_comes_back_when_empty(form, tmp_path):
    tables = {name: table.empty() for name, table in OBSERVED.items()}
    write(Records(tables), form, tmp_path / "firm")
    back = read(form, tmp_path / "firm")
    assert list(back) == list(OBSERVED)
    assert (back.tables()["rows"] == 0).all()
    for name in tables:
        same(back[name], tables[name])


@pytest.mark.parametrize("form", FORMS)
def test_columns_beyond_the_contract_are_kept(form, tmp_path):
    extra = orders().assign(source_id=pd.Series(["007", "", "x"], dtype="str"))
    write(Records({"orders": extra}), form, tmp_path / "firm")
    same(read(form, tmp_path / "firm").orders, extra)


def test_a_plain_duckdb_client_can_ask(tmp_path):
    lines = OBSERVED["products"].empty()
    lines.loc[0] = [1, "spade", "garden", 9.5, 0.3]
    products = restore(lines, OBSERVED["products"])
    Records({"orders": orders(), "products": products}).to_duckdb(tmp_path / "firm.duckdb")
    with duckdb.connect(tmp_path / "firm.duckdb", read_only=True) as database:
        assert database.sql("select count(*) from orders").fetchall() == [(3,)]
        query = "select name from products where category = 'garden'"
        assert database.sql(query).fetchall() == [("spade",)]
        query = "select max(ordered_at) - interval 1 day, sum(margin_eur) from orders"
        assert database.sql(query).fetchall() == [(pd.Timestamp("2024-01-02"), None)]


# --- Parquet in parts ----------------------------------------------------------------------


def test_parts_are_read_as_one_table_in_order(tmp_path):
    (tmp_path / "orders").mkdir()
    both = pd.concat([orders(2, 1), orders(2, 7)])
    pq.write_table(pa.Table.from_pandas(orders(2, 7)), tmp_path / "orders" / "part-0.parquet")
    pq.write_table(pa.Table.from_pandas(orders(2, 1)), tmp_path / "orders" / "part-1.parquet")
    (tmp_path / "orders" / ".part-2.parquet").write_text("unfinished")
    records = Records.from_parquet(tmp_path)
    assert records.tables()["rows"].tolist() == [4]
    same(records.orders, both.sort_values(["ordered_at", "order_id"], ignore_index=True))


def test_parts_may_have_met_different_categories(tmp_path):
    (tmp_path / "consents").mkdir()
    for part, status in enumerate(["opt-in", "opt-out"]):
        frame = pd.DataFrame(
            {"consent_id": [part], "customer_id": 1, "at": EPOCH, "status": status,
             "origin": "asked", "incentive_eur": 0.0, "cap_per_4_weeks": -1}
        ).astype({"status": "category"})  # fmt: skip
        frame.to_parquet(tmp_path / "consents" / f"{part}.parquet")
    records = Records.from_parquet(tmp_path)
    records.check()
    assert records.consents["status"].tolist() == ["opt-in", "opt-out"]


def test_a_folder_without_parts_is_an_empty_table(tmp_path):
    (tmp_path / "orders").mkdir()
    same(Records.from_parquet(tmp_path).orders, OBSERVED["orders"].empty())


def test_a_table_stored_twice_is_refused(tmp_path):
    (tmp_path / "orders").mkdir()
    (tmp_path / "orders.parquet").touch()
    with pytest.raises(ValueError, match="holds 'orders' twice"):
        Records.from_parquet(tmp_path)


def test_a_table_is_only_read_when_asked_for(tmp_path):
    Records({"orders": orders()}).to_parquet(tmp_path / "firm")
    (tmp_path / "firm" / "messages.parquet").write_text("rubbish")
    records = Records.from_parquet(tmp_path / "firm")
    assert len(records.orders) == 3
    with pytest.raises(pa.ArrowInvalid):
        records.messages  # noqa: B018


@pytest.mark.parametrize("form", FORMS)
def test_files_that_change_after_opening_are_noticed(form, tmp_path):
    path = tmp_path / "firm"
    write(Records({"orders": orders(3)}), form, path)
    opened = read(form, path)
    write(Records({"orders": orders(300)}), form, path)
    with pytest.raises(RuntimeError, match="has changed since these records were opened"):
        opened.orders  # noqa: B018


# --- whole or not at all -------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_an_interrupted_write_leaves_what_was_there(form, failure, tmp_path, monkeypatch):
    path = tmp_path / NAMES[form]
    write(Records({"orders": orders(3)}), form, path)
    put = getattr(storage, f"_put_{form}")
    written = []

    def fails_at_the_second(*args):
        if written:
            raise failure
        written.append(put(*args))

    monkeypatch.setattr(storage, f"_put_{form}", fails_at_the_second)
    with pytest.raises(type(failure)):
        write(Records({"orders": orders(9), "pools": OBSERVED["pools"].empty()}), form, path)
    assert written
    assert os.listdir(tmp_path) == [path.name]
    same(read(form, path).orders, orders(3))


@pytest.mark.parametrize("form", FORMS)
def test_a_rename_that_fails_leaves_what_was_there(form, tmp_path, monkeypatch):
    path = tmp_path / NAMES[form]
    write(Records({"orders": orders(3)}), form, path)
    rename = os.replace
    calls = []

    def fails_onto_the_target(old, new):
        calls.append(new)
        if Path(new) == path and calls.count(new) == 1:
            raise OSError("no")
        rename(old, new)

    monkeypatch.setattr(storage.os, "replace", fails_onto_the_target)
    with pytest.raises(OSError, match="no"):
        write(Records({"orders": orders(9)}), form, path)
    assert os.listdir(tmp_path) == [path.name]
    same(read(form, path).orders, orders(3))


@pytest.mark.parametrize("form", FORMS)
def test_a_table_that_cannot_be_built_leaves_nothing(form, tmp_path):
    def breaks():
        raise RuntimeError("the engine stopped")

    with pytest.raises(RuntimeError, match="the engine stopped"):
        write(Records({"customers": breaks, "orders": orders()}), form, tmp_path / "firm")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("form", FORMS)
def test_an_earlier_output_is_written_over(form, tmp_path):
    path = tmp_path / "new" / NAMES[form]
    write(Records({"orders": orders(3), "pools": OBSERVED["pools"].empty()}), form, path)
    write(Records({"orders": orders(5)}), form, path)
    back = read(form, path)
    assert list(back) == ["orders"]
    assert len(back.orders) == 5


@pytest.mark.parametrize("form", FORMS)
def test_records_can_be_written_over_the_file_that_they_come_from(form, tmp_path):
    path = tmp_path / NAMES[form]
    write(Records({"orders": orders(3)}), form, path)
    write(read(form, path), form, path)
    same(read(form, path).orders, orders(3))


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_an_empty_folder_may_be_filled(form, tmp_path):
    write(Records({"orders": orders()}), form, tmp_path)
    assert len(read(form, tmp_path).orders) == 3


@pytest.mark.parametrize("form", FORMS)
def test_what_somebody_else_wrote_is_not_overwritten(form, tmp_path):
    folder, file = tmp_path / "folder", tmp_path / "file"
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work")
    file.write_text("years of work")
    for path in (folder, file):
        with pytest.raises(FileExistsError, match="is not overwritten. Choose another path"):
            write(Records({"orders": orders()}), form, path)
    assert (folder / "thesis.txt").read_text() == file.read_text() == "years of work"


def test_a_raw_log_of_the_same_name_is_not_overwritten(tmp_path):
    (tmp_path / "orders.csv").write_text("id,date\n1,2024-01-01\n")
    with pytest.raises(FileExistsError):
        Records({"orders": orders()}).to_csv(tmp_path)
    pd.DataFrame({"x": [1]}).to_parquet(tmp_path / "pq.parquet")
    other = tmp_path / "parts"
    other.mkdir()
    pd.DataFrame({"x": [1]}).to_parquet(other / "orders.parquet")
    with pytest.raises(FileExistsError):
        Records({"orders": orders()}).to_parquet(other)


def test_a_database_with_tables_of_its_own_is_not_overwritten(tmp_path):
    path = tmp_path / "firm.duckdb"
    Records({"orders": orders()}).to_duckdb(path)
    with duckdb.connect(path) as database:
        database.execute("create table my_results as select 42 as answer")
    with pytest.raises(FileExistsError):
        Records({"orders": orders()}).to_duckdb(path)


@pytest.mark.parametrize("read_only", [True, False])
def test_a_database_that_is_open_is_not_replaced_but_can_be_read(read_only, tmp_path):
    path = tmp_path / "firm.duckdb"
    Records({"orders": orders()}).to_duckdb(path)
    with duckdb.connect(path, read_only=read_only):
        with pytest.raises(RuntimeError, match="is open. Close the connection first"):
            Records({"orders": orders(9)}).to_duckdb(path)
        assert len(Records.from_duckdb(path).orders) == 3


# --- what cannot be read -------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_nothing_there_is_said(form, tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no .*nowhere'. Is the path right"):
        read(form, tmp_path / "nowhere")


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_a_folder_without_tables_is_said(form, tmp_path):
    with pytest.raises(ValueError, match="holds no table of the contract, such as 'orders"):
        read(form, tmp_path)


def test_a_file_that_is_no_database_is_said(tmp_path):
    (tmp_path / "firm.duckdb").write_text("order_id,customer_id\n")
    with pytest.raises(ValueError, match="is not a DuckDB database. Records.to_duckdb writes one"):
        Records.from_duckdb(tmp_path / "firm.duckdb")
    with pytest.raises(ValueError, match="is not a folder"):
        Records.from_parquet(tmp_path / "firm.duckdb")


def test_a_csv_with_a_bad_cell_names_file_and_cell(tmp_path):
    Records({"orders": orders()}).to_csv(tmp_path / "firm")
    file = tmp_path / "firm" / "orders.csv"
    file.write_text(file.read_text().replace("1.5", "many"))
    with pytest.raises(ValueError, match=r"orders.csv does not hold table 'orders'.*'many'"):
        Records.from_csv(tmp_path / "firm").orders  # noqa: B018


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("category", "gadgets", "cannot hold 'gadgets' as category"),
        ("product_id", 40_000, "cannot hold .*40000.* as int16"),
        ("product_id", 1.5, "cannot hold .*1.5.* as int16"),
        ("price_eur", "cheap", "does not hold float64"),
    ],
)
def test_a_value_that_would_be_lost_is_an_error(column, value, message):
    row = {"product_id": 1, "name": "x", "category": "home", "price_eur": 1.0, "margin_rate": 0.5}
    frame = pd.DataFrame([{**row, column: value}])
    with pytest.raises(ValueError, match=message):
        restore(frame, OBSERVED["products"])
    with pytest.raises(ValueError, match=f"lacks the column '{column}'"):
        restore(frame.drop(columns=column), OBSERVED["products"])


def test_a_database_in_memory_draws_no_progress_bar():
    with duckdb_in_memory(python_enable_replacements="false") as database:
        (shown,) = database.execute("select current_setting('enable_progress_bar')").fetchone()
    assert shown is False

import contextlib
import dataclasses
import gzip
import http.server
import json
import os
import re
import threading
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from crmlab import datasets
from crmlab.cli import app
from crmlab.datasets import corner_shop, holdout_mail, own_log, public, shelf
from crmlab.datasets.files import content_hash, read_content, rounded, write_content
from crmlab.datasets.regenerate import NAMES, build, check, stored_hashes
from crmlab.market.run import simulate
from crmlab.records import Records
from crmlab.tables import TRUTH

SHIPPED = Path(__file__).resolve().parents[1] / "datasets"
each_name = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """All data sets, generated once more."""
    folder = tmp_path_factory.mktemp("datasets")
    build(folder)
    return folder


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Downloads go to a folder of their own, and no folder of data is named."""
    monkeypatch.delenv("CRMLAB_DATA", raising=False)
    monkeypatch.setattr("pooch.os_cache", lambda _: tmp_path / "cache")
    return tmp_path / "cache"


# --- built again ---------------------------------------------------------------------------


@each_name
def test_the_shipped_data_is_what_the_package_generates(built, name):
    made, shipped = (
        {file: value for file, value in stored_hashes(folder).items() if file.startswith(name)}
        for folder in (built, SHIPPED)
    )
    assert made == shipped, "the market has changed: make datasets"


def test_the_shipped_files_have_the_content_that_their_hashes_name():
    for file, value in stored_hashes(SHIPPED).items():
        assert content_hash(read_content(SHIPPED / file)) == value, file


@each_name
def test_a_data_set_is_small(name):
    size = sum(file.stat().st_size for file in (SHIPPED / name).rglob("*") if file.is_file())
    assert 10_000 < size < 450_000


@each_name
def test_a_datasheet_says_how_and_under_which_licence(name):
    sheet = (SHIPPED / name / "README.md").read_text(encoding="utf-8")
    assert re.search(r"simulate\(.*?seed=\d+", sheet, flags=re.DOTALL)
    for heading in ("What is in it", "Columns", "Truth", "Licence"):
        assert f"## {heading}\n" in sheet
    assert "CC0" in sheet


def test_nothing_is_written_where_the_content_is_right(built):
    before = {file: file.stat().st_mtime_ns for file in (built / "own_log").iterdir()}
    assert build(built, ["own_log"]) == []
    assert {file: file.stat().st_mtime_ns for file in (built / "own_log").iterdir()} == before


def test_a_check_finds_what_is_changed_missing_or_unknown(tmp_path):
    build(tmp_path, ["own_log"])
    assert check(tmp_path, ["own_log"]) == []
    log = tmp_path / "own_log" / "own_log.csv"
    log.write_bytes(log.read_bytes() + b"1,2,3,4\n")
    (tmp_path / "own_log" / "README.md").unlink()
    hashes = json.loads((tmp_path / "hashes.json").read_text())
    (tmp_path / "hashes.json").write_text(json.dumps({**hashes, "own_log/old.csv": "0"}))
    assert check(tmp_path, ["own_log"]) == [
        "own_log/README.md: it is missing",
        "own_log/old.csv: the package does not generate it any more",
        "own_log/own_log.csv: it was changed by hand",
    ]
    assert sorted(build(tmp_path, ["own_log"])) == [
        "own_log/README.md", "own_log/old.csv", "own_log/own_log.csv",
    ]  # fmt: skip
    assert check(tmp_path, ["own_log"]) == []


def test_the_command_checks_and_builds(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "__defaults__", (("own_log",), None))
    monkeypatch.setattr(check, "__defaults__", (("own_log",), None))
    call = CliRunner().invoke
    assert call(app, ["datasets", "check", "--folder", str(tmp_path)]).exit_code == 1
    assert call(app, ["datasets", "build", "--folder", str(tmp_path)]).exit_code == 0
    assert call(app, ["datasets", "check", "--folder", str(tmp_path)]).exit_code == 0


# --- what is in them -----------------------------------------------------------------------


def test_the_corner_shop_is_a_whole_firm():
    records = datasets.load("corner_shop")
    records.check()
    run = corner_shop.market()
    for name in run.records:
        pd.testing.assert_frame_equal(records[name], run.records[name])


def test_the_corner_shops_truth_belongs_to_its_customers():
    truth, records = datasets.truth("corner_shop"), datasets.load("corner_shop")
    assert set(truth["identity"]["customer_id"]) == set(records.customers["customer_id"])
    assert set(truth["identity"]["person_id"]) == set(truth["people"]["person_id"])
    for name, table in truth.items():
        TRUTH[name].check(table)


def test_exactly_the_listed_faults_of_the_log_are_refused():
    records = Records.from_transactions(
        datasets.path("own_log/own_log.csv"),
        customer="client", date="day", value="amount", id="receipt",
    )  # fmt: skip
    _, faults = own_log.spoil(own_log.clean_log(own_log.market().records.orders))
    assert len(faults) == 8 and faults["reason"].nunique() == 4
    refused = records.refused
    assert list(zip(refused["row"], refused["reason"], strict=True)) == list(
        zip(faults["row"], faults["reason"], strict=True)
    )
    sheet = datasets.path("own_log/README.md").read_text(encoding="utf-8")
    for row, reason in zip(refused["row"], refused["reason"], strict=True):
        assert re.search(rf"^\| {row} \|.*\| {reason} \|$", sheet, flags=re.MULTILINE)


def test_the_log_is_otherwise_the_orders_of_its_market():
    orders = own_log.market().records.orders
    clean = own_log.clean_log(orders)
    assert clean["amount"].astype(float).sum() == pytest.approx(orders["value_eur"].sum(), abs=1e-6)
    assert clean["client"].nunique() == orders["customer_id"].nunique() == 600


def test_the_truth_of_the_log_is_withheld():
    with pytest.raises(ValueError, match="withheld"):
        datasets.truth("own_log")


def test_the_mail_was_sent_by_lot_and_nothing_before_it_depends_on_it():
    test = datasets.load("holdout_mail")
    assert not test["customer_id"].duplicated().any()
    assert test["treated"].mean() == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(len(test)))
    kept = {"customers": 3_000, "weeks": 20, "seed": holdout_mail.market().seed}
    quiet = holdout_mail.one_row_per_customer(simulate(holdout_mail.shop(), **kept))
    before = [name for name, *_ in holdout_mail._BEFORE]
    pd.testing.assert_frame_equal(
        test[before], quiet[before].astype({"channel": "str"}), check_dtype=False
    )
    untouched = test["treated"] == 0
    after = ["bought_4_weeks", "value_4_weeks_eur"]
    same = (test[after] == quiet[after]).all(axis=1)
    assert same[untouched].mean() > 0.99  # a spoilt reputation could reach them, nothing else


def test_customers_with_a_higher_true_effect_gain_more():
    test = datasets.load("holdout_mail").merge(datasets.truth("holdout_mail")["effects"])
    assert len(test) == 3_000
    best = test["effect_eur"] >= test["effect_eur"].quantile(0.8)
    lift = [
        g.groupby("treated")["bought_4_weeks"].mean().diff().iloc[-1] for _, g in test.groupby(best)
    ]
    assert lift[1] > lift[0] + 0.05


# --- found and opened ----------------------------------------------------------------------


@each_name
def test_a_data_set_is_found_in_the_repository(name):
    assert datasets.path(name) == SHIPPED / name
    assert (datasets.path(name) / "README.md").is_file()


def test_without_the_repository_a_data_set_is_generated_once(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(shelf, "home", lambda: tmp_path)
    log = datasets.load("own_log")
    assert "Generating the data set 'own_log'" in capsys.readouterr().err
    assert len(log) == len(datasets.load("own_log"))
    assert capsys.readouterr().err == ""
    assert {file.partition("/")[0] for file in stored_hashes(tmp_path)} == {"own_log"}


def test_an_installed_package_keeps_its_data_in_the_users_cache(tmp_path, monkeypatch):
    monkeypatch.setattr("crmlab.__file__", str(tmp_path / "site" / "crmlab" / "__init__.py"))
    monkeypatch.setattr("pooch.os_cache", lambda name: tmp_path / name)
    assert shelf.home().parent == tmp_path / "crmlab"


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(ValueError, match="Did you mean 'own_log'"):
        datasets.load("own_logs")
    with pytest.raises(FileNotFoundError, match=r"it has .*own_log\.csv"):
        datasets.path("own_log/log.csv")


def test_the_catalogue_names_every_data_set():
    assert tuple(datasets.catalogue()["name"]) == NAMES


# --- files ---------------------------------------------------------------------------------


def test_a_content_hash_ignores_packing_and_line_ends(tmp_path):
    content = b"a,b\n1,2\n"
    write_content(tmp_path / "a.csv.gz", content)
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(content, 1))
    (tmp_path / "c.csv").write_bytes(content.replace(b"\n", b"\r\n"))
    assert len({content_hash(read_content(file)) for file in tmp_path.iterdir()}) == 1


def test_rounding_keeps_whole_numbers_and_missing_values():
    frame = pd.DataFrame({"id": [123456789], "x": [0.00123456789], "y": [np.nan]})
    assert rounded(frame, 4)["id"].tolist() == [123456789]
    assert rounded(frame, 4)["x"].tolist() == [0.001235]
    assert rounded(frame, 4)["y"].isna().all()


# --- public data ---------------------------------------------------------------------------

with_folder = pytest.mark.skipif(
    "CRMLAB_DATA" not in os.environ, reason="CRMLAB_DATA names no folder of public data"
)
each_public = pytest.mark.parametrize("name", public.FILES)


def at(monkeypatch, name, **changes):
    """The first file of a data set, changed for one test."""
    first, *others = public.FILES[name]
    monkeypatch.setitem(public.FILES, name, (dataclasses.replace(first, **changes), *others))


@with_folder
def test_cdnow_is_read_from_the_folder_that_is_named():
    cdnow = datasets.fetch("cdnow")
    assert list(cdnow) == ["customer_id", "date", "cds", "value"]
    assert (len(cdnow), cdnow["customer_id"].max()) == (6919, 2357)
    assert cdnow["date"].min() == pd.Timestamp("1997-01-01")
    pd.testing.assert_frame_equal(datasets.fetch(), cdnow)


@with_folder
def test_donations_are_the_patterns_of_11104_donors():
    """Table 1 of Fader, Hardie and Shang (2010): 3,464 never gave again, 1,203 every year."""
    donations = datasets.fetch("donations")
    assert list(donations) == ["frequency", "recency", "periods", "weights"]
    assert donations["weights"].sum() == 11_104
    often = donations.set_index(["frequency", "recency"])["weights"]
    assert (often[0, 0], often[6, 6]) == (3464, 1203)


@with_folder
def test_hillstroms_test_has_three_arms_of_equal_size():
    arms = datasets.fetch("hillstrom")["segment"].value_counts()
    assert arms.to_dict() == {
        "Womens E-Mail": 21_387, "Mens E-Mail": 21_307, "No E-Mail": 21_306,
    }  # fmt: skip


@with_folder
@pytest.mark.parametrize(
    ("name", "records", "people"), [("febrl1", 1000, 500), ("febrl3", 5000, 2000),
                                    ("febrl4", 10_000, 5000)],
)  # fmt: skip
def test_febrl_records_are_text_and_name_their_person(name, records, people):
    febrl = datasets.fetch(name)
    assert (len(febrl), febrl["rec_id"].nunique()) == (records, records)
    assert febrl["rec_id"].str.extract(r"rec-(\d+)-")[0].nunique() == people
    assert set(map(str, febrl.dtypes)) == {"str"}
    assert not any(febrl[column].str.startswith(" ").any() for column in febrl)
    assert febrl["postcode"].dropna().str.len().max() == 4


@with_folder
def test_the_two_files_of_febrl4_are_told_apart():
    febrl = datasets.fetch("febrl4")
    doubles = febrl["rec_id"].str.contains("dup")
    assert febrl["file"].where(~doubles, "b").equals(febrl["file"])
    assert febrl["file"].value_counts().to_dict() == {"a": 5000, "b": 5000}


@each_public
def test_a_folder_without_the_file_is_named(name, tmp_path, monkeypatch):
    monkeypatch.setenv("CRMLAB_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=re.escape(public.FILES[name][0].name)):
        datasets.fetch(name)


@each_public
def test_another_file_of_that_name_is_refused(name, tmp_path, monkeypatch):
    monkeypatch.setenv("CRMLAB_DATA", str(tmp_path))
    file = public.FILES[name][0].name
    (tmp_path / file).write_text(" 00004 0001 19970101  2   29.33\n")
    with pytest.raises(ValueError, match=f"not the published {re.escape(file)}"):
        datasets.fetch(name)


@pytest.mark.parametrize("name", ["cdnow", "hillstrom"])
def test_offline_the_message_says_what_to_do(name, cache, monkeypatch):
    at(monkeypatch, name, url="http://127.0.0.1:9/file.zip")
    with pytest.raises(ConnectionError, match="Are you offline.*CRMLAB_DATA"):
        datasets.fetch(name)


def test_without_a_public_address_only_the_folder_works(cache):
    with pytest.raises(FileNotFoundError, match="no public address of donations.csv.*CRMLAB_DATA"):
        datasets.fetch("donations")


def test_cdnow_is_fetched_once(cache, tmp_path, monkeypatch):
    content = b" 00004 0001 19970101  2   29.33\r\n 00021 0002 19970102  3   63.34\r\n"
    home = tmp_path / "home"
    home.mkdir()
    with zipfile.ZipFile(home / "CDNOW_sample.zip", "w") as archive:
        archive.writestr("CDNOW_sample.txt", content)
    with served(home) as address:
        at(
            monkeypatch, "cdnow", url=f"{address}/CDNOW_sample.zip",
            content_hash=content_hash(content),
        )  # fmt: skip
        first = datasets.fetch("cdnow")
    assert first["value"].tolist() == [29.33, 63.34]
    pd.testing.assert_frame_equal(datasets.fetch("cdnow"), first)


def test_a_plain_file_is_fetched_once_whatever_its_line_ends(cache, tmp_path, monkeypatch):
    content = b"segment,visit\nNo E-Mail,0\n"
    home = tmp_path / "home"
    home.mkdir()
    (home / "test.csv").write_bytes(content.replace(b"\n", b"\r\n"))
    with served(home) as address:
        at(monkeypatch, "hillstrom", url=f"{address}/test.csv", content_hash=content_hash(content))
        first = datasets.fetch("hillstrom")
    assert first["visit"].tolist() == [0]
    pd.testing.assert_frame_equal(datasets.fetch("hillstrom"), first)


@contextlib.contextmanager
def served(folder):
    """The address at which the files of a folder are served."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _files_of(folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _files_of(folder):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(folder))

        def log_message(self, *_):
            pass

    return Quiet


def test_unknown_public_data_is_refused():
    with pytest.raises(ValueError, match="Did you mean 'cdnow'"):
        datasets.fetch("cdnews")

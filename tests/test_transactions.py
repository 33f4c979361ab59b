import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab.records import Records
from crmlab.transactions import REASONS

NAMES = {"customer": "who", "date": "on", "value": "eur"}


def log(**columns):
    plain = {"who": "ann", "on": "2024-05-01", "eur": 1.0}
    n = max(len(v) for v in columns.values())
    return pd.DataFrame({**{k: [v] * n for k, v in plain.items()}, **columns})


def records_of(source, **arguments):
    records = Records.from_transactions(source, **{**NAMES, **arguments})
    records.check()
    return records


def same(a, b):
    pd.testing.assert_frame_equal(a, b, check_exact=True)


def test_a_log_becomes_customers_orders_and_profiles():
    frame = pd.DataFrame(
        {
            "who": ["bob", "ann", "bob"],
            "on": ["2024-05-03", "2024-05-02", "2024-05-01"],
            "eur": [10.0, 20.0, 5.5],
        }
    )
    records = records_of(frame, margin_rate=0.5)
    assert list(records) == ["customers", "profiles", "orders"]
    assert records.orders["order_id"].tolist() == [1, 2, 3]
    assert records.orders["customer_id"].tolist() == [2, 1, 2]
    assert records.orders["value_eur"].tolist() == [5.5, 20.0, 10.0]
    assert records.orders["margin_eur"].tolist() == [2.75, 10.0, 5.0]
    assert records.customers["source_id"].tolist() == ["ann", "bob"]
    assert records.customers["registered_at"].dt.day.tolist() == [2, 1]
    assert records.customers["channel"].isna().all()
    assert records.customers["email"].tolist() == ["", ""]
    assert records.profiles[["orders", "value_eur", "consent"]].to_numpy().tolist() == [
        [1, 20.0, "none"],
        [2, 15.5, "none"],
    ]
    assert records.report == "3 rows read: 3 orders kept, none refused"
    assert not len(records.refused)


def test_without_a_margin_rate_the_margin_is_unknown():
    assert records_of(log(eur=[1.0])).orders["margin_eur"].isna().all()


def test_every_refused_row_is_listed_with_its_reason():
    frame = pd.DataFrame(
        [
            ("ann", "2024-05-01", 1.0, 1),
            ("ann", None, 1.0, 2),
            ("ann", "soon", 1.0, 3),
            ("  ", "2024-05-01", 1.0, 4),
            ("ann", "2024-05-01", None, 5),
            ("ann", "2024-05-01", "much", 6),
            ("ann", "2024-05-01", np.inf, 7),
            ("ann", "2024-05-01", -1.0, 8),
            ("ann", "2024-05-01", 1.0, None),
            ("ann", "2024-05-01", 1.0, 1),
            ("ann", "2024-05-01", 2.0, 8),
            ("ann", "tomorrow", -2.0, 9),
        ],
        columns=["who", "on", "eur", "nr"],
    )
    records = records_of(frame, id="nr")
    assert records.orders["order_id"].tolist() == [1, 8]
    assert records.refused["reason"].tolist() == [*REASONS, "unparsable date"]
    assert records.refused["row"].tolist() == [2, 3, 4, 5, 6, 7, 8, 9, 10, 12]
    assert list(records.refused.columns) == ["row", "who", "on", "eur", "nr", "reason"]
    assert records.report.startswith("12 rows read: 2 orders kept, 10 refused (2 unparsable date,")
    assert records.report in repr(records)
    assert records.report in records._repr_html_()


def test_strict_raises_with_the_same_summary():
    with pytest.raises(
        ValueError, match=r"2 rows read: 1 order kept, 1 refused \(1 negative value"
    ):
        records_of(log(eur=[1.0, -1.0]), strict=True)
    assert len(records_of(log(eur=[1.0, 1.0]), strict=True).orders) == 2


def test_a_log_without_one_good_row_is_an_error():
    with pytest.raises(ValueError, match="no order is left: 2 rows read: 0 orders kept, 2 refused"):
        records_of(log(eur=[-1.0, -1.0]))
    with pytest.raises(ValueError, match="the source has no rows"):
        records_of(log(eur=[1.0]).iloc[:0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"customer": "whom"}, r"customer must name .* got 'whom', .* Did you mean 'who'\?"),
        ({"id": "number"}, "id must name one column of the source, got 'number'"),
        ({"margin_rate": 35}, r"margin_rate must be in \[0, 1\], got 35. Is this a percentage"),
        ({"value": "paid"}, "value must name a column of amounts, got 'paid' of dtype bool"),
    ],
)
def test_a_bad_argument_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        records_of(log(eur=[1.0], paid=[True]), **arguments)


def test_a_column_that_is_there_twice_is_refused():
    frame = log(eur=[1.0])
    frame.columns = ["who", "on", "on"]
    with pytest.raises(ValueError, match="got 'on', which is there twice"):
        records_of(frame, value="who")


def test_a_source_of_another_kind_is_refused(tmp_path):
    with pytest.raises(TypeError, match="source must be a DataFrame, or the path.*got list"):
        records_of([1, 2])
    with pytest.raises(FileNotFoundError, match="there is no file .*orders.csv'"):
        records_of(tmp_path / "orders.csv")


def test_columns_called_row_and_reason_survive_a_refusal():
    frame = log(eur=[1.0, -1.0], row=["x", "y"], reason=["p", "q"])
    refused = records_of(frame).refused
    assert refused.loc[0, ["row", "source_row", "source_reason", "reason"]].tolist() == [
        2,
        "y",
        "q",
        "negative value",
    ]


def test_the_source_is_left_as_it_was():
    frame = log(eur=[1.0, -1.0]).set_axis([5, 5])
    before = frame.copy()
    records_of(frame)
    same(frame, before)


# --- ids -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ids", "keys", "kept"),
    [
        ([12, 3, 12], [3, 12], None),
        ([12.0, 3.0, 12.0], [3, 12], None),
        (["12", "3", "12"], [3, 12], None),
        (["0012", "0003", "0012"], [3, 12], ["0003", "0012"]),
        (["12", "012", "3"], [1, 2, 3], ["3", "012", "12"]),
        (["b", " a", "b "], [1, 2], ["a", "b"]),
        ([1.5, 10.5, 2.5], [1, 2, 3], ["1.5", "2.5", "10.5"]),
        (["9" * 20, "8" * 20, "7"], [1, 2, 3], None),
    ],
)
def test_customers_keep_whole_numbers_and_are_numbered_otherwise(ids, keys, kept):
    customers = records_of(log(who=ids)).customers
    assert customers["customer_id"].tolist() == keys
    if kept:
        assert sorted(customers["source_id"]) == sorted(kept)
    else:
        assert "source_id" not in customers or "9" * 20 in set(customers["source_id"])


def test_ids_that_differ_in_zeros_stay_two_customers():
    customers = records_of(log(who=["12", "012"])).customers
    assert len(customers) == 2
    assert set(customers["source_id"]) == {"12", "012"}


def test_ids_of_orders_are_kept():
    assert records_of(log(nr=[7, 5]), id="nr").orders["order_id"].tolist() == [5, 7]
    orders = records_of(log(nr=["B-1", "A-1"]), id="nr").orders
    assert orders["order_id"].tolist() == [1, 2]
    assert orders["source_id"].tolist() == ["B-1", "A-1"]


# --- dates ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dates", "wanted"),
    [
        ([19970131, 19971231], ["1997-01-31", "1997-12-31"]),
        ([19970131.0, None], ["1997-01-31"]),
        (["19970131", "1997-12-31 10:00"], ["1997-01-31", "1997-12-31 10:00"]),
        (["31/01/1997", "01/02/1997"], ["1997-01-31", "1997-02-01"]),
        (["1/31/1997 8:26", "2/1/97"], ["1997-01-31 08:26", "1997-02-01"]),
        (["31.1.1997", "5 Feb 1997"], ["1997-01-31", "1997-02-05"]),
        (["1997-01-31T10:00+02:00"], ["1997-01-31 08:00"]),
        (pd.to_datetime(["1997-01-31 10:00:00.9"]), ["1997-01-31 10:00"]),
        (pd.to_datetime(["1997-01-31 10:00"]).tz_localize("Europe/Vienna"), ["1997-01-31 09:00"]),
        ([pd.Timestamp("1997-01-31").date()], ["1997-01-31"]),
    ],
)
def test_dates_can_be_written_in_many_ways(dates, wanted):
    orders = records_of(log(on=dates)).orders
    assert orders["ordered_at"].tolist() == [pd.Timestamp(w) for w in wanted]


def test_day_and_month_that_could_change_places_are_not_guessed():
    frame = log(on=["01/02/1997", "03/04/1997"])
    with pytest.raises(ValueError, match="'01/02/1997' can be read in two ways. Pass date_format"):
        records_of(frame)
    orders = records_of(frame, date_format="%d/%m/%Y").orders
    assert orders["ordered_at"].dt.month.tolist() == [2, 4]


def test_a_date_against_the_order_of_the_others_is_refused():
    records = records_of(log(on=["31/01/1997", "30/01/1997", "01/31/1997"]))
    assert records.refused["row"].tolist() == [3]


@pytest.mark.parametrize("date", [4, 19971301, "Jan", "5 Feb", "1997-02-30", "?", "12"])
def test_what_is_no_date_is_refused(date):
    records = records_of(log(on=[date, "2024-05-01"]))
    assert records.refused["reason"].tolist() == ["unparsable date"]


# --- files ---------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_parquet_and_frame_tell_the_same(separator, tmp_path):
    frame = log(who=["007", "B", None], on=["19970101"] * 3, nr=["1", "2", "3"])
    frame.to_csv(tmp_path / "log.csv", sep=separator, index=False)
    frame.to_parquet(tmp_path / "log.parquet")
    wanted = records_of(frame, id="nr")
    for file in ("log.csv", "log.parquet"):
        got = records_of(str(tmp_path / file), id="nr")
        assert got.report == wanted.report
        for name in wanted:
            same(got[name], wanted[name])


def test_a_file_that_is_no_csv_is_said(tmp_path):
    (tmp_path / "log.csv").write_text("who,on,eur\na,2024-01-01,1\nb,2024-01-01,1,2,3\n")
    with pytest.raises(ValueError, match="cannot be read as CSV.*pass the DataFrame"):
        records_of(tmp_path / "log.csv")
    (tmp_path / "empty.csv").touch()
    with pytest.raises(ValueError, match="cannot be read as CSV"):
        records_of(tmp_path / "empty.csv")


def test_orders_of_one_day_stay_several():
    assert len(records_of(log(who=["ann"] * 3)).orders) == 3


def test_profiles_can_be_seen_as_of_then():
    records = records_of(log(on=["2024-05-01", "2024-06-01"]))
    assert records.as_of("2024-05-15").profiles["orders"].tolist() == [1]


cells = {
    "who": st.sampled_from([None, "", "a", "b", "7", 7, 7.0]),
    "on": st.sampled_from([None, "2024-05-01", "20240502", "x", "13/01/2024", 20240101]),
    "eur": st.sampled_from([None, 1, 2.5, "3", "x", np.inf, -1, -np.inf, np.nan, ""]),
    "nr": st.sampled_from([None, 1, 2, "3", "x", ""]),
}


@settings(max_examples=50, deadline=None)
@given(rows=st.lists(st.fixed_dictionaries(cells), min_size=1, max_size=8))
def test_every_row_is_an_order_or_a_refusal(rows):
    good = {"who": "ann", "on": "2024-05-01", "eur": 1.0, "nr": "good"}
    frame = pd.DataFrame([good, *rows], dtype=object)
    records = records_of(frame, id="nr")
    assert len(records.orders) + len(records.refused) == len(frame)
    assert set(records.refused["reason"]) <= set(REASONS)
    assert records.refused["row"].is_unique
    assert records.orders["value_eur"].between(0, np.inf, inclusive="left").all()
    assert set(records.orders["customer_id"]) == set(records.customers["customer_id"])


@pytest.mark.skipif("CRMLAB_DATA" not in os.environ, reason="CRMLAB_DATA names no folder of logs")
def test_cdnow_has_6919_orders_of_2357_customers():
    cdnow = pd.read_csv(
        Path(os.environ["CRMLAB_DATA"]) / "CDNOW_sample.txt",
        sep=r"\s+",
        names=["master", "id", "date", "cds", "value"],
    )
    records = Records.from_transactions(cdnow, customer="master", date="date", value="value")
    records.check()
    assert records.report == "6,919 rows read: 6,919 orders kept, none refused"
    assert len(records.customers) == 2357
    assert records.orders["ordered_at"].min() == pd.Timestamp("1997-01-01")
    assert records.orders["value_eur"].sum() == pytest.approx(cdnow["value"].sum())

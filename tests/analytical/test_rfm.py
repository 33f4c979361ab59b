"""From orders to frequency, recency, age and value: by hand, at the edges, and against pandas."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.analytical import interval_logs, rfm

DAYS = ["2024-01-01", "2024-01-15 09:00", "2024-01-15 18:00", "2024-01-22", "2024-01-02"]


def log(ids=("ann", "ann", "ann", "ann", "bob"), days=DAYS, values=(20.0, 10.0, 5.0, 25.0, 7.0)):
    when = pd.to_datetime(pd.Series(list(days)), format="mixed")
    return pd.DataFrame({"customer_id": list(ids), "ordered_at": when, "value_eur": list(values)})


def slow(orders, end, holdout=None):
    """The same by groupby, in days, for comparison."""
    day = orders.assign(day=orders["ordered_at"].dt.floor("D"))
    day = day.groupby(["customer_id", "day"], as_index=False)["value_eur"].sum()
    known = day[day["day"] <= pd.Timestamp(end)]
    groups = known.groupby("customer_id")
    first = groups["day"].min()
    repeat = known[known["day"] > known["customer_id"].map(first)].groupby("customer_id")
    table = pd.DataFrame({
        "frequency": groups.size() - 1,
        "recency": (groups["day"].max() - first).dt.days.astype(float),
        "age": (pd.Timestamp(end) - first).dt.days.astype(float),
    })  # fmt: skip
    table["monetary_value"] = repeat["value_eur"].mean().reindex(table.index).fillna(0.0)
    if holdout:
        later = day[(day["day"] > pd.Timestamp(end)) & (day["day"] <= pd.Timestamp(holdout))]
        later = later.groupby("customer_id")["value_eur"].agg(["size", "mean"])
        later = later.reindex(table.index).fillna(0.0)
        table["holdout_frequency"] = later["size"].astype("int64")
        table["holdout_value"] = later["mean"]
    return table


def test_the_worked_customer_of_the_module():
    """Two orders on one day are one purchase; the first purchase counts nowhere."""
    table = rfm(log(), end="2024-01-30")
    assert table.index.tolist() == ["ann", "bob"]
    assert table.loc["ann"].round(3).to_dict() == {
        "frequency": 2, "recency": 3.0, "age": 4.143, "monetary_value": 20.0
    }  # fmt: skip
    assert table.loc["bob"].tolist() == [0, 0.0, 4.0, 0.0]


def test_without_an_end_the_last_order_ends_the_observation():
    assert rfm(log())["age"].round(3).tolist() == [3.0, 2.857]


def test_the_end_day_itself_counts_and_later_orders_do_not():
    table = rfm(log(), end="2024-01-15")
    assert table.loc["ann", "frequency"] == 1
    assert table.loc["ann", "monetary_value"] == 15.0
    assert rfm(log(), end="2024-01-14").loc["ann", "frequency"] == 0


def test_who_first_buys_after_the_end_is_not_in_the_table():
    assert rfm(log(), end="2024-01-01").index.tolist() == ["ann"]


@pytest.mark.parametrize("unit", ["h", "D", "W", "M", "Y"])
def test_the_unit_scales_times_only(unit):
    hours = {"h": 1, "D": 24, "W": 168, "M": 24 * 365.25 / 12, "Y": 24 * 365.25}[unit]
    table, by_hour = rfm(log(), end="2024-01-30", unit=unit), rfm(log(), end="2024-01-30", unit="h")
    np.testing.assert_allclose(table["age"] * hours, by_hour["age"])
    assert table["frequency"].equals(by_hour["frequency"])


def test_a_period_joins_what_lies_in_it():
    """Both orders of 15 January are one by day, two by hour; weeks begin on Monday."""
    assert rfm(log(), period="h").loc["ann", "frequency"] == 3
    assert rfm(log(), period="D").loc["ann", "frequency"] == 2
    sunday_and_monday = log(["a", "a"], ["2024-01-07", "2024-01-08"], [1.0, 2.0])
    monday_and_sunday = log(["a", "a"], ["2024-01-08", "2024-01-14"], [1.0, 2.0])
    assert rfm(sunday_and_monday, period="W")["frequency"].tolist() == [1]
    assert rfm(monday_and_sunday, period="W")["frequency"].tolist() == [0]


def test_a_holdout_counts_purchases_after_the_end():
    table = rfm(log(), end="2024-01-14", holdout="2024-01-22")
    assert table["holdout_frequency"].tolist() == [2, 0]
    assert table["holdout_value"].tolist() == [20.0, 0.0]
    np.testing.assert_allclose(table["holdout_periods"], 8 / 7)


@pytest.mark.parametrize("ids", ["dense", "sparse", "text"])
def test_it_agrees_with_a_groupby_on_random_logs(ids):
    rng = np.random.default_rng(4)
    who = rng.integers(0, 300, 3_000)
    who = {"dense": who, "sparse": who * 10**12 - 5, "text": np.char.add("c", who.astype(str))}[ids]
    when = np.datetime64("2024-01-01", "s") + rng.integers(0, 200 * 86_400, 3_000)
    orders = pd.DataFrame(
        {"customer_id": who, "ordered_at": when, "value_eur": rng.gamma(2, 9, 3_000)}
    )
    table = rfm(orders, end="2024-04-30", unit="D", holdout="2024-06-30")
    expected = slow(orders, "2024-04-30", "2024-06-30")
    pd.testing.assert_frame_equal(
        table.drop(columns="holdout_periods")[expected.columns], expected, check_names=False,
        check_index_type=False, check_column_type=False,
    )  # fmt: skip


def test_the_order_of_rows_and_the_resolution_of_times_do_not_matter():
    orders = crm.simulate("retail", 300, 40, 7).records.orders
    shuffled = orders.sample(frac=1.0, random_state=1)
    shuffled["ordered_at"] = shuffled["ordered_at"].astype("datetime64[ns]")
    pd.testing.assert_frame_equal(rfm(orders), rfm(shuffled))


def test_times_with_a_zone_are_read_as_utc():
    orders = log()
    zoned = orders.assign(
        ordered_at=orders["ordered_at"].dt.tz_localize("UTC").dt.tz_convert("CET")
    )
    pd.testing.assert_frame_equal(rfm(orders), rfm(zoned))


def test_without_values_there_is_no_monetary_value():
    assert "monetary_value" not in rfm(log().drop(columns="value_eur"))


def test_input_is_left_alone():
    orders = log()
    copy = orders.copy()
    rfm(orders, end="2024-01-16", holdout="2024-02-01")
    pd.testing.assert_frame_equal(orders, copy)


def test_intervals_by_hand():
    """14 and 7 days between purchases: ln 2 + ln 1 in weeks."""
    np.testing.assert_allclose(interval_logs(log()).tolist(), [np.log(2.0), 0.0])
    assert interval_logs(log(), end="2024-01-16").index.tolist() == ["ann", "bob"]


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({}, {"unit": "week"}, "unit must be one of .* got 'week'"),
        ({}, {"period": "M"}, "period must be one of"),
        ({}, {"end": "1999-01-01"}, "end must not lie before every order; got '1999-01-01'"),
        ({}, {"end": "2024-01-16", "holdout": "2024-01-16"}, "holdout must lie after end"),
        ({"ordered_at": "2024-01-01"}, {}, "ordered_at must be datetimes, .*pd.to_datetime"),
        ({"value_eur": np.nan}, {}, "value_eur must be finite; 5 rows are not"),
        ({"customer_id": None}, {}, "customer_id must not be missing; 5 rows"),
        ({"ordered_at": pd.NaT}, {}, "ordered_at must not be missing"),
    ],
)
def test_bad_input_is_named(change, options, message):
    with pytest.raises(ValueError, match=message):
        rfm(log().assign(**change), **options)


def test_a_misspelt_column_gets_the_nearest_and_an_empty_log_is_refused():
    with pytest.raises(ValueError, match="'customer_id'. Did you mean 'customer'"):
        rfm(log().rename(columns={"customer_id": "customer"}))
    with pytest.raises(ValueError, match="at least one order"):
        rfm(log().iloc[:0])

import copy
import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab.records import Records, profiles_of
from crmlab.tables import (
    CHANNELS,
    CONSENT,
    CONSENT_ORIGINS,
    EPOCH,
    MESSAGE_KINDS,
    OBSERVED,
    PAGE_TYPES,
    RESPONSES,
    SESSION_SOURCES,
    WEEK_SECONDS,
)

WEEKS = 3
seeds = st.integers(0, 2**32 - 1)


def times(*texts):
    return np.array(texts, dtype="datetime64[s]")


def table(name, **columns):
    """A table of the contract: the columns given, and plain values in the others."""
    contract = OBSERVED[name]
    n = max(np.size(v) for v in columns.values())
    plain = {"datetime64[s]": EPOCH, "text": "", "bool": False}
    frame = {}
    for column in contract.columns:
        default = column.dtype[0] if isinstance(column.dtype, tuple) else plain.get(column.dtype, 0)
        value = np.broadcast_to(columns.get(column.name, default), n)
        frame[column.name] = pd.Series(value).astype(column.pandas_dtype)
    frame = pd.DataFrame(frame).sort_values(contract.sort_by, ignore_index=True)
    contract.check(frame)
    return frame


def firm(seed, customers=7, events=40):
    """A small firm whose events fall anywhere in three weeks, many in the same second."""
    g = np.random.default_rng(seed)

    def when(n):
        return EPOCH + (g.integers(0, WEEKS * WEEK_SECONDS // 3600, n) * 3600).astype("m8[s]")

    def who(n):
        return g.integers(1, customers + 1, n)

    def ids(n):
        return g.permutation(n) + 1

    def any_of(values, n):
        return np.array(values, dtype=object)[g.integers(0, len(values), n)]

    n, k = events, events // 4
    tables = {
        "customers": table("customers", customer_id=ids(customers), registered_at=when(customers)),
        "orders": table(
            "orders",
            order_id=ids(n),
            customer_id=who(n),
            ordered_at=when(n),
            value_eur=g.integers(1, 9999, n) / 100,
        ),
        "order_lines": table("order_lines", order_id=np.repeat(ids(n), 2), line=[1, 2] * n),
        "returns": table("returns", order_id=ids(n)[:k], line=1, returned_at=when(k)),
        "products": table("products", product_id=[1, 2, 3]),
        "sessions": table(
            "sessions",
            session_id=ids(n),
            customer_id=who(n),
            started_at=when(n),
            source=any_of(SESSION_SOURCES, n),
            pages=3,
            cart=g.random(n) < 0.5,
            order_id=g.permutation(np.r_[ids(n)[:k], np.zeros(n - k, int)]),
        ),
        "page_views": table(
            "page_views",
            session_id=np.repeat(ids(n), 3),
            view=[1, 2, 3] * n,
            page_type=any_of(PAGE_TYPES, 3 * n),
            dwell_seconds=g.integers(0, 90, 3 * n) * 60,
        ),
        "messages": table(
            "messages",
            message_id=ids(n),
            customer_id=who(n),
            sent_at=when(n),
            channel=any_of(CHANNELS, n),
            kind=any_of(MESSAGE_KINDS, n),
        ),
        "consents": table(
            "consents",
            consent_id=ids(k),
            customer_id=who(k),
            at=when(k),
            status=any_of(CONSENT, k),
            origin=any_of(CONSENT_ORIGINS, k),
            cap_per_4_weeks=g.integers(-1, 5, k),
        ),
        "adaptations": table("adaptations", session_id=ids(k), customer_id=who(k), at=when(k)),
        "redemptions": table("redemptions", order_id=ids(n)[:k], redeemed_at=when(k)),
        "pools": table("pools", pool_id=[1]),
        "refusals": table("refusals", refusal_id=ids(k), at=when(k)),
    }
    sent = tables["messages"].sample(n // 2, random_state=seed)
    tables["responses"] = table(
        "responses",
        message_id=sent["message_id"],
        customer_id=sent["customer_id"],
        event=any_of(RESPONSES, n // 2),
        at=sent["sent_at"] + pd.to_timedelta(g.integers(0, 99, n // 2) * 3600, unit="s"),
    )
    tables["profiles"] = profiles_of(
        *(tables[t] for t in ("customers", "orders", "messages", "responses", "consents"))
    )
    return tables


def naive_profile(customer, tables):
    """One row of `profiles`, by a loop that anybody can follow."""
    row = {
        "customer_id": customer["customer_id"],
        "registered_at": customer["registered_at"],
        "consent": "none",
        "cap_per_4_weeks": -1,
        "orders": 0,
        "value_eur": 0.0,
        "last_ordered_at": pd.NaT,
        "messages": 0,
        "opens": 0,
        "clicks": 0,
        "last_messaged_at": pd.NaT,
        "last_opened_at": pd.NaT,
        "bounced": False,
    }

    def mine(name, *by):
        frame = tables[name]
        frame = frame[frame["customer_id"] == customer["customer_id"]]
        return frame.sort_values(list(by)).to_dict("records")

    for change in mine("consents", "at", "consent_id"):
        row["consent"], row["cap_per_4_weeks"] = change["status"], change["cap_per_4_weeks"]
    for order in mine("orders", "ordered_at"):
        row["orders"] += 1
        row["value_eur"] = round(row["value_eur"] + order["value_eur"], 2)
        row["last_ordered_at"] = order["ordered_at"]
    reactions = mine("responses", "at")
    for message in mine("messages", "sent_at", "message_id"):
        row["messages"] += 1
        row["last_messaged_at"] = message["sent_at"]
        if message["channel"] == "email":
            row["bounced"] = any(
                r["event"] == "bounce" and r["message_id"] == message["message_id"]
                for r in reactions
            )
    for reaction in reactions:
        row["clicks"] += reaction["event"] == "click"
        if reaction["event"] == "open":
            row["opens"] += 1
            row["last_opened_at"] = reaction["at"]
    return row


def naive_profiles(tables):
    rows = [naive_profile(c, tables) for c in tables["customers"].to_dict("records")]
    contract = OBSERVED["profiles"]
    frame = pd.DataFrame(rows, columns=contract.column_names)
    return frame.astype({c.name: c.pandas_dtype for c in contract.columns})


def same(a, b):
    pd.testing.assert_frame_equal(a, b, check_exact=True)


# --- holding tables ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def records():
    return Records(firm(1))


def test_tables_have_their_names(records):
    same(records.orders, records["orders"])
    assert "orders" in records
    assert "orders" in dir(records)
    assert list(records) == [name for name in OBSERVED if name in records]


def test_tables_says_what_a_row_is(records):
    tables = records.tables()
    assert list(tables.columns) == ["table", "rows", "row"]
    assert tables.set_index("table").loc["orders"].tolist() == [40, "one order"]


def test_a_table_is_built_once_and_only_when_asked_for():
    calls = []

    def build():
        calls.append(1)
        return firm(1)["orders"]

    def never():
        raise AssertionError("nobody asked for this table")

    records = Records({"orders": build, "messages": never})
    assert "..." in repr(records)
    assert "orders" in records._repr_html_()
    assert dir(records)
    assert not calls
    assert len(records.orders) == len(records["orders"]) == 40
    assert calls == [1]
    assert "40" in repr(records)


def test_a_builder_that_fails_is_asked_again():
    answers = iter([RuntimeError("disk"), firm(1)["orders"]])

    def build():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    records = Records({"orders": build})
    with pytest.raises(RuntimeError, match="disk"):
        records.orders  # noqa: B018
    assert len(records.orders) == 40


def test_changing_a_returned_table_leaves_the_records_alone(records):
    before = records.orders
    changed = records.orders
    changed["new"] = 1
    changed.loc[0, "value_eur"] = -5.0
    del changed["margin_eur"]
    same(records.orders, before)


def test_changing_the_source_leaves_the_records_alone():
    orders = firm(1)["orders"]
    records = Records({"orders": orders})
    orders.loc[0, "value_eur"] = -5.0
    orders["new"] = 1
    assert "new" not in records.orders
    assert records.orders.loc[0, "value_eur"] > 0


def test_records_survive_pickle_and_copy(records):
    lazy = Records({name: lambda name=name: records[name] for name in records})
    for other in (pickle.loads(pickle.dumps(lazy)), copy.copy(lazy), copy.deepcopy(lazy)):
        assert list(other) == list(records)
        same(other.orders, records.orders)


def test_check_names_the_column_that_breaks_the_contract(records):
    records.check()
    broken = {**firm(1)}
    broken["orders"] = broken["orders"].astype({"value_eur": "float32"})
    with pytest.raises(ValueError, match="'value_eur' of table 'orders' must have dtype float64"):
        Records(broken).check()


def test_unknown_tables_are_errors_with_the_nearest_name(records):
    with pytest.raises(AttributeError, match=r"no table 'order'.*Did you mean 'orders'"):
        records.order  # noqa: B018
    with pytest.raises(KeyError, match=r"no table 'ordres'.*Did you mean 'orders'"):
        records["ordres"]
    with pytest.raises(ValueError, match=r"got 'ordres'.*Did you mean 'orders'"):
        Records({"ordres": records.orders})


def test_a_table_of_the_contract_that_is_not_here_says_so():
    records = Records({"orders": firm(1)["orders"]})
    with pytest.raises(AttributeError, match="do not have the table 'messages'; they hold orders"):
        records.messages  # noqa: B018
    with pytest.raises(KeyError, match="do not have the table 'messages'"):
        records["messages"]
    assert not hasattr(records, "messages")


def test_what_is_no_table_is_refused():
    with pytest.raises(TypeError, match="'orders' must be a DataFrame or a function.*got list"):
        Records({"orders": [1]})
    with pytest.raises(TypeError, match="function for table 'orders' must return.*got NoneType"):
        Records({"orders": lambda: None}).orders  # noqa: B018


def test_html_is_a_table_with_headers(records):
    page = records.as_of(1)._repr_html_()
    assert '<th scope="row">orders</th>' in page
    assert "customer&#x27;s" in page
    assert "2024-01-08 00:00:00" in page


def test_importing_records_loads_no_duckdb():
    code = "import sys, crmlab.records; assert not {'duckdb', 'scipy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


# --- as of then ----------------------------------------------------------------------------


def hand_made():
    """One customer: a session of three pages, in which she orders."""
    at = "2024-01-01T12:00"
    return {
        "customers": table("customers", customer_id=[1], registered_at=times("2024-01-01T09:00")),
        "orders": table(
            "orders",
            order_id=[5],
            customer_id=1,
            value_eur=20.0,
            ordered_at=times("2024-01-01T12:05"),
        ),
        "sessions": table(
            "sessions",
            session_id=[9],
            customer_id=1,
            started_at=times(at),
            pages=3,
            cart=True,
            order_id=5,
        ),
        "page_views": table(
            "page_views",
            session_id=9,
            view=[1, 2, 3],
            dwell_seconds=[60, 60, 240],
            page_type=["home", "cart", "checkout"],
        ),
    }


@pytest.mark.parametrize(
    ("clock", "pages", "cart", "order", "dwell"),
    [
        ("12:00:01", 1, False, 0, [1]),
        ("12:01:00", 1, False, 0, [60]),
        ("12:01:01", 2, True, 0, [60, 1]),
        ("12:05:00", 3, True, 0, [60, 60, 180]),
        ("12:05:01", 3, True, 5, [60, 60, 181]),
        ("13:00:00", 3, True, 5, [60, 60, 240]),
    ],
)
def test_a_session_that_is_going_on_shows_what_it_has_come_to(clock, pages, cart, order, dwell):
    then = Records(hand_made()).as_of(f"2024-01-01 {clock}")
    session = then.sessions.iloc[0]
    assert (session["pages"], session["cart"], session["order_id"]) == (pages, cart, order)
    assert then.page_views["dwell_seconds"].tolist() == dwell
    then.check()


def test_now_itself_is_not_seen():
    records = Records(hand_made())
    assert len(records.as_of("2024-01-01 12:05:00").orders) == 0
    assert len(records.as_of("2024-01-01 12:05:01").orders) == 1
    assert len(records.as_of("2024-01-01 12:00:00").sessions) == 0
    assert len(records.as_of("2024-01-01 12:00:00").page_views) == 0


def test_an_order_that_is_not_held_is_blanked_until_the_session_is_over():
    tables = hand_made()
    del tables["orders"]
    records = Records(tables)
    assert records.as_of("2024-01-01 12:05:59").sessions["order_id"].tolist() == [0]
    assert records.as_of("2024-01-01 12:06:00").sessions["order_id"].tolist() == [5]


@pytest.mark.parametrize(
    "when",
    [
        1,
        np.int16(1),
        "2024-01-08",
        "2024-01-08T01:00+01:00",
        pd.Timestamp("2024-01-08"),
        pd.Timestamp("2024-01-08", tz="UTC"),
        np.datetime64("2024-01-08"),
        pd.Timestamp("2024-01-08").date(),
        pd.Timestamp("2024-01-07 23:59:59.5"),
    ],
)
def test_a_moment_can_be_given_in_many_ways(records, when):
    then = records.as_of(when)
    assert then.now == EPOCH + np.timedelta64(7, "D")
    same(then.orders, records.orders[records.orders["ordered_at"] < "2024-01-08"])


def test_weeks_can_be_counted_from_another_clock(records):
    assert records.as_of(1, clock="1997-01-01").now == np.datetime64("1997-01-08")


@pytest.mark.parametrize(
    ("when", "message"),
    [
        (19970930, r"week number in \[0, 100000\), got 19970930. Write a date as text"),
        (-1, "got -1"),
        ("soon", "must be a week number or a time such as '2024-03-01', got 'soon'"),
        (pd.NaT, "got NaT"),
        (None, "got None"),
        (1.5, "got 1.5"),
        (True, "got True"),
    ],
)
def test_what_is_no_moment_is_refused(records, when, message):
    with pytest.raises(ValueError, match=message):
        records.as_of(when)


def test_a_bad_clock_is_named(records):
    with pytest.raises(ValueError, match="clock must be a time such as .*, got 'noon-ish'"):
        records.as_of(1, clock="noon-ish")


def test_a_child_without_its_parent_is_refused():
    tables = {"order_lines": firm(1)["order_lines"]}
    with pytest.raises(
        ValueError, match="'order_lines' cannot be seen as of then without 'orders'"
    ):
        Records(tables).as_of(1)


def test_as_of_then_builds_nothing_until_asked():
    def never():
        raise AssertionError("nobody asked for this table")

    tables = {**firm(1), "messages": never}
    assert len(Records(tables).as_of(1).orders)


def test_catalogue_and_pools_do_not_change(records):
    then = records.as_of(0)
    same(then.products, records.products)
    same(then.pools, records.pools)
    assert not len(then.orders)
    then.check()


hours = st.integers(0, (WEEKS + 1) * WEEK_SECONDS // 60).map(
    lambda minute: EPOCH + np.timedelta64(minute * 60, "s")
)


@settings(max_examples=12, deadline=None)
@given(seed=seeds, now=hours)
def test_as_of_then_never_shows_what_comes_later(seed, now):
    tables = firm(seed)
    then = Records(tables).as_of(now)
    then.check()
    for name, contract in OBSERVED.items():
        if contract.time and name in tables:
            assert (then[name][contract.time] < now).all()
            if name not in ("sessions", "profiles"):
                held = tables[name]
                same(then[name], held[held[contract.time] < now].reset_index(drop=True))
    assert set(then.order_lines["order_id"]) == set(then.orders["order_id"])
    assert set(then.sessions["order_id"]) <= set(then.orders["order_id"]) | {0}
    begun = then.page_views.groupby("session_id")["dwell_seconds"].agg(["sum", "size"])
    sessions = then.sessions.set_index("session_id")
    assert sessions["pages"].eq(begun["size"]).all()
    ends = sessions["started_at"] + pd.to_timedelta(begun["sum"], unit="s")
    assert (ends <= now).all()


@settings(max_examples=12, deadline=None)
@given(seed=seeds, now=hours)
def test_a_firm_that_has_ended_then_has_the_same_records(seed, now):
    """What comes later leaves no trace: without it, every table as of then is the same."""
    tables = firm(seed)
    cut = dict(tables)
    for name in ("orders", "messages", "responses", "consents", "returns"):
        cut[name] = tables[name][tables[name][OBSERVED[name].time] < now].reset_index(drop=True)
    full, ended = Records(tables).as_of(now), Records(cut).as_of(now)
    for name in full:
        same(full[name], ended[name])


@settings(max_examples=12, deadline=None)
@given(seed=seeds, one=hours, two=hours)
def test_a_view_of_a_view_is_the_view_of_the_earlier_moment(seed, one, two):
    records = Records(firm(seed))
    nested, plain = records.as_of(one).as_of(two), records.as_of(min(one, two))
    assert nested.now == plain.now
    for name in plain:
        same(nested[name], plain[name])


# --- profiles ------------------------------------------------------------------------------


def test_a_profile_is_what_the_events_add_up_to():
    profiles = profiles_of(
        table("customers", customer_id=[1, 2]),
        table(
            "orders",
            order_id=[1, 2],
            customer_id=1,
            value_eur=[0.1, 0.2],
            ordered_at=times("2024-01-03", "2024-01-02"),
        ),
        table(
            "messages",
            message_id=[7, 8, 9],
            customer_id=1,
            channel=["email", "email", "post"],
            sent_at=times("2024-01-04", "2024-01-05", "2024-01-06"),
        ),
        table(
            "responses",
            message_id=[7, 8],
            customer_id=1,
            event=["open", "bounce"],
            at=times("2024-01-04T01", "2024-01-05T01"),
        ),
        table(
            "consents",
            consent_id=[4, 3],
            customer_id=1,
            at=times("2024-01-02", "2024-01-02"),
            status=["opt-out", "opt-in"],
            cap_per_4_weeks=[2, 4],
        ),
    )
    assert profiles.iloc[0].to_dict() == {
        "customer_id": 1,
        "registered_at": pd.Timestamp(EPOCH),
        "consent": "opt-out",
        "cap_per_4_weeks": 2,
        "orders": 2,
        "value_eur": 0.3,
        "last_ordered_at": pd.Timestamp("2024-01-03"),
        "messages": 3,
        "opens": 1,
        "clicks": 0,
        "last_messaged_at": pd.Timestamp("2024-01-06"),
        "last_opened_at": pd.Timestamp("2024-01-04T01"),
        "bounced": True,
    }
    assert profiles.loc[1, ["consent", "cap_per_4_weeks", "orders"]].tolist() == ["none", -1, 0]
    OBSERVED["profiles"].check(profiles)


def test_a_bounce_of_an_earlier_email_is_forgiven():
    sent = table(
        "messages",
        message_id=[7, 8],
        customer_id=1,
        channel="email",
        sent_at=times("2024-01-04", "2024-01-05"),
    )
    back = table("responses", message_id=[7], customer_id=1, event="bounce")
    profiles = profiles_of(table("customers", customer_id=[1]), None, sent, back)
    assert not profiles.loc[0, "bounced"]


def test_ids_of_eighteen_digits_stay_apart():
    big = 10**17
    sent = table(
        "messages",
        message_id=[big + 1, big + 2],
        customer_id=big,
        channel="email",
        sent_at=times("2024-01-04", "2024-01-05"),
    )
    back = table("responses", message_id=[big + 1], customer_id=big, event="bounce")
    profiles = profiles_of(table("customers", customer_id=[big]), None, sent, back)
    assert not profiles.loc[0, "bounced"]


@settings(max_examples=12, deadline=None)
@given(seed=seeds, now=hours, shuffle=seeds)
def test_profiles_agree_with_a_loop_over_customers(seed, now, shuffle):
    tables = firm(seed)
    then = Records(tables).as_of(now)
    same(then.profiles, naive_profiles(then))
    events = [
        then[t].sample(frac=1, random_state=shuffle)
        for t in ("orders", "messages", "responses", "consents")
    ]
    same(profiles_of(then.customers, *events), then.profiles)


def test_unknown_columns_and_customers_are_tolerated():
    tables = firm(3)
    orders = tables["orders"].assign(colour="red")
    stranger = orders.iloc[:1].assign(customer_id=999, order_id=999)
    got = profiles_of(tables["customers"].assign(note=1), pd.concat([orders, stranger]))
    same(got, profiles_of(tables["customers"], tables["orders"]))


def test_no_customers_have_no_profiles():
    same(profiles_of(OBSERVED["customers"].empty()), OBSERVED["profiles"].empty())


# --- sql -----------------------------------------------------------------------------------


def test_sql_joins_tables_and_builds_only_those_that_it_names(records):
    def never():
        raise AssertionError("nobody asked for this table")

    lazy = Records({"orders": records.orders, "customers": records.customers, "messages": never})
    answer = lazy.sql("SELECT count(*) AS n FROM Orders o JOIN customers USING (customer_id)")
    assert answer["n"].tolist() == [40]


def test_sql_says_which_tables_there_are():
    records = Records({"orders": firm(1)["orders"]})
    with pytest.raises(ValueError, match="hold the tables orders"):
        records.sql("select * from messages")
    with pytest.raises(ValueError, match="query must ask for rows"):
        records.sql("")


def test_sql_does_not_reach_for_the_callers_variables():
    records = Records({"orders": firm(1)["orders"]})
    mine = pd.DataFrame({"x": [1]})  # noqa: F841
    with pytest.raises(ValueError, match="mine"):
        records.sql("select * from mine")

"""One person, several records: whose they are, what stands on them, and what links do."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.chance import Chance
from crmlab.market.identity import mistype
from crmlab.market.run import run_market, simulate
from crmlab.policy import Actions, Decision, Rule, Standing

CLEAN = crm.scenario("retail")
MESSY = CLEAN.replace(duplicate_share=0.5, record_errors=1.0, household_share=0.4)
ASKED = MESSY.replace(optin_at_registration=0.97, privacy_pull=0.0)
FIELDS = ["first_name", "last_name", "email", "phone", "street", "postcode", "city", "birth_year"]


@pytest.fixture(scope="module")
def run():
    return simulate(MESSY, 2_000, 60, 7)


def write_to_all(links=None):
    """A weekly newsletter to every record, with what the firm believes of who is who."""

    def policy(view):
        ids = view.column("customers", "customer_id")
        return Decision(Actions(ids), Standing(links=links))

    return policy


def as_links(identity):
    """The truth as links."""
    return identity.rename(columns={"person_id": "golden_id"})


def test_people_and_luck_are_the_same_with_and_without_duplicates(run):
    """The same orders at the same second; only the record that they go under differs."""
    plain = simulate(CLEAN, 2_000, 60, 7)

    def by_person(r):
        orders = r.records.orders.merge(r.truth.identity, on="customer_id")
        columns = ["person_id", "ordered_at", "value_eur", "margin_eur"]
        return orders[columns].sort_values(columns, ignore_index=True)

    pd.testing.assert_frame_equal(by_person(run), by_person(plain))
    pd.testing.assert_frame_equal(run.ledger, plain.ledger)


def test_about_as_many_have_several_records_as_the_scenario_says(run):
    """Of those who order often enough to use them."""
    busy = run.records.orders.merge(run.truth.identity)["person_id"].value_counts()
    records = run.truth.identity["person_id"].value_counts()
    share = (records[busy.index[busy > 15]] > 1).mean()
    assert share == pytest.approx(0.5, abs=0.15)
    assert records.max() <= 8
    assert len(run.records.customers) == len(run.truth.identity) > 2_000


def test_every_person_is_known_and_every_record_is_somebodys(run):
    assert set(run.truth.identity["person_id"]) == set(run.truth.people["person_id"])
    ids = set(run.truth.identity["customer_id"])
    for table in ("orders", "sessions", "messages", "consents", "profiles", "customers"):
        assert set(run.records[table]["customer_id"]) <= ids


def test_numbers_of_events_do_not_tell_whose_records_belong_together(run):
    """An order's number begins with the record that it stands under."""
    orders = run.records.orders
    assert (orders["order_id"] // 10**8 == orders["customer_id"]).all()
    with_order = run.records.sessions.query("order_id > 0")
    assert (with_order["order_id"] // 10**8 == with_order["customer_id"]).all()


def test_no_record_is_used_before_it_is_opened(run):
    opened = run.records.customers.set_index("customer_id")["registered_at"]
    first = run.records.orders.groupby("customer_id")["ordered_at"].min()
    assert (first == opened[first.index]).all()


def test_the_firms_counts_are_per_record(run):
    profiles = run.records.profiles.set_index("customer_id")
    orders = run.records.orders.groupby("customer_id")
    assert (orders.size() == profiles["orders"][orders.size().index]).all()
    total = orders["value_eur"].sum()
    np.testing.assert_allclose(total, profiles["value_eur"][total.index], atol=0.005)


def test_what_a_policy_sees_is_what_the_records_show_as_of_then():
    seen = {}

    def watching(view):
        if view.week == 25:
            seen.update({t: view.frame(t) for t in ("customers", "profiles", "orders")})
        return Decision(
            Actions(view.column("customers", "customer_id")),
            Standing(rules=(Rule("lapsed", lapse_weeks=6), Rule("order"))),
        )

    run = simulate(ASKED, 300, 40, 5, watching)
    then = run.records.as_of(25)
    for table, frame in seen.items():
        now = then[table].sort_values(frame.columns[0], ignore_index=True)
        before = frame.sort_values(frame.columns[0], ignore_index=True)
        pd.testing.assert_frame_equal(before, now[before.columns], check_like=True)


def test_any_partition_gives_the_same_bytes():
    def in_blocks(block):
        root = Chance(3)
        people, luck = root.split("people"), root.split("luck")
        return run_market(ASKED, 200, 20, 3, people, luck, write_to_all(), block=block)

    whole, part = in_blocks(65_536), in_blocks(7)
    for name in whole.records:
        pd.testing.assert_frame_equal(whole.records[name], part.records[name], check_exact=True)
    for name in whole.truth.tables()["table"]:
        pd.testing.assert_frame_equal(whole.truth[name], part.truth[name], check_exact=True)


def test_people_won_from_a_pool_have_duplicates_too():
    def policy(view):
        return Actions([1], "acquire", "pool", spend_eur=300.0)

    run = simulate(MESSY.replace(pool_conversion=(0.5, 0.05, 0.1, 0.06)), 50, 52, 3, policy)
    won = run.truth.people.query("pool_id == 1")["person_id"]
    records = run.truth.identity[run.truth.identity["person_id"].isin(won)]
    assert len(records) > len(won) > 100


def test_streaming_keeps_all_records(tmp_path):
    held = simulate(MESSY, 200, 20, 3)
    streamed = simulate(MESSY, 200, 20, 3, out=tmp_path / "run")
    for table in ("customers", "profiles", "orders"):
        pd.testing.assert_frame_equal(streamed.records[table], held.records[table])


# --- what stands on the records ---------------------------------------------------------------


def test_without_errors_records_of_one_person_differ_only_by_moving_and_mail():
    run = simulate(
        MESSY.replace(record_errors=0.0, moved_rate=0.0, email_change_rate=0.0), 500, 60, 7
    )
    cards = run.records.customers.merge(run.truth.identity)
    different = cards.groupby("person_id")[FIELDS].nunique()
    assert different.max().tolist() == [1] * len(FIELDS)


def test_errors_come_at_their_rates(run):
    clean = simulate(MESSY.replace(record_errors=0.0), 2_000, 60, 7).records.customers
    dirty = run.records.customers
    assert clean["customer_id"].equals(dirty["customer_id"])
    changed = {name: (clean[name] != dirty[name]).mean() for name in FIELDS}
    typing = MESSY.typo_rate * (0.7 + 0.2 + 0.1 * 2)
    assert changed["last_name"] == pytest.approx(typing, abs=0.02)
    short = dirty["first_name"].str.fullmatch(r".\.").mean()
    assert short == pytest.approx(MESSY.short_name_rate, abs=0.03)
    by_source = (dirty["email"] == "").groupby(dirty["source"], observed=True).mean()
    assert by_source["shop"] > by_source["web"]
    assert (dirty["birth_year"] == 0).mean() == pytest.approx(MESSY.missing_rate, abs=0.02)
    shares = dirty["source"].value_counts(normalize=True)[["web", "shop", "call centre"]]
    np.testing.assert_allclose(shares, MESSY.source_share, atol=0.04)


def test_households_share_name_and_home_and_some_share_the_mail():
    run = simulate(CLEAN.replace(household_share=0.4), 2_000, 20, 7)
    people = run.truth.people
    size = people.groupby("household_id")["person_id"].transform("size")
    assert (size > 1).mean() == pytest.approx(0.4, abs=0.05)
    assert size.max() == 2
    cards = run.records.customers.merge(run.truth.identity).merge(people)
    together = cards[cards.groupby("household_id")["person_id"].transform("size") > 1]
    homes = together.groupby("household_id")
    different = homes[["last_name", "street", "postcode", "phone"]].nunique()
    assert different.max().tolist() == [1, 1, 1, 1]
    assert homes["first_name"].nunique().mean() > 1.9
    shared = 2 - homes["email"].nunique().mean()
    assert shared == pytest.approx(CLEAN.shared_email_share, abs=0.08)


def test_every_scenario_without_identity_has_one_web_record_a_person():
    run = simulate("retail", 100, 10, 7)
    assert run.truth.identity["person_id"].is_unique
    assert (run.records.customers["source"] == "web").all()
    assert (run.truth.people["household_id"] == run.truth.people["person_id"]).all()


def test_slips_of_the_fingers_by_hand():
    assert mistype("ab", 0.5, 0.1) == "ab"
    assert mistype("12345", 0.3, 0.0) == "12045"
    slips = {mistype("hammer", w, k) for w in np.linspace(0, 1, 9) for k in np.linspace(0, 0.99, 9)}
    assert all(abs(len(slip) - 6) <= 1 for slip in slips)
    assert "hammer" in slips or len(slips) > 10


# --- what links do ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def truth():
    return simulate(ASKED, 400, 20, 9, write_to_all()).truth


def messages_a_week(run, identity):
    """How many messages each of these people got in each week, under these records."""
    sent = run.records.messages.merge(identity, on="customer_id")
    week = (sent["sent_at"] - pd.Timestamp("2024-01-01")).dt.days // 7
    return sent.groupby([sent["person_id"], week]).size()


def test_without_links_people_with_two_records_get_two_letters(truth):
    run = simulate(ASKED, 400, 20, 9, write_to_all())
    assert messages_a_week(run, truth.identity).max() > 1


def test_true_links_write_once(truth):
    run = simulate(ASKED, 400, 20, 9, write_to_all(as_links(truth.identity)))
    assert messages_a_week(run, truth.identity).max() == 1
    assert "the same customer by the firm's links" in set(run.records.refusals["reason"])


def test_a_link_too_many_silences_somebody(truth):
    """Everybody is taken for one customer: one letter a week in all."""
    all_one = truth.identity.assign(golden_id=1)[["customer_id", "golden_id"]]
    run = simulate(ASKED, 400, 20, 9, write_to_all(all_one))
    weeks = (run.records.messages["sent_at"] - pd.Timestamp("2024-01-01")).dt.days // 7
    assert weeks.value_counts().median() == 1


def test_an_objection_on_one_record_counts_for_all_that_are_linked():
    noisy = ASKED.replace(unsubscribe_rate=0.05)
    alone = simulate(noisy, 400, 20, 9, write_to_all())
    known = alone.truth.identity
    linked = simulate(noisy, 400, 20, 9, write_to_all(as_links(known)))
    for run, allowed in ((linked, False), (alone, True)):
        out = run.records.consents.query("status == 'opt-out'").merge(known)
        first = out.groupby("person_id")["at"].min()
        later = run.records.messages.merge(known, on="customer_id")
        written = later["sent_at"] > later["person_id"].map(first) + pd.Timedelta(days=7)
        assert written.any() == allowed


def test_linked_records_are_asked_for_permission_once():
    """The second question to the same believed customer in a week is refused."""
    shy = MESSY.replace(optin_at_registration=0.01, ask_acceptance=0.0)
    links = as_links(simulate(shy, 300, 8, 9).truth.identity)

    def asking(view):
        ids = view.column("customers", "customer_id")
        return Decision(Actions(ids, kind="ask_consent"), Standing(links=links))

    asked = simulate(shy, 300, 8, 9, asking).ledger.query("cause == 'asking for consent'")
    alone = simulate(shy, 300, 8, 9, lambda v: Actions(
        v.column("customers", "customer_id"), kind="ask_consent"
    )).ledger.query("cause == 'asking for consent'")  # fmt: skip
    assert 0 < asked["rows"].sum() < alone["rows"].sum()


def test_links_may_leave_records_out_and_must_name_none_twice(truth):
    few = as_links(truth.identity).head(10)
    simulate(ASKED, 400, 4, 9, write_to_all(few))
    with pytest.raises(ValueError, match="links must name each customer_id once"):
        Standing(links=pd.concat([few, few]))
    with pytest.raises(ValueError, match="columns customer_id and golden_id; 'golden_id'"):
        Standing(links=few[["customer_id"]])

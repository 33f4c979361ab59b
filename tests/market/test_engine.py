"""What must hold of a run, whatever is in it."""

import numpy as np
import pandas as pd
import pytest

from crmlab.chance import Chance
from crmlab.market.packs import DESK, SERVING, VOICES, firm, scenario
from crmlab.market.run import run_market, simulate
from crmlab.policy import Actions, Configurator, Decision, PageRule, PolicyError, Rule, Standing
from crmlab.tables import BEHAVIOUR, PEOPLE_TABLES, TRUTH

ALL_RULES = (
    Rule("cart abandoned", reminders=2, offer_eur=2.0),
    Rule("first order", delay_minutes=60),
    Rule("lapsed", kind="conversion", lapse_weeks=6, offer_eur=5.0),
)


def weekly(view):
    """A newsletter to everybody, every week."""
    return Actions(view.column("customers", "customer_id"))


def everything(view):
    """All that can be done: messages, asking, offers, questions, care, pools, leads, rules."""
    ids = view.column("customers", "customer_id")
    actions = [
        Actions(ids, product_id=5, offer_eur=1.0),
        Actions(ids, kind="ask_consent", offer_eur=1.0),
        Actions([1, 3], "acquire", "pool", spend_eur=20.0),
        Actions(ids[:20], kind="conversion", channel="post"),
        Actions(ids[:60], kind="ask_need"),
        Actions(ids[20:50], kind="care", spend_eur=1.5),
        Actions([2], "generate_leads", "pool", spend_eur=20.0),
        Actions(view.column("leads", "lead_id")[-9:], "work_lead", "lead"),
    ]
    standing = Standing(rules=ALL_RULES, page=PageRule(), configurator=Configurator(True))
    return Decision(Actions.concat(actions), standing)


FULL = scenario("retail").replace(**SERVING, **VOICES, **DESK, firm=firm(), rival_rate=0.02)
"""A market in which every table has rows but `notices`, which belongs to contracts."""


TRUE_TABLES = [name for name in TRUTH if not name.startswith("account")]


def same(one, other, tables=PEOPLE_TABLES):
    """Every table of two runs is equal to the byte."""
    for name in tables:
        pd.testing.assert_frame_equal(one.records[name], other.records[name], check_exact=True)


def in_blocks(block):
    """The same busy market, stepped in blocks of this size."""
    root = Chance(3)
    return run_market(
        FULL,
        300,
        30,
        3,
        root.split("people"),
        root.split("luck"),
        everything,
        block=block,
    )


def test_any_partition_of_the_customers_gives_the_same_bytes():
    """Blocks are a matter of memory, not of the result."""
    whole = in_blocks(65_536)
    assert len(whole.records.redemptions) and len(whole.records.refusals)
    for block in (1, 7, 100):
        part = in_blocks(block)
        same(whole, part)
        for name in TRUE_TABLES:
            pd.testing.assert_frame_equal(whole.truth[name], part.truth[name], check_exact=True)
        pd.testing.assert_frame_equal(whole.ledger, part.ledger)


def test_the_same_seed_gives_the_same_run_and_another_seed_another():
    """A run is a function of its arguments."""
    one, two = (simulate(FULL, 200, 20, 5, everything) for _ in range(2))
    same(one, two)
    other = simulate("retail", 200, 20, 6, everything)
    assert not one.records.orders.equals(other.records.orders)


def test_every_table_keeps_its_contract():
    """Columns, dtypes and keys are those of tables.py."""
    run = simulate(FULL, 300, 40, 2, everything)
    run.records.check()
    for name in TRUE_TABLES:
        TRUTH[name].check(run.truth[name])
    assert [name for name in PEOPLE_TABLES if not len(run.records[name])] == ["notices"]


def test_in_the_null_market_no_policy_changes_behaviour():
    """Behaviour tables are identical under any two policies."""
    quiet = simulate("retail/null", 400, 40, 4)
    for policy in (weekly, everything):
        same(quiet, simulate("retail/null", 400, 40, 4, policy), BEHAVIOUR)


@pytest.mark.parametrize("process", ["pareto/nbd", "bg/nbd", "regular", "bg/bb"])
def test_treating_half_the_base_leaves_the_other_half_alone(process):
    """With the shared reputation switched off, no byte of the untreated changes."""
    sc = scenario("retail").replace(reputation_effect=0.0, process=process)
    quiet = simulate(sc, 400, 52, 9)
    half = set(quiet.records.customers["customer_id"][::2])

    def on_half(view):
        ids = view.column("customers", "customer_id")
        ids = ids[np.isin(ids, list(half))]
        return Actions.concat([Actions(ids), Actions(ids, kind="ask_consent", offer_eur=3.0)])

    busy = simulate(sc, 400, 52, 9, on_half)
    changed = 0
    for name in ("customers", "profiles", "orders", "sessions", "consents", "messages"):
        a, b = quiet.records[name], busy.records[name]
        rest_a, rest_b = (f[~f["customer_id"].isin(half)].reset_index(drop=True) for f in (a, b))
        pd.testing.assert_frame_equal(rest_a, rest_b, check_exact=True)
        changed += not a.equals(b)
    assert changed >= 4
    lines = [r.records.order_lines for r in (quiet, busy)]
    rest = [r[~(r["order_id"] // 10**8).isin(half)].reset_index(drop=True) for r in lines]
    pd.testing.assert_frame_equal(*rest, check_exact=True)


def test_the_policy_sees_what_the_records_say_as_of_then():
    """What is shown in a week is the as-of view of the finished records."""
    seen = {}

    def watch(view):
        if view.week in (7, 23):
            seen[view.week] = {name: view.frame(name) for name in PEOPLE_TABLES}
        return everything(view)

    run = simulate(FULL, 150, 30, 8, watch)
    for week, frames in seen.items():
        past = run.records.as_of(week)
        for name in PEOPLE_TABLES:
            if name == "customers":  # people won later are not known yet
                assert set(frames[name]["customer_id"]) == set(past[name]["customer_id"])
            pd.testing.assert_frame_equal(
                frames[name].reset_index(drop=True),
                past[name].reset_index(drop=True),
                obj=f"{name} in week {week}",
            )


def test_customer_ids_tell_nothing_of_the_order_of_people():
    """Record keys are shuffled against the truth."""
    identity = simulate("retail", 2_000, 12, 1).truth.identity
    assert identity["customer_id"].is_unique
    assert abs(identity.corr(method="spearman").iloc[0, 1]) < 0.08


def test_a_message_without_consent_to_a_stranger_or_beyond_budget_is_refused():
    """Refusals stand in the ledger and in a table, with the reason."""

    def careless(view):
        ids = view.column("customers", "customer_id")
        return Actions.concat([Actions(ids), Actions([123]), Actions([0], "paint", "firm")])

    run = simulate("retail", 500, 10, 1, careless, budget_eur=0.2)
    reasons = set(run.records.refusals["reason"])
    assert reasons == {
        "no consent",
        "unknown target",
        "beyond the budget",
        "nothing in this market does that",
    }
    spent = run.ledger.query("cause == 'messages by email'")["eur"]
    assert spent.min() >= -0.2 - 1e-9
    assert set(run.ledger["cause"]) >= {f"refused: {r}" for r in reasons}
    consent = run.records.consents.groupby("customer_id")["at"].min()
    sent = run.records.messages
    assert (sent["sent_at"] > sent["customer_id"].map(consent)).all()


def test_an_opted_out_customer_gets_no_more_email():
    """After the last withdrawal nothing is sent."""
    run = simulate("retail", 800, 60, 1, weekly)
    out = run.records.consents.query("status == 'opt-out'").groupby("customer_id")["at"].max()
    last = run.records.messages.groupby("customer_id")["sent_at"].max()
    both = pd.concat([out, last], axis=1, join="inner")
    assert len(both) > 5
    assert (both["sent_at"] < both["at"]).all()


def test_money_adds_up():
    """The ledger's gross margin is that of the orders; profit is the ledger's sum."""
    run = simulate("retail", 300, 40, 2, everything)
    by_cause = run.ledger.groupby("cause")["eur"].sum()
    assert by_cause["gross margin"] == pytest.approx(run.records.orders["margin_eur"].sum())
    assert by_cause["returns"] == pytest.approx(-run.records.returns["margin_eur"].sum())
    assert by_cause["offers redeemed"] == pytest.approx(-run.records.redemptions["offer_eur"].sum())
    lines = run.records.order_lines.groupby("order_id")[["value_eur", "margin_eur"]].sum()
    orders = run.records.orders.set_index("order_id").sort_index()
    assert np.allclose(lines["value_eur"], orders["value_eur"])
    assert np.allclose(lines["margin_eur"], orders["margin_eur"])
    assert run.profit == pytest.approx(by_cause.sum())


def test_streaming_to_disk_gives_the_same_tables(tmp_path):
    """out= changes where the tables live, not what they hold."""
    kept = simulate(FULL, 200, 30, 6, everything)
    streamed = simulate(FULL, 200, 30, 6, everything, out=tmp_path / "run")
    same(kept, streamed)
    assert not (tmp_path / "run.partial").exists()


def test_an_interrupted_stream_leaves_nothing_behind(tmp_path):
    """A policy that fails in mid-run leaves no folder that looks whole."""

    def bad(view):
        if view.week == 5:
            raise KeyboardInterrupt
        return weekly(view)

    with pytest.raises(KeyboardInterrupt):
        simulate("retail", 50, 30, 6, bad, out=tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (lambda view: 1 / 0, "ZeroDivisionError in week 0"),
        (lambda view: "mail them", "must return Actions"),
        (lambda view: Actions([1.5]), "whole numbers, got 1.5"),
        (lambda view: Actions([1], offer_eur=np.nan), "offer_eur must be finite"),
        (lambda view: Actions([1], minute=20_000), "minute must be in"),
        (lambda view: pd.DataFrame({"who": [1]}), "a column of the actions"),
    ],
)
def test_rubbish_from_a_policy_is_explained(policy, words):
    """The error names the policy's mistake and the week."""
    with pytest.raises(PolicyError, match=words):
        simulate("retail", 20, 3, 1, policy)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"customers": 0}, ValueError, "customers must be between"),
        ({"customers": 2.5}, TypeError, "customers must be a whole number"),
        ({"weeks": -1}, ValueError, "weeks must be between"),
        ({"seed": "seven"}, TypeError, "seed must be a whole number"),
        ({"budget_eur": -5}, ValueError, "budget_eur must be None or a finite number"),
        ({"budget_eur": float("nan")}, ValueError, "budget_eur"),
        ({"policy": 5}, TypeError, "policy must be None, a function"),
        ({"scenario": "retial"}, ValueError, "Did you mean 'retail/textbook'"),
    ],
)
def test_bad_arguments_are_named_and_quoted(arguments, error, words):
    """The message that a student sees."""
    with pytest.raises(error, match=words):
        simulate(**{"scenario": "retail", "customers": 10, "weeks": 2, "seed": 1} | arguments)


def test_a_streaming_run_can_be_looked_at_while_it_goes_on(tmp_path):
    """A policy that reads tables on the way sees, and leaves, the same as in memory."""
    seen = {"memory": [], "disk": []}

    def watching(where):
        def policy(view):
            if view.week % 10 == 9:
                seen[where].append(view.frame("orders"))
            return everything(view)

        return policy

    kept = simulate(FULL, 100, 31, 6, watching("memory"))
    streamed = simulate(FULL, 100, 31, 6, watching("disk"), out=tmp_path / "run")
    for one, other in zip(*seen.values(), strict=True):
        pd.testing.assert_frame_equal(one, other)
    same(kept, streamed)
    for name in TRUE_TABLES:
        pd.testing.assert_frame_equal(kept.truth[name], streamed.truth[name])
        assert (tmp_path / "run" / "truth" / f"{name}.parquet").exists()
    assert not list((tmp_path / "run").glob("true_*"))


def test_a_reminder_is_dropped_once_the_person_has_ordered():
    """No message of a careful rule follows an order that came after its event."""
    rule = Rule("cart abandoned", reminders=3, reminder_minutes=600)
    run = simulate("retail", 3_000, 30, 3, lambda view: Standing(rules=(rule,)))
    sent = run.records.messages
    first = sent[sent["cell"] == 100].rename(columns={"sent_at": "first_at"})
    later = sent[sent["cell"] > 100].merge(first[["customer_id", "first_at"]], on="customer_id")
    wait = pd.to_timedelta(10 * (later["cell"] - 100), unit="h")
    later = later[later["sent_at"] - later["first_at"] == wait]
    orders = run.records.orders[["customer_id", "ordered_at"]]
    pairs = later.merge(orders, on="customer_id")
    between = (pairs["ordered_at"] > pairs["first_at"]) & (pairs["ordered_at"] < pairs["sent_at"])
    assert len(later) > 1_000
    assert between.sum() == 0
    assert (run.records.sessions["order_id"] % 10_000 >= 900).sum() > 20  # carts won back


def test_who_withdraws_on_the_first_message_gets_no_second_in_the_week():
    """Two e-mails to everybody, every week."""

    def twice(view):
        ids = view.column("customers", "customer_id")
        return Actions.concat([Actions(ids, minute=0), Actions(ids, minute=5_000)])

    run = simulate("retail", 1_500, 30, 3, twice)
    out = run.records.consents.query("status == 'opt-out'").groupby("customer_id")["at"].max()
    last = run.records.messages.groupby("customer_id")["sent_at"].max()
    both = pd.concat([out, last], axis=1, join="inner")
    monday = both["at"].dt.floor("D") - pd.to_timedelta(both["at"].dt.day_of_week, unit="D")
    assert len(both) > 30
    assert (both["sent_at"] <= np.maximum(both["at"], monday)).all()

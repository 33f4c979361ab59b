"""Deliveries, cases, the queue of the desk, and what it does to customers."""

import numpy as np
import pandas as pd
import pytest

from crmlab.chance import Chance
from crmlab.market.packs import DESK, firm, scenario
from crmlab.market.run import run_market, simulate
from crmlab.market.shifts import Shift
from crmlab.policy import Actions, Decision, Queue, Standing
from crmlab.tables import CASE_CAUSES, EPOCH, PEOPLE_TABLES

SHOP = scenario("retail").replace(intake_weeks=26, **DESK)
ABLE = SHOP.replace(wait_weight=0.0, answer_quality=1.0)


def staffed(agents=None, discipline="first come, first served", routing="any"):
    """A firm that does nothing but hire."""
    return lambda view: Standing(queue=Queue(discipline, routing, agents))


def rounds(run):
    """One row a case: opened, taken up, answered (seconds), and the agent; those answered only."""
    cases = run.records.cases.merge(run.truth.cases, on="case_id")
    done = run.records.interactions.query("contact == 'answered'")
    table = cases.merge(done[["case_id", "at", "agent"]], on="case_id")
    opened = (table["opened_at"].to_numpy() - EPOCH).astype(np.int64)
    table["opened_s"] = opened
    table["begun_s"] = opened + np.rint(60 * table["wait_minutes"]).astype(np.int64)
    table["done_s"] = (table["at"].to_numpy() - EPOCH).astype(np.int64)
    return table


def test_one_agent_serves_in_turn_and_in_working_hours_only():
    """First come, first served with one agent: Lindley's recursion on the agent's own clock."""
    patient = SHOP.replace(patience_median_minutes=1e5, closed_early=0.0, chase_opens_case=0.0)
    table = rounds(simulate(patient, 1_500, 20, 3, staffed(1))).sort_values(["begun_s", "opened_s"])
    assert len(table) > 100
    assert table["opened_s"].is_monotonic_increasing
    shift, free = Shift(0, SHOP.shift_hours), 0
    for case in table.itertuples():
        assert case.begun_s == shift.next(max(case.opened_s, free))
        free = shift.next(case.done_s)


def test_more_agents_make_waiting_shorter():
    """A second and a third agent take waiting away, and are paid for."""
    runs = [simulate(SHOP, 3_000, 30, 3, staffed(n)) for n in (1, 2, 4)]
    waits = [run.truth.cases["wait_minutes"].mean() for run in runs]
    assert waits[0] > waits[1] > waits[2]
    paid = [run.ledger.query("cause == 'service desk'")["eur"].sum() for run in runs]
    assert paid == [paid[0] * n for n in (1, 2, 4)]
    assert paid[0] == pytest.approx(-30 * 5 * SHOP.shift_hours * SHOP.agent_hour_eur)


def test_priority_lets_complaints_pass():
    """Complaints wait less than questions; in order of arrival they wait as long."""
    crowd = SHOP.replace(patience_median_minutes=1e4, handling_minutes=75.0)

    def mean_waits(discipline):
        table = rounds(simulate(crowd, 3_000, 30, 3, staffed(1, discipline)))
        table = table[table["channel"] != "phone"]
        return table.groupby("kind", observed=True)["wait_minutes"].mean()

    fifo, urgent = mean_waits("first come, first served"), mean_waits("priority")
    assert urgent["complaint"] < 0.6 * fifo["complaint"]
    assert urgent["enquiry"] > fifo["enquiry"]
    assert fifo["complaint"] == pytest.approx(fifo["enquiry"], rel=0.25)


def test_by_skill_agents_answer_their_own_subject():
    """With routing by skill more cases meet their specialist, and more are solved."""
    runs = {r: simulate(SHOP, 6_000, 30, 3, staffed(3, routing=r)) for r in ("any", "skill")}
    own = {}
    for routing, run in runs.items():
        table = rounds(run)
        subject = (table["agent"] - 1) % len(CASE_CAUSES)
        own[routing] = (subject == table["cause"].cat.codes).mean()
    assert own["skill"] > own["any"] + 0.15
    solved = {routing: run.truth.cases["solved"].mean() for routing, run in runs.items()}
    assert solved["skill"] > solved["any"]


def test_nobody_waits_on_the_phone_beyond_patience():
    """Callers hang up; those who write turn away later, and are not angry sooner."""
    run = simulate(SHOP, 3_000, 30, 3, staffed(1))
    truth = run.truth.cases
    channel = run.records.cases.set_index("case_id")["channel"].reindex(truth["case_id"])
    ratio = (truth["wait_minutes"] / truth["patience_minutes"]).to_numpy()
    phone = (channel == "phone").to_numpy()
    assert ratio[phone].max() <= 1 + 1e-3
    assert ratio[~phone].max() <= SHOP.gives_up_after + 1e-3
    assert truth.loc[~truth["solved"], "satisfaction"].eq(0).all()


def test_late_deliveries_are_complained_of_after_the_promise():
    """Who complains of a late delivery does so when it is late; the worst partner has most."""
    run = simulate(SHOP, 4_000, 40, 3)
    sent = run.records.deliveries.assign(late=lambda d: d["delivered_at"] > d["promised_at"])
    late = sent.groupby("partner", observed=True)["late"].mean()
    assert np.allclose(late, SHOP.late_share, atol=0.02)
    first = run.records.cases.query(
        "cause == 'delivery' and kind == 'complaint' and not follows_id"
    )
    first = first.merge(sent[["order_id", "promised_at", "late"]], on="order_id")
    due = first[first["late"]]
    assert (due["opened_at"] > due["promised_at"]).all()
    assert len(due) / sent["late"].sum() == pytest.approx(SHOP.late_complaint, abs=0.06)


def test_bad_service_costs_customers_and_good_service_none():
    """The same customers under a desk that solves all, one that solves nothing, and none."""
    fast = {"handling_minutes": 0.1, "customers_per_agent": 200.0}
    left = {}
    for name, market in {
        "good": ABLE.replace(case_trust=0.0, **fast),
        "none": scenario("retail").replace(intake_weeks=26),
        "bad": ABLE.replace(answer_quality=0.0, specialist_gain=0.0, **fast),
    }.items():
        left[name] = simulate(market, 2_000, 52, 3).truth.people.set_index("person_id")["left_at"]
    far = np.datetime64("2100-01-01")
    good, none, bad = (left[n].fillna(far) for n in ("good", "none", "bad"))
    calm = good == none  # only callers outside patience feel anything
    assert calm.mean() > 0.97
    assert (bad <= none).all() and (bad < none).mean() > 0.1


def test_where_nobody_reacts_bad_service_changes_nobody():
    """In the null market orders are the same with the best and the worst desk."""
    quiet = scenario("retail/null").replace(intake_weeks=26, **DESK)
    best, worst = (
        simulate(quiet.replace(answer_quality=q), 800, 30, 3).records.orders for q in (1.0, 0.0)
    )
    pd.testing.assert_frame_equal(best, worst, check_exact=True)


def test_a_case_is_the_same_under_another_decision():
    """Another queue changes when cases are answered, not what comes up."""
    one, other = (simulate(SHOP, 800, 20, 3, staffed(n)).records.cases for n in (1, 3))
    first = ["case_id", "cause", "kind", "channel", "opened_at"]
    shared = one[one["follows_id"] == 0].merge(
        other[other["follows_id"] == 0], on="case_id", suffixes=("", "_other")
    )
    assert len(shared) > 0.95 * (one["follows_id"] == 0).sum()
    by_hand = shared[shared["channel"] != "phone"]
    for name in first[1:]:
        assert (by_hand[name].astype(str) == by_hand[f"{name}_other"].astype(str)).all()


def test_any_partition_gives_the_same_bytes():
    """With a desk and an imperfect firm too."""
    market = SHOP.replace(firm=firm(), duplicate_share=0.3)

    def busy(view):
        return Decision(
            Actions(view.column("profiles", "customer_id"), product_id=5),
            Standing(queue=Queue("value", "skill", 2)),
        )

    def in_blocks(block):
        root = Chance(3)
        people, luck = root.split("people"), root.split("luck")
        return run_market(market, 200, 25, 3, people, luck, busy, block=block)

    whole, part = in_blocks(65_536), in_blocks(7)
    for name in whole.records:
        pd.testing.assert_frame_equal(whole.records[name], part.records[name], check_exact=True)
    for name in whole.truth.tables()["table"]:
        pd.testing.assert_frame_equal(whole.truth[name], part.truth[name], check_exact=True)
    assert whole.ledger.equals(part.ledger)


def test_other_departments_see_contacts_late_or_at_once():
    """What a policy is shown of the desk is what the records show as of then."""
    for delay in (0.0, 3.0):
        market, seen = SHOP.replace(sharing_delay_weeks=delay, firm=firm()), {}

        def watch(view, seen=seen):
            if view.week == 20:
                seen.update({name: view.frame(name) for name in PEOPLE_TABLES})
            return None

        run = simulate(market, 400, 26, 3, watch)
        cases = run.records.cases
        lag = cases["known_at"] - cases["opened_at"]
        assert (lag >= pd.Timedelta(weeks=delay)).all()
        then = run.records.as_of(20)
        for name in ("cases", "interactions", "surveys", "deliveries", "copies", "routines"):
            pd.testing.assert_frame_equal(seen[name], then[name], obj=name)


def test_messages_are_held_back_during_a_complaint():
    """An able firm holds back what would hurt; one whose channels are apart does not."""
    crowd = SHOP.replace(handling_minutes=60.0, patience_median_minutes=100.0)

    def weekly(view):
        return Actions(view.agreed())

    able = simulate(crowd, 3_000, 40, 3, weekly)
    apart = simulate(crowd.replace(complaint_ignored=1.0), 3_000, 40, 3, weekly)
    held = "held back during a complaint"
    assert (able.records.refusals["reason"] == held).sum() > 10
    assert not (apart.records.refusals["reason"] == held).any()
    assert apart.truth.people["grudge"].sum() > able.truth.people["grudge"].sum()


def test_a_queue_says_what_is_wrong_with_it():
    """As a student meets it."""
    with pytest.raises(TypeError, match="agents must be a whole number"):
        Queue(agents=1.5)
    with pytest.raises(ValueError, match="discipline must be one of"):
        Queue("last come")

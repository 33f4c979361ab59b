"""Questions, care, what was taught and the rival, configurators, and leads."""

import numpy as np
import pytest

from crmlab.market.packs import scenario
from crmlab.market.run import simulate
from crmlab.policy import Actions, Configurator, Decision, Standing
from crmlab.tables import CATEGORIES

OPEN = scenario("retail").replace(
    optin_at_registration=1.0, privacy_pull=0.0, address_decay_per_year=0.0, answer_slips=0.0
)
NEEDS = [f"need_{c}" for c in CATEGORIES]


def ask_in_week_14(number):
    """Everybody who has agreed gets so many questions at once, in one week."""

    def policy(view):
        if view.week == 14:
            return Actions(np.repeat(view.agreed(), number), "ask_need")
        return None

    return policy


def answers(market, policy, customers=4_000):
    """The questions of a run, with the needs of those who were asked."""
    run = simulate(market, customers, 16, 5, policy)
    people = run.truth.people.merge(run.truth.identity)
    return run.records.questions.merge(people, on="customer_id")


def test_answers_are_drawn_by_need():
    """The share of answers that name the greatest need is the mean greatest need."""
    table = answers(OPEN, ask_in_week_14(1))
    said = table[table["answer"] != "no answer"]
    hit = said["answer"].cat.codes.to_numpy() == said[NEEDS].to_numpy().argmax(axis=1)
    assert hit.mean() == pytest.approx(said[NEEDS].to_numpy().max(axis=1).mean(), abs=0.05)
    slips = answers(OPEN.replace(answer_slips=1.0), ask_in_week_14(1))
    slips = slips[slips["answer"] != "no answer"]
    hit = slips["answer"].cat.codes.to_numpy() == slips[NEEDS].to_numpy().argmax(axis=1)
    assert hit.mean() == pytest.approx(1 / 6, abs=0.05)


def test_a_form_is_answered_as_a_whole_or_not_at_all():
    """Three questions at once: three different answers or none, and fewer people answer."""
    table = answers(OPEN, ask_in_week_14(3))
    given = table.assign(yes=table["answer"] != "no answer").groupby("customer_id")
    assert set(given["yes"].sum()) == {0, 3}
    full = table[table["answer"] != "no answer"]
    assert (full.groupby("customer_id")["answer"].nunique() == 3).all()
    one = answers(OPEN, ask_in_week_14(1))
    shares = [(t["answer"] != "no answer").mean() for t in (one, table)]
    assert shares[1] == pytest.approx(shares[0] * np.exp(-2 * OPEN.question_effort), rel=0.15)


def test_nobody_names_a_category_twice_over_the_weeks():
    """The next question learns the next category."""

    def weekly(view):
        return Actions(view.agreed()[:50], "ask_need")

    run = simulate(OPEN.replace(answer_rate=1.0, fatigue=0.0), 300, 30, 5, weekly)
    said = run.records.questions[run.records.questions["answer"] != "no answer"]
    counts = said.groupby("customer_id")["answer"].agg(["size", "nunique"])
    assert counts["size"].max() == len(CATEGORIES)
    assert (counts["size"] == counts["nunique"]).all()


def test_questions_need_consent_and_cost_money():
    """Whom the firm may not write to, it may not ask."""
    run = simulate(
        "retail", 500, 16, 5, lambda v: Actions(v.column("profiles", "customer_id"), "ask_need")
    )
    agreed = set(run.records.consents["customer_id"])
    assert set(run.records.questions["customer_id"]) <= agreed
    sc = run.scenario
    paid = run.ledger.loc[run.ledger["cause"] == "questions", "eur"].sum()
    assert paid == pytest.approx(
        -(sc.question_eur + sc.email_eur) * len(run.records.questions), abs=0.01
    )


def test_care_keeps_people_longer_and_changes_nothing_else():
    """Who is cared for leaves later or at the same time; the rest live the same life."""

    def care(view):
        ids = np.sort(view.column("profiles", "customer_id"))
        return Actions(ids[ids % 2 == 0], "care", spend_eur=1.0)

    quiet, busy = (simulate("retail", 1_000, 40, 5, p).truth for p in (None, care))
    ids = quiet.identity.set_index("person_id")["customer_id"]
    far = np.datetime64("2100-01-01")
    before, after = (t.people.set_index("person_id")["left_at"].fillna(far) for t in (quiet, busy))
    cared = (ids % 2 == 0).reindex(before.index).to_numpy()
    assert (after[cared] >= before[cared]).all()
    assert (after[cared] > before[cared]).mean() > 0.1
    assert after[~cared].equals(before[~cared])


def test_delight_wears_off_where_people_get_used_to_it():
    """With a habit, steady care keeps fewer people than without, and is missed when it ends."""

    def early(view):
        ids = view.column("profiles", "customer_id")
        return Actions(ids, "care", spend_eur=2.0) if view.week < 26 else None

    def steady(view):
        return Actions(view.column("profiles", "customer_id"), "care", spend_eur=2.0)

    def still_there(habit, policy, week):
        run = simulate(OPEN.replace(care_habit=habit), 2_000, 60, 5, policy)
        left = run.truth.people["left_at"].fillna(np.datetime64("2100-01-01"))
        return (left > run.records.as_of(week).now).sum()

    nothing = still_there(0.0, None, 59)
    assert still_there(0.0, steady, 59) > still_there(0.3, steady, 59) > nothing
    fall = {h: still_there(h, early, 26) - still_there(h, early, 45) for h in (0.0, 0.3)}
    assert fall[0.3] / still_there(0.3, early, 26) > fall[0.0] / still_there(0.0, early, 26)


def test_the_rivals_pull_is_part_of_the_hazard():
    """With a rival people leave sooner, the price-sensitive above all."""
    market = OPEN.replace(rival_rate=0.03, rival_discount=0.2)
    people = simulate(market, 2_000, 10, 5).truth.people
    alone = simulate(OPEN, 2_000, 10, 5).truth.people
    extra = 0.03 * np.exp(5.0 * 0.2 * people["price_sensitivity"])
    assert np.allclose(people["dropout_rate"], alone["dropout_rate"] + extra)
    assert np.allclose(people["rival_share"], extra / people["dropout_rate"])


def test_what_was_taught_holds_people_against_the_rival():
    """Asked people stay longer where a rival pulls, and not where there is none."""

    def teach(view):
        return Actions(view.agreed(), "ask_need") if view.week in (13, 15, 17) else None

    quiet_market = OPEN.replace(fatigue=0.0, answer_rate=1.0)
    for rate, moves in ((0.03, True), (0.0, False)):
        market = quiet_market.replace(rival_rate=rate)
        left = [
            simulate(market, 2_000, 60, 5, p).truth.people["left_at"].notna().sum()
            for p in (None, teach)
        ]
        assert (left[1] < left[0] - 20) == moves


def test_the_wrong_product_puts_people_off_where_misses_hurt():
    """The same one-product mail wins less margin with a penalty on misses."""

    def push(view):
        return Actions(view.agreed(), product_id=3)

    margins = [
        simulate(OPEN.replace(miss_penalty=m), 1_500, 30, 5, push)
        .records.orders["margin_eur"]
        .sum()
        for m in (0.0, 1.0)
    ]
    assert margins[1] < margins[0]


def installed(remembers):
    """A configurator in the shop, with or without memory."""
    standing = Standing(configurator=Configurator(remembers))
    return lambda view: Decision(Actions([]), standing)


def test_a_configurator_with_memory_takes_less_time_and_sells_more():
    """Minutes shrink each time; the first time is the same; orders cost extra."""
    market = OPEN.replace(configure_start=0.5)
    forgets, learns = (simulate(market, 1_500, 60, 5, installed(m)) for m in (False, True))
    assert (forgets.records.configurations["minutes"] == market.configure_minutes).all()
    assert learns.records.configurations["minutes"].min() < market.configure_minutes / 2
    done = [r.records.configurations["finished"].sum() for r in (forgets, learns)]
    assert done[1] > done[0] > 0
    paid = learns.ledger[learns.ledger["cause"] == "configured orders"]
    assert paid["rows"].sum() == done[1]
    assert paid["eur"].sum() == pytest.approx(-market.configure_eur * done[1])
    won = learns.records.sessions.set_index("session_id")["order_id"]
    table = learns.records.configurations.set_index("session_id")["finished"]
    assert ((won.reindex(table.index) > 0) == table).all()


def gather(view):
    """Leads from the referral pool in week 0; all of them called in week 2."""
    if view.week == 0:
        return Actions([3], "generate_leads", "pool", spend_eur=300.0)
    if view.week == 2:
        return Actions(view.column("leads", "lead_id"), "work_lead", "lead")
    return None


def test_leads_that_are_called_become_customers_under_their_own_number():
    """The customer has the number of the lead; calls are paid; nobody buys twice."""
    run = simulate(OPEN, 100, 10, 5, gather)
    leads = run.records.leads
    won = set(leads["lead_id"]) & set(run.records.customers["customer_id"])
    assert 0.02 < len(won) / len(leads) < 0.4
    calls = run.ledger[run.ledger["cause"] == "calls to leads"]
    assert calls["eur"].sum() == -OPEN.phone_eur * len(leads)
    again = simulate(OPEN, 100, 10, 5, lambda v: gather(v) if v.week < 3 else Actions(
        v.column("leads", "lead_id"), "work_lead", "lead"))  # fmt: skip
    assert "is a customer already" in set(again.records.refusals["reason"])


def test_urgent_leads_buy_more_often_and_old_ones_less():
    """The card's urgency tells something; waiting cools every lead."""
    run = simulate(OPEN, 50, 10, 5, gather)
    leads = run.records.leads
    bought = leads["lead_id"].isin(run.records.customers["customer_id"])
    share = bought.groupby(leads["urgency"], observed=True).mean()
    assert share["now"] > share["soon"] > share.get("later", 0.0)

    def late(view):
        return gather(view) if view.week != 2 else None

    def call_late(view):
        if view.week == 9:
            return Actions(view.column("leads", "lead_id"), "work_lead", "lead")
        return late(view)

    waited = simulate(OPEN, 50, 10, 5, call_late)
    count = waited.records.leads["lead_id"].isin(waited.records.customers["customer_id"]).sum()
    assert count < bought.sum()


def test_more_spent_on_each_prospect_wins_more_of_them_and_loses_none():
    """Conversion rises towards its ceiling; those won for less are won too."""

    def buy(extra):
        return lambda view: Actions([1], "acquire", "pool", spend_eur=500 * (0.9 + extra),
                                    offer_eur=extra) if view.week == 0 else None  # fmt: skip

    people = [simulate(OPEN, 50, 5, 5, buy(e)).truth.people for e in (0, 1, 50)]
    won = [set(p.loc[p["pool_id"] == 1, "person_id"]) for p in people]
    assert won[0] < won[1] < won[2]
    assert len(won[2]) / 500 == pytest.approx(0.16, abs=0.04)

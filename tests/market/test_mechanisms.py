"""Each mechanism of the market does what docs/rules.md says."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab import policies
from crmlab.market.visits import transition_matrix
from crmlab.policy import Actions, ConsentPage, Decision, Standing
from crmlab.tables import USER_TYPES


def people_of(run, frame):
    """The frame with the person behind each customer."""
    return frame.merge(run.truth.identity, on="customer_id")


def test_a_message_bounces_if_and_only_if_the_address_is_dead():
    """Truth's addresses against the responses."""
    run = crm.simulate("retail", 600, 104, 3, policies.newsletter(2))
    sent = people_of(run, run.records.messages).merge(run.truth.addresses, on="person_id")
    alive = (sent["valid_from"] <= sent["sent_at"]) & ~(sent["valid_to"] <= sent["sent_at"])
    reachable = set(sent.loc[alive, "message_id"])
    bounced = set(run.records.responses.query("event == 'bounce'")["message_id"])
    assert len(bounced) > 500
    assert bounced == set(run.records.messages["message_id"]) - reachable


def test_addresses_die_at_the_stated_rate():
    """A quarter a year, within four standard errors."""
    addresses = crm.simulate("retail", 20_000, 65, 1).truth.addresses
    first = addresses.drop_duplicates("person_id")
    year = first["valid_from"] + pd.Timedelta(days=365.25)
    dead = (first["valid_to"] < year).mean()
    assert dead == pytest.approx(0.25, abs=4 * (0.25 * 0.75 / len(first)) ** 0.5)


def test_nobody_gets_more_messages_than_they_wished():
    """After an opt-down, at most the wished number in any four weeks of the calendar."""
    run = crm.simulate("retail", 2_000, 60, 2, policies.permission(1, path="preference centre"))
    down = run.records.consents.query("status == 'opt-down'")
    cap = down.groupby("customer_id")[["at", "cap_per_4_weeks"]].last()
    sent = run.records.messages.join(cap, on="customer_id", how="inner")
    week = (sent["sent_at"] - crm.tables.EPOCH).dt.days // 7
    after = sent[sent["sent_at"] > sent["at"]].assign(week=week)
    assert len(cap) > 50 and len(after) > 200
    for start in range(0, 60):
        window = after[(after["week"] >= start) & (after["week"] < start + 4)]
        number = window.groupby("customer_id").size()
        late = number.index[
            cap.loc[number.index, "at"] < crm.tables.EPOCH + pd.Timedelta(weeks=start)
        ]
        assert (number[late] <= cap.loc[late, "cap_per_4_weeks"]).all()


def test_a_prospect_decides_once_whenever_addressed():
    """The same people are won in week 2 and in week 9, and each is paid for."""

    def buy(in_week):
        return lambda view: (
            Actions([2], "acquire", "pool", spend_eur=500.0) if view.week == in_week else None
        )

    early, late = (crm.simulate("retail", 50, 12, 4, buy(w)) for w in (2, 9))
    won = [r.truth.people.query("pool_id == 2")["person_id"].tolist() for r in (early, late)]
    assert won[0] == won[1]
    assert 20 < len(won[0]) < 90  # 1,000 prospects at 5 %
    base = crm.simulate("retail", 50, 12, 4).ledger.query("cause == 'acquisition'")["eur"].sum()
    paid = early.ledger.query("cause == 'acquisition'")["eur"].sum()
    assert paid - base == pytest.approx(-500.0)


def test_an_offer_is_redeemed_once_and_within_four_weeks():
    """Redemptions point to an order and to the message that carried the offer."""

    def offer(view):
        return Actions(view.agreed(), offer_eur=4.0) if view.week in (12, 13, 20) else None

    records = crm.simulate("retail", 3_000, 40, 5, offer).records
    used = records.redemptions.merge(records.messages, on="message_id", suffixes=("", "_sent"))
    assert len(used) == len(records.redemptions) > 50
    assert (
        (used["redeemed_at"] - used["sent_at"])
        .between(pd.Timedelta(0), pd.Timedelta(weeks=5))
        .all()
    )
    assert used["message_id"].is_unique and set(used["order_id"]) <= set(records.orders["order_id"])


def test_every_order_has_its_session_and_ends_at_the_checkout():
    """Sessions are dressed around orders."""
    records = crm.simulate("retail", 300, 40, 6).records
    sessions = records.sessions.set_index("order_id")
    own = sessions.loc[records.orders["order_id"]]
    assert own.index.is_unique and own["cart"].all()
    last = records.page_views.groupby("session_id")["page_type"].last()
    assert (last[own["session_id"]] == "checkout").all()
    views = records.page_views.groupby("session_id").size()
    assert (views[records.sessions["session_id"]].to_numpy() == records.sessions["pages"]).all()


@pytest.mark.parametrize("user_type", USER_TYPES)
def test_pages_follow_the_true_chain_of_their_mode_of_use(user_type):
    """Observed transitions of visits without a cart against the true matrix."""
    run = crm.simulate("retail", 4_000, 60, 8)
    kind = run.truth.sessions.query("user_type == @user_type")["session_id"]
    plain = run.records.sessions.query("not cart")["session_id"]
    views = run.records.page_views
    views = views[views["session_id"].isin(set(kind) & set(plain))]
    page = views["page_type"].cat.codes.to_numpy()
    goes_on = views["session_id"].to_numpy()[:-1] == views["session_id"].to_numpy()[1:]
    to = np.where(goes_on, page[1:], 10)
    count = np.zeros((10, 11))
    np.add.at(count, (page[:-1], to), 1)
    seen = count.sum(axis=1) > 300
    share = count[seen] / count[seen].sum(axis=1, keepdims=True)
    error = np.abs(share - transition_matrix(user_type)[seen])
    assert seen.sum() >= 3
    assert (error < 5 * np.sqrt(0.25 / count[seen].sum(axis=1, keepdims=True))).all()


def test_double_opt_in_is_recorded_as_such_and_rarer():
    """Some do not finish the second step."""

    def ask(double):
        page = Standing(consent_page=ConsentPage(double_opt_in=double))

        def policy(view):
            ids = view.column("customers", "customer_id")
            return Decision(Actions(ids, kind="ask_consent"), page)

        return crm.simulate("retail", 1_000, 16, 3, policy).records.consents

    single, double = (ask(d).query("origin == 'asked'") for d in (False, True))
    assert set(single["status"]) == {"opt-in"} and set(double["status"]) == {"double opt-in"}
    assert len(double) < len(single)


def test_spam_reports_spoil_the_inbox_of_others():
    """Interrupting everybody lowers the opens of those who did agree."""
    sc = crm.scenario("retail").replace(consent_law="opt-out")
    loud = crm.simulate(sc, 1_000, 40, 2, policies.interruption(1))
    deaf = crm.simulate(sc.replace(reputation_effect=0.0), 1_000, 40, 2, policies.interruption(1))
    opens = [len(r.records.responses.query("event == 'open'")) for r in (loud, deaf)]
    assert opens[0] < 0.8 * opens[1]


def test_letters_need_no_permission_and_calls_do():
    """By post to everybody; by phone only to those who agreed."""

    def both(view):
        ids = view.column("customers", "customer_id")
        return Actions.concat([Actions(ids, channel="post"), Actions(ids, channel="phone")])

    records = crm.simulate("retail", 200, 14, 1, both).records
    by = records.messages.groupby("channel", observed=True)["customer_id"].nunique()
    assert by["post"] > 1.5 * by["phone"] > 0


def test_season_moves_everybodys_orders_and_nobodys_traits():
    """More orders in December than in June."""
    sc = crm.scenario("retail").replace(season_amplitude=0.8, dropout_scale_weeks=1e5)
    run = crm.simulate(sc, 2_000, 104, 1)
    month = run.records.orders["ordered_at"].dt.month
    assert (month == 12).sum() > 2 * (month == 6).sum()
    flat = crm.simulate(sc.replace(season_amplitude=0.0), 2_000, 104, 1)
    assert (run.truth.people["order_rate"] == flat.truth.people["order_rate"]).all()

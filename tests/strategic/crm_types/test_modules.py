"""Each module of `CRMTypes` changes what it says, and nothing else."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.experiments.crm_types import business_market, live
from crmlab.strategic.crm_types import CRMTypes
from crmlab.strategic.crm_types.modules import complaining


def lived(market="retail", customers=300, weeks=30, **types):
    return crm.simulate(market, customers, weeks, 7, CRMTypes(**types))


def test_nothing_by_itself_sends_mails_and_letters_about_the_assortment():
    mails = lived().records.messages
    assert set(mails["channel"]) == {"email", "post"}
    assert (mails["product_id"] == 0).all()
    assert "triggered" not in set(mails["kind"])


def test_strategic_letters_go_to_customers_who_bring_more():
    def worth(run):
        letters = run.records.messages.query("channel == 'post'")
        margin = run.records.orders.groupby("customer_id")["margin_eur"].sum()
        return margin.reindex(letters["customer_id"]).mean()

    assert worth(lived(strategic=True)) > 2 * worth(lived())


def test_operational_answers_carts_and_forgets_no_mailing():
    by_hand, automated = lived().records.messages, lived(operational=True).records.messages
    assert "triggered" in set(automated["kind"])

    def mailings(m):
        mails = m[(m["kind"] == "newsletter")]
        return len(
            mails.assign(week=mails["sent_at"].dt.floor("D"))[["week", "cell"]].drop_duplicates()
        )

    assert mailings(automated) > mailings(by_hand)


def test_by_hand_only_a_few_messages_show_an_own_product():
    few = lived(analytical=True, by_hand=5).records.messages
    mails = few[few["kind"] == "newsletter"]
    own = mails[mails["product_id"] > 0].groupby([mails["sent_at"], mails["cell"]]).size()
    assert own.max() <= 5
    many = lived(analytical=True, operational=True, by_hand=5).records.messages
    assert (many["product_id"] > 0).mean() > 0.5


def test_nobody_hears_from_two_departments_who_act_on_one_view():
    def closest(run):
        mails = run.records.messages.query("kind == 'newsletter'").sort_values("sent_at")
        gap = mails.groupby("customer_id")["sent_at"].diff().dropna()
        return gap.min() / pd.Timedelta(days=1)

    assert closest(lived(departments=4)) < 7
    assert closest(lived(departments=4, collaborative=True)) > 7


def test_who_complains_is_left_in_peace_once_it_is_known():
    market = business_market(300, sites=1, departments=2)
    policy = CRMTypes(collaborative=True)
    seen = {}

    class Watched(CRMTypes):
        def decide(self, view, state):
            decision, state = super().decide(view, state)
            silent = complaining(view)
            seen[view.week] = np.isin(decision.actions.target_id, silent).sum(), len(silent)
            return decision, state

    live(market, Watched(collaborative=True), 300, 30, 7)
    assert sum(n for _, n in seen.values()) > 0
    assert not sum(n for n, _ in seen.values())
    assert repr(policy) == "CRMTypes(collaborative)"


@pytest.mark.parametrize("market", ["retail/null", "subscription"])
def test_all_types_obey_the_budget_in_other_markets(market):
    every = CRMTypes(True, True, True, True, True)
    run = crm.simulate(market, 200, 16, 7, every, budget_eur=2.0)
    spent = run.ledger[run.ledger["cause"].str.startswith("messages")].groupby("week")["eur"].sum()
    assert (spent >= -2.0 - 1e-9).all()


def test_a_wrong_number_of_departments_is_told():
    with pytest.raises(ValueError, match="departments"):
        CRMTypes(departments=0)

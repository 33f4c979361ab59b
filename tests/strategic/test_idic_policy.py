"""IDIC as a policy: what each switch does to what the firm sends."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.policy import Actions
from crmlab.strategic.idic import IDIC, Plan
from crmlab.tables import EPOCH

MARKET = crm.scenario("retail").replace(duplicate_share=1.0, record_use=0.5)
NONE = IDIC(False, False, False, False)
CUSTOMERS, WEEKS, BUDGET_EUR = 400, 30, 8.0


def lived(policy, market=MARKET):
    return crm.simulate(market, CUSTOMERS, WEEKS, 3, policy, BUDGET_EUR)


def sent(run):
    messages = run.records.messages.merge(run.truth.identity, on="customer_id")
    return messages.assign(
        week=(messages["sent_at"] - pd.Timestamp(EPOCH)) // pd.Timedelta(weeks=1)
    )


@pytest.fixture(scope="module")
def runs():
    steps = ("identify", "differentiate", "interact", "customise")
    found = {step: lived(replace(NONE, **{step: True})) for step in steps}
    return found | {"none": lived(NONE), "all": lived(IDIC())}


def test_no_version_spends_more_than_the_budget(runs):
    acting = ["messages by email", "messages by post", "questions"]
    for run in runs.values():
        book = run.ledger[run.ledger["cause"].isin(acting)]
        assert -book.groupby("week")["eur"].sum().min() <= BUDGET_EUR + 1e-9


def test_nothing_is_sent_before_the_policy_begins(runs):
    assert sent(runs["all"])["week"].min() == Plan().begins_week


def test_nobody_is_written_to_twice_by_one_channel_once_known(runs):
    """By record never; by person seldom, where the firm identifies, and often where not."""
    for run in runs.values():
        assert not sent(run).duplicated(["customer_id", "week", "channel"]).any()
    twice = {name: sent(run).duplicated(["person_id", "week", "channel"]).sum()
             for name, run in runs.items()}  # fmt: skip
    assert twice["identify"] < 0.5 * twice["none"]


def test_without_differentiate_letters_go_round(runs):
    letters = sent(runs["none"])
    letters = letters[letters["channel"] == "post"]["customer_id"]
    assert letters.is_unique, "the base is larger than the letters of these weeks"


def test_differentiate_writes_to_customers_of_more_value(runs):
    def mean_value(run):
        letters = sent(run)
        letters = letters[letters["channel"] == "post"]
        people = run.truth.people.set_index("person_id")
        return (people["order_rate"] * people["basket_eur"]).loc[letters["person_id"]].mean()

    assert mean_value(runs["differentiate"]) > 2 * mean_value(runs["none"])


def test_only_interact_asks(runs):
    asked = {name for name, run in runs.items() if len(run.records.questions)}
    assert asked == {"interact", "all"}


def test_only_customise_shows_single_products(runs):
    shows = {name for name, run in runs.items() if (run.records.messages["product_id"] > 0).any()}
    assert shows == {"customise", "all"}


def test_a_form_has_as_many_questions_as_it_says():
    asked = lived(IDIC(questions_at_once=3)).records.questions
    assert len(asked) and (asked["of"] % 3 == 0).all(), "one form for each record"


def test_where_nobody_can_be_linked_identify_changes_nothing():
    alone = crm.scenario("retail").replace(duplicate_share=0.0)
    rest = {"differentiate": False, "interact": False, "customise": False}
    one, other = lived(IDIC(**rest), alone), lived(NONE, alone)
    assert one.profit == pytest.approx(other.profit, abs=15.0)  # a few namesakes are merged


def test_the_policy_carries_its_memory_and_changes_nothing_of_its_own():
    policy = IDIC()
    before = policy.start(1)
    run = crm.simulate("retail", 150, 20, 3, policy, 5.0)
    again = crm.simulate("retail", 150, 20, 3, policy, 5.0)
    assert before.known is None and policy.start(1).known is None
    assert run.records.messages.equals(again.records.messages)


def test_a_firm_without_a_budget_writes_to_all_whose_letter_pays():
    run = crm.simulate("retail", 150, 20, 3, IDIC(interact=False))
    assert (run.records.messages["channel"] == "post").any()


def test_plain_actions_are_what_the_engine_takes():
    assert isinstance(Actions(), Actions) and np.isclose(Plan().worth_weeks, 6.5)


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: IDIC(rank="needs"), "rank"),
        (lambda: IDIC(questions_at_once=0), "questions_at_once"),
        (lambda: Plan(email_every=0), "email_every"),
        (lambda: Plan(answer_rate=30), "percentage"),
        (lambda: Plan(letter_lift=-1.0), "letter_lift"),
    ],
)
def test_bad_settings_are_named(make, word):
    with pytest.raises(ValueError, match=word):
        make()

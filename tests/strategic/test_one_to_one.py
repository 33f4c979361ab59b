"""One-to-one policies: what they send, ask and offer, seen in the firm's own records."""

import numpy as np
import pytest

import crmlab as crm
from crmlab.strategic import one_to_one as o
from crmlab.strategic.believed_needs import favourite, lines_by_category

OPEN = crm.scenario("retail").replace(optin_at_registration=1.0, privacy_pull=0.0)


def lived(policy, market=OPEN, customers=400, weeks=30, seed=3):
    return crm.simulate(market, customers, weeks, seed, policy).records


def test_all_four_approaches_write_to_the_same_people_in_the_same_weeks():
    """So that they differ in what is shown and how, and in nothing else, until somebody leaves."""
    first = [lived(o.face(name), weeks=4).messages for name in o.FACES]
    who = [list(zip(m["customer_id"], m["sent_at"], strict=True)) for m in first]
    assert who[0] and all(w == who[0] for w in who)


@pytest.mark.parametrize("name", o.FACES)
def test_each_approach_changes_what_its_cell_says(name):
    """Product and presentation, as Gilmore and Pine's table has them."""
    product, presentation = o.FACES[name]
    letters_are_cheap = OPEN.replace(post_eur=0.01)
    records = lived(o.face(name), letters_are_cheap)
    assert (records.messages["product_id"] > 0).any() == (product == "own product")
    assert (records.messages["channel"] != "email").any() == (presentation == "own presentation")
    assert bool(len(records.questions)) == (name == "collaborative")
    assert bool(len(records.configurations)) == (name == "adaptive")


def test_watching_shows_the_category_bought_most():
    records = lived(o.face("transparent"), customers=300, weeks=26)
    last = records.messages[records.messages["sent_at"] >= records.messages["sent_at"].max()]
    then = records.as_of(24)
    lines = lines_by_category(then.order_lines, then.orders, then.products)
    believed = favourite(lines)[last["customer_id"]].to_numpy()
    category = records.products.set_index("product_id")["category"]
    assert (category[last["product_id"]].astype(str).to_numpy() == believed).all()


def test_who_has_not_answered_is_shown_the_assortment():
    records = lived(o.face("collaborative"))
    answered = records.questions.loc[records.questions["answer"] != "no answer", "customer_id"]
    own = records.messages.loc[records.messages["product_id"] > 0, "customer_id"]
    assert set(own) <= set(answered)
    assert len(own)


def test_nobody_is_asked_more_often_than_allowed():
    """Two answers end the asking, and so do two tries."""
    asking = o.OneToOne("ask", (o.AskNeeds(every_weeks=2, answers=2, tries=3),))
    questions = lived(asking).questions
    given = (questions["answer"] != "no answer").groupby(questions["customer_id"]).sum()
    assert given.max() == 2
    assert questions["customer_id"].value_counts().max() == 3
    assert (questions["of"] == 1).all()


def test_a_lot_decides_who_is_asked():
    questions = lived(o.OneToOne("ask", (o.AskNeeds(one_in=2),))).questions
    assert len(questions) and (questions["customer_id"] % 2 == 0).all()


def test_consent_is_asked_once():
    records = lived(o.attract_capture_engage(("attract",)), "retail")
    asked = records.consents[records.consents["origin"] == "asked"]
    assert len(asked) and asked["customer_id"].is_unique
    assert not len(records.messages)


def test_a_step_left_out_leaves_no_trace():
    records = lived(o.attract_capture_engage(("attract", "engage")))
    assert not len(records.questions) and not len(records.configurations)
    assert (records.messages["product_id"] == 0).all()
    assert not len(lived(o.attract_capture_engage(())).messages)


def test_of_whom_the_firm_is_wrong_it_stays_wrong():
    """Between two issues with nothing new in between, everybody is shown the same category."""
    quiet = OPEN.replace(rate_shape=1e-3)
    run = lived(o.product_mails(wrong=0.5), quiet, customers=200, weeks=20)
    category = run.products.set_index("product_id")["category"].astype(str)
    shown = run.messages.assign(category=run.messages["product_id"].map(category))
    kinds = shown.groupby("customer_id")["category"].nunique()
    assert (kinds == 1).mean() > 0.9


def test_memory_is_what_parts_personalisation_from_customisation():
    forgets, remembers = (lived(p, weeks=60).configurations
                          for p in (o.customisation(), o.personalisation()))  # fmt: skip
    assert forgets["minutes"].nunique() == 1
    assert remembers["minutes"].min() < forgets["minutes"].min()


def test_minutes_by_hand():
    """6, 12, 18 against 5 + 6, 5 + 9.6, 5 + 11.76."""
    assert [o.minutes_of_choice(n) for n in range(4)] == [0, 6, 12, 18]
    with_memory = [o.minutes_of_choice(n, 6, 0.6, 5) for n in (1, 2, 3)]
    assert with_memory == pytest.approx([11, 14.6, 16.76])
    assert o.visits_to_repay(6, 0.6, 5) == 3


def test_a_better_memory_repays_sooner():
    orders = [o.visits_to_repay(6, memory, 10) for memory in (0.0, 0.5, 0.9)]
    assert orders == sorted(orders) and orders[0] < orders[2]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: o.face("magic"), "must be one of 'adaptive'"),
        (lambda: o.Mails("everything"), "shows"),
        (lambda: o.Mails(wrong=20), r"wrong must be in \[0, 1\], got 20"),
        (lambda: o.attract_capture_engage(("seduce",)), "must be one of 'attract'"),
        (lambda: o.AskNeeds(every_weeks=1), "every_weeks"),
        (lambda: o.visits_to_repay(memory=1.0), "a firm that forgets never repays"),
        (lambda: o.minutes_of_choice(2, memory=60), "Is this a percentage"),
    ],
)
def test_unusable_settings_are_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_policies_say_who_they_are():
    """A life is kept by its policy's name, so no two policies share one."""
    known = [o.plain_mails(), o.product_mails(), o.product_mails(wrong=0.25), o.customisation(),
             o.personalisation(), o.personalisation(0.5), *map(o.face, o.FACES),
             o.attract_capture_engage(), o.attract_capture_engage(incentive_eur=2)]  # fmt: skip
    assert len({repr(p) for p in known}) == len(known)
    assert np.array_equal(sorted(o.STEPS), ["attract", "capture", "engage"])

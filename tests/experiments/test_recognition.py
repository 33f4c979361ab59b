"""Recognition against the truth: recovery, the trap of those who stayed, stages, and a null."""

import numpy as np
import pytest

import crmlab as crm
from crmlab.experiments import recognition
from crmlab.experiments.labs import lab_09
from crmlab.experiments.web_users import TRIAL_WEEK, VISITS, WebShop
from crmlab.tables import USER_TYPES


@pytest.fixture(scope="module")
def shop():
    return WebShop(crm.scenario("retail").replace(**VISITS), customers=800, seed=7)


def test_modes_of_use_are_found_again_without_labels(shop):
    match = recognition.recovered(shop)
    assert match.accuracy > 0.7 > 0.4 > match.largest
    assert sorted(match.names.values()) == sorted(USER_TYPES)
    views = shop.views_between(0, TRIAL_WEEK)
    assert match.confusion.to_numpy().sum() == views["session_id"].nunique()


def test_the_order_of_pages_tells_what_their_counts_do_not(shop):
    assert recognition.recovered_by_counts(shop).accuracy < recognition.recovered(shop).accuracy


def test_found_moves_are_near_the_true_ones_where_the_mode_goes(shop):
    """The pages of a directed buyer: product, category and search."""
    chains = recognition.chains_of(shop, "directed buyer")
    rows = ["product", "category", "search"]
    gap = (chains["true"] - chains["found"]).abs().loc[rows]
    assert gap.to_numpy().max() < 8
    for table in chains.values():
        assert table.sum(axis=1).to_numpy() == pytest.approx(100)
        assert "checkout" not in table.columns and "leaves" in table.columns


def test_the_surer_the_shop_the_fewer_are_left(shop):
    table = recognition.recognised(shop, (1, 2, 4, 8))
    assert table["accuracy_of_those_left"].is_monotonic_increasing
    assert table["recognised_in_time"].is_monotonic_decreasing


def test_earlier_visits_do_not_tell_the_stage(shop):
    """The market draws it anew for each visit; what the visit itself shows does tell it."""
    blind, alone, history = recognition.stages_recognised(shop)
    assert alone > blind + 0.1
    assert history == pytest.approx(alone, abs=0.01)


def test_pages_dealt_out_anew_keep_lengths_and_kinds(shop):
    views = shop.views_between(0, TRIAL_WEEK)
    mixed = lab_09.dealt(views, seed=1)
    assert mixed["session_id"].equals(views["session_id"])
    assert (mixed["page_type"].value_counts() == views["page_type"].value_counts()).all()
    assert (mixed["page_type"].to_numpy() != views["page_type"].to_numpy()).mean() > 0.5
    together = [t.groupby("page_type", observed=True)["dwell_seconds"].sum() for t in
                (mixed, views)]  # fmt: skip
    assert np.array_equal(*together)


def test_dealt_pages_say_nothing_of_mode_and_stage(monkeypatch):
    monkeypatch.setattr(lab_09, "WATCHED", 300)
    null = crm.claim("web-users-are-found-without-labels").scenario("null")
    assert null.condition == "null"
    assert lab_09.recovery(null, 5) < 5
    assert lab_09.stage_recognition(null, 5) < 5


def test_bad_input_is_answered_with_a_remedy(shop):
    with pytest.raises(ValueError, match="user_type must be one of 'directed information-seeker'"):
        recognition.chains_of(shop, "window shopper")
    few = WebShop(shop.scenario, customers=100, seed=7, types=1)
    absent = [t for t in USER_TYPES if t not in recognition.recovered(few).names.values()]
    with pytest.raises(ValueError, match="no kind was found for"):
        recognition.chains_of(few, absent[0])

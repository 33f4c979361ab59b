"""A shop that watches, tries and uses page templates: its lives agree with the market's."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.experiments.compare import gross_margin_eur
from crmlab.experiments.page_trial import Trial
from crmlab.experiments.page_ways import SINGLE, VISIT, earnings
from crmlab.experiments.web_users import (
    LAUNCH_WEEK,
    TRIAL_WEEK,
    VISITS,
    WebShop,
    always,
    won_margin,
)
from crmlab.tables import PAGE_TEMPLATES, USER_TYPES

MARKET = crm.scenario("retail").replace(**VISITS, page_gain=0.1)


@pytest.fixture(scope="module")
def shop():
    return WebShop(MARKET, customers=300, seed=3)


def gained(shop, rule):
    """Gross margin that a page rule brings from the third quarter on, in the market itself."""
    return gross_margin_eur(shop.lived(rule)) - gross_margin_eur(shop.quiet)


def test_adapting_in_the_market_earns_what_the_six_lives_tell(shop):
    """The real `PageRule` with the recogniser, against the margin looked up visit by visit."""
    trial = Trial(shop, clicks=3)
    told = earnings(trial, (VISIT, SINGLE))["eur_per_customer"] * shop.customers
    assert told[VISIT] > 0
    assert gained(shop, trial.rule) == pytest.approx(told[VISIT], abs=0.01)
    assert gained(shop, always(trial.best_single, 3)) == pytest.approx(told[SINGLE], abs=0.01)


def test_a_visit_that_a_wrong_template_wins_is_won_by_the_right_one_too(shop):
    mode = shop.visits.loc[shop.margin_eur.index, "user_type"]
    for place, name in enumerate(USER_TYPES):
        own = (shop.margin_eur > 0)[mode == name]
        anything = own.any(axis=1)
        assert own.loc[anything, PAGE_TEMPLATES[place + 1]].all()


def test_plain_pages_win_nothing(shop):
    assert (shop.margin_eur["plain"] == 0).all()


def test_only_visits_without_an_order_are_counted(shop):
    held = shop.quiet.records.sessions.set_index("session_id")
    assert (held.loc[shop.visits.index, "order_id"] == 0).all()
    assert set(shop.views["session_id"]) == set(shop.visits.index)
    late = shop.visits.index[shop.visits["week"] >= TRIAL_WEEK]
    assert shop.margin_eur.index.isin(late).all() and len(shop.margin_eur) > 0.95 * len(late)


def test_kinds_are_found_in_the_first_quarter_alone(shop):
    """A firm that stops there finds the same kinds in its records."""
    views = shop.records.page_views
    known = views[views["session_id"].isin(shop.visits.index)]
    assert set(known["session_id"]) >= set(shop.views_between(0, TRIAL_WEEK)["session_id"])
    assert shop.model.type_shares_.sum() == pytest.approx(1)


def test_most_visits_of_a_person_make_the_usual_kind(shop):
    kind = shop.model.predict(shop.views_between(0, LAUNCH_WEEK))
    owner = shop.visits["customer_id"].reindex(kind.index)
    customer = owner.value_counts().index[0]
    count = kind[owner == customer].value_counts()
    assert count[shop.usual_kind[customer]] == count.max()


def test_the_margin_of_a_won_order_is_less_what_came_back():
    """Everything comes back, most of it before the run ends."""
    shop = WebShop(MARKET.replace(return_rate=1.0), customers=150, seed=5)
    run = shop.lived(always("facts"), TRIAL_WEEK)
    held = run.records.sessions.set_index("session_id")["order_id"]
    margin = won_margin(run)
    orders = run.records.orders.set_index("order_id").loc[held[margin.index], "margin_eur"]
    assert len(margin) > 50 and (margin.to_numpy() <= orders.to_numpy() + 0.005).all()
    assert margin.sum() < 0.3 * orders.sum()
    assert won_margin(shop.quiet).empty


def test_where_templates_work_otherwise_the_visitors_stay_the_same(shop):
    other = shop.where(page_mismatch=1.0)
    fresh = WebShop(MARKET.replace(page_mismatch=1.0), customers=300, seed=3)
    assert other.model is shop.model
    pd.testing.assert_frame_equal(other.visits, fresh.visits)
    pd.testing.assert_frame_equal(other.margin_eur, fresh.margin_eur)
    assert np.ptp(other.margin_eur[list(PAGE_TEMPLATES[1:])].sum()) == pytest.approx(0)


def test_bad_input_is_answered_with_a_remedy(shop):
    with pytest.raises(ValueError, match="a change must be one of 'page_gain', 'page_mismatch'"):
        shop.where(lost_cart_share=0.5)
    with pytest.raises(ValueError, match="customers must be between 20"):
        WebShop("retail", customers=3)
    with pytest.raises(ValueError, match="types must be between 1"):
        WebShop("retail", types=0)

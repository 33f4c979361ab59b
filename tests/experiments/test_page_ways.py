"""Ways of choosing pages on the same visits: what they earn, and how they are ordered."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.experiments import page_ways
from crmlab.experiments.labs import lab_09
from crmlab.experiments.page_trial import Trial
from crmlab.experiments.page_ways import ORACLE, PERSON, PLAIN, SINGLE, VISIT, WAYS
from crmlab.experiments.web_users import LAUNCH_WEEK, VISITS, WebShop

MARKET = crm.scenario("retail").replace(**VISITS, page_gain=0.2)


@pytest.fixture(scope="module")
def trial():
    return Trial(WebShop(MARKET, customers=600, seed=3), clicks=3)


@pytest.fixture(scope="module")
def table(trial):
    return page_ways.earnings(trial)


def test_knowing_all_earns_most_and_plain_pages_nothing(table):
    assert table["orders"].idxmax() == ORACLE and table["orders"].idxmin() == PLAIN
    assert table.loc[PLAIN, "eur_per_customer"] == 0


def test_conversion_counts_all_visits(trial, table):
    """Orders that come anyway, and those won, over the visits of the quarter."""
    held = trial.shop.quiet.records.sessions
    late = held[held["started_at"] >= trial.shop.launch]
    by_hand = ((late["order_id"] > 0).sum() + table.loc[VISIT, "orders"]) / len(late)
    assert table.loc[VISIT, "conversion"] == pytest.approx(by_hand)


def test_every_way_shows_every_lasting_visit_one_template(trial):
    index = page_ways.lasting(trial)
    assert (trial.shop.visits.loc[index, "pages"] >= 3).all()
    assert (trial.shop.visits.loc[index, "week"] >= LAUNCH_WEEK).all()
    for way in WAYS:
        shown = page_ways.templates(trial, way)
        assert shown.index.equals(index) and shown.notna().all()


def test_a_person_sees_one_template_for_ever(trial):
    shown = page_ways.templates(trial, PERSON)
    owner = trial.shop.visits.loc[shown.index, "customer_id"]
    assert shown.groupby(owner).nunique().max() == 1
    assert len(set(shown)) > 1


def test_the_visits_of_a_person_see_several(trial):
    shown = page_ways.templates(trial, VISIT)
    owner = trial.shop.visits.loc[shown.index, "customer_id"]
    assert shown.groupby(owner).nunique().max() > 1


def test_what_is_won_is_looked_up_by_template(trial):
    index = trial.shop.margin_eur.index[:3]
    shown = pd.Series(["plain", "facts", "play"], index)
    margin = trial.shop.margin_eur
    by_hand = [margin.loc[v, t] for v, t in shown.items()]
    assert page_ways.won(trial.shop, shown).tolist() == by_hand


def test_who_waits_loses_visitors(trial):
    earned = page_ways.by_clicks(trial.shop, (1, 4, 9), (ORACLE,))
    assert earned["clicks"].tolist() == [1, 4, 9]
    assert (np.diff(earned[ORACLE]) < 0).all()


def test_where_any_template_suits_only_the_moment_counts(trial):
    row = page_ways.by_mismatch(trial.shop, [1.0], clicks=4).iloc[0]
    once, adapted, late = row.to_numpy()[1:]
    assert once == pytest.approx(adapted) and late < once


def test_a_bandit_that_learns_wins_more_than_a_lot(trial):
    table = page_ways.learning(trial)
    assert len(table) == 26
    last = table.iloc[-1]
    assert last["kinds of visits"] > last["by lot"] and last["all alike"] > last["by lot"]
    assert (table.diff().iloc[1:] >= 0).all(axis=None)


def test_an_unknown_way_is_named(trial):
    with pytest.raises(ValueError, match="way must be one of 'plain pages', .* got 'magic'"):
        page_ways.templates(trial, "magic")


def test_claims_measure_nothing_where_no_template_works(monkeypatch):
    """And one measurement serves the three of them."""
    monkeypatch.setattr(lab_09, "CUSTOMERS", 100)
    null = crm.claim("adapted-pages-beat-one-template").scenario("null")
    for measure in (lab_09.visit_over_single, lab_09.visit_over_person,
                    lab_09.waiting_over_at_once):  # fmt: skip
        assert measure(null, 3) == 0.0
    assert {SINGLE, lab_09.AT_ONCE} <= set(lab_09.earned(null, 3).index)

"""A trial of page templates: a lot, a count in fractions, and a recommendation."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.analytical.clickstream import TemplateBandit
from crmlab.experiments.page_trial import Trial, page_table, recommended
from crmlab.experiments.web_users import LAUNCH_WEEK, TRIAL_WEEK, VISITS, WebShop
from crmlab.tables import PAGE_TEMPLATES, PAGE_TYPES

MARKET = crm.scenario("retail").replace(**VISITS, page_gain=0.3)


@pytest.fixture(scope="module")
def trial():
    return Trial(WebShop(MARKET, customers=300, seed=3), clicks=3)


def test_the_trial_has_every_long_visit_of_the_second_quarter(trial):
    visits = trial.shop.adaptable
    quarter = visits["week"] < LAUNCH_WEEK
    assert visits["week"].min() == TRIAL_WEEK
    assert set(trial.table.index) == set(visits.index[quarter & (visits["pages"] >= 3)])


def test_what_the_trial_has_on_record_is_what_the_template_brings(trial):
    margin = trial.shop.margin_eur.loc[trial.table.index]
    place = trial.table["template"].cat.codes.to_numpy()
    brought = margin.to_numpy()[np.arange(len(margin)), place]
    assert not brought[~trial.table["won"]].any()
    assert trial.table["won"].sum() > 50


def test_one_kind_is_the_plain_share_of_each_template(trial):
    """Beta(1, 1) and the orders of each template, by hand."""
    won = trial.table.groupby("template", observed=False)["won"].agg(["sum", "size"])
    share = (won["sum"] + 1) / (won["size"] + 2)
    assert trial.single.conversion.to_numpy()[0] == pytest.approx(share.to_numpy())
    assert trial.best_single == share.idxmax()


def test_visits_count_once_over_all_kinds(trial):
    counted = (trial.bandit.wins - 1).sum(), (trial.bandit.losses - 1).sum()
    won = trial.table["won"].sum()
    assert counted == pytest.approx((won, len(trial.table) - won))


def test_halves_teach_what_the_whole_does(trial):
    index = trial.table.index
    parts = [trial.taught_by(index[i::2]).wins - 1 for i in (0, 1)]
    assert sum(parts) == pytest.approx(trial.bandit.wins - 1)


def test_a_guess_looks_at_the_first_pages_only(trial):
    visit = trial.table.index[:1]
    views = trial.shop.views
    first = views[views["session_id"].isin(visit)].head(3)
    cut = trial.shop.model.posterior_after(first, 3)
    assert trial.guesses(visit).to_numpy() == pytest.approx(cut.to_numpy())


def test_a_recommendation_weighs_kinds_by_hand():
    """Kind 0 buys after facts, kind 1 twice as often after deals."""
    wins, losses = np.ones((2, 6)), np.full((2, 6), 99.0)
    wins[0, 1], wins[1, 4] = 5.0, 10.0
    posterior = pd.DataFrame([[1.0, 0.0], [0.75, 0.25], [0.5, 0.5]], index=[1, 2, 3])
    found = recommended(TemplateBandit(wins, losses), posterior)
    assert found.tolist() == ["facts", "facts", "deals"]


def test_pages_of_the_rule_become_page_views():
    table = page_table(np.array([[0, 2], [5, 6]], dtype=np.uint8))
    assert table["session_id"].tolist() == [0, 0, 1, 1]
    assert table["page_type"].tolist() == ["home", "product", "offers", "contest"]
    assert tuple(table["page_type"].cat.categories) == PAGE_TYPES


def test_the_rule_names_one_template_for_each_visit(trial):
    shown = trial.rule.recogniser(np.array([[5, 5, 5], [6, 6, 6]], dtype=np.uint8))
    assert shown.shape == (2, len(PAGE_TEMPLATES))
    assert (shown.sum(axis=1) == 1).all()


def test_a_trial_needs_a_click():
    with pytest.raises(ValueError, match="clicks must be between 1 and 40, got 0"):
        Trial(WebShop(MARKET, customers=20), clicks=0)

"""Page templates: who gets which, what they win, and what they leave alone."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.analytical.clickstream import MarkovRecogniser
from crmlab.market.run import simulate
from crmlab.policy import Actions, Decision, PageRule, PolicyError, Standing
from crmlab.tables import PAGE_TEMPLATES, PAGE_TYPES, USER_TYPES

STRONG = crm.scenario("retail").replace(page_gain=0.2)


def showing(rule):
    """A policy that installs a page rule and does nothing else."""
    return lambda view: Decision(Actions([]), Standing(page=rule))


def only(template, **options):
    chances = np.zeros((1, len(PAGE_TEMPLATES)))
    chances[0, PAGE_TEMPLATES.index(template)] = 1.0
    return PageRule(chances=chances, **options)


@pytest.fixture(scope="module")
def tried():
    """All templates with equal chances."""
    return simulate(STRONG, 1_500, 30, 7, showing(PageRule()))


def test_plain_pages_change_nothing():
    plain = simulate(STRONG, 300, 20, 7, showing(only("plain")))
    nothing = simulate(STRONG, 300, 20, 7)
    for table in ("orders", "order_lines", "sessions", "page_views", "returns"):
        pd.testing.assert_frame_equal(plain.records[table], nothing.records[table])
    assert plain.profit == nothing.profit
    assert len(plain.records.adaptations)


def test_the_template_that_suits_wins_most(tried):
    """About `page_gain` where it suits, less where not, nothing on plain pages."""
    shown = tried.records.adaptations.merge(tried.records.sessions).merge(tried.truth.sessions)
    right = dict(zip(USER_TYPES, PAGE_TEMPLATES[1:], strict=True))
    template = shown["template"].astype(str)
    suits = shown["user_type"].astype(str).map(right) == template
    won = shown["order_id"] > 0
    assert won[suits].mean() == pytest.approx(STRONG.page_gain, abs=0.04)
    other = won[~suits & (template != "plain")].mean()
    assert other == pytest.approx(STRONG.page_gain * STRONG.page_mismatch, abs=0.02)
    assert not won[template == "plain"].any()


def test_only_visits_that_are_long_enough_are_adapted():
    for clicks in (1, 4, 9):
        run = simulate(STRONG, 300, 20, 7, showing(PageRule(after_clicks=clicks)))
        shown = run.records.adaptations.merge(run.records.sessions, on="session_id")
        assert (shown["pages"] >= clicks).all()
        assert (shown["clicks"] == clicks).all()


def test_templates_come_with_their_chances(tried):
    shares = tried.records.adaptations["template"].value_counts(normalize=True)
    np.testing.assert_allclose(shares, 1 / 6, atol=0.02)
    np.testing.assert_allclose(tried.records.adaptations["propensity"], 1 / 6)


def test_a_won_order_belongs_to_its_visit(tried):
    """The order's customer and time are those of the session."""
    won = tried.records.adaptations.merge(tried.records.sessions).query("order_id > 0")
    orders = won.merge(tried.records.orders, on="order_id", suffixes=("", "_order"))
    assert len(orders) == len(won) > 50
    assert (orders["customer_id"] == orders["customer_id_order"]).all()
    assert (orders["ordered_at"] >= orders["started_at"]).all()
    assert orders["order_id"].is_unique
    assert tried.records.sessions["order_id"][lambda o: o > 0].is_unique


def test_the_same_luck_decides_under_every_template(tried):
    """A visit that a wrong template wins would be won by the right one too."""
    right = {kind: PAGE_TEMPLATES[i + 1] for i, kind in enumerate(USER_TYPES)}
    wrong = simulate(STRONG, 300, 20, 7, showing(only("play")))
    other = simulate(STRONG, 300, 20, 7, showing(only("deals")))
    seen = {}
    for name, run in (("play", wrong), ("deals", other)):
        shown = run.records.adaptations.merge(run.records.sessions).merge(run.truth.sessions)
        shown["suits"] = shown["user_type"].map(right).astype(str) == name
        seen[name] = shown.set_index("session_id")
    both = seen["play"].join(seen["deals"].add_suffix("_deals"), how="inner")
    neither = ~both["suits"] & ~both["suits_deals"]
    assert ((both["order_id"] > 0) == (both["order_id_deals"] > 0))[neither].all()
    by_play = both[both["suits"]]
    assert (by_play.loc[by_play["order_id_deals"] > 0, "order_id"] > 0).all()


def test_a_recogniser_beats_every_single_template():
    """Trained on another world, installed with each type's own template."""
    past = simulate(STRONG, 1_500, 30, 99)
    labels = past.truth.sessions.set_index("session_id")["user_type"].astype(str)
    model = MarkovRecogniser().fit(past.records.page_views, labels)

    def recognise(pages):
        table = pd.DataFrame({
            "session_id": np.repeat(np.arange(len(pages)), pages.shape[1]),
            "view": np.tile(np.arange(1, pages.shape[1] + 1), len(pages)),
            "page_type": pd.Categorical.from_codes(pages.ravel(), list(PAGE_TYPES)),
            "dwell_seconds": 10,
        })  # fmt: skip
        found = model.posterior_after(table, pages.shape[1])
        return found.reindex(columns=list(USER_TYPES)).to_numpy()

    rule = PageRule(4, recognise, np.eye(6)[1:])
    morphed = simulate(STRONG, 1_500, 30, 7, showing(rule))
    single = [
        len(simulate(STRONG, 1_500, 30, 7, showing(only(t))).records.orders)
        for t in PAGE_TEMPLATES[1:]
    ]
    assert len(morphed.records.orders) > max(single)


def test_a_broken_rule_is_named():
    with pytest.raises(ValueError, match="chances must have one row a kind .* 6 columns"):
        PageRule(chances=[[1.0]])
    with pytest.raises(ValueError, match="each row adding up to 1"):
        PageRule(chances=np.ones((1, 6)))
    with pytest.raises(ValueError, match="recogniser must be given where chances have 5 rows"):
        PageRule(chances=np.eye(6)[1:])
    with pytest.raises(ValueError, match="after_clicks must be between 1 and 40, got 0"):
        PageRule(after_clicks=0)
    rule = PageRule(2, lambda pages: np.ones((len(pages), 3)) / 3, np.eye(6)[:2])
    with pytest.raises(PolicyError, match=r"recogniser .* must give shape \(\d+, 2\).*week 0"):
        simulate(STRONG, 300, 5, 7, showing(rule))
    rule = PageRule(2, lambda pages: 1 / 0, np.eye(6)[:2])
    with pytest.raises(PolicyError, match="recogniser .* raised ZeroDivisionError in week 0"):
        simulate(STRONG, 300, 5, 7, showing(rule))

"""A firm that chooses by what it knew, and is judged by the year afterwards."""

import pandas as pd
import pytest

from crmlab.analytical.segments import OneSegment, TreeSegments
from crmlab.experiments.self_service import (
    DESK,
    END,
    LOSS_BY_REVENUE,
    LOSS_BY_TIME,
    NOW,
    OWN,
    Desk,
    gain,
)
from crmlab.experiments.serving_costs import SERVING, Firm, named_scenario

SHOP = named_scenario("retail").replace(**SERVING)


@pytest.fixture(scope="module")
def desk():
    return Desk(customers=800, seed=3)


def test_a_gain_by_hand():
    one = pd.DataFrame({"desk_eur": [10.0], "margin_eur": [20.0]})
    assert gain(one, saved=0.5, lost=0.1).tolist() == [3.0]


def test_the_firm_knows_nothing_of_the_future(desk):
    """A firm whose records stop at the decision believes the same."""
    early = Firm(SHOP, 800, NOW, 3)
    margin = early.margins["margin_eur"].loc[desk.customers_now]
    assert desk.figures["margin_eur"].to_numpy() == pytest.approx(margin.to_numpy())
    pieces = early.volumes.loc[desk.customers_now, DESK]
    minutes = early.times.set_index("driver")["minutes"][DESK]
    cost = (pieces * minutes).sum(axis=1) * desk.minute_eur
    assert desk.figures["desk_eur"].to_numpy() == pytest.approx(cost.to_numpy())


def test_the_year_to_come_is_what_both_years_are_more_than_the_first(desk):
    both = Firm(SHOP, 800, END, 3).volumes.loc[desk.customers_now, DESK]
    first = Firm(SHOP, 800, NOW, 3).volumes.loc[desk.customers_now, DESK]
    cost = ((both - first) * [6.0, 8.0, 10.0]).sum(axis=1) * 0.6
    assert desk.year_to_come["desk_eur"].to_numpy() == pytest.approx(cost.to_numpy())


def test_halves_add_up_to_the_year(desk):
    halves = [desk.figures_between(a, b)["desk_eur"] for a, b in ((0, 26), (26, 52))]
    assert sum(halves).to_numpy() == pytest.approx(desk.figures["desk_eur"].to_numpy())


def test_what_a_list_earns_is_the_mean_over_all(desk):
    sent = desk.own_figures()
    everybody = desk.true_gain.sum() / len(desk.customers_now)
    rest = desk.customers_now.difference(sent)
    assert desk.earned(sent) + desk.earned(rest) == pytest.approx(everybody)


def test_own_figures_send_those_who_would_have_paid(desk):
    figures = desk.figures
    pays = 0.7 * figures["desk_eur"] > 0.15 * figures["margin_eur"]
    assert set(desk.own_figures()) == set(figures.index[pays])


def test_a_segment_is_sent_as_a_whole(desk):
    expected = desk.segment_gain(TreeSegments(leaves=4))
    assert expected.nunique() <= 4
    assert set(desk.by_segment(TreeSegments(leaves=4))) == set(expected.index[expected > 0])


def test_one_segment_expects_the_mean_of_the_lesson(desk):
    assert desk.segment_gain(OneSegment()).unique() == pytest.approx(desk.lesson.mean())


def test_traits_choose_better_than_anything_the_firm_has():
    earned = [(d.earned(d.oracle), d.earned(d.own_figures())) for d in map(_seeded, range(3))]
    assert sum(best for best, _ in earned) > sum(own for _, own in earned) > 0


def _seeded(seed):
    return Desk(customers=800, seed=seed)


def test_losses_by_revenue_hide_the_loss_makers(desk):
    losses = desk.losses()
    assert (losses[LOSS_BY_TIME] > 0).mean() > 0.2 > (losses[LOSS_BY_REVENUE] > 0).mean()
    assert losses.sum()[LOSS_BY_TIME] == pytest.approx(losses.sum()[LOSS_BY_REVENUE])


def test_every_way_ranks_everybody(desk):
    table = desk.scores({"tree": TreeSegments()})
    assert table.columns.tolist() == [LOSS_BY_REVENUE, LOSS_BY_TIME, OWN, "tree"]
    assert table.index.equals(desk.customers_now) and table.notna().all(axis=None)


def test_a_percentage_is_no_share():
    with pytest.raises(ValueError, match="lost must lie between 0 and 1, got 15"):
        Desk(lost=15)


def test_figures_end_at_the_decision(desk):
    with pytest.raises(ValueError, match="until"):
        desk.figures_between(26, 60)

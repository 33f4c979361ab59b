"""The form of preferences: who fills it in, how true it is, and when it is seen."""

import pytest

from crmlab.market.packs import scenario
from crmlab.market.run import simulate
from crmlab.tables import CATEGORIES

ASKED = scenario("retail").replace(preference_form_share=0.4, preference_slips=0.0)


def first_choices(sc):
    """The first category that each customer ticked, with the person's traits."""
    run = simulate(sc, 3_000, 30, 7)
    best = run.records.preferences.sort_values("score").groupby("customer_id").last()
    people = run.truth.people.merge(run.truth.identity).set_index("customer_id")
    return best, people


def test_by_default_nobody_is_asked():
    assert not len(simulate("retail", 100, 10, 7).records.preferences)


def test_the_stated_share_fills_it_in_and_ticks_so_many():
    run = simulate(ASKED.replace(preferences_stated=3), 3_000, 30, 7)
    stated = run.records.preferences
    assert stated["customer_id"].nunique() / 3_000 == pytest.approx(0.4, abs=0.03)
    assert (stated.groupby("customer_id")["score"].agg(sorted).map(tuple) == (1, 2, 3)).all()


@pytest.mark.parametrize(("slips", "hits"), [(0.0, None), (1.0, 1 / len(CATEGORIES))])
def test_the_first_choice_is_drawn_by_need_unless_at_random(slips, hits):
    """A category is the first choice with the person's need for it as its probability."""
    best, people = first_choices(ASKED.replace(preference_slips=slips))
    needs = people.loc[best.index, [f"need_{c}" for c in CATEGORIES]]
    greatest = needs.to_numpy().argmax(axis=1)
    expected = needs.to_numpy().max(axis=1).mean() if hits is None else hits
    right = best["category"].cat.codes.to_numpy() == greatest
    assert right.mean() == pytest.approx(expected, abs=0.04)


def test_a_policy_sees_the_forms_that_are_in():
    seen = {}

    def watch(view):
        seen[view.week] = len(view.frame("preferences"))

    run = simulate(ASKED, 300, 20, 7, watch)
    assert 0 == seen[0] < seen[10] < len(run.records.preferences)

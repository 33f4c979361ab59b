"""Projects lived through: the same luck under another decision, and money that adds up."""

import numpy as np
import pytest

from crmlab.experiments.project_firm import AREAS, BUDGET_EUR, WEEKS, what_breaks_the_plan
from crmlab.experiments.project_lives import (
    WAYS,
    Way,
    expected_eur,
    finish_weeks,
    gain_of_training,
    late_costs_eur,
    lived,
    pilot_gain,
    planned_weeks,
    prospect,
    said_and_true,
    task_weeks,
    tasks_of,
    ways_table,
)
from crmlab.experiments.projects import Project
from crmlab.strategic.implementation import journey, schedule, with_pilot_eur

PROJECT = Project()


def test_the_plan_by_hand():
    assert planned_weeks(PROJECT) == 6 + 8 + 14 + 6 + 5
    assert planned_weeks(PROJECT.replace(padding=0.5)) == 58.5


def test_a_decision_moves_no_luck():
    straight, all_of_it = (lived(PROJECT, way, 200, 1) for way in (Way(pilot=False), WAYS[-1]))
    assert (straight["pays"] == all_of_it["pays"]).all()
    names = [t.name for t in tasks_of(PROJECT, WAYS[-1])]
    coding = task_weeks(PROJECT, WAYS[-1], 200, 1)[:, names.index("coding")]
    assert (coding == task_weeks(PROJECT, Way(), 200, 1)[:, 2]).all()


def test_an_audit_shortens_data_input_only():
    plain, audited = (task_weeks(PROJECT, Way(audit=a), 200, 1) for a in (False, True))
    assert (audited[:, 1:4] == plain[:, :3]).all()
    assert (audited[:, 4] <= plain[:, 3]).all()


def test_without_an_effect_audit_is_free_of_effect():
    nothing = PROJECT.replace(audit_finds=0.0, audit_weeks=0.0)
    assert (finish_weeks(nothing, Way(audit=True)) == finish_weeks(nothing, Way())).all()


def test_money_adds_up():
    table = lived(PROJECT, Way(), 500, 2)
    assert table["value_eur"].to_numpy() == pytest.approx(
        (table["use_eur"] - table["project_eur"] - table["roll_out_eur"]).to_numpy()
    )
    assert not table.loc[~table["rolled_out"], ["use_eur", "roll_out_eur"]].any().any()
    assert not table.loc[~table["pays"], "use_eur"].any()


def test_an_early_stop_saves_the_set_up():
    early = PROJECT.replace(pilot_after="investigation")
    assert schedule(early.tasks)["finish"].max() == 43
    stopped = [lived(p, Way(), 500, 2).query("not rolled_out")["project_eur"].mean()
               for p in (early, PROJECT)]  # fmt: skip
    assert stopped[0] < 0.6 * stopped[1]


def test_what_is_expected_is_near_what_happens():
    happened = lived(PROJECT, Way(pilot=False), 20_000, 3)["value_eur"].mean()
    assert happened == pytest.approx(expected_eur(PROJECT, Way(pilot=False), 2_000, 3), abs=10_000)


def test_starting_at_once_loses_money_on_average():
    """So what a pilot adds is measured against not starting."""
    assert expected_eur(PROJECT, Way(pilot=False), 2_000, 1) < 0
    piloted = lived(PROJECT, Way(), 500, 1)["value_eur"].mean()
    assert pilot_gain(PROJECT, 500, 1) == pytest.approx(piloted)


def test_what_a_pilot_brings_is_what_bayes_rule_says():
    """A sum without any simulated signal, less what is spent until the pilot is over."""
    at_pilot = prospect(PROJECT, projects=20_000, seed=3)
    never = lived(PROJECT.replace(pays_share=0.0), Way(), 20_000, 3)["value_eur"].mean()
    by_hand = with_pilot_eur(at_pilot, PROJECT.pilot_tells) + never
    assert lived(PROJECT, Way(), 20_000, 3)["value_eur"].mean() == pytest.approx(by_hand, abs=6_000)


def test_where_all_programmes_pay_a_free_pilot_adds_nothing():
    free = PROJECT.replace(pays_share=1.0, pilot_eur=0.0, piloting_weeks=0.0)
    assert pilot_gain(free, 500, 1) == pytest.approx(0, abs=1e-6)


def test_a_free_pilot_that_tells_nothing_loses_what_starting_loses():
    """Where the firm should not start, it has no reason to start with such a pilot."""
    empty = PROJECT.replace(pilot_tells=0.0, pilot_eur=0.0, piloting_weeks=0.0)
    straight = lived(PROJECT, Way(pilot=False), 500, 1)["value_eur"].mean()
    assert pilot_gain(empty, 500, 1) == pytest.approx(straight)


def test_training_that_teaches_nothing_only_costs():
    useless = PROJECT.replace(trained_start=0.01, trained_ceiling=0.6, training_lead=0.0)
    assert gain_of_training(useless, 200, 1) < 0


def test_all_ways_have_a_row():
    table = ways_table(PROJECT, 200, 1)
    assert table.index.tolist() == [str(way) for way in WAYS]
    assert (table["rolled_out"] <= 1).all()
    assert table.loc["straight ahead", "rolled_out"] == 1


def test_what_a_pilot_led_to():
    counts = said_and_true(lived(PROJECT, Way(), 400, 1))
    assert counts.to_numpy().sum() == 400
    assert counts.loc["stopped", "does not pay"] > counts.loc["stopped", "pays"]


def test_a_promise_costs_until_it_and_after_it():
    assert late_costs_eur(np.array([10.0, 20.0]), 15.0, 100.0, 400.0) == 1_500 + 400 * 2.5


def test_causes_of_lateness_come_one_by_one():
    table = what_breaks_the_plan(projects=500)
    assert table["plan"].nunique() == 1
    assert table["on_plan"].iloc[0] == pytest.approx(0.5, abs=0.06)
    assert table["on_plan"].iloc[-1] < 0.3


def test_the_journey_of_the_firm_fits_its_budget():
    chosen = journey(AREAS, BUDGET_EUR, WEEKS)
    assert chosen["eur_so_far"].iloc[-1] <= BUDGET_EUR
    assert chosen["weeks_so_far"].iloc[-1] <= WEEKS


def test_fields_are_checked():
    with pytest.raises(ValueError, match=r"pays_share must be in \[0, 1\], got 30"):
        Project(pays_share=30.0)
    with pytest.raises(TypeError, match="no field 'pay_share'. Did you mean 'pays_share'"):
        PROJECT.replace(pay_share=0.3)
    with pytest.raises(ValueError, match="pilot_after must be one of"):
        Project(pilot_after="testing")

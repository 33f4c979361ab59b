"""A scenario validates itself and says what is wrong."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmlab as crm
from crmlab.market.scenario import Scenario

NUMERIC = [f for f in dataclasses.fields(Scenario) if "low" in f.metadata]


@pytest.mark.parametrize("name", crm.scenarios()["name"])
def test_every_named_scenario_runs(name):
    """Each pack in each condition gives records."""
    run = crm.simulate(name, 30, 10, 1, crm.policies.newsletter(1))
    assert len(run.records.orders) >= 20


@given(st.sampled_from(NUMERIC), st.floats(allow_nan=True, allow_infinity=True))
@settings(max_examples=300, deadline=None)
def test_a_field_takes_its_range_and_nothing_else(field, value):
    """Any float is either within the field's range or refused by the field's name."""
    sc = crm.scenario("retail")
    low, high = field.metadata["low"], field.metadata["high"]
    fits = np.isfinite(value) and low <= value <= high
    if isinstance(field.default, int):
        fits = fits and value == int(value)
    try:
        changed = sc.replace(**{field.name: value})
    except (ValueError, TypeError) as error:
        message = str(error)
        related = "margin" in field.name or "correlation" in field.name or "intake" in message
        assert field.name in message or related
        assert not fits or related
    else:
        assert fits
        assert getattr(changed, field.name) == value


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_any_valid_scenario_gives_a_run_that_keeps_the_contract(data):
    """Three fields at a time, anywhere in a sane part of their ranges."""
    changes = {}
    for f in data.draw(st.lists(st.sampled_from(NUMERIC), min_size=3, max_size=3, unique=True)):
        low = max(f.metadata["low"], f.default / 5)
        high = min(f.metadata["high"], f.default * 5 + 0.1)
        value = data.draw(st.floats(min(low, high), max(low, high)))
        changes[f.name] = int(value) if isinstance(f.default, int) else value
    try:
        sc = crm.scenario("retail").replace(**changes)
    except ValueError:
        return
    run = crm.simulate(sc, 25, 12, 1, crm.policies.together(
        crm.policies.permission(1), crm.policies.sense_and_respond(1)))  # fmt: skip
    run.records.check()
    assert np.isfinite(run.profit)
    assert np.isfinite(run.truth.people["expected_value_eur"]).all()


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"fatige": 1}, TypeError, "Did you mean 'fatigue'"),
        ({"return_rate": 8}, ValueError, "Is this a percentage"),
        ({"return_rate": "much"}, TypeError, "return_rate must be a number, got 'much'"),
        ({"process": "pareto"}, ValueError, "Did you mean 'pareto/nbd'"),
        ({"channel_share": (1, 1, 0, 0)}, ValueError, "channel_share must add up to 1"),
        ({"channel_share": (1,)}, ValueError, "channel_share must have 4 values"),
        ({"intake_profile": (0.5, 0.5)}, ValueError, "intake_profile must have 12 values"),
        ({"margin_low": 0.9}, ValueError, "margin_low must not exceed margin_high"),
        ({"regularity": 1.5}, ValueError, "regularity must be a whole number"),
        ({"firm": (("data_qualty", 1, 1),)}, ValueError, "Did you mean 'data_quality'"),
        ({"firm": (("data_quality", 1, 2),)}, ValueError, "data_quality must be in"),
        (
            {"correlation_rate_dropout": 0.9, "correlation_rate_value": 0.9,
             "correlation_dropout_value": -0.9},
            ValueError, "contradict each other",
        ),
    ],
)  # fmt: skip
def test_bad_fields_are_named(changes, error, words):
    """The message that a student sees."""
    with pytest.raises(error, match=words):
        crm.scenario("retail").replace(**changes)


def test_a_scenario_is_frozen_and_shows_what_it_changed():
    """repr names the pack and the differences."""
    sc = crm.scenario("retail").replace(fatigue=0.0)
    assert repr(sc) == "Scenario('retail/textbook', fatigue=0.0)"
    with pytest.raises(dataclasses.FrozenInstanceError):
        sc.fatigue = 2.0

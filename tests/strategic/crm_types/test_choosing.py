"""The lecture's advice as a decision table."""

import pytest

from crmlab.strategic.crm_types import RULES, Profile, advice, points, shares


def test_every_rule_stands_on_words_of_the_notes():
    assert {rule.type for rule in RULES} == {"collaborative", "operational", "analytical"}
    assert all(rule.words for rule in RULES)


def test_one_condition_alone_is_not_enough_against_a_type_that_suits_all():
    assert advice(Profile(sites=5)) == "operational"
    assert advice(Profile(data_driven=True)) == "operational"


def test_most_conditions_win():
    assert advice(Profile(sites=5, departments=3)) == "collaborative"
    assert advice(Profile(data_driven=True, kind="account-based")) == "analytical"


def test_a_tie_goes_to_the_type_that_suits_all():
    firm = Profile(repetitive=0.9, data_driven=True, kind="account-based")
    assert shares(firm).tolist()[::2] == [1.0, 1.0]
    assert advice(firm) == "operational"
    assert points(firm)["holds"].sum() == 4


def test_a_percentage_is_told():
    with pytest.raises(ValueError, match="Is this a percentage"):
        Profile(online=60)

"""The editions of the model are told apart."""

import pytest

from crmlab.strategic.assessment import VALUE_CHAIN, mapping
from crmlab.strategic.value_chain import EDITIONS, LECTURE, STAGES, edition, editions


def test_the_lecture_has_five_stages_and_four_conditions():
    assert (len(LECTURE.stages), len(LECTURE.conditions)) == (5, 4) == (len(STAGES), 4)


def test_cost_magnets_gave_way_to_high_volume():
    first, third = EDITIONS[0].significant, EDITIONS[2].significant
    assert "cost magnets" in first and "cost magnets" not in third
    assert "high volume" in third and "high volume" not in first
    assert (len(first), len(third)) == (4, 5)


def test_the_rebuilt_chain_has_three_processes_on_five_enablers():
    row = editions().loc["rebuilt, 2021-22"]
    assert (row["stages"], row["conditions"]) == (3, 5)


def test_the_assessment_looks_at_the_same_nine_elements():
    assert set(mapping(VALUE_CHAIN)["element"]) == {*LECTURE.stages, *LECTURE.conditions}


def test_an_unknown_edition_is_named():
    with pytest.raises(ValueError, match="1999"):
        edition("1999")

"""Audit, destination, journey: gaps by hand, and an order that stands."""

import pytest

from crmlab.strategic.implementation import PROBLEMS, Area, gaps, journey, widest_first

AREAS = (
    Area("design", 2, 4, eur=10, weeks=1, weight=1),
    Area("quality", 1, 4, eur=5, weeks=1, weight=2, rests_on=("design",)),
    Area("backup", 4, 4, eur=5, weeks=1),
    Area("monitoring", 0, 4, eur=2, weeks=1, weight=1, rests_on=("quality",)),
)


def test_gaps_by_hand():
    table = gaps(AREAS)
    assert table["gap"].tolist() == [2, 3, 0, 4]
    assert table["eur"].tolist() == [20, 15, 0, 8]
    assert table["worth"].tolist() == [2, 6, 0, 4]


def test_all_gaps_in_an_order_that_stands():
    assert journey(AREAS, 100, 100).index.tolist() == ["design", "quality", "monitoring"]


def test_nothing_comes_without_what_it_rests_on():
    assert journey(AREAS, 15, 100).empty  # quality alone would fit, and rests on design
    assert journey(AREAS, 35, 100).index.tolist() == ["design", "quality"]
    assert journey(AREAS, 100, 4).index.tolist() == ["design"]


def test_the_widest_gap_first_stands_on_nothing():
    table = widest_first(AREAS, 30, 100)
    assert table.index.tolist() == ["monitoring", "quality"]
    assert table["stands"].tolist() == [False, False]


def test_it_never_spends_more_than_there_is():
    for budget in (0, 20, 36, 43):
        assert journey(AREAS, budget, 100)["eur"].sum() <= budget


def test_each_area_of_the_lecture_answers_a_problem():
    assert len(PROBLEMS) == 5


def test_bad_input_is_told():
    with pytest.raises(ValueError, match=r"level of 'x' must be in \[0, 5\], got 7"):
        Area("x", 7, 4, 1, 1)
    with pytest.raises(ValueError, match="'b' rests on 'a', which does not stand before it"):
        gaps([Area("b", 1, 2, 1, 1, rests_on=("a",))])

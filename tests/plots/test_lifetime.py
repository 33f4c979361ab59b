"""Figures about lifetime value draw what they are given."""

import numpy as np
import pandas as pd
import pytest

from crmlab import plots

WEEKS = pd.DataFrame(
    {
        "actual": [9, 7, 6, 4],
        "expected": [8.0, 7.5, 7.0, 3.0],
        "fitted": [True, True, False, False],
    },
    index=[1.0, 2.0, 3.0, 4.0],
)
MAP = pd.DataFrame([[0.5, 0.05], [2.0, 9.0]], index=[20.0, 50.0], columns=[1, 10])


def curve(best):
    return pd.DataFrame({"customers": [0.0, 0.1, 1.0], "value": [0.0, best, 1.0]})


def test_tracked_draws_both_lines_and_the_border():
    figure = plots.tracked(WEEKS)
    came, expected, border = figure.axes[0].get_lines()
    assert list(came.get_ydata()) == list(WEEKS["actual"])
    assert list(expected.get_ydata()) == list(WEEKS["expected"])
    assert list(border.get_xdata()) == [2.0, 2.0]
    assert "After that: 10 came, 10 expected" in figure.description


def test_tracked_says_which_column_is_missing():
    with pytest.raises(ValueError, match="'fitted'"):
        plots.tracked(WEEKS.drop(columns="fitted"))


def test_capture_curves_pass_through_what_the_best_tenth_brings():
    figure = plots.capture_curves({"oracle": curve(0.8), "past revenue": curve(0.6)})
    lines = {line.get_label(): line for line in figure.axes[0].get_lines()}
    for name, share in (("oracle", 80), ("past revenue", 60)):
        assert np.interp(10, lines[name].get_xdata(), lines[name].get_ydata()) == share
    assert "oracle 80%, past revenue 60%" in figure.description


def test_capture_curves_need_a_curve():
    with pytest.raises(ValueError, match="at least one"):
        plots.capture_curves({})


def test_a_value_map_has_a_curve_for_each_value_in_reach():
    figure = plots.value_map(MAP)
    drawn = figure.axes[0].collections[0]
    assert list(drawn.levels) == [0.1, 0.25, 0.5, 1, 2, 4, 8]
    assert "Last order in week 20: 0.5 after 1" in figure.description


def test_a_value_map_says_what_its_curves_count():
    figure = plots.value_map(MAP, "discounted purchases")
    assert figure.axes[0].get_xlabel().endswith("(on the curves: discounted purchases)")


def test_a_value_map_needs_two_of_each():
    with pytest.raises(ValueError, match="2 x 2"):
        plots.value_map(MAP[[1]])

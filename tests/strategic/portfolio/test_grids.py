"""Shapiro's grid, and Dubinsky and Ingram's."""

import pytest

from crmlab.strategic.portfolio import Grid, dubinsky, shapiro


def test_shapiros_corners_by_hand(four):
    """A to D are the four kinds, in the order of the authors."""
    assert shapiro(four)["cell"].to_dict() == {
        "A": "carriage trade", "B": "passive", "C": "aggressive", "D": "bargain basement",
    }  # fmt: skip


def test_present_and_potential_by_hand(four):
    """What could be gained is potential less present lifetime value: D most, A least."""
    assert dubinsky(four)["cell"].to_dict() == {
        "A": "maintenance", "B": "maintenance", "C": "developmental", "D": "developmental",
    }  # fmt: skip


def test_a_higher_border_leaves_fewer_high(four):
    """Only the dearest pays a high price when the border stands at three quarters."""
    found = shapiro(four, Grid(first=0.75))["cell"]
    assert found.isin(["carriage trade", "passive"]).sum() == 1


@pytest.mark.parametrize("which", ["first", "second"])
def test_a_border_lies_inside(which):
    """The message names the border."""
    with pytest.raises(ValueError, match=f"{which} must lie between 0 and 1, got 1.5"):
        Grid(**{which: 1.5})

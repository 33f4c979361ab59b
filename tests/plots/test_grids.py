"""Portfolio grids: points, borders, names of cells."""

import pandas as pd
import pytest

from crmlab.plots import KeptGrid, portfolio_grid, portfolio_grids

POINTS = pd.DataFrame({"x": [0.1, 0.9, 0.4], "y": [0.8, 0.2, 0.5], "size": [1.0, 9.0, 3.0]})
CORNERS = ("low", "right", "up", "both")


def test_points_stand_where_the_table_says():
    """Larger accounts have larger areas; the borders are lines."""
    figure = portfolio_grid(POINTS, ("cost", "price"), "They differ", (0.5, 0.4), CORNERS, "sales")
    axes = figure.axes[0]
    assert axes.collections[0].get_offsets().tolist() == [[0.1, 0.8], [0.9, 0.2], [0.4, 0.5]]
    sizes = axes.collections[0].get_sizes()
    assert sizes[1] > sizes[2] > sizes[0]
    assert [line.get_xdata()[0] for line in axes.lines][0] == 0.5
    assert {t.get_text() for t in axes.texts} == set(CORNERS)
    assert "largest at 0.9, 0.2" in str(figure)


def test_a_truth_gets_colours_and_a_scale():
    """By rank, from lowest to highest."""
    points = POINTS.assign(colour=[5.0, -2.0, 900.0])
    figure = portfolio_grid(points, ("cost", "price"), "They differ", colour_label="value")
    assert len(figure.axes) == 2
    assert figure.axes[0].collections[0].get_array().tolist() == pytest.approx([2 / 3, 1 / 3, 1])


def test_a_kept_grid_moves_its_points():
    """The chosen are in the second group."""
    kept = KeptGrid([1, 2, 3], "others", "chosen")
    for chosen in ([True, False, False], [False, True, True]):
        kept.show(POINTS["x"], POINTS["y"], chosen, ("cost", "price"), (0.5, 0.3))
        assert len(kept.points[1].get_offsets()) == sum(chosen)
    assert kept.figure.axes[0].get_xlabel() == "cost"


@pytest.mark.parametrize(
    ("points", "corners", "words"),
    [(POINTS.head(0), (), "at least one account"), (POINTS, ("a", "b"), "four names, got 2")],
)
def test_bad_input_is_named(points, corners, words):
    with pytest.raises(ValueError, match=words):
        portfolio_grid(points, ("cost", "price"), "They differ", corners=corners)


def test_grids_stand_side_by_side_on_one_scale_of_colours():
    coloured = POINTS.assign(colour=range(len(POINTS)))
    figure = portfolio_grids({"one": coloured, "two": coloured, "three": coloured}, "Alike")
    assert [axes.get_title() for axes in figure.axes if axes.get_visible()][:3] == [
        "one", "two", "three",
    ]  # fmt: skip
    assert sum(len(axes.collections) for axes in figure.axes[:3]) == 3
    with pytest.raises(ValueError, match="one to four, got 0"):
        portfolio_grids({}, "Nothing")
    with pytest.raises(ValueError, match="'none' must have at least one account"):
        portfolio_grids({"none": POINTS.head(0)}, "Nothing")

"""Matrices side by side: numbers, a common scale, and words."""

import pandas as pd
import pytest

from crmlab import plots

TRUE = pd.DataFrame([[80.0, 20.0], [5.0, 95.0]], ["home", "offers"], ["offers", "leaves"])
FOUND = pd.DataFrame([[70.0, 30.0], [7.0, 93.0]], TRUE.index, TRUE.columns)


@pytest.fixture
def figure():
    return plots.matrices({"true": TRUE, "found": FOUND}, "% of the moves", "Nearly the same")


def test_every_cell_has_its_number(figure):
    texts = [[t.get_text() for t in axes.texts] for axes in figure.axes]
    assert texts == [["80", "20", "5", "95"], ["70", "30", "7", "93"]]


def test_all_share_one_scale(figure):
    limits = {axes.images[0].get_clim() for axes in figure.axes}
    assert limits == {(0.0, 95.0)}


def test_numbers_are_white_where_cells_are_dark(figure):
    colours = {t.get_text(): t.get_color() for t in figure.axes[0].texts}
    assert colours["95"] == "white" != colours["5"]


def test_it_says_in_words_what_is_largest(figure):
    assert figure.headline == "Nearly the same"
    assert "true offers to leaves 95; found offers to leaves 93" in figure.description


def test_bad_input_is_answered_with_a_remedy():
    with pytest.raises(ValueError, match="tables must be one to three, got 0"):
        plots.matrices({}, "%", "Nothing")
    with pytest.raises(ValueError, match="the same rows and columns; 'found' has others"):
        plots.matrices({"true": TRUE, "found": FOUND.T}, "%", "Other pages")

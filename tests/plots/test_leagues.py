"""A league over several markets, and a map of its winners."""

import pandas as pd
import pytest

from crmlab import plots

MARKETS = pd.MultiIndex.from_product([["shop", "club"], ["calm", "rough"]])
TABLE = pd.DataFrame([[0.0, 0.0, 0.0, 0.0], [2.0, -1.0, 3.0, -0.04]], ["nothing", "mail"], MARKETS)


def test_the_best_of_each_market_is_framed_and_named():
    """Doing nothing can be the best; what rounds to nothing has no sign."""
    picture = plots.standings({"one": TABLE, "two": TABLE}, "EUR", "See")
    first = picture.axes[0]
    framed = {(round(p.get_x() + 0.48), round(p.get_y() + 0.46)) for p in first.patches}
    assert framed == {(0, 1), (1, 0), (2, 1), (3, 0)}
    bold = {t.get_text() for t in first.texts if t.get_weight() == "bold"}
    assert {"+2.0", "+3.0", "0.0", "shop", "club"} == bold
    assert "shop calm mail 2, shop rough nothing 0" in picture.description


def test_a_doubtful_lead_has_a_dashed_frame():
    """And says so, in the figure and in words."""
    sure = {"one": pd.Series([True, False, True, True], MARKETS)}
    picture = plots.standings({"one": TABLE}, "EUR", "See", sure)
    styles = {round(p.get_x() + 0.48): p.get_linestyle() for p in picture.axes[0].patches}
    assert styles[0] == styles[2] == "-" != styles[1]
    assert "shop rough nothing 0 (not sure)" in picture.description
    assert "dashed: not sure" in picture.get_supxlabel()


def test_standings_need_a_table():
    """The argument is named."""
    with pytest.raises(ValueError, match="tables must be one to three, got 0"):
        plots.standings({}, "EUR", "See")
    with pytest.raises(ValueError, match=r"tables\['one'\] must have"):
        plots.standings({"one": TABLE.iloc[:0]}, "EUR", "See")
    with pytest.raises(ValueError, match=r"tables\['one'\] has gaps"):
        plots.standings({"one": TABLE.where(TABLE > 0)}, "EUR", "See")


def test_the_map_names_the_leader_of_each_market():
    """Hatched where the second is ahead in some worlds; one colour a model."""
    spots = pd.DataFrame(
        {
            "price": [1.0, 1.0, 4.0],
            "patience": [0.175, 0.7, 0.7],
            "model": ["mail", "mail", "post"],
            "second": ["post", "post", "mail"],
            "gain_eur": [2.0, 0.0, 3.0],
            "lead_eur": [0.5, 0.1, 1.0],
            "sure": [True, False, True],
        }
    )
    picture = plots.winner_map(spots, ("price", "patience"), "See")
    axes = picture.axes[0]
    assert [bool(p.get_hatch()) for p in axes.patches] == [False, True, False]
    colours = [p.get_facecolor() for p in axes.patches]
    assert colours[0] == colours[1] != colours[2]
    assert [t.get_text() for t in axes.get_yticklabels()] == ["0.175", "0.7"]
    assert "1, 0.7 mail 0.0 (not sure)" in picture.description
    with pytest.raises(ValueError, match="spots must have at least"):
        plots.winner_map(spots.iloc[:0], ("price", "patience"), "See")
    with pytest.raises(ValueError, match="spots must have the column 'second'"):
        plots.winner_map(spots.drop(columns="second"), ("price", "patience"), "See")

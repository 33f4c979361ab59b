"""The league of the lecture models: the same worlds, the same budget, a table and a map."""

import pandas as pd
import pytest

from crmlab.experiments import league


def test_every_model_plays_and_keeps_to_the_budget():
    """All names in the table; without prospects for sale nobody wins any."""
    rows = league.play(league.market("retail", "textbook"), [5], customers=120, weeks=50)
    assert rows["model"].tolist() == list(league.models())
    table = league.table(rows)
    assert set(table.index) == set(league.models()) - {league.NOTHING}
    assert table["first"].sum() <= 1
    assert table["gain_eur"].is_monotonic_decreasing


def test_where_nobody_reacts_no_model_earns_anything():
    """In the null market whatever is spent is lost."""
    rows = league.play(league.market("retail", "null"), [5], customers=120, weeks=40)
    assert (league.table(rows)["gain_eur"] <= 1e-9).all()


def test_the_table_counts_first_places_by_hand():
    """Two worlds: one won by a, one by doing nothing."""
    rows = pd.DataFrame(
        {
            "seed": [1, 1, 1, 2, 2, 2],
            "model": ["nothing", "a", "b"] * 2,
            "profit_eur": [1.0, 3.0, 2.0, 5.0, 4.0, 1.0],
        }
    )
    table = league.table(rows)
    assert table["gain_eur"].to_dict() == {"a": 0.5, "b": -1.5}
    assert table["first"].to_dict() == {"a": 1, "b": 0}
    spots = league.winners(rows.assign(tolerance=0.7, dearer=2.0))
    assert spots[["model", "sure"]].to_numpy().tolist() == [["a", False]]
    with pytest.raises(ValueError, match="must hold the model 'nothing'"):
        league.table(rows[rows["model"] != "nothing"])


def test_a_market_of_the_league_is_named():
    """A slip of the pen names the nearest."""
    assert league.market("retail", league.UNREADY).firm
    assert league.market("retail", "textbook", league.OPEN).pool_prospects > 0
    assert league.market("retail", "textbook").pool_prospects == 0
    with pytest.raises(ValueError, match="season must be one of"):
        league.market("retail", "textbook", "spring")

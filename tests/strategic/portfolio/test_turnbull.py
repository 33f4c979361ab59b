"""Turnbull and Zolkiewski's three dimensions."""

import pytest

from crmlab.strategic.portfolio import Turnbull, portfolio, turnbull


def test_four_corners_by_hand(four):
    """Price and cost as they are; A and B have the good relationships."""
    found = turnbull(four)
    assert found["cell"].to_dict() == {
        "A": "high cost, high price, high value",
        "B": "low cost, high price, high value",
        "C": "high cost, low price, low value",
        "D": "low cost, low price, low value",
    }
    assert found.loc[["A", "B"], "score"].min() > found.loc[["C", "D"], "score"].max()


def test_volume_is_in_none_of_the_dimensions(four):
    """Ten times the sales at the same rates: the same cell."""
    larger = four.assign(sales_eur=four["sales_eur"] * [1, 10, 1, 1, 1])
    assert turnbull(larger).equals(turnbull(four))


def test_there_are_eight_cells_at_most(run):
    """Three dimensions, each high or low."""
    found = turnbull(portfolio(run.records, run.records.as_of(78).now))
    assert 4 <= found["cell"].nunique() <= 8
    assert found[["cost_to_serve", "net_price", "relationship_value"]].max().max() < 1


def test_a_border_is_a_rank():
    """Five of seven points is no border here."""
    with pytest.raises(ValueError, match="border must lie between 0 and 1, got 5"):
        Turnbull(border=5)

"""Scores made of many things: by rank, with weights, and honest about their source."""

import numpy as np
import pandas as pd
import pytest

from crmlab.strategic.portfolio import Fiocca, Turnbull, captured, cell_table, customers, made_of
from crmlab.strategic.portfolio.factors import Factor, standing, thirds, weighted


def test_standing_does_not_depend_on_the_unit():
    """Ranks are the same in EUR and in cents, and after any stretching."""
    values = pd.Series([3.0, 8.0, 1.0, 700.0])
    assert standing(values).equals(standing(np.log(100 * values)))
    assert standing(values).mean() == pytest.approx(0.5)


def test_missing_values_stand_in_the_middle():
    """Nobody is punished for a judgement that was never made."""
    assert standing(pd.Series([1.0, np.nan, 3.0])).tolist() == [0.25, 0.5, 0.75]


def test_a_weighted_mean_by_hand(four):
    """Twice the sales and once the reversed rival: D stands lowest in one, at 3/8 in the other."""
    held = customers(four)
    score = weighted(held, [Factor("volume", "sales_eur", 2.0), Factor("rival", "rival", -1.0)])
    assert score["D"] == pytest.approx((2 * 0.125 + 0.375) / 3)
    assert score["A"] == pytest.approx((2 * 0.875 + 0.875) / 3)


def test_grids_place_customers_only(four):
    """A prospect has no price and no cost."""
    assert customers(four).index.tolist() == list("ABCD")
    with pytest.raises(ValueError, match="at least one customer with sales"):
        customers(four.loc[["P"]])


def test_thirds_are_thirds():
    """Nine accounts, three in each."""
    words = thirds(pd.Series(range(9)), ("low", "medium", "high"))
    assert words.value_counts().to_dict() == {"low": 3, "medium": 3, "high": 3}


def test_a_model_says_what_is_judged():
    """Turnbull and Zolkiewski mix hard and judgemental data; Fiocca never asks for profit."""
    table = made_of(Turnbull()).set_index("axis")
    assert table.loc["cost to serve", "source"] == table.loc["net price", "source"] == "computed"
    assert (table.loc["relationship value", "source"] == "judged").all()
    assert not made_of(Fiocca())["column"].str.contains("profit").any()


def test_the_best_list_captures_all_and_a_lot_its_part():
    """Between the two lies every honest score."""
    true = pd.Series(np.arange(100.0))
    assert captured(true, true, 0.2) == 1.0
    lots = [captured(pd.Series(np.random.default_rng(i).random(100)), true) for i in range(40)]
    assert np.mean(lots) == pytest.approx(49.5 / 89.5, abs=0.03)


def test_cells_add_up(four):
    """No account is lost between the cells."""
    cells = pd.DataFrame({"cell": ["x", "y", "x", "x"]}, index=list("ABCD"))
    table = cell_table(cells, {"sales": four["sales_eur"]})
    assert table.loc["x"].tolist() == [3, 700] and table.loc["y"].tolist() == [1, 300]


@pytest.mark.parametrize(
    ("factors", "words"),
    [
        (
            [Factor("charm", "relationships")],
            "'charm' asks for the column 'relationships'.*relation",
        ),
        ([Factor("nothing", "rival", 0.0)], "at least one weight that is not 0"),
    ],
)
def test_a_bad_factor_names_itself(four, factors, words):
    """The message says which factor and which column."""
    with pytest.raises(ValueError, match=words):
        weighted(four, factors)


def test_a_percentage_is_no_part(four):
    """20 is not 0.2."""
    with pytest.raises(ValueError, match="part must lie between 0 and 1, got 20"):
        captured(four["sales_eur"], four["sales_eur"], 20)

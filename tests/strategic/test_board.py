"""The board of the game: which account stands in which cell, and what fits there."""

import numpy as np
import pandas as pd
import pytest

from crmlab.strategic.portfolio.board import CELLS, board, cells, decisions_for
from crmlab.tables import STRATEGIES


@pytest.fixture
def table():
    """Eight accounts that can be sorted by hand."""
    columns = ["status", "profit_eur", "lifetime_value_eur", "relationship", "wallet_eur",
               "leading_house", "closed"]  # fmt: skip
    rows = [
        ("customer", 90, 900, 6, 500, False, False),
        ("customer", 20, 200, 2, 500, False, False),
        ("customer", -5, -50, 5, 500, False, False),
        ("customer", 10, 100, np.nan, 500, False, False),
        ("prospect", 0, 0, np.nan, 900, False, False),
        ("prospect", 0, 0, np.nan, 100, True, True),
        ("prospect", 0, 0, np.nan, 100, True, False),
        ("lost", 7, 0, np.nan, 500, False, False),
        ("ended", -7, 0, np.nan, 500, False, False),
    ]
    frame = pd.DataFrame(rows, columns=columns, index=pd.RangeIndex(1, 10, name="customer_id"))
    return frame.assign(
        sales_eur=100.0,
        serving_eur=20.0,
        rival=3.0,
        leaving_risk=0.1,
        potential_eur=[5, 1, 1, 9, 3, 4, 2, 6, 6],
    )


def test_every_account_stands_where_it_belongs(table):
    assert cells(table).astype(str).tolist() == [
        "valuable, close",
        "ordinary, loose",
        "losing, close",
        "ordinary, loose",
        "prospects, promising",
        "prospects, promising",
        "prospects, other",
        "lost, worth it",
        "lost, other",
    ]


def test_the_board_counts_all_accounts_and_keeps_empty_cells(table):
    shown = board(table)
    assert list(shown.index) == list(CELLS)
    assert shown["accounts"].sum() == len(table)
    assert shown.loc["ordinary, loose", "profit_eur"] == 15


def test_a_decision_for_a_cell_is_one_for_its_accounts(table):
    """The larger of value and potential goes first when the budget is short."""
    rows = decisions_for(table, {"ordinary, loose": "protect", "lost, other": None})
    assert rows["customer_id"].tolist() == [2, 4]
    assert rows["strategy"].tolist() == ["protect", "protect"]
    assert rows["priority"].tolist() == [200, 100]


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"valuable": "protect"}, "Did you mean 'valuable, loose'|Did you mean 'valuable, close'"),
        ({"losing, loose": "start"}, "the strategy for 'losing, loose' must be one of"),
    ],
)
def test_what_does_not_fit_is_told(table, wish, words):
    with pytest.raises(ValueError, match=words):
        decisions_for(table, wish)


def test_each_of_the_seven_strategies_fits_somewhere():
    assert {s for fits in CELLS.values() for s in fits} == set(STRATEGIES)

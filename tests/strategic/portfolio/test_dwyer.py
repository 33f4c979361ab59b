"""Dwyer's two kinds, and what each view expects."""

import numpy as np
import pandas as pd
import pytest

from crmlab.strategic.portfolio import (
    Dwyer,
    buying,
    dwyer,
    migration,
    migration_view,
    retention_view,
)


def test_who_buys_nearly_all_is_lost_for_good(four):
    """A and B have one supplier in effect."""
    assert dwyer(four)["cell"].tolist() == ["lost for good"] * 2 + ["always a share"] * 2


def test_quarters_of_buying_by_hand(firm):
    """Account 1 buys in every quarter of the year, account 2 in the first two."""
    bought = buying(firm, np.datetime64("2024-12-30T00:00:00", "s"), 4)
    assert bought.loc[1].tolist() == [True] * 4
    assert bought.loc[2].tolist() == [True, True, False, False]
    assert 3 not in bought.index


def test_migration_by_hand():
    """After a purchase 3 of 4 buy again; after a pause of one quarter, 1 of 2."""
    bought = pd.DataFrame([[1, 1, 1, 0, 1], [0, 1, 0, 0, 0]], columns=range(-5, 0)) > 0
    table = migration(bought, cells=3)
    assert table["cases"].tolist() == [4, 2, 1]
    overall = 3 / 7
    assert table["buys"].tolist() == pytest.approx(
        [(2 + overall) / 5, (1 + overall) / 3, overall / 2]
    )


def test_both_views_by_hand():
    """Ten accounts; nine of ten buy again, who pauses always returns."""
    rows = [[True, True, True]] * 8 + [[True, False, True], [True, True, False]]
    bought = pd.DataFrame(rows)
    again = (8 * 2 + 1) / (10 + 9)
    assert retention_view(bought, 2).tolist() == pytest.approx([9 * again, 9 * again**2])
    buys = migration(bought, 2)["buys"]
    first = 9 * buys[0] + 1 * buys[1]
    second = first * buys[0] + (10 - first) * buys[1]
    assert migration_view(bought, 2, 2).tolist() == pytest.approx([first, second])


def test_where_nobody_returns_both_views_say_nearly_the_same():
    """Recovery: a tenth leaves each quarter, for good."""
    stays = np.random.default_rng(3).random((4_000, 8)) < 0.9
    stays[:, 0] = True
    bought = pd.DataFrame(np.minimum.accumulate(stays, axis=1))
    true = bought.iloc[:, -1].sum() * 0.9 ** np.arange(1, 5)
    assert retention_view(bought, 4) == pytest.approx(true, rel=0.03)
    assert migration_view(bought, 4, 6) == pytest.approx(true, rel=0.03)


def test_where_all_return_only_migration_is_right():
    """Recovery: everybody buys in seven quarters of ten, by chance."""
    bought = pd.DataFrame(np.random.default_rng(4).random((4_000, 8)) < 0.7)
    assert migration_view(bought, 4) == pytest.approx(np.full(4, 2_800), rel=0.03)
    assert retention_view(bought, 4)[-1] < 900


def test_one_cell_of_recency_is_too_few():
    """The message names the argument."""
    with pytest.raises(ValueError, match="cells"):
        Dwyer(cells=1)

"""What is expected of each strategy: sums that can be done on an envelope."""

import numpy as np
import pandas as pd
import pytest

from crmlab.strategic.portfolio.significance import BENCHMARK, DOOR, INSPIRATION
from crmlab.strategic.portfolio.strategy_gains import (
    Beliefs,
    gains,
    quarters_away,
    significance_eur,
)

ONE_QUARTER = Beliefs(quarters=1)


def test_gains_of_a_customer_by_hand(accounts):
    found = gains(accounts({}), ONE_QUARTER).loc[1]
    value = 3_000 * 0.9 * 1.1**-0.25
    assert found["value_eur"] == pytest.approx(value)
    assert found["protect"] == pytest.approx(0.5 * 0.1 * value + 0.4 * 0.5 * 8_000 * 0.4)
    assert found["re-engineer"] == pytest.approx(0.35 * 1_000 * 0.9 * 1.1**-0.25)
    assert found["enhance"] == pytest.approx(0.4 * 0.5 * 8_000 * 0.4)
    assert found["harvest"] == pytest.approx(300.0)
    assert found["end"] == pytest.approx(-value)
    assert found[["win back", "start"]].eq(0).all()


def test_the_longer_an_account_is_away_the_less_winning_it_back_is_worth(accounts):
    table = accounts({}, {"status": "lost"}, {"status": "lost"}).assign(away=[np.nan, 1.0, 4.0])
    found = gains(table)["win back"]
    assert found[2] > found[3] > 0
    assert found[3] / found[2] == pytest.approx(0.7**3)


def test_without_a_memory_the_latest_change_stands_for_today(accounts):
    since = pd.to_datetime(["2024-04-01", "2024-01-01"])
    table = accounts({"status": "lost"}, {"status": "lost"}).assign(since=since)
    assert quarters_away(table).tolist() == pytest.approx([0.0, 1.0])


def test_a_prospect_is_expected_to_bring_what_customers_bring_for_their_wallet(accounts):
    table = accounts({}, {"status": "prospect", "wallet_eur": 40_000.0, "profit_eur": 0.0})
    assert gains(table).loc[2, "profit_eur"] == pytest.approx(6_000.0)


def test_a_prospect_behind_a_closed_door_gains_nothing_until_a_leading_house_buys(accounts):
    closed = {"industry": "hospitals", "closed": True}
    behind = {"status": "prospect", **closed}
    alone = gains(accounts({}, behind)).loc[2]
    opened = gains(accounts(closed | {"leading_house": True}, behind)).loc[2]
    assert alone["locked"] and alone["start"] == 0
    assert not opened["locked"] and opened["start"] > 0


def test_value_of_others_hangs_on_three_kinds(accounts):
    table = accounts(
        {"named_by": 3},
        {"adopted": 5},
        {"leading_house": True, "closed": True, "industry": "hospitals"},
        {"status": "prospect", "closed": True, "industry": "hospitals"},
    )
    value = pd.Series([100.0, 200.0, 300.0, 400.0], table.index)
    found = significance_eur(table, value)
    assert found[BENCHMARK].tolist() == pytest.approx([0.1 * 200 * 3, 0, 0, 0])
    assert found[INSPIRATION].tolist() == pytest.approx([0, 0.01 * 600, 0, 0])
    assert found[DOOR].tolist() == pytest.approx([0, 0, 0.1 * 400, 0])


@pytest.mark.parametrize("field", ["protect_keeps", "follower_part", "new_life"])
def test_a_percentage_is_recognised(field):
    with pytest.raises(ValueError, match=rf"{field} must be in \[0, 1\], got 40. Is this"):
        Beliefs(**{field: 40})


def test_gains_need_a_quarter_to_come_in():
    with pytest.raises(ValueError, match="quarters must be >= 1, got 0"):
        Beliefs(quarters=0)

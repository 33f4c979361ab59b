"""The portfolio table: five disciplines in one, from records only."""

import numpy as np
import pandas as pd
import pytest

from crmlab.market.run import simulate
from crmlab.strategic.portfolio import DISCIPLINES, portfolio, seen
from crmlab.strategic.portfolio.outlook import Horizon

START = np.datetime64("2024-01-01T00:00:00", "s")


def week(number):
    """The moment at which a week begins."""
    return START + number * np.timedelta64(7, "D")


def test_three_accounts_by_hand(firm):
    """Judgement, headroom, talk and outlook of a firm of three."""
    table = portfolio(firm, week(52), Horizon(1, 0.0))
    one, two, three = (table.loc[i] for i in (1, 2, 3))
    assert (one["relationship"], one["rival"], one["share"]) == (6, 2, 0.4)
    assert one["headroom_eur"] == pytest.approx(0.5 * 250)
    assert np.isnan(three["relationship"]) and three["headroom_eur"] == pytest.approx(0.9 * 300)
    assert list(table["named_by"]) == [0, 0, 2] and list(table["adopted"]) == [2, 0, 0]
    assert list(table["contacts"]) == [1, 0, 0] and list(table["closed"]) == [False, False, True]
    stays = 1 - one["leaving_risk"]
    assert one["lifetime_value_eur"] == pytest.approx(35 * (1 + one["growth"]) * stays)
    more = 35 + 0.4 * 125
    assert one["potential_eur"] == pytest.approx(more * (1 + one["growth"]) * stays)
    assert two["lifetime_value_eur"] == 0 and three["lifetime_value_eur"] == 0
    assert three["potential_eur"] > 0


def test_every_discipline_fills_its_column(run):
    """Five disciplines, five columns, one row an account."""
    table = portfolio(run.records, week(78))
    assert len(DISCIPLINES) == 5 and set(DISCIPLINES.values()) <= set(table.columns)
    assert table.index.equals(pd.Index(run.records["accounts"]["customer_id"].sort_values()))
    buys = (table["status"] == "customer") & (table["sales_eur"] > 0)
    assert table.loc[buys & table["relationship"].notna(), "segment"].ne("").all()
    assert table.loc[table["status"] != "customer", "segment"].eq("").all()


@pytest.mark.parametrize("at", [26, 52, 65])
def test_the_table_knows_nothing_later(run, at):
    """The whole records and those of the moment give the same table."""
    past = run.records.as_of(at)
    pd.testing.assert_frame_equal(portfolio(run.records, past.now), portfolio(past, past.now))


def test_a_policy_sees_the_same_table():
    """In a policy and in a notebook: one function, one result."""
    kept = {}

    def watch(view):
        if view.week == 39:
            kept["table"] = portfolio(seen(view), view.now)

    run = simulate("b2b", customers=60, weeks=45, seed=2, policy=watch)
    past = run.records.as_of(39)
    pd.testing.assert_frame_equal(kept["table"], portfolio(past, past.now), check_dtype=False)


def test_profitable_accounts_are_found():
    """Recovery: what the books say of profit is near what is true."""
    run = simulate("b2b", customers=200, weeks=52, seed=6)
    table = portfolio(run.records, week(52))
    who = run.truth.account_identity.set_index("customer_id")["account_id"]
    true = run.truth.accounts.set_index("account_id").loc[who.loc[table.index]]
    believed = table["profit_eur"] * table["quarters"]
    assert np.corrcoef(believed, true["contribution_eur"])[0, 1] > 0.99


def test_without_orders_there_is_no_table(firm):
    """The message says what is missing."""
    with pytest.raises(ValueError, match="at least one order"):
        portfolio(firm, week(0))

"""Rules to hold the list against: by sales, by the books, by lot."""

import pandas as pd
import pytest

import crmlab as crm
from crmlab.strategic.portfolio.simple_rules import (
    deal,
    dealt_strategies,
    end_losers,
    protect_the_largest,
)


@pytest.fixture(scope="module")
def chosen():
    """Ten accounts with five strategies, two of them re-engineering."""
    kinds = ["re-engineer", "re-engineer", "protect", "end", "", "", "", "", "start", ""]
    return pd.DataFrame({"strategy": kinds, "priority": 1.0}, index=range(10))


STATUS = pd.Series(["customer"] * 8 + ["prospect"] * 2)


def test_as_many_of_each_strategy_are_dealt_to_accounts_that_they_fit(chosen):
    never = pd.Series(False, range(10))
    dealt = deal(chosen, STATUS, never, pd.Series(range(10, 0, -1)) / 10)
    assert dealt["strategy"].value_counts().equals(chosen["strategy"].value_counts())
    assert set(dealt.loc[8:, "strategy"]) == {"", "start"}
    assert not dealt["strategy"].equals(chosen["strategy"])


def test_nobody_is_dealt_re_engineering_again(chosen):
    mended = pd.Series([True] * 7 + [False] * 3)
    dealt = deal(chosen, STATUS, mended, pd.Series(range(10)) / 10)
    assert dealt.index[dealt["strategy"] == "re-engineer"].tolist() == [7]


def test_the_largest_are_protected_and_the_smallest_harvested():
    run = crm.simulate("b2b", 40, 27, 3, protect_the_largest(0.1, 0.2))
    done = run.records["treatments"].set_index("customer_id")["strategy"].astype(str)
    sales = run.records.orders.groupby("customer_id")["value_eur"].sum()
    assert sales[done.index[done == "protect"]].min() > sales[done.index[done == "harvest"]].max()
    assert (done == "protect").sum() in (3, 4)


def test_ending_at_full_cost_ends_more_customers():
    by_books = (end_losers(by) for by in ("profit_eur", "full_profit_eur"))
    ended = [len(crm.simulate("b2b", 60, 27, 3, p).records["treatments"]) for p in by_books]
    assert 0 < ended[0] < ended[1]


def test_dealt_strategies_can_all_be_carried_out():
    run = crm.simulate("b2b", 60, 53, 3, dealt_strategies())
    assert len(run.records["treatments"]) and not len(run.records["refusals"])


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="by must be one of 'profit_eur', 'full_profit_eur'"):
        end_losers("sales_eur")
    with pytest.raises(ValueError, match=r"largest must be in \[0, 1\], got 20. Is this"):
        protect_the_largest(20)

"""The oracle: gains that luck does not blur, and decisions that follow from them."""

import pandas as pd
import pytest

import crmlab as crm
from crmlab.experiments.portfolio_oracle import (
    ALONE,
    Oracle,
    best_strategies,
    contributions,
    externalities,
    grade,
    oracle,
    strategy_gains,
)
from crmlab.tables import STRATEGIES

SIZE = {"customers": 30, "weeks": 53, "seed": 3}
NULL = crm.scenario("b2b/null").replace(activity_eur=(0.0, 0.0, 0.0, 0.0), **ALONE)


@pytest.fixture(scope="module")
def table():
    return best_strategies("b2b", **SIZE, draws=2)


def test_the_best_is_the_highest_gain_that_fits(table):
    at_first = crm.simulate("b2b", 30, 1, 3).truth
    known = at_first.account_identity.set_index("customer_id")["account_id"]
    customer = known.reindex(table.index) < 30
    five = table.loc[customer, [f"by {kind}" for kind in STRATEGIES[:5]]]
    best = five.idxmax(axis=1).str.removeprefix("by ").where(five.max(axis=1) > 0, "")
    assert best.equals(table.loc[customer, "best"].astype(best.dtype))
    assert set(table.loc[~customer, "best"]) <= {"", "start"}


def test_where_nobody_reacts_a_strategy_costs_its_price_and_the_oracle_does_nothing():
    gain = best_strategies(NULL, **SIZE, draws=1)
    assert gain["gain_eur"].eq(0).all() and gain["best"].eq("").all()
    assert gain["protect"].min() < -1_500 and gain["protect"].max() <= 0
    busy = crm.simulate(NULL, *SIZE.values(), oracle(NULL, **SIZE, draws=1))
    assert not len(busy.records["treatments"])


def test_the_best_is_chosen_by_some_draws_and_valued_by_others(table):
    mean = strategy_gains("b2b", **SIZE, draws=2).groupby("customer_id").mean()
    assert mean.equals(table.filter(like="by ").rename(columns=lambda c: c.removeprefix("by ")))
    other = strategy_gains("b2b", **SIZE, draws=2, first=2).groupby("customer_id").mean()
    assert other.equals(table[list(STRATEGIES)])
    for customer, kind in table.loc[table["best"] != "", "best"].items():
        assert table.loc[customer, "gain_eur"] == other.loc[customer, kind]


def test_what_was_chosen_by_luck_is_worth_less_on_other_luck():
    """The winner's curse: valued by the draws that chose it, the best looks better."""
    table = best_strategies("b2b", customers=60, weeks=105, seed=3, draws=1)
    chosen = table[table["best"] != ""]
    claimed = sum(row[f"by {row['best']}"] for _, row in chosen.iterrows())
    assert claimed > chosen["gain_eur"].sum()


def test_ending_gains_what_the_account_would_have_lost():
    gain = strategy_gains(crm.scenario("b2b").replace(**ALONE), **SIZE, draws=1)
    late = gain.loc[gain["end"] != 0, "end"]
    assert len(late) > 20
    assert (late > 0).any() and (late < 0).sum() > (late > 0).sum()


def test_a_budget_goes_to_the_highest_gain_per_euro():
    free, poor = (best_strategies("b2b", 60, 105, 3, 1, budget_eur=b) for b in (None, 6_000.0))
    paid = poor["best"].map(dict(zip(STRATEGIES, crm.scenario("b2b").strategy_eur, strict=True)))
    assert 0 < paid.sum() <= 6_000
    assert poor["gain_eur"].sum() < free["gain_eur"].sum()
    assert (poor["best"] == free["best"]).where(poor["best"] != "", True).all()


def test_the_oracle_mends_first_and_then_keeps_its_lasting_strategy():
    run = crm.simulate("b2b", 30, 53, 3)
    who = run.records.accounts["customer_id"]
    gains = pd.DataFrame(0.0, who, STRATEGIES).assign(**{"re-engineer": 900.0, "harvest": 800.0})
    done = crm.simulate("b2b", 30, 53, 3, Oracle(gains, 26, 2)).records["treatments"]
    by_time = done.groupby("at")["strategy"].unique().map(lambda s: sorted(map(str, s)))
    assert by_time.iloc[0] == ["re-engineer"]
    assert "harvest" in by_time.iloc[1]


def test_contributions_are_those_of_the_truth():
    run = crm.simulate("b2b", 30, 20, 3)
    total = run.truth.accounts["contribution_eur"].sum()
    assert contributions(run).sum() == pytest.approx(total)


def test_nothing_is_shared_where_accounts_are_alone():
    apart = externalities(crm.scenario("b2b").replace(**ALONE), **SIZE, draws=1)
    assert apart["difference"] == 0


def test_the_oracle_is_graded_above_the_list(table):
    run = crm.simulate("b2b", 30, 26, 3)
    from crmlab.strategic.portfolio import choose, portfolio

    found = portfolio(run.records, run.records.orders["ordered_at"].max().to_datetime64())
    marks = grade(choose(found), table, found["status"])
    assert marks.loc["oracle", "gain_eur"] >= marks.loc["decision list", "gain_eur"]
    none = grade(choose(found), table, found["status"], budget_eur=0.0)
    assert none["cost_eur"].eq(0).all()


def test_draws_are_counted():
    with pytest.raises(ValueError, match="draws must be between 1 and 10,000, got 0"):
        best_strategies("b2b", **SIZE, draws=0)

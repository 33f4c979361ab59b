"""The portfolio game: the same past every quarter, a budget, and a fair comparison."""

import pandas as pd
import pytest

import crmlab as crm
from crmlab.experiments.portfolio_game import QUARTERS, START_WEEK, PortfolioGame
from crmlab.tables import QUARTER_WEEKS

PLAN = {"valuable, loose": "protect", "losing, loose": "re-engineer", "lost, worth it": "win back"}


@pytest.fixture(scope="module")
def played():
    """A small firm after eight quarters of the same plan."""
    game = PortfolioGame(seed=3, customers=20)
    for _ in range(QUARTERS):
        game.play(PLAN)
    return game


def test_three_lines_play_the_whole_game():
    """As the notebook shows it."""
    game = crm.PortfolioGame(seed=3, customers=20)
    for _ in range(8):
        game.play({"valuable, loose": "protect"})
    assert game.result()["player"].tolist() == ["you", "nobody", "decision list", "oracle"]


def test_the_quarters_add_up_to_the_whole(played):
    """The reports' profits are the result's, and so are the players' quarters."""
    total = sum(report.profit_eur for report in played.reports)
    result = played.result().set_index("player")
    assert result.loc["you", "profit_eur"] == pytest.approx(total)
    by_quarter = played.by_quarter()
    assert len(by_quarter) == QUARTERS
    assert by_quarter["oracle"].sum() == pytest.approx(result.loc["oracle", "profit_eur"])
    lead = played.lead()
    assert (lead.iloc[0, 1:] == 0).all()
    assert lead["you"].iloc[-1] == pytest.approx(result.loc["you", "difference_eur"])


def test_nobody_keeps_the_budget(played):
    """No player spends more than the budget of eight quarters; nobody spends nothing."""
    spent = played.result().set_index("player")["spent_eur"]
    assert (spent <= QUARTERS * played.budget_eur + 0.01).all()
    assert spent["nobody"] == 0 < spent["you"]


def test_who_leaves_everything_alone_is_nobody():
    """Doing nothing for two quarters gives nobody's profit to the cent."""
    game = PortfolioGame(seed=3, customers=20)
    for _ in range(2):
        game.play({})
    result = game.result().set_index("player")
    assert result.loc["you", "difference_eur"] == 0


def test_the_past_stays_what_it_was(played):
    """What the class saw in the first quarter does not change by what it does later."""
    fresh = PortfolioGame(seed=3, customers=20)
    before = fresh.table
    again = played._run.records.as_of(START_WEEK)
    assert again.orders["value_eur"].sum() == pytest.approx(
        fresh._run.records.orders["value_eur"].sum()
    )
    assert len(before) == 30


def test_accounts_can_be_decided_one_by_one():
    """A Series by customer_id is accepted; what is empty is left alone."""
    game = PortfolioGame(seed=3, customers=20)
    customers = game.table.index[game.table["status"] == "customer"][:3]
    report = game.play(pd.Series(["protect", "harvest", ""], index=customers))
    assert report.carried_out == 2
    assert report.spent_eur == 1_500


def test_wishes_are_priced_before_the_budget():
    game = PortfolioGame(seed=3, customers=20, budget_eur=1_500)
    wish = game.wishes({"ordinary, loose": "protect"})
    assert wish["cost_eur"] == 1_500 * wish["accounts"]
    assert game.play({"ordinary, loose": "protect"}).refused == wish["accounts"] - 1


def test_the_reveal_shows_the_kinds_that_nobody_could_see(played):
    reveal = played.reveal()
    assert {"is_benchmark", "is_inspiration", "is_door_opener", "cell"} <= set(reveal.columns)
    assert len(reveal) == len(played.table)


def test_a_game_that_is_over_cannot_be_played_on(played):
    with pytest.raises(ValueError, match="the game is over after 8 quarters"):
        played.play({})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"customers": 5}, r"customers must be .*20"),
        ({"budget_eur": -1}, "budget_eur must be a finite number >= 0, got -1"),
        ({"scenario": "retail"}, "scenario must be a market between firms"),
    ],
)
def test_a_bad_argument_is_named(arguments, words):
    with pytest.raises(ValueError, match=words):
        PortfolioGame(**arguments)


def test_unknown_accounts_and_strategies_are_named():
    game = PortfolioGame(seed=3, customers=20)
    with pytest.raises(ValueError, match="decisions must name accounts of game.table"):
        game.play(pd.Series(["protect"], index=[5]))
    known = game.table.index[:1]
    with pytest.raises(ValueError, match="a strategy must be one of"):
        game.play(pd.Series(["protekt"], index=known))
    assert game.quarter == 1
    assert game.week == START_WEEK
    assert QUARTER_WEEKS == 13

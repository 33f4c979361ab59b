"""The decision list: which strategy, in which order, and with which reason."""

import pytest

from crmlab.strategic.portfolio.decision_list import NO_BORDER, DecisionList, choose, pick
from crmlab.strategic.portfolio.strategy_gains import Beliefs
from crmlab.tables import STRATEGIES

CALM = {"rival": 2.0, "serving_eur": 600.0, "headroom_eur": 0.0, "growth": 0.02}
"""A customer who passes no border."""
LOSER, LARGE = CALM | {"profit_eur": -500.0}, CALM | {"sales_eur": 90_000.0}


@pytest.fixture
def strategy(accounts):
    """What the list says of a customer, among two others that do not matter."""

    def say(plan=None, **changes):
        table = accounts(CALM | changes, {"sales_eur": 90_000.0, **CALM}, CALM)
        found = choose(table, plan or DecisionList())
        return found.loc[1, "strategy"], found.loc[1, "reason"]

    return say


def test_a_calm_customer_is_left_alone(strategy):
    assert strategy() == ("", NO_BORDER)


def test_a_loss_that_cheaper_service_cannot_mend_is_ended(strategy):
    kind, why = strategy(profit_eur=-500.0, serving_eur=1_000.0)
    assert kind == "end"
    assert why == "loses 500 EUR a quarter, and would lose 150 EUR if served as cheaply as can be"


def test_a_loss_that_cheaper_service_mends_is_re_engineered(strategy):
    kind, why = strategy(profit_eur=-200.0, serving_eur=1_000.0)
    assert kind == "re-engineer"
    assert "would save 350 EUR a quarter" in why


def test_a_young_account_is_not_judged_by_its_profit(strategy):
    assert strategy(profit_eur=-500.0, quarters=1.0)[0] == ""


def test_a_mended_account_is_given_time(accounts):
    table = accounts(LOSER, LARGE).assign(reengineered=[2.0, float("nan")])
    assert "re-engineered 2 quarters ago: wait" in choose(table).loc[1, "reason"]
    assert choose(table.assign(reengineered=[4.0, float("nan")])).loc[1, "strategy"] == "end"


def test_an_account_on_which_others_hang_is_kept_unless_the_rules_are_off(strategy):
    loser = {"profit_eur": -500.0, "named_by": 3}
    kind, why = strategy(**loser)
    assert kind == "" and "of the value of others hang on it: keep it" in why
    assert strategy(DecisionList(significance=False), **loser)[0] == "end"


def test_volume_is_kept_for_the_sake_of_fixed_cost_unless_the_rules_are_off(strategy):
    loser = {"profit_eur": -500.0, "sales_eur": 200_000.0}
    assert "carry fixed cost: keep the volume" in strategy(**loser)[1]
    assert strategy(DecisionList(significance=False), **loser)[0] == "end"


def test_protecting_needs_danger_and_a_gain_above_its_cost(strategy):
    wanted = {"profit_eur": 20_000.0, "rival": 4.0}
    kind, why = strategy(**wanted)
    assert kind == "protect"
    assert "the rival has 4 of 7 points, and the risk of losing it is 10.0% a quarter" in why
    assert strategy(**wanted | {"rival": 3.0})[0] != "protect"
    assert strategy(DecisionList(hurdle=50.0), **wanted)[0] != "protect"


def test_enhancing_needs_a_relationship_that_carries(strategy):
    room = {"headroom_eur": 60_000.0, "relationship": 5.0}
    assert strategy(**room)[0] == "enhance"
    assert strategy(**room | {"relationship": 3.0})[0] != "enhance"


def test_what_does_not_grow_and_is_small_is_harvested(strategy):
    assert strategy(growth=-0.01)[0] == "harvest"
    assert strategy(growth=0.01, share=0.7)[0] == "harvest"
    assert strategy(DecisionList(little_eur=100.0), growth=-0.01)[0] == ""


def test_the_lost_and_prospects_get_what_fits_them(accounts):
    table = accounts(CALM | {"profit_eur": 9_000.0}, {"status": "lost"}, {"status": "prospect"})
    table.loc[[2], "profit_eur"], table["away"] = 9_000.0, [float("nan"), 0.5, float("nan")]
    assert choose(table)["strategy"].tolist()[1:] == ["win back", "start"]
    assert choose(table.assign(away=20.0))["strategy"].tolist()[1] == ""


def test_strategies_that_are_not_in_use_are_skipped(accounts):
    table = accounts(CALM | {"profit_eur": -900.0}, CALM | {"growth": -0.1})
    assert choose(table, DecisionList(kinds=("harvest",)))["strategy"].tolist() == ["", "harvest"]


def test_cost_and_priority_follow_from_the_prices(accounts):
    prices = tuple(float(100 * (i + 1)) for i in range(len(STRATEGIES)))
    table = accounts(LOSER, LARGE)
    found = choose(table, DecisionList(strategy_eur=prices)).loc[1]
    assert found["cost_eur"] == 500.0
    assert found["priority"] == pytest.approx(found["gain_eur"] / 500.0)


def test_a_policy_picks_what_the_list_chooses(accounts):
    table = accounts({}, CALM, {"status": "prospect"}, {"status": "lost"}, {"profit_eur": -900.0})
    columns = ["strategy", "gain_eur", "cost_eur", "priority"]
    assert pick(table, DecisionList())[columns].equals(choose(table)[columns])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hurdle": -1.0}, "hurdle must be a finite number >= 0, got -1.0"),
        ({"full_share": 60.0}, r"full_share must be in \[0, 1\], got 60.0. Is this a percentage"),
        ({"kinds": ("guard",)}, "kinds must be one of 'protect', .*got 'guard'"),
        ({"strategy_eur": (1.0,)}, "strategy_eur must hold 7 prices, .* got 1"),
    ],
)
def test_a_wrong_border_is_named(changes, message):
    with pytest.raises(ValueError, match=message):
        DecisionList(**changes)


def test_beliefs_move_the_list(strategy):
    sure, vain = (Beliefs(enhance_wins=part) for part in (1.0, 0.0))
    room = {"headroom_eur": 60_000.0, "relationship": 5.0}
    assert strategy(DecisionList(beliefs=sure), **room)[0] == "enhance"
    assert strategy(DecisionList(beliefs=vain), **room)[0] != "enhance"

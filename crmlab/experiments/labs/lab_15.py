"""Claims of lab 15, the seven core strategies (Buttle 2004, ch. 4; lab X04)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from crmlab.experiments.claims import Claim, register
from crmlab.experiments.portfolio_oracle import ALONE
from crmlab.experiments.strategy_contest import (
    DEALT,
    LIST,
    NO_SIGNIFICANCE,
    NOTHING,
    START,
    for_all,
    only,
    outcome,
)
from crmlab.market.run import simulate
from crmlab.strategic.portfolio.simple_rules import end_losers
from crmlab.tables import STRATEGIES

Market = Any
"""An AccountScenario."""
CUSTOMERS, WEEKS = 100, 104
"""Accounts and weeks of one world of a claim: six decisions."""
GOOD, BAD = 0.3, 3.0
NOBODY_LOSES = {"activity_eur": (0.0, 0.0, 0.0, 0.0)}
"""Serving costs nothing, so that no account makes a loss, and nobody is there to be ended."""
BUTTLE = "Buttle 2004, Customer Relationship Management, ch. 4; lecture notes 3"


def profit(scenario: Market, rule: str, seed: int) -> float:
    """EUR per customer of the start, strategies paid."""
    return outcome(scenario, rule, seed, CUSTOMERS, WEEKS)[0]


def before_cost(scenario: Market, rule: str, seed: int) -> float:
    """The same before the strategies are paid."""
    return sum(outcome(scenario, rule, seed, CUSTOMERS, WEEKS))


@lru_cache(maxsize=4_096)
def ended(scenario: Market, by: str, seed: int) -> float:
    """Profit, EUR per customer, of a firm that does nothing but end its loss makers."""
    run = simulate(scenario, CUSTOMERS, WEEKS, seed, end_losers(by, START))
    return run.profit / CUSTOMERS


def list_over_best_single(scenario: Market, seed: int) -> float:
    """Profit, EUR per customer: the list less the best of the seven for all, in hindsight."""
    best = max(profit(scenario, for_all(kind), seed) for kind in STRATEGIES)
    return profit(scenario, LIST, seed) - best


def list_over_lot(scenario: Market, seed: int) -> float:
    """EUR per customer before the cost of acting: the list less the same strategies by lot."""
    return before_cost(scenario, LIST, seed) - before_cost(scenario, DEALT, seed)


def data_over_rule(scenario: Market, seed: int) -> float:
    """EUR per customer before the cost of acting: what good data add to the list, less what the
    list adds to the lot, on very noisy data.
    """
    good, bad = (scenario.replace(data_error=error) for error in (GOOD, BAD))
    with_bad = before_cost(bad, LIST, seed)
    better_data = before_cost(good, LIST, seed) - with_bad
    better_rule = with_bad - before_cost(bad, DEALT, seed)
    return better_data - better_rule


def ending_over_keeping(scenario: Market, seed: int) -> float:
    """Profit, EUR per customer: ending who does not cover the cost of serving, less nothing."""
    return ended(scenario, "profit_eur", seed) - profit(scenario, NOTHING, seed)


def contribution_over_full_cost(scenario: Market, seed: int) -> float:
    """Profit, EUR per customer: ending by contribution less ending at full cost."""
    return ended(scenario, "profit_eur", seed) - ended(scenario, "full_profit_eur", seed)


def winning_back_over_letting_go(scenario: Market, seed: int) -> float:
    """Profit, EUR per customer: winning back who is worth it, less nothing."""
    return profit(scenario, only("win back"), seed) - profit(scenario, NOTHING, seed)


def with_significance(scenario: Market, seed: int) -> float:
    """Profit, EUR per customer: the list with the rules of significance less without."""
    return profit(scenario, LIST, seed) - profit(scenario, NO_SIGNIFICANCE, seed)


register(
    Claim(
        id="different-accounts-different-strategies",
        concepts=("F09", "F10", "F11", "F12", "F13", "F14", "F15"),
        sentence="Giving each account the strategy that the list chooses brings more than giving "
        "all accounts the best one of the seven.",
        source=BUTTLE,
        kind="response",
        measure=list_over_best_single,
        unit="EUR per customer",
        least=200.0,
        pack="b2b",
        null=NOBODY_LOSES,
        breaks="relationships carry nothing, and a rival cannot be kept away",
    )
)
register(
    Claim(
        id="list-beats-the-lot",
        concepts=("F09", "F10", "F11", "F12", "F13", "F14", "F15"),
        sentence="The decision list brings more than the same strategies dealt out by lot.",
        source=BUTTLE,
        kind="response",
        measure=list_over_lot,
        unit="EUR per customer",
        least=200.0,
        pack="b2b",
        hostile={"wallet_log_sd": 0.0, "demandingness_log_sd": 0.0, "share_logit_sd": 0.0},
        null=NOBODY_LOSES,
        breaks="accounts hardly differ: equal wallets, demands and tastes",
    )
)
register(
    Claim(
        id="better-data-beat-a-better-rule",
        concepts=("F09", "F10", "F11", "F12", "F13"),
        sentence="Good data for the decision list add more than the list adds, on very noisy "
        "data, to the same strategies dealt out by lot.",
        source="a saying of the trade, such as Redman 2013, Harvard Business Review 91(12)",
        kind="measurement",
        measure=data_over_rule,
        unit="EUR per customer",
        least=200.0,
        pack="b2b",
        hostile={"judgement_sd": 0.0, "share_error": 0.0},
        null={"effect": 0.0, **NOBODY_LOSES},
        breaks="what managers judge is never wrong; only counts, wallets and gossip are",
    )
)
register(
    Claim(
        id="ending-loss-makers-pays",
        concepts=("F13",),
        sentence="Ending customers who do not cover the cost of serving them pays.",
        source="Buttle 2004, ch. 4; Haenlein, Kaplan and Schoder 2006, J. Marketing 70(3)",
        kind="operation",
        measure=ending_over_keeping,
        unit="EUR per customer",
        least=200.0,
        pack="b2b",
        hostile={"scale_economy": 0.3, "word_of_mouth": 0.2},
        null=NOBODY_LOSES,
        breaks="goods become dearer for all as volume falls, and those who were ended talk",
    )
)
register(
    Claim(
        id="end-by-contribution-not-full-cost",
        concepts=("F13", "F08"),
        sentence="Choosing by contribution whom to end brings more than choosing at full cost.",
        source="Cooper and Kaplan 1991, Harvard Business Review 69(3); Horngren, Cost Accounting",
        kind="operation",
        measure=contribution_over_full_cost,
        unit="EUR per customer",
        least=200.0,
        pack="b2b",
        hostile={"fixed_eur": 200.0},
        null={"fixed_eur": 0.0},
        breaks="there is hardly any fixed cost to be shared",
    )
)
register(
    Claim(
        id="winning-back-pays",
        concepts=("F14",),
        sentence="Winning back those lost accounts that the list holds worth it pays.",
        source="Thomas, Blattberg and Fox 2004, J. Marketing Research 41(1); Buttle 2004, ch. 4",
        kind="response",
        measure=winning_back_over_letting_go,
        unit="EUR per customer",
        least=200.0,
        pack="b2b",
        hostile={"winback_odds": -4.0},
        breaks="hardly anybody comes back",
    )
)
register(
    Claim(
        id="significance-rules-add",
        concepts=("F08", "F09", "F15"),
        sentence="Rules for benchmarks, inspirations, door openers and volume add to the list.",
        source=BUTTLE,
        kind="response",
        measure=with_significance,
        unit="EUR per customer",
        least=50.0,
        pack="b2b",
        hostile=ALONE,
        breaks="no account does anything to another",
    )
)

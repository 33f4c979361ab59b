"""What would an all-knowing account manager do? Every strategy tried on the same accounts.

The same accounts live through the same luck once for each of the seven strategies, given to
everybody whom it fits in every quarter, and once left alone. The difference of an account's
contribution is the strategy's gain for it; the mean over fresh draws of luck is what can be
expected, and no luck of the contest is in it.

It ignores two things. *Externalities*: each gain is counted at the account's own door, in a world
in which all others are treated alike, so what an account does to others (a benchmark's followers,
everybody's unit cost) is not credited to it, and some of what the others' treatment does is.
`externalities` measures how much that is. And *change over time*: an account keeps its one lasting
strategy for good, and only re-engineering, which is done once, may come before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from crmlab.chance import Chance
from crmlab.checks import whole_number
from crmlab.market.accounts.scenario import AccountScenario
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import Run, run_market
from crmlab.policy import Actions, Decision, View
from crmlab.strategic.portfolio.books import status
from crmlab.strategic.portfolio.strategies import (
    LEAST_COST_EUR,
    one_strategy,
    to_actions,
    who_fits,
)
from crmlab.strategic.portfolio.table import seen
from crmlab.tables import QUARTER_WEEKS, STRATEGIES

LASTING = ("protect", "enhance", "harvest", "end")
"""What can be the answer for a customer in every quarter; re-engineering is done once."""
ALONE = {
    "influence": 0.0,
    "inspiration_gain": 0.0,
    "word_of_mouth": 0.0,
    "scale_economy": 0.0,
    "locked_factor": 1.0,
}
"""Changes with which no account does anything to another."""


def contributions(run: Run) -> pd.Series:
    """What each account brought after serving and strategies, EUR discounted, by customer_id."""
    truth = run.truth.accounts.merge(run.truth.account_identity, on="account_id")
    return truth.set_index("customer_id")["contribution_eur"].sort_index()


def strategy_gains(
    scenario: AccountScenario | str,
    customers: int,
    weeks: int,
    seed: int,
    draws: int = 3,
    start_week: int = 26,
) -> pd.DataFrame:
    """The gain of each strategy for each account in each draw of luck, EUR.

    Returns
    -------
    DataFrame
        One row an account and draw (index ``customer_id``, ``draw``), a column a strategy.
    """
    sc = named_scenario(scenario)
    whole_number("draws", draws, 1, 10_000)
    root = Chance(int(seed))
    parts = {}
    for draw in range(draws):
        luck = root.split("luck").split(f"draw {draw}")
        worth = {
            kind: contributions(
                run_market(sc, customers, weeks, int(seed), root.split("people"), luck, policy)
            )
            for kind, policy in [
                ("", None),
                *((k, one_strategy(k, start_week)) for k in STRATEGIES),
            ]
        }
        parts[draw] = pd.DataFrame({k: worth[k] - worth[""] for k in STRATEGIES})
    return pd.concat(parts, names=["draw"]).swaplevel()


def best_strategies(
    scenario: AccountScenario | str,
    customers: int,
    weeks: int,
    seed: int,
    draws: int = 3,
    start_week: int = 26,
    budget_eur: float | None = None,
) -> pd.DataFrame:
    """What each strategy would truly bring for each account, and the best one.

    Parameters
    ----------
    scenario : AccountScenario or str
        A market between firms.
    customers, weeks, seed
        As in `simulate`; the accounts are those of ``simulate(..., seed=seed)``.
    draws : int
        Draws of fresh luck, at least 1; the fewer, the more of the "best" is luck.
    start_week : int
        From which week on strategies are given, each quarter (re-engineering once).
    budget_eur : float, optional
        EUR a quarter: accounts beyond it, by gain per EUR, are left alone in ``best``.

    Returns
    -------
    DataFrame
        One row an account (index ``customer_id``): a column a strategy (gain in EUR, discounted,
        its cost paid), ``best`` (of all seven; empty if none gains) and ``gain_eur`` (its gain).

    Examples
    --------
    >>> table = best_strategies("b2b", customers=30, weeks=52, seed=1, draws=1)
    >>> bool((table["gain_eur"] >= 0).all())
    True
    """
    gain = _expected(named_scenario(scenario), customers, weeks, int(seed), draws, start_week)
    best = gain.idxmax(axis=1).where(gain.max(axis=1) > 0, "")
    if budget_eur is not None:
        price = best.map(_prices(scenario)).fillna(0.0)
        order = (gain.max(axis=1) / price.clip(lower=LEAST_COST_EUR)).sort_values(ascending=False)
        within = price.loc[order.index].cumsum() <= budget_eur
        best = best.where(within.reindex(best.index), "")
    return gain.assign(best=best, gain_eur=gain.max(axis=1).where(best != "", 0.0))


def _prices(scenario: AccountScenario | str) -> dict[str, float]:
    return dict(zip(STRATEGIES, named_scenario(scenario).strategy_eur, strict=True))


@lru_cache(maxsize=64)
def _expected(
    scenario: AccountScenario, customers: int, weeks: int, seed: int, draws: int, start_week: int
) -> pd.DataFrame:
    each = strategy_gains(scenario, customers, weeks, seed, draws, start_week)
    return each.groupby(level="customer_id").mean()


@dataclass(frozen=True, eq=False)
class Oracle:
    """A policy that knows each account's true expected gain of each strategy.

    Attributes
    ----------
    gains : DataFrame
        By ``customer_id``, a column a strategy: EUR over ``quarters``.
    start_week, quarters : int
        When it begins, and over how many quarters the gains were counted.
    """

    gains: pd.DataFrame
    start_week: int = 26
    quarters: int = 8

    def start(self, seed: int) -> None:
        """Nothing to remember: it knows."""

    def decide(self, view: View, state: None) -> tuple[Decision, None]:
        """The best strategy for the status that each account has now."""
        if view.week < self.start_week or view.week % QUARTER_WEEKS:
            return Decision(), None
        chosen = self.assign(view)
        return Decision(to_actions(chosen) if len(chosen) else Actions()), None

    def assign(self, view: View) -> pd.DataFrame:
        """By ``customer_id``: ``strategy`` and ``priority`` of all who get one."""
        held = seen(view)
        now = status(held)["status"]
        gain = self.gains.reindex(now.index).fillna(0.0)
        lasting = gain[list(LASTING)].max(axis=1)
        strategy = gain[list(LASTING)].idxmax(axis=1).where(lasting > 0, "")
        value = lasting.clip(lower=0.0)
        mend = pd.Series(now.index.isin(who_fits(held, "re-engineer")), now.index)
        mend &= gain["re-engineer"] > value.where(strategy == "end", value / self.quarters)
        strategy, value = strategy.mask(mend, "re-engineer"), value.mask(mend, gain["re-engineer"])
        for status_, kind in (("lost", "win back"), ("prospect", "start")):
            here = now == status_
            strategy = strategy.mask(here, kind)
            value = value.mask(here, gain[kind])
        price = strategy.map(dict(zip(STRATEGIES, view.prices.strategies, strict=True)))
        table = pd.DataFrame(
            {"strategy": strategy, "priority": value / price.clip(lower=LEAST_COST_EUR)}
        )
        return table[(value > 0) & (strategy != "") & (now != "ended")]

    def __repr__(self) -> str:
        return f"oracle(start_week={self.start_week})"


def oracle(
    scenario: AccountScenario | str,
    customers: int,
    weeks: int,
    seed: int,
    draws: int = 3,
    start_week: int = 26,
) -> Oracle:
    """A policy that knows what `best_strategies` knows: the most that could be hoped for, nearly.

    For a customer it takes the best of protect, enhance, harvest and end in every quarter, and
    re-engineers once, first, where that gains; it wins back and starts where that gains. What is
    beyond the budget goes by gain per EUR, as for everybody.

    Parameters
    ----------
    scenario, customers, weeks, seed, draws, start_week
        As in `best_strategies`.

    Examples
    --------
    >>> oracle("b2b", customers=30, weeks=52, seed=1, draws=1)
    oracle(start_week=26)
    """
    gain = _expected(named_scenario(scenario), customers, weeks, int(seed), draws, start_week)
    return Oracle(gain, start_week, max(-(-(weeks - start_week) // QUARTER_WEEKS), 1))

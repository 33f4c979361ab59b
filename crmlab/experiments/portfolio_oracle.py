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
from numpy.typing import NDArray

from crmlab.chance import Chance
from crmlab.checks import whole_number
from crmlab.market.accounts.scenario import AccountScenario
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import Run, run_market, simulate
from crmlab.policy import Actions, Decision, View
from crmlab.strategic.portfolio.books import status
from crmlab.strategic.portfolio.strategies import (
    FITS,
    LEAST_COST_EUR,
    DecisionList,
    one_strategy,
    to_actions,
    who_fits,
)
from crmlab.strategic.portfolio.table import seen
from crmlab.tables import QUARTER_WEEKS, STRATEGIES

LASTING = ("protect", "enhance", "harvest", "end")
"""What can be the answer for a customer in every quarter; re-engineering is done once."""
BY = "by "
"""Before a strategy: its gain in the draws of luck by which an oracle chooses."""
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
    first: int = 0,
) -> pd.DataFrame:
    """The gain of each strategy for each account in each draw of luck, EUR.

    Parameters
    ----------
    scenario, customers, weeks, seed, draws, start_week
        As in `best_strategies`.
    first : int
        Number of the first draw: draws 2 and 3 have nothing to do with draws 0 and 1.

    Returns
    -------
    DataFrame
        One row an account and draw (index ``customer_id``, ``draw``), a column a strategy.
    """
    sc = named_scenario(scenario)
    whole_number("draws", draws, 1, 10_000)
    root = Chance(int(seed))
    parts = {}
    for draw in range(first, first + draws):
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
        Draws of fresh luck, at least 1, by which the best is chosen, and as many others by which
        every strategy is valued: valued by the draws that chose it, the best would look better
        than it is. The fewer, the more of the choice is luck.
    start_week : int
        From which week on strategies are given, each quarter (re-engineering once).
    budget_eur : float, optional
        EUR a quarter: accounts beyond it, by gain per EUR, are left alone in ``best``.

    Returns
    -------
    DataFrame
        One row an account (index ``customer_id``): a column a strategy (gain in EUR, discounted,
        its cost paid), ``best`` (of those that fit what it was at the start, a customer or a
        prospect; empty if none gains), ``gain_eur`` (its gain; below zero where the choice was
        unlucky) and a column ``by`` each strategy: the gain in the draws that chose. Winning
        back is what can be expected of it before anybody knows who will leave.

    Examples
    --------
    >>> table = best_strategies("b2b", customers=30, weeks=52, seed=1, draws=1)
    >>> bool((table.loc[table["best"] == "", "gain_eur"] == 0).all())
    True
    """
    sc = named_scenario(scenario)
    chosen_by = _expected(sc, customers, weeks, int(seed), draws, start_week, 0)
    gain = _expected(sc, customers, weeks, int(seed), draws, start_week, draws)
    fits = _fitting(_at_first(scenario, customers, seed).reindex(gain.index))
    fitting = chosen_by.where(fits, 0.0)
    best, top = _best(fitting)
    if budget_eur is not None:
        price = best.map(_prices(scenario)).fillna(0.0)
        best = best.where(_within(top, price, budget_eur), "")
    return gain.assign(best=best, gain_eur=_of(gain, best)).join(chosen_by.add_prefix(BY))


def _of(gain: pd.DataFrame, kinds: pd.Series) -> NDArray[np.float64]:
    """Each account's gain from its strategy; 0 where it has none."""
    table = gain[list(STRATEGIES)].reindex(kinds.index).to_numpy()
    places = pd.Index(STRATEGIES).get_indexer(kinds)
    return np.where(places >= 0, table[np.arange(len(table)), places], 0.0)


def _at_first(scenario: AccountScenario | str, customers: int, seed: int) -> pd.Series:
    """What each account is at the start, by customer_id."""
    held = simulate(scenario, customers, 1, int(seed)).records
    events = held["account_events"]
    ours = events.loc[events["event"] == "customer", "customer_id"]
    everybody = held["accounts"]["customer_id"]
    return pd.Series(np.where(everybody.isin(ours), "customer", "prospect"), everybody)


def _fitting(status_: pd.Series) -> pd.DataFrame:
    """Which strategies fit accounts of this status: one row an account, a column a strategy."""
    return pd.DataFrame({kind: status_ == FITS[kind] for kind in STRATEGIES}, status_.index)


def _best(gain: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The strategy with the highest gain, empty where none gains, and that gain."""
    top = gain.max(axis=1)
    return gain.idxmax(axis=1).where(top > 0, ""), top.clip(lower=0.0)


def _within(gain: pd.Series, price: pd.Series, budget_eur: float) -> pd.Series:
    """Who is served by a budget that goes to the highest gain per EUR first."""
    order = (
        (gain / price.clip(lower=LEAST_COST_EUR)).sort_values(ascending=False, kind="stable").index
    )
    return (price.loc[order].cumsum() <= budget_eur).reindex(gain.index)


def _prices(scenario: AccountScenario | str) -> dict[str, float]:
    return dict(zip(STRATEGIES, named_scenario(scenario).strategy_eur, strict=True))


@lru_cache(maxsize=64)
def _expected(
    scenario: AccountScenario, customers: int, weeks: int, seed: int, draws: int, start_week: int,
    first: int,
) -> pd.DataFrame:  # fmt: skip
    each = strategy_gains(scenario, customers, weeks, seed, draws, start_week, first)
    return each.groupby(level="customer_id").mean()


def grade(
    chosen: pd.DataFrame,
    gains: pd.DataFrame,
    status_now: pd.Series,
    budget_eur: float = np.inf,
    strategy_eur: tuple[float, ...] = DecisionList().strategy_eur,
) -> pd.DataFrame:
    """What chosen strategies would truly bring, if kept, beside the best ones for the same money.

    Parameters
    ----------
    chosen : DataFrame
        Of `choose`: ``strategy``, ``cost_eur``, ``priority`` by ``customer_id``.
    gains : DataFrame
        Of `best_strategies`.
    status_now : Series
        What each account is (the column ``status`` of `portfolio`).
    budget_eur : float
        EUR for the first quarter: the highest priority is served first.
    strategy_eur : tuple of float
        What each of the seven costs.

    Returns
    -------
    DataFrame
        Rows ``decision list`` and ``oracle``; ``accounts`` that get a strategy, ``cost_eur`` of
        the first quarter, ``gain_eur`` per account over the whole time, costs paid; a column
        a strategy: how many get it. Doing nothing gains 0.

    Examples
    --------
    >>> true = pd.DataFrame(0.0, [7, 8], STRATEGIES).assign(protect=[900.0, -900.0])
    >>> paid = {"strategy": "protect", "cost_eur": 500.0, "priority": 1.0}
    >>> both = pd.Series("customer", [7, 8])
    >>> grade(pd.DataFrame(paid, [7, 8]), true, both)["gain_eur"].tolist()
    [0.0, 450.0]
    """
    true = gains[list(STRATEGIES)].reindex(chosen.index).fillna(0.0)
    known = gains.filter(like=BY).reindex(chosen.index).fillna(0.0)
    known = known.rename(columns=lambda name: name.removeprefix(BY)) if len(known.columns) else true
    best, top = _best(known.where(_fitting(status_now.reindex(chosen.index)), 0.0))
    price = best.map(dict(zip(STRATEGIES, strategy_eur, strict=True))).fillna(0.0)
    per_eur = top / price.clip(lower=LEAST_COST_EUR)
    ideal = pd.DataFrame({"strategy": best, "cost_eur": price, "priority": per_eur})
    rows = {}
    for name, plan in (("decision list", chosen), ("oracle", ideal)):
        kept = plan[plan["strategy"] != ""].sort_values("priority", ascending=False, kind="stable")
        kept = kept[kept["cost_eur"].cumsum() <= budget_eur]
        found = _of(true, kept["strategy"])
        rows[name] = {
            "accounts": len(kept),
            "cost_eur": kept["cost_eur"].sum(),
            "gain_eur": found.sum() / max(len(chosen), 1),
            **kept["strategy"].value_counts().reindex(STRATEGIES, fill_value=0),
        }
    return pd.DataFrame(rows).T


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
    gain = _expected(named_scenario(scenario), customers, weeks, int(seed), draws, start_week, 0)
    return Oracle(gain, start_week, max(-(-(weeks - start_week) // QUARTER_WEEKS), 1))


def externalities(
    scenario: AccountScenario | str,
    customers: int,
    weeks: int,
    seed: int,
    draws: int = 3,
    start_week: int = 26,
) -> pd.Series:
    """How far what accounts do to each other matters to what the oracle's decisions bring.

    The same decisions in the same market once with all externalities and once with every account
    ``alone`` (`ALONE`: no influence, no lessons, no talk, no economy of scale, no closed doors),
    each against nothing, over fresh luck that the oracle has not seen.

    Returns
    -------
    Series
        EUR per customer of the start, discounted: ``together``, ``alone``, ``difference``.

    Examples
    --------
    >>> externalities("b2b", 20, 39, seed=1, draws=1).index.tolist()
    ['together', 'alone', 'difference']
    """
    sc, root = named_scenario(scenario), Chance(int(seed))
    policy = oracle(sc, customers, weeks, seed, draws, start_week)
    gain = {}
    for name, market in (("together", sc), ("alone", sc.replace(**ALONE))):
        found = []
        for draw in range(draws):
            luck = root.split("luck").split(f"draw {draws + draw}")
            busy, quiet = (
                contributions(
                    run_market(market, customers, weeks, int(seed), root.split("people"), luck, p)
                ).sum()
                for p in (policy, None)
            )
            found.append((busy - quiet) / customers)
        gain[name] = float(np.mean(found))
    return pd.Series({**gain, "difference": gain["together"] - gain["alone"]})

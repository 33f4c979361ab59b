"""Which way of choosing brings most? The decision list among its rivals, and what ending does.

`league` runs the same accounts with the same luck under every rule: the decision list, each
strategy for all, the list's strategies dealt by lot, any strategy by lot, the protection of the
largest, an oracle, and nothing; with good, normal and very noisy data. `ending` follows a firm
quarter by quarter that ends whoever the books call a loss, by contribution or at full cost, and
`word_of_mouth` counts what those do to it who were ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

import numpy as np
import pandas as pd

from crmlab.checks import one_of
from crmlab.experiments.compare import interval, world_seeds
from crmlab.experiments.portfolio_oracle import contributions, oracle
from crmlab.market.accounts.scenario import AccountScenario
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import Run, simulate
from crmlab.policy import Policy
from crmlab.strategic.portfolio.simple_rules import (
    ACCOUNTS,
    dealt_strategies,
    end_losers,
    protect_the_largest,
)
from crmlab.strategic.portfolio.strategies import (
    DecisionList,
    one_strategy,
    random_strategies,
    seven_strategies,
)
from crmlab.tables import QUARTER_WEEKS, STRATEGIES

CUSTOMERS, WEEKS, START = 120, 130, 26
ERRORS = {"good data": 0.3, "normal data": 1.0, "very noisy data": 3.0}
LIST, NO_SIGNIFICANCE = "decision list", "list without significance"
DEALT, RANDOM, LARGEST = "the list's, dealt by lot", "any, by lot", "protect the largest"
ORACLE, NOTHING = "oracle", "nothing"
CONTESTANTS = (
    ORACLE, LIST, LARGEST, DEALT, RANDOM, *(f"{kind} for all" for kind in STRATEGIES)
)  # fmt: skip
COLUMNS = ["data", "rule", "gain_eur", "low", "high", "wins", "spent_eur"]


def rules() -> dict[str, Policy]:
    """Every rule that needs no simulator, by name; see `for_all` and `only`."""
    return {
        LIST: seven_strategies(),
        NO_SIGNIFICANCE: seven_strategies(DecisionList(significance=False)),
        LARGEST: protect_the_largest(),
        DEALT: dealt_strategies(),
        RANDOM: random_strategies(),
        **{for_all(kind): one_strategy(kind) for kind in STRATEGIES},
        **{only(kind): seven_strategies(DecisionList(kinds=(kind,))) for kind in STRATEGIES},
    }


def for_all(kind: str) -> str:
    """The name of the rule that gives one strategy to all whom it fits."""
    return f"{kind} for all"


def only(kind: str) -> str:
    """The name of the decision list that has one strategy in use and leaves the rest alone."""
    return f"only {kind}"


def spent_eur(run: Run) -> float:
    """What the strategies of a run cost, EUR."""
    causes = run.ledger["cause"].str.startswith("strategy: ")
    return -float(run.ledger.loc[causes, "eur"].sum())


@lru_cache(maxsize=20_000)
def outcome(
    scenario: AccountScenario, rule: str, seed: int, customers: int = CUSTOMERS, weeks: int = WEEKS
) -> tuple[float, float]:
    """Profit, and what strategies cost, EUR per customer of the start, of a rule in one world."""
    policy = None if rule == NOTHING else rules()[rule]
    run = simulate(scenario, customers, weeks, seed, policy)
    return run.profit / customers, spent_eur(run) / customers


def league(
    scenario: AccountScenario | str = "b2b",
    worlds: int = 3,
    seed: int = 15,
    customers: int = CUSTOMERS,
    weeks: int = WEEKS,
    errors: Mapping[str, float] | None = None,
    names: Iterable[str] | None = None,
    draws: int = 3,
    budget_eur: float | None = None,
) -> pd.DataFrame:
    """What every rule brings more than nothing, by how good the data are.

    Parameters
    ----------
    scenario : AccountScenario or str
    worlds, seed : int
        As in `compare`.
    customers, weeks : int
        As in `simulate`; rules begin in week 26.
    errors : dict of name to float, optional
        ``data_error`` by name; else `ERRORS`.
    names : names of rules, optional
        Of `rules` and `ORACLE`; else `CONTESTANTS`.
    draws : int
        Of luck, for the oracle.
    budget_eur : float, optional
        EUR a quarter.

    Returns
    -------
    DataFrame
        One row a quality of data and rule: ``data``, ``rule``, ``gain_eur`` (profit over
        nothing, EUR per customer of the start), ``low``, ``high`` (95 % over worlds; NaN with
        one), ``wins`` (worlds with a gain), ``spent_eur`` (on strategies, per customer).

    Examples
    --------
    >>> league(worlds=1, customers=20, weeks=39, errors={"normal": 1.0}, names=["harvest for all"])[
    ...     ["data", "rule", "wins"]
    ... ].values.tolist()
    [['normal', 'harvest for all', 1]]
    """
    base, ready = named_scenario(scenario), rules()
    contest = list(CONTESTANTS if names is None else names)
    for name in contest:
        one_of("names", name, [*ready, ORACLE])
    rows = []
    for data, error in (ERRORS if errors is None else errors).items():
        sc = base.replace(data_error=error)
        gains: dict[str, list[tuple[float, float]]] = {name: [] for name in contest}
        for world in world_seeds(seed, worlds):
            quiet = simulate(sc, customers, weeks, world).profit
            for name in contest:
                policy = ready.get(name) or oracle(base, customers, weeks, world, draws, START)
                run = simulate(sc, customers, weeks, world, policy, budget_eur)
                gains[name].append(((run.profit - quiet) / customers, spent_eur(run) / customers))
        for name, found in gains.items():
            gain, spent = np.array(found).T
            rows.append((data, name, gain.mean(), *interval(gain), (gain > 0).sum(), spent.mean()))
    return pd.DataFrame(rows, columns=COLUMNS)


def ending(
    scenario: AccountScenario | str = "b2b",
    customers: int = CUSTOMERS,
    weeks: int = WEEKS,
    seed: int = 15,
) -> pd.DataFrame:
    """Quarter by quarter: a firm that ends its loss makers, by contribution or at full cost.

    Returns
    -------
    DataFrame
        One row a rule and quarter: ``rule`` (nothing, or `ACCOUNTS`), ``quarter`` (from the
        first decision on 1, 2, ...), ``customers`` at its end, ``ended`` in it, ``profit_eur``,
        ``margin_eur``, ``serving_eur``, ``fixed_eur`` (all of the quarter, EUR).
    """
    parts = []
    for name, policy in [(NOTHING, None), *((by, end_losers(by, START)) for by in ACCOUNTS)]:
        run = simulate(scenario, customers, weeks, seed, policy)
        parts.append(_by_quarter(run).assign(rule=name))
    columns = ["rule", "quarter", "customers", "ended", "profit_eur"]
    table = pd.concat(parts, ignore_index=True)
    return table[[*columns, "margin_eur", "serving_eur", "fixed_eur"]]


def _by_quarter(run: Run) -> pd.DataFrame:
    """Money and customers of each quarter from the first decision on."""
    ledger = run.ledger.assign(quarter=(run.ledger["week"] - START) // QUARTER_WEEKS + 1)
    ledger = ledger[ledger["quarter"] >= 1]
    money = ledger.pivot_table(
        index="quarter", columns="cause", values="eur", aggfunc="sum", fill_value=0.0
    )
    events = run.records["account_events"]
    week = (events["at"] - events["at"].min()) // pd.Timedelta(days=7)
    number = np.maximum((week - START) // QUARTER_WEEKS + 1, 0)
    step = (
        events["event"]
        .astype(str)
        .map({"customer": 1, "won": 1, "won back": 1, "lost": -1, "ended": -1})
    )
    here = step.groupby(number).sum().reindex(range(int(money.index.max()) + 1), fill_value=0)
    ended = (events["event"] == "ended").groupby(number).sum()
    return pd.DataFrame(
        {
            "quarter": money.index,
            "customers": here.cumsum().loc[money.index],
            "ended": ended.reindex(money.index, fill_value=0),
            "profit_eur": ledger.groupby("quarter")["eur"].sum(),
            "margin_eur": money["gross margin"],
            "serving_eur": -money["serving accounts"],
            "fixed_eur": -money["fixed cost"],
        }
    ).reset_index(drop=True)


def word_of_mouth(
    scenario: AccountScenario | str = "b2b",
    heard: Iterable[float] = (0.0, 0.06, 0.2),
    by: str = "profit_eur",
    worlds: int = 3,
    seed: int = 15,
    customers: int = CUSTOMERS,
    weeks: int = WEEKS,
) -> pd.DataFrame:
    """What ending brings, as those who were ended talk more or less.

    Parameters
    ----------
    scenario, worlds, seed, customers, weeks
        As in `league`.
    heard : floats
        Values of ``word_of_mouth``: what a neighbour's relationship loses of each who was ended.
    by : str
        `ACCOUNTS`: by which books it is decided.

    Returns
    -------
    DataFrame
        One row a value: ``word_of_mouth``, ``gain_eur`` (profit over ending nobody, EUR per
        customer of the start), ``low``, ``high``, ``own_eur`` (of it, from the accounts that were
        ended), ``others_eur`` (from all others, discounted).
    """
    base = named_scenario(scenario)
    rows = []
    for value in heard:
        sc, found = base.replace(word_of_mouth=value), []
        for world in world_seeds(seed, worlds):
            quiet = simulate(sc, customers, weeks, world)
            busy = simulate(sc, customers, weeks, world, end_losers(by, START))
            change = contributions(busy) - contributions(quiet)
            gone = change.index.isin(busy.records["treatments"]["customer_id"])
            gain = busy.profit - quiet.profit
            found.append((gain, change[gone].sum(), change[~gone].sum()))
        gain, own, others = np.array(found).T / customers
        rows.append((value, gain.mean(), *interval(gain), own.mean(), others.mean()))
    columns = ["word_of_mouth", "gain_eur", "low", "high", "own_eur", "others_eur"]
    return pd.DataFrame(rows, columns=columns)

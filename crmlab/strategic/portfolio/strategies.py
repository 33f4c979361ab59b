"""Who gets which of the seven core strategies, quarter by quarter? Policies on accounts.

`seven_strategies` asks the decision list (`decision_list`), `one_strategy` treats all accounts
alike, `random_strategies` draws lots. Each decides in the first week of a quarter, from what the
firm's tables say by then.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from crmlab.checks import one_of, whole_number
from crmlab.policy import Actions, Decision, View
from crmlab.strategic.portfolio.books import Tables, status
from crmlab.strategic.portfolio.decision_list import LEAST_COST_EUR, DecisionList, choose, pick
from crmlab.strategic.portfolio.table import account_table, seen
from crmlab.tables import QUARTER_WEEKS, STRATEGIES, WEEK_SECONDS

__all__ = [
    "FITS",
    "LEAST_COST_EUR",
    "DecisionList",
    "choose",
    "one_strategy",
    "random_strategies",
    "seven_strategies",
    "to_actions",
    "who_fits",
    "with_history",
]

FITS = dict(zip(STRATEGIES, ["customer"] * 5 + ["lost", "prospect"], strict=True))
"""What an account must be for each strategy."""


def with_history(table: pd.DataFrame, held: Tables, now: np.datetime64) -> pd.DataFrame:
    """The portfolio table with what was done: ``reengineered`` and ``away``, in quarters ago."""
    quarter = np.timedelta64(QUARTER_WEEKS * WEEK_SECONDS, "s")
    done = held["treatments"]
    done = done[(done["strategy"] == "re-engineer") & (done["at"] < now)]
    last = done.groupby("customer_id")["at"].max().reindex(table.index)
    away = (now - table["since"]) / quarter
    return table.assign(
        reengineered=(now - last) / quarter,
        away=away.where(table["status"].isin(["lost", "ended"])),
    )


@dataclass(frozen=True)
class Quarterly(ABC):
    """A policy that looks at the accounts once a quarter, from ``start_week`` on."""

    start_week: int = 26

    def __post_init__(self) -> None:
        whole_number("start_week", self.start_week, 0, 10**6)

    def start(self, seed: int) -> None:
        """Nothing to remember: what was done is in the treatments."""
        return None

    def decide(self, view: View, state: None) -> tuple[Decision, None]:
        """A strategy for each account that gets one, in the first week of a quarter."""
        if view.week < self.start_week or view.week % QUARTER_WEEKS:
            return Decision(), None
        chosen = self.assign(view)
        chosen = chosen[chosen["strategy"] != ""]
        return Decision(to_actions(chosen)), None

    @abstractmethod
    def assign(self, view: View) -> pd.DataFrame:
        """By ``customer_id``: ``strategy`` and ``priority``."""


def to_actions(chosen: pd.DataFrame) -> Actions:
    """Strategies by ``customer_id`` (columns ``strategy``, ``priority``) as rows of actions."""
    return Actions(
        chosen.index.to_numpy(),
        chosen["strategy"].to_numpy(dtype=object),
        "account",
        priority=chosen["priority"].to_numpy(dtype=float),
    )


@dataclass(frozen=True)
class _Seven(Quarterly):
    plan: DecisionList = field(default_factory=DecisionList)

    def assign(self, view: View) -> pd.DataFrame:
        held = seen(view)
        table = with_history(account_table(held, view.now), held, view.now)
        return pick(table, replace(self.plan, strategy_eur=view.prices.strategies))

    def __repr__(self) -> str:
        return f"seven_strategies(start_week={self.start_week})"


@dataclass(frozen=True)
class _One(Quarterly):
    kind: str = "protect"

    def assign(self, view: View) -> pd.DataFrame:
        held = seen(view)
        fits = who_fits(held, self.kind)
        return pd.DataFrame({"strategy": self.kind, "priority": 0.0}, index=fits)

    def __repr__(self) -> str:
        return f"one_strategy({self.kind!r}, start_week={self.start_week})"


@dataclass(frozen=True)
class _Random(Quarterly):
    def assign(self, view: View) -> pd.DataFrame:
        held = seen(view)
        parts = [pd.Series(kind, who_fits(held, kind)) for kind in STRATEGIES]
        alone = pd.Series("", status(held).index)
        options = pd.concat([*parts, alone])
        draw = pd.Series(_coin(view, options), options.index)
        order = np.lexsort((draw, draw.index))
        picked = options.iloc[order]
        first = ~picked.index.duplicated()
        chance = draw.iloc[order][first].to_numpy()
        return pd.DataFrame({"strategy": picked[first], "priority": chance})

    def __repr__(self) -> str:
        return f"random_strategies(start_week={self.start_week})"


def _coin(view: View, options: pd.Series) -> np.ndarray:
    """A draw for every option of every account, by the policy's own luck."""
    code = options.map({k: i for i, k in enumerate((*STRATEGIES, ""))}).to_numpy()
    return view.chance.uniform("strategy", options.index.to_numpy(), code)


def who_fits(held: Tables, kind: str) -> pd.Index:
    """The accounts that a strategy fits by their status; re-engineering only once."""
    one_of("kind", kind, STRATEGIES)
    now = status(held)["status"]
    index = now.index[now == FITS[kind]]
    if kind != "re-engineer":
        return index
    done = held["treatments"]
    return index.difference(done.loc[done["strategy"] == kind, "customer_id"])


def seven_strategies(plan: DecisionList | None = None, start_week: int = 26) -> _Seven:
    """Once a quarter, to each account the strategy that the decision list chooses.

    Parameters
    ----------
    plan : DecisionList, optional
        Borders and beliefs; prices are the market's.
    start_week : int
        The first week in which it decides; records of half a year are worth deciding on.

    Returns
    -------
    Policy

    Examples
    --------
    >>> seven_strategies()
    seven_strategies(start_week=26)
    """
    return _Seven(start_week, plan or DecisionList())


def one_strategy(kind: str, start_week: int = 26) -> _One:
    """Once a quarter, the same strategy to every account that it fits.

    Parameters
    ----------
    kind : str
        One of `tables.STRATEGIES`.
    start_week : int

    Examples
    --------
    >>> one_strategy("protect")
    one_strategy('protect', start_week=26)
    """
    one_of("kind", kind, STRATEGIES)
    return _One(start_week, kind)


def random_strategies(start_week: int = 26) -> _Random:
    """Once a quarter, to each account any strategy that fits it, or none, all equally likely.

    Parameters
    ----------
    start_week : int

    Examples
    --------
    >>> random_strategies()
    random_strategies(start_week=26)
    """
    return _Random(start_week)

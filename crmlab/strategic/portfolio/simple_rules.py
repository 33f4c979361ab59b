"""What do firms do that have no decision list? Three rules for it to be held against.

*By sales*: protect the largest customers, harvest the smallest, leave the rest alone (the ABC
analysis of every textbook of purchasing, turned on customers). *Ending by the books*: end whoever
makes a loss, before or after a part of the fixed cost was put on every account. *Dealt*: the very
strategies of the decision list, as many of each, but dealt out by lot to accounts that they fit,
so that only the choice of the account is taken away.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from crmlab.checks import one_of
from crmlab.policy import View
from crmlab.strategic.portfolio.books import Tables, books, status
from crmlab.strategic.portfolio.decision_list import DecisionList, pick
from crmlab.strategic.portfolio.strategies import Quarterly, with_history
from crmlab.strategic.portfolio.table import account_table, seen
from crmlab.tables import QUARTER_WEEKS, WEEK_SECONDS

ACCOUNTS = ("profit_eur", "full_profit_eur")
"""What an account brings before fixed cost (its contribution), and after its part of it."""
_QUARTER = np.timedelta64(QUARTER_WEEKS * WEEK_SECONDS, "s")


@dataclass(frozen=True)
class _BySales(Quarterly):
    largest: float = 0.2
    smallest: float = 0.2

    def assign(self, view: View) -> pd.DataFrame:
        return by_sales(seen(view), view.now, self.largest, self.smallest)

    def __repr__(self) -> str:
        return f"protect_the_largest(start_week={self.start_week})"


def by_sales(
    held: Tables, now: np.datetime64, largest: float = 0.2, smallest: float = 0.2
) -> pd.DataFrame:
    """Protect the largest customers and harvest the smallest, by the last year's sales.

    Returns
    -------
    DataFrame
        By ``customer_id``: ``strategy``, ``priority`` (sales, EUR).
    """
    since = now - 4 * _QUARTER
    orders = held["orders"]
    orders = orders[(orders["ordered_at"] >= since) & (orders["ordered_at"] < now)]
    sales = orders.groupby("customer_id")["value_eur"].sum()
    now_ = status(held)["status"]
    sales = sales.reindex(now_.index[now_ == "customer"], fill_value=0.0)
    strategy = pd.Series("", sales.index)
    strategy[sales <= sales.quantile(smallest)] = "harvest"
    strategy[sales >= sales.quantile(1 - largest)] = "protect"
    return pd.DataFrame({"strategy": strategy, "priority": sales})


def protect_the_largest(
    largest: float = 0.2, smallest: float = 0.2, start_week: int = 26
) -> _BySales:
    """Once a quarter, protect the largest customers and harvest the smallest, by sales.

    Parameters
    ----------
    largest, smallest : float
        Shares of the customers, in [0, 1].
    start_week : int

    Examples
    --------
    >>> protect_the_largest()
    protect_the_largest(start_week=26)
    """
    for name, value in (("largest", largest), ("smallest", smallest)):
        if not 0 <= value <= 1:
            raise ValueError(f"{name} must be in [0, 1], got {value}. Is this a percentage?")
    return _BySales(start_week, largest, smallest)


@dataclass(frozen=True)
class _EndLosers(Quarterly):
    by: str = "profit_eur"
    least_quarters: float = 2.0

    def assign(self, view: View) -> pd.DataFrame:
        table = books(seen(view), view.now)
        loses = (table["status"] == "customer") & (table["quarters"] >= self.least_quarters)
        loss = -table.loc[loses & (table[self.by] < 0), self.by]
        return pd.DataFrame({"strategy": "end", "priority": loss}, index=loss.index)

    def __repr__(self) -> str:
        return f"end_losers({self.by!r}, start_week={self.start_week})"


def end_losers(
    by: str = "profit_eur", start_week: int = 26, least_quarters: float = 2.0
) -> _EndLosers:
    """Once a quarter, end every customer whose account shows a loss.

    Parameters
    ----------
    by : str
        ``"profit_eur"``: contribution, margin less the cost of serving; ``"full_profit_eur"``:
        after a part of the fixed cost as well, which nobody's leaving makes smaller.
    start_week : int
    least_quarters : float
        Quarters of trade before an account is judged.

    Examples
    --------
    >>> end_losers("full_profit_eur")
    end_losers('full_profit_eur', start_week=26)
    """
    one_of("by", by, ACCOUNTS)
    return _EndLosers(start_week, by, least_quarters)


@dataclass(frozen=True)
class _Dealt(Quarterly):
    plan: DecisionList = field(default_factory=DecisionList)

    def assign(self, view: View) -> pd.DataFrame:
        held = seen(view)
        table = with_history(account_table(held, view.now), held, view.now)
        chosen = pick(table, replace(self.plan, strategy_eur=view.prices.strategies))
        lot = pd.Series(view.chance.uniform("lot", table.index.to_numpy()), table.index)
        return deal(chosen, table["status"], table["reengineered"].notna(), lot)

    def __repr__(self) -> str:
        return f"dealt_strategies(start_week={self.start_week})"


def deal(
    chosen: pd.DataFrame, status: pd.Series, mended: pd.Series, lot: pd.Series
) -> pd.DataFrame:
    """Deal the chosen strategies out anew, in the order of the lot, to accounts that they fit.

    Parameters
    ----------
    chosen : DataFrame
        Of `choose`: ``strategy``, ``priority`` by ``customer_id``.
    status, mended, lot : Series
        Each account's status, whether it has been re-engineered, and its number drawn.

    Returns
    -------
    DataFrame
        By ``customer_id``: ``strategy``, ``priority``.

    Examples
    --------
    >>> chosen = pd.DataFrame({"strategy": ["end", "", ""], "priority": [2.0, 0.0, 0.0]}, [7, 8, 9])
    >>> same = pd.Series(["customer"] * 3, [7, 8, 9])
    >>> deal(chosen, same, same == "", pd.Series([0.9, 0.5, 0.1], [7, 8, 9]))
      strategy  priority
    7                0.0
    8                0.0
    9      end       2.0
    """
    dealt = pd.DataFrame({"strategy": "", "priority": 0.0}, index=chosen.index)
    for one in status.unique():
        players = lot[status == one].sort_values().index
        cards = chosen.loc[players, ["strategy", "priority"]]
        cards = cards[cards["strategy"] != ""]
        mend = cards["strategy"] == "re-engineer"
        once = players[~mended.loc[players].to_numpy()][: int(mend.sum())]
        rest = players.difference(once, sort=False)[: int((~mend).sum())]
        dealt.loc[once] = cards[mend].to_numpy()[: len(once)]
        dealt.loc[rest] = cards[~mend].to_numpy()
    return dealt.astype({"strategy": "str", "priority": "float64"})


def dealt_strategies(plan: DecisionList | None = None, start_week: int = 26) -> _Dealt:
    """The strategies of the decision list, as many of each, dealt by lot to whom they fit.

    Parameters
    ----------
    plan : DecisionList, optional
    start_week : int

    Examples
    --------
    >>> dealt_strategies()
    dealt_strategies(start_week=26)
    """
    return _Dealt(start_week, plan or DecisionList())

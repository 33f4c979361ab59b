"""What may the firm expect of each strategy for each account? Seven sums on an envelope.

Each of Buttle's strategies works on another part of an account's value: protecting on the risk
that it is lost, re-engineering on the cost of serving it, enhancing on what it buys elsewhere,
harvesting on the price, ending on a loss, winning back and starting on a life that would not be.
What the firm believes that a strategy does (`Beliefs`) times what it sees of the account gives an
expected gain in EUR; nothing here knows what strategies truly do (all numbers are *assumed*).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from crmlab.strategic.portfolio.outlook import Horizon, lifetime_value
from crmlab.strategic.portfolio.significance import (
    BENCHMARK,
    DOOR,
    INSPIRATION,
    VOLUME,
    significant,
)
from crmlab.tables import QUARTER_WEEKS


@dataclass(frozen=True)
class Beliefs:
    """What the firm believes that strategies do, and how far it looks ahead.

    Attributes
    ----------
    quarters : int
        Ahead in which gains count, at least 1.
    protect_keeps : float
        Share of the risk of losing an account that protecting takes away for its quarter.
    protect_wins : float
        Share of what an account buys elsewhere that comes for a quarter while a rival with all 7
        points is kept away.
    reengineer_saves : float
        Share of the cost of serving that re-engineering saves, for good.
    enhance_wins : float
        Share of what an account buys elsewhere that comes for a quarter, at a full relationship.
    harvest_price : float
        Share of sales that a higher price brings.
    win_back_chance, win_back_fades : float
        Chance that a lost account comes back, and the share of it that goes with every quarter.
    start_chance : float
        Chance that a prospect becomes a customer.
    new_life : float
        Of the value of an old account that a new or returning one reaches: it begins small.
    follower_part : float
        Of the value of the accounts that name a benchmark, what hangs on it.
    idea_part : float
        Of the value of all customers, what hangs on one inspiration.
    door_part : float
        Of the value of the prospects of a closed industry, what hangs on a leading house.
    """

    quarters: int = 8
    protect_keeps: float = 0.5
    protect_wins: float = 0.4
    reengineer_saves: float = 0.35
    enhance_wins: float = 0.4
    harvest_price: float = 0.03
    win_back_chance: float = 0.25
    win_back_fades: float = 0.3
    start_chance: float = 0.25
    new_life: float = 0.6
    follower_part: float = 0.1
    idea_part: float = 0.01
    door_part: float = 0.1

    def __post_init__(self) -> None:
        if self.quarters < 1:
            raise ValueError(f"quarters must be >= 1, got {self.quarters}.")
        for f in fields(self):
            part = getattr(self, f.name)
            if f.name != "quarters" and not 0 <= part <= 1:
                raise ValueError(f"{f.name} must be in [0, 1], got {part}. Is this a percentage?")


def gains(table: pd.DataFrame, beliefs: Beliefs | None = None) -> pd.DataFrame:
    """The expected gain of each strategy for each account, in EUR before its cost.

    Parameters
    ----------
    table : DataFrame
        Of `portfolio`.
    beliefs : Beliefs, optional

    Returns
    -------
    DataFrame
        One row an account. What it goes by: ``profit_eur`` (a quarter; of prospects and lost
        accounts, what is to be expected of them), ``risk``, ``value_eur`` (of the quarters
        ahead), ``significance_eur`` (value of others that hangs on it), ``chance`` (of winning
        it), ``locked`` (a closed industry that nobody has opened), ``volume`` (one of the best by
        sales, who carry the fixed cost). And a column a strategy.

    Examples
    --------
    >>> import crmlab as crm
    >>> from crmlab.strategic.portfolio import portfolio
    >>> run = crm.simulate("b2b", 60, 53, 1)
    >>> table = portfolio(run.records, np.datetime64("2025-01-06"))
    >>> bool((gains(table)["harvest"] >= 0).all())
    True
    """
    b = beliefs or Beliefs()
    ours = table["status"] == "customer"
    profit = _expected_profit(table, ours)
    risk = table["leaving_risk"].where(ours)
    risk = risk.fillna(risk.mean() if risk.notna().any() else 0.0)
    growth = table["growth"].fillna(0.0)
    value = lifetime_value(profit, growth, risk, Horizon(b.quarters))
    locked = _locked(table, ours)
    kinds = significant(table)
    others = significance_eur(table, value, b, kinds).sum(axis=1)
    chance = _chance(table, b).where(~locked, 0.0)
    rate = _total(table, "margin_eur", ours) / max(_total(table, "sales_eur", ours), 1.0)
    elsewhere = table["headroom_eur"].fillna(0.0) * rate
    strength = ((table["relationship"] - 1) / 6).fillna(0.0)
    pull = ((table["rival"] - 1) / 6).fillna(0.0)
    left = _left_to_work(growth, risk, b)
    new = chance * (b.new_life * value.clip(lower=0.0) + others)
    return pd.DataFrame(
        {
            "profit_eur": profit,
            "risk": risk,
            "value_eur": value,
            "significance_eur": others,
            "chance": chance,
            "locked": locked,
            "volume": kinds[VOLUME],
            "protect": b.protect_keeps * risk * (value.clip(lower=0.0) + others)
            + b.protect_wins * pull * elsewhere,
            "re-engineer": b.reengineer_saves * table["serving_eur"] * left,
            "enhance": b.enhance_wins * strength * elsewhere,
            "harvest": b.harvest_price * table["sales_eur"],
            "end": -value,
            "win back": new.where(table["status"] == "lost", 0.0),
            "start": new.where(table["status"] == "prospect", 0.0),
        }
    )


def _total(table: pd.DataFrame, column: str, ours: pd.Series) -> float:
    return float(table.loc[ours, column].sum())


def _expected_profit(table: pd.DataFrame, ours: pd.Series) -> pd.Series:
    """Profit a quarter: as booked; of prospects, what customers bring per EUR of wallet."""
    wallets = max(float(table.loc[ours, "wallet_eur"].sum()), 1.0)
    usual = _total(table, "profit_eur", ours) / wallets * table["wallet_eur"].fillna(0.0)
    return table["profit_eur"].where(table["status"] != "prospect", usual)


def _left_to_work(growth: pd.Series, risk: pd.Series, b: Beliefs) -> pd.Series:
    """Quarters, discounted, in which a lasting gain of one account comes in."""
    return lifetime_value(pd.Series(1.0, growth.index), growth * 0.0, risk, Horizon(b.quarters))


def _locked(table: pd.DataFrame, ours: pd.Series) -> pd.Series:
    """Accounts of closed industries where no leading house buys here, but for those houses."""
    opened = table.loc[ours & table["leading_house"], "industry"].astype(str).unique()
    shut = table["closed"] & ~table["industry"].astype(str).isin(opened)
    return shut & ~table["leading_house"] & ~ours


def quarters_away(table: pd.DataFrame) -> pd.Series:
    """Quarters since each account left; the latest change of status stands for today if missing."""
    if "away" in table:
        return table["away"].fillna(0.0)
    ago = (table["since"].max() - table["since"]) / np.timedelta64(QUARTER_WEEKS * 7, "D")
    return ago.where(table["status"] == "lost", 0.0).fillna(0.0)


def _chance(table: pd.DataFrame, b: Beliefs) -> pd.Series:
    """The chance to win a lost account, less with every quarter since, or a prospect."""
    back = b.win_back_chance * (1 - b.win_back_fades) ** quarters_away(table)
    chance = pd.Series(0.0, table.index)
    chance = chance.mask(table["status"] == "lost", back)
    return chance.mask(table["status"] == "prospect", b.start_chance)


def significance_eur(
    table: pd.DataFrame,
    value_eur: pd.Series,
    beliefs: Beliefs | None = None,
    kinds: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Value of others that hangs on each account: three kinds that its own profit does not show.

    Parameters
    ----------
    table : DataFrame
        Of `portfolio`.
    value_eur : Series
        Of the quarters ahead, by ``customer_id``.
    beliefs : Beliefs, optional
    kinds : DataFrame, optional
        Of `significant`, which says who is a benchmark, an inspiration or a door opener.

    Returns
    -------
    DataFrame
        One row an account; a column a kind, EUR.
    """
    b = beliefs or Beliefs()
    kinds = significant(table) if kinds is None else kinds
    ours = table["status"] == "customer"
    positive = value_eur.clip(lower=0.0)
    everybody = float(positive[ours].sum())
    each = everybody / max(int(ours.sum()), 1)
    prospects = positive.where(table["status"] == "prospect", 0.0)
    behind = prospects.groupby(table["industry"].astype(str)).transform("sum") - prospects
    houses = (ours & table["leading_house"]).groupby(table["industry"].astype(str))
    among = (houses.transform("sum") + ~ours).clip(lower=1)
    return pd.DataFrame(
        {
            BENCHMARK: b.follower_part * each * table["named_by"].where(kinds[BENCHMARK], 0),
            INSPIRATION: b.idea_part * everybody * kinds[INSPIRATION],
            DOOR: b.door_part * (behind / among).where(kinds[DOOR], 0.0),
        },
        index=table.index,
    )

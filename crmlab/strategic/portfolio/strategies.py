"""Which of the seven core strategies suits which account? A decision list that gives its reasons.

Buttle (2004, ch. 4; Buttle and Maklan 2019, ch. 5) has exactly seven: protect, re-engineer,
enhance, harvest and end a relationship, win back a customer, start a relationship. `choose` asks
of each account, in this order, and stops at the first yes:

1. Does it lose money? *End* it if it would even when served more cheaply, else *re-engineer* it.
2. Is much at stake, and a rival near? *Protect*.
3. Does its work cost more than it would to mend that? *Re-engineer*, once.
4. Does it buy elsewhere what a good relationship could bring? *Enhance*.
5. Does it not grow, and is there little to lose? *Harvest*.
6. Has it left, or never come, and is it worth the attempt? *Win back*, *start*.

Whatever passes no border is left alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from crmlab.checks import at_least_zero, one_of, whole_number
from crmlab.policy import Actions, Decision, View
from crmlab.strategic.portfolio.books import Tables, status
from crmlab.strategic.portfolio.strategy_gains import Beliefs, gains, quarters_away
from crmlab.strategic.portfolio.table import account_table, seen
from crmlab.tables import QUARTER_WEEKS, STRATEGIES, WEEK_SECONDS

FITS = dict(zip(STRATEGIES, ["customer"] * 5 + ["lost", "prospect"], strict=True))
"""What an account must be for each strategy."""
LEAST_COST_EUR = 100.0
"""So much a strategy counts at least when gain is put over cost: harvesting is free."""


@dataclass(frozen=True)
class DecisionList:
    """The borders of the list, and what the firm believes of the strategies.

    Attributes
    ----------
    hurdle : float
        EUR of expected gain that a EUR of a strategy's cost has to promise, >= 0.
    least_quarters : float
        Quarters of trade before an account is judged by its profit, >= 0.
    patience : float
        Quarters that a re-engineered account is given before it may be ended, >= 0.
    protect_rival : float
        Points of 7 of the rival's attraction from which on an account is in danger.
    payback_quarters : float
        In which the saving of re-engineering must pay its cost back, >= 0.
    enhance_relationship : float
        Points of 7 that a relationship must have to carry more business.
    full_share : float
        Of the wallet, from which on there is no more to be had.
    little_eur : float
        Value of the quarters ahead up to which there is little to lose by harvesting.
    significance : bool
        Whether accounts on which others hang get that value added, are neither harvested nor
        ended, and whether volume is kept for the sake of the fixed cost.
    high_volume : float
        Share of the customers, by sales, who carry volume, in [0, 1].
    strategy_eur : tuple of float
        What each of the seven costs; a policy takes the market's prices.
    beliefs : Beliefs
        What strategies are believed to do.
    """

    hurdle: float = 1.0
    least_quarters: float = 2.0
    patience: float = 4.0
    protect_rival: float = 4.0
    payback_quarters: float = 4.0
    enhance_relationship: float = 4.0
    full_share: float = 0.6
    little_eur: float = 40_000.0
    significance: bool = True
    high_volume: float = 0.2
    strategy_eur: tuple[float, ...] = (1_500.0, 1_200.0, 1_500.0, 0.0, 300.0, 1_500.0, 2_500.0)
    beliefs: Beliefs = field(default_factory=Beliefs)

    def __post_init__(self) -> None:
        for name in ("hurdle", "least_quarters", "patience", "payback_quarters"):
            at_least_zero(name, getattr(self, name))
        for name in ("full_share", "high_volume"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(
                    f"{name} must be in [0, 1], got {getattr(self, name)}. Is this a percentage?"
                )
        if len(self.strategy_eur) != len(STRATEGIES):
            raise ValueError(
                f"strategy_eur must hold {len(STRATEGIES)} prices, one for each of "
                f"{', '.join(STRATEGIES)}, got {len(self.strategy_eur)}."
            )

    def price(self, kind: str) -> float:
        """What one strategy costs for an account and quarter, EUR."""
        return self.strategy_eur[STRATEGIES.index(kind)]


def choose(table: pd.DataFrame, plan: DecisionList = DecisionList()) -> pd.DataFrame:
    """A strategy for every account, and why.

    Parameters
    ----------
    table : DataFrame
        Of `portfolio`. `with_history` adds what is best remembered: ``reengineered`` (quarters
        since it was, NaN for never) and ``away`` (quarters since it left).
    plan : DecisionList
        Borders and beliefs.

    Returns
    -------
    DataFrame
        One row an account (index ``customer_id``): ``strategy`` (one of `tables.STRATEGIES`, or
        empty: leave alone), ``reason`` (a sentence with the numbers that decided), ``gain_eur``
        (expected, before cost), ``cost_eur``, ``priority`` (expected gain per EUR of cost: a
        budget goes to the highest first).

    Examples
    --------
    >>> import crmlab as crm
    >>> run = crm.simulate("b2b", 60, 53, 1)
    >>> table = account_table(run.records, np.datetime64("2025-01-06"))
    >>> choose(table)["strategy"].isin(["", *STRATEGIES]).all()
    np.True_
    """
    facts = _facts(table, plan)
    strategy = pd.Series("", table.index)
    reason = pd.Series("left alone: no border was passed", table.index)
    for kind, applies, say in _rules(facts, plan):
        hit = applies & (reason == "left alone: no border was passed")
        strategy[hit] = kind
        reason[hit] = [say.format(**row) for row in facts[hit].to_dict("records")]
    gain = pd.Series(0.0, table.index)
    for kind in STRATEGIES:
        gain = gain.mask(strategy == kind, facts[kind])
    cost = strategy.map({k: plan.price(k) for k in STRATEGIES} | {"": 0.0}).astype(float)
    return pd.DataFrame(
        {
            "strategy": strategy,
            "reason": reason,
            "gain_eur": gain,
            "cost_eur": cost,
            "priority": gain / cost.clip(lower=LEAST_COST_EUR),
        }
    )


def _facts(table: pd.DataFrame, plan: DecisionList) -> pd.DataFrame:
    """All that the rules ask about, one row an account."""
    look = gains(table, plan.beliefs)
    if not plan.significance:
        kept = plan.beliefs
        look = gains(table, replace(kept, follower_part=0.0, idea_part=0.0, door_part=0.0))
    ours = table["status"] == "customer"
    volume = table["sales_eur"] >= table.loc[ours, "sales_eur"].quantile(1 - plan.high_volume)
    again = table["reengineered"] if "reengineered" in table else pd.Series(np.nan, table.index)
    saved = plan.beliefs.reengineer_saves * table["serving_eur"].where(again.isna(), 0.0)
    columns = ["status", "quarters", "sales_eur", "serving_eur", "relationship", "rival", "share"]
    return (
        table[[*columns, "growth", "headroom_eur", "wallet_eur", "reason"]]
        .join(look)
        .assign(
            ours=ours,
            known=table["quarters"] >= plan.least_quarters,
            reengineered=again,
            saved_eur=saved,
            mended_eur=look["profit_eur"] + saved,
            payback=plan.price("re-engineer") / saved.clip(lower=1e-9),
            volume=volume & ours,
            away=quarters_away(table),
            stake_eur=look["value_eur"].clip(lower=0.0) + look["significance_eur"],
        )
    )


def _rules(f: pd.DataFrame, plan: DecisionList) -> list[tuple[str, pd.Series, str]]:
    """Strategy (or leave alone), for whom, and the sentence that says why; the first yes counts."""

    def pays(kind: str) -> pd.Series:
        return f[kind] >= plan.hurdle * plan.price(kind)

    losing = f["ours"] & f["known"] & (f["profit_eur"] < 0)
    mends = f["payback"] <= plan.payback_quarters
    waited = f["reengineered"].isna() | (f["reengineered"] >= plan.patience)
    matters = plan.significance & (f["significance_eur"] > 0)
    carries = plan.significance & f["volume"]
    danger = f["rival"] >= plan.protect_rival
    close = f["relationship"] >= plan.enhance_relationship
    idle = (f["growth"].fillna(0.0) <= 0) | (f["share"] >= plan.full_share)
    little = f["stake_eur"] <= plan.little_eur
    loss = "loses {profit_eur:,.0f} EUR a quarter"
    return [
        (
            "",
            losing & ~waited,
            loss + ", but was re-engineered {reengineered:.0f} quarters ago: wait",
        ),
        (
            "",
            losing & carries,
            loss + ", but its {sales_eur:,.0f} EUR of sales carry fixed cost: keep the volume",
        ),
        (
            "",
            losing & matters,
            loss + ", but {significance_eur:,.0f} EUR of the value of others hang on it: keep it",
        ),
        (
            "end",
            losing & (f["mended_eur"] < 0),
            loss + " and would lose {mended_eur:,.0f} EUR even if served more cheaply",
        ),
        (
            "re-engineer",
            losing & mends,
            loss + "; cheaper service would save {saved_eur:,.0f} EUR a quarter",
        ),
        (
            "protect",
            f["ours"] & danger & pays("protect"),
            "{stake_eur:,.0f} EUR are at stake, the rival has {rival:.0f} of 7 points, and the "
            "risk of losing it is {risk:.1%} a quarter",
        ),
        (
            "re-engineer",
            f["ours"] & mends,
            "serving costs {serving_eur:,.0f} EUR a quarter; mending that pays back in "
            "{payback:.1f} quarters",
        ),
        (
            "enhance",
            f["ours"] & close & pays("enhance"),
            "buys {headroom_eur:,.0f} EUR a quarter elsewhere, and the relationship of "
            "{relationship:.0f} of 7 points can carry more",
        ),
        (
            "harvest",
            f["ours"] & idle & little & ~matters & f["known"],
            "growth of {growth:+.1%} a quarter at {share:.0%} of the wallet, and {stake_eur:,.0f} "
            "EUR at stake: nothing to invest in",
        ),
        (
            "win back",
            (f["status"] == "lost") & pays("win back"),
            "left {away:.1f} quarters ago ({reason}); brought {profit_eur:,.0f} EUR a quarter, "
            "and comes back with a chance of {chance:.0%}",
        ),
        (
            "start",
            (f["status"] == "prospect") & pays("start"),
            "has a wallet of {wallet_eur:,.0f} EUR a quarter; {significance_eur:,.0f} EUR of "
            "others hang on it; the chance is {chance:.0%}",
        ),
        (
            "",
            f["locked"],
            "a closed industry where no leading house buys from us",
        ),
    ]  # fmt: skip


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
class _Quarterly:
    """A policy that looks at the accounts once a quarter, from ``start_week`` on."""

    start_week: int = 26

    def __post_init__(self) -> None:
        whole_number("start_week", self.start_week, 0, 10**6)

    def start(self, seed: int) -> None:
        """Nothing to remember: what was done is in the treatments."""

    def decide(self, view: View, state: None) -> tuple[Decision, None]:
        """A strategy for each account that gets one, in the first week of a quarter."""
        if view.week < self.start_week or view.week % QUARTER_WEEKS:
            return Decision(), None
        chosen = self.assign(view)
        chosen = chosen[chosen["strategy"] != ""]
        return Decision(to_actions(chosen)), None

    def assign(self, view: View) -> pd.DataFrame:
        """By ``customer_id``: ``strategy`` and ``priority``."""
        raise NotImplementedError


def to_actions(chosen: pd.DataFrame) -> Actions:
    """Strategies by ``customer_id`` (columns ``strategy``, ``priority``) as rows of actions."""
    return Actions(
        chosen.index.to_numpy(),
        chosen["strategy"].to_numpy(dtype=object),
        "account",
        priority=chosen["priority"].to_numpy(dtype=float),
    )


@dataclass(frozen=True)
class _Seven(_Quarterly):
    plan: DecisionList = field(default_factory=DecisionList)

    def assign(self, view: View) -> pd.DataFrame:
        held = seen(view)
        table = with_history(account_table(held, view.now), held, view.now)
        return choose(table, replace(self.plan, strategy_eur=view.prices.strategies))

    def __repr__(self) -> str:
        return f"seven_strategies(start_week={self.start_week})"


@dataclass(frozen=True)
class _One(_Quarterly):
    kind: str = "protect"

    def assign(self, view: View) -> pd.DataFrame:
        held = seen(view)
        fits = who_fits(held, self.kind)
        return pd.DataFrame({"strategy": self.kind, "priority": 0.0}, index=fits)

    def __repr__(self) -> str:
        return f"one_strategy({self.kind!r}, start_week={self.start_week})"


@dataclass(frozen=True)
class _Random(_Quarterly):
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

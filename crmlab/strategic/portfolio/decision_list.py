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
from numpy.typing import NDArray

from crmlab.checks import at_least_zero, one_of
from crmlab.strategic.portfolio.strategy_gains import Beliefs, gains, quarters_away
from crmlab.tables import STRATEGIES

NO_BORDER = "left alone: no border was passed"
Rule = tuple[str, pd.Series, str]
"""A strategy (or none), the accounts that the rule is true of, and the sentence that says why."""
LEAST_COST_EUR = 0.01
"""So much a strategy costs at least when its gain is put over its cost: a free one comes first."""


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
    kinds : tuple of str
        The strategies in use, of `tables.STRATEGIES`: questions that lead to others are skipped.
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
    kinds: tuple[str, ...] = STRATEGIES
    strategy_eur: tuple[float, ...] = (1_500.0, 1_200.0, 1_500.0, 0.0, 300.0, 1_500.0, 2_500.0)
    beliefs: Beliefs = field(default_factory=Beliefs)

    def __post_init__(self) -> None:
        for name in ("hurdle", "least_quarters", "patience", "payback_quarters"):
            at_least_zero(name, getattr(self, name))
        if not 0 <= self.full_share <= 1:
            raise ValueError(
                f"full_share must be in [0, 1], got {self.full_share}. Is this a percentage?"
            )
        for kind in self.kinds:
            one_of("kinds", kind, STRATEGIES)
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
    >>> from crmlab.strategic.portfolio import portfolio
    >>> table = portfolio(run.records, np.datetime64("2025-01-06"))
    >>> choose(table)["strategy"].isin(["", *STRATEGIES]).all()
    np.True_
    """
    facts = _facts(table, plan)
    rules = _rules(facts, plan)
    answer = _answered(rules, plan, len(table))
    sentences = {number: say for number, (_, _, say) in enumerate(rules)}
    reason = [
        sentences[number].format(**row) if number >= 0 else NO_BORDER
        for number, row in zip(answer, facts.to_dict("records"), strict=True)
    ]
    picked = _picked(facts, rules, answer, plan)
    picked.insert(1, "reason", reason)
    return picked


def pick(table: pd.DataFrame, plan: DecisionList) -> pd.DataFrame:
    """The same as `choose` without the sentences, for policies, which read none."""
    facts = _facts(table, plan)
    rules = _rules(facts, plan)
    return _picked(facts, rules, _answered(rules, plan, len(table)), plan)


def _answered(rules: list[Rule], plan: DecisionList, number: int) -> NDArray[np.int64]:
    """Which rule each account meets first, -1 for none; rules of strategies not in use are out."""
    answer = np.full(number, -1)
    for place, (kind, applies, _) in enumerate(rules):
        if kind in ("", *plan.kinds):
            answer[(answer < 0) & applies.to_numpy(dtype=bool)] = place
    return answer


def _picked(
    facts: pd.DataFrame, rules: list[Rule], answer: NDArray[np.int64], plan: DecisionList
) -> pd.DataFrame:
    """Strategy, gain, cost and priority by the rule that each account met."""
    strategy = np.array([kind for kind, _, _ in rules] + [""], dtype=object)[answer]
    gain, cost = np.zeros(len(facts)), np.zeros(len(facts))
    for kind in STRATEGIES:
        gain = np.where(strategy == kind, facts[kind].to_numpy(), gain)
        cost = np.where(strategy == kind, plan.price(kind), cost)
    return pd.DataFrame(
        {
            "strategy": pd.Series(strategy, facts.index, dtype="str"),
            "gain_eur": gain,
            "cost_eur": cost,
            "priority": gain / np.maximum(cost, LEAST_COST_EUR),
        },
        index=facts.index,
    )


def _facts(table: pd.DataFrame, plan: DecisionList) -> pd.DataFrame:
    """All that the rules ask about, one row an account."""
    beliefs = plan.beliefs
    if not plan.significance:
        beliefs = replace(beliefs, follower_part=0.0, idea_part=0.0, door_part=0.0)
    look = gains(table, beliefs)
    ours = table["status"] == "customer"
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
            loss_eur=-look["profit_eur"],
            still_eur=-look["profit_eur"] - saved,
            payback=plan.price("re-engineer") / saved.clip(lower=1e-9),
            away=quarters_away(table),
            stake_eur=look["value_eur"].clip(lower=0.0) + look["significance_eur"],
        )
    )


def _rules(f: pd.DataFrame, plan: DecisionList) -> list[Rule]:
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
    loss = "loses {loss_eur:,.0f} EUR a quarter"
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
            losing & (f["still_eur"] > 0),
            loss + ", and would lose {still_eur:,.0f} EUR if served as cheaply as can be",
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

"""Whose choice of an improvement is worth most? One firm, several ways to choose, the same luck.

Every way picks one capability; half of what is missing of it is then really put there before the
first week, and the same customers live the same weeks again. What profit rises by is the true worth
of the choice, before what it costs. Ways: *said* and *found* take the capability with most to gain,
missing times importance, by what managers say or by evidence, with the importance that went with
profit among the peers; *largest gap* takes the lowest evidence; *by lot* any. The best of all
twenty is known only here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd

from crmlab.chance import Chance, uniform
from crmlab.experiments.capability_values import described_market, raised
from crmlab.experiments.peers import WEEKS, draw_firm, peers
from crmlab.experiments.self_reports import self_reports, true_capabilities
from crmlab.market.ability import RESTS_ON
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.strategic.assessment import (
    Assessment,
    Roadmap,
    assess,
    evidence,
    importance,
    roadmap,
)
from crmlab.strategic.usual import usual_business
from crmlab.tables import CAPABILITIES

SAID, FOUND, LARGEST_GAP, BY_LOT = "said", "found", "largest gap", "by lot"
WAYS = (SAID, FOUND, LARGEST_GAP, BY_LOT)
CLOSED = 0.5
"""The share of what is missing that an improvement puts there."""


@dataclass(eq=False)
class Firm:
    """One firm, its year, and what is said and found of it.

    Parameters
    ----------
    seed : int
        Names the firm, its customers and their luck.
    market : Scenario, optional
        Of which only the firm is replaced; `described_market` by default.
    customers, weeks : int
    """

    seed: int
    market: Scenario = field(default_factory=described_market)
    customers: int = 1_000
    weeks: int = WEEKS

    def __post_init__(self) -> None:
        self._worth: dict[str, float] = {}
        self.scenario = self.market.replace(firm=draw_firm(self.seed))
        self.run = self._live(self.scenario)
        self.truth = true_capabilities(self.run, 0)
        said = self_reports(self.truth, self.seed, self.market.manager_bias)
        self.assessment: Assessment = assess(evidence(self.run.records), said)

    def _live(self, scenario: Scenario) -> Run:
        return simulate(scenario, self.customers, self.weeks, self.seed, usual_business())

    def worth(self, capability: str, closed: float = CLOSED) -> float:
        """What closing this share of what is missing really brings, EUR per customer."""
        key = f"{capability} {closed}"
        if key not in self._worth:
            missing = 1.0 - {name: real for name, _, real in self.scenario.firm}[capability]
            profit = self._live(raised(self.scenario, capability, closed * missing)).profit
            self._worth[key] = (profit - self.run.profit) / self.customers
        return self._worth[key]

    def believed(self, way: str) -> pd.Series:
        """What each capability is believed to be worth improving, by one of the ways."""
        table = self.assessment.table
        if way == BY_LOT:
            luck = Chance(self.seed).split("by lot").base("capability", np.arange(len(table)))
            return pd.Series(uniform(luck), table.index)
        if way == LARGEST_GAP:
            return 1.0 - table["reality"]
        score = table["said_reality"] if way == SAID else table["reality"]
        return (1.0 - score) * usual_importance().reindex(table.index)

    def choice(self, way: str) -> str:
        """The capability that one of the ways picks."""
        return str(self.believed(way).round(6).idxmax())

    def contest(self, ways: tuple[str, ...] = WAYS) -> pd.DataFrame:
        """What each way picks, and what it is really worth: ``choice``, ``worth_eur``."""
        rows = [(self.choice(way), self.worth(self.choice(way))) for way in ways]
        index = pd.Index(ways, name="way")
        return pd.DataFrame(rows, index, columns=["choice", "worth_eur"])

    def worths(self, names: Iterable[str] = tuple(CAPABILITIES)) -> pd.Series:
        """The true worth of these improvements, the best first; simulates once for each."""
        found = {name: self.worth(name) for name in names}
        return pd.Series(found, name="worth_eur").sort_values(ascending=False, kind="stable")


@cache
def usual_importance() -> pd.Series:
    """What went with profit among the stored peers, by evidence (EUR per customer)."""
    return importance(peers("found"), peers()["profit_eur"])


PACKAGE_EUR = 0.25
"""EUR per customer: one package of improvement."""


def planned(firm: Firm, way: str, budget_eur: float) -> Roadmap:
    """The roadmap of one way within a budget (EUR per customer), for the whole firm.

    `LARGEST_GAP` gives all capabilities the same weight. The firm reckons with the price of
    its market (`Scenario.invest_eur_per_customer`), and not with what intention does to it.
    """
    table, n = firm.assessment.table, firm.customers
    scale = firm.market.invest_eur_per_customer
    reality = table["said_reality"] if way == SAID else table["reality"]
    equal = pd.Series(usual_importance().clip(lower=0.0).mean(), table.index)
    weights = equal if way == LARGEST_GAP else usual_importance()
    return roadmap(reality, n * weights, n * budget_eur, n * PACKAGE_EUR, n * scale, RESTS_ON)


def roadmaps_lived(
    firm: Firm, budget_eur: float, weeks: int = 104, ways: tuple[str, ...] = WAYS[:3]
) -> pd.DataFrame:
    """What the roadmap of each way earns when it is paid for and lived, beside doing nothing.

    Returns
    -------
    DataFrame
        One row a way: ``first`` (what is improved first), ``cost_eur``, ``gain_eur`` (before that
        cost) and ``net_eur``, per customer over ``weeks`` weeks.
    """

    def lived(plan: dict[str, float]) -> Run:
        return simulate(
            firm.scenario, firm.customers, weeks, firm.seed, usual_business(plan, weeks=13)
        )

    before, rows = lived({}).profit, []
    for way in ways:
        plan = planned(firm, way, budget_eur).plan
        net = (lived(plan).profit - before) / firm.customers
        cost = sum(plan.values()) / firm.customers
        rows.append((", ".join(list(plan)[:2]), cost, net + cost, net))
    columns = ["first", "cost_eur", "gain_eur", "net_eur"]
    return pd.DataFrame(rows, pd.Index(ways, name="way"), columns=columns)


def weakest_link(
    scenario: Scenario, seed: int, link: str = "technology_reach", upon: str = "channel_reach"
) -> float:
    """By how much more raising a weak link brings than raising what rests on it, EUR per customer.

    A firm that is at 0.6 in everything and at 0.2 in ``link``; either is raised by 0.3.
    """
    rows = {name: 0.2 if name == link else 0.6 for name in CAPABILITIES}

    def profit(**more: float) -> float:
        able = tuple((name, 1.0, min(rows[name] + more.get(name, 0.0), 1.0)) for name in rows)
        market = scenario.replace(firm=able)
        return simulate(market, 1_000, WEEKS, seed, usual_business()).profit

    return (profit(**{link: 0.3}) - profit(**{upon: 0.3})) / 1_000

"""Can the class run a portfolio? Eight quarters, a budget, a decision for each cell.

A firm has been watched for half a year. Each quarter the class sees the portfolio table as a
board of ten cells and decides what to do with each. The quarter is simulated, and at the end the
same accounts, with the same luck, are run again by nobody, by the decision list and by an oracle.

>>> game = PortfolioGame(seed=7, customers=40)
>>> report = game.play({"valuable, loose": "protect", "losing, loose": "re-engineer"})
>>> report.quarter, game.quarter
(1, 2)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.checks import one_of, whole_number
from crmlab.market.accounts.scenario import AccountScenario
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import Run, simulate
from crmlab.policy import Actions, View
from crmlab.strategic.portfolio.board import board, cells, decisions_for
from crmlab.strategic.portfolio.table import portfolio
from crmlab.tables import EPOCH, QUARTER_WEEKS, STRATEGIES, WEEK_SECONDS

START_WEEK = 26
QUARTERS = 8


@dataclass(frozen=True)
class QuarterReport:
    """What came of one quarter.

    Attributes
    ----------
    quarter : int
        1 to 8.
    profit_eur : float
        Of the whole firm in this quarter, strategies and fixed cost paid.
    spent_eur : float
        On strategies.
    carried_out, refused : int
        Strategies for accounts; what went beyond the budget is refused.
    lost, won : int
        Accounts that left in the quarter, and that came or came back.
    """

    quarter: int
    profit_eur: float
    spent_eur: float
    carried_out: int
    refused: int
    lost: int
    won: int

    def __str__(self) -> str:
        beyond = f" ({self.refused} more were beyond the budget)" if self.refused else ""
        return (
            f"Quarter {self.quarter}: profit {self.profit_eur:,.0f} EUR. "
            f"{self.carried_out} strategies for {self.spent_eur:,.0f} EUR{beyond}; "
            f"{self.lost} account{'s' * (self.lost != 1)} left, {self.won} came or came back."
        )

    __repr__ = __str__


class Script:
    """A policy that plays decisions that have been made: week -> rows of actions."""

    def __init__(self, by_week: Mapping[int, Actions]) -> None:
        self.by_week = dict(by_week)

    def start(self, seed: int) -> None:
        """Nothing to remember."""

    def decide(self, view: View, state: None) -> tuple[object, None]:
        """The rows of this week, if there are any."""
        from crmlab.policy import as_decision

        return as_decision(self.by_week.get(view.week)), None

    def __repr__(self) -> str:
        return "the class"


class PortfolioGame:
    """A firm for the class to run for eight quarters.

    Parameters
    ----------
    seed : int
        The firm: another seed is another one.
    customers : int
        At the start, 20 to 2,000.
    budget_eur : float, optional
        For strategies, a quarter; by default EUR 400 per customer of the start.
    scenario : AccountScenario or str
        A market between firms.

    Attributes
    ----------
    quarter : int
        That is to be played next, 1 to 8; 9 when the game is over.
    reports : list of QuarterReport

    Raises
    ------
    ValueError
        Names the argument, quotes the value and gives the remedy.
    """

    def __init__(
        self,
        seed: int = 1,
        customers: int = 60,
        budget_eur: float | None = None,
        scenario: AccountScenario | str = "b2b",
    ) -> None:
        whole_number("customers", customers, 20, 2_000)
        whole_number("seed", seed, -(2**63), 2**63 - 1)
        self.scenario = named_scenario(scenario)
        if not isinstance(self.scenario, AccountScenario):
            raise ValueError(
                f"scenario must be a market between firms, such as 'b2b', got {scenario!r:.60}."
            )
        self.seed, self.customers = int(seed), int(customers)
        self.budget_eur = 400.0 * customers if budget_eur is None else float(budget_eur)
        if not 0 <= self.budget_eur < np.inf:
            raise ValueError(f"budget_eur must be a finite number >= 0, got {budget_eur!r}.")
        self.script: dict[int, Actions] = {}
        self.reports: list[QuarterReport] = []
        self._run = self._simulate(START_WEEK, None)
        self._table: pd.DataFrame | None = None

    @property
    def quarter(self) -> int:
        """The quarter that is to be played next."""
        return len(self.reports) + 1

    @property
    def over(self) -> bool:
        """Whether all quarters have been played."""
        return self.quarter > QUARTERS

    @property
    def week(self) -> int:
        """The week that begins now."""
        return START_WEEK + QUARTER_WEEKS * len(self.reports)

    @property
    def table(self) -> pd.DataFrame:
        """The portfolio table as it stands, with the ``cell`` of each account."""
        if self._table is None:
            now = EPOCH + np.timedelta64(self.week * WEEK_SECONDS, "s")
            table = portfolio(self._run.records, now)
            self._table = table.assign(cell=cells(table))
        return self._table

    @property
    def board(self) -> pd.DataFrame:
        """The board as it stands: one row a cell (see `strategic.portfolio.board`)."""
        return board(self.table)

    def play(self, decisions: Mapping[str, str | None] | pd.Series) -> QuarterReport:
        """Play one quarter.

        Parameters
        ----------
        decisions : dict of cell to strategy, or Series of strategy by ``customer_id``
            What is left out is left alone.

        Raises
        ------
        ValueError
            The game is over, or a cell, strategy or account is unknown.
        """
        if self.over:
            raise ValueError(
                f"the game is over after {QUARTERS} quarters: look at game.result(), or start "
                "another one with PortfolioGame(seed=...)."
            )
        rows = self._rows(decisions)
        if len(rows):
            self.script[self.week] = Actions(
                rows["customer_id"].to_numpy(dtype=np.int64),
                rows["strategy"].to_numpy(dtype=object),
                "account",
                priority=rows["priority"].to_numpy(dtype=float),
            )
        began = self.week
        self._run = self._simulate(began + QUARTER_WEEKS, Script(self.script))
        self.reports.append(self._report(began))
        self._table = None
        return self.reports[-1]

    def wishes(self, decisions: Mapping[str, str | None] | pd.Series) -> pd.Series:
        """What decisions would cost before the budget: ``accounts`` and ``cost_eur``."""
        rows = self._rows(decisions)
        prices = rows["strategy"].map(self.scenario.prices.of_strategy)
        return pd.Series({"accounts": len(rows), "cost_eur": float(prices.sum())})

    def result(self) -> pd.DataFrame:
        """What the class made of the firm, beside the others with the same accounts and luck.

        Returns
        -------
        DataFrame
            One row a player: ``player``, ``profit_eur`` over the quarters played so far,
            ``difference_eur`` (against nobody), ``spent_eur``.
        """
        played = self._others() if self.reports else {"nobody": self._run}
        rows = []
        for name, run in ({"you": self._run} | played).items():
            money = self._since_start(run)
            spent = 0.0 - money.loc[money["cause"].str.startswith("strategy"), "eur"].sum()
            rows.append((name, money["eur"].sum(), spent))
        table = pd.DataFrame(rows, columns=["player", "profit_eur", "spent_eur"])
        nobody = float(table.loc[table["player"] == "nobody", "profit_eur"].iloc[0])
        table.insert(2, "difference_eur", table["profit_eur"] - nobody)
        return table

    def by_quarter(self) -> pd.DataFrame:
        """Profit of every player in each quarter played so far, EUR.

        Returns
        -------
        DataFrame
            Index ``quarter``, one column a player.
        """
        runs = {"you": self._run} | (self._others() if self.reports else {})
        lines = {}
        for name, run in runs.items():
            money = self._since_start(run)
            lines[name] = money.groupby((money["week"] - START_WEEK) // QUARTER_WEEKS + 1)[
                "eur"
            ].sum()
        return pd.DataFrame(lines).rename_axis("quarter")

    def lead(self) -> pd.DataFrame:
        """By how much each player is ahead of nobody after each quarter played, EUR.

        Returns
        -------
        DataFrame
            ``quarter`` (from 0, where all are level), and one column a player but nobody.
        """
        profit = self.by_quarter()
        ahead = profit.drop(columns="nobody").sub(profit["nobody"], axis=0).cumsum()
        level = pd.DataFrame(0.0, index=pd.Index([0], name="quarter"), columns=ahead.columns)
        return pd.concat([level, ahead]).reset_index()

    def reveal(self) -> pd.DataFrame:
        """Each account's truth beside what was believed of it at the last decision.

        Returns
        -------
        DataFrame
            One row an account (index ``customer_id``): the table's columns, and of the truth
            ``is_benchmark``, ``is_inspiration``, ``is_door_opener``, ``followers``,
            ``contribution_eur``.
        """
        identity = self._run.truth.account_identity
        truth = identity.merge(self._run.truth.accounts).set_index("customer_id")
        columns = ["is_benchmark", "is_inspiration", "is_door_opener", "followers",
                   "contribution_eur"]  # fmt: skip
        return self.table.join(truth[columns])

    def __repr__(self) -> str:
        so_far = sum(r.profit_eur for r in self.reports)
        state = "over" if self.over else f"quarter {self.quarter} of {QUARTERS}"
        return (
            f"PortfolioGame(seed={self.seed}): {state}, budget {self.budget_eur:,.0f} EUR a "
            f"quarter, profit so far {so_far:,.0f} EUR"
        )

    # -- inside

    def _simulate(self, weeks: int, policy: object) -> Run:
        return simulate(
            self.scenario, self.customers, weeks, self.seed, policy, budget_eur=self.budget_eur
        )

    def _rows(self, decisions: Mapping[str, str | None] | pd.Series) -> pd.DataFrame:
        if not isinstance(decisions, pd.Series):
            return decisions_for(self.table, dict(decisions))
        chosen = decisions[decisions.notna() & (decisions.astype(str) != "")]
        unknown = chosen.index.difference(self.table.index)
        if len(unknown):
            raise ValueError(
                f"decisions must name accounts of game.table by customer_id, got {unknown[0]}."
            )
        for strategy in pd.unique(chosen):
            one_of("a strategy", strategy, STRATEGIES)
        promise = self.table[["lifetime_value_eur", "potential_eur"]].max(axis=1)
        return pd.DataFrame(
            {
                "customer_id": chosen.index,
                "strategy": chosen.astype(str).to_numpy(),
                "priority": promise[chosen.index].to_numpy(),
            }
        )

    def _since_start(self, run: Run) -> pd.DataFrame:
        return run.ledger[run.ledger["week"] >= START_WEEK]

    def _report(self, began: int) -> QuarterReport:
        run = self._run
        money = run.ledger[run.ledger["week"] >= began]
        spent = -money.loc[money["cause"].str.startswith("strategy"), "eur"].sum()
        since = EPOCH + np.timedelta64(began * WEEK_SECONDS, "s")
        events = run.records.account_events
        events = events.loc[events["at"] >= since, "event"]
        refused = run.records.refusals
        return QuarterReport(
            quarter=self.quarter,
            profit_eur=float(money["eur"].sum()),
            spent_eur=float(spent),
            carried_out=int((run.records.treatments["at"] >= since).sum()),
            refused=int(
                ((refused["at"] >= since) & (refused["reason"] == "beyond the budget")).sum()
            ),
            lost=int((events == "lost").sum()),
            won=int(events.isin(["won", "won back"]).sum()),
        )

    def _others(self) -> dict[str, Run]:
        """The others' runs over the weeks played so far, with the same budget."""
        from crmlab.experiments.portfolio_oracle import oracle
        from crmlab.strategic.portfolio.strategies import seven_strategies

        players = {
            "nobody": None,
            "decision list": seven_strategies(start_week=START_WEEK),
            "oracle": oracle(
                self.scenario, self.customers, START_WEEK + QUARTERS * QUARTER_WEEKS, self.seed,
                start_week=START_WEEK,
            ),
        }  # fmt: skip
        return {name: self._simulate(self.week, policy) for name, policy in players.items()}

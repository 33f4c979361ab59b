"""How much for winning, and how much for keeping? What a firm reckons against what would come.

A firm with contracts tries amounts by lot in its first months, fits the curves of Blattberg and
Deighton (1996), and reads off the spending with the highest customer equity. Here the same
customers then live under any spending, so that the reckoning can be held against what would have
come of it: its regret in EUR.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd

from crmlab.checks import at_least_zero, whole_number
from crmlab.market.acquisition import conversion
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.operational.rules import together
from crmlab.policy import Actions, Plain, View
from crmlab.strategic.lifecycle.allocation import CustomerEquity, ResponseCurve
from crmlab.strategic.lifecycle.moves import acquire, care, care_cell, care_trial, split_budget
from crmlab.strategic.lifecycle.renewals import renewals
from crmlab.tables import EPOCH, WEEK_SECONDS, WEEKS_PER_YEAR

INTAKE_WEEKS, TRIAL_WEEKS = 12, 40
EXTRA_CELLS = (0.0, 1.0, 2.0, 4.0)
CARE_CELLS = (0.0, 1.0, 2.0, 4.0)
_PROSPECTS_A_WEEK = 600


@dataclass(frozen=True, eq=False)
class Firm:
    """A firm with contracts that has tried amounts for its first months.

    Parameters
    ----------
    scenario : Scenario or str
        With contracts, such as the ``subscription`` pack.
    customers : int
        Who came of themselves; all of them take part in the trial of care.
    pool : int
        Which pool prospects are won from.
    weeks : int
        How far the firm looks ahead from a customer's first order.
    seed : int

    Examples
    --------
    >>> firm = Firm(customers=300, weeks=40, seed=3)
    >>> firm.trials["winning"].columns.tolist()
    ['spend_eur', 'tried', 'won']
    """

    scenario: Scenario | str = "subscription"
    customers: int = 4_000
    pool: int = 1
    weeks: int = 156
    seed: int = 7

    def __post_init__(self) -> None:
        whole_number("customers", self.customers, 10, 10**6)
        whole_number("pool", self.pool, 1, 4)
        whole_number("weeks", self.weeks, 4, 1_000)

    @cached_property
    def market(self) -> Scenario:
        """The scenario itself."""
        return named_scenario(self.scenario)

    @cached_property
    def run(self) -> Run:
        """The firm's first months, with both trials."""
        policy = together(care_trial(CARE_CELLS, self.market.contract_weeks), self._winning_trial())
        return simulate(self.market, self.customers, TRIAL_WEEKS, self.seed, policy)

    @cached_property
    def trials(self) -> dict[str, pd.DataFrame]:
        """What the trials showed: one row a cell, ``spend_eur``, ``tried``, ``won``.

        ``winning``: EUR more on each prospect; ``keeping``: EUR of care before each renewal,
        renewals due and made.
        """
        customers = self.run.records["customers"]
        late = customers["registered_at"] - EPOCH
        week = late.dt.total_seconds().to_numpy() // WEEK_SECONDS
        weeks = np.arange(INTAKE_WEEKS, TRIAL_WEEKS)
        won = [int(np.isin(week, weeks[weeks % len(EXTRA_CELLS) == i]).sum())
               for i in range(len(EXTRA_CELLS))]  # fmt: skip
        tried = _PROSPECTS_A_WEEK * len(weeks) // len(EXTRA_CELLS)
        winning = pd.DataFrame({"spend_eur": EXTRA_CELLS, "tried": tried, "won": won})
        return {"winning": winning, "keeping": self._kept()}

    @cached_property
    def reckoning(self) -> CustomerEquity:
        """Customer equity as the firm reckons it, from its trials and its books."""
        return CustomerEquity(
            ResponseCurve.fit(self.trials["winning"]),
            ResponseCurve.fit(self.trials["keeping"]),
            self.margin_eur,
            discount_a_term(self.market),
            contact_eur=self.market.pool_contact_eur[self.pool - 1],
            periods=(self.weeks - 1) // self.market.contract_weeks,
        )

    @property
    def margin_eur(self) -> float:
        """Margin of a customer and term, extras included, from the books, EUR."""
        orders = self.run.records["orders"]
        terms = renewals(orders, TRIAL_WEEKS, self.market.contract_weeks)
        paid = int(terms["made"].sum()) + orders["customer_id"].nunique()
        return float(orders["margin_eur"].sum() / paid)

    def true_customer(self, care_eur: float, first: float = np.inf) -> float:
        """What a customer really comes to be worth with so much care a renewal, net of it, EUR.

        With ``first``, only before the first so many renewals.

        The mean over customers won from the pool, each over so many weeks from the first order.
        """
        return customer_worth(self.market, self.pool, self.weeks, self.seed, care_eur, first)

    def true_equity(self, extra_eur: float, care_eur: float, first: float = np.inf) -> float:
        """Customer equity for each prospect addressed, as it really comes, EUR."""
        at_least_zero("extra_eur", extra_eur)
        won = conversion(self.market, self.pool, extra_eur)
        each = self.market.pool_contact_eur[self.pool - 1] + extra_eur
        return won * self.true_customer(care_eur, first) - each

    def surface(
        self, extra_eur: Sequence[float], care_eur: Sequence[float], first: float = np.inf
    ) -> pd.DataFrame:
        """True customer equity a prospect, EUR: one row an amount of care, a column an extra."""
        rows = [[self.true_equity(x, c, first) for x in extra_eur] for c in care_eur]
        return pd.DataFrame(rows, pd.Index(care_eur, name="care_eur"),
                            pd.Index(extra_eur, name="extra_eur"))  # fmt: skip

    def _winning_trial(self) -> Plain:
        contact = self.market.pool_contact_eur[self.pool - 1]

        def act(view: View) -> Actions | None:
            if view.week < INTAKE_WEEKS:
                return None
            extra = EXTRA_CELLS[view.week % len(EXTRA_CELLS)]
            spend = _PROSPECTS_A_WEEK * (contact + extra)
            return Actions([self.pool], "acquire", "pool", spend_eur=spend, offer_eur=extra)

        return Plain(act, "a trial of winning")

    def _kept(self) -> pd.DataFrame:
        """Renewals due and made in each cell of care; of those who came by themselves only."""
        records = self.run.records
        own = records["customers"]["registered_at"] < EPOCH + np.timedelta64(
            INTAKE_WEEKS * WEEK_SECONDS, "s"
        )
        ids = records["customers"].loc[own, "customer_id"]
        orders = records["orders"][records["orders"]["customer_id"].isin(ids)]
        due = renewals(orders, TRIAL_WEEKS, self.market.contract_weeks)
        cell = care_cell(due["customer_id"].to_numpy(), len(CARE_CELLS))
        by = due.groupby(cell)["made"].agg(["size", "sum"]).reindex(range(len(CARE_CELLS)))
        return pd.DataFrame(
            {"spend_eur": CARE_CELLS, "tried": by["size"].to_numpy(), "won": by["sum"].to_numpy()}
        )


def discount_a_term(scenario: Scenario) -> float:
    """The discount rate of one contract term.

    >>> round(discount_a_term(named_scenario("subscription")), 5)
    0.00733
    """
    return float(
        (1.0 + scenario.discount_per_year) ** (scenario.contract_weeks / WEEKS_PER_YEAR) - 1
    )


@lru_cache(maxsize=4_096)
def customer_worth(
    scenario: Scenario,
    pool: int,
    weeks: int,
    seed: int,
    care_eur: float,
    first: float = np.inf,
    prospects: int = 16_000,
) -> float:
    """What a customer won from a pool comes to be worth with so much care, net of it, EUR.

    Every one of them is won in the first week, so that all are seen equally long; the same
    customers with the same luck for every amount of care. Care that was spent is discounted
    like margin.
    """
    contact = scenario.pool_contact_eur[pool - 1]
    win = acquire({pool: prospects * contact}, weeks=1)
    run = simulate(
        scenario, 1, weeks, seed, together(win, care(care_eur, first, scenario.contract_weeks))
    )
    people = run.truth.people
    won = people[people["pool_id"] == pool]
    if won.empty:
        return 0.0
    spent = run.ledger[run.ledger["cause"] == "care"]
    rate = np.log1p(scenario.discount_per_year) / WEEKS_PER_YEAR
    cost = float((-spent["eur"] * np.exp(-rate * spent["week"])).sum())
    cost *= len(won) / len(people)
    return float((won["realised_value_eur"].sum() - cost) / len(won))


@dataclass(frozen=True)
class Budget:
    """A monthly budget to be split between winning and keeping.

    Parameters
    ----------
    eur : float
        A month of four weeks.
    prospects : int
        That come into sight each month in the pool: money cannot buy more of them.
    pool, weeks : int
    """

    eur: float = 1_600.0
    prospects: int = 200
    pool: int = 1
    weeks: int = 104

    def profit(self, scenario: Scenario, share: float, seed: int) -> float:
        """Margin less what was spent, EUR, when this share of the budget goes into winning."""
        contact = scenario.pool_contact_eur[self.pool - 1]
        policy = split_budget(share, self.eur, self.pool, self.prospects, contact)
        return simulate(scenario, 1, self.weeks, seed, policy).profit

    def by_share(self, scenario: Scenario, shares: Sequence[float], seed: int) -> pd.Series:
        """Profit by the share of the budget that goes into winning, EUR."""
        found = [self.profit(scenario, share, seed) for share in shares]
        return pd.Series(found, pd.Index(shares, name="share for winning"), name="profit_eur")


def best_share(profit: pd.Series) -> float:
    """The share at which profit is highest: the top of a parabola through the best three.

    >>> best_share(pd.Series([0.0, 3.0, 3.0, 0.0], [0.2, 0.4, 0.6, 0.8]))
    0.5
    """
    x, y = profit.index.to_numpy(dtype=float), profit.to_numpy(dtype=float)
    i = int(y.argmax())
    if i in (0, len(y) - 1):
        return float(x[i])
    a, b, _ = np.polyfit(x[i - 1 : i + 2], y[i - 1 : i + 2], 2)
    return round(float(-b / (2 * a)), 9) if a < 0 else float(x[i])

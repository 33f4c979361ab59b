"""What do customers cost to serve, and which way of costing sees it? One firm, three answers.

The same firm costs its customers twice: by revenue, as most books do, and by the time that
things take (Kaplan and Anderson 2004), from time sheets and counts of work. The market knows
what each customer's work really cost. Counts may be rough: `Firm.profits` multiplies each by a
log-normal error with mean 1, so that a firm which hardly counts can be studied as well. Who
asked for no advice is known to have asked for none, however rough the counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from crmlab.analytical.costing import (
    Costing,
    absorb,
    activity_volumes,
    allocate_by_revenue,
    compare_profits,
    customer_margins,
    times_from_sheets,
)
from crmlab.chance import Chance, normal
from crmlab.checks import at_least_zero
from crmlab.experiments.compare import world_seeds
from crmlab.market.packs import SERVING
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.records import Records
from crmlab.tables import WORK_DRIVERS

BY_REVENUE, BY_TIME, TRUE = "by revenue", "by time", "true"


@dataclass(frozen=True, eq=False)
class Firm:
    """A firm that serves its customers and wonders what that costs.

    Parameters
    ----------
    scenario : Scenario, optional
        By default ``retail`` with customers who make work (`SERVING`).
    customers, weeks, seed
        As in `simulate`.

    Examples
    --------
    >>> firm = Firm(customers=300, weeks=26)
    >>> firm.profits().columns.tolist()
    ['by revenue', 'by time']
    """

    scenario: Scenario | None = None
    customers: int = 2_000
    weeks: int = 52
    seed: int = 7

    @cached_property
    def run(self) -> Run:
        """What happened."""
        sc = named_scenario("retail").replace(**SERVING) if self.scenario is None else self.scenario
        return simulate(sc, self.customers, self.weeks, self.seed)

    @property
    def records(self) -> Records:
        """What the firm holds."""
        return self.run.records

    @cached_property
    def margins(self) -> pd.DataFrame:
        """``revenue_eur`` and ``margin_eur`` of each customer, before any work is paid for."""
        return customer_margins(self.records)

    @cached_property
    def volumes(self) -> pd.DataFrame:
        """The pieces of work that each customer caused, one column a driver."""
        return activity_volumes(self.records)[list(WORK_DRIVERS)]

    @cached_property
    def paid_eur(self) -> float:
        """What the firm paid for all this work, by its ledger."""
        ledger = self.run.ledger
        return float(-ledger.loc[ledger["cause"] == "serving customers", "eur"].sum())

    @cached_property
    def times(self) -> pd.DataFrame:
        """Minutes a piece of work, from the time sheets; see `times_from_sheets`."""
        return times_from_sheets(self.records)

    @cached_property
    def costing(self) -> Costing:
        """What each customer cost, by the time that things take."""
        return absorb(self.volumes, self.times, self.paid_eur)

    @property
    def true_cost(self) -> pd.Series:
        """What each customer's work really cost, EUR (index ``customer_id``)."""
        return self.trait("serving_cost_eur")

    @property
    def demandingness(self) -> pd.Series:
        """How much service each customer asks for, against an average of 1; nobody sees it."""
        return self.trait("demandingness")

    def trait(self, name: str) -> pd.Series:
        """A column of the truth's people, by ``customer_id``."""
        people = self.run.truth.people.set_index("person_id")
        return self._person.map(people[name]).rename(name)

    @property
    def true_profit(self) -> pd.Series:
        """Margin less the true cost of the work, EUR."""
        return (self.margins["margin_eur"] - self.true_cost).rename("profit_eur")

    def profits(self, count_error: float = 0.0) -> pd.DataFrame:
        """Profit of each customer as each way of costing says, EUR.

        Parameters
        ----------
        count_error : float
            Standard deviation of the logarithm by which every count of a customer's work is
            off, >= 0; see `rough`.
        """
        margin, revenue = self.margins["margin_eur"], self.margins["revenue_eur"]
        counted = rough(self.volumes, count_error, self.seed)
        cost = absorb(counted, self.times, self.paid_eur).cost_eur
        return pd.DataFrame(
            {BY_REVENUE: margin - allocate_by_revenue(self.paid_eur, revenue),
             BY_TIME: margin - cost}
        )  # fmt: skip

    def compared(self, count_error: float = 0.0) -> pd.DataFrame:
        """How near each way comes to the truth; see `compare_profits`."""
        return compare_profits(self.profits(count_error), self.true_profit)

    @cached_property
    def _person(self) -> pd.Series:
        owner = self.run.truth.identity.set_index("customer_id")["person_id"]
        return owner.reindex(self.margins.index)


def rough(volumes: pd.DataFrame, error: float, seed: int) -> pd.DataFrame:
    """The same counts as a firm writes them down that does not count well.

    Parameters
    ----------
    volumes : DataFrame
        One row a customer (index ``customer_id``), one column a driver.
    error : float
        Standard deviation of the logarithm by which every count is off, >= 0; the mean of the
        factor is 1.
    seed : int
        Of the errors, which belong to customer and driver.

    Examples
    --------
    >>> volumes = pd.DataFrame({"orders": [2, 0]}, index=[11, 12])
    >>> rough(volumes, 0.0, seed=1)["orders"].tolist()
    [2.0, 0.0]
    """
    at_least_zero("error", error)
    luck, ids = Chance(seed).split("counts"), volumes.index.to_numpy()
    factor = {
        driver: np.exp(error * normal(luck.base(driver, ids), 0) - error**2 / 2)
        for driver in volumes
    }
    return volumes * pd.DataFrame(factor, index=volumes.index)


def by_count_error(
    errors: list[float], worlds: int = 3, seed: int = 7, customers: int = 2_000
) -> pd.DataFrame:
    """How good each way of costing is as counts get rougher, mean over worlds.

    Returns
    -------
    DataFrame
        One row an error and way of costing: ``count_error``, ``costing``, and the columns of
        `compare_profits`.

    Examples
    --------
    >>> by_count_error([0.0], worlds=1, customers=200)["costing"].tolist()
    ['by revenue', 'by time']
    """
    firms = [Firm(customers=customers, seed=s) for s in world_seeds(seed, worlds)]
    tables = [
        firm.compared(error).assign(count_error=error).reset_index()
        for error in errors
        for firm in firms
    ]
    means = pd.concat(tables).groupby(["count_error", "costing"], sort=False).mean()
    return means.reset_index()

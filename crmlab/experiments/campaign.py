"""A wave of new customers: a shop that buys prospects for some weeks, and what it can plan by.

Customers of a retail market come at an even rate; during its campaign the firm also addresses
prospects of a pool. It knows how long the campaign will run, and can plan for those to come.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.actions import Actions
from crmlab.analytical.forecast import newcomers_per_week, weekly_sales
from crmlab.checks import at_least_zero, whole_number
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.policy import Plain, View
from crmlab.tables import EPOCH

CUSTOMERS_A_WEEK = 22
AHEAD = 8
"""How many weeks a forecast of such a shop reaches, where nothing else is said."""


@dataclass(frozen=True)
class Campaign:
    """Weeks in which the firm addresses prospects of a pool.

    Parameters
    ----------
    first_week : int
        From 0, at least 8: before that there is nothing to plan by.
    weeks : int
        How many, at least 1.
    spend_eur : float
        A week.
    pool_id : int
        1 to 4, as in the table ``pools``.

    Examples
    --------
    >>> Campaign(first_week=10, weeks=3).runs(pd.RangeIndex(8, 14)).tolist()
    [False, False, True, True, True, False]
    """

    first_week: int = 60
    weeks: int = 12
    spend_eur: float = 700.0
    pool_id: int = 1

    def __post_init__(self) -> None:
        whole_number("first_week", self.first_week, 8, 10_000)
        whole_number("weeks", self.weeks, 1, 10_000)
        whole_number("pool_id", self.pool_id, 1, 4)
        at_least_zero("spend_eur", self.spend_eur)

    def runs(self, weeks: pd.Index) -> np.ndarray:
        """Whether the campaign runs in each of these weeks, numbered from 0."""
        return np.asarray((weeks >= self.first_week) & (weeks < self.first_week + self.weeks))

    def policy(self) -> Plain:
        """The campaign as a policy."""

        def acquire(view: View) -> Actions | None:
            if not self.runs(pd.Index([view.week]))[0]:
                return None
            return Actions([self.pool_id], "acquire", "pool", spend_eur=self.spend_eur)

        return Plain(
            acquire, f"campaign(weeks {self.first_week} to {self.first_week + self.weeks})"
        )


CAMPAIGN = Campaign()


def campaign_shop(
    scenario: Scenario | str = "retail",
    weeks: int = 84,
    seed: int = 1,
    campaign: Campaign | None = CAMPAIGN,
) -> Run:
    """A shop that wins customers at an even rate, and for some weeks by a campaign as well.

    Parameters
    ----------
    scenario, seed
        As in `simulate`.
    weeks : int
        How long the run is; on average `CUSTOMERS_A_WEEK` customers come of themselves.
    campaign : Campaign or None
        None for the same shop and the same luck without it.
    """
    steady = named_scenario(scenario).replace(intake_weeks=weeks, intake_profile=())
    policy = None if campaign is None else campaign.policy()
    return simulate(steady, CUSTOMERS_A_WEEK * weeks, weeks, seed, policy)


def sales_of(run: Run) -> pd.Series:
    """Turnover of each week of a run, also of its last one (`weekly_sales`)."""
    end = EPOCH + np.timedelta64(7 * run.weeks, "D")
    return weekly_sales(run.records.orders, start=EPOCH, end=end)


def newcomer_plan(
    series: pd.Series, orders: pd.DataFrame, campaign: Campaign = CAMPAIGN, weeks: int = AHEAD
) -> pd.Series:
    """How many customers a firm expects in each week that knows its campaign.

    Those of the weeks before the campaign on average, and in its weeks what they have had beyond
    that so far. Nothing is known of a campaign that has not begun.

    Parameters
    ----------
    series : Series
        Sales by week from week 0 on; its end is now.
    orders : DataFrame
        As in `cohort_sum`; what comes after now is not read.
    campaign : Campaign
    weeks : int
        How many weeks ahead.

    Returns
    -------
    Series
        Index: the weeks of ``series`` and the coming ones, as `cohort_sum` takes it.

    Examples
    --------
    >>> days = pd.date_range("2024-01-01", periods=70, freq="D")
    >>> orders = pd.DataFrame({"customer_id": range(70), "ordered_at": days, "value_eur": 1.0})
    >>> newcomer_plan(weekly_sales(orders), orders, Campaign(9, 2), weeks=2).tolist()[-3:]
    [7.0, 7.0, 7.0]
    """
    came = newcomers_per_week(orders, series).to_numpy()
    week = pd.RangeIndex(len(series) + weeks)
    runs = campaign.runs(week)
    usual = came[: campaign.first_week].mean()
    seen = came[runs[: len(came)]]
    more = seen.mean() - usual if len(seen) else 0.0
    dates = pd.date_range(series.index[0], periods=len(week), freq="7D", name="week")
    return pd.Series(usual + runs * max(more, -usual), index=dates, name="newcomers")

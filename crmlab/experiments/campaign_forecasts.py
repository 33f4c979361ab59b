"""Which forecast survives a wave of new customers? Methods held against each other.

Top down or bottom up, with and without the plan of newcomers: crossing the two tells what part of
a method's success is the plan's. Source of the question: Fader, Hardie and Lee (2005), Marketing
Science 24(2), on the sum of a buy-till-you-die model over cohorts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crmlab.analytical.btyd import ParetoNBD
from crmlab.analytical.forecast import (
    CustomerBase,
    Forecast,
    backtest_forecasts,
    btyd_sum,
    cohort_sum,
    damped_trend,
    exponential_smoothing,
    moving_average,
    naive,
    weekly_sales,
)
from crmlab.analytical.forecast.backtest import Method
from crmlab.analytical.rfm_table import rfm
from crmlab.checks import one_of
from crmlab.experiments.campaign import (
    AHEAD,
    CAMPAIGN,
    Campaign,
    campaign_shop,
    newcomer_plan,
    sales_of,
)
from crmlab.experiments.compare import world_seeds
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.scenario import Scenario

ORIGINS = (64, 68, 72, 76)
"""Moments of the forecasts in weeks: twice within the campaign, at its end, and after it."""
NAIVE, SMOOTHING, COHORTS_GUESS = "naive", "smoothing", "cohorts"
SMOOTHING_PLAN, COHORTS_PLAN = "smoothing + plan", "cohorts + plan"
EACH_PLAN = "each customer + plan"
METHODS = (NAIVE, SMOOTHING, COHORTS_GUESS, SMOOTHING_PLAN, COHORTS_PLAN, EACH_PLAN)
MAIN = (SMOOTHING, SMOOTHING_PLAN, COHORTS_GUESS, COHORTS_PLAN)


def planned_smoothing(
    series: pd.Series,
    weeks: int,
    orders: pd.DataFrame,
    newcomers: pd.Series,
    level: float = 0.8,
) -> Forecast:
    """Smoothing that knows the plan: first orders by plan, everything else smoothed.

    It shares the plan with a sum over customers and nothing else, and so tells what part of
    the success of such a sum is the plan's.

    Parameters
    ----------
    series, weeks, orders, level
        As in `cohort_sum`.
    newcomers : Series
        By date, with every coming week (`newcomer_plan`).

    Returns
    -------
    Forecast
        The interval is that of the smoothed part.
    """
    first = orders.sort_values("ordered_at", kind="stable").drop_duplicates("customer_id")
    end = series.index[-1] + pd.Timedelta(days=7)
    first = first[first["ordered_at"] < end]
    first_sales = weekly_sales(first, start=series.index[0], end=end)
    smooth = exponential_smoothing(series - first_sales, weeks, level)
    coming = newcomers.reindex(smooth.table.index)
    planned = coming * first_sales.sum() / len(first)
    return Forecast("smoothing with a plan", smooth.table.add(planned, axis=0), level)


def customer_base(orders: pd.DataFrame, newcomers: pd.Series | float = 0.0) -> CustomerBase:
    """Everybody who has ordered so far, under a Pareto/NBD fitted to them, for `btyd_sum`.

    Parameters
    ----------
    orders : DataFrame
        Up to now, the end of its last day; ``customer_id``, ``ordered_at``, ``value_eur``.
    newcomers : Series or float
        Customers of each coming week.
    """
    table = rfm(orders)
    model = ParetoNBD().fit(table)
    by_day = orders.groupby(["customer_id", orders["ordered_at"].dt.date])["value_eur"].sum()
    coming = np.asarray(newcomers, dtype=float)
    return CustomerBase(model, table, by_day.mean(), by_day.std(), coming)


def campaign_forecasts(
    series: pd.Series,
    orders: pd.DataFrame,
    campaign: Campaign = CAMPAIGN,
    weeks: int = AHEAD,
    methods: Sequence[str] = METHODS,
) -> dict[str, Forecast]:
    """Forecasts of the coming weeks: with and without a plan, bottom up and top down.

    Without a plan ``"cohorts"`` expects newcomers as in the last four weeks. With it first orders
    follow `newcomer_plan`; ``"each customer + plan"`` is a Pareto/NBD (`customer_base`).

    Parameters
    ----------
    series : Series
        Sales by week; its end is now.
    orders, campaign, weeks
        As in `newcomer_plan`.
    methods : sequence of str
        Some of `METHODS`.
    """
    plan = newcomer_plan(series, orders, campaign, weeks)
    now = series.index[-1] + pd.Timedelta(days=7)
    ready = {
        NAIVE: lambda: naive(series, weeks),
        SMOOTHING: lambda: exponential_smoothing(series, weeks),
        SMOOTHING_PLAN: lambda: planned_smoothing(series, weeks, orders, plan),
        COHORTS_GUESS: lambda: cohort_sum(series, weeks, orders),
        COHORTS_PLAN: lambda: cohort_sum(series, weeks, orders, newcomers=plan),
        EACH_PLAN: lambda: btyd_sum(
            series, weeks, customer_base(orders[orders["ordered_at"] < now], plan.iloc[-weeks:])
        ),
    }
    for name in methods:
        one_of("a method", name, METHODS)
    return {name: ready[name]() for name in methods}


def campaign_errors(
    scenario: Scenario | str, seed: int, methods: Sequence[str] = MAIN
) -> pd.Series:
    """How far off each method is in one world, as a share of sales.

    Mean absolute error a week over the `AHEAD` weeks after each of `ORIGINS`, over mean sales.
    """
    run = campaign_shop(scenario, max(ORIGINS) + AHEAD, seed)
    series, orders = sales_of(run), run.records.orders
    rows = []
    for now in ORIGINS:
        actual = series.iloc[now : now + AHEAD].to_numpy()
        found = campaign_forecasts(series.iloc[:now], orders, methods=methods)
        rows.append({name: _off(actual, forecast) for name, forecast in found.items()})
    return pd.DataFrame(rows).mean()


def unlike_newcomers(rates: list[float], worlds: int = 3, seed: int = 7) -> pd.DataFrame:
    """What if the campaign wins other people? Errors by how often they order.

    Parameters
    ----------
    rates : list of float
        Order rate of those won by the campaign over that of the others (1 is alike).
    worlds, seed
        As in `crmlab.compare`.

    Returns
    -------
    DataFrame
        One row a rate: ``rate``, and the error of each method as a share of sales, in percent.
    """
    base = named_scenario("retail")
    rows = []
    for rate in rates:
        market = base.replace(pool_rate=(rate, *base.pool_rate[1:]))
        errors = [campaign_errors(market, s) for s in world_seeds(seed, worlds)]
        rows.append({"rate": rate, **(100 * pd.concat(errors, axis=1).mean(axis=1))})
    return pd.DataFrame(rows)


def quiet_backtest(
    series: pd.Series, orders: pd.DataFrame, before: int = CAMPAIGN.first_week
) -> pd.DataFrame:
    """What methods that need no plan would have said before a campaign, `AHEAD` weeks ahead.

    Parameters
    ----------
    series : Series
        Sales by week from week 0 on.
    orders : DataFrame
        As in `cohort_sum`.
    before : int
        The week at whose start the contest ends.

    Returns
    -------
    DataFrame
        As `backtest_forecasts` gives it, from twenty starting points.
    """
    methods: dict[str, Method] = {
        NAIVE: naive,
        "moving average": moving_average,
        SMOOTHING: exponential_smoothing,
        "damped trend": damped_trend,
        COHORTS_GUESS: lambda past, weeks: cohort_sum(past, weeks, orders),
    }
    return backtest_forecasts(series.iloc[:before], methods, AHEAD, origins=20)


def _off(actual: np.ndarray, forecast: Forecast) -> float:
    gaps = np.abs(actual - forecast.table["forecast"].to_numpy())
    return float(gaps.mean() / actual.mean())

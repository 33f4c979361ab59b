"""What does it cost to budget for one number of a forecast or another?

A euro short loses its margin, a euro too many goes stale; the best budget is then a quantile of
what may come and no mean (Arrow, Harris and Marschak 1951, Econometrica 19(3)).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from crmlab.analytical.forecast import Forecast, best_budget, budget_cost, cohort_sum
from crmlab.experiments.campaign import AHEAD, campaign_shop, newcomer_plan, sales_of
from crmlab.experiments.campaign_forecasts import COHORTS_PLAN, ORIGINS
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.scenario import Scenario


def budget_costs(
    forecasts: Mapping[str, Forecast], actual: pd.Series, under: float, over: float
) -> pd.DataFrame:
    """What each forecast would have cost: budgeted for as it stands, and at the best quantile.

    Parameters
    ----------
    forecasts : mapping of str to Forecast
    actual : Series
        What came in the same weeks.
    under, over : float
        As in `budget_cost`.

    Returns
    -------
    DataFrame
        One row a forecast (index), EUR a week: ``at the forecast``, ``at the best quantile``.
    """
    rows = {
        name: {
            "at the forecast": budget_cost(actual, f.table["forecast"], under, over),
            "at the best quantile": budget_cost(actual, best_budget(f, under, over), under, over),
        }
        for name, f in forecasts.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def cost_by_quantile(
    backtest: pd.DataFrame, under: float, over: float, quantiles: Sequence[float]
) -> pd.DataFrame:
    """What it would have cost to budget for one quantile of the forecasts or another.

    Parameters
    ----------
    backtest : DataFrame
        Of one method, as `backtest_forecasts` gives it.
    under, over : float
        Cost of a euro short and of a euro too many, both above 0.
    quantiles : sequence of float
        Each in (0, 1); 0.5 is the forecast itself.

    Returns
    -------
    DataFrame
        Index ``quantile``; EUR a week: ``short``, ``over`` and ``both``.

    Examples
    --------
    >>> table = {"actual": [10.0, 14.0], "forecast": 12.0, "low": 10.0, "high": 14.0, "level": 0.8}
    >>> cost_by_quantile(pd.DataFrame(table), under=3.0, over=1.0, quantiles=[0.5, 0.9]).round(2)
              short  over  both
    quantile
    0.5         3.0   1.0   4.0
    0.9         0.0   2.0   2.0
    """
    forecast = Forecast("past forecasts", backtest, float(backtest["level"].iloc[0]))
    rows = []
    for q in quantiles:
        budget = best_budget(forecast, q, 1 - q)
        short, much = (
            budget_cost(backtest["actual"], budget, *costs) for costs in ((under, 0), (0, over))
        )
        rows.append((q, short, much, short + much))
    columns = ["quantile", "short", "over", "both"]
    return pd.DataFrame(rows, columns=columns).set_index("quantile")


def budget_saving(scenario: Scenario | str, seed: int, over: float) -> float:
    """What the best quantile saves against the forecast itself, as a share of sales.

    A euro short loses its margin, a euro too many costs ``over``; both budgets rest on the
    cohort sum with a plan, at each of `ORIGINS`.

    Parameters
    ----------
    scenario, seed
        As in `simulate`; the margin is the mean of ``margin_low`` and ``margin_high``.
    over : float
        Cost of a euro that was budgeted for and did not come.
    """
    market = named_scenario(scenario)
    under = (market.margin_low + market.margin_high) / 2
    run = campaign_shop(market, max(ORIGINS) + AHEAD, seed)
    series, orders = sales_of(run), run.records.orders
    saved, sold = [], []
    for now in ORIGINS:
        past, actual = series.iloc[:now], series.iloc[now : now + AHEAD]
        plan = newcomer_plan(past, orders)
        forecast = cohort_sum(past, AHEAD, orders, newcomers=plan)
        costs = budget_costs({COHORTS_PLAN: forecast}, actual, under, over).iloc[0]
        saved.append(costs["at the forecast"] - costs["at the best quantile"])
        sold.append(actual.mean())
    return float(np.sum(saved) / np.sum(sold))

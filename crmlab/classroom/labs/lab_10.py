"""What is asked in notebook 10: a scaled error, a cohort sum, two mistakes, and a budget.

The coffee shop of the notebook has a younger sister (`shop`), in the ninth week of the same
campaign; its sales team is drawn (`crmlab.experiments.sales_team`).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from crmlab.classroom.questions import question
from crmlab.classroom.regret import Regret

if TYPE_CHECKING:
    import pandas as pd

    from crmlab.analytical.forecast import Forecast
    from crmlab.market.run import Run

PAST, ACTUAL, SAID = (100.0, 120.0, 110.0, 130.0), (126.0, 117.0), (120.0, 120.0)
CAME, CURVE_EUR, PLANNED = (10, 40, 40), (30.0, 6.0, 4.0, 3.0), 10
TEAM_SEED, TEAM_NOW = 3, 40
NOW, SHOP = 68, 21
METHODS = ("smoothing", "cohorts", "cohorts + plan")
QUANTILES, UNDER, OVER = (0.1, 0.5, 0.9), 0.36, 0.04
SISTERS = range(31, 39)
PASS_EUR = 50.0


@cache
def shop(seed: int = SHOP) -> Run:
    """A shop in whose campaign the forecasts of q4 and q5 are made."""
    from crmlab.experiments.campaign import AHEAD, campaign_shop

    return campaign_shop("retail", weeks=NOW + AHEAD, seed=seed)


def mean_error(planned: bool = True) -> float:
    """Mean absolute error a week of the cohort sum, EUR; with the plan, or with what came."""
    from crmlab.analytical.forecast import cohort_sum, newcomers_per_week
    from crmlab.experiments.campaign import AHEAD, newcomer_plan, sales_of

    series, orders = sales_of(shop()), shop().records.orders
    past, actual = series.iloc[:NOW], series.iloc[NOW:]
    plan = newcomer_plan(past, orders) if planned else newcomers_per_week(orders, series)
    forecast = cohort_sum(past, AHEAD, orders, newcomers=plan).table["forecast"]
    return float((forecast - actual).abs().mean())


@cache
def sister(seed: int) -> tuple[pd.Series, dict[str, Forecast]]:
    """What came in a sister shop in the eight weeks, and what each method had said."""
    from crmlab.experiments.campaign import sales_of
    from crmlab.experiments.campaign_forecasts import campaign_forecasts

    series, orders = sales_of(shop(seed)), shop(seed).records.orders
    return series.iloc[NOW:], campaign_forecasts(series.iloc[:NOW], orders, methods=METHODS)


def budget_result(plan: str) -> float:
    """What being wrong costs with a plan such as "smoothing, 50 %", as minus EUR in 8 weeks.

    The mean over eight sister shops at the same moment of the same campaign.
    """
    from crmlab.analytical.forecast import best_budget, budget_cost

    method, share = plan.removesuffix(" %").rsplit(", ", 1)
    quantile, costs = int(share) / 100, []
    for actual, forecasts in map(sister, SISTERS):
        budget = best_budget(forecasts[method], quantile, 1 - quantile)
        costs.append(len(actual) * budget_cost(actual, budget, UNDER, OVER))
    return -float(np.mean(costs))


def pipeline(open_is_lost: bool = False) -> float:
    """The stage-weighted pipeline of the team of q3, EUR; or with its analyst's mistake."""
    from crmlab.analytical.forecast import stage_probabilities, weighted_pipeline
    from crmlab.experiments.sales_team import SalesTeam, draw_deals, open_deals, stage_history

    team = SalesTeam()
    deals = draw_deals(team, seed=TEAM_SEED)
    history = stage_history(deals, TEAM_NOW)
    if open_is_lost:
        history = history.assign(won=history["won"].eq(True))
    open_now = open_deals(team, deals, TEAM_NOW, TEAM_SEED)
    return float(weighted_pipeline(open_now, stage_probabilities(history)).table["forecast"].sum())


@question(
    "10-forecasting/q1",
    hints=(
        "Two errors: 126 - 120 and 117 - 120. Take them without sign, and their mean.",
        "The naive forecast repeats the last week. How far off was it in the past: 20, 10, 20?",
        "Divide the mean error of the forecast by that of the naive one.",
    ),
)
def scaled_error() -> float:
    """How large is the mean absolute scaled error (MASE) of the forecast?"""
    gaps = np.abs(np.subtract(ACTUAL, SAID)).mean()
    return float(gaps / np.abs(np.diff(PAST)).mean())


@question(
    "10-forecasting/q2",
    hints=(
        "Next week those who came this week are one week old, those of last week two weeks.",
        "10 newcomers at 30 EUR, 40 at 6 EUR, 40 at 4 EUR, 10 at 3 EUR.",
    ),
)
def next_week() -> float:
    """What will be sold next week, EUR, if 10 newcomers are planned?"""
    joined = (PLANNED, *reversed(CAME))
    return float(np.dot(joined, CURVE_EUR))


@question(
    "10-forecasting/q3",
    points=2,
    hints=(
        "What does the analyst count as lost? Look at the rows of history where won is missing.",
        "An open deal has not been lost. stage_probabilities leaves those rows out by itself.",
        "weighted_pipeline(pipeline, stage_probabilities(history))",
    ),
)
def pipeline_eur() -> float:
    """What will the open deals bring, EUR, if they go like those that were decided?"""
    return pipeline()


@question(
    "10-forecasting/q4",
    points=2,
    hints=(
        "What did the firm know at the start of week 68, and what does the analyst use?",
        "newcomers_per_week(orders, series) holds the customers of the coming weeks: nobody knew "
        "them. newcomer_plan(past, orders) is what the firm could have planned.",
    ),
)
def error_eur() -> float:
    """How far off, EUR a week, is the cohort sum with what the firm knew?"""
    return mean_error()


@question(
    "10-forecasting/q5",
    points=3,
    hints=(
        "The campaign ends in four weeks. Which of the three methods knows?",
        "A euro short costs nine times as much as one too many. Which quantile follows?",
        "0.36 / (0.36 + 0.04).",
    ),
)
def budget() -> Regret:
    """Which budget, such as "smoothing, 50 %", should the firm set for the coming 8 weeks?"""
    plans = [f"{method}, {round(100 * q)} %" for method in METHODS for q in QUANTILES]
    return Regret.among(plans, budget_result, PASS_EUR)

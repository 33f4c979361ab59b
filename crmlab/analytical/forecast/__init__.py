"""What will be sold in the coming weeks, how sure is that, and what does being wrong cost?

Most methods are functions of the past series and of a number of weeks, and give a `Forecast`.
The end of the series is now: orders, indicators or records that come along as arguments are read
up to then and no further, so that `backtest_forecasts` can send any of them back in time.

* top down, `smoothing`: naive, seasonal naive, moving average, exponential smoothing,
  damped trend, decomposition
* with another series, `indicator`; with people's guesses, `sales_force`
* bottom up: `cohorts`, `btyd`, `pipeline`
* how good it was: `backtest`, `budget`
"""

from crmlab.analytical.forecast.backtest import backtest_forecasts, mase, score_forecasts
from crmlab.analytical.forecast.btyd import CustomerBase, PurchaseModel, btyd_refit, btyd_sum
from crmlab.analytical.forecast.budget import best_budget, best_quantile, budget_cost
from crmlab.analytical.forecast.cohorts import cohort_curve, cohort_sum, newcomers_per_week
from crmlab.analytical.forecast.indicator import leading_indicator
from crmlab.analytical.forecast.pipeline import (
    rep_weighted_pipeline,
    stage_probabilities,
    weighted_pipeline,
)
from crmlab.analytical.forecast.result import Forecast
from crmlab.analytical.forecast.sales_force import sales_force, sales_force_raw
from crmlab.analytical.forecast.series import weekly_counts, weekly_sales
from crmlab.analytical.forecast.smoothing import (
    damped_trend,
    decomposition,
    exponential_smoothing,
    moving_average,
    naive,
    seasonal_naive,
)

__all__ = [
    "CustomerBase",
    "Forecast",
    "PurchaseModel",
    "backtest_forecasts",
    "best_budget",
    "best_quantile",
    "btyd_refit",
    "btyd_sum",
    "budget_cost",
    "cohort_curve",
    "cohort_sum",
    "damped_trend",
    "decomposition",
    "exponential_smoothing",
    "leading_indicator",
    "mase",
    "moving_average",
    "naive",
    "newcomers_per_week",
    "rep_weighted_pipeline",
    "sales_force",
    "sales_force_raw",
    "score_forecasts",
    "seasonal_naive",
    "stage_probabilities",
    "weekly_counts",
    "weekly_sales",
    "weighted_pipeline",
]

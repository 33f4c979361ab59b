"""How much to budget for? Every quantile of the same forecasts, and what it would have cost."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.analytical.forecast import best_quantile
from crmlab.experiments.budgets import cost_by_quantile
from crmlab.experiments.campaign import campaign_shop, sales_of
from crmlab.experiments.campaign_forecasts import COHORTS_GUESS, quiet_backtest
from crmlab.market.scenario import Scenario
from crmlab.plots.kept import KeptLines
from crmlab.plots.style import INK, applied, euros
from crmlab.widgets.controls import choice, slider
from crmlab.widgets.live import LiveView, Reading

SHORT, OVER, BOTH = "too little budgeted", "too much budgeted", "both together"
QUANTILES = np.arange(5, 100, 5)
COSTS = (
    ("coffee: 1 EUR short loses 0.32, 1 EUR too many 0.08", (0.32, 0.08)),
    ("both cost the same: 0.20", (0.20, 0.20)),
    ("fresh cakes: 1 EUR short loses 0.08, 1 EUR too many 0.32", (0.08, 0.32)),
)


def budget_level(scenario: Scenario | str = "retail", weeks: int = 80, seed: int = 7) -> LiveView:
    """Choose the quantile to budget for, and see what that would have cost a firm in the past.

    The forecasts are those of the cohort sum in the weeks before the campaign.

    Parameters
    ----------
    scenario, weeks, seed
        As in `campaign_shop`.
    """
    firm = campaign_shop(scenario, weeks, seed)
    table = quiet_backtest(sales_of(firm), firm.records.orders)
    table = table[table["method"] == COHORTS_GUESS]
    curves = {costs: _curves(table, *costs) for _, costs in COSTS}
    kept = KeptLines(QUANTILES, [SHORT, OVER, BOTH], "budget: quantile of the forecast (%)",
                     "cost (EUR a week)")  # fmt: skip
    with applied():
        mark = kept.figure.axes[0].axvline(50, color=INK, linewidth=2, linestyle=(0, (1, 1.5)))

    def update(quantile: int, costs: tuple[float, float]) -> Reading:
        kept.show({name: curves[costs][name] for name in (SHORT, OVER, BOTH)})
        mark.set_xdata([quantile, quantile])
        return _read(quantile, costs, curves[costs])

    controls = {
        "quantile": slider("your budget: quantile of the forecast (%)", 5, 95, 50, 5),
        "costs": choice("what being wrong costs", COSTS, COSTS[0][1]),
    }
    return LiveView(controls, update, kept.figure)


def _curves(table: pd.DataFrame, under: float, over: float) -> pd.DataFrame:
    found = cost_by_quantile(table, under, over, list(QUANTILES / 100))
    return found.set_axis(QUANTILES).set_axis([SHORT, OVER, BOTH], axis=1)


def _read(quantile: int, costs: tuple[float, float], curves: pd.DataFrame) -> Reading:
    mine, middle = curves.loc[quantile], curves.loc[50, BOTH]
    best = int(curves[BOTH].idxmin())
    saved = middle - mine[BOTH]
    more_or_less = f"{euros(abs(saved))} {'less' if saved >= 0 else 'more'}"
    title = f"Budget at {quantile} %: being wrong costs {euros(mine[BOTH])} a week, {more_or_less}"
    title += " than at the forecast itself"
    if quantile == 50:
        title = f"Budget at the forecast itself: being wrong costs {euros(mine[BOTH])} a week"
    text = (
        f"{euros(mine[SHORT])} a week for budgets that were too small, {euros(mine[OVER])} for "
        f"those too large. In these weeks {best} % was cheapest, at {euros(curves.loc[best, BOTH])}"
        f" a week; theory says {best_quantile(*costs):.0%}."
    )
    return Reading(title, text)

"""Where should the border of a decision list lie, and what does a budget buy?"""

from __future__ import annotations

import pandas as pd

from crmlab.experiments.portfolio_oracle import grade
from crmlab.plots.kept import KeptBars
from crmlab.plots.style import euros
from crmlab.strategic.portfolio.decision_list import DecisionList, pick
from crmlab.tables import STRATEGIES
from crmlab.widgets.controls import slider
from crmlab.widgets.live import LiveView, Reading

NOTHING, LIST, ORACLE = "nothing", "decision list", "oracle, same money"
MOST_EUR, STEP_EUR = 150_000, 10_000


def which_strategy(table: pd.DataFrame, gains: pd.DataFrame) -> LiveView:
    """Move a border of the list and the budget, and see what the strategies would truly bring.

    Parameters
    ----------
    table : DataFrame
        Of `portfolio`, as the list sees it.
    gains : DataFrame
        Of `best_strategies`: what each strategy truly brings for each account, if it is kept.
    """
    kept = KeptBars([NOTHING, LIST, ORACLE], "", "true gain (EUR per account)")

    def update(points: int, budget: int) -> Reading:
        plan = DecisionList(protect_rival=float(points))
        found = grade(pick(table, plan), gains, table["status"], float(budget))
        kept.show([0.0, *found["gain_eur"]])
        return _told(found, points, budget)

    controls = {
        "points": slider("protect from a rival with so many points (of 7)", 1, 7, 6),
        "budget": slider("budget for the quarter (EUR)", 0, MOST_EUR, 60_000, STEP_EUR),
    }
    return LiveView(controls, update, kept.figure)


def _told(found: pd.DataFrame, points: int, budget: int) -> Reading:
    ours, best = found.loc["decision list"], found.loc["oracle"]
    title = (
        f"With {budget:,} EUR, protecting from {points} points, the list gains "
        f"{euros(float(ours['gain_eur']))} per account of {euros(float(best['gain_eur']))}"
    )
    return Reading(title, f"The list: {_counts(ours)}. The oracle: {_counts(best)}.")


def _counts(row: pd.Series) -> str:
    """How many accounts get each strategy, in words.

    >>> _counts(pd.Series({"protect": 2, "end": 1, "cost_eur": 3_300.0}))
    '2 x protect, 1 x end, for 3,300 EUR'
    """
    named = [f"{int(row[kind])} x {kind}" for kind in STRATEGIES if row.get(kind, 0)]
    return f"{', '.join(named) or 'nothing'}, for {row['cost_eur']:,.0f} EUR"

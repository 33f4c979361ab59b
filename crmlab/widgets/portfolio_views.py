"""Which accounts deserve attention? A grid that answers, and the firm without its choice."""

from __future__ import annotations

import pandas as pd

from crmlab.experiments.portfolio_models import MODELS
from crmlab.experiments.significance import Firm
from crmlab.plots.grids import KeptGrid
from crmlab.plots.kept import KeptBars
from crmlab.plots.style import euros
from crmlab.strategic.portfolio.factors import captured, customers
from crmlab.strategic.portfolio.significance import GUARD_RULES, guard_first
from crmlab.widgets.controls import choice, slider
from crmlab.widgets.live import LiveView, Reading

AXES = {
    "Fiocca": (("difficulty", "importance"), (0.5, None)),
    "Turnbull and Zolkiewski": (("cost_to_serve", "relationship_value"), (0.5, 0.5)),
    "Shapiro": (("cost_to_serve", "net_price"), (0.5, 0.5)),
    "Dubinsky and Ingram": (("potential", "present"), (0.5, 0.5)),
}
"""The axes of each model that are drawn, and where they are cut; None: above those chosen."""
MOST_PERCENT = 50
MOST_GUARDED = 20


def portfolio_cells(firm: Firm, true: pd.Series | None = None) -> LiveView:
    """Choose a model and how many accounts get attention, and see which, and what they bring.

    Parameters
    ----------
    firm : Firm
    true : Series, optional
        True value by ``customer_id``; with it the words tell what the choice captures of it,
        without it what the books say of the chosen.
    """
    held = customers(firm.table)
    found = {name: MODELS[name](firm.table) for name in AXES}
    kept = KeptGrid(held["sales_eur"], "other customers", "chosen (area: sales)")

    def update(model: str, percent: int) -> Reading:
        (x, y), cut = AXES[model]
        table = found[model]
        chosen = best(table["score"], percent)
        border = (cut[0], table.loc[chosen, y].min() if cut[1] is None else cut[1])
        kept.show(table[x], table[y], table.index.isin(chosen), (words(x), words(y)), border)
        return (
            _of_the_books(model, percent, chosen, held)
            if true is None
            else _of_the_truth(model, percent, table["score"], true)
        )

    controls = {
        "model": choice("model", list(AXES), "Shapiro"),
        "percent": slider("attention for the best so many % of the customers", 5,
                          MOST_PERCENT, 20, 5),
    }  # fmt: skip
    return LiveView(controls, update, kept.figure)


def best(score: pd.Series, percent: int) -> pd.Index:
    """The accounts with the highest scores, at least one.

    >>> best(pd.Series([0.2, 0.9, 0.5], index=[7, 8, 9]), 34).tolist()
    [8]
    """
    count = max(round(percent / 100 * len(score)), 1)
    return score.sort_values(ascending=False, kind="stable").index[:count]


def words(axis: str) -> str:
    """A column as the label of an axis.

    >>> words("cost_to_serve")
    'cost to serve (rank, 0 to 1)'
    """
    return f"{axis.replace('_', ' ')} (rank, 0 to 1)"


def _of_the_books(model: str, percent: int, chosen: pd.Index, held: pd.DataFrame) -> Reading:
    part = (
        held.loc[chosen, ["sales_eur", "profit_eur"]].sum()
        / held[["sales_eur", "profit_eur"]].sum()
    )
    title = (
        f"{model}: the best {percent}% bring {part['sales_eur']:.0%} of the sales and "
        f"{part['profit_eur']:.0%} of the profit, by the books"
    )
    loss = int((held.loc[chosen, "profit_eur"] < 0).sum())
    text = f"{len(chosen)} customers are chosen; {loss} of them lose money before fixed cost."
    return Reading(title, text)


def _of_the_truth(model: str, percent: int, score: pd.Series, true: pd.Series) -> Reading:
    part = captured(score, true, percent / 100)
    title = (
        f"{model}: its best {percent}% have {part:.0%} of the value of the truly best {percent}%"
    )
    chosen = best(score, percent)
    text = (
        f"{len(chosen)} customers are chosen; they are to contribute "
        f"{euros(float(true[chosen].sum()))} in the weeks ahead, of "
        f"{euros(float(true[score.index].sum()))} by all customers."
    )
    return Reading(title, text)


def whom_to_guard(firm: Firm) -> LiveView:
    """Choose a rule and a number of accounts, and see the same years without them.

    Every setting lets the market live again without the accounts chosen; settings seen before
    are remembered.

    Parameters
    ----------
    firm : Firm
    """
    kept = KeptBars(
        ["their own contribution", "what others lose", "together"], "",
        "lost without them (EUR)",
    )  # fmt: skip
    all_value = float(firm.value().sum())

    def update(rule: str, count: int) -> Reading:
        chosen = guard_first(firm.table, rule, count)
        lost = firm.loss(chosen)
        kept.show([*lost, lost.sum()])
        title = (
            f"Without the first {count} by {rule} the firm loses {euros(lost.sum())}: "
            f"{euros(lost['others_eur'])} of it because others buy less, or dearer"
        )
        text = (
            f"That is {lost.sum() / all_value:.0%} of all contributions in the weeks ahead, "
            f"{euros(lost.sum() / count)} for each account guarded. Fixed cost is the same."
        )
        return Reading(title, text)

    controls = {
        "rule": choice("guard first by", list(GUARD_RULES)),
        "count": slider("accounts that can be guarded", 1, MOST_GUARDED, 10, slow=True),
    }
    return LiveView(controls, update, kept.figure)

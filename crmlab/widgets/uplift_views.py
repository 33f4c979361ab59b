"""Whom to write to, and to how many? The same customers again, for every list."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.experiments.treatment import LOT, RISK, Firm, best, scores
from crmlab.plots.lines import draw_lines, label_axes
from crmlab.plots.style import INK, WIDTH, applied, canvas, euros, legend_below, settle
from crmlab.widgets.controls import choice, slider
from crmlab.widgets.live import LiveView, Reading

MOST_PERCENT = 40
LIST = "your list"


def profit_by_share(gain: pd.Series, score: pd.Series) -> NDArray[np.float64]:
    """Profit of a campaign, EUR per customer, when 0, 1, 2, ... % with the highest scores get it.

    Parameters
    ----------
    gain : Series
        What treating each customer gains, EUR; see `Firm.replay`.
    score : Series
        Higher first, of the same customers.
    """
    summed = np.append(0.0, gain.loc[best(score, 1.0)].cumsum())
    count = [len(best(score, percent / 100)) for percent in range(MOST_PERCENT + 1)]
    return summed[count] / len(score)


def whom_to_treat(firm: Firm, ranked: pd.DataFrame | None = None) -> LiveView:
    """Choose a rule and how many get the letter, and see what the campaign earns.

    One letter touches nobody else, so one replay in which all get it tells of every list.

    Parameters
    ----------
    firm : Firm
        Of which the customers outside the pilot are to choose from.
    ranked : DataFrame, optional
        One column a rule, as `crmlab.experiments.treatment.scores` gives; computed if None.
    """
    table = scores(firm) if ranked is None else ranked
    gain = firm.replay(firm.others)
    curves = {rule: profit_by_share(gain, table[rule]) for rule in table.columns.drop(LOT)}
    by_lot = gain.mean() * np.arange(MOST_PERCENT + 1) / 100
    panel = _Panel(by_lot, min(curve.min() for curve in [*curves.values(), by_lot]),
                   max(curve.max() for curve in curves.values()))  # fmt: skip

    def update(rule: str, percent: int) -> Reading:
        panel.show(curves[rule], percent)
        chosen = best(table[rule], percent / 100)
        cost = firm.letter_eur * len(chosen)
        return _read(rule, percent, curves[rule][percent], by_lot[percent], len(chosen), cost,
                     round(gain.loc[chosen].sum() + cost, 2) + 0.0)  # fmt: skip

    controls = {
        "rule": choice("write first to the highest", list(curves), RISK),
        "percent": slider("letters to so many % of the customers", 0, MOST_PERCENT, 10),
    }
    return LiveView(controls, update, panel.figure)


class _Panel:
    """Profit by share: the chosen rule with a mark at the chosen share, and a list by lot."""

    def __init__(self, by_lot: NDArray, low: float, high: float) -> None:
        self.figure, axes = canvas(WIDTH, 3.8)
        self._x = np.arange(MOST_PERCENT + 1)
        lines = draw_lines(axes, self._x, [by_lot, np.full_like(by_lot, np.nan)], ["nothing", LIST])
        lines[0].set_label(LOT)
        self._line = lines[1]
        label_axes(axes, "customers who get the letter (%)", "profit (EUR per customer)")
        with applied():
            axes.axhline(0, color="black", linewidth=1)
            (self._mark,) = axes.plot([], [], "o", color=INK, markersize=11, label="your choice",
                                      markerfacecolor="none", markeredgewidth=2)  # fmt: skip
            room = 0.08 * (high - low)
            axes.set_ylim(low - room, high + room)
        legend_below(self.figure, [lines[1], self._mark, lines[0]])
        settle(self.figure)

    def show(self, curve: NDArray, percent: int) -> None:
        """Move the line of the rule, and the mark."""
        self._line.set_ydata(curve)
        self._mark.set_data([percent], [curve[percent]])


def _read(
    rule: str, percent: int, profit: float, lot: float, number: int, cost: float, margin: float
) -> Reading:
    if not number:
        return Reading("No letter: nothing spent, nothing gained", "Move the lower slider.")
    title = (
        f"Letters to the {percent}% with the highest {rule}: {euros(profit, signed=True)} per "
        f"customer; by lot {euros(lot, signed=True)}"
    )
    text = (
        f"{number:,} letters cost {euros(cost)}. The same customers with the same luck bring "
        f"{euros(margin, signed=True)} of margin more than without them: "
        f"{euros(margin - cost, signed=True)} in all."
    )
    return Reading(title, text)

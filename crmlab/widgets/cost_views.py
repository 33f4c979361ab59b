"""How rough may counts be, and whom to send to self-service? Two views on what customers cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.analytical.costing import whale_curve
from crmlab.experiments.self_service import LOSS_BY_TIME, Desk
from crmlab.experiments.serving_costs import BY_REVENUE, BY_TIME, TRUE, Firm
from crmlab.experiments.ways_to_choose import earned_by_share
from crmlab.plots.kept import KeptLines
from crmlab.plots.style import INK, applied, euros
from crmlab.plots.whale import dress, whale_line
from crmlab.widgets.controls import choice, slider
from crmlab.widgets.live import LiveView, Reading

PERCENT = np.arange(101)
LIST = "your list"


def whale_from_counts(firm: Firm, start: float = 1.0, most: float = 2.0) -> LiveView:
    """Make the counts of work rougher, and see which whale the firm then believes in.

    Parameters
    ----------
    firm : Firm
    start, most : float
        The log error of a count at the start, and the largest.
    """
    kept = KeptLines(PERCENT, [BY_REVENUE, BY_TIME, TRUE], "", "")
    dress(kept.figure.axes[0])
    fixed = {BY_REVENUE: firm.profits()[BY_REVENUE], TRUE: firm.true_profit}
    for error in (0.0, most):  # so that the range holds every setting
        kept.show({BY_TIME: whale_line(whale_curve(firm.profits(error)[BY_TIME]))})
    kept.show({name: whale_line(whale_curve(profit)) for name, profit in fixed.items()})
    true = whale_curve(firm.true_profit).peak_share

    def update(error: float) -> Reading:
        whale = whale_curve(firm.profits(error)[BY_TIME])
        kept.show({BY_TIME: whale_line(whale)})
        return _rough(error, whale.peak_share, true, firm.compared(error))

    control = slider("log error of every count", 0.0, most, start, 0.1)
    return LiveView({"error": control}, update, kept.figure)


def _rough(error: float, peak: float, true: float, found: pd.DataFrame) -> Reading:
    time, revenue = found.loc[BY_TIME], found.loc[BY_REVENUE]
    title = (
        f"Log error {error:.1f}: {time['loss_makers_found']:.0%} of the loss makers found, "
        f"by revenue {revenue['loss_makers_found']:.0%}"
    )
    text = (
        f"Correlation with the true profit: {time['correlation']:.2f}, by revenue "
        f"{revenue['correlation']:.2f}; of the ranks: {time['rank_correlation']:.2f}, by revenue "
        f"{revenue['rank_correlation']:.2f}. The peak seems to be {peak:.0%} of the final profit; "
        f"it is {true:.0%}."
    )
    return Reading(title, text)


def whom_to_send(
    desk: Desk,
    ranked: pd.DataFrame | None = None,
    names: Sequence[str] | None = None,
    start: int = 36,
) -> LiveView:
    """Choose by what and how many are sent to self-service, and see what the year brings.

    Parameters
    ----------
    desk : Desk
    ranked : DataFrame, optional
        One column a way to rank, as `Desk.scores` gives; computed if None.
    names : sequence of str, optional
        The ways to choose from; by default all columns.
    start : int
        Per cent of the customers at the start.
    """
    table = desk.scores() if ranked is None else ranked
    ways = list(table.columns if names is None else names)
    gain = desk.true_gain.loc[table.index]
    curves = {name: earned_by_share(table[name], gain) for name in ways}
    if LOSS_BY_TIME not in curves:
        raise ValueError(f"names must hold {LOSS_BY_TIME!r}, got {ways}.")
    kept = KeptLines(PERCENT, [LIST, LOSS_BY_TIME], "sent to self-service (%)",
                     "earned (EUR per customer)")  # fmt: skip
    with applied():
        kept.figure.axes[0].axhline(0, color="black", linewidth=1)
        here = kept.figure.axes[0].axvline(0, color=INK, linewidth=1.2, linestyle=(0, (4, 3)))
    for curve in curves.values():  # all of them once, so that the range holds every list
        kept.show({LIST: curve, LOSS_BY_TIME: curves[LOSS_BY_TIME]})

    def update(way: str, percent: int) -> Reading:
        kept.show({LIST: curves[way]})
        here.set_xdata([percent, percent])
        return _sent(way, percent, curves, len(gain))

    controls = {
        "way": choice("send first those with the highest", ways, LOSS_BY_TIME),
        "percent": slider("sent to self-service (%)", 0, 100, start),
    }
    return LiveView(controls, update, kept.figure)


def _sent(
    way: str, percent: int, curves: dict[str, NDArray[np.float64]], customers: int
) -> Reading:
    curve = curves[way]
    earned, at = curve[percent], int(PERCENT[curve.argmax()])
    name = way[0].upper() + way[1:]
    title = f"{name}, the first {percent} %: {euros(earned, signed=True)} per customer"
    if way != LOSS_BY_TIME:
        title += f"; {LOSS_BY_TIME} {euros(curves[LOSS_BY_TIME][percent], signed=True)}"
    text = (
        f"{customers * percent // 100:,} of {customers:,} customers are sent to self-service. In "
        f"the next year that brings {euros(earned * customers, signed=True)}. Ranked by "
        f"{way}, most is earned at {at} %: {euros(curve.max(), signed=True)} per customer; "
        f"sending everybody brings {euros(curve[-1], signed=True)}."
    )
    return Reading(title, text)

"""Does a model of repeat buying hold, and whom does it find? Tracking, capture, iso-values."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from crmlab.plots.lines import draw_lines, label_axes
from crmlab.plots.picture import Picture
from crmlab.plots.style import BLUE, GREY, INK, applied, canvas, entitle, legend_below, number

_LEVELS = (0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64)


def tracked(frame: pd.DataFrame, xlabel: str = "week", title: str = "") -> Picture:
    """See purchases period by period beside those that a model expects.

    Parameters
    ----------
    frame : DataFrame
        As `crmlab.analytical.validation.tracking` makes it: index time, columns ``actual``,
        ``expected``, ``fitted``. A vertical line parts what the model saw from what it did not.
    xlabel, title : str
        Unit of the time; what to see.

    Examples
    --------
    >>> frame = pd.DataFrame({"actual": [9, 7, 6], "expected": [8.0, 7.5, 7.0]}, index=[1, 2, 3])
    >>> print(tracked(frame.assign(fitted=[True, True, False]), title="It came true"))
    It came true. Repeat purchases until week 2: 16 came, 15.5 expected. After that: 6 came, 7
    expected.
    """
    missing = {"actual", "expected", "fitted"} - set(frame)
    if missing:
        raise ValueError(f"frame must have the column {missing.pop()!r}, as `tracking` makes it.")
    seen = frame["fitted"].to_numpy(dtype=bool)
    border = float(frame.index[seen].max()) if seen.any() else 0.0
    figure, axes = canvas()
    ys = [frame["actual"].to_numpy(), frame["expected"].to_numpy()]
    lines = draw_lines(axes, frame.index.to_numpy(), ys, ["came", "expected by the model"])
    label_axes(axes, xlabel, f"repeat purchases a {xlabel}")
    with applied():
        axes.set_ylim(bottom=0)
        axes.axvline(border, color=INK, linewidth=1.2, linestyle=(0, (4, 3)))
        axes.annotate("the model has seen  ", (border, 0.04), xycoords=("data", "axes fraction"),
                      ha="right")  # fmt: skip
        axes.annotate("  and has not", (border, 0.04), xycoords=("data", "axes fraction"))
    legend_below(figure, lines)
    before, after = (
        f"{number(part['actual'].sum())} came, {number(part['expected'].sum())} expected"
        for part in (frame[seen], frame[~seen])
    )
    words = f"Repeat purchases until {xlabel} {number(border)}: {before}. After that: {after}."
    return entitle(figure, title or "Repeat purchases, came and expected", words)


def capture_curves(
    curves: Mapping[str, pd.DataFrame], best: float = 0.1, title: str = "", most: float = 0.5
) -> Picture:
    """See how much of all value the best customers by each score bring.

    Parameters
    ----------
    curves : mapping of str to DataFrame
        By the name of the score, six at most: ``customers`` and ``value``, shares from 0 to 1, as
        `crmlab.analytical.validation.capture_curve` makes them.
    best : float
        The share of customers that is marked.
    title : str
        What to see.
    most : float
        The largest share of customers that is drawn.

    Examples
    --------
    >>> curve = pd.DataFrame({"customers": [0, 0.1, 1], "value": [0, 0.6, 1]})
    >>> print(capture_curves({"oracle": curve}, title="A tenth brings most"))
    A tenth brings most. Share of the value brought by the best 10% of the customers: oracle
    60%.
    """
    if not curves:
        raise ValueError("curves must hold at least one, got none.")
    x = np.linspace(0.0, most, 101)
    ys = [100 * np.interp(x, c["customers"], c["value"]) for c in curves.values()]
    figure, axes = canvas(height=4.0)
    lines = draw_lines(axes, 100 * x, ys, list(curves))
    label_axes(axes, "customers chosen, the best first (%)", "of the value that came (%)")
    with applied():
        axes.plot([0, 100 * most], [0, 100 * most], color=GREY, linewidth=1.2)
        axes.annotate("by lot ", (100 * most, 100 * most), ha="right", va="bottom", color=GREY)
        axes.axvline(100 * best, color=INK, linewidth=1, linestyle=(0, (1, 2)))
        axes.set_ylim(0, 100)
    legend_below(figure, lines)
    brought = [np.interp(best, c["customers"], c["value"]) for c in curves.values()]
    words = ", ".join(f"{name} {share:.0%}" for name, share in zip(curves, brought, strict=True))
    return entitle(
        figure,
        title or f"What the best {best:.0%} bring",
        f"Share of the value brought by the best {best:.0%} of the customers: {words}.",
    )


def value_map(frame: pd.DataFrame, unit: str = "purchases to come", title: str = "") -> Picture:
    """See which histories are worth the same: iso-value curves.

    Parameters
    ----------
    frame : DataFrame
        As `crmlab.analytical.lifetime_value.value_by_history` makes it: index recency (weeks),
        columns frequency, 2 x 2 at least.
    unit : str
        Of the values.
    title : str
        What to see.

    Examples
    --------
    >>> frame = pd.DataFrame([[0.5, 0.1], [2.0, 9.0]], index=[20.0, 50.0], columns=[1, 10])
    >>> print(value_map(frame, title="Long silent and frequent: worth little"))
    Long silent and frequent: worth little. Curves of equal value (purchases to come). Last
    order in week 20: 0.5 after 1 repeat purchases, 0.1 after 10. Last order in week 50: 2 after
    1, 9 after 10.
    """
    if min(frame.shape) < 2:
        raise ValueError(f"frame must be 2 x 2 at least, got {frame.shape[0]} x {frame.shape[1]}.")
    x, y = frame.index.to_numpy(dtype=float), frame.columns.to_numpy(dtype=float)
    figure, axes = canvas(height=4.0)
    with applied():
        values = frame.to_numpy(dtype=float).T
        levels = [v for v in _LEVELS if values.min() < v < 0.9 * values.max()]
        drawn = axes.contour(x, y, values, levels=levels, colors=BLUE, linewidths=1.6)
        axes.clabel(drawn, fmt=lambda v: number(v), fontsize=10)
        axes.locator_params(axis="y", integer=True)
    xlabel = f"week of the last order, counted from the first\n(on the curves: {unit})"
    label_axes(axes, xlabel, "repeat purchases")
    (first, last), (few, many) = (x[0], x[-1]), (frame.columns[0], frame.columns[-1])
    corner = {(w, n): number(float(frame.loc[w, n])) for w in (first, last) for n in (few, many)}
    words = (
        f"Curves of equal value ({unit}). Last order in week {number(first)}: "
        f"{corner[first, few]} after {few} repeat purchases, {corner[first, many]} after {many}. "
        f"Last order in week {number(last)}: {corner[last, few]} after {few}, "
        f"{corner[last, many]} after {many}."
    )
    return entitle(figure, title or f"Histories of equal value ({unit})", words)

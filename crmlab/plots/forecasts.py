"""What is to come? The past, forecasts with their range, and the truth where it is known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.plots.lines import label_axes, short_dates
from crmlab.plots.picture import Picture
from crmlab.plots.style import GREY, INK, LOOKS, applied, canvas, entitle, legend_below, number


def forecast_lines(
    past: pd.Series,
    ahead: pd.DataFrame,
    band: pd.DataFrame | None = None,
    truth: pd.Series | None = None,
    xlabel: str = "week",
    ylabel: str = "",
    title: str = "",
) -> Picture:
    """See where forecasts go from here, and where sales went.

    Parameters
    ----------
    past : Series
        What was known, by week (dates or numbers).
    ahead : DataFrame
        One column a forecast, six at most; index: the coming weeks.
    band : DataFrame, optional
        ``low`` and ``high`` of the last column, by coming week.
    truth : Series, optional
        What came, by coming week.
    xlabel, ylabel, title : str
        What is drawn, with units; the title says what to see.

    Examples
    --------
    >>> past = pd.Series([10.0, 12.0, 14.0])
    >>> ahead = pd.DataFrame({"naive": [14.0, 14.0]}, index=[3, 4])
    >>> print(forecast_lines(past, ahead, title="Naive stays where it is", ylabel="EUR"))
    Naive stays where it is. EUR: 14 in the last of 3 weeks. Mean ahead: naive 14.
    """
    if ahead.empty or ahead.shape[1] > len(LOOKS):
        raise ValueError(
            f"ahead must have 1 to {len(LOOKS)} columns and a row a week, got shape {ahead.shape}."
        )
    figure, axes = canvas()
    with applied():
        handles = axes.plot(past.index, past, color=GREY, linewidth=1.5, label="past")
        if band is not None:
            look = LOOKS[ahead.shape[1] - 1]
            axes.fill_between(band.index, band["low"], band["high"], color=look.color, alpha=0.18,
                              linewidth=0)  # fmt: skip
        for look, (name, values) in zip(LOOKS, ahead.items(), strict=False):
            handles += axes.plot(ahead.index, values, label=name, **look.line(len(ahead)))
        if truth is not None:
            handles += axes.plot(truth.index, truth, "o", color=INK, markersize=7,
                                 markerfacecolor="none", label="what came")  # fmt: skip
        axes.set_ylim(bottom=0)
    label_axes(axes, xlabel, ylabel)
    short_dates(axes, past.index)
    legend_below(figure, handles)
    return entitle(figure, title or ylabel, _words(past, ahead, truth, ylabel))


def _words(past: pd.Series, ahead: pd.DataFrame, truth: pd.Series | None, unit: str) -> str:
    means = "; ".join(f"{name} {number(values.mean())}" for name, values in ahead.items())
    came = "" if truth is None else f" What came: {number(float(np.mean(truth)))}."
    last = number(past.iloc[-1])
    return f"{unit}: {last} in the last of {len(past)} weeks. Mean ahead: {means}.{came}"

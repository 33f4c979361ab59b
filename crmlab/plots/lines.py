"""How does something go over time, or as one parameter is turned?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from crmlab.plots.picture import Picture
from crmlab.plots.style import (
    LOOKS,
    applied,
    canvas,
    entitle,
    legend_below,
    looks_for,
    number,
    thousands,
)


def weekly(
    frame: pd.DataFrame,
    x: str = "week",
    ys: str | Sequence[str] = (),
    labels: Sequence[str] | None = None,
    ylabel: str = "",
    title: str = "",
    xlabel: str | None = None,
) -> Picture:
    """See how one or more columns go over the weeks; one labelled "nothing" is the baseline.

    Parameters
    ----------
    frame : DataFrame
        One row a week.
    x : str
        The column with the week.
    ys : str or sequence of str
        The columns to draw, six at most; all but ``x`` if none is named.
    labels : sequence of str, optional
        Their names in the legend; the columns' own if None.
    ylabel : str
        What is drawn, with its unit.
    title : str
        What to see.
    xlabel : str, optional
        ``x`` if None.

    Raises
    ------
    ValueError
        If a column is missing, or the labels are not as many as the columns.
    """
    columns = _columns(frame, x, ys)
    names = list(columns if labels is None else labels)
    if len(names) != len(columns) or len(names) > len(LOOKS):
        raise ValueError(
            f"labels must be as many as ys, and {len(LOOKS)} at most, got {len(names)} labels "
            f"for {len(columns)} columns."
        )
    figure, axes = canvas()
    lines = draw_lines(axes, frame[x].to_numpy(), [frame[c].to_numpy() for c in columns], names)
    label_axes(axes, xlabel or x, ylabel)
    short_dates(axes, frame[x])
    if len(lines) > 1:
        legend_below(figure, lines)
    return entitle(figure, title or f"{', '.join(names)} by {x}", _ranges(x, lines))


def sweep(
    frame: pd.DataFrame,
    x: str,
    y: str,
    low: str = "low",
    high: str = "high",
    xlabel: str | None = None,
    ylabel: str = "",
    title: str = "",
) -> Picture:
    """See at which value of a parameter a result turns: estimate, interval, and zero.

    Parameters
    ----------
    frame : DataFrame
        One row a value of the parameter.
    x, y, low, high : str
        The columns with the parameter, the estimate, and the bounds of its interval.
    xlabel, ylabel, title : str
        What is drawn, with units; the title says what to see.
    """
    _columns(frame, x, [y, low, high])
    figure, axes = canvas()
    with applied():
        axes.axhline(0, color="black", linewidth=1)
        axes.fill_between(frame[x], frame[low], frame[high], color=LOOKS[0].color, alpha=0.2,
                          linewidth=0)  # fmt: skip
    lines = draw_lines(axes, frame[x].to_numpy(), [frame[y].to_numpy()], [y])
    label_axes(axes, xlabel or x, ylabel or y)
    words = _ranges(x, lines) + " The band is the interval; the black line is zero."
    return entitle(figure, title or f"{y} by {x}", words)


def draw_lines(
    axes: Axes, x: ArrayLike, ys: Sequence[ArrayLike], labels: Sequence[str]
) -> list[Line2D]:
    """Draw one line per series, each with its own colour, marker and style."""
    looks = looks_for(labels)
    with applied():
        return [
            axes.plot(x, y, label=label, **look.line(np.size(x)))[0]
            for y, label, look in zip(ys, labels, looks, strict=True)
        ]


def label_axes(axes: Axes, xlabel: str, ylabel: str) -> None:
    """Name both axes and write their numbers for a reader."""
    with applied():
        axes.set_xlabel(xlabel)
        axes.set_ylabel(ylabel)
        axes.margins(x=0.02)
        thousands(axes.yaxis)


def short_dates(axes: Axes, x: pd.Series | pd.Index) -> None:
    """Write dates along the axis as "Nov", "2025", "Mar", so that they do not touch."""
    if pd.api.types.is_datetime64_any_dtype(x):
        locator = AutoDateLocator(maxticks=8)
        with applied():
            axes.xaxis.set_major_locator(locator)
            axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))


def _columns(frame: pd.DataFrame, x: str, ys: str | Sequence[str]) -> list[str]:
    columns = [ys] if isinstance(ys, str) else list(ys) or [c for c in frame.columns if c != x]
    for column in (x, *columns):
        if column not in frame:
            raise ValueError(f"{column!r} is not a column; there are {list(frame.columns)}.")
    return columns


def _ranges(x: str, lines: Sequence[Line2D]) -> str:
    parts = []
    for line in lines:
        y = np.asarray(line.get_ydata(), dtype=float)
        low, high = (number(v) for v in (np.nanmin(y), np.nanmax(y)))
        parts.append(f"{line.get_label()} from {low} to {high}")
    return f"Line{'s' * (len(lines) > 1)} over {x}: {'; '.join(parts)}."

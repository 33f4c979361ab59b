"""How large is each of several things?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from crmlab.plots.picture import Picture
from crmlab.plots.style import (
    BLUE,
    HEIGHT,
    LOOKS,
    VERMILLION,
    WIDTH,
    applied,
    canvas,
    entitle,
    legend_below,
    looks_for,
    number,
    numbers,
    thousands,
)

HATCHES = ("", "//", "..", "xx", "\\\\", "++")


def bars(data: pd.Series | pd.DataFrame, xlabel: str = "", title: str = "") -> Picture:
    """Compare named things: one horizontal bar each, from top to bottom as given.

    Parameters
    ----------
    data : Series or DataFrame
        Index: the things. A DataFrame draws one bar per column beside each other.
    xlabel : str
        What the length means, with its unit.
    title : str
        What to see.

    Examples
    --------
    >>> import pandas as pd
    >>> orders = pd.Series({"search": 120, "referral": 80})
    >>> print(bars(orders, "orders", "Search brings more orders"))
    Search brings more orders. Bars (orders): search 120; referral 80.
    """
    frame = _frame(data)
    height = max(HEIGHT, 0.32 * frame.size + 1.2)
    figure, axes = canvas(WIDTH, height)
    with applied():
        for name, values, places, thick, colours in _series(frame):
            drawn = axes.barh(places, values, thick, label=name, **colours)
            axes.bar_label(drawn, numbers(values), padding=4, fontsize=10.5)
        axes.set_yticks(range(len(frame)), [str(label) for label in frame.index])
        axes.invert_yaxis()
        axes.grid(False, axis="y")
        axes.axvline(0, color="black", linewidth=1)
        axes.margins(x=0.22 if frame.min(axis=None) < 0 else 0.16)  # room for the numbers
        axes.locator_params(axis="x", nbins=6)
        axes.set_xlabel(xlabel)
        thousands(axes.xaxis)
    return _finish(figure, axes, frame, xlabel, title)


def columns(
    data: pd.Series | pd.DataFrame, xlabel: str = "", ylabel: str = "", title: str = ""
) -> Picture:
    """Compare ordered things (weeks, deciles, grades): one upright bar each.

    Parameters
    ----------
    data : Series or DataFrame
        Index: the things, in order. A DataFrame draws one bar per column beside each other.
    xlabel, ylabel, title : str
        What is drawn, with units; the title says what to see.
    """
    frame = _frame(data)
    figure, axes = canvas()
    with applied():
        for name, values, places, thick, colours in _series(frame):
            axes.bar(places, values, thick, label=name, **colours)
        step = max(len(frame) // 13, 1)
        axes.set_xticks(range(0, len(frame), step), [str(v) for v in frame.index[::step]])
        axes.grid(False, axis="x")
        axes.axhline(0, color="black", linewidth=1)
        axes.set_xlabel(xlabel)
        axes.set_ylabel(ylabel)
        thousands(axes.yaxis)
    return _finish(figure, axes, frame, ylabel, title)


def _frame(data: pd.Series | pd.DataFrame) -> pd.DataFrame:
    frame = data.to_frame() if isinstance(data, pd.Series) else data
    if not isinstance(frame, pd.DataFrame) or frame.empty:
        raise ValueError(f"data must be a Series or DataFrame with rows, got {data!r:.80}.")
    if frame.shape[1] > len(LOOKS):
        raise ValueError(f"data must have {len(LOOKS)} columns at most, got {frame.shape[1]}.")
    return frame


def _series(frame: pd.DataFrame) -> Iterator[tuple]:
    """Each column with its name, values, places, thickness and colours."""
    thick = 0.8 / frame.shape[1]
    names = [str(name) for name in frame.columns]
    for i, (name, look) in enumerate(zip(names, looks_for(names), strict=True)):
        values = frame.iloc[:, i].to_numpy(dtype=float)
        places = np.arange(len(values)) + (i - (len(names) - 1) / 2) * thick
        colours: dict[str, Any] = {"color": look.color, "hatch": HATCHES[i], "edgecolor": "white"}
        if len(names) == 1:
            colours |= by_sign(values)
        yield name, values, places, thick, colours


def by_sign(values: NDArray) -> dict[str, list[str]]:
    """Colours and hatches of single bars: what is below zero is red and hatched."""
    return {
        "color": [BLUE if value >= 0 else VERMILLION for value in values],
        "hatch": ["" if value >= 0 else "//" for value in values],
    }


def _finish(figure: Picture, axes: Axes, frame: pd.DataFrame, unit: str, title: str) -> Picture:
    if frame.shape[1] > 1:
        legend_below(figure, list(axes.containers))
    shown = frame.head(12)
    parts = [f"{label} " + ", ".join(map(number, row))
             for label, row in zip(shown.index, shown.to_numpy(), strict=True)]  # fmt: skip
    words = f"Bars ({unit}): {'; '.join(parts)}{' ...' if len(frame) > 12 else '.'}"
    return entitle(figure, title or unit, words)

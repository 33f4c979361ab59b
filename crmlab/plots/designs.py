"""What does each way of estimating say, and what should it have said? Intervals and truth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from crmlab.plots.picture import Picture
from crmlab.plots.style import (
    BLUE,
    INK,
    VERMILLION,
    WIDTH,
    applied,
    canvas,
    entitle,
    legend_below,
    number,
    thousands,
)


class KeptEstimates:
    """Estimates with their intervals, one row each, that can move; the truth is a black bar.

    An interval that misses its truth is red with a square, one that holds it blue with a dot.

    Parameters
    ----------
    names : sequence of str
        One per row, from top to bottom.
    xlabel : str
        What is estimated, with its unit.
    mark : tuple of float and str, optional
        A value to be marked in all rows, and what it is: a price, a target.

    Attributes
    ----------
    figure : Picture
    rows : dict of str to tuple of Line2D
        Interval, estimate and truth of each row.

    Examples
    --------
    >>> kept = KeptEstimates(["by lot"], "EUR")
    >>> kept.show(pd.DataFrame({"estimate": [2.0], "low": [1.0], "high": [3.0], "truth": [4.0]}))
    >>> kept.rows["by lot"][1].get_marker()
    's'
    """

    def __init__(
        self, names: Sequence[str], xlabel: str, mark: tuple[float, str] | None = None
    ) -> None:
        self.figure, self._axes = canvas(WIDTH, 0.62 * len(names) + 1.7)
        axes = self._axes
        with applied():
            axes.axvline(0, color="black", linewidth=1.2)
            self.rows = {name: self._row(y) for y, name in enumerate(names)}
            axes.set_yticks(range(len(names)), [str(name) for name in names])
            axes.set_ylim(len(names) - 0.4, -0.6)
            axes.grid(False, axis="y")
            axes.set_xlabel(xlabel)
            thousands(axes.xaxis)
        keys = [
            Line2D([], [], color=BLUE, marker="o", linewidth=3, label="holds the truth"),
            Line2D([], [], color=VERMILLION, marker="s", linewidth=3, label="misses it"),
            Line2D([], [], color=INK, marker="|", linestyle="", markersize=16,
                   markeredgewidth=3, label="truth"),
        ]  # fmt: skip
        if mark is not None:
            with applied():
                line = axes.axvline(mark[0], color=INK, linestyle=(0, (4, 2)), linewidth=1.4)
            line.set_label(mark[1])
            keys.append(line)
        legend_below(self.figure, keys, columns=4)
        self._ends = (0.0, mark[0] if mark else 0.0)

    def _row(self, y: int) -> tuple[Line2D, Line2D, Line2D]:
        axes = self._axes
        bar = axes.plot([], [], linewidth=3, solid_capstyle="butt")[0]
        dot = axes.plot([], [], markersize=9, markeredgecolor="white", linestyle="none")[0]
        true = axes.plot([], [], "|", color=INK, markersize=26, markeredgewidth=3)[0]
        for line in (bar, dot, true):
            line.set_ydata([y, y] if line is bar else [y])
        return bar, dot, true

    def show(self, table: pd.DataFrame) -> None:
        """Move the rows: estimate, low, high and truth, in the order of the names."""
        for (bar, dot, true), row in zip(self.rows.values(), table.itertuples(), strict=True):
            holds = row.low <= row.truth <= row.high
            for line in (bar, dot):
                line.set_color(BLUE if holds else VERMILLION)
            dot.set_marker("o" if holds else "s")
            bar.set_xdata([row.low, row.high])
            dot.set_xdata([row.estimate])
            true.set_xdata([row.truth])
        values = table[["low", "high", "truth"]].to_numpy(dtype=float)
        low, high = min(self._ends[0], values.min()), max(self._ends[1], values.max())
        room = 0.06 * ((high - low) or 1.0)
        self._axes.set_xlim(low - room, high + room)
        self._ends = (low, high)


def estimates(
    table: pd.DataFrame, xlabel: str, title: str, mark: tuple[float, str] | None = None
) -> Picture:
    """See what each way of estimating says, and what it should have said.

    Parameters
    ----------
    table : DataFrame
        One row a way (index): estimate, low, high, truth.
    xlabel, title : str
        What is estimated, with its unit; what to see.
    mark : tuple of float and str, optional
        A value to be marked in all rows, and what it is.

    Examples
    --------
    >>> found = pd.DataFrame({"estimate": [2.0], "low": [1.0], "high": [3.0], "truth": [4.0]})
    >>> print(estimates(found.set_axis(["by lot"]), "EUR", "One way, and it misses"))
    One way, and it misses. Estimates (EUR): by lot 2 [1, 3], truth 4.
    """
    wanted = ["estimate", "low", "high", "truth"]
    missing = [name for name in wanted if name not in table]
    if missing:
        raise ValueError(f"table must have the column {missing[0]!r}, got {list(table)}.")
    if not np.isfinite(table[wanted].to_numpy(dtype=float)).all():
        raise ValueError("table must hold finite numbers; leave out rows without an interval.")
    kept = KeptEstimates([str(name) for name in table.index], xlabel, mark)
    kept.show(table)
    return entitle(kept.figure, title, f"Estimates ({xlabel}): {in_words(table)}.")


def in_words(table: pd.DataFrame) -> str:
    """The rows as a sentence, for those who cannot see them."""
    return "; ".join(
        f"{name} {number(row['estimate'])} [{number(row['low'])}, {number(row['high'])}], "
        f"truth {number(row['truth'])}"
        for name, row in table.iterrows()
    )

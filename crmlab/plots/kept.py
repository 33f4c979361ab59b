"""Figures that keep their artists: drawn once, then changed, for views that answer at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crmlab.plots.lines import draw_lines, label_axes
from crmlab.plots.picture import Picture
from crmlab.plots.style import (
    BLUE,
    VERMILLION,
    applied,
    canvas,
    entitle,
    legend_below,
    number,
    thousands,
)

_TWO_LINES = "A title\nof two lines"


class KeptLines:
    """Lines that can be moved; one called "nothing" is the baseline, grey and dashed.

    Parameters
    ----------
    x : array, shape (n,)
        Shared by all lines.
    labels : sequence of str
        One per line, six at most.
    xlabel, ylabel : str
        With units.
    ylim : tuple of float, optional
        The vertical range; by default it grows with what is shown and never shrinks, so that
        two settings can be compared by eye.

    Attributes
    ----------
    figure : Picture

    Examples
    --------
    >>> kept = KeptLines([0, 1, 2], ["nothing", "newsletter"], "week", "orders")
    >>> kept.show({"nothing": [1, 2, 3], "newsletter": [2, 3, 4]})
    >>> [float(y) for y in kept.lines["newsletter"].get_ydata()]
    [2.0, 3.0, 4.0]
    """

    def __init__(
        self,
        x: ArrayLike,
        labels: Sequence[str],
        xlabel: str,
        ylabel: str,
        ylim: tuple[float, float] | None = None,
    ) -> None:
        self.figure, self._axes = canvas()
        empty: NDArray[np.float64] = np.full(np.shape(x), np.nan)
        lines = draw_lines(self._axes, np.asarray(x), [empty] * len(labels), labels)
        self.lines = dict(zip(labels, lines, strict=True))
        label_axes(self._axes, xlabel, ylabel)
        self._limits = _Limits(ylim)
        self._axes.set_ylim(*(ylim or (0, 100)))
        legend_below(self.figure, lines)
        settle(self.figure)

    def show(self, ys: Mapping[str, ArrayLike]) -> None:
        """Move the named lines."""
        for label, y in ys.items():
            self.lines[label].set_ydata(np.asarray(y, dtype=float))
            self._limits.include(y)
        self._axes.set_ylim(*self._limits.range)

    def rename(self, label: str, text: str) -> None:
        """Give a line another name in the legend."""
        place = list(self.lines).index(label)
        self.figure.legends[0].get_texts()[place].set_text(text)


class KeptBars:
    """Upright bars that can change their height; negative ones are hatched as well as red.

    Parameters
    ----------
    labels : sequence of str
        One per bar.
    xlabel, ylabel : str
        With units.
    ylim : tuple of float, optional
        As in `KeptLines`.

    Attributes
    ----------
    figure : Picture
    """

    def __init__(
        self,
        labels: Sequence[str],
        xlabel: str,
        ylabel: str,
        ylim: tuple[float, float] | None = None,
    ) -> None:
        self.figure, self._axes = canvas()
        with applied():
            places = np.arange(len(labels))
            self.bars = self._axes.bar(places, np.zeros(len(labels)), 0.72, color=BLUE,
                                       edgecolor="white")  # fmt: skip
            self._values = [
                self._axes.text(x, 0, "", ha="center", fontsize=10) for x in range(len(labels))
            ]
            self._axes.set_xticks(places, [str(label) for label in labels])
            self._axes.axhline(0, color="black", linewidth=1)
            self._axes.grid(False, axis="x")
            self._axes.set_xlabel(xlabel)
            self._axes.set_ylabel(ylabel)
            thousands(self._axes.yaxis)
        self._limits = _Limits(ylim)
        self._axes.set_ylim(*(ylim or (0, 100)))
        settle(self.figure)

    def show(self, heights: ArrayLike) -> None:
        """Give the bars other heights."""
        values = np.asarray(heights, dtype=float)
        self._limits.include(values)
        self._axes.set_ylim(*self._limits.range)
        pad = 0.015 * (self._limits.range[1] - self._limits.range[0])
        for bar, text, value in zip(self.bars, self._values, values, strict=True):
            bar.set_height(value)
            bar.set_facecolor(BLUE if value >= 0 else VERMILLION)
            bar.set_hatch("" if value >= 0 else "//")
            text.set_text(number(value))
            text.set_y(value + pad if value >= 0 else value - pad)
            text.set_verticalalignment("bottom" if value >= 0 else "top")


class _Limits:
    """A range that grows with what it has seen, or one that was given."""

    def __init__(self, given: tuple[float, float] | None) -> None:
        self._given = given
        self._low, self._high = 0.0, 0.0

    def include(self, values: ArrayLike) -> None:
        finite = np.asarray(values, dtype=float)
        finite = finite[np.isfinite(finite)]
        if len(finite):
            self._low = min(self._low, float(finite.min()))
            self._high = max(self._high, float(finite.max()))

    @property
    def range(self) -> tuple[float, float]:
        if self._given:
            return self._given
        pad = 0.08 * ((self._high - self._low) or 1.0)
        return self._low - (pad if self._low < 0 else 0), self._high + pad


def settle(figure: Picture) -> None:
    """Lay the figure out once, with room for a title of two lines, and then leave it so.

    Layout takes most of the time of a drawing, and a picture that keeps its margins does not
    jump when the slider moves.
    """
    with applied():
        figure.suptitle(_TWO_LINES, x=0.011, ha="left")
        figure.draw_without_rendering()
    figure.set_layout_engine("none")
    entitle(figure, "")

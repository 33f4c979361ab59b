"""Figures that keep their artists: drawn once, then changed, for views that answer at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from crmlab.plots.amounts import by_sign
from crmlab.plots.lines import draw_lines, label_axes
from crmlab.plots.style import applied, canvas, legend_below, numbers, settle, stacked, thousands


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
    lines : dict of str to Line2D

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
        self.figure, axes = canvas()
        self._panel = _Panel(axes, x, labels, ylim)
        self.lines = self._panel.lines
        label_axes(axes, xlabel, ylabel)
        legend_below(self.figure, list(self.lines.values()))

    def show(self, ys: Mapping[str, ArrayLike]) -> None:
        """Move the named lines."""
        if self._panel.show(ys):
            settle(self.figure)


class KeptPair:
    """Lines above, and below them one line of what they add up to, around zero.

    Parameters
    ----------
    x, labels, xlabel, ylabel
        As in `KeptLines`.
    below : str
        What the lower line is, with its unit.

    Attributes
    ----------
    figure : Picture
    lines : dict of str to Line2D
        The lower line is found under the name that ``below`` gives.
    """

    def __init__(
        self, x: ArrayLike, labels: Sequence[str], xlabel: str, ylabel: str, below: str
    ) -> None:
        self.figure, (upper, lower) = stacked()
        self._panels = (_Panel(upper, x, labels), _Panel(lower, x, [below]))
        self.lines = self._panels[0].lines | self._panels[1].lines
        label_axes(upper, "", ylabel)
        label_axes(lower, xlabel, below)
        lower.axhline(0, color="black", linewidth=1)
        legend_below(self.figure, list(self._panels[0].lines.values()))

    def show(self, ys: Mapping[str, ArrayLike]) -> None:
        """Move the named lines."""
        changed = [panel.show({k: y for k, y in ys.items() if k in panel.lines})
                   for panel in self._panels]  # fmt: skip
        if any(changed):
            settle(self.figure)


class KeptBars:
    """Upright bars that can change their height; negative ones are red and hatched.

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
    bars : BarContainer
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
            self.bars = self._axes.bar(places, np.zeros(len(labels)), 0.72, edgecolor="white")
            self._numbers = [self._axes.text(i, 0, "", ha="center") for i in range(len(labels))]
            self._axes.set_xticks(places, [str(label) for label in labels])
            self._axes.axhline(0, color="black", linewidth=1)
            self._axes.grid(False, axis="x")
            self._axes.set_xlabel(xlabel)
            self._axes.set_ylabel(ylabel)
            thousands(self._axes.yaxis)
        self._limits = _Limits(self._axes, ylim)

    def show(self, heights: ArrayLike) -> None:
        """Give the bars other heights, in the order of the labels; NaN for not yet known."""
        given = np.asarray(heights, dtype=float)
        values = np.nan_to_num(given)
        if self._limits.include(values):
            settle(self.figure)
        looks = by_sign(values)
        pad = 0.015 * self._limits.span
        for text, words in zip(self._numbers, numbers(given), strict=True):
            text.set_text(words)
        for i, (bar, text, value) in enumerate(zip(self.bars, self._numbers, values, strict=True)):
            bar.set_height(value)
            bar.set_facecolor(looks["color"][i])
            bar.set_hatch(looks["hatch"][i])
            text.set_y(value + pad if value >= 0 else value - pad)
            text.set_verticalalignment("bottom" if value >= 0 else "top")


class _Panel:
    """Axes with lines that can be moved."""

    def __init__(
        self,
        axes: Axes,
        x: ArrayLike,
        labels: Sequence[str],
        ylim: tuple[float, float] | None = None,
    ) -> None:
        places = np.asarray(x, dtype=float)
        unknown: NDArray[np.float64] = np.full(places.shape, np.nan)
        drawn = draw_lines(axes, places, [unknown] * len(labels), labels)
        self.lines = dict(zip(labels, drawn, strict=True))
        margin = 0.02 * (places.max() - places.min() or 1.0)
        axes.set_xlim(places.min() - margin, places.max() + margin)
        self._limits = _Limits(axes, ylim)

    def show(self, ys: Mapping[str, ArrayLike]) -> bool:
        """Move the named lines; say whether the vertical range has changed."""
        for label, y in ys.items():
            if label not in self.lines:
                raise KeyError(f"{label!r} is no line; there are {list(self.lines)}.")
            self.lines[label].set_ydata(np.asarray(y, dtype=float))
        return self._limits.include(np.concatenate([[0.0], *map(np.ravel, ys.values())]))


class _Limits:
    """A vertical range that grows with what it has seen, or one that was given."""

    def __init__(self, axes: Axes, given: tuple[float, float] | None) -> None:
        self._axes, self._given = axes, given
        self._low = self._high = 0.0
        self._shown: tuple[float, float] | None = None

    @property
    def span(self) -> float:
        low, high = self._axes.get_ylim()
        return high - low

    def include(self, values: NDArray) -> bool:
        """Make room for the values; say whether the range has changed."""
        finite = values[np.isfinite(values)]
        self._low = min(self._low, finite.min(initial=0.0))
        self._high = max(self._high, finite.max(initial=0.0))
        room = 0.12 * ((self._high - self._low) or 1.0)
        wanted = self._given or (self._low - room * (self._low < 0), self._high + room)
        changed, self._shown = wanted != self._shown, wanted
        self._axes.set_ylim(*wanted)
        return changed

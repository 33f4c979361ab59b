"""Where does each account stand? A portfolio grid: two axes, a size, and a colour for the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike, NDArray

from crmlab.plots.picture import Picture
from crmlab.plots.style import (
    BLUE,
    GREY,
    INK,
    VERMILLION,
    WIDTH,
    applied,
    canvas,
    entitle,
    legend_below,
    number,
    settle,
)

_LARGEST, _SMALLEST = 420.0, 14.0
_COLOURS = "viridis"


def portfolio_grid(
    points: pd.DataFrame,
    labels: tuple[str, str],
    title: str,
    borders: tuple[float | None, float | None] = (None, None),
    corners: Sequence[str] = (),
    size_label: str = "",
    colour_label: str = "",
) -> Picture:
    """See every account between two axes, as large as it buys, coloured by what it is worth.

    Parameters
    ----------
    points : DataFrame
        One row an account: the first two columns are the axes; ``size`` (>= 0) and ``colour`` if
        there are any. Colours are by rank, so that a few large accounts do not hide the others.
    labels : tuple of str
        Of the axes, with units.
    title : str
        What to see.
    borders : tuple of float or None
        Where the axes are cut.
    corners : sequence of str
        Names of the four cells: lower left, lower right, upper left, upper right.
    size_label, colour_label : str
        What the two mean.

    Raises
    ------
    ValueError
        There is no account, or there are other than four corners.

    Examples
    --------
    >>> two = pd.DataFrame({"x": [0.2, 0.8], "y": [0.1, 0.9], "size": [1.0, 4.0]})
    >>> print(portfolio_grid(two, ("cost", "price"), "They differ", (0.5, 0.5)))
    They differ. 2 accounts by cost, from 0.2 to 0.8, and price, from 0.1 to 0.9; largest at 0.8,
    0.9.
    """
    if not len(points):
        raise ValueError("points must have at least one account.")
    figure, axes = canvas(WIDTH, 4.6)
    x, y = (points.iloc[:, i].to_numpy(dtype=float) for i in (0, 1))
    drawn = _scatter(axes, points)
    if "colour" in points:
        _colour_bar(figure, drawn, [axes], colour_label)
    _frame(axes, labels, borders, corners)
    if size_label:
        with applied():
            axes.set_xlabel(f"{labels[0]}\n(area: {size_label})")
    return entitle(figure, title, _words(points, labels, x, y))


def portfolio_grids(
    grids: Mapping[str, pd.DataFrame],
    title: str,
    border: float | None = 0.5,
    size_label: str = "",
    colour_label: str = "",
) -> Picture:
    """See the same accounts in several grids, side by side, two in a row.

    Parameters
    ----------
    grids : dict of name to DataFrame
        One to four, each as in `portfolio_grid`; the names of the first two columns are the axes.
    title : str
        What to see.
    border : float, optional
        Where all axes are cut.
    size_label, colour_label : str
        What the two mean.

    Raises
    ------
    ValueError
        There are no grids, more than four, or one without an account.

    Examples
    --------
    >>> two = pd.DataFrame({"net_price": [0.2, 0.8], "cost_to_serve": [0.1, 0.9]})
    >>> print(portfolio_grids({"Shapiro": two, "again": two}, "They differ"))
    They differ. Grids of 2 accounts: Shapiro (net price, cost to serve); again (net price, cost to
    serve).
    """
    if not 1 <= len(grids) <= 4:
        raise ValueError(f"grids must be one to four, got {len(grids)}.")
    for name, points in grids.items():
        if not len(points):
            raise ValueError(f"{name!r} must have at least one account.")
    rows = -(-len(grids) // 2)
    with applied():
        figure = Picture(figsize=(WIDTH * 1.3, 0.8 + 3.1 * rows), layout="constrained")
        places = figure.subplots(rows, min(len(grids), 2), squeeze=False).ravel()
    axes_of = []
    for axes, (name, points) in zip(places, grids.items(), strict=False):
        drawn = _scatter(axes, points, part=0.4)
        x, y = (str(column).replace("_", " ") for column in points.columns[:2])
        axes_of.append(f"{name} ({x}, {y})")
        _frame(axes, (x, y), (border, border), ())
        with applied():
            axes.set_title(name, fontsize=11)
    for axes in places[len(grids) :]:
        axes.set_visible(False)
    if all("colour" in points for points in grids.values()):
        _colour_bar(figure, drawn, list(places), colour_label)
    with applied():
        if size_label:
            figure.supxlabel(f"area: {size_label}", fontsize=11)
    count = len(next(iter(grids.values())))
    return entitle(figure, title, f"Grids of {count} accounts: {'; '.join(axes_of)}.")


def _scatter(axes: Axes, points: pd.DataFrame, part: float = 1.0) -> PathCollection:
    """The accounts between the first two columns, as large and as coloured as the table says."""
    x, y = (points.iloc[:, i].to_numpy(dtype=float) for i in (0, 1))
    size = _sizes(points["size"]) if "size" in points else np.full(len(points), 60.0)
    colour: dict[str, Any] = {"color": BLUE}
    if "colour" in points:
        colour = {"c": points["colour"].rank(pct=True), "cmap": _COLOURS}
    with applied():
        return axes.scatter(
            x, y, s=part * size, alpha=0.75, edgecolor="white", linewidth=0.6, **colour
        )


def _colour_bar(figure: Picture, drawn: PathCollection, axes: list[Axes], label: str) -> None:
    with applied():
        bar = figure.colorbar(drawn, ax=axes, ticks=[0.05, 0.5, 1.0], shrink=0.85)
        bar.ax.set_yticklabels(["lowest", "middle", "highest"])
        bar.set_label(label)


def _sizes(values: ArrayLike) -> NDArray[np.float64]:
    """Areas of the points, in square points: proportional, with a smallest one to be seen."""
    sizes = np.maximum(np.nan_to_num(np.asarray(values, dtype=float)), 0.0)
    return np.maximum(_LARGEST * sizes / max(sizes.max(), 1e-12), _SMALLEST)


def _frame(
    axes: Axes,
    labels: tuple[str, str],
    borders: tuple[float | None, float | None],
    corners: Sequence[str],
) -> None:
    """Labels, borders and the names of the cells."""
    with applied():
        axes.margins(0.1)
        axes.set_xlabel(labels[0])
        axes.set_ylabel(labels[1])
        if borders[0] is not None:
            axes.axvline(borders[0], color=INK, linewidth=1.2, linestyle=(0, (4, 2)))
        if borders[1] is not None:
            axes.axhline(borders[1], color=INK, linewidth=1.2, linestyle=(0, (4, 2)))
    if not corners:
        return
    if len(corners) != 4:
        raise ValueError(f"corners must be four names, got {len(corners)}.")
    box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 2}
    for word, (px, py) in zip(corners, ((0, 0), (1, 0), (0, 1), (1, 1)), strict=True):
        with applied():
            axes.text(
                0.015 + 0.97 * px, 0.02 + 0.96 * py, word, transform=axes.transAxes, bbox=box,
                ha="right" if px else "left", va="top" if py else "bottom", style="italic",
                zorder=5,
            )  # fmt: skip


def _words(points: pd.DataFrame, labels: tuple[str, str], x: NDArray, y: NDArray) -> str:
    ranges = [f"{label}, from {number(v.min())} to {number(v.max())}"
              for label, v in zip(labels, (x, y), strict=True)]  # fmt: skip
    words = f"{len(points):,} accounts by {ranges[0]}, and {ranges[1]}"
    if "size" not in points:
        return words + "."
    top = int(np.argmax(points["size"].to_numpy()))
    return f"{words}; largest at {number(x[top])}, {number(y[top])}."


class KeptGrid:
    """A portfolio grid whose points can move, and of which some are chosen.

    Parameters
    ----------
    sizes : array, shape (n,)
        Of the accounts; their areas stay.
    others, chosen : str
        What the two kinds of points are called.

    Attributes
    ----------
    figure : Picture

    Examples
    --------
    >>> kept = KeptGrid([1.0, 2.0], "others", "chosen")
    >>> kept.show([0.1, 0.9], [0.2, 0.8], [False, True], ("cost", "price"), (0.5, 0.5))
    >>> kept.points[1].get_offsets().tolist()
    [[0.9, 0.8]]
    """

    def __init__(self, sizes: ArrayLike, others: str, chosen: str) -> None:
        self.figure, self._axes = canvas(WIDTH, 4.4)
        self._sizes = _sizes(sizes)
        looks: tuple[dict[str, Any], ...] = (
            {"color": GREY},
            {"color": VERMILLION, "marker": "D"},
        )
        with applied():
            self.points = [
                self._axes.scatter([], [], alpha=0.7, edgecolor="white", linewidth=0.6, **look)
                for look in looks
            ]
            self._lines = [
                self._axes.axvline(0.5, color=INK, linewidth=1.2, linestyle=(0, (4, 2))),
                self._axes.axhline(0.5, color=INK, linewidth=1.2, linestyle=(0, (4, 2))),
            ]
            self._axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
            self._axes.set_xlabel("x")
            self._axes.set_ylabel("y")
        marks = [
            Line2D([], [], color=GREY, marker="o", linestyle="", label=others),
            Line2D([], [], color=VERMILLION, marker="D", linestyle="", label=chosen),
        ]
        legend_below(self.figure, marks)
        settle(self.figure)

    def show(
        self,
        x: ArrayLike,
        y: ArrayLike,
        chosen: ArrayLike,
        labels: tuple[str, str],
        borders: tuple[float, float],
    ) -> None:
        """Move the points and the borders, and say what the axes are."""
        places = np.column_stack([np.asarray(v, dtype=float) for v in (x, y)])
        marked = np.asarray(chosen, dtype=bool)
        for drawn, which in zip(self.points, (~marked, marked), strict=True):
            drawn.set_offsets(places[which])
            drawn.set_sizes(self._sizes[which])
        self._lines[0].set_xdata([borders[0]] * 2)
        self._lines[1].set_ydata([borders[1]] * 2)
        self._axes.set_xlabel(labels[0])
        self._axes.set_ylabel(labels[1])

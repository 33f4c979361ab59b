"""Was the firm right? What it believed, against what is true."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from crmlab.plots.picture import Picture
from crmlab.plots.style import BLUE, INK, applied, canvas, entitle, number, thousands


def scatter_truth(
    believed: ArrayLike,
    true: ArrayLike,
    what: str = "value",
    unit: str = "EUR",
    title: str = "",
    scale: str = "linear",
    xlabel: str | None = None,
    ylabel: str | None = None,
) -> Picture:
    """See how far a belief was from the truth, customer by customer.

    On the diagonal the belief was right; below it the firm believed too much, above it too
    little.

    Parameters
    ----------
    believed, true : array, shape (n,)
        One value per customer, in the same order and unit.
    what, unit : str
        For the axes: "believed value (EUR)".
    title : str
        What to see.
    scale : {"linear", "log"}
        "log" leaves out what is not above zero in both.
    xlabel, ylabel : str, optional
        Where something else than a belief and its truth is compared.

    Raises
    ------
    ValueError
        If the two are not equally long, or the scale is unknown.

    Examples
    --------
    >>> print(scatter_truth([10.0, 20.0], [12.0, 5.0], title="One was overrated"))
    One was overrated. 2 customers, each with its believed value (EUR), from 10 to 20, and its
    true value (EUR), from 5 to 12. 50% lie below the diagonal.
    """
    x, y = _shown(believed, true, scale)
    labels = xlabel or f"believed {what} ({unit})", ylabel or f"true {what} ({unit})"
    figure, axes = canvas(5.4, 4.8)
    low, high = min(x.min(), y.min()), max(x.max(), y.max())
    with applied():
        axes.set(xscale=scale, yscale=scale)
        axes.plot([low, high], [low, high], color=INK, linewidth=1.2)
        axes.scatter(x, y, s=14, color=BLUE, alpha=0.4, linewidths=0, rasterized=len(x) > 800)
        axes.set_xlabel(labels[0])
        axes.set_ylabel(labels[1])
        thousands(axes.xaxis)
        thousands(axes.yaxis)
    if xlabel is None and ylabel is None:
        _name_sides(axes)
    return entitle(figure, title or f"{labels[0]} against {labels[1]}", _words(x, y, *labels))


def _shown(believed: ArrayLike, true: ArrayLike, scale: str) -> tuple[NDArray, NDArray]:
    """Both as arrays, without the customers who cannot be drawn."""
    x, y = (np.asarray(v, dtype=float) for v in (believed, true))
    if x.shape != y.shape or x.ndim != 1:
        raise ValueError(
            f"believed and true must be equally long, got shapes {x.shape} and {y.shape}."
        )
    if scale not in ("linear", "log"):
        raise ValueError(f"scale must be 'linear' or 'log', got {scale!r}.")
    shown = np.isfinite(x) & np.isfinite(y) & ((scale == "linear") | ((x > 0) & (y > 0)))
    if not shown.any():
        raise ValueError("believed and true have no customer with a value to draw in both.")
    return x[shown], y[shown]


def _name_sides(axes: Axes) -> None:
    box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 2}
    for place, side, word in ((0.97, "right", "overrated"), (0.03, "left", "underrated")):
        with applied():
            axes.text(place, 1 - place, word, ha=side, va="center", style="italic", bbox=box,
                      transform=axes.transAxes)  # fmt: skip


def _words(x: NDArray, y: NDArray, xlabel: str, ylabel: str) -> str:
    ranges = (f"{label}, from {number(v.min())} to {number(v.max())}"
              for label, v in ((xlabel, x), (ylabel, y)))  # fmt: skip
    return (
        f"{len(x):,} customers, each with its {', and its '.join(ranges)}. "
        f"{(x > y).mean():.0%} lie below the diagonal."
    )

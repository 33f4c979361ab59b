"""Was the firm right? What it believed, against what is true."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from crmlab.plots.picture import Picture
from crmlab.plots.style import BLUE, INK, applied, canvas, entitle, number, thousands


def scatter_truth(
    believed: ArrayLike,
    true: ArrayLike,
    what: str = "value",
    unit: str = "EUR",
    title: str = "",
    scale: str = "linear",
) -> Picture:
    """See how far a belief was from the truth, customer by customer.

    On the diagonal the belief was right; points below it were overrated, points above it
    underrated.

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

    Raises
    ------
    ValueError
        If the two are not equally long, or the scale is unknown.
    """
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
    x, y = x[shown], y[shown]
    figure, axes = canvas(5.4, 4.8)
    low, high = min(x.min(), y.min()), max(x.max(), y.max())
    with applied():
        axes.set(xscale=scale, yscale=scale)
        axes.plot([low, high], [low, high], color=INK, linewidth=1.2)
        axes.scatter(x, y, s=14, color=BLUE, alpha=0.4, linewidths=0, rasterized=len(x) > 800)
        axes.set_xlabel(f"believed {what} ({unit})")
        axes.set_ylabel(f"true {what} ({unit})")
        for place, side, word in ((0.97, "right", "overrated"), (0.03, "left", "underrated")):
            axes.text(place, 1 - place, word, ha=side, va="center", transform=axes.transAxes,
                      style="italic", bbox={"facecolor": "white", "edgecolor": "none",
                                            "alpha": 0.8, "pad": 2})  # fmt: skip
        thousands(axes.xaxis)
        thousands(axes.yaxis)
    words = (
        f"Believed against true {what} of {len(x):,} customers, from {number(low)} to "
        f"{number(high)} {unit}. {(x > y).mean():.0%} lie below the diagonal, "
        "where the firm believed too much."
    )
    return entitle(figure, title or f"What the firm believed, and the true {what}", words)

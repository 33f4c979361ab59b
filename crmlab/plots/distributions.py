"""How do customers differ?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from crmlab.plots.picture import Picture
from crmlab.plots.style import (
    INK,
    applied,
    canvas,
    entitle,
    legend_below,
    looks_for,
    number,
    thousands,
)


def histogram(
    values: ArrayLike | Mapping[str, ArrayLike],
    xlabel: str = "",
    title: str = "",
    bins: int | ArrayLike = 30,
    marks: Mapping[str, float] | None = None,
    ylabel: str = "customers",
) -> Picture:
    """See how many customers have how much of something.

    Parameters
    ----------
    values : array, or dict of name to array
        One value each; several groups share the bins. Missing values are left out.
    xlabel : str
        What the values are, with their unit.
    title : str
        What to see.
    bins : int or array
        Number of bins, or their edges.
    marks : dict of name to float, optional
        Places to mark by a vertical line: a mean, a limit, a guess.
    ylabel : str
        What is counted.

    Examples
    --------
    >>> print(histogram([1.0, 2.0, 2.0, 9.0], "orders", "Most order seldom", bins=4))
    Most order seldom. Histogram of orders: 4 values from 1 to 9, median 2.
    """
    named = values if isinstance(values, Mapping) else {"": values}
    groups = {name: _finite(v) for name, v in named.items()}
    edges = np.histogram_bin_edges(np.concatenate(list(groups.values())), bins).tolist()
    figure, axes = canvas()
    with applied():
        for (name, group), look in zip(groups.items(), looks_for(groups), strict=True):
            filled = {"color": look.color, "edgecolor": "white", "linewidth": 0.8}
            outline = {"histtype": "step", "color": look.color, "linestyle": look.linestyle,
                       "linewidth": 2.2}  # fmt: skip
            axes.hist(group, edges, label=name, **(filled if len(groups) == 1 else outline))
        for name, place in (marks or {}).items():
            axes.axvline(place, color=INK, linewidth=1.5, linestyle=(0, (2, 2)))
            axes.annotate(f" {name}", (place, 0.98), xycoords=("data", "axes fraction"), va="top",
                          fontsize=10.5)  # fmt: skip
        if marks:
            axes.margins(y=0.15)  # room for the names
        axes.grid(False, axis="x")
        axes.set_xlabel(xlabel)
        axes.set_ylabel(ylabel)
        thousands(axes.xaxis)
        thousands(axes.yaxis)
    if len(groups) > 1:
        legend_below(figure, axes.get_legend_handles_labels()[0])
    return entitle(figure, title or xlabel, _words(groups, xlabel, marks or {}))


def _finite(values: ArrayLike) -> np.ndarray:
    array = np.asarray(values, dtype=float).ravel()
    array = array[np.isfinite(array)]
    if not len(array):
        raise ValueError("values must hold at least one finite number, got none.")
    return array


def _words(groups: Mapping[str, np.ndarray], xlabel: str, marks: Mapping[str, float]) -> str:
    parts = [
        f"{name + ', ' if name else ''}{len(v):,} values from {number(v.min())} to "
        f"{number(v.max())}, median {number(float(np.median(v)))}"
        for name, v in groups.items()
    ]
    parts += [f"{name} at {number(place)}" for name, place in marks.items()]
    return f"Histogram of {xlabel or 'values'}: {'; '.join(parts)}."

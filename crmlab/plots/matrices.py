"""From where to where? Matrices side by side, each cell with its number."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from crmlab.plots.picture import Picture
from crmlab.plots.style import INK, WIDTH, applied, entitle, number

_SHORT = 4  # characters of a label that needs no turning
_DARK = 0.55  # of the highest value: from here on numbers are white


def matrices(tables: Mapping[str, pd.DataFrame], unit: str, title: str) -> Picture:
    """Compare matrices cell by cell: the darker, the more.

    Parameters
    ----------
    tables : dict of name to DataFrame
        One to three of one shape; rows and columns in one order. All share one scale. The names
        of index and columns, where there are any, stand on the axes.
    unit : str
        What a number is.
    title : str
        What to see.

    Raises
    ------
    ValueError
        There are no tables, more than three, or of different rows or columns.

    Examples
    --------
    >>> import pandas as pd
    >>> one = pd.DataFrame([[70.0, 30.0]], ["home"], ["home", "leaves"])
    >>> print(matrices({"true": one, "found": one + 1}, "% of the moves", "Nearly the same"))
    Nearly the same. Matrices (% of the moves); largest cell of each: true home to home 70;
    found home to home 71.
    """
    names = list(tables)
    if not 1 <= len(names) <= 3:
        raise ValueError(f"tables must be one to three, got {len(names)}.")
    first = tables[names[0]]
    for name, table in tables.items():
        if not (table.index.equals(first.index) and table.columns.equals(first.columns)):
            raise ValueError(f"tables must have the same rows and columns; {name!r} has others.")
    with applied():
        figure = Picture(figsize=(WIDTH * 1.3, 1.5 + 0.34 * len(first)), layout="constrained")
        grid = figure.subplots(1, len(names), sharey=True, squeeze=False)[0]
        top = max(float(table.to_numpy().max()) for table in tables.values())
        for axes, name in zip(grid, names, strict=True):
            _draw(axes, tables[name], top)
            axes.set_title(name, fontsize=11)
            axes.set_xlabel(first.columns.name or "")
        grid[0].set_ylabel(first.index.name or "")
        figure.supxlabel(unit, fontsize=11)
    found = [f"{name} {_largest(table)}" for name, table in tables.items()]
    words = f"Matrices ({unit}); largest cell of each: {'; '.join(found)}."
    return entitle(figure, title, words)


def _draw(axes: Axes, table: pd.DataFrame, top: float) -> None:
    axes.imshow(table.to_numpy(dtype=float), cmap="Blues", vmin=0.0, vmax=top, aspect="auto")
    words = [str(c) for c in table.columns]
    short = max(map(len, words), default=0) <= _SHORT
    axes.set_xticks(range(table.shape[1]), words, rotation=0 if short else 60)
    axes.set_yticks(range(len(table)), [str(r) for r in table.index])
    axes.tick_params(length=0)
    axes.grid(False)
    for row, values in enumerate(table.to_numpy(dtype=float)):
        for column, value in enumerate(values):
            colour = "white" if value > _DARK * top else INK
            axes.text(column, row, f"{value:,.0f}", ha="center", va="center", color=colour,
                      fontsize=9)  # fmt: skip


def _largest(table: pd.DataFrame) -> str:
    values = table.to_numpy(dtype=float)
    row, column = np.unravel_index(values.argmax(), values.shape)
    return f"{table.index[row]} to {table.columns[column]} {number(values[row, column])}"

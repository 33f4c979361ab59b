"""Who leads, and where? A league of decisions over several markets, and a map of its winners."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from crmlab.plots.picture import Picture
from crmlab.plots.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    WIDTH,
    applied,
    entitle,
    number,
)

_PALE = 0.72  # of white in the colour of a cell, so that ink can be read on it
_DARK = 0.62  # of the largest gain: from here on numbers are white
_WIDE = 1.3  # times the width of other figures
_COLOURS = (BLUE, GREEN, PURPLE, ORANGE, SKY, VERMILLION)
_SAID = ("model", "second", "gain_eur", "lead_eur", "sure")


def standings(
    tables: Mapping[str, pd.DataFrame],
    unit: str,
    title: str,
    sure: Mapping[str, pd.Series] | None = None,
) -> Picture:
    """See every gain in every market at once: blue is a gain, red a loss, a frame the best.

    Parameters
    ----------
    tables : dict of name to DataFrame
        One to three, below each other. Index: what competes. Columns: the markets; of two levels
        the first is written once for all that share it.
    unit : str
        What a number is.
    title : str
        What to see.
    sure : dict of name to Series of bool, optional
        For each table: by market, whether it is sure that the best is the best. Where it is not,
        the frame is dashed.

    Raises
    ------
    ValueError
        There are no tables, more than three, or one without a number or with gaps.

    Examples
    --------
    >>> import pandas as pd
    >>> one = pd.DataFrame({"calm": [2.0, 0.0], "rough": [-1.0, 0.0]}, ["mail", "nothing"])
    >>> print(standings({"small": one}, "EUR", "Mail wins in calm markets only"))
    Mail wins in calm markets only. Best by market (EUR). small: calm mail 2, rough nothing 0.
    """
    if not 1 <= len(tables) <= 3:
        raise ValueError(f"tables must be one to three, got {len(tables)}.")
    for name, table in tables.items():
        if table.empty:
            raise ValueError(f"tables[{name!r}] must have at least one row and one column.")
        if table.isna().any(axis=None):
            raise ValueError(f"tables[{name!r}] has gaps. Fill or drop them first.")
    top = max(float(table.abs().to_numpy().max()) for table in tables.values()) or 1.0
    sure = sure or {}
    height = 0.7 + sum(0.75 + 0.28 * len(table) for table in tables.values())
    with applied():
        figure = Picture(figsize=(WIDTH * _WIDE, height), layout="constrained")
        panels = figure.subplots(len(tables), 1, squeeze=False)[:, 0]
        for axes, (name, table) in zip(panels, tables.items(), strict=True):
            certain = sure.get(name, pd.Series(True, table.columns)).reindex(table.columns)
            _standing(axes, table, top, certain.to_numpy(dtype=bool))
            axes.set_title(f"{name} ({unit})", fontsize=11, loc="left")
        if not all(series.all() for series in sure.values()):
            figure.supxlabel("frame: best of its column; dashed: not sure", fontsize=11)
    words = "; ".join(
        f"{name}: {_winners(table, sure.get(name))}" for name, table in tables.items()
    )
    return entitle(figure, title, f"Best by market ({unit}). {words}.")


def winner_map(spots: pd.DataFrame, labels: tuple[str, str], title: str) -> Picture:
    """See who leads in each market of a map, by how much, and where that is not sure.

    Parameters
    ----------
    spots : DataFrame
        One row a market. The first two columns are the axes; then ``model`` (who leads),
        ``second``, ``gain_eur`` (over doing nothing), ``lead_eur`` (over the second), ``sure``
        (else the cell is hatched).
    labels : tuple of str
        Of the axes, with units.
    title : str
        What to see.

    Raises
    ------
    ValueError
        There are no rows, or a column is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> two = pd.DataFrame(
    ...     {
    ...         "price": [1, 2],
    ...         "patience": [1, 1],
    ...         "model": ["mail", "post"],
    ...         "second": ["post", "mail"],
    ...         "gain_eur": [2.0, 3.0],
    ...         "lead_eur": [1.0, 0.5],
    ...         "sure": [True, False],
    ...     }
    ... )
    >>> print(winner_map(two, ("price", "patience"), "Post wins where it is dear"))
    Post wins where it is dear. By price and patience: 1, 1 mail +2.0; 2, 1 post +3.0 (not sure).
    """
    if spots.empty:
        raise ValueError("spots must have at least one row.")
    missing = [name for name in _SAID if name not in spots]
    if missing:
        raise ValueError(f"spots must have the column {missing[0]!r}, got {list(spots)}.")
    x, y = (sorted(spots.iloc[:, i].unique()) for i in (0, 1))
    names = [name for name in spots["model"].unique() if name != "nothing"]
    colours = dict(zip(names, itertools.cycle(_COLOURS), strict=False)) | {"nothing": GREY}
    with applied():
        size = (WIDTH * _WIDE, 1.4 + 0.82 * len(y))
        figure = Picture(figsize=size, layout="constrained")
        axes = figure.subplots()
        for row in spots.itertuples(index=False):
            place = (x.index(row[0]), y.index(row[1]))
            _cell(axes, place, _paler(colours[str(row.model)]), not row.sure)
            axes.text(*place, _says(row), ha="center", va="center", fontsize=10, linespacing=1.25)
        axes.set_xlim(-0.5, len(x) - 0.5)
        axes.set_ylim(-0.5, len(y) - 0.5)
        axes.set_xticks(range(len(x)), [number(v, exact=True) for v in x])
        axes.set_yticks(range(len(y)), [number(v, exact=True) for v in y])
        axes.tick_params(length=0)
        axes.grid(False)
        axes.set_xlabel(f"{labels[0]}\nhatched: the lead is not sure")
        axes.set_ylabel(labels[1])
    words = "; ".join(
        f"{number(row[0], exact=True)}, {number(row[1], exact=True)} {row.model} "
        f"{_signed(row.gain_eur)}{'' if row.sure else ' (not sure)'}"
        for row in spots.itertuples(index=False)
    )
    return entitle(figure, title, f"By {labels[0]} and {labels[1]}: {words}.")


def _standing(axes: Axes, table: pd.DataFrame, top: float, certain: NDArray[np.bool_]) -> None:
    """One panel: a row for each competitor, a column for each market."""
    values = table.to_numpy(dtype=float)
    axes.imshow(values, cmap="RdBu", vmin=-top, vmax=top, aspect="auto")
    best = np.nanargmax(values.round(4), axis=0)
    for (row, column), value in np.ndenumerate(values):
        first = row == best[column]
        axes.text(column, row, _signed(value), ha="center", va="center", fontsize=10,
                  weight="bold" if first else "normal",
                  color="white" if abs(value) > _DARK * top else INK)  # fmt: skip
        if first:
            style = "-" if certain[column] else (0, (2, 1))
            axes.add_patch(Rectangle((column - 0.48, row - 0.46), 0.96, 0.92, fill=False, zorder=3,
                                     edgecolor=INK, linewidth=2.2, linestyle=style))  # fmt: skip
    _head(axes, table.columns)
    axes.set_yticks(range(len(table)), [str(name) for name in table.index])
    axes.tick_params(length=0)
    axes.grid(False)


def _head(axes: Axes, columns: pd.Index) -> None:
    """Write the markets below their columns, and what several share once below them all."""
    axes.set_xticks(range(len(columns)), [str(name) for name in columns.get_level_values(-1)])
    if columns.nlevels == 1:
        return
    shared = pd.Series(range(len(columns))).groupby(columns.get_level_values(0), sort=False)
    for name, places in shared:
        axes.annotate(str(name), (places.mean(), 0), (0, -22), ("data", "axes fraction"),
                      "offset points", ha="center", va="top", weight="bold")  # fmt: skip
        if places.min() > 0:
            axes.axvline(places.min() - 0.5, color="white", linewidth=5)


def _cell(axes: Axes, place: tuple[int, int], colour: tuple[float, ...], hatched: bool) -> None:
    corner = (place[0] - 0.485, place[1] - 0.47)
    axes.add_patch(Rectangle(corner, 0.97, 0.94, facecolor=colour, edgecolor="white", linewidth=0,
                             hatch="//" if hatched else None))  # fmt: skip


def _paler(colour: str) -> tuple[float, ...]:
    from matplotlib.colors import to_rgb

    return tuple(_PALE + (1.0 - _PALE) * part for part in to_rgb(colour))


def _says(row: Any) -> str:
    return f"{row.model} {_signed(row.gain_eur)} EUR\n{row.lead_eur:.1f} over\n{row.second}"


def _signed(value: float) -> str:
    """A gain with its sign: +2.0, −1.5, and 0 without one."""
    text = f"{value:+.1f}".replace("-", "\N{MINUS SIGN}")
    return text[1:] if float(f"{value:.1f}") == 0 else text


def _winners(table: pd.DataFrame, sure: pd.Series | None) -> str:
    said = []
    for market, name in table.round(4).idxmax().items():
        place = " ".join(map(str, market)) if isinstance(market, tuple) else str(market)
        doubt = "" if sure is None or sure[market] else " (not sure)"
        said.append(f"{place} {name} {number(float(table.loc[name, market]))}{doubt}")
    return ", ".join(said)

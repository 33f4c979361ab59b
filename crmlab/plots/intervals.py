"""Does it make a difference, and how sure are we? Estimates with their intervals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from crmlab.plots.picture import Picture
from crmlab.plots.style import (
    BLUE,
    GREY,
    INK,
    VERMILLION,
    WIDTH,
    Look,
    applied,
    canvas,
    entitle,
    euros,
    number,
    thousands,
)

AHEAD, BEHIND, UNSURE = Look(BLUE, "o", "-"), Look(VERMILLION, "s", "-"), Look(GREY, "D", "-")
_CUT = 50.0  # times the truth: ends beyond are cut
VERDICTS = {"supported": AHEAD, "reversed": BEHIND, "not supported": UNSURE}


def comparison(table: Any, title: str | None = None) -> Picture:
    """See which policy beats the first one, and how sure that is.

    Parameters
    ----------
    table : DataFrame or Comparison
        What `crmlab.compare` returns: policy (a column, or the index),
        difference_eur_per_customer, low, high, wins. The first row is the one that the
        others are held against.
    title : str, optional
        What to see; by default the best policy with its difference.
    """
    frame = _with_label(getattr(table, "table", table), "policy")
    first, others = frame["policy"].iloc[0], frame.iloc[1:]
    if others.empty:
        raise ValueError(f"table must hold at least two policies, got only {first!r}.")
    figure, axes = _rows(len(others))
    estimate = others["difference_eur_per_customer"]
    looks = [_side(low, high) for low, high in zip(others["low"], others["high"], strict=True)]
    _draw(axes, estimate, others["low"], others["high"], list(others["policy"]), looks)
    with applied():
        axes.set_xlabel(f"profit against {str(first)!r} (EUR per customer)")
    words = "; ".join(map(_policy_in_words, others.to_dict("records")))
    return entitle(figure, title or _best(frame), f"Difference against {first}: {words}.")


def claim_verdicts(table: pd.DataFrame, title: str | None = None) -> Picture:
    """See in which conditions a claim holds: intervals beside the least worth mentioning.

    Parameters
    ----------
    table : DataFrame
        One row a condition: condition, estimate, low, high, verdict, least (the smallest
        difference worth mentioning, with the sign that the claim expects), unit.
    title : str, optional
        What to see; by default the verdicts in words.
    """
    frame = _with_label(table, "condition")
    figure, axes = _rows(len(frame))
    looks = [VERDICTS.get(verdict, UNSURE) for verdict in frame["verdict"]]
    names = [f"{c}\n{v}" for c, v in zip(frame["condition"], frame["verdict"], strict=True)]
    _draw(axes, frame["estimate"], frame["low"], frame["high"], names, looks)
    unit = str(frame["unit"].iloc[0])
    with applied():
        _mark_least(axes, frame["least"].to_numpy(dtype=float))
        axes.set_xlabel(unit)
    words = "; ".join(
        f"{r['condition']}: {number(r['estimate'])} "
        f"[{number(r['low'])}, {number(r['high'])}], {r['verdict']}"
        for r in frame.to_dict("records")
    )
    verdicts = zip(frame["condition"], frame["verdict"], strict=True)
    return entitle(
        figure, title or "; ".join(f"{c}: {v}" for c, v in verdicts), f"{words} ({unit})."
    )


def gains(table: pd.DataFrame, xlabel: str, title: str) -> Picture:
    """See several gains with their intervals: above zero, below it, or not sure.

    Parameters
    ----------
    table : DataFrame
        Index: the things, from top to bottom. The first three columns are the estimate, and the
        low and the high end of its interval (NaN where there is none).
    xlabel : str
        What is estimated, with its unit.
    title : str
        What to see.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"eur": [2.0], "low": [1.0], "high": [3.0]}, index=["mail"])
    >>> print(gains(table, "EUR per customer", "Mail pays"))
    Mail pays. EUR per customer: mail 2 [1, 3].
    """
    value, low, high = (table.iloc[:, i] for i in range(3))
    figure, axes = canvas(WIDTH, max(2.2, 0.36 * len(table) + 1.3))
    looks = [_side(a, b) for a, b in zip(low, high, strict=True)]
    _draw(axes, value, low, high, list(table.index), looks)
    with applied():
        axes.set_xlabel(xlabel)
    words = "; ".join(
        f"{name} {number(e)} [{number(a)}, {number(b)}]"
        for name, e, a, b in zip(table.index, value, low, high, strict=True)
    )
    return entitle(figure, title, f"{xlabel}: {words}.")


class KeptGains:
    """Gains with their intervals, one row each, that can change; one world can be marked beside.

    Parameters
    ----------
    rows : int
        How many rows there are.
    xlabel : str
        What is gained, with its unit.

    Attributes
    ----------
    figure : Picture

    Examples
    --------
    >>> kept = KeptGains(1, "EUR per customer")
    >>> kept.show(pd.DataFrame({"eur": [2.0], "low": [1.0], "high": [3.0]}, index=["mail"]))
    >>> kept.figure.axes[0].get_yticklabels()[0].get_text()
    'mail'
    """

    def __init__(self, rows: int, xlabel: str) -> None:
        self.figure, self._axes = canvas(WIDTH, max(2.2, 0.44 * rows + 1.3))
        self._xlabel, self._number = xlabel, rows

    def show(
        self,
        table: pd.DataFrame,
        world: pd.Series | None = None,
        worlds: pd.DataFrame | None = None,
    ) -> None:
        """Draw the rows from top to bottom.

        Parameters
        ----------
        table : DataFrame
            Index: the rows. The first three columns: the estimate and its interval.
        world : Series, optional
            One world's gains, by row: crosses.
        worlds : DataFrame, optional
            The gains of single worlds (rows), by row of the figure (columns): pale dots.
        """
        axes = self._axes
        axes.clear()
        value, low, high = (table.iloc[:, i] for i in range(3))
        looks = [_side(a, b) for a, b in zip(low, high, strict=True)]
        _draw(axes, value, low, high, list(table.index), looks)
        places = range(len(table))
        with applied():
            if worlds is not None:
                for place, name in enumerate(table.index):
                    axes.plot(worlds[name], [place + 0.22] * len(worlds), "o", color=GREY,
                              alpha=0.4, markersize=4, markeredgewidth=0)  # fmt: skip
            if world is not None:
                axes.plot(world.reindex(table.index), places, "x", color=INK, markersize=9,
                          markeredgewidth=2.5, linestyle="none")  # fmt: skip
            axes.set_xlabel(self._xlabel)


def held_intervals(
    table: pd.DataFrame, truth: float, xlabel: str, title: str | None = None
) -> Picture:
    """See which intervals hold the truth: one line a world, those that miss it red and square.

    The axis is logarithmic: intervals of a positive parameter are lopsided.

    Parameters
    ----------
    table : DataFrame
        One row a world: estimate, low, high; an end may be infinite.
    truth : float
        What all of them try to catch, > 0.
    xlabel : str
        The parameter, with its unit.
    title : str, optional
        What to see; by default how many hold it.
    """
    inside = (table["low"] <= truth) & (truth <= table["high"])
    bounds = np.array([table["low"].min(), table["high"].max()])
    near, far = np.clip(bounds, truth / _CUT, truth * _CUT)
    figure, axes = canvas(WIDTH, max(2.6, 0.2 * len(table) + 1.6))
    with applied():
        axes.axvline(truth, color="black", linewidth=1.4, linestyle=(0, (4, 2)))
        for y, (row, holds) in enumerate(zip(table.itertuples(), inside, strict=True)):
            look = AHEAD if holds else BEHIND
            ends = np.clip([row.low, row.high], near, far)
            axes.plot(ends, [y, y], color=look.color, linewidth=2)
            axes.plot([row.estimate], [y], color=look.color, marker=look.marker, markersize=6)
        axes.annotate("truth", (truth, -0.9), xytext=(4, 0), textcoords="offset points",
                      va="center")  # fmt: skip
        axes.set_ylim(len(table) - 0.3, -1.6)
        axes.set_yticks([])
        axes.set_ylabel("worlds")
        axes.set_xlabel(f"{xlabel}, logarithmic")
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    words = f"{int(inside.sum())} of {len(table)} intervals hold the truth"
    shown = f"The truth is {number(truth)}. {words}."
    return entitle(figure, title or words[0].upper() + words[1:], shown)


def _rows(rows: int) -> tuple[Picture, Axes]:
    return canvas(WIDTH, max(2.2, 0.62 * rows + 1.3))


def _draw(
    axes: Axes, estimate: pd.Series, low: pd.Series, high: pd.Series, names: list, looks: list
) -> None:
    """One row each, from top to bottom: dot and interval, and the line of no difference."""
    with applied():
        axes.axvline(0, color="black", linewidth=1.2)
        for y, (e, lo, hi, look) in enumerate(zip(estimate, low, high, looks, strict=True)):
            axes.plot([lo, hi], [y, y], color=look.color, linewidth=3, solid_capstyle="butt")
            axes.plot([e], [y], color=look.color, marker=look.marker, markersize=9,
                      markeredgecolor="white", linestyle="none")  # fmt: skip
        axes.set_yticks(range(len(names)), [str(name) for name in names])
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.grid(False, axis="y")
        axes.margins(x=0.08)
        thousands(axes.xaxis)


def _mark_least(axes: Axes, least: np.ndarray) -> None:
    """Mark the smallest difference worth mentioning, row by row."""
    rows = np.arange(len(least))
    axes.vlines(least, rows - 0.36, rows + 0.36, color=INK, linewidth=2, linestyle=(0, (1.2, 1)))
    axes.annotate("least worth\nmentioning", (least[0], -0.36), xytext=(4, 0), fontsize=9.5,
                  textcoords="offset points", va="center")  # fmt: skip


def _with_label(table: pd.DataFrame, label: str) -> pd.DataFrame:
    if label in table:
        return table
    return table.rename_axis(index=label).reset_index()


def _side(low: float, high: float) -> Look:
    return AHEAD if low > 0 else BEHIND if high < 0 else UNSURE


def _policy_in_words(row: dict) -> str:
    words = f"{row['policy']} {euros(row['difference_eur_per_customer'], signed=True)}"
    if np.isfinite(row["low"]):
        words += f" [{euros(row['low'])}, {euros(row['high'])}]"
    return words + (f", better in {row['wins']} worlds" if "wins" in row else "")


def _best(frame: pd.DataFrame) -> str:
    first = frame["policy"].iloc[0]
    best = frame.iloc[int(frame["difference_eur_per_customer"].argmax())]
    if best["policy"] == first:
        return f"Nothing beats {str(first)!r}"
    sure = "" if not best["low"] <= 0 else ", but the interval holds zero"
    gain = euros(best["difference_eur_per_customer"], signed=True)
    name = str(best["policy"])
    return f"{name[:1].upper()}{name[1:]} does best: {gain} per customer{sure}"

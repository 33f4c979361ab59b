"""How does every figure of crmlab look?

One style for the notebook, the slide and the paper: the colours of Okabe and Ito (2008), which
readers with any colour vision can tell apart, each with a marker and a line style of its own,
so that nothing depends on colour. The style holds while a figure is made and never touches
matplotlib's global settings.
"""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from crmlab.plots.picture import Picture

BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")  # fmt: skip
GREY, INK = "#666666", "#222222"
WIDTH, HEIGHT = 7.2, 3.6
"""Inches. At 100 dots an inch a figure is as wide as the text of a notebook."""

RC: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": GREY,
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.labelsize": 11,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.constrained_layout.h_pad": 0.08,
    "figure.constrained_layout.w_pad": 0.08,
    "figure.dpi": 100,
    "figure.titlesize": 12,
    "figure.titleweight": "bold",
    "font.size": 11,
    # Verdana is DejaVu's sister: where a browser lacks one, the other has the same widths.
    "font.sans-serif": ["DejaVu Sans", "Verdana", "sans-serif"],
    "grid.color": "#DDDDDD",
    "legend.borderaxespad": 0.3,
    "legend.fontsize": 11,
    "legend.frameon": False,
    "lines.linewidth": 2,
    "lines.markersize": 6,
    "text.color": INK,
    "text.parse_math": False,  # a policy's name may hold a dollar sign
    "xtick.color": INK,
    "ytick.color": INK,
}


@dataclass(frozen=True)
class Look:
    """How one series is told from the others: by colour, marker and line style."""

    color: str
    marker: str
    linestyle: Any

    def line(self, points: int) -> dict[str, Any]:
        """Settings for a line through ``points`` points, with about eight markers."""
        return {
            "color": self.color,
            "marker": self.marker,
            "linestyle": self.linestyle,
            "markevery": max(points // 8, 1),
        }


BASELINE = Look(GREY, "X", (0, (4, 2)))
"""What the others are held against: grey and dashed."""
LOOKS = (
    Look(BLUE, "o", "-"),
    Look(VERMILLION, "s", (0, (5, 2))),
    Look(GREEN, "^", (0, (1.5, 1.5))),
    Look(PURPLE, "D", (0, (6, 2, 1.5, 2))),
    Look(ORANGE, "v", (0, (3, 1.5, 1, 1.5, 1, 1.5))),
    Look(SKY, "P", (0, (8, 3))),
)


def looks_for(names: Iterable[str]) -> list[Look]:
    """Choose a look for each series; one called "nothing" is the baseline.

    >>> [look.marker for look in looks_for(["nothing", "weekly", "monthly"])]
    ['X', 'o', 's']
    """
    others = itertools.cycle(LOOKS)
    return [BASELINE if name == "nothing" else next(others) for name in names]


@contextmanager
def applied() -> Iterator[None]:
    """Let figures made inside the block have the house's style, whatever the user has set."""
    with matplotlib.style.context(["default", RC]):
        yield


def canvas(width: float = WIDTH, height: float = HEIGHT) -> tuple[Picture, Axes]:
    """Get an empty figure in the house's style, and its axes.

    Parameters
    ----------
    width, height : float
        Inches, at 100 pixels an inch on the screen.

    Examples
    --------
    >>> figure, axes = canvas()
    >>> line = axes.plot([1, 2, 3])
    >>> print(entitle(figure, "Something rises", "From 1 to 3."))
    Something rises. From 1 to 3.
    """
    with applied():
        figure = Picture(figsize=(width, height), layout="constrained")
        return figure, figure.subplots()


def stacked(width: float = WIDTH, height: float = 4.3) -> tuple[Picture, tuple[Axes, Axes]]:
    """Get an empty figure with two axes, one above the other, that share their x axis."""
    with applied():
        figure = Picture(figsize=(width, height), layout="constrained")
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(5, 3))
        return figure, (upper, lower)


def settle(figure: Picture) -> None:
    """Lay a figure out once, and then leave it so.

    Layout takes most of the time of a drawing, and a picture that keeps its margins does not
    jump when a slider moves. A longer title settles the figure again.
    """
    with applied():
        figure.set_layout_engine("constrained")
        figure.suptitle("\n" * (figure.title_lines - 1) + "Title")
        figure.draw_without_rendering()
    figure.set_layout_engine("none")
    figure.settled = True
    entitle(figure, figure.headline)


def entitle(figure: Picture, title: str, description: str = "") -> Picture:
    """Give a figure its title, which states what to see, and the same in more words.

    The description is for those who cannot see the figure. It returns the figure.
    """
    lines = textwrap.wrap(title, int(figure.get_figwidth() * 9))
    with applied():
        figure.suptitle("\n".join(lines), x=0.011, ha="left", linespacing=1.15)
    figure.headline = title
    if len(lines) > figure.title_lines:
        figure.title_lines = len(lines)
        if figure.settled:
            settle(figure)
    return describe(figure, description) if description else figure


def describe(figure: Picture, text: str) -> Picture:
    """Say in words what a figure shows, for those who cannot see it; returns the figure."""
    figure.description = text
    return figure


def legend_below(figure: Figure, handles: list[Any], columns: int = 3) -> None:
    """Put the legend under the axes, where it hides nothing."""
    with applied():
        figure.legend(handles=handles, loc="outside lower center", ncols=columns, handlelength=3,
                      borderpad=0.1)  # fmt: skip


def thousands(axis: Axis) -> None:
    """Write the numbers of an axis as 12,500, never as 1.25e4."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: number(value, exact=True)))


def number(value: float, exact: bool = False) -> str:
    """Write a number for a reader: 12,500 or 0.25, with a real minus sign.

    >>> number(-12500.4), number(0.256), number(12500.4, exact=True)
    ('−12,500', '0.26', '12,500.4')
    """
    digits = 6 if exact else 0 if abs(value) >= 100 else 2
    text = f"{value:,.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-0", "0") if text == "-0" else text.replace("-", "\N{MINUS SIGN}")


def numbers(values: Iterable[float]) -> list[str]:
    """Write numbers that stand beside each other with as many decimals; nothing for NaN.

    >>> numbers([0.2, 0.34]), numbers([1.0, 250.5])
    (['0.20', '0.34'], ['1', '250'])
    """
    values = list(values)
    known = [v for v in values if v == v]
    whole = all(v == round(v) for v in known) or max(map(abs, known)) >= 100
    minus = "\N{MINUS SIGN}"
    return [f"{v:,.{0 if whole else 2}f}".replace("-", minus) if v == v else "" for v in values]


def euros(value: float, signed: bool = False) -> str:
    """Write an amount for a reader: whole euros from 100 on, cents below.

    >>> euros(1234.5), euros(-0.5), euros(3.0, signed=True)
    ('1,234 EUR', '−0.50 EUR', '+3.00 EUR')
    """
    digits = 0 if abs(value) >= 100 else 2
    sign = "+" if signed else ""
    return f"{value:{sign},.{digits}f} EUR".replace("-", "\N{MINUS SIGN}")

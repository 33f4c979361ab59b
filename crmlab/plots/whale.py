"""Where does profit come from, and where does it go? Whale curves beside each other."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from crmlab.analytical.costing import WhaleCurve
from crmlab.plots.lines import draw_lines, label_axes
from crmlab.plots.picture import Picture
from crmlab.plots.style import INK, applied, canvas, entitle, legend_below, number

_X = np.linspace(0, 1, 101)


def whale_curves(curves: Mapping[str, WhaleCurve], title: str = "") -> Picture:
    """See profit pile up over the customers, the most profitable first, and melt away again.

    Parameters
    ----------
    curves : mapping of str to WhaleCurve
        By name, six at most; each with a final profit above 0.
    title : str
        What to see.

    Raises
    ------
    ValueError
        There is none, or one has no final profit, so that it has no shares either.

    Examples
    --------
    >>> from crmlab.analytical.costing import whale_curve
    >>> print(whale_curves({"by time": whale_curve([60.0, 50.0, 10.0, 0.0, -20.0])}, "A hump"))
    A hump. Cumulative profit of the customers, the most profitable first. by time: peak 120% of
    the final profit, best fifth 60%, 20% loss makers.
    """
    if not curves:
        raise ValueError("curves must hold at least one, got none.")
    figure, axes = canvas(height=4.0)
    lines = draw_lines(axes, 100 * _X, [whale_line(c) for c in curves.values()], list(curves))
    dress(axes)
    if len(lines) > 1:
        legend_below(figure, lines)
    words = "; ".join(
        f"{name}: peak {c.peak_share:.0%} of the final profit, best fifth {c.top_20_share:.0%}, "
        f"{number(100 * c.loss_makers)}% loss makers"
        for name, c in curves.items()
    )
    head = "Cumulative profit of the customers, the most profitable first. "
    return entitle(figure, title or "Whale curve", f"{head}{words}.")


def whale_line(curve: WhaleCurve) -> np.ndarray:
    """The curve at 0, 1, ..., 100 % of the customers, in per cent of the final profit.

    >>> from crmlab.analytical.costing import whale_curve
    >>> whale_line(whale_curve([3.0, 1.0]))[[0, 50, 100]].tolist()
    [0.0, 75.0, 100.0]
    """
    if not curve.total_eur > 0:
        raise ValueError(
            f"curves must have a final profit above 0, got {curve.total_eur:,.2f} EUR. "
            "Shares of a loss mean nothing; look at curve.table in EUR."
        )
    shares = np.concatenate([[0.0], curve.table["share_of_customers"]])
    profit = np.concatenate([[0.0], curve.table["share_of_profit"]])
    return 100 * np.interp(_X, shares, profit)


def dress(axes: Axes) -> None:
    """Name the axes of a whale curve, and mark the profit that is left."""
    label_axes(axes, "customers, the most profitable first (%)", "of the final profit (%)")
    with applied():
        axes.axhline(100, color=INK, linewidth=1, linestyle=(0, (4, 3)))
        axes.axhline(0, color="black", linewidth=1)

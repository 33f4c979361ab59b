"""When should a page adapt, and to what? The same visits again, for every answer."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.experiments.page_ways import PERSON, SINGLE, VISIT, by_clicks
from crmlab.experiments.web_users import LAUNCH_WEEK, WebShop
from crmlab.plots.kept import KeptLines
from crmlab.plots.style import INK, applied, euros
from crmlab.widgets.controls import choice, slider
from crmlab.widgets.live import LiveView, Reading

MOST_CLICKS, START = 8, (VISIT, 4)
YOURS = "your pages"


def pages_that_adapt(shop: WebShop, table: pd.DataFrame | None = None) -> LiveView:
    """Choose how pages adapt and after how many clicks, and see what the quarter earns.

    Parameters
    ----------
    shop : WebShop
    table : DataFrame, optional
        Earnings by clicks, 1, 2, ..., as `crmlab.experiments.page_ways.by_clicks` gives them;
        computed for up to `MOST_CLICKS` if None.
    """
    earned = by_clicks(shop, range(1, MOST_CLICKS + 1)) if table is None else table
    curves = earned.set_index("clicks")[[VISIT, PERSON, SINGLE]]
    kept = KeptLines(curves.index, [YOURS, SINGLE], "clicks before the template is chosen",
                     "margin (EUR per customer)")  # fmt: skip
    axes = kept.figure.axes[0]
    with applied():
        (mark,) = axes.plot([], [], "o", color=INK, markersize=11, markerfacecolor="none",
                            markeredgewidth=2)  # fmt: skip
    for way in curves:  # all of them once, so that the range holds every line
        kept.show({YOURS: curves[way], SINGLE: curves[SINGLE]})
    pages = shop.visits.loc[shop.visits["week"] >= LAUNCH_WEEK, "pages"].to_numpy()

    def update(way: str, clicks: int) -> Reading:
        kept.show({YOURS: curves[way]})
        mark.set_data([clicks], [curves.loc[clicks, way]])
        return _read(way, clicks, curves, float(np.mean(pages >= clicks)))

    controls = {
        "way": choice("what a visitor sees", list(curves), START[0]),
        "clicks": slider("chosen after so many clicks", 1, int(curves.index.max()), START[1]),
    }
    return LiveView(controls, update, kept.figure)


def _read(way: str, clicks: int, curves: pd.DataFrame, lasting: float) -> Reading:
    own, single = curves.loc[clicks, way], curves.loc[clicks, SINGLE]
    when = f"{clicks} click{'s' * (clicks > 1)}"
    title = f"{way.capitalize()}, chosen after {when}: {euros(own)} per customer"
    if way != SINGLE:
        title += f"; {SINGLE}, equally late: {euros(single)}"
    text = (
        f"{lasting:.0%} of the visits last {when}; the others leave before anything is chosen. "
        f"{SINGLE.capitalize()} from the first click on earns "
        f"{euros(curves[SINGLE].iloc[0])} per customer."
    )
    return Reading(title, text)

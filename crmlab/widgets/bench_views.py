"""Which method, before one knows in what world one lives? Regret in each of them."""

from __future__ import annotations

import pandas as pd

from crmlab.plots.kept import KeptBars
from crmlab.plots.style import euros
from crmlab.widgets.controls import choice
from crmlab.widgets.live import LiveView, Reading


def which_estimator(table: pd.DataFrame, start: str = "NBD") -> LiveView:
    """Choose a method, and see what it loses in worlds that break one assumption each.

    Parameters
    ----------
    table : DataFrame
        One row a trial and contestant, with ``regret_eur``, as `contest` makes it.
    start : str
        The contestant that is shown first.
    """
    lost = table.pivot(index="contestant", columns="trial", values="regret_eur")
    lost = lost.loc[table["contestant"].unique(), table["trial"].unique()].dropna()
    kept = KeptBars(
        [name.replace(" ", "\n") for name in lost], "world", "regret (EUR per customer)"
    )
    for name in lost.index:  # all of them once, so that the range holds every method
        kept.show(lost.loc[name])

    def update(method: str) -> Reading:
        kept.show(lost.loc[method])
        return _read(method, lost)

    controls = {"method": choice("value customers by", list(lost.index), start)}
    return LiveView(controls, update, kept.figure)


def _read(method: str, lost: pd.DataFrame) -> Reading:
    own = lost.loc[method]
    title = f'{method} loses most in the world "{own.idxmax()}": {euros(own.max())}'
    safest = lost.max(axis=1).idxmin()
    first = [world for world in lost if lost[world].idxmin() == method]
    text = (
        f"At worst {euros(own.max())} per customer, on average {euros(own.mean())}. "
        f"Best of all in: {', '.join(first) or 'no world'}. "
        f"The method whose worst is least bad: {safest} ({euros(lost.loc[safest].max())})."
    )
    return Reading(title, text)

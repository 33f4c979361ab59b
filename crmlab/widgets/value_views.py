"""Whom to keep, if keeping costs money and not all can be kept? A view on scores and what came."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crmlab.analytical.value_scores import profit_by_share
from crmlab.plots.kept import KeptLines
from crmlab.plots.style import INK, applied, euros, number
from crmlab.widgets.controls import choice, slider
from crmlab.widgets.live import LiveView, Reading

YOURS, REFERENCE = "your ranking", "past revenue"
PERCENT = np.arange(101)


def whom_to_keep(
    scores: pd.DataFrame,
    margin_eur: pd.Series,
    cost_eur: float = 12.0,
    names: Sequence[str] | None = None,
    start: tuple[str, int] = (REFERENCE, 10),
) -> LiveView:
    """Choose a ranking and how many of its best to keep, and see what that earned.

    Whoever is not kept brings nothing more; each one who is costs so much, and brings what the
    records say came afterwards.

    Parameters
    ----------
    scores : DataFrame
        One row a customer, one column a score, ``past revenue`` among them: `value_scores`.
    margin_eur : Series
        What each customer brought afterwards, by the same index.
    cost_eur : float
        Of keeping one customer, EUR.
    names : sequence of str, optional
        The scores to choose from; by default all columns.
    start : tuple of str and int
        The score and the percentage shown first.
    """
    if REFERENCE not in scores:
        raise ValueError(f"scores must have the column {REFERENCE!r}, got {list(scores)}.")
    came = margin_eur.reindex(scores.index)
    if came.isna().any():
        raise ValueError(
            f"margin_eur must have every customer of scores; {int(came.isna().sum())} are missing. "
            "Use reindex(scores.index, fill_value=0) where nothing came."
        )
    curves = {n: profit_by_share(scores[n], came, cost_eur, PERCENT / 100) for n in scores}
    kept = KeptLines(PERCENT, [YOURS, REFERENCE], "customers kept, the best first (%)",
                     "earned in all (EUR)")  # fmt: skip
    axes = kept.figure.axes[0]
    with applied():
        axes.axhline(0, color="black", linewidth=1)
        here = axes.axvline(0, color=INK, linewidth=1.2, linestyle=(0, (4, 3)))
    for name in names or scores:  # all of them once, so that the range holds every ranking
        kept.show({YOURS: curves[name], REFERENCE: curves[REFERENCE]})

    def update(score: str, percent: int) -> Reading:
        kept.show({YOURS: curves[score]})
        here.set_xdata([percent, percent])
        return _read(score, percent, curves, len(scores), cost_eur)

    controls = {
        "score": choice("keep the best by", list(names or scores), start[0]),
        "percent": slider("how many of them (%)", 0, 100, start[1]),
    }
    return LiveView(controls, update, kept.figure)


def _read(
    score: str, percent: int, curves: dict[str, pd.Series], customers: int, cost_eur: float
) -> Reading:
    curve, reference = curves[score], curves[REFERENCE]
    earned, most, at = curve.iloc[percent], curve.max(), int(PERCENT[curve.to_numpy().argmax()])
    title = f"The best {percent} % by {score} earn {euros(earned)}"
    if score == REFERENCE:
        title += f"; this ranking can earn {euros(most)} at most"
    else:
        title += f", as many by {REFERENCE} {euros(reference.iloc[percent])}"
    text = (
        f"{number(customers * percent / 100)} customers kept for "
        f"{euros(cost_eur * customers * percent / 100)} earn {euros(earned)} after that cost. "
        f"By {score}, most is earned at {at} %: {euros(most)}; keeping everybody earns "
        f"{euros(curve.iloc[-1])}."
    )
    return Reading(title, text)

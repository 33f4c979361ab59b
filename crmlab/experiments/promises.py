"""What did the pilot promise, and what came of it? The price of choosing the best of many figures.

Segments are chosen because their figures look good, and figures look good by effect and by luck. So
what the chosen ones promise exceeds what comes, the more so the more figures there are to choose
from (the winner's curse).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.experiments.granularity import DRAWN_IN, ESTIMATED, GRAINS, LINE, Letters

OPTIONS = (*GRAINS, LINE)
"""All granularities, from one segment for all to one for each."""


def promised(home: Letters, cells: int | str, way: str = ESTIMATED) -> float:
    """What the chosen segments promised after the pilot, EUR per customer and half a year.

    Parameters
    ----------
    home : Letters
    cells : int or str
        One of `OPTIONS`.
    way : str
        ``"estimated"`` or ``"drawn in"``.
    """
    chosen = home.chosen(cells, way)
    if cells == LINE:
        return float(_by_line(home.pilot)[chosen].sum() / len(chosen))
    table = home.effects(int(cells))
    effect = table["shrunken_eur"]
    if way != DRAWN_IN:
        effect = table["effect_eur"].fillna(effect)
    return float(home.segment(int(cells)).map(effect).astype(float)[chosen].sum() / len(chosen))


def _by_line(pilot: pd.DataFrame) -> pd.Series:
    usual, lot = pilot["before_eur"].to_numpy(), pilot["treated"].to_numpy(dtype=float)
    design = np.column_stack([np.ones(len(lot)), usual, lot, lot * usual])
    found = np.linalg.lstsq(design, pilot["outcome_eur"].to_numpy(), rcond=None)[0]
    return pd.Series(found[2] + found[3] * usual, pilot.index)


def promises(home: Letters, way: str = ESTIMATED) -> pd.DataFrame:
    """Promised and true profit by granularity, EUR per customer: one row for each of `OPTIONS`.

    Columns: ``letters`` (share of customers who get them), ``promised``, ``came``.
    """
    rows = {
        cells: (
            home.chosen(cells, way).mean(),
            promised(home, cells, way),
            home.profit(cells, way),
        )
        for cells in OPTIONS
    }
    columns = ["letters", "promised", "came"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("segments")

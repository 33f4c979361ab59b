"""Plots: a table or a result becomes a figure. Nothing here computes what it draws.

Every function returns a `Picture`, a matplotlib figure that a notebook shows when it is the
last expression of a cell, in whatever backend, and that carries a description in words.

>>> from crmlab import plots
>>> import pandas as pd
>>> ten_weeks = pd.DataFrame({"week": range(10), "orders": range(10)})
>>> picture = plots.weekly(ten_weeks, ys="orders", ylabel="orders a week", title="Orders rise")
>>> print(picture)
Orders rise. Line over week: orders from 0 to 9.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crmlab.plots.amounts import bars, columns
    from crmlab.plots.designs import KeptEstimates, estimates
    from crmlab.plots.distributions import histogram
    from crmlab.plots.forecasts import forecast_lines
    from crmlab.plots.grids import KeptGrid, portfolio_grid, portfolio_grids
    from crmlab.plots.intervals import KeptGains, claim_verdicts, comparison, gains, held_intervals
    from crmlab.plots.kept import KeptBars, KeptLines, KeptPair
    from crmlab.plots.leagues import standings, winner_map
    from crmlab.plots.lifetime import capture_curves, tracked, value_map
    from crmlab.plots.lines import sweep, weekly
    from crmlab.plots.matrices import matrices
    from crmlab.plots.money import ledger
    from crmlab.plots.picture import Picture, show, svg
    from crmlab.plots.style import canvas, describe, entitle
    from crmlab.plots.truth import scatter_truth
    from crmlab.plots.uplift import qini_curve
    from crmlab.plots.whale import whale_curves

_HOME = {
    "bars": "amounts",
    "columns": "amounts",
    "KeptEstimates": "designs",
    "estimates": "designs",
    "histogram": "distributions",
    "forecast_lines": "forecasts",
    "KeptGrid": "grids",
    "portfolio_grid": "grids",
    "portfolio_grids": "grids",
    "claim_verdicts": "intervals",
    "comparison": "intervals",
    "KeptGains": "intervals",
    "gains": "intervals",
    "held_intervals": "intervals",
    "KeptBars": "kept",
    "KeptLines": "kept",
    "KeptPair": "kept",
    "ledger": "money",
    "matrices": "matrices",
    "capture_curves": "lifetime",
    "tracked": "lifetime",
    "value_map": "lifetime",
    "standings": "leagues",
    "winner_map": "leagues",
    "sweep": "lines",
    "weekly": "lines",
    "Picture": "picture",
    "show": "picture",
    "svg": "picture",
    "canvas": "style",
    "describe": "style",
    "entitle": "style",
    "qini_curve": "uplift",
    "scatter_truth": "truth",
    "whale_curves": "whale",
}

__all__ = [
    "KeptBars",
    "KeptEstimates",
    "KeptGains",
    "KeptGrid",
    "KeptLines",
    "KeptPair",
    "Picture",
    "bars",
    "canvas",
    "capture_curves",
    "claim_verdicts",
    "columns",
    "comparison",
    "describe",
    "entitle",
    "estimates",
    "forecast_lines",
    "gains",
    "held_intervals",
    "histogram",
    "ledger",
    "matrices",
    "portfolio_grid",
    "portfolio_grids",
    "qini_curve",
    "scatter_truth",
    "show",
    "standings",
    "svg",
    "sweep",
    "tracked",
    "value_map",
    "weekly",
    "whale_curves",
    "winner_map",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'crmlab.plots' has no attribute {name!r}")
    # No module may be named like a function: importing it would hide the function.
    value = getattr(importlib.import_module(f"crmlab.plots.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

"""How finely should customers be told apart? A view on what a pilot promises and what comes."""

from __future__ import annotations

import pandas as pd

from crmlab.experiments.granularity import DRAWN_IN, ESTIMATED, LINE, Letters
from crmlab.experiments.promises import OPTIONS, promises
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.scenario import Scenario
from crmlab.plots.kept import KeptLines
from crmlab.plots.style import euros
from crmlab.widgets.controls import choice
from crmlab.widgets.live import LiveView, Reading

SIZES = (500, 2_000, 6_000)
_PROMISED, _CAME = "promised by the pilot", "came of it"
_READINGS = {"each segment by its own figure": ESTIMATED, "figures drawn in": DRAWN_IN}


def segment_granularity(scenario: Scenario | str = "retail", seed: int = 1) -> LiveView:
    """Change the size of the firm and how figures are read, and see what granularity pays.

    Parameters
    ----------
    scenario : Scenario or str
    seed : int
        Of the world.
    """
    market = named_scenario(scenario)
    known: dict[tuple[int, str], pd.DataFrame] = {}
    homes: dict[int, Letters] = {}
    kept = KeptLines(
        range(len(OPTIONS)),
        [_PROMISED, _CAME],
        "segments",
        "EUR per customer in half a year",
    )
    axes = kept.figure.axes[0]
    axes.set_xticks(range(len(OPTIONS)), [str(option) for option in OPTIONS])
    axes.axhline(0, color="black", linewidth=1)

    def update(customers: int, way: str) -> Reading:
        if (customers, way) not in known:
            home = homes.setdefault(customers, Letters(market, customers, seed))
            known[customers, way] = promises(home, way)
        table = known[customers, way]
        kept.show({_PROMISED: table["promised"], _CAME: table["came"]})
        return _read(table, customers)

    controls = {
        "customers": choice("customers of the firm", [(f"{n:,}", n) for n in SIZES], 2_000),
        "way": choice("letters go where", list(_READINGS.items()), ESTIMATED),
    }
    return LiveView(controls, update, kept.figure)


def _named(cells: object) -> str:
    return "one-to-one" if cells == LINE else "one segment" if cells == 1 else f"{cells} segments"


def _read(table: pd.DataFrame, customers: int) -> Reading:
    finest = table.loc[729]
    title = (
        f"{customers:,} customers in 729 segments: the pilot promises {euros(finest['promised'])}, "
        f"and {euros(finest['came'])} come"
    )
    best = table["came"].round(2)
    leader = _named(best.index[int(best.to_numpy().argmax())])
    line = table.loc[LINE]
    text = (
        f"EUR per customer in half a year, over letters to nobody. Most came with {leader} "
        f"({euros(best.max())}). By one line in the usual margin (one-to-one) "
        f"{euros(line['promised'])} were promised and {euros(line['came'])} came."
    )
    return Reading(title, text)

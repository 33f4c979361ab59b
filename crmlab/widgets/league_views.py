"""Which model leads, and where? The league from stored worlds, and one more world on a button."""

from __future__ import annotations

import ipywidgets
import pandas as pd

from crmlab.experiments import league
from crmlab.plots.intervals import KeptGains
from crmlab.plots.style import euros, number
from crmlab.widgets.controls import choice
from crmlab.widgets.live import LiveView, Reading

FIRST_SEED = 900_000


class LeagueView(ipywidgets.VBox):
    """The league of the lecture models: choose a market, see the table; play a new world.

    Attributes
    ----------
    view : LiveView
        Pack, condition and whether prospects are for sale.
    button : widget
        Plays one more world of that market with all models, and marks it in the figure.
    """

    def __init__(self, customers: int = 500) -> None:
        self.customers = customers
        names = [name for name in league.models() if name != league.NOTHING]
        self._kept = KeptGains(len(names), "profit over doing nothing (EUR per customer)")
        self._world: pd.Series | None = None
        self._played = 0
        controls = {
            "pack": choice("pack", list(league.PACKS)),
            "condition": choice("condition", list(league.CONDITIONS)),
            "season": choice("prospects", list(league.SEASONS)),
        }
        self.view = LiveView(controls, self._update, self._kept.figure)
        self.button = ipywidgets.Button(
            description="Play a new world", layout={"width": "220px"},
            tooltip="All models live through one world that nobody has seen",
        )  # fmt: skip
        self.button.on_click(self._play)
        super().__init__([self.view, self.button])
        for control in controls.values():
            control.observe(self._forget, names="value")

    def _update(self, pack: str, condition: str, season: str) -> Reading:
        played = league.played(pack, condition, season)
        table = league.table(played)
        self._kept.show(table, self._world)
        return _read(table, played["seed"].nunique(), self._world)

    def _forget(self, change: object) -> None:
        """A world that was played belongs to one market."""
        self._world = None
        self.view._refresh()

    def _play(self, button: object = None) -> None:
        """Let every model live through one more world."""
        self.button.disabled, self.button.description = True, "Playing ..."
        try:
            seed = FIRST_SEED + self._played
            self._played += 1
            rows = league.play(league.market(**self.view.values), [seed], None, self.customers)
            self._world = league.table(rows)["gain_eur"]
            self.view._refresh()
        finally:
            self.button.disabled, self.button.description = False, "Play a new world"


def _read(table: pd.DataFrame, worlds: int, world: pd.Series | None) -> Reading:
    first, second = table.iloc[0], table.iloc[1]
    name = str(table.index[0])
    if first["gain_eur"] <= 0 or first["low"] <= 0:
        title = "No model surely earns more than doing nothing"
    elif first["low"] > second["gain_eur"]:
        title = f"{name[0].upper()}{name[1:]} leads: {euros(first['gain_eur'], signed=True)}"
    else:
        title = f"{name[0].upper()}{name[1:]} leads, but {table.index[1]} is close"
    words = "; ".join(
        f"{n} {euros(r['gain_eur'], signed=True)} [{number(r['low'])}, {number(r['high'])}]"
        for n, r in table.iterrows()
    )
    text = f"EUR per customer over doing nothing, mean of {worlds} worlds [95 % interval]: {words}."
    if world is not None:
        best = str(world.round(4).idxmax())
        text += (
            f" In the new world (crosses) {best} came first with {euros(world.max(), signed=True)}."
        )
    return Reading(title, text)


def league_table(customers: int = 500) -> LeagueView:
    """See the league of the lecture models, and play a new world of it.

    Parameters
    ----------
    customers : int
        Of the world that the button plays.
    """
    return LeagueView(customers)

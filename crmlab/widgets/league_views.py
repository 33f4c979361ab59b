"""Which model leads, and where? The league from stored worlds, and one more world on a button."""

from __future__ import annotations

import ipywidgets
import pandas as pd

from crmlab.checks import whole_number
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
    button : widget
        Plays one more world of that market with all models, and marks it in the figure.
    view : LiveView
        Pack, condition and whether prospects are for sale.
    """

    def __init__(self, customers: int = league.CUSTOMERS) -> None:
        whole_number("customers", customers, 1, 10**6)
        self.customers = customers
        names = [name for name in league.models() if name != league.NOTHING]
        self._kept = KeptGains(len(names), "profit over doing nothing (EUR per customer)")
        self._world: tuple[dict[str, str], pd.Series] | None = None
        self._played = 0
        controls = {
            "pack": choice("pack", list(league.PACKS)),
            "condition": choice("condition", list(league.CONDITIONS)),
            "season": choice("prospects", list(league.SEASONS)),
        }
        self.view = LiveView(controls, self._update, self._kept.figure)
        self.button = ipywidgets.Button(
            description="Play a new world", layout={"width": "220px"},
            tooltip="All models live through one world that is not in the table",
        )  # fmt: skip
        self.button.on_click(self._play)
        super().__init__([self.button, self.view])

    def _update(self, **market: str) -> Reading:
        """The figure of one market; a world that was played belongs to its own."""
        played = league.played(**market)
        world = self._world[1] if self._world and self._world[0] == market else None
        gains = league.over_nothing(played)
        table = league.table(played)
        self._kept.show(table, world, gains)
        return _read(table, gains, world)

    def _play(self, button: object = None) -> None:
        """Let every model live through one more world."""
        self.button.disabled, self.button.description = True, "Playing ..."
        try:
            market, seed = self.view.values, FIRST_SEED + self._played
            self._played += 1
            rows = league.play(league.market(**market), [seed], None, self.customers)
            self._world = market, league.over_nothing(rows).loc[seed].drop(league.NOTHING)
            self.view._refresh()
        except Exception as error:  # there is no cell to raise in
            self.view.tell(error)
        finally:
            self.button.disabled, self.button.description = False, "Play a new world"


def _read(table: pd.DataFrame, gains: pd.DataFrame, world: pd.Series | None) -> Reading:
    best = league.leader(gains)
    name, second = str(best["model"]), str(best["second"])
    if name == league.NOTHING:
        title = "No model earns more than doing nothing"
    elif best["sure"]:
        title = f"In the lead: {name}, {euros(table.loc[name, 'gain_eur'], signed=True)}"
    else:
        title = f"In the lead: {name}, but {second} may be as good"
    words = "; ".join(
        f"{n} {euros(r['gain_eur'], signed=True)} [{number(r['low'])}, {number(r['high'])}]"
        for n, r in table.iterrows()
    )
    text = (
        f"EUR per customer over doing nothing. Bars: mean of {len(gains)} worlds and its 95 % "
        f"interval; dots: the single worlds. {words}."
    )
    if world is not None:
        first = str(world.round(4).idxmax())
        came = f"{first} came first with {euros(world.max(), signed=True)}"
        none = "none of them beat doing nothing"
        text += f" In the new world (crosses) {came if world.max() > 0 else none}."
    return Reading(title, text)


def league_table(customers: int = league.CUSTOMERS) -> LeagueView:
    """See the league of the lecture models, and play a new world of it.

    Parameters
    ----------
    customers : int
        Of the world that the button plays.
    """
    return LeagueView(customers)

"""How does a class play the portfolio game? A board of choices, one button, and a reveal.

Everything is a button that Tab reaches and Enter or space presses (lists would need the up and
down arrows, which JupyterLab keeps for itself), and says which cell it is for; what happened is
announced. After eight quarters the result stands beside nobody's, the decision list's and the
oracle's.
"""

from __future__ import annotations

import html
import math
from typing import Any

import ipywidgets
import pandas as pd

from crmlab import plots
from crmlab.experiments.portfolio_game import QUARTERS, PortfolioGame
from crmlab.plots import KeptBars
from crmlab.plots.picture import Picture, mimebundle, svg
from crmlab.plots.style import entitle
from crmlab.strategic.portfolio.board import CELLS, WORDS
from crmlab.tables import STRATEGIES

_LEAVE = "leave alone"
_NUMBERS = {"width": "690px"}
_PLAYERS = ["you", "decision list", "oracle"]
_EFFECTS = {
    _LEAVE: "costs and changes nothing",
    "protect": "keeps the rival away for a quarter",
    "re-engineer": "cuts the cost of serving it for good; paid once",
    "enhance": "raises our share of its wallet",
    "harvest": "a higher price, no more visits",
    "end": "stops serving it for good",
    "win back": "asks it back; the sooner, the likelier",
    "start": "tries to win it",
}
_NO_CEILING = (
    "The oracle knows what each strategy is expected to do for an account itself, not the luck of "
    "these two years, and not what accounts do to each other: it can be beaten."
)


class GameView(ipywidgets.VBox):
    """The portfolio game, to be played without code.

    Attributes
    ----------
    game : PortfolioGame
    choices : dict of cell to widget
        The decision for each cell.
    button : widget
        Plays the quarter.
    """

    def __init__(self, game: PortfolioGame) -> None:
        self.game = game
        self.choices = {cell: self._choice(cell) for cell in CELLS}
        self.button = ipywidgets.Button(description="", layout={"width": "220px"})
        self._head, self._wish = ipywidgets.HTML(), ipywidgets.HTML()
        self._said, self._picture = ipywidgets.HTML(), ipywidgets.HTML()
        self._numbers = {cell: ipywidgets.HTML(layout=_NUMBERS) for cell in CELLS}
        self._bars = KeptBars(
            [str(i + 1) for i in range(QUARTERS)], "quarter", "profit of the firm (EUR)"
        )
        rows = [ipywidgets.HBox([self._numbers[c], self.choices[c]]) for c in CELLS]
        super().__init__([self._head, *rows, self._wish, self.button, self._said, self._picture])
        self.add_class("crmlab-game")
        self._figure: Picture = self._bars.figure
        self._refresh("Choose what to do with each cell, then play the quarter.")
        for control in self.choices.values():
            control.observe(self._count, names="value")
        self.button.on_click(self._play)

    @property
    def decisions(self) -> dict[str, str]:
        """What has been chosen: cell to strategy, without the cells left alone."""
        return {cell: control.value for cell, control in self.choices.items() if control.value}

    def _choice(self, cell: str) -> ipywidgets.Widget:
        words = [_LEAVE, *CELLS[cell]]
        return ipywidgets.ToggleButtons(
            options=[(word, "" if word == _LEAVE else word) for word in words],
            tooltips=[f"{cell}: {word} ({_EFFECTS[word]})" for word in words],
            style={"button_width": "auto"},
        )

    def _play(self, button: object = None) -> None:
        """The button: play, or begin again when the game is over."""
        if self.game.over:
            again = PortfolioGame(
                self.game.seed, self.game.customers, self.game.budget_eur, self.game.scenario
            )
            self.game = again
            self._refresh("A new game with the same firm.")
            return
        if self.game.quarter == QUARTERS:
            self._say(
                "Playing, and working out what the others would have made of it ...", "status"
            )
        try:
            report = self.game.play(self.decisions)
            self._refresh(str(report))
        except Exception as error:
            self._say(f"This quarter cannot be played. {type(error).__name__}: {error}", "alert")

    def _refresh(self, words: str) -> None:
        game = self.game
        board = game.board
        for cell, line in self._numbers.items():
            line.value = f"<b>{cell}</b> · {_in_words(board.loc[cell])}"
        state = "The game is over" if game.over else f"Quarter {game.quarter} of {QUARTERS}"
        self._head.value = (
            f"<p><b>{state}.</b> {game.customers} customers at the start; "
            f"{game.budget_eur:,.0f} EUR for strategies a quarter. Numbers are thousand EUR per "
            "account and quarter; <i>value</i> is all that the records let expect of an account, "
            "<i>tie</i> the relationship and <i>rival</i> that with a rival (1 to 7), <i>risk</i> "
            "the chance of leaving in a quarter. "
            f"A strategy for one account and quarter costs: {self._prices()} (re-engineering is "
            "paid once). Your choices stay on until you change them.</p>"
            f"<p><small>{html.escape(WORDS)}.</small></p>"
        )
        self.button.description = (
            "Play again from the start" if game.over else f"Play quarter {game.quarter}"
        )
        self._count()
        self._draw(words)
        self._say(words, "status", self._result() if game.over else "")

    def _prices(self) -> str:
        price = self.game.scenario.prices.of_strategy
        return ", ".join(f"{s} {price(s):,.0f} EUR" for s in STRATEGIES)

    def _count(self, change: object = None) -> None:
        """Say what the decisions would cost."""
        if self.game.over:
            self._wish.value = ""
            return
        wish = self.game.wishes(self.decisions)
        over = wish["cost_eur"] - self.game.budget_eur
        beyond = "" if over <= 0 else (
            f" That is {over:,.0f} EUR beyond the budget, which goes first to the accounts with "
            "the highest value or potential."
        )  # fmt: skip
        self._wish.value = (
            f"<p>Your decisions: {int(wish['accounts'])} accounts, {wish['cost_eur']:,.0f} EUR."
            f"{beyond}</p>"
        )

    def _result(self) -> str:
        """What everybody made of the firm, as HTML."""
        table = self.game.result().set_index("player").rename_axis(None).round(-2)
        names = {
            "profit_eur": "profit in eight quarters (EUR)",
            "difference_eur": "more than nobody (EUR)",
            "spent_eur": "spent on strategies (EUR)",
        }
        shown = table.rename(columns=names)[list(names.values())]
        return f"{shown.to_html(float_format='{:,.0f}'.format)}<p>{_NO_CEILING}</p>"

    def _say(self, words: str, role: str, more: str = "") -> None:
        said = f"<p>{html.escape(words)}</p>{more}"
        self._said.value = f'<div role="{role}" aria-live="polite">{said}</div>'

    def _draw(self, words: str) -> None:
        game = self.game
        if game.over:
            lead = game.lead()
            best = lead[_PLAYERS].iloc[-1].idxmax()
            self._figure = plots.weekly(
                lead, "quarter", _PLAYERS, ylabel="profit ahead of nobody (EUR)",
                xlabel="quarters played",
                title=f"The same accounts, the same luck: {best} ahead at the end",
            )  # fmt: skip
        else:
            self._figure = self._bars.figure
            profits = [r.profit_eur for r in game.reports]
            self._bars.show([*profits, *[math.nan] * (QUARTERS - len(profits))])
            title = f"Profit so far: {sum(profits):,.0f} EUR" if profits else "Nothing played yet"
            entitle(self._figure, title, words)
        # Before the first quarter an empty frame would say nothing.
        self._picture.value = svg(self._figure) if game.reports else ""

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        """The widget; for readers without a kernel the picture as it stands, and its words."""
        data, metadata = mimebundle(self._figure)
        return super()._repr_mimebundle_(**kwargs) | data, metadata

    def __repr__(self) -> str:
        return f"GameView({self.game!r})"


def _thousand(eur: float, places: int = 1) -> str:
    """EUR in thousands, with a true minus.

    >>> _thousand(72_052.0), _thousand(-99.0)
    ('72.1', '−0.1')
    """
    return f"{eur / 1_000:,.{places}f}".replace("-", "−")


def _in_words(row: pd.Series) -> str:
    """The numbers of a cell, in the order of the board."""
    count = int(row["accounts"])
    if not count:
        return "no accounts"
    parts = [f"{count} account{'s' * (count != 1)}"]
    if row["sales_eur"] > 0:
        parts += [f"{n} {_thousand(row[f'{n}_eur'])}" for n in ("sales", "serving", "profit")]
    else:
        parts.append(f"wallet {_thousand(row['wallet_eur'])}")
    if row["lifetime_value_eur"] != 0:
        parts.append(f"value {_thousand(row['lifetime_value_eur'], 0)}")
    if row["relationship"] == row["relationship"] and row["lifetime_value_eur"] != 0:
        parts.append(f"tie {row['relationship']:.1f}")
        parts.append(f"rival {row['rival']:.1f}")
        parts.append(f"risk {row['leaving_risk']:.0%}")
    return " · ".join(parts)


def portfolio_game(seed: int = 7, customers: int = 60, budget_eur: float | None = None) -> GameView:
    """Play eight quarters as a portfolio manager, with the keyboard or the mouse.

    Parameters
    ----------
    seed : int
        The firm.
    customers : int
        At the start, 20 to 2,000.
    budget_eur : float, optional
        For strategies, a quarter; by default EUR 400 per customer of the start.

    Examples
    --------
    >>> view = portfolio_game(customers=30)
    >>> view.choices["valuable, loose"].value = "protect"
    >>> view.button.click()
    >>> view.game.quarter
    2
    """
    return GameView(PortfolioGame(seed, customers, budget_eur))

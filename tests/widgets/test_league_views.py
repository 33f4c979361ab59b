"""The view of the league: a market is chosen, and one more world is played."""

import pandas as pd
import pytest

from crmlab.experiments import league
from crmlab.widgets.league_views import LeagueView


@pytest.fixture
def view(monkeypatch):
    """Three stored worlds in which IDIC leads; the new world is won by REAP."""
    names = list(league.models())

    def worlds(best):
        rows = [
            (seed, name, float(name == best) * 2 + 0.1 * i)
            for seed in (1, 2, 3)
            for i, name in enumerate(names)
        ]
        return pd.DataFrame(rows, columns=["seed", "model", "profit_eur"])

    monkeypatch.setattr(league, "played", lambda **market: worlds("IDIC"))

    def play(scenario, seeds, *rest):
        return worlds("REAP").query("seed == 1").assign(seed=seeds[0])

    monkeypatch.setattr(league, "play", play)
    return LeagueView()


def test_the_title_names_who_leads(view):
    """And the line of text has every model."""
    assert view.view.reading.title.startswith("In the lead: IDIC")
    assert all(name in view.view.reading.text for name in league.models() if name != "nothing")


def test_the_button_plays_one_more_world(view):
    """It is marked, named, and forgotten when another market is chosen."""
    view.button.click()
    assert "REAP came first" in view.view.reading.text
    assert not view.button.disabled
    view.view.controls["pack"].value = "subscription"
    assert "came first" not in view.view.reading.text
    view.view.controls["pack"].value = "retail"
    assert "REAP came first" in view.view.reading.text  # it belongs to this market


def test_a_view_without_customers_is_refused():
    """Before the button is there."""
    with pytest.raises(ValueError, match="customers must be"):
        LeagueView(0)


def test_an_error_of_the_button_is_told(view, monkeypatch):
    """There is no cell to raise in."""

    def broken(*anything):
        raise MemoryError("too many customers")

    monkeypatch.setattr(league, "play", broken)
    view.button.click()
    assert "too many customers" in view.view._line.value
    assert not view.button.disabled

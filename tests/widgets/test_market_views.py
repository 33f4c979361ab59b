import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab import policies
from crmlab.widgets import contact_pressure, pressure_grid, replay
from crmlab.widgets.summaries import extra_so_far, gains_at, orders_a_week, profit_so_far

SMALL = {"customers": 200, "weeks": 12, "seed": 3}


def test_replay_shows_what_simulate_gives():
    view = replay("retail", **SMALL)
    view.controls["every_weeks"].value = 1
    run = crm.simulate("retail", **SMALL, policy=policies.newsletter(1))
    lines = {line.get_label(): line for line in view.figure.axes[0].get_lines()}
    assert list(lines["newsletter"].get_ydata()) == list(orders_a_week(run.records.orders, 12))
    assert f"{len(run.records.messages):,} messages" in view.reading.text


def test_without_a_newsletter_both_lines_are_the_same():
    view = replay("retail", **SMALL)
    view.controls["every_weeks"].value = 0
    nothing, newsletter = view.figure.axes[0].get_lines()
    assert list(nothing.get_ydata()) == list(newsletter.get_ydata())
    assert view.reading.title == "No newsletter: both lines are the same"


@pytest.mark.parametrize("weekly_gain", [1.0, -1.0])
def test_contact_pressure_names_the_best_frequency_of_the_week(weekly_gain):
    weeks = pd.RangeIndex(1, 4, name="week")
    grid = pd.DataFrame(
        {"never": [0.0] * 3, "4": [-0.1, -0.1, -0.1], "1": [weekly_gain] * 3}, weeks
    )
    view = contact_pressure(grid)
    view.controls["after_weeks"].value = 2
    won = "By week 2, writing every week leads: +1.00 EUR per customer"
    lost = "By week 2, no newsletter has paid for itself"
    assert view.reading.title == (won if weekly_gain > 0 else lost)
    assert [bar.get_height() for bar in view.figure.axes[0].patches] == [-0.1, weekly_gain]


def test_the_grid_ends_at_the_profit_of_each_run():
    grid = pressure_grid("retail", **SMALL, frequencies=(4,))
    run = crm.simulate("retail", **SMALL, policy=policies.newsletter(4))
    assert list(grid.columns) == ["never", "4"]
    assert grid["4"].iloc[-1] == pytest.approx(run.profit / 200)
    assert gains_at(grid, 12)["4"] == pytest.approx(grid["4"].iloc[-1] - grid["never"].iloc[-1])


def test_summaries_add_up_to_their_tables():
    run = crm.simulate("retail", **SMALL)
    orders = orders_a_week(run.records.orders, 12)
    assert orders.sum() == len(run.records.orders)
    assert profit_so_far(run.ledger, 12)[-1] == pytest.approx(run.profit)
    assert not extra_so_far(orders, orders).any()
    assert extra_so_far(np.array([2, 0]), np.array([1, 1])).tolist() == [1, 0]

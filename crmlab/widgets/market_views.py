"""Would more newsletters bring more? Two views on the same customers with the same luck."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crmlab import policies
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.plots.kept import KeptBars, KeptPair
from crmlab.plots.style import euros
from crmlab.policy import Policy
from crmlab.widgets.controls import slider
from crmlab.widgets.live import LiveView, Reading
from crmlab.widgets.summaries import extra_so_far, gains_at, orders_a_week, profit_so_far

NEVER, SENDING, EXTRA = "nothing", "newsletter", "extra orders\nso far"
FREQUENCIES = (26, 13, 8, 4, 2, 1)


def replay(
    scenario: Scenario | str = "retail", customers: int = 1_000, weeks: int = 52, seed: int = 7
) -> LiveView:
    """Drag a slider, and watch the same customers change: each setting simulates them again.

    Parameters
    ----------
    scenario, customers, weeks, seed
        As in `crmlab.simulate`.
    """
    without = simulate(scenario, customers, weeks, seed)
    baseline = orders_a_week(without.records.orders, weeks)
    kept = KeptPair(np.arange(weeks), [NEVER, SENDING], "week", "orders a week", EXTRA)
    kept.show({NEVER: baseline})

    def update(every_weeks: int) -> Reading:
        run = simulate(scenario, customers, weeks, seed, newsletter(every_weeks))
        orders = orders_a_week(run.records.orders, weeks)
        kept.show({SENDING: orders, EXTRA: extra_so_far(orders, baseline)})
        return _replayed(every_weeks, run, without, customers)

    control = slider("newsletter every n weeks (0 = never)", 0, 12, 2)
    return LiveView({"every_weeks": control}, update, kept.figure)


def newsletter(every_weeks: int) -> Policy | None:
    """The newsletter that a slider stands for; 0 stands for none."""
    return policies.newsletter(every_weeks) if every_weeks else None


def _replayed(every_weeks: int, run: Run, without: Run, customers: int) -> Reading:
    gain = (run.profit - without.profit) / customers
    if not every_weeks:
        return Reading("No newsletter: both lines are the same", _counts(run, without))
    name = f"A newsletter every {every_weeks} weeks" if every_weeks > 1 else "A weekly newsletter"
    verb = "earns" if gain >= 0 else "costs"
    return Reading(f"{name} {verb} {euros(abs(gain))} per customer", _counts(run, without))


def _counts(run: Run, without: Run) -> str:
    return (
        f"{len(run.records.messages):,} messages sent. {len(run.records.orders):,} orders against "
        f"{len(without.records.orders):,} without a newsletter; profit {euros(run.profit)} "
        f"against {euros(without.profit)}."
    )


def pressure_grid(
    scenario: Scenario | str = "retail",
    customers: int = 1_000,
    weeks: int = 52,
    seed: int = 7,
    frequencies: Sequence[int] = FREQUENCIES,
) -> pd.DataFrame:
    """Profit so far, EUR per customer: one row a week, one column a frequency of writing.

    Parameters
    ----------
    scenario, customers, weeks, seed
        As in `crmlab.simulate`.
    frequencies : sequence of int
        Weeks between two newsletters; the first column, "never", needs no number.
    """
    grid = {}
    for every_weeks in (0, *frequencies):
        run = simulate(scenario, customers, weeks, seed, newsletter(every_weeks))
        name = str(every_weeks) if every_weeks else "never"
        grid[name] = profit_so_far(run.ledger, weeks) / customers
    return pd.DataFrame(grid, index=pd.RangeIndex(1, weeks + 1, name="week"))


def contact_pressure(
    grid: pd.DataFrame | None = None,
    scenario: Scenario | str = "retail",
    customers: int = 1_000,
    weeks: int = 52,
    seed: int = 7,
) -> LiveView:
    """See which frequency of writing looks best after so many weeks.

    Parameters
    ----------
    grid : DataFrame, optional
        What `pressure_grid` returns; computed from the other arguments if None.
    scenario, customers, weeks, seed
        As in `crmlab.simulate`.
    """
    table = pressure_grid(scenario, customers, weeks, seed) if grid is None else grid
    gains = table.sub(table.iloc[:, 0], axis=0).to_numpy()
    kept = KeptBars(
        list(table.columns[1:]),
        "weeks between two newsletters (26: seldom, 1: every week)",
        "gain over none (EUR per customer)",
        ylim=_around(gains),
    )

    def update(after_weeks: int) -> Reading:
        gain = gains_at(table, after_weeks)
        kept.show(gain)
        return _best(gain, after_weeks)

    last = int(table.index[-1])
    control = slider("looking back after week", int(table.index[0]), last, last)
    return LiveView({"after_weeks": control}, update, kept.figure)


def _around(values: np.ndarray) -> tuple[float, float]:
    """A range with room for the numbers at the bars' ends, the same for every setting."""
    low, high = min(values.min(), 0.0), max(values.max(), 0.0)
    room = 0.12 * ((high - low) or 1.0)
    return low - room * (low < 0), high + room


def _every(weeks: str) -> str:
    return "every week" if weeks == "1" else f"every {weeks} weeks"


def _best(gain: pd.Series, after_weeks: int) -> Reading:
    best, most = str(gain.index[int(gain.argmax())]), euros(gain.max(), signed=True)
    words = "; ".join(f"{_every(str(name))} {euros(v, signed=True)}" for name, v in gain.items())
    if gain.max() > 0:
        title = f"By week {after_weeks}, writing {_every(best)} leads: {most} per customer"
    else:
        title = f"By week {after_weeks}, no newsletter has paid for itself"
    return Reading(title, f"Gain over no newsletter, per customer: {words}.")

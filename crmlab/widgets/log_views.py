"""After how many weeks of silence is a customer lost? A view on a firm's own log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from crmlab.analytical.cohorts import VERDICTS, came_back, judge_silence
from crmlab.plots.kept import KeptBars
from crmlab.plots.style import euros
from crmlab.widgets.controls import slider
from crmlab.widgets.live import LiveView, Reading

if TYPE_CHECKING:
    from crmlab.analytical.cohorts import When
    from crmlab.records import Records

MOST_WEEKS, MOST_ORDERS = 52, 6
LETTER_EUR = 0.75


def silence(
    records: Records,
    when: When | None = None,
    horizon_weeks: int = 26,
    letter_eur: float = LETTER_EUR,
) -> LiveView:
    """Set the weeks of silence after which a customer counts as lost, and see who came back.

    What was known is read from ``records.as_of``, what came from the weeks after it.

    Parameters
    ----------
    records, when, horizon_weeks
        As in `crmlab.analytical.cohorts.came_back`.
    letter_eur : float
        What it would cost to write to one customer who counts as lost, EUR.
    """
    customers = came_back(records, when, horizon_weeks)
    longest = int(customers["weeks_silent"].max())
    last = max(min(longest, MOST_WEEKS), 1)
    kept = KeptBars(
        [verdict.replace(": ", ":\n") for verdict in VERDICTS], "", "customers",
        ylim=(0.0, 1.12 * len(customers)),
    )  # fmt: skip

    def update(weeks: int, orders: int) -> Reading:
        chosen = customers[customers["orders"] >= orders]
        counts = judge_silence(chosen, weeks)
        kept.show(counts)
        return _judged(counts, weeks, orders, horizon_weeks, letter_eur)

    controls = {
        "weeks": slider("lost after n weeks of silence", 1, last, min(13, last)),
        "orders": slider("only customers with at least n orders so far", 1, MOST_ORDERS, 1),
    }
    return LiveView(controls, update, kept.figure)


def _judged(
    counts: pd.Series, weeks: int, orders: int, horizon_weeks: int, letter_eur: float
) -> Reading:
    gone, wrong, right, missed = (int(counts[verdict]) for verdict in VERDICTS)
    lost, total = gone + wrong, gone + wrong + right + missed
    who = "" if orders == 1 else f" with {orders} orders or more"
    text = (
        f"Of {total:,} customers{who}, {lost:,} had been silent for {weeks} weeks or longer; "
        f"{wrong:,} of them ordered within the next {horizon_weeks} weeks, {gone:,} did not. Of "
        f"the {right + missed:,} others {missed:,} stayed away as well. Letters to those called "
        f"lost would cost {euros(lost * letter_eur)}, {euros(wrong * letter_eur)} of it for "
        "people who came back without one."
    )
    some = "" if orders == 1 else f" ({orders} orders or more)"
    if not lost:
        return Reading(f"Nobody had been silent for {weeks} weeks{some}", text)
    return Reading(
        f"Of {lost:,} called lost after {weeks} weeks, {wrong / lost:.0%} came back{some}", text
    )

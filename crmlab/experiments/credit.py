"""Does a report credit messages with the right orders? Attribution against a second life.

The same customers live once with the messages and once without, with the same luck. An order
of both lives would have come anyway; an order of the first life alone was caused. An order's
key is made of customer, week and place in the week, so that the two lives can be laid side by
side, order by order.
"""

from __future__ import annotations

import pandas as pd

from crmlab.analytical.attribution import last_click
from crmlab.market.run import Run

ANYWAY = "credited: would have come anyway"
EARNED = "credited: caused by messages"
MISSED = "not credited: caused by messages"
LOST = "lost because of messages"


def credit(busy: Run, quiet: Run, window_days: float = 7.0, event: str = "click") -> pd.DataFrame:
    """What attribution credits messages with, beside what they did.

    Parameters
    ----------
    busy, quiet : Run
        The same world with the messages and without.
    window_days, event
        As in `last_click`.

    Returns
    -------
    DataFrame
        Index: `ANYWAY`, `EARNED` (together what is claimed), `MISSED`, `LOST` (with `EARNED`
        together what was gained); columns: orders, margin_eur (before returns; what was lost
        is negative).

    Raises
    ------
    ValueError
        The two runs are not of one world.
    """
    one_world(busy, quiet)
    r, before = busy.records, quiet.records.orders
    credited = last_click(r.orders, r.messages, r.responses, window_days, event)
    known, claimed = r.orders["order_id"].isin(before["order_id"]), credited["order_id"]
    anyway = claimed.isin(before["order_id"])
    missed = r.orders[~known & ~r.orders["order_id"].isin(claimed)]
    gone = before[~before["order_id"].isin(r.orders["order_id"])]
    parts = {ANYWAY: credited[anyway], EARNED: credited[~anyway], MISSED: missed, LOST: gone}
    sign = {LOST: -1}
    rows = [(sign.get(name, 1) * len(part), sign.get(name, 1) * part["margin_eur"].sum())
            for name, part in parts.items()]  # fmt: skip
    return pd.DataFrame(rows, index=pd.Index(parts, name="orders that were"),
                        columns=["orders", "margin_eur"]).round(2)  # fmt: skip


def claimed_and_gained(table: pd.DataFrame) -> tuple[float, float]:
    """The margin that a report claims, and the margin that was really gained, EUR.

    Parameters
    ----------
    table : DataFrame
        From `credit`.
    """
    eur = table["margin_eur"]
    return float(eur[[ANYWAY, EARNED]].sum()), float(eur[[EARNED, MISSED, LOST]].sum())


def one_world(busy: Run, quiet: Run) -> None:
    """Raise `ValueError` unless the two runs are two lives of the same customers."""
    mine, theirs = ((r.scenario, r.customers, r.weeks, r.seed) for r in (busy, quiet))
    if mine != theirs:
        raise ValueError(
            "busy and quiet must be runs of one world: the same scenario, customers, weeks "
            f"and seed; got {mine[1:]} and {theirs[1:]}."
        )

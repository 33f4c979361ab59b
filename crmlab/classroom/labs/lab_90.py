"""What is asked in notebook 90: which rows are orders, a look into the future, and a decision."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from crmlab.classroom.questions import question
from crmlab.classroom.regret import Regret

if TYPE_CHECKING:
    import pandas as pd

    from crmlab.market.run import Run
    from crmlab.policy import Actions, View
    from crmlab.records import Records

MIDDLE = "2024-12-30"
BEST = 100
STOP_AFTER = (4, 8, 13, 26, 52, 999)
PASS_EUR = 100.0


def small_log() -> pd.DataFrame:
    """Seven rows of a till, as text: receipt, client, day, amount."""
    import pandas as pd

    rows = [
        ("501", "Ada", "2024-03-01", "20.00"),
        ("502", "Bo", "2024-03-02", "-5.00"),
        ("503", "Ada", "2024-13-05", "12.00"),
        ("504", "", "2024-03-06", "30.00"),
        ("505", "Bo", "2024-03-09", "0.00"),
        ("501", "Cleo", "2024-03-10", "8.00"),
        ("507", "Cleo", "2024-03-12", "15.00"),
    ]
    frame = pd.DataFrame(rows, columns=["receipt", "client", "day", "amount"])
    return frame.set_axis(pd.RangeIndex(1, len(rows) + 1, name="row"))


def read(log: pd.DataFrame) -> Records:
    """The records of such a log."""
    from crmlab.records import Records

    return Records.from_transactions(
        log, customer="client", date="day", value="amount", id="receipt"
    )


@cache
def shop() -> Run:
    """The shop of q2 and q3: 1,000 customers, 78 weeks, nothing done."""
    from crmlab.market.run import simulate

    return simulate("retail", customers=1_000, weeks=78, seed=904)


def stop_after(silent_weeks: int) -> Callable[[View], Actions]:
    """A weekly newsletter to those who agreed and have ordered in the last so many weeks."""
    import numpy as np

    from crmlab.policy import Actions

    def policy(view: View) -> Actions:
        ids = view.column("profiles", "customer_id")
        silent = view.now - view.column("profiles", "last_ordered_at")
        worth_it = silent < np.timedelta64(7 * silent_weeks, "D")
        return Actions(ids[worth_it & np.isin(ids, view.agreed())])

    return policy


def profit_of(silent_weeks: int) -> float:
    """What the shop of q3 earns in 78 weeks with such a newsletter, EUR."""
    from crmlab.market.run import simulate

    policy = stop_after(silent_weeks)
    return simulate("retail", customers=1_000, weeks=78, seed=904, policy=policy).profit


@question(
    "90-data/q1",
    hints=(
        "A free order is an order: nothing forbids a value of 0.",
        "Of two rows with the same receipt the first good one is kept.",
        "Four rows are refused: a negative value, an impossible month, no client, a receipt twice.",
    ),
)
def rows_kept() -> set[int]:
    """Which rows of the small log are orders (their row numbers)?"""
    log = small_log()
    return set(log.index) - set(read(log).refused["row"])  # type: ignore[index]


@question(
    "90-data/q2",
    points=2,
    tolerance=0.01,
    hints=(
        "Whom would the analyst have called best on 30 December, without knowing what came?",
        "records.as_of('2024-12-30').profiles has the value_eur so far: take the 100 largest.",
        "Then add up the value_eur of their orders from that day on, over that of all customers.",
    ),
)
def share_of_the_best() -> float:
    """Which share of the later turnover came from the 100 customers who were best by then?"""
    records = shop().records
    then = records.as_of(MIDDLE).profiles.set_index("customer_id")["value_eur"]
    orders = records.orders
    later = orders[orders["ordered_at"] >= MIDDLE]
    from_best = later["customer_id"].isin(then.nlargest(BEST).index)
    return float(later["value_eur"][from_best].sum() / later["value_eur"].sum())


@question(
    "90-data/q3",
    points=3,
    hints=(
        "Try them: simulate(..., policy=stop_after(n)).profit.",
        "Stop too early, and those who take a break hear nothing. Never stop, and the silent tire.",
    ),
)
def when_to_stop() -> Regret:
    """After how many weeks of silence (4, 8, 13, 26, 52, 999) should the newsletter stop?"""
    return Regret.among(STOP_AFTER, profit_of, PASS_EUR)

"""Who renewed, and who was lost? Renewals due and made, as a list of invoices shows them.

An invoice falls due a whole number of terms after the first one, to the second. So a firm with
contracts need not guess who has left, and can count by tenure, by channel, or by the cell of a
trial.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.asof import When, moment
from crmlab.checks import whole_number
from crmlab.tables import EPOCH, WEEK_SECONDS


def renewals(orders: pd.DataFrame, until: When, contract_weeks: int = 4) -> pd.DataFrame:
    """Every renewal that has fallen due, and whether it was made.

    Parameters
    ----------
    orders : DataFrame
        ``customer_id``, ``ordered_at``; each customer's first is the start of the contract.
    until : When
        A week number or a time: what falls due later is not counted.
    contract_weeks : int
        Length of a term.

    Returns
    -------
    DataFrame
        One row a customer and renewal: ``customer_id``, ``renewal`` (1, 2, ...), ``due_at``,
        ``made``. Nothing more falls due after the first that was not made.

    Examples
    --------
    >>> days = pd.to_datetime(["2024-01-01", "2024-01-29", "2024-01-10"])
    >>> orders = pd.DataFrame({"customer_id": [1, 1, 2], "ordered_at": days})
    >>> renewals(orders, "2024-03-10")[["customer_id", "renewal", "made"]].values.tolist()
    [[1, 1, True], [1, 2, False], [2, 1, False]]
    """
    whole_number("contract_weeks", contract_weeks, 1, 520)
    end = moment(until, EPOCH)
    known = orders[orders["ordered_at"] < end]
    start = known.groupby("customer_id")["ordered_at"].transform("min")
    term = contract_weeks * WEEK_SECONDS
    since = (known["ordered_at"] - start).dt.total_seconds().to_numpy().astype(np.int64)
    invoice = known[since % term == 0].assign(term=since[since % term == 0] // term)
    by = invoice.groupby("customer_id").agg(first=("ordered_at", "min"), last=("term", "max"))
    age = ((end - by["first"]).dt.total_seconds().to_numpy() - 1) // term
    made = by["last"].to_numpy().astype(np.int64)
    due = np.minimum(made + 1, age.astype(np.int64))
    who = np.repeat(np.arange(len(by)), due)
    number = np.arange(len(who)) - np.repeat(np.cumsum(due) - due, due) + 1
    first = by["first"].to_numpy()[who]
    return pd.DataFrame(
        {
            "customer_id": by.index.to_numpy()[who],
            "renewal": number,
            "due_at": first + (number * term).astype("timedelta64[s]"),
            "made": number <= made[who],
        }
    )


def retention_by_tenure(due: pd.DataFrame, most: int = 24) -> pd.DataFrame:
    """Of those whose n-th renewal fell due, which share made it?

    Parameters
    ----------
    due : DataFrame
        As `renewals` gives it.
    most : int
        The last renewal to show.

    Returns
    -------
    DataFrame
        Index ``renewal``; ``due`` (number), ``kept`` (share).
    """
    seen = due[due["renewal"] <= most].groupby("renewal")["made"].agg(["size", "mean"])
    return seen.set_axis(["due", "kept"], axis=1)


def survivors(due: pd.DataFrame, renewal: int, until: When, contract_weeks: int = 4) -> list[int]:
    """How many of those who could have made so many renewals made 0, 1, 2, ... of them.

    Only customers whose last one of these would have fallen due are counted, gone or not: the
    numbers that `crmlab.analytical.ShiftedBetaGeometric` is fitted to. (With the younger ones
    among those who are gone, but not among those who stay, retention would look too low.)

    Parameters
    ----------
    due : DataFrame
        As `renewals` gives it.
    renewal : int
        The last renewal to count.
    until, contract_weeks
        As they were given to `renewals`.

    Examples
    --------
    >>> days = pd.to_datetime(["2024-01-01", "2024-01-29", "2024-01-10", "2024-02-20"])
    >>> orders = pd.DataFrame({"customer_id": [1, 1, 2, 3], "ordered_at": days})
    >>> survivors(renewals(orders, "2024-03-10"), 2, "2024-03-10")
    [2, 1, 0]
    """
    whole_number("renewal", renewal, 0, 10_000)
    first = due[due["renewal"] == 1].set_index("customer_id")["due_at"]
    last = first + np.timedelta64((renewal - 1) * contract_weeks * WEEK_SECONDS, "s")
    made = due.groupby("customer_id")["made"].sum()[last.index[last < moment(until, EPOCH)]]
    return [int((made >= k).sum()) for k in range(renewal + 1)]

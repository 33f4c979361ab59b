"""How should the same thing be put to this customer? The channel that is worth its price.

Gilmore and Pine's (1997) *cosmetic* customiser changes nothing but the presentation. Here that is
the channel: a letter is read more often than a mail and costs two hundred times as much, so it is
worth it only where the added reading is worth more. How often somebody reads in a channel is
guessed from what the trade expects and corrected by what that customer has opened; what a reading
is worth is reckoned from what the customer spends.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.checks import at_least_zero
from crmlab.tables import DIRECT_CHANNELS


@dataclass(frozen=True)
class OwnChannel:
    """Choose a channel for each customer: expected reading times its worth, less the price.

    Parameters
    ----------
    expected : tuple of float
        Share of mails, letters and calls that the trade expects to be read, each in [0, 1].
    as_messages : float
        Messages that this expectation counts for beside what a customer has opened, > 0.
    worth_weeks : float
        What one reading brings, in weeks of the customer's usual margin. The default follows
        from what is told of newsletters: a tenth more orders for two weeks, three in ten read.
    watched_weeks : float
        The usual margin is that of so many weeks back, > 0.

    Raises
    ------
    ValueError
        Names the argument, quotes the value and gives the remedy.

    Examples
    --------
    >>> own = OwnChannel()
    >>> own.choose(
    ...     opened=[[0, 0, 0]], sent=[[12, 0, 0]], weekly_eur=[4.0], price=[0.004, 0.75, 3.5]
    ... )
    array(['post'], dtype=object)
    """

    expected: tuple[float, float, float] = (0.3, 0.5, 0.35)
    as_messages: float = 4.0
    worth_weeks: float = 0.7
    watched_weeks: float = 26.0

    def __post_init__(self) -> None:
        if len(self.expected) != len(DIRECT_CHANNELS) or not all(
            0 <= e <= 1 for e in self.expected
        ):
            raise ValueError(
                f"expected must be a share in [0, 1] for each of {', '.join(DIRECT_CHANNELS)}, "
                f"got {self.expected}."
            )
        for name in ("as_messages", "watched_weeks"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be > 0, got {getattr(self, name)}.")
        at_least_zero("worth_weeks", self.worth_weeks)

    def reading(self, opened: np.ndarray, sent: np.ndarray) -> np.ndarray:
        """The share that each customer is expected to read, shape ``(n_customers, 3)``."""
        known, tried = np.asarray(opened, dtype=float), np.asarray(sent, dtype=float)
        prior = self.as_messages * np.array(self.expected)
        return (known + prior) / (tried + self.as_messages)

    def choose(
        self, opened: np.ndarray, sent: np.ndarray, weekly_eur: np.ndarray, price: np.ndarray
    ) -> np.ndarray:
        """The best channel of each customer.

        Parameters
        ----------
        opened, sent : array, shape (n_customers, 3)
            Messages by channel, in the order of `tables.DIRECT_CHANNELS`.
        weekly_eur : array, shape (n_customers,)
            The customer's usual margin, EUR a week.
        price : array, shape (3,)
            Of one message by each channel, EUR.
        """
        worth = self.worth_weeks * np.asarray(weekly_eur, dtype=float)[:, None]
        gain = self.reading(opened, sent) * worth - np.asarray(price, dtype=float)
        return np.array(DIRECT_CHANNELS, dtype=object)[gain.argmax(axis=1)]


def by_channel(
    customers: np.ndarray, messages: pd.DataFrame, responses: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray]:
    """Messages opened by, and sent to, each customer: two arrays of shape ``(n, 3)``."""
    place = pd.Index(customers)
    read = responses.loc[responses["event"] == "open", "message_id"]
    sent, opened = (
        _tally(place, m["customer_id"], m["channel"])
        for m in (messages, messages[messages["message_id"].isin(read)])
    )
    return opened, sent


def weekly_margin(
    customers: np.ndarray, orders: pd.DataFrame, now: np.datetime64, weeks: float
) -> np.ndarray:
    """What each customer has brought lately, EUR of margin a week."""
    since = now - np.timedelta64(int(weeks * 7 * 24 * 3600), "s")
    late = orders[orders["ordered_at"] >= since]
    total = late.groupby("customer_id")["margin_eur"].sum()
    return total.reindex(customers, fill_value=0.0).to_numpy() / weeks


def _tally(place: pd.Index, customer: pd.Series, channel: pd.Series) -> np.ndarray:
    row = place.get_indexer(customer)
    column = pd.Index(DIRECT_CHANNELS).get_indexer(channel)
    known = (row >= 0) & (column >= 0)
    table = np.zeros((len(place), len(DIRECT_CHANNELS)))
    np.add.at(table, (row[known], column[known]), 1.0)
    return table

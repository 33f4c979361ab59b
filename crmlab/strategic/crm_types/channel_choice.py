"""Which medium for which customer? Channel management as a bandit that learns from responses.

The lecture notes' second element of collaborative CRM "decides which medium to communicate with
each customer based on insights gained". Here the insight is who has opened what: each customer's
reading by channel is guessed from all customers and corrected by what that one has opened
(messages sent and opened count against ``as_messages`` of the mean). A reading is worth some weeks
of the customer's usual margin; the price of the channel is taken off. Most messages go by the
channel that looks best, a share ``explore`` by one drawn by lot, with the probability written down:
epsilon-greedy (Sutton and Barto 2018, Reinforcement Learning, section 2.2) with each customer's
value and past reading as the context. Only what could pay is tried: a channel whose price is above
what even a sure reading would be worth is left out of the lot. Only who agreed is written to.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.checks import at_least_zero, one_of, whole_number
from crmlab.policy import Actions, View
from crmlab.strategic.presentation import weekly_margin
from crmlab.tables import CHANNELS

HOPED = 0.3
"""Share that is expected to be read by a channel never tried; counts for 20 messages; *assumed*."""
_WATCHED_WEEKS = 26.0


@dataclass(frozen=True)
class OneChannel:
    """Write to everybody who agreed by the same channel.

    >>> OneChannel("web")
    web for all
    """

    channel: str = "email"
    every_weeks: int = 2

    def __post_init__(self) -> None:
        one_of("channel", self.channel, CHANNELS)
        whole_number("every_weeks", self.every_weeks, 1, 520)

    def start(self, seed: int) -> None:
        """Nothing to remember."""

    def decide(self, view: View, state: None) -> tuple[Actions, None]:
        """Write when it is time."""
        if view.week % self.every_weeks:
            return Actions(), None
        return Actions(np.sort(view.agreed()), channel=self.channel), None

    def __repr__(self) -> str:
        return f"{self.channel} for all"


@dataclass(frozen=True)
class ChannelBandit:
    """Choose each customer's channel by what has been opened, and keep on trying a little.

    Parameters
    ----------
    explore : float
        Share of messages whose channel is drawn, in [0, 1].
    worth_weeks : float
        What one reading brings, in weeks of the customer's usual margin.
    as_messages : float
        Messages that the mean of all counts for beside a customer's own.
    every_weeks : int
        Weeks between two messages, at least 1.

    Raises
    ------
    ValueError
        Names the argument, quotes the value and gives the remedy.

    Examples
    --------
    >>> import crmlab as crm
    >>> run = crm.simulate("retail", 200, 12, seed=3, policy=ChannelBandit())
    >>> bool((run.records.messages["propensity"] > 0).all())
    True
    """

    explore: float = 0.1
    worth_weeks: float = 0.7
    as_messages: float = 4.0
    every_weeks: int = 2

    def __post_init__(self) -> None:
        if not 0.0 <= self.explore <= 1.0:
            raise ValueError(
                f"explore must be in [0, 1], got {self.explore}. Is this a percentage?"
            )
        at_least_zero("worth_weeks", self.worth_weeks)
        if not self.as_messages > 0:
            raise ValueError(f"as_messages must be > 0, got {self.as_messages}.")
        whole_number("every_weeks", self.every_weeks, 1, 520)

    def start(self, seed: int) -> None:
        """All that it knows is in the records."""

    def decide(self, view: View, state: None) -> tuple[Actions, None]:
        """Write when it is time, to each by a channel of their own."""
        ids = np.sort(view.agreed())
        if view.week % self.every_weeks or not len(ids):
            return Actions(), None
        worth, price = self.worth_eur(view, ids), view.prices.of_channel()
        gain = reading(*tally(view, ids), self.as_messages) * worth[:, None] - price
        chosen, chance = self.draw(view, ids, gain, worth[:, None] > price)
        names = np.array(CHANNELS, dtype=object)[chosen]
        return Actions(ids, channel=names, propensity=chance), None

    def worth_eur(self, view: View, ids: NDArray) -> NDArray[np.float64]:
        """What one reading by each customer is believed to bring, EUR."""
        return self.worth_weeks * weekly_margin(ids, view.frame("orders"), view.now, _WATCHED_WEEKS)

    def draw(
        self, view: View, ids: NDArray, gain: NDArray, could_pay: NDArray
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The channel of each customer (a place in `CHANNELS`), and the probability that it had.

        Parameters
        ----------
        gain : array, shape (n_customers, n_channels)
            Expected, EUR a message.
        could_pay : array of bool, same shape
            What may be tried; of whom nothing could pay, the best guess is written by.
        """
        best, row, many = gain.argmax(axis=1), np.arange(len(ids)), could_pay.sum(axis=1)
        lot = view.chance.uniform("explore", ids, 2 * view.week)
        place = np.floor(view.chance.uniform("explore", ids, 2 * view.week + 1) * many)
        order = np.argsort(~could_pay, axis=1, kind="stable")
        drawn = order[row, place.astype(np.int64)]
        tries = (lot < self.explore) & (many > 0)
        chosen = np.where(tries, drawn, best)
        share = np.where(many > 0, self.explore, 0.0)
        chance = share * could_pay[row, chosen] / np.maximum(many, 1)
        return chosen, chance + (1.0 - share) * (chosen == best)

    def __repr__(self) -> str:
        return f"channel bandit, exploring {self.explore:.0%}"


def tally(view: View, ids: NDArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Messages opened by, and sent to, each customer by channel: two arrays ``(n, 7)``."""
    place = pd.Index(ids).get_indexer(view.column("messages", "customer_id"))
    column = view.codes("messages", "channel").astype(np.int64)
    read = view.column("responses", "message_id")[view.codes("responses", "event") == 1]
    open_ = np.isin(view.column("messages", "message_id"), read)
    shape = (len(ids), len(CHANNELS))
    sent, opened = np.zeros(shape), np.zeros(shape)
    np.add.at(sent, (place, column), 1.0)
    np.add.at(opened, (place[open_], column[open_]), 1.0)
    return opened, sent


def reading(opened: NDArray, sent: NDArray, as_messages: float) -> NDArray[np.float64]:
    """The share that each customer is expected to read by each channel.

    Parameters
    ----------
    opened, sent : array, shape (n_customers, n_channels)
    as_messages : float
        Messages that the mean of all customers counts for, > 0.

    Examples
    --------
    >>> reading(np.array([[3.0], [0.0]]), np.array([[4.0], [4.0]]), as_messages=4.0).round(2)
    array([[0.54],
           [0.16]])
    """
    mean = (opened.sum(axis=0) + HOPED * 20.0) / (sent.sum(axis=0) + 20.0)
    return np.asarray((opened + as_messages * mean) / (sent + as_messages))

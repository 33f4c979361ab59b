"""Which medium for which customer? Channel management as a bandit that learns from responses.

The lecture notes' second element of collaborative CRM "decides which medium to communicate with
each customer based on insights gained". Here the insight is who has opened what: each customer's
reading by channel is guessed from all customers and corrected by what that one has opened
(messages sent and opened count against ``as_messages`` of the mean). A reading is worth some weeks
of the customer's usual margin; the price of the channel is taken off. Most messages go by the
channel that looks best, a share ``explore`` by one drawn among all that are allowed, with the
probability written down: epsilon-greedy (Sutton and Barto 2018, Reinforcement Learning, section
2.2) with each customer's value, permission and past reading as the context.
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

FREE = tuple(name in ("post", "web", "shop") for name in CHANNELS)
"""Channels that need no permission: a letter, and what stands in one's own shop or web shop."""


@dataclass(frozen=True)
class OneChannel:
    """Write to everybody by the same channel, if it is allowed.

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
        ids = np.sort(view.column("profiles", "customer_id"))
        allowed = permitted(view, ids)[:, CHANNELS.index(self.channel)]
        return Actions(ids[allowed], channel=self.channel), None

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
    learn_weeks : int
        For so long all channels are drawn from alike; *assumed*.

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
    learn_weeks: int = 2
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
        whole_number("learn_weeks", self.learn_weeks, 0, 520)

    def start(self, seed: int) -> None:
        """All that it knows is in the records."""

    def decide(self, view: View, state: None) -> tuple[Actions, None]:
        """Write when it is time, to each by a channel of their own; nobody whom none is worth."""
        ids = np.sort(view.column("profiles", "customer_id"))
        if view.week % self.every_weeks or not len(ids):
            return Actions(), None
        allowed = permitted(view, ids)
        gain = self.gains(view, ids)
        chosen, chance = self.draw(view, ids, gain, allowed)
        go = chosen >= 0
        names = np.array(CHANNELS, dtype=object)[chosen[go]]
        return Actions(ids[go], channel=names, propensity=chance[go]), None

    def gains(self, view: View, ids: NDArray) -> NDArray[np.float64]:
        """What a message to each customer is expected to bring by each channel, EUR."""
        opened, sent = tally(view, ids)
        weekly = weekly_margin(ids, view.frame("orders"), view.now, 26.0)
        worth = self.worth_weeks * weekly[:, None]
        return reading(opened, sent, self.as_messages) * worth - view.prices.of_channel()

    def draw(
        self, view: View, ids: NDArray, gain: NDArray, allowed: NDArray
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The channel of each customer (-1 for none), and the probability that it had."""
        best = np.where(allowed, gain, -np.inf).argmax(axis=1)
        row, many = np.arange(len(ids)), allowed.sum(axis=1)
        explore = 1.0 if view.week < self.learn_weeks * self.every_weeks else self.explore
        lot = view.chance.uniform("explore", ids, 0)
        place = np.floor(view.chance.uniform("explore", ids, 1) * many).astype(np.int64)
        order = np.argsort(~allowed, axis=1, kind="stable")
        tries = lot < explore
        chosen = np.where(tries, order[row, place], best)
        chance = explore / many + (1.0 - explore) * (chosen == best)
        worthless = ~tries & (gain[row, best] <= 0)
        return np.where(worthless, -1, chosen), chance

    def __repr__(self) -> str:
        return f"channel bandit, exploring {self.explore:.0%}"


def permitted(view: View, ids: NDArray) -> NDArray[np.bool_]:
    """By which channel each customer may be written to, shape ``(n_customers, 7)``."""
    agreed = np.isin(ids, view.agreed())
    return agreed[:, None] | np.array(FREE)


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
    array([[0.57],
           [0.2 ]])
    """
    mean = (opened.sum(axis=0) + 1.0) / (sent.sum(axis=0) + 2.0)
    return np.asarray((opened + as_messages * mean) / (sent + as_messages))

"""What do customers turn to the firm for? Deliveries, bills and use make questions and complaints.

Every order is delivered by one of three partners, some of them late. Late deliveries are complained
of with `late_complaint`; besides, each order makes questions and complaints about delivery, bill
and use with `enquiries_per_order` and `complaints_per_order`, after an exponential time with mean
`case_days`. Whose case comes by which channel hangs on preference. All *assumed*. Each draw belongs
to the person, the week and the place of the order, so a policy that leaves the order leaves the
case.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crmlab.chance import exponential, normal, uniform
from crmlab.market.orders import Events
from crmlab.tables import CASE_CAUSES, CASE_KINDS, DIRECT_CHANNELS

if TYPE_CHECKING:
    from crmlab.market.world import World

_DAY = 86_400
_PROMISE_DAYS, _ON_TIME_DAYS, _LATE_DAYS = 3, 2.0, 4.0  # assumed
_KINDS, _CAUSES = len(CASE_KINDS), len(CASE_CAUSES)
DELIVERY = list(CASE_CAUSES).index("delivery")
ENQUIRY, COMPLAINT = range(_KINDS)
# The times of the draws of one order: partner, lateness, delay of the delivery; and of one case.
_PARTNER, _LATE, _DELAY = 0, 1, 2
_HAPPENS, _WHEN, _WAY, _SOLVED, _TIME, _RETURNS, _PAUSE, _SEEN, _CHASES, _CODED, _SURVEY, _EARLY = (
    range(12)
)
MOST_ROUNDS = 8  # how often one matter is taken up; beyond that people give up


@dataclass(frozen=True)
class Deliveries:
    """When each order was promised and came (seconds), by which partner, and whether late."""

    partner: NDArray[np.int64]
    promised_s: NDArray[np.int64]
    delivered_s: NDArray[np.int64]
    late: NDArray[np.bool_]


@dataclass(frozen=True)
class Cases:
    """Matters that come up, one array each; luck of every round of handling is drawn with them.

    ``number`` tells cases of one person apart: week, place of the order, cause and kind.
    """

    position: NDArray[np.int64]
    file: NDArray[np.int64]
    number: NDArray[np.int64]
    week: NDArray[np.int64]
    code: NDArray[np.int64]
    cause: NDArray[np.int64]
    kind: NDArray[np.int64]
    second: NDArray[np.int64]
    channel: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.position)

    def where(self, mask: NDArray) -> Cases:
        """The cases where ``mask`` holds."""
        return Cases(*(getattr(self, f.name)[mask] for f in fields(self)))


@dataclass(frozen=True)
class Luck:
    """What chance holds for one round of one case: uniforms, and variates of time."""

    solved: float
    time: float
    returns: float
    pause: float
    seen: float
    chases: float
    coded: float
    survey: float
    early: float


def deliver(world: World, orders: Events, week: int) -> Deliveries:
    """Deliver these orders of one week."""
    s, t = world.scenario, (week * 1024 + orders.code) * 4
    luck = world.base("delivery")[orders.position]
    partner = np.searchsorted(
        np.cumsum(s.partner_share)[:-1], uniform(luck, t + _PARTNER), side="right"
    )
    late = uniform(luck, t + _LATE) < np.array(s.late_share)[partner]
    promised = orders.second + _PROMISE_DAYS * _DAY
    within = uniform(luck, t + _DELAY)
    in_time = orders.second + _DAY + np.floor(within * _ON_TIME_DAYS * _DAY).astype(np.int64)
    after = promised + 3_600 + np.floor(-np.log(within) * _LATE_DAYS * _DAY).astype(np.int64)
    return Deliveries(partner, promised, np.where(late, after, in_time), late)


def arising(world: World, orders: Events, file: NDArray, sent: Deliveries, week: int) -> Cases:
    """The cases that these orders of one week give rise to, whenever they come up.

    Nobody complains of a late delivery before it is late.
    """
    s, who = world.scenario, orders.position
    luck = world.base("cases")[who]
    parts = []
    for cause in range(_CAUSES):
        for kind, rates in enumerate((s.enquiries_per_order, s.complaints_per_order)):
            number = ((week * 1024 + orders.code) * _CAUSES + cause) * _KINDS + kind
            rate = rates[cause] * world.people.demandingness[who]
            if cause == DELIVERY and kind == COMPLAINT:
                rate = np.where(sent.late, s.late_complaint, rate)
            row = np.flatnonzero(uniform(luck, _times(number, 0, _HAPPENS)) < rate)
            delay = (
                exponential(luck[row], _times(number[row], 0, _WHEN)) * s.case_days[cause] * _DAY
            )
            second = orders.second[row] + 600 + np.floor(delay).astype(np.int64)
            if cause == DELIVERY and kind == COMPLAINT:
                missed = np.where(sent.late[row], sent.promised_s[row] + 3_600, 0)
                second = np.maximum(second, missed)
            parts.append(
                Cases(
                    position=who[row],
                    file=file[row],
                    number=number[row],
                    week=np.full(len(row), week),
                    code=orders.code[row],
                    cause=np.full(len(row), cause),
                    kind=np.full(len(row), kind),
                    second=second,
                    channel=_channel(
                        world, who[row], uniform(luck[row], _times(number[row], 0, _WAY))
                    ),
                )
            )
    return Cases(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Cases)))


def draw_round(world: World, cases: Cases, index: int, round: int) -> Luck:
    """The luck of the ``round``-th time (from 0) that one case is taken up."""
    luck = world.base("cases")[cases.position[index]].reshape(1)
    times = _times(cases.number[index], round, np.arange(12))
    unit = uniform(luck, times)
    return Luck(
        solved=float(unit[_SOLVED]),
        time=float(normal(luck, times[_TIME])[0]),
        returns=float(unit[_RETURNS]),
        pause=float(-np.log(unit[_PAUSE])),
        seen=float(unit[_SEEN]),
        chases=float(unit[_CHASES]),
        coded=float(unit[_CODED]),
        survey=float(unit[_SURVEY]),
        early=float(unit[_EARLY]),
    )


def _times(number: NDArray, round: int, draw: int | NDArray) -> NDArray[np.int64]:
    return (number * MOST_ROUNDS + round) * 16 + draw


def _channel(world: World, who: NDArray, unit: NDArray) -> NDArray[np.int64]:
    """The channel of each case: usual shares, moved by what the person prefers and can use."""
    s = world.scenario
    mean = s.mean_preference
    weight = np.array(s.case_channel) * world.people.prefers[who] / mean
    if not len(who):
        return np.zeros(0, dtype=np.int64)
    edges = np.cumsum(weight, axis=1)
    at = unit * edges[:, -1]
    return np.minimum((at[:, None] >= edges).sum(axis=1), len(mean) - 1).astype(np.int64)


PHONE = DIRECT_CHANNELS.index("phone")

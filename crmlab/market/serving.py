"""What work does a customer make? Service that orders cause, and the minutes of every kind.

An order has to be packed, its lines picked, what comes back inspected; some customers also want
advice, order by telephone, need it tomorrow, or have something put right. How often is Poisson
with mean `service_per_order` times the person's *demandingness*, a trait that no order shows. A
piece of each takes `work_minutes`, a minute costs `work_minute_eur`. Teams write their hours
down week by week, with an error. All numbers are *assumed*; all are 0 by default, and then
serving customers is free, as in the lectures before activity-based costing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crmlab.chance import exponential, normal, poisson, uniform
from crmlab.market.baskets import Baskets
from crmlab.market.orders import Events
from crmlab.tables import SERVICE_KINDS, TEAM_DRIVERS, TEAMS, WEEK_SECONDS, WORK_DRIVERS

if TYPE_CHECKING:
    from crmlab.market.world import World

_LATER_DAYS = np.array([4.0, 0.0, 0.0, 8.0])  # after the order, mean; assumed
_TEAM = np.array(
    [[d in drivers for drivers in TEAM_DRIVERS.values()].index(True) for d in WORK_DRIVERS]
)
_MOST = 20  # pieces of one kind for one order
_DAY = 86_400


class Work:
    """Work that is done for customers: pieces by driver and week, minutes by person.

    Minutes are kept as whole hundredths, which add up to the same in any order.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.hundredths = np.rint(np.array(world.scenario.work_minutes) * 100).astype(np.int64)
        self.pieces = np.zeros((len(WORK_DRIVERS), world.weeks), dtype=np.int64)
        self.by_person = np.zeros(len(world.people), dtype=np.int64)

    def book(self, events: Events, b: Baskets, service: Service) -> None:
        """Book what these orders make the firm do; what falls due after the run is not done."""
        self._do(0, events.position, events.second)
        self._do(1, events.position[b.order], events.second[b.order])
        self._do(2, events.position[b.order[b.back]], b.back_s[b.back])
        for kind in range(len(SERVICE_KINDS)):
            row = service.kind == kind
            self._do(3 + kind, events.position[service.order[row]], service.second[row])

    def _do(self, driver: int, who: NDArray, second: NDArray) -> None:
        week = second // WEEK_SECONDS
        done = week < self.world.weeks
        self.pieces[driver] += np.bincount(week[done], minlength=self.world.weeks)
        self._make_room()
        np.add.at(self.by_person, who[done], self.hundredths[driver])

    def _make_room(self) -> None:
        missing = len(self.world.people) - len(self.by_person)
        self.by_person = np.pad(self.by_person, (0, missing))

    def minutes(self) -> NDArray[np.float64]:
        """True minutes of each team in each week, shape ``(n_teams, n_weeks)``."""
        by_driver = self.pieces * self.hundredths[:, None]
        return np.stack([by_driver[t == _TEAM].sum(axis=0) for t in range(len(TEAMS))]) / 100

    def sheets(self) -> dict[str, NDArray]:
        """The table `time_sheets`: what the teams wrote down, in raw columns."""
        weeks, sd = self.world.weeks, self.world.scenario.sheet_error
        week, team = np.repeat(np.arange(weeks), len(TEAMS)), np.tile(np.arange(len(TEAMS)), weeks)
        error = np.exp(sd * normal(self.world.luck.base("time sheets", week), team) - sd**2 / 2)
        return {
            "week": week,
            "team": team,
            "at": (week + 1) * WEEK_SECONDS - 1,
            "minutes": np.rint(self.minutes().T.ravel() * error).astype(np.int64),
        }

    def cost_eur(self, who: NDArray) -> NDArray[np.float64]:
        """What the work for each of these people cost, EUR."""
        self._make_room()
        return self.by_person[who] / 100 * self.world.scenario.work_minute_eur


@dataclass(frozen=True)
class Service:
    """Pieces of service work: of which order, of what kind, the how-manieth of it, and when."""

    order: NDArray[np.int64]
    kind: NDArray[np.int64]
    place: NDArray[np.int64]
    second: NDArray[np.int64]


def draw_service(world: World, events: Events, week: NDArray) -> Service:
    """The service work that these orders cause (``week`` per order)."""
    who, t = events.position, week * 1024 + events.code
    parts = []
    for kind, name in enumerate(SERVICE_KINDS):
        mean = world.scenario.service_per_order[kind] * world.people.demandingness[who]
        unit = uniform(world.base(f"service: {name}")[who], t)
        number = np.minimum(poisson(unit, mean), _MOST)
        order = np.repeat(np.arange(len(who)), number)
        place = np.arange(len(order)) - np.repeat(np.cumsum(number) - number, number)
        own = world.base(f"service time: {name}")[who[order]]
        delay = exponential(own, t[order] * 32 + place) * _LATER_DAYS[kind] * _DAY
        second = events.second[order] + np.floor(delay).astype(np.int64)
        parts.append((order, np.full(len(order), kind), place + 1, second))
    return Service(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))

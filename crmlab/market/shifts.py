"""When is an agent at work? Working hours on weekdays, as a clock that stands still at night.

An agent works some hours on each of five days a week, every second one from 9 o'clock and the
others until 18 o'clock, so that the desk is open longer than a shift. The phone rings in these
hours only. All *assumed*.
"""

from __future__ import annotations

from crmlab.tables import WEEK_SECONDS

_DAY, _OPENS, _CLOSES, _DAYS = 86_400, 9 * 3_600, 18 * 3_600, 5


class Shift:
    """The working hours of one agent.

    >>> early = Shift(0, hours=3.0)
    >>> early.next(0) / 3600, early.next(10 * 3600) / 3600, early.next(13 * 3600) / 3600
    (9.0, 10.0, 33.0)
    >>> early.after(11 * 3600, 2 * 3600) / 3600  # an hour today, an hour tomorrow
    34.0
    """

    def __init__(self, agent: int, hours: float) -> None:
        self.length = int(round(hours * 3_600))
        late = max(_CLOSES - self.length, _OPENS)
        self.start = late if agent % 2 else _OPENS

    def next(self, second: int) -> int:
        """The first second not before this one at which the agent works."""
        day, within = divmod(second, _DAY)
        if within >= self.start + self.length:
            day, within = day + 1, 0
        if day % 7 >= _DAYS:
            day, within = day + 7 - day % 7, 0
        return day * _DAY + max(within, self.start)

    def called(self, second: int) -> int:
        """When somebody rings who means to at ``second``: as far into a shift as into the day.

        >>> early = Shift(0, hours=8.0)
        >>> early.called(12 * 3600) / 3600, early.called(18 * 3600) / 3600
        (13.0, 39.0)
        """
        day, within = divmod(second, _DAY)
        into = self.start + within * self.length // _DAY
        day += within > into
        if day % 7 >= _DAYS:
            day += 7 - day % 7
        return day * _DAY + into

    def after(self, second: int, work: int) -> int:
        """When so many seconds of work are done that begin at ``second``."""
        now = self.next(second)
        while True:
            left = self.start + self.length - now % _DAY
            if work <= left:
                return now + work
            work -= left
            now = self.next(now - now % _DAY + self.start + self.length)


def hours_a_week(hours: float) -> float:
    """Hours that an agent is paid for in a week, for so many a day."""
    return hours * _DAYS


assert _DAYS * _DAY < WEEK_SECONDS

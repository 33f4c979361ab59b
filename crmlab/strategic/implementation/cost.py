"""What does it cost, and is it rented or owned? The lecture's five cost factors as a model.

The lecture notes (8.8) say that the cost depends on the type of the system, its size, its set-up,
its use case, and the location of the server. The first four make the work of setting it up::

    days = days of the set-up x type x use case x (users / 50) ** 0.6

and the fifth makes the cash flows of the years that follow. *Hosted* (Software-as-a-Service) is a
fee per user and month. *Own servers* are licences, hardware, administrators, maintenance and
upgrades: little of it depends on the number of users, so at these prices it is the size that
decides. Every number is *assumed*; the form of the comparison is that of total cost of ownership.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crmlab.checks import above_zero, at_least_zero, one_of, whole_number

TYPES = {"operational": 1.0, "analytical": 1.2, "social": 0.7, "sales": 0.8}
"""What the system does, and the work of it (assumed). Four of the lecture's five trends (8.1); the
fifth, Software-as-a-Service, says where it runs and not what it does."""
SET_UPS = {"standard": 10.0, "configured": 40.0, "coded": 120.0}
"""Days of work for 50 users (assumed)."""
USES = {"one department": 1.0, "several departments": 1.5, "customers too": 2.2}
"""Who works with it, and the work of it (assumed)."""
SERVERS = ("hosted", "own")
_SIZE_POWER, _SIZE = 0.6, 50.0
MOST_USERS = 1_000


@dataclass(frozen=True)
class System:
    """A CRM system by the lecture's five factors of cost.

    Parameters
    ----------
    kind : str
        The type: a key of `TYPES`.
    users : float
        The size: staff who have access, > 0.
    set_up : str
        A key of `SET_UPS`.
    use : str
        The use case: a key of `USES`.
    server : str
        Its location: ``"hosted"`` or ``"own"``.
    """

    kind: str = "sales"
    users: float = 45.0
    set_up: str = "configured"
    use: str = "one department"
    server: str = "hosted"

    def __post_init__(self) -> None:
        one_of("kind", self.kind, tuple(TYPES))
        one_of("set_up", self.set_up, tuple(SET_UPS))
        one_of("use", self.use, tuple(USES))
        one_of("server", self.server, SERVERS)
        above_zero("users", self.users)


@dataclass(frozen=True)
class Prices:
    """What the parts cost. Every default is assumed.

    Parameters
    ----------
    day_eur : float
        A day of a consultant.
    fee_eur : float
        Hosted: per user and month.
    licence_eur : float
        Own: per user, once.
    maintenance : float
        Own: share of the licence, every year.
    server_eur, users_per_server, server_years
        Own: a machine, how many users it serves, and when it is replaced.
    administrator_eur : float
        A full-time administrator, per year.
    administrator_least : float
        Own: the least share of one that a server needs.
    users_per_administrator : float
        Own: users who need one full-time administrator, beside what a hosted system needs.
    upgrade, upgrade_years
        Own: share of the licence for a new version, and how often.
    """

    day_eur: float = 800.0
    fee_eur: float = 65.0
    licence_eur: float = 900.0
    maintenance: float = 0.2
    server_eur: float = 12_000.0
    users_per_server: float = 250.0
    server_years: int = 5
    administrator_eur: float = 65_000.0
    administrator_least: float = 0.5
    users_per_administrator: float = 400.0
    upgrade: float = 0.4
    upgrade_years: int = 3

    def __post_init__(self) -> None:
        for f in fields(self):
            at_least_zero(f.name, getattr(self, f.name))
        above_zero("users_per_server", self.users_per_server)
        above_zero("users_per_administrator", self.users_per_administrator)
        whole_number("server_years", self.server_years, 1, 100)
        whole_number("upgrade_years", self.upgrade_years, 1, 100)


def set_up_days(system: System) -> float:
    """Days of work to set the system up, by type, size, set-up and use case.

    >>> set_up_days(System("operational", 50, "coded", "several departments"))
    180.0
    """
    size = (system.users / _SIZE) ** _SIZE_POWER
    return SET_UPS[system.set_up] * TYPES[system.kind] * USES[system.use] * size


def cash_flows(system: System, prices: Prices, years: int = 5) -> pd.DataFrame:
    """What the system costs from year to year, part by part; all costs are positive.

    Parameters
    ----------
    system : System
    prices : Prices
    years : int
        How long it runs. Year 0 is the beginning; a year's costs come at its end.

    Returns
    -------
    DataFrame
        One row a year from 0 to ``years``, one column a part, in EUR.

    Examples
    --------
    >>> flows = cash_flows(System(users=10), Prices(fee_eur=50), years=2)
    >>> flows["subscription"].tolist()
    [0.0, 6000.0, 6000.0]
    """
    return pd.DataFrame(
        _parts(system, prices, years), index=pd.Index(range(years + 1), name="year")
    )


def _parts(system: System, prices: Prices, years: int) -> dict[str, np.ndarray]:
    whole_number("years", years, 1, 100)
    year = np.arange(years + 1)
    set_up = np.where(year == 0, set_up_days(system) * prices.day_eur, 0.0)
    parts = _hosted if system.server == "hosted" else _own
    return {"set-up": set_up, **parts(system.users, prices, year)}


def _hosted(users: float, prices: Prices, year: np.ndarray) -> dict[str, np.ndarray]:
    return {"subscription": np.where(year > 0, 12 * users * prices.fee_eur, 0.0)}


def _own(users: float, prices: Prices, year: np.ndarray) -> dict[str, np.ndarray]:
    running, last = year > 0, year[-1]
    licence = users * prices.licence_eur
    machines = np.ceil(users / prices.users_per_server) * prices.server_eur
    staff = max(prices.administrator_least, users / prices.users_per_administrator)
    bought = (year % prices.server_years == 0) & (year < last)
    renewed = running & (year % prices.upgrade_years == 0) & (year < last)
    return {
        "licence": np.where(year == 0, licence, 0.0),
        "hardware": np.where(bought, machines, 0.0),
        "staff": np.where(running, staff * prices.administrator_eur, 0.0),
        "maintenance": np.where(running, prices.maintenance * licence, 0.0),
        "upgrades": np.where(renewed, prices.upgrade * licence, 0.0),
    }


def present_value(flows: pd.DataFrame | pd.Series | Sequence[float], rate: float) -> float:
    """What the flows of years 0, 1, 2, ... are worth today, at a yearly rate.

    >>> present_value([100.0, 110.0], rate=0.1)
    200.0
    """
    if not rate > -1:
        raise ValueError(f"rate must be > -1, got {rate}. 0.08 means 8 % a year.")
    table = np.asarray(flows, dtype=float)
    total = table.sum(axis=1) if table.ndim == 2 else table
    return float((total * (1 + rate) ** -np.arange(len(total))).sum())


def cost_eur(system: System, prices: Prices, years: int, rate: float) -> float:
    """What the system costs over its life, in euros of today."""
    return present_value(sum(_parts(system, prices, years).values()), rate)


def hosting_saves_eur(
    system: System, prices: Prices, years: int, rate: float, overrun: ArrayLike = 1.0
) -> np.ndarray:
    """What hosting saves against own servers over the years, in euros of today.

    Parameters
    ----------
    system : System
        Its ``server`` does not matter.
    prices, years, rate
        As in `cost_eur`.
    overrun : array
        How many times its estimate the running of own servers costs (see `overruns`).

    Returns
    -------
    array
        EUR, of the shape of ``overrun``; negative where own servers are cheaper.
    """
    own, hosted = (cost_eur(replace(system, server=s), prices, years, rate)
                   for s in ("own", "hosted"))  # fmt: skip
    set_up = set_up_days(system) * prices.day_eur
    return set_up + (own - set_up) * np.asarray(overrun, dtype=float) - hosted


def overruns(normals: ArrayLike, log_sd: float) -> np.ndarray:
    """Factors with mean 1 by which a cost misses its estimate: lognormal.

    >>> overruns([0.0], 0.0).tolist()
    [1.0]
    """
    at_least_zero("log_sd", log_sd)
    return np.exp(log_sd * np.asarray(normals, dtype=float) - log_sd**2 / 2)


def break_even_users(
    system: System, prices: Prices, years: int, rate: float, most: int = MOST_USERS
) -> int | None:
    """The number of users from which on own servers are cheaper, up to ``most``; None if never.

    Machines come whole, so the lead may change more than once: own servers are cheaper for
    this number and for all larger ones that are tried.

    Examples
    --------
    >>> break_even_users(System(), Prices(fee_eur=100.0), years=5, rate=0.08)
    50
    """
    for users in range(most, 0, -1):
        if hosting_saves_eur(replace(system, users=users), prices, years, rate) >= 0:
            return users + 1 if users < most else None
    return 1


def break_even_years(system: System, prices: Prices, rate: float, most: int = 30) -> int | None:
    """The first number of years for which own servers are cheaper; None if they never are."""
    for years in range(1, most + 1):
        if hosting_saves_eur(system, prices, years, rate) < 0:
            return years
    return None

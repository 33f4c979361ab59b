"""From time sheets to costs: what do a firm's own teams say a piece of work takes?

Every week a team writes down its minutes; the tables say how much work of each kind fell into that
week. The time equation of the team is what fits both. Minutes are written down with an error
that grows with them, so sheets are weighted by 1 / (pieces of work) squared: without weights the
busiest weeks decide alone. What was paid for the work is then spread over the customers,
all of it, in proportion to the minutes that each took.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab.analytical.costing.time_driven import Costing, assign_costs, pools_for
from crmlab.analytical.costing.time_sheets import TimeEquation
from crmlab.checks import at_least_zero
from crmlab.tables import TEAM_DRIVERS

if TYPE_CHECKING:
    from crmlab.records import Records

_ACTIVITIES = {"orders": "pick and pack", "lines": "pick and pack", "returns": "handle returns"}


def work_log(records: Records) -> pd.DataFrame:
    """Every piece of work that left a row: what it was, for whom, and when it fell due.

    Parameters
    ----------
    records : Records
        With ``orders``, ``order_lines``, ``returns`` and ``services``.

    Returns
    -------
    DataFrame
        One row a piece: ``driver`` (one of `TEAM_DRIVERS`), ``customer_id``, ``at``.

    Examples
    --------
    >>> import crmlab as crm
    >>> from crmlab.market.packs import SERVING
    >>> shop = crm.scenario("retail").replace(**SERVING)
    >>> log = work_log(crm.simulate(shop, 300, 20, 7).records)
    >>> log.columns.tolist()
    ['driver', 'customer_id', 'at']
    """
    orders, returns, services = (records[name] for name in ("orders", "returns", "services"))
    bought = orders.set_index("order_id")[["customer_id", "ordered_at"]]
    parts = [
        _part("orders", orders["customer_id"], orders["ordered_at"]),
        _part("lines", *_of_order(bought, records["order_lines"])),
        _part("returns", _of_order(bought, returns)[0], returns["returned_at"]),
        _part(services["kind"].astype("str"), services["customer_id"], services["asked_at"]),
    ]
    return pd.concat(parts, ignore_index=True)


def _part(driver: str | pd.Series, who: pd.Series, at: pd.Series) -> pd.DataFrame:
    name = driver if isinstance(driver, str) else driver.to_numpy()
    return pd.DataFrame({"driver": name, "customer_id": who.to_numpy(), "at": at.to_numpy()})


def _of_order(bought: pd.DataFrame, rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Whose order each row belongs to, and when it was placed."""
    order = bought.reindex(rows["order_id"])
    return order["customer_id"], order["ordered_at"]


def sheet_volumes(records: Records) -> pd.DataFrame:
    """How much work of each kind fell into each week that the teams wrote down.

    Parameters
    ----------
    records : Records
        As in `work_log`, and with ``time_sheets``.

    Returns
    -------
    DataFrame
        One row a sheet's end (index ``at``), one column a driver of `TEAM_DRIVERS`: pieces
        from the end before it up to it. Work after the last sheet is left out.

    Raises
    ------
    ValueError
        There are no time sheets.

    Examples
    --------
    >>> import crmlab as crm
    >>> from crmlab.market.packs import SERVING
    >>> shop = crm.scenario("retail").replace(**SERVING)
    >>> len(sheet_volumes(crm.simulate(shop, 300, 20, 7).records))
    20
    """
    ends, log = _ends(records), work_log(records)
    place = np.searchsorted(ends, log["at"].to_numpy())
    counts = pd.crosstab(place, log["driver"])
    columns = [driver for drivers in TEAM_DRIVERS.values() for driver in drivers]
    counts = counts.reindex(range(len(ends)), fill_value=0)
    return counts.reindex(columns=columns, fill_value=0).set_index(pd.Index(ends, name="at"))


def _ends(records: Records) -> np.ndarray:
    if "time_sheets" not in records or not len(records["time_sheets"]):
        raise ValueError(
            "records must hold time sheets, there are none. In this market teams write them where "
            "serving customers is work: crm.scenario('retail').replace(**SERVING)."
        )
    return np.unique(records["time_sheets"]["at"].to_numpy())


def times_from_sheets(records: Records) -> pd.DataFrame:
    """How many minutes a piece of each work takes, as the teams' sheets tell.

    Parameters
    ----------
    records : Records
        As in `sheet_volumes`.

    Returns
    -------
    DataFrame
        One row a driver, as `assign_costs` wants it: ``activity``, ``pool`` (the team),
        ``driver``, ``minutes``; and ``standard_error`` of the minutes.

    Examples
    --------
    >>> import crmlab as crm
    >>> from crmlab.market.packs import SERVING
    >>> shop = crm.scenario("retail").replace(**SERVING, sheet_error=0.0)
    >>> times = times_from_sheets(crm.simulate(shop, 2_000, 52, 7).records)
    >>> times.set_index("driver")["minutes"].round(1).to_dict()["lines"]
    1.5
    """
    volumes, sheets = sheet_volumes(records), records["time_sheets"]
    parts = []
    for team, drivers in TEAM_DRIVERS.items():
        written = sheets[sheets["team"] == team].set_index("at")["minutes"]
        found = _fitted(volumes.loc[written.index, list(drivers)], written)
        parts.append(found.assign(pool=team))
    table = pd.concat(parts, ignore_index=True)
    table["activity"] = [_ACTIVITIES.get(driver, driver) for driver in table["driver"]]
    return table[["activity", "pool", "driver", "minutes", "standard_error"]]


def _fitted(pieces: pd.DataFrame, written: pd.Series) -> pd.DataFrame:
    """The time equation of one team; a team that never had work takes no time."""
    number = pieces.sum(axis=1)
    busy = number > 0
    minutes = errors = np.full(pieces.shape[1], np.nan)
    if busy.any():
        found = TimeEquation(fit_intercept=False)
        found.fit(pieces[busy].astype(float), written[busy], 1 / number[busy] ** 2)
        minutes, errors = found.minutes_, found.standard_error_
    return pd.DataFrame(
        {"driver": pieces.columns, "minutes": np.nan_to_num(minutes), "standard_error": errors}
    )


def absorb(volumes: pd.DataFrame, times: pd.DataFrame, cost_eur: float) -> Costing:
    """Who cost what, if all that was paid is spread by the minutes that each customer took.

    No minute is left unused: every team's minute costs the same, ``cost_eur`` over all minutes
    that these volumes and times add up to. So a mistake in the times moves costs between
    customers, never out of the books.

    Parameters
    ----------
    volumes, times : DataFrame
        As in `assign_costs`.
    cost_eur : float
        What was paid for the work, >= 0.

    Returns
    -------
    Costing

    Examples
    --------
    >>> volumes = pd.DataFrame({"orders": [3, 1]}, index=["Ada", "Bo"])
    >>> times = pd.DataFrame(
    ...     {"activity": ["pack"], "pool": "staff", "driver": "orders", "minutes": 4.0}
    ... )
    >>> absorb(volumes, times, cost_eur=20.0).cost_eur.tolist()
    [15.0, 5.0]
    """
    at_least_zero("cost_eur", cost_eur)
    units = volumes.sum().reindex(times["driver"]).to_numpy()
    minutes = float((times["minutes"] * units).sum())
    if not minutes > 0:
        raise ValueError("times and volumes must add up to some minutes, they add up to none.")
    if cost_eur == 0:
        return assign_costs(volumes, times.assign(minutes=0.0), pools_for(volumes, times, used=1.0))
    return assign_costs(volumes, times, pools_for(volumes, times, cost_eur / minutes, used=1.0))

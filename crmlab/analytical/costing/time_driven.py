"""What does a customer cost? Capacity cost rates times the time that each customer took.

Time-driven activity-based costing needs two estimates: what a minute of a department costs, and
how many minutes an event takes, by a time equation such as 4 minutes an order plus 1.5 a line.
It assumes that time at practical capacity drives cost; what nobody used is shown as unused and
charged to no customer. Source: Kaplan and Anderson (2004), Time-driven activity-based costing,
Harvard Business Review 82(11), 131-138.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

_TIMES = ["activity", "pool", "driver", "minutes"]
_POOLS = ["pool", "cost_eur", "capacity_minutes"]
_ROUNDING = 1e-9
_RETAIL = (
    ("pick and pack", "warehouse", "orders", 4.0),
    ("pick and pack", "warehouse", "lines", 1.5),
    ("pick and pack", "warehouse", "pieces", 0.3),
    ("handle returns", "warehouse", "returns", 9.0),
    ("bill and book", "office", "orders", 1.0),
    ("bill and book", "office", "returns", 3.0),
    ("bill and book", "office", "offers", 0.5),
    ("write letters", "office", "letters", 1.0),
    ("call", "service desk", "calls", 6.0),
    ("answer complaints", "service desk", "complaints", 12.0),
    ("run the web shop", "web shop", "visits", 0.05),
    ("run the web shop", "web shop", "pages", 0.01),
    ("send e-mails", "web shop", "emails", 0.002),
)


def retail_times() -> pd.DataFrame:
    """Time equations of a small mail-order firm, to start from: every minute is *assumed*.

    Returns
    -------
    DataFrame
        One row a term of a time equation: ``activity``, ``pool``, ``driver``, ``minutes``.

    Examples
    --------
    >>> retail_times().query("activity == 'pick and pack'")[["driver", "minutes"]]
       driver  minutes
    0  orders      4.0
    1   lines      1.5
    2  pieces      0.3
    """
    return pd.DataFrame(_RETAIL, columns=_TIMES)


@dataclass(frozen=True, eq=False)
class Costing:
    """Who cost what, and what was paid for and not used.

    Attributes
    ----------
    costs : DataFrame
        One row a customer (index ``customer_id``), one column an activity, EUR.
    pools : DataFrame
        One row a cost pool (index ``pool``): ``cost_eur``, ``capacity_minutes``,
        ``eur_per_minute``, ``used_minutes``, ``used_share``, ``assigned_eur``, ``unused_eur``
        (negative where more was used than there is: times or capacity are wrong).
    """

    costs: pd.DataFrame
    pools: pd.DataFrame

    @property
    def cost_eur(self) -> pd.Series:
        """Cost of each customer, EUR."""
        return self.costs.sum(axis=1).rename("cost_eur")

    @property
    def unused_eur(self) -> float:
        """Paid for and not used, over all pools, EUR."""
        return float(self.pools["unused_eur"].sum())

    def __repr__(self) -> str:
        p = self.pools
        lines = [
            f"{p['assigned_eur'].sum():,.2f} of {p['cost_eur'].sum():,.2f} EUR assigned to "
            f"{len(self.costs):,} customers, {self.unused_eur:,.2f} unused"
        ]
        for name, row in p.iterrows():
            over = "" if row["used_share"] <= 1 else ": MORE THAN ITS CAPACITY"
            lines.append(
                f"{name}: {row['used_share']:.0%} used at {row['eur_per_minute']:.2f} "
                f"EUR a minute{over}"
            )
        return "\n".join(lines)


def assign_costs(volumes: pd.DataFrame, times: pd.DataFrame, pools: pd.DataFrame) -> Costing:
    """What every customer cost, by activity, and how much of each pool was used.

    A customer's cost of an activity is the sum, over the terms of its time equation, of the
    pool's EUR a minute times minutes a unit times units (Kaplan and Anderson 2004).

    Parameters
    ----------
    volumes : DataFrame
        One row a customer, one column a driver, units >= 0 (`activity_volumes`).
    times : DataFrame
        One row a term: ``activity``, ``pool``, ``driver``, ``minutes`` a unit, >= 0.
    pools : DataFrame
        One row a pool: ``pool``, ``cost_eur`` >= 0, ``capacity_minutes`` > 0 in the same
        period (practical capacity, some 80 % of the time that is paid).

    Returns
    -------
    Costing

    Raises
    ------
    ValueError
        A column, pool or driver is missing, or a number is negative or missing.

    Examples
    --------
    >>> volumes = pd.DataFrame({"orders": [10, 1], "calls": [0, 5]}, index=["Ada", "Bo"])
    >>> times = pd.DataFrame(
    ...     {
    ...         "activity": ["pack", "call"],
    ...         "pool": "staff",
    ...         "driver": ["orders", "calls"],
    ...         "minutes": [4.0, 6.0],
    ...     }
    ... )
    >>> pools = pd.DataFrame({"pool": ["staff"], "cost_eur": 100.0, "capacity_minutes": 200.0})
    >>> costing = assign_costs(volumes, times, pools)
    >>> costing.costs
    activity  pack  call
    Ada       20.0   0.0
    Bo         2.0  15.0
    >>> costing
    37.00 of 100.00 EUR assigned to 2 customers, 63.00 unused
    staff: 37% used at 0.50 EUR a minute
    """
    _check(volumes, times, pools)
    table = pools.set_index("pool")[_POOLS[1:]].astype(float)
    rate = table["cost_eur"] / table["capacity_minutes"]
    terms = times.assign(eur=times["minutes"] * times["pool"].map(rate))
    prices = terms.pivot_table("eur", "driver", "activity", aggfunc="sum", fill_value=0.0)
    prices = prices[times["activity"].unique()]
    units = volumes.sum().reindex(times["driver"]).to_numpy()
    used = (times["minutes"] * units).groupby(times["pool"]).sum()
    used = used.reindex(table.index, fill_value=0.0)
    return Costing(
        costs=volumes[prices.index].astype(float) @ prices,
        pools=table.assign(
            eur_per_minute=rate,
            used_minutes=used,
            used_share=_exactly(used / table["capacity_minutes"]),
            assigned_eur=used * rate,
            unused_eur=table["cost_eur"] - used * rate,
        ),
    )


def _exactly(share: pd.Series) -> pd.Series:
    """1 where rounding alone makes it another number: full is not more than full."""
    return share.mask((share - 1).abs() < _ROUNDING, 1.0)


def pools_for(
    volumes: pd.DataFrame, times: pd.DataFrame, eur_per_minute: float = 0.6, used: float = 0.8
) -> pd.DataFrame:
    """The pools of a firm that is staffed for its work: ``used`` of each is busy.

    For a market whose firm has no payroll: what must be true of the cost pools so that these
    customers keep them this busy.

    Parameters
    ----------
    volumes, times : DataFrame
        As in `assign_costs`.
    eur_per_minute : float
        Of every pool, > 0.
    used : float
        Share of the capacity that the customers use, in (0, 1].

    Returns
    -------
    DataFrame
        One row a pool: ``pool``, ``cost_eur``, ``capacity_minutes``.

    Examples
    --------
    >>> volumes = pd.DataFrame({"orders": [10, 1]})
    >>> times = pd.DataFrame([("pack", "staff", "orders", 4.0)], columns=list(retail_times()))
    >>> pools_for(volumes, times, eur_per_minute=0.5)
        pool  cost_eur  capacity_minutes
    0  staff      27.5              55.0
    """
    if not 0 < used <= 1:
        raise ValueError(f"used must be in (0, 1], got {used!r}. Is this a percentage?")
    if not 0 < eur_per_minute < np.inf:
        raise ValueError(f"eur_per_minute must be a finite number > 0, got {eur_per_minute!r}.")
    _check_terms(volumes, times)
    units = volumes.sum().reindex(times["driver"]).to_numpy()
    minutes = (times["minutes"] * units).groupby(times["pool"], sort=False).sum() / used
    minutes = minutes[minutes > 0]
    return pd.DataFrame(
        {"cost_eur": minutes * eur_per_minute, "capacity_minutes": minutes}
    ).reset_index()


def _check(volumes: pd.DataFrame, times: pd.DataFrame, pools: pd.DataFrame) -> None:
    _check_columns("pools", pools, _POOLS)
    _check_terms(volumes, times)
    if pools["pool"].duplicated().any():
        twice = pools.loc[pools["pool"].duplicated(), "pool"].iloc[0]
        raise ValueError(f"pools must have one row a pool, got {twice!r} twice. Add them up.")
    _check_numbers("pools", "cost_eur", pools["cost_eur"])
    if not (pools["capacity_minutes"] > 0).all():
        worst = pools["capacity_minutes"].min()
        raise ValueError(f"pools must have capacity_minutes > 0, got {worst}.")
    # A pool nobody works in may be left out: `pools_for` does so.
    busy = times[volumes.sum().reindex(times["driver"]).to_numpy() > 0]
    unknown = busy.loc[~busy["pool"].isin(pools["pool"]), "pool"]
    if len(unknown):
        raise ValueError(
            f"pools must hold every pool of times, {unknown.iloc[0]!r} is missing from "
            f"{list(pools['pool'])}."
        )


def _check_terms(volumes: pd.DataFrame, times: pd.DataFrame) -> None:
    _check_columns("times", times, _TIMES)
    _check_numbers("times", "minutes", times["minutes"])
    if not len(times):
        raise ValueError("times must hold at least one term, got none.")
    unknown = times.loc[~times["driver"].isin(volumes.columns), "driver"]
    if len(unknown):
        raise ValueError(
            f"volumes must have a column for every driver, {unknown.iloc[0]!r} is missing from "
            f"{list(volumes.columns)}. Add it, or drop the terms of times that need it."
        )
    for driver in times["driver"].unique():
        _check_numbers("volumes", driver, volumes[driver])


def _check_columns(name: str, table: pd.DataFrame, needed: list[str]) -> None:
    missing = [c for c in needed if c not in table]
    if missing:
        raise ValueError(f"{name} must have the column {missing[0]!r}, got {list(table)}.")


def _check_numbers(name: str, column: str, values: pd.Series) -> None:
    good = np.isfinite(values.to_numpy(dtype=float)) & (values >= 0)
    if not good.all():
        bad = values[~good].iloc[0]
        raise ValueError(f"{name} must have finite {column!r} >= 0, got {bad}.")

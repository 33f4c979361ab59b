"""Which driver made the profit change? A tree of drivers whose contributions add up.

    profit = (kept + new customers) x orders each x lines an order x EUR a line x margin rate - cost

A change of a product cannot be shared out by changing one factor after the other: what comes out
depends on the order. Shapley's value is the mean over all orders, so that nothing is left over and
nothing counts twice (Shapley 1953; for business data Ang 2004, Energy Policy 32(9), who prefers the
logarithmic mean, `lmdi`, where all factors are above 0).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab.checks import at_least_zero

if TYPE_CHECKING:
    from crmlab.asof import When
    from crmlab.records import Records

DRIVERS = {
    "kept": "customers who bought, and had bought before the period",
    "new": "customers whose first order fell into the period",
    "orders": "orders of one of them",
    "lines": "order lines an order",
    "price": "turnover of a line, EUR",
    "margin_rate": "gross margin over turnover",
    "cost": "what acting cost, EUR",
}


@dataclass(frozen=True)
class Drivers:
    """The drivers of one period's profit; see `DRIVERS`.

    Examples
    --------
    >>> shop = Drivers(kept=80, new=20, orders=2, lines=1.5, price=20, margin_rate=0.3, cost=300)
    >>> shop.profit_eur
    1500.0
    """

    kept: float
    new: float
    orders: float
    lines: float
    price: float
    margin_rate: float
    cost: float = 0.0

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if name == "margin_rate":
                if not -1 <= value <= 1:
                    raise ValueError(
                        f"margin_rate must be in [-1, 1], got {value}. Is this a percentage?"
                    )
            else:
                at_least_zero(name, value)

    @property
    def margin_eur(self) -> float:
        """Gross margin, EUR."""
        bought = (self.kept + self.new) * self.orders * self.lines * self.price
        return float(bought * self.margin_rate)

    @property
    def profit_eur(self) -> float:
        """Gross margin less the cost of acting, EUR."""
        return self.margin_eur - self.cost


def drivers_of(records: Records, since: When, until: When, cost_eur: float = 0.0) -> Drivers:
    """The drivers of a period, by the firm's records; margin is before returns.

    Parameters
    ----------
    records : Records
        With ``orders``; without ``order_lines`` every order counts as one line.
    since, until : int, str, date or datetime64
        The first moment is included, the second not; a number is a week.
    cost_eur : float
        What acting cost in the period.

    Raises
    ------
    ValueError
        Nobody bought in the period, or an order has no margin.

    Examples
    --------
    >>> from crmlab import Records
    >>> log = pd.DataFrame({"who": [1, 1, 2], "on": ["2024-01-01", "2024-02-01", "2024-02-02"]})
    >>> log = log.assign(eur=10.0)
    >>> records = Records.from_transactions(log, "who", "on", "eur", margin_rate=0.5)
    >>> drivers_of(records, "2024-01-15", "2024-03-01")
    Drivers(kept=1, new=1, orders=1.0, lines=1.0, price=10.0, margin_rate=0.5, cost=0.0)
    """
    then, start = records.as_of(until), records.as_of(since).now
    orders = then["orders"]
    inside = orders[orders["ordered_at"].to_numpy() >= start]
    if inside.empty:
        raise ValueError(f"there is no order between {since!r} and {until!r}.")
    if inside["margin_eur"].isna().any():
        raise ValueError("orders must have a margin. Give from_transactions a margin_rate.")
    earlier = orders.loc[orders["ordered_at"].to_numpy() < start, "customer_id"]
    buyers = inside["customer_id"].unique()
    kept = int(np.isin(buyers, earlier.to_numpy()).sum())
    lines = len(inside)
    if "order_lines" in then:
        lines = int(then["order_lines"]["order_id"].isin(inside["order_id"]).sum())
    turnover, margin = float(inside["value_eur"].sum()), float(inside["margin_eur"].sum())
    return Drivers(
        kept, len(buyers) - kept, len(inside) / len(buyers), lines / len(inside),
        turnover / lines, margin / turnover, float(cost_eur),
    )  # fmt: skip


def decompose(before: Drivers, after: Drivers) -> pd.Series:
    """What each driver contributed to the change of profit, EUR to the cent.

    Returns
    -------
    Series
        One value a driver (index ``driver``); they add up to the change, to the cent.

    Examples
    --------
    >>> one = Drivers(kept=100, new=0, orders=2, lines=1, price=20, margin_rate=0.25, cost=0)
    >>> decompose(one, replace(one, orders=3, price=22, cost=50)).to_dict()
    {'kept': 0.0, 'new': 0.0, 'orders': 525.0, 'lines': 0.0, 'price': 125.0, 'margin_rate': 0.0,
     'cost': -50.0}
    """
    exact = shapley(lambda values: Drivers(**values).profit_eur, asdict(before), asdict(after))
    return to_the_cent(exact, after.profit_eur - before.profit_eur)


def shapley(
    value: Callable[[dict[str, float]], float],
    before: Mapping[str, float],
    after: Mapping[str, float],
) -> pd.Series:
    """Each driver's mean contribution over all orders in which they could have changed.

    Parameters
    ----------
    value : callable
        From a dict of drivers to EUR.
    before, after : mapping of str to float
        The same names; twelve may change at most.

    Examples
    --------
    >>> area = lambda sides: sides["a"] * sides["b"]
    >>> shapley(area, {"a": 10, "b": 2}, {"a": 12, "b": 3}).to_dict()
    {'a': 5.0, 'b': 11.0}
    """
    if list(before) != list(after):
        raise ValueError(f"before and after must name the same, got {list(before)}, {list(after)}.")
    names = [name for name in before if before[name] != after[name]]
    if len(names) > 12:
        raise ValueError(f"12 drivers may change at most, got {len(names)}.")
    worth = {
        group: value({n: after[n] if n in group else before[n] for n in before})
        for size in range(len(names) + 1)
        for group in map(frozenset, combinations(names, size))
    }
    shares = dict.fromkeys(before, 0.0)
    for group, eur in worth.items():
        for name in names:
            if name not in group:
                k, n = len(group), len(names)
                chance = factorial(k) * factorial(n - k - 1) / factorial(n)
                shares[name] += chance * (worth[group | {name}] - eur)
    return pd.Series(shares, name="eur").rename_axis("driver")


def lmdi(before: Mapping[str, float], after: Mapping[str, float]) -> pd.Series:
    """The same for a plain product of drivers above 0, by the logarithmic mean (Ang 2004).

    >>> lmdi({"a": 10.0, "b": 2.0}, {"a": 12.0, "b": 3.0}).round(2).to_dict()
    {'a': 4.96, 'b': 11.04}
    """
    old, new = (np.array(list(m.values()), dtype=float) for m in (before, after))
    if list(before) != list(after) or min(old.min(), new.min()) <= 0:
        raise ValueError("before and after must name the same drivers, all above 0.")
    change, ratio = new.prod() - old.prod(), float(np.log(new / old).sum())
    mean = old.prod() if ratio == 0 else change / ratio
    return pd.Series(mean * np.log(new / old), pd.Index(list(before), name="driver"), name="eur")


def elasticities(drivers: Drivers, by: float = 0.01) -> pd.Series:
    """Which drivers govern the profit: change in % when each one alone rises by 1 %.

    The lecture's *performance drivers*, "critical success factors that govern whether objectives
    are achieved", as a number each.

    Examples
    --------
    >>> shop = Drivers(kept=80, new=20, orders=2, lines=1.5, price=20, margin_rate=0.3, cost=300)
    >>> elasticities(shop).round(2).to_dict()
    {'kept': 0.96, 'new': 0.24, 'orders': 1.2, 'lines': 1.2, 'price': 1.2, 'margin_rate': 1.2,
     'cost': -0.2}
    """
    base = drivers.profit_eur
    if base == 0:
        raise ValueError("a profit of 0 has no elasticities: nothing is a percentage of it.")
    found = {
        name: (replace(drivers, **{name: value * (1 + by)}).profit_eur - base) / abs(base) / by
        for name, value in asdict(drivers).items()
    }
    return pd.Series(found, name="% of profit per %").rename_axis("driver")


def to_the_cent(shares: pd.Series, total: float) -> pd.Series:
    """Rounded to cents so that the parts still add up: the largest remainders take the rest.

    >>> to_the_cent(pd.Series([1.004, 1.004, 1.002]), 3.01).tolist()
    [1.01, 1.0, 1.0]
    """
    # Millionths first: two computers may differ in the last digits of a remainder.
    cents = (100 * shares).round(4)
    whole = np.floor(cents)
    rest = int(round(100 * total) - whole.sum())
    order = np.argsort(-(cents - whole).to_numpy().round(4), kind="stable")
    extra = np.zeros(len(shares))
    extra[order[:rest]] = 1.0
    return (whole + extra) / 100 + 0.0

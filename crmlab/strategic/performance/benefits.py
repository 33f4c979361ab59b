"""Which benefit of CRM moved which driver? The lecture's levers, without counting twice.

The lecture names five levers by which a CRM strategy raises revenue, and several benefits of e-CRM.
None of them is in the books; drivers are. Each driver is given to *one* lever and one benefit, so
that what is told about the benefits adds up to what happened. Which to which is a reading of the
lecture notes, and a firm may read them otherwise.
"""

from __future__ import annotations

from dataclasses import asdict, replace

import pandas as pd

from crmlab.strategic.performance.driver_tree import Drivers

LEVERS = {
    "kept": "retaining customers",
    "new": "discovering new customers",
    "orders": "better service, faster closing",
    "lines": "cross-selling",
    "price": "products that customers want",
    "margin_rate": "products that customers want",
    "cost": "cost of acting",
}
"""Driver to lever (lecture notes, What is CRM). Service and faster closing both show in how often
somebody orders: the books cannot tell them apart, so they stand together."""

BENEFITS = {
    "kept": "depth of relationship",
    "new": "targeting",
    "orders": "depth of relationship",
    "lines": "breadth of relationship",
    "price": "mass customisation",
    "margin_rate": "mass customisation",
    "cost": "lower cost",
}
"""Driver to benefit of e-CRM (lecture notes, eCRM: benefits)."""

DIRECT_BENEFITS = {
    "kept": "customer satisfaction",
    "new": "revenue growth",
    "orders": "service level improvements",
    "lines": "revenue growth",
    "price": "revenue growth",
    "margin_rate": "productivity",
    "cost": "productivity and automation",
}
"""Driver to direct benefit of an e-CRM system (lecture notes, chapter 5)."""

REVENUE_LEVERS = {
    "products that customers want": ("price", "margin_rate"),
    "better service": ("orders",),
    "better cross-selling": ("lines",),
    "faster closing of deals": ("orders",),
    "retaining and discovering customers": ("kept", "new"),
}
"""The five levers as the notes count them, and the drivers in which each shows."""


def owners() -> pd.DataFrame:
    """Which lever and which benefits each driver was given to.

    Returns
    -------
    DataFrame
        One row a driver (index ``driver``): ``lever``, ``benefit`` (of e-CRM), ``direct_benefit``
        (of an e-CRM system).

    Examples
    --------
    >>> owners().loc["lines"].tolist()
    ['cross-selling', 'breadth of relationship', 'revenue growth']
    """
    columns = {"lever": LEVERS, "benefit": BENEFITS, "direct_benefit": DIRECT_BENEFITS}
    return pd.DataFrame(columns).rename_axis("driver")


def by_lever(contributions: pd.Series) -> pd.Series:
    """What each lever contributed: the drivers' contributions (`decompose`), put together.

    >>> by_lever(pd.Series({"price": 3.0, "margin_rate": 1.0, "cost": -2.0})).to_dict()
    {'products that customers want': 4.0, 'cost of acting': -2.0}
    """
    return _grouped(contributions, LEVERS, "lever")


def by_benefit(contributions: pd.Series) -> pd.Series:
    """What each benefit of e-CRM contributed: the drivers' contributions, put together.

    >>> by_benefit(pd.Series({"kept": 3.0, "orders": 1.0, "cost": -2.0})).to_dict()
    {'depth of relationship': 4.0, 'lower cost': -2.0}
    """
    return _grouped(contributions, BENEFITS, "benefit")


def by_direct_benefit(contributions: pd.Series) -> pd.Series:
    """What each direct benefit of an e-CRM system contributed.

    >>> by_direct_benefit(pd.Series({"lines": 3.0, "price": 1.0, "kept": 2.0})).to_dict()
    {'revenue growth': 4.0, 'customer satisfaction': 2.0}
    """
    return _grouped(contributions, DIRECT_BENEFITS, "direct benefit")


def counted_one_by_one(before: Drivers, after: Drivers) -> pd.Series:
    """What each driver would seem to be worth if its owner alone were asked, EUR: the foil.

    Everybody counts his own driver's change with all others as they are *now*. What two drivers
    did together is then counted by both, and the sum is not the change.

    Examples
    --------
    >>> one = Drivers(kept=100, new=0, orders=2, lines=1, price=20, margin_rate=0.25, cost=0)
    >>> claimed = counted_one_by_one(one, replace(one, orders=3, price=22))
    >>> claimed["orders"] + claimed["price"], replace(one, orders=3, price=22).profit_eur - 1_000
    (np.float64(700.0), 650.0)
    """
    old = asdict(before)
    now = after.profit_eur
    found = {name: now - replace(after, **{name: old[name]}).profit_eur for name in old}
    return pd.Series(found, name="eur").round(2).rename_axis("driver")


def _grouped(contributions: pd.Series, names: dict[str, str], what: str) -> pd.Series:
    unknown = [d for d in contributions.index if d not in names]
    if unknown:
        raise ValueError(
            f"contributions must be by driver ({', '.join(names)}), got {unknown[0]!r}."
        )
    group = contributions.index.map(names)
    return contributions.groupby(group, sort=False).sum().round(2).rename_axis(what)

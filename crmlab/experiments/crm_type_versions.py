"""What do the types of CRM earn together? One business in all 32 versions, stored.

*Hearth & Loom*: a web shop with 1,000 customers, four departments that write to them and three
sites. All versions live through the same eight worlds; the result is stored, since it takes
minutes, and ``python -m crmlab.experiments.crm_type_versions`` makes it anew. `world_of` makes one
world of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib import resources

import pandas as pd

from crmlab.experiments.compare import gross_margin_eur, world_seeds
from crmlab.experiments.crm_types import Business, business_market, type_factorial
from crmlab.experiments.factorial import MEASURES, Factorial
from crmlab.strategic.crm_types import TYPES, CRMTypes

WORLDS, DEPARTMENTS, SITES = 8, 4, 3


def hearth_and_loom(customers: int = 1_000, departments: int = DEPARTMENTS) -> Business:
    """The business of the lab.

    >>> hearth_and_loom().base.departments
    4
    """
    market = business_market(customers, SITES, departments)
    return Business(market, CRMTypes(departments=departments), customers)


def world_of(seed: int, types: tuple[str, ...] = TYPES) -> Factorial:
    """All versions of these types in one world, which ``seed`` names as in `crmlab.compare`."""
    return type_factorial(hearth_and_loom(), types, worlds=1, seed=seed)


def build(progress: Callable[[int], object] | None = None) -> pd.DataFrame:
    """All worlds: one row a world and version."""
    found = type_factorial(hearth_and_loom(), TYPES, WORLDS, seed=1, progress=progress)
    return found.worlds.round(dict.fromkeys(MEASURES, 4))


@cache
def _stored() -> pd.DataFrame:
    file = resources.files("crmlab.experiments") / "crm_type_versions.csv"
    with file.open("r", encoding="utf-8") as text:
        return pd.read_csv(text)


def stored_versions() -> Factorial:
    """The stored result, as `crmlab.experiments.factorial.factorial` gives it."""
    return Factorial(TYPES, _stored().copy())


def gains_by_departments(
    departments: tuple[int, ...] = (1, 2, 4), worlds: int = 1, customers: int = 1_000
) -> pd.Series:
    """What collaborative CRM alone adds to profit, by how many departments write to customers.

    EUR per customer, after its price; one department has one site, several have three.
    """
    gains = {}
    for many in departments:
        sites = 1 if many == 1 else SITES
        market = business_market(customers, sites, many)
        firm = Business(market, CRMTypes(departments=many), customers)
        each = [
            firm.first_types(seed, ("collaborative",)).iloc[0] for seed in world_seeds(1, worlds)
        ]
        gains[many] = sum(each) / worlds / customers
    return pd.Series(gains, name="eur_per_customer").rename_axis("departments")


def synergy_by_hand(
    values: tuple[int, ...] = (0, 10, 100, 1_000), customers: int = 1_000, seed: int = 1
) -> pd.DataFrame:
    """What insight earns where people can carry it out without software, EUR per customer.

    Parameters
    ----------
    values : tuple of int
        Messages of a mailing that can show the customer's own product by hand.

    Returns
    -------
    DataFrame
        One row a value: ``alone`` and ``with operational`` (what analytical CRM adds to margin),
        ``synergy`` (their difference). One world.
    """
    firm = hearth_and_loom(customers, departments=2)

    def margin(types: tuple[str, ...], by_hand: int) -> float:
        able = replace(firm, base=replace(firm.base, by_hand=by_hand))
        return gross_margin_eur(able.lived(types, seed)) / customers

    nothing, automated = margin((), 0), margin(("operational",), 0)
    executed = margin(("operational", "analytical"), 0) - automated
    alone = {n: margin(("analytical",), n) - nothing for n in values}
    table = pd.DataFrame({"alone": pd.Series(alone), "with operational": executed})
    table["synergy"] = table["with operational"] - table["alone"]
    return table.rename_axis("by hand")


if __name__ == "__main__":
    from pathlib import Path

    build().to_csv(
        Path(__file__).with_name("crm_type_versions.csv"), index=False, lineterminator="\n"
    )

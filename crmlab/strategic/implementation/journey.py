"""Where are we, where do we want to be, and what comes first? Audit, destination, journey.

The lecture notes (8.8) name three strategic steps. The *audit* gives each area of managing a CRM
system the level that it has reached, the *destination* the level that it should have; between them
lies the gap, and the *journey* closes gaps in an order. The areas are the lecture's own (8.8:
database design, data quality and security, backup, user co-ordination, performance monitoring), and
each answers to some of its common problems (8.7). The journey keeps to a budget and to the weeks
that there are, and to what rests on what: monitoring numbers that are wrong helps nobody.
*Assumed*: which area rests on which, levels from 0 to 5, and that what is closed counts by weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from crmlab.checks import at_least_zero, nearest

HIGHEST = 5
PROBLEMS = {
    "database design": "disconnected systems",
    "data quality and security": "high churn, cleaning costs, changing laws",
    "backup": "none of them, until the day of the loss",
    "user co-ordination": "inexperience",
    "performance monitoring": "information overload",
}
"""The areas of managing a CRM system (8.8), and the problems (8.7) that each answers (assumed)."""
SIX_PROBLEMS = (
    "information overload",
    "high churn",
    "disconnected systems",
    "cleaning costs",
    "inexperience",
    "changing laws",
)
"""The common problems of 8.7, each found in one of the answers above."""
STRATEGIC_STEPS = ("audit", "destination", "journey")
"""The steps of 8.8 in the order in which they can be taken."""
MOST_AREAS = 12


@dataclass(frozen=True)
class Area:
    """One area of the audit: where it stands, where it should be, what a level costs.

    Parameters
    ----------
    name : str
    level, wanted : float
        0 to 5.
    eur, weeks : float
        To raise it by one level.
    weight : float
        How much a level closed is worth, against those of other areas.
    rests_on : tuple of str
        Areas whose gaps must be closed first.
    """

    name: str
    level: float
    wanted: float
    eur: float
    weeks: float
    weight: float = 1.0
    rests_on: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("level", "wanted"):
            if not 0 <= getattr(self, name) <= HIGHEST:
                raise ValueError(
                    f"{name} of {self.name!r} must be in [0, {HIGHEST}], got {getattr(self, name)}."
                )
        for name in ("eur", "weeks", "weight"):
            at_least_zero(name, getattr(self, name))

    @property
    def gap(self) -> float:
        """Levels between audit and destination, at least 0."""
        return max(self.wanted - self.level, 0.0)


def gaps(areas: Sequence[Area]) -> pd.DataFrame:
    """Audit and destination as one table: what is missing, and what closing it takes.

    Returns
    -------
    DataFrame
        One row an area, by name: ``level``, ``wanted``, ``gap``, ``eur``, ``weeks`` (to close all
        of the gap), ``worth`` (gap times weight) and ``rests_on``.

    Examples
    --------
    >>> gaps([Area("backup", 2, 4, eur=1_000, weeks=1.5)])[["gap", "eur", "weeks"]].values.tolist()
    [[2.0, 2000.0, 3.0]]
    """
    _check(areas)
    rows = [
        (a.level, a.wanted, a.gap, a.gap * a.eur, a.gap * a.weeks, a.gap * a.weight,
         ", ".join(a.rests_on))
        for a in areas
    ]  # fmt: skip
    names = ["level", "wanted", "gap", "eur", "weeks", "worth", "rests_on"]
    return pd.DataFrame(rows, pd.Index([a.name for a in areas], name="area"), names)


def journey(areas: Sequence[Area], budget_eur: float, weeks: float) -> pd.DataFrame:
    """Which gaps to close, and in which order: the most worth for this budget and these weeks.

    All sets of areas are tried that hold what they rest on. In the order, each comes after what
    it rests on, and the most worth per euro first.

    Parameters
    ----------
    areas : sequence of Area
        12 at most.
    budget_eur, weeks : float
        What there is; areas are worked on one after another.

    Returns
    -------
    DataFrame
        The chosen rows of `gaps`, in order, with ``eur_so_far`` and ``weeks_so_far``.
    """
    table = gaps(areas)
    rests = {a.name: a.rests_on for a in areas}
    open_gaps = [a.name for a in areas if a.gap > 0]
    best: tuple[str, ...] = ()
    most = 0.0
    for size in range(1, len(open_gaps) + 1):
        for chosen in combinations(open_gaps, size):
            spent = table.loc[list(chosen), ["eur", "weeks", "worth"]].sum()
            fits = spent["eur"] <= budget_eur and spent["weeks"] <= weeks
            if fits and spent["worth"] > most and _stands(chosen, open_gaps, rests):
                best, most = chosen, spent["worth"]
    ordered = table.loc[_order(best, table, rests)]
    return ordered.assign(eur_so_far=ordered["eur"].cumsum(),
                          weeks_so_far=ordered["weeks"].cumsum())  # fmt: skip


def widest_first(areas: Sequence[Area], budget_eur: float, weeks: float) -> pd.DataFrame:
    """The usual short cut: the widest gaps first while money and time last, resting on nothing.

    Columns as in `journey`, and ``stands``: whether all that the area rests on was closed before.
    """
    table = gaps(areas).sort_values("gap", ascending=False, kind="stable")
    rests = {a.name: a.rests_on for a in areas}
    closed = [a.name for a in areas if a.gap == 0]
    eur, time, rows = 0, 0, []
    for name, row in table[table["gap"] > 0].iterrows():
        if eur + row["eur"] <= budget_eur and time + row["weeks"] <= weeks:
            eur, time = eur + row["eur"], time + row["weeks"]
            rows.append((name, eur, time, set(rests[str(name)]) <= set(closed)))
            closed.append(str(name))
    so_far = pd.DataFrame(rows, columns=["area", "eur_so_far", "weeks_so_far", "stands"])
    return table.join(so_far.set_index("area"), how="right")


def _stands(chosen: Sequence[str], open_gaps: Sequence[str], rests: dict) -> bool:
    needed = {n for name in chosen for n in rests[name] if n in open_gaps}
    return needed <= set(chosen)


def _order(chosen: Sequence[str], table: pd.DataFrame, rests: dict) -> list[str]:
    """Each after what it rests on; among those that may come, the most worth per euro first."""
    left, order = list(chosen), []
    per_euro = table["worth"] / table["eur"].where(table["eur"] > 0, 1e-9)
    while left:
        ready = [n for n in left if not set(rests[n]) & set(left)]
        order.append(max(ready, key=lambda n: per_euro[n]))
        left.remove(order[-1])
    return order


def _check(areas: Sequence[Area]) -> None:
    if len(areas) > MOST_AREAS:
        raise ValueError(f"areas must be {MOST_AREAS} at most, got {len(areas)}. Join some.")
    names: list[str] = []
    for area in areas:
        for name in area.rests_on:
            if name not in names:
                raise ValueError(
                    f"{area.name!r} rests on {name!r}, which does not stand before it."
                    f"{nearest(name, [a.name for a in areas])}"
                )
        names.append(area.name)

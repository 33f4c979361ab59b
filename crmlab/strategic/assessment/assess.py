"""How able is the firm, by what is said and by what is found? An assessment on two axes.

After CMAT and its successor SCHEMA (Woodcock, Stone and Foss 2003; Stone and Woodcock): every
capability is scored for *intention* and for *reality*, by managers of several roles and by
evidence; the reality is compared with the direction that the firm has chosen, and with its peers.
The items and words are our own ("SCHEMA-style").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.checks import one_of
from crmlab.strategic.assessment.mapping import FRAMEWORKS, mapping, seen_through
from crmlab.tables import CAPABILITIES

LEVELS = (
    "pre-CRM planning",
    "building a data repository",
    "moderately developed",
    "well developed",
    "highly advanced",
)
"""Payne's five stages of maturity, as names of fifths of the scale (Payne 2006)."""


@dataclass(frozen=True, eq=False)
class Assessment:
    """What was said and what was found.

    Attributes
    ----------
    table : DataFrame
        One row a capability: ``intention`` and ``reality`` (evidence; where there is none, what
        is said), ``said_intention``, ``said_reality`` (means over roles), ``overstated`` (said
        less found), ``disagreement`` (standard deviation of the reality over roles), ``found``
        (whether there is evidence).
    said : DataFrame
        The reports: role, capability, intention, reality.
    """

    table: pd.DataFrame
    said: pd.DataFrame

    def seen(self, framework: str, weakest: bool = False) -> pd.DataFrame:
        """The assessment as one framework sees it.

        Parameters
        ----------
        framework : str
            One of `mapping.FRAMEWORKS`.
        weakest : bool
            Whether an element is as good as the weakest of its capabilities.

        Returns
        -------
        DataFrame
            One row an element: ``part``, ``intention``, ``reality``, ``said_reality``,
            ``level``.
        """
        columns = ("intention", "reality", "said_reality")
        table = pd.DataFrame({c: seen_through(framework, self.table[c], weakest) for c in columns})
        parts = mapping(framework).drop_duplicates("element").set_index("element")["part"]
        table.insert(0, "part", parts.reindex(table.index))
        return table.assign(level=[level_of(score) for score in table["reality"]])

    def gaps(self, direction: pd.Series) -> pd.Series:
        """What is missing to the chosen direction, by capability; 0 where it is reached.

        ``direction`` holds the wanted reality of each capability (others: 0), in [0, 1].
        """
        for name, wanted in direction.items():
            one_of("a capability in direction", str(name), tuple(CAPABILITIES))
            if not 0 <= wanted <= 1:
                raise ValueError(f"direction must be in [0, 1], got {wanted} for {name}.")
        wanted = direction.reindex(self.table.index, fill_value=0.0)
        return (wanted - self.table["reality"]).clip(lower=0.0).rename("gap")

    def percentile(self, peers: pd.DataFrame) -> pd.Series:
        """The share of peers whose evidence is poorer, by capability, in [0, 1].

        ``peers`` has one row a firm and one column a capability.
        """
        return pd.Series(
            {
                name: float((peers[name] < self.table.loc[name, "reality"]).mean())
                for name in self.table.index
                if name in peers
            },
            name="percentile",
        )

    def __repr__(self) -> str:
        means = self.table[["intention", "reality", "said_reality"]].mean()
        return (
            f"Assessment: intention {means['intention']:.0%}, reality {means['reality']:.0%} found "
            f"and {means['said_reality']:.0%} said; {self.said['role'].nunique()} roles asked"
        )


def assess(found: pd.DataFrame, said: pd.DataFrame) -> Assessment:
    """Set evidence beside what managers say.

    Parameters
    ----------
    found : DataFrame
        Index: capability; ``intention`` and ``reality``, as from `evidence`.
    said : DataFrame
        One row a role and capability: ``role``, ``capability``, ``intention``, ``reality``.

    Raises
    ------
    ValueError
        A column is missing; the message says which.
    """
    for name in ("role", "capability", "intention", "reality"):
        if name not in said:
            raise ValueError(f"said must have a column {name!r}, got {list(said)}.")
    by = said.groupby("capability")
    means = by[["intention", "reality"]].mean().reindex(found.index)
    table = pd.DataFrame(
        {
            "intention": found["intention"].fillna(means["intention"]),
            "reality": found["reality"].fillna(means["reality"]),
            "said_intention": means["intention"],
            "said_reality": means["reality"],
            "overstated": means["reality"] - found["reality"],
            "disagreement": by["reality"].std(ddof=1).reindex(found.index),
            "found": found["reality"].notna(),
        }
    )
    return Assessment(table, said)


def level_of(score: float) -> str:
    """Payne's name for a score in [0, 1].

    >>> level_of(0.35), level_of(1.0)
    ('building a data repository', 'highly advanced')
    """
    if not 0 <= score <= 1:
        raise ValueError(f"score must be in [0, 1], got {score}. Is this a percentage?")
    return LEVELS[min(int(np.floor(score * len(LEVELS))), len(LEVELS) - 1)]


def blind_spots(framework: str) -> list[str]:
    """The capabilities that a framework does not look at.

    >>> blind_spots("SCHEMA-style")
    []
    """
    one_of("framework", framework, tuple(FRAMEWORKS))
    seen = set(mapping(framework)["capability"])
    return [name for name in CAPABILITIES if name not in seen]

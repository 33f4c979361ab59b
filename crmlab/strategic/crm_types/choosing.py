"""Which type of CRM should a firm buy first? The lecture's advice as a decision table.

The lecture notes say when to *consider* each type, and in their words every rule below stands. They
do not say what to do when rules of several types hold. So the type is advised of whose rules the
largest share holds, and in a tie the one that "businesses of all shapes and sizes can benefit"
from, then the cheaper one: that part is ours. *Strategic* CRM is never advised by itself, since the
notes take it for another name of the collaborative type, nor is *social* CRM.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from crmlab.checks import one_of, whole_number

KINDS = ("shop", "service provider", "account-based")
OPERATIONAL, COLLABORATIVE, ANALYTICAL = "operational", "collaborative", "analytical"
ADVISED = (OPERATIONAL, COLLABORATIVE, ANALYTICAL)
"""The types that the notes advise, in the order in which a tie is settled."""
MANY_SITES, MANY_DEPARTMENTS, MOSTLY = 3, 2, 0.5


@dataclass(frozen=True)
class Profile:
    """What a firm can say of itself before it buys.

    Parameters
    ----------
    sites : int
        Places over which sales, marketing and service are spread, at least 1.
    online : float
        Share of interactions with customers that are online, in [0, 1].
    departments : int
        That contact customers, each on its own, at least 1.
    repetitive : float
        Share of the work that repeats itself, in [0, 1].
    data_driven : bool
        Whether the firm values decisions that rest on data.
    kind : str
        One of `KINDS`.
    customers : int

    Raises
    ------
    ValueError
        Names the argument, quotes the value and gives the remedy.
    """

    sites: int = 1
    online: float = 0.5
    departments: int = 1
    repetitive: float = 0.5
    data_driven: bool = False
    kind: str = "shop"
    customers: int = 1_000

    def __post_init__(self) -> None:
        whole_number("sites", self.sites, 1, 10_000)
        whole_number("departments", self.departments, 1, 6)
        whole_number("customers", self.customers, 1, 10**8)
        one_of("kind", self.kind, KINDS)
        for name in ("online", "repetitive"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(
                    f"{name} must be in [0, 1], got {getattr(self, name)}. Is this a percentage?"
                )


@dataclass(frozen=True)
class Rule:
    """One condition of the lecture: for which type, in the notes' words, and when it is met."""

    type: str
    words: str
    met: Callable[[Profile], bool]


RULES: tuple[Rule, ...] = (
    Rule(COLLABORATIVE, "distributed across several locations", lambda p: p.sites >= MANY_SITES),
    Rule(COLLABORATIVE, "most client interactions occur online", lambda p: p.online > MOSTLY),
    Rule(
        COLLABORATIVE,
        "multiple departments independently interact",
        lambda p: p.departments >= MANY_DEPARTMENTS,
    ),
    Rule(OPERATIONAL, "businesses of all shapes and sizes can benefit", lambda p: True),
    Rule(
        OPERATIONAL,
        "linear sales processes or many repetitive tasks",
        lambda p: p.repetitive > MOSTLY,
    ),
    Rule(ANALYTICAL, "value data-driven decision-making", lambda p: p.data_driven),
    Rule(
        ANALYTICAL,
        "service providers and account-based sales organizations",
        lambda p: p.kind != KINDS[0],
    ),
)
"""The advice of the lecture notes, word by word."""


def points(profile: Profile) -> pd.DataFrame:
    """Which rules hold for a firm: type, words, holds; one row a rule.

    >>> points(Profile(sites=4))["holds"].tolist()
    [True, False, False, True, False, False, False]
    """
    rows = [(rule.type, rule.words, bool(rule.met(profile))) for rule in RULES]
    return pd.DataFrame(rows, columns=["type", "words of the notes", "holds"])


def shares(profile: Profile) -> pd.Series:
    """Share of each type's rules that hold, in the order in which ties are settled."""
    held = points(profile).groupby("type")["holds"].mean()
    return held.reindex(list(ADVISED)).rename("share of its rules")


def advice(profile: Profile) -> str:
    """The type that the lecture would have this firm buy first.

    Examples
    --------
    >>> advice(Profile(sites=4, online=0.9, departments=3))
    'collaborative'
    >>> advice(Profile(data_driven=True, kind="service provider"))
    'analytical'
    >>> advice(Profile())
    'operational'
    """
    return str(shares(profile).idxmax())

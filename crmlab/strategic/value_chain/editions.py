"""Which value chain is meant? Buttle's model by edition: stages, conditions, and who matters.

The same name stands for four models. The lecture notes have "five primary stages and four
supporting conditions leading to enhanced customer profitability", which is the version of the books
of 2004 and 2009. In our own words; where only a later description was at hand, the row says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from crmlab.checks import one_of


@dataclass(frozen=True)
class Edition:
    """One version of the model.

    Attributes
    ----------
    name, source : str
    stages : tuple of str
        What makes value, in order.
    conditions : tuple of str
        What all stages need: supporting conditions, later called enablers.
    significant : tuple of str
        Which customers count as strategically significant; empty where it is not part of the model.
    note : str
        What to know before quoting it.
    """

    name: str
    source: str
    stages: tuple[str, ...]
    conditions: tuple[str, ...]
    significant: tuple[str, ...]
    note: str


_FIRST_FOUR = (
    "portfolio analysis",
    "customer intimacy",
    "network development",
    "value proposition development",
)
_LIFECYCLE = (*_FIRST_FOUR, "managing the customer lifecycle")
_FOUR = ("leadership and culture", "data and information technology", "people", "processes")
_SAID = ("high lifetime value", "benchmarks", "inspirations")

EDITIONS = (
    Edition(
        "white paper, c. 2001",
        "Buttle, The CRM Value Chain (white paper, about 2001)",
        (*_FIRST_FOUR, "managing the relationship"),
        (
            "culture and leadership",
            "procurement processes",
            "human resource management processes",
            "IT and data management",
            "organisation design",
        ),
        (*_SAID, "cost magnets"),
        "the aim is long, mutually beneficial relationships with strategically significant "
        "customers; culture, IT and organisation design are known to us from later descriptions",
    ),
    Edition(
        "books, 2004 and 2009",
        "Buttle, Customer Relationship Management, 1st and 2nd edition",
        _LIFECYCLE,
        _FOUR,
        (),
        "the version of the lecture notes; kinds of significant customers are not listed here",
    ),
    Edition(
        "books, 2015 and 2019",
        "Buttle and Maklan, Customer Relationship Management, 3rd and 4th edition",
        _LIFECYCLE,
        _FOUR,
        ("high lifetime value", "high volume", "benchmarks", "inspirations", "door openers"),
        "one model among several; high volume has taken the place of the cost magnets (from "
        "memory of the editions: check before you quote)",
    ),
    Edition(
        "rebuilt, 2021-22",
        "Buttle, Jones and Stone, CustomerThink, 2021-22",
        ("identify opportunity", "develop offer", "manage the customer journey"),
        (
            "data and analytics",
            "marketing, sales and service processes",
            "network relationships",
            "culture",
            "people",
        ),
        (),
        "three core processes on five enablers: the network is a stage no more",
    ),
)
LECTURE = EDITIONS[1]
"""The edition of the lecture notes."""
PHASES = {"analysis": (1, 2), "resource development": (3, 4), "implementation": (5,)}
"""Three phases laid over the five stages, by their numbers."""


def editions() -> pd.DataFrame:
    """How the editions differ: one row an edition, with numbers and the names of what is special.

    Returns
    -------
    DataFrame
        Index: edition; ``stages`` and ``conditions`` (how many), ``last stage``, ``conditions are``
        and ``significant customers`` (names, with commas).

    Examples
    --------
    >>> editions()["stages"].tolist(), editions()["conditions"].tolist()
    ([5, 5, 5, 3], [5, 4, 4, 5])
    """
    rows = {
        e.name: {
            "stages": len(e.stages),
            "conditions": len(e.conditions),
            "last stage": e.stages[-1],
            "conditions are": ", ".join(e.conditions),
            "significant customers": ", ".join(e.significant) or "-",
        }
        for e in EDITIONS
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("edition")


def edition(name: str) -> Edition:
    """One edition by its name.

    Raises
    ------
    ValueError
        An unknown name.

    Examples
    --------
    >>> edition("rebuilt, 2021-22").stages[-1]
    'manage the customer journey'
    """
    one_of("name", name, tuple(e.name for e in EDITIONS))
    return next(e for e in EDITIONS if e.name == name)

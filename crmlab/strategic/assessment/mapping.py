"""Which capabilities does each framework look at? One table, so that all are views of one firm.

The frameworks cut the same firm differently. Each of their elements is mapped here to the
capabilities (`tables.CAPABILITIES`) that it is about; the mapping is ours (*assumed*), the elements
are those of the sources:

* *IDIC* (Peppers and Rogers 1993; 2004): four steps.
* *Value chain* (Buttle 2004, 2009): five primary stages and four supporting conditions.
* *Five processes* (Payne and Frow 2005, J. Marketing 69(4), fig. 2): with their sub-elements.
* *Eight building blocks* (Radcliffe, Gartner 2001).
* *SCHEMA-style* (after Stone, Woodcock and others): four foundations, six enablers and the four
  levers retention, efficiency, acquisition, penetration. The split into four foundations and the
  labels of the enablers are ours; nothing of the real tool's items is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from crmlab.checks import one_of

IDIC, VALUE_CHAIN, FIVE_PROCESSES = "IDIC", "value chain", "five processes"
EIGHT_BLOCKS, SCHEMA_STYLE = "eight blocks", "SCHEMA-style"

_TABLE: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {
    IDIC: {
        "step": {
            "identify": ("single_view", "data_quality"),
            "differentiate": ("analysis", "targeting", "measurement"),
            "interact": ("channel_integration", "response_speed", "privacy_practice"),
            "customise": ("proposition_design", "staff_skill"),
        }
    },
    VALUE_CHAIN: {
        "primary stage": {
            "portfolio analysis": ("analysis", "measurement", "targeting"),
            "customer intimacy": ("single_view", "data_quality", "data_age", "privacy_practice"),
            "network development": ("partner_network",),
            "value proposition development": ("proposition_design", "experimentation"),
            "managing the customer lifecycle": (
                "channel_reach", "channel_integration", "response_speed", "complaint_handling",
            ),
        },
        "supporting condition": {
            "leadership and culture": ("leadership", "culture"),
            "data and information technology": ("technology_reach", "data_quality", "data_age"),
            "people": ("staff_skill", "staff_incentives"),
            "processes": ("process_discipline", "complaint_handling"),
        },
    },
    FIVE_PROCESSES: {
        "strategy development": {
            "business strategy": ("leadership",),
            "customer strategy": ("analysis", "targeting"),
        },
        "value creation": {
            "value the customer receives": (
                "proposition_design", "complaint_handling", "partner_network", "staff_skill",
            ),
            "value the organisation receives": ("measurement", "targeting"),
        },
        "multichannel integration": {
            "channel participation": ("channel_reach", "technology_reach"),
            "integrated channel management": (
                "channel_integration", "response_speed", "process_discipline",
            ),
        },
        "information management": {
            "data repository": ("single_view", "data_quality", "data_age", "privacy_practice"),
            "analysis tools, systems and applications": ("analysis", "technology_reach"),
        },
        "performance assessment": {
            "shareholder results": ("measurement", "staff_incentives", "culture"),
            "performance monitoring": ("measurement", "experimentation"),
        },
    },
    EIGHT_BLOCKS: {
        "block": {
            "vision": ("leadership",),
            "strategy": ("targeting", "analysis"),
            "valued customer experience": (
                "proposition_design", "response_speed", "complaint_handling",
            ),
            "organisational collaboration": (
                "culture", "staff_incentives", "staff_skill", "partner_network",
            ),
            "processes": ("process_discipline", "privacy_practice", "experimentation"),
            "information": ("single_view", "data_quality", "data_age"),
            "technology": ("technology_reach", "channel_integration", "channel_reach"),
            "metrics": ("measurement",),
        }
    },
    SCHEMA_STYLE: {
        "foundation": {
            "direction and leadership": ("leadership",),
            "technology and data": ("technology_reach", "data_quality", "data_age", "single_view"),
            "culture": ("culture", "staff_incentives"),
            "competencies": ("staff_skill", "partner_network"),
        },
        "enabler": {
            "insight and planning": ("analysis", "targeting"),
            "propositions": ("proposition_design",),
            "experience": ("response_speed", "complaint_handling"),
            "channels, media and content": ("channel_reach", "channel_integration"),
            "agility and workflow": ("process_discipline", "experimentation", "privacy_practice"),
            "measurement": ("measurement",),
        },
        "lever": {
            "retention": ("complaint_handling", "response_speed", "staff_skill", "culture"),
            "efficiency": ("technology_reach", "process_discipline", "channel_integration"),
            "acquisition": ("channel_reach", "privacy_practice"),
            "penetration": ("proposition_design", "analysis", "targeting", "data_quality"),
        },
    },
}  # fmt: skip

FRAMEWORKS: Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]] = MappingProxyType(_TABLE)
"""Framework, part of it, element, and the capabilities that the element is about."""

PROCESSES = tuple(FRAMEWORKS[FIVE_PROCESSES])
"""The five processes of Payne and Frow."""
BLOCKS = tuple(FRAMEWORKS[EIGHT_BLOCKS]["block"])
"""The eight building blocks of Radcliffe."""


def mapping(framework: str | None = None) -> pd.DataFrame:
    """Which capability is seen by which element: one row a framework, element and capability.

    Parameters
    ----------
    framework : str, optional
        One of `FRAMEWORKS`; None for all.

    Returns
    -------
    DataFrame
        ``framework``, ``part``, ``element``, ``capability``; an element shares a weight of 1
        among its capabilities: ``weight``.

    Examples
    --------
    >>> mapping("IDIC").head(2)[["element", "capability", "weight"]]
        element    capability  weight
    0  identify   single_view     0.5
    1  identify  data_quality     0.5
    """
    if framework is not None:
        one_of("framework", framework, tuple(FRAMEWORKS))
    rows = [
        (name, part, element, capability, 1.0 / len(capabilities))
        for name, parts in FRAMEWORKS.items()
        if framework in (None, name)
        for part, elements in parts.items()
        for element, capabilities in elements.items()
        for capability in capabilities
    ]
    return pd.DataFrame(rows, columns=["framework", "part", "element", "capability", "weight"])


def seen_through(framework: str, scores: pd.Series, weakest: bool = False) -> pd.Series:
    """The firm as one framework sees it: one score an element.

    Parameters
    ----------
    framework : str
        One of `FRAMEWORKS`.
    scores : Series
        By capability, in [0, 1].
    weakest : bool
        Whether an element is as good as the weakest of its capabilities, instead of their mean.

    Returns
    -------
    Series
        Indexed by element, in the framework's order.

    Examples
    --------
    >>> import pandas as pd
    >>> from crmlab.tables import CAPABILITIES
    >>> scores = pd.Series(0.5, CAPABILITIES)
    >>> scores["single_view"] = 0.1
    >>> float(seen_through("IDIC", scores)["identify"])
    0.3
    """
    table = mapping(framework)
    missing = sorted(set(table["capability"]) - set(scores.index))
    if missing:
        raise ValueError(f"scores must hold every capability; {missing[0]!r} is missing.")
    table = table.assign(score=scores.reindex(table["capability"]).to_numpy(dtype=float))
    groups = table.groupby("element", sort=False)["score"]
    return (groups.min() if weakest else groups.mean()).rename(framework)

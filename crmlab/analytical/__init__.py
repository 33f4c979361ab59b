"""Analytical CRM: from records to insight. Everything here sees tables only.

>>> from crmlab.analytical import BGNBD, GammaGamma, rfm

Each estimator lives in the room named after its question; the names used most are gathered here
and loaded when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # for editors and type checkers: the lazy names below, spelled out
    from crmlab.analytical.btyd import (
        BGBB,
        BGNBD,
        MBGCNBD,
        MBGNBD,
        NBD,
        BoundaryWarning,
        ParetoNBD,
        interval_logs,
        rate_per_period,
    )
    from crmlab.analytical.retention import BetaDiscreteWeibull, ShiftedBetaGeometric
    from crmlab.analytical.rfm_table import rfm
    from crmlab.analytical.spend import GammaGamma, spend_independence

_HOME = {
    "rfm": "rfm_table",
    "NBD": "btyd",
    "BGNBD": "btyd",
    "MBGNBD": "btyd",
    "ParetoNBD": "btyd",
    "BGBB": "btyd",
    "MBGCNBD": "btyd",
    "BoundaryWarning": "btyd",
    "interval_logs": "btyd",
    "rate_per_period": "btyd",
    "GammaGamma": "spend",
    "spend_independence": "spend",
    "ShiftedBetaGeometric": "retention",
    "BetaDiscreteWeibull": "retention",
}

__all__ = [
    "BGBB",
    "BGNBD",
    "MBGCNBD",
    "MBGNBD",
    "NBD",
    "BetaDiscreteWeibull",
    "BoundaryWarning",
    "GammaGamma",
    "ParetoNBD",
    "ShiftedBetaGeometric",
    "interval_logs",
    "rate_per_period",
    "rfm",
    "spend_independence",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'crmlab.analytical' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"crmlab.analytical.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

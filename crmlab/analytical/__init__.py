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
        BGBB as BGBB,
    )
    from crmlab.analytical.btyd import (
        BGNBD as BGNBD,
    )
    from crmlab.analytical.btyd import (
        MBGCNBD as MBGCNBD,
    )
    from crmlab.analytical.btyd import (
        MBGNBD as MBGNBD,
    )
    from crmlab.analytical.btyd import (
        NBD as NBD,
    )
    from crmlab.analytical.btyd import (
        BoundaryWarning as BoundaryWarning,
    )
    from crmlab.analytical.btyd import (
        ParetoNBD as ParetoNBD,
    )
    from crmlab.analytical.btyd import (
        interval_logs as interval_logs,
    )
    from crmlab.analytical.btyd import (
        rate_per_period as rate_per_period,
    )
    from crmlab.analytical.retention import (
        BetaDiscreteWeibull as BetaDiscreteWeibull,
    )
    from crmlab.analytical.retention import (
        ShiftedBetaGeometric as ShiftedBetaGeometric,
    )
    from crmlab.analytical.rfm_table import rfm as rfm
    from crmlab.analytical.spend import GammaGamma as GammaGamma
    from crmlab.analytical.spend import spend_independence as spend_independence

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

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'crmlab.analytical' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"crmlab.analytical.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

"""Is my answer right? Questions of the labs, their hints, and how far a student has come.

>>> import crmlab as crm
>>> crm.check("01-market/q1", 3.23)
01-market/q1: Right.
>>> crm.check("01-market/q1", "3.23")
01-market/q1: One number is expected, got the text '3.23'. Write it without quotes.

Practice is open: the student has the package and the seed, so every expected value is computed
here from the same market and nothing is hidden. ``docs/classroom.md`` says how to write a
question.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crmlab.classroom.progress import check, hint

__all__ = ["check", "hint", "progress"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'crmlab.classroom' has no attribute {name!r}")
    # `progress` is a module and can be called like the function in it (see its last lines).
    module = importlib.import_module("crmlab.classroom.progress")
    return module if name == "progress" else getattr(module, name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

"""How is a policy or a change of a scenario written on a command line?

A policy is its name, or its name and arguments: ``newsletter:every_weeks=2``. A change is
``field=value``. Values are Python's numbers, words and tuples; quotes may be left out.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterable
from typing import Any


def value_of(text: str) -> Any:
    """Read a value: a number, a tuple, True, None, or else the text itself.

    >>> value_of("2"), value_of("0.5"), value_of("preference centre"), value_of("(1, 2)")
    (2, 0.5, 'preference centre', (1, 2))
    """
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def changes_of(pairs: Iterable[str]) -> dict[str, Any]:
    """Read ``field=value`` pairs.

    >>> changes_of(["fatigue=0", "consent_law=opt-out"])
    {'fatigue': 0, 'consent_law': 'opt-out'}
    """
    changes = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name.strip() or not text.strip():
            raise ValueError(f"--set must be field=value, such as fatigue=0, got {pair!r}.")
        changes[name.strip()] = value_of(text.strip())
    return changes


def policy_of(text: str) -> Any:
    """Make a policy from its words; an unknown name or argument is an error with the nearest.

    >>> policy_of("newsletter:every_weeks=4")
    newsletter(every_weeks=4)
    """
    from crmlab.checks import nearest

    name, colon, rest = text.strip().partition(":")
    makers = ready_policies()
    if name not in makers:
        raise ValueError(
            f"--policy must be one of {', '.join(makers)}, got {name!r}.{nearest(name, makers)}"
        )
    arguments = _arguments(text, rest) if colon else {}
    known = list(inspect.signature(makers[name]).parameters)
    for argument in arguments:
        if argument not in known:
            raise ValueError(
                f"the policy {name} has no argument {argument!r}; it has "
                f"{', '.join(known) or 'none'}.{nearest(argument, known)}"
            )
    return makers[name](**arguments)


def ready_policies() -> dict[str, Callable[..., Any]]:
    """The policies that can be named: those whose arguments all have defaults."""
    from crmlab import policies
    from crmlab.policy import Policy

    makers = {name: getattr(policies, name) for name in policies.__all__}
    named = {name: maker for name, maker in makers.items() if _needs_nothing(maker)}
    return {name: maker for name, maker in named.items() if isinstance(maker(), Policy)}


def _needs_nothing(maker: Callable) -> bool:
    parameters = inspect.signature(maker).parameters.values()
    return all(p.default is not p.empty for p in parameters)


def _arguments(text: str, rest: str) -> dict[str, Any]:
    arguments = {}
    for pair in rest.split(","):
        name, equals, value = pair.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise ValueError(
                f"--policy must be NAME or NAME:argument=value,..., got {text!r}. "
                "For example: newsletter:every_weeks=2"
            )
        arguments[name.strip()] = value_of(value.strip())
    return arguments

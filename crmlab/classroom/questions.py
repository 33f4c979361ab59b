"""Which questions are there? A registry of functions that compute the expected answers.

A question is a function without parameters. Its docstring is what is asked, what it returns
is the right answer, and it is called when the first student asks, not at import::

    @question("02-permission/q1", points=2, hints=("Count, then divide.",), tolerance=0.005)
    def agreed():
        "Which share of the customers agreed to e-mail?"
        return (market().records.profiles["consent"] == "opt-in").mean()

The questions of lab NN stand in ``labs/lab_NN.py``, which is loaded when one of them is asked
for. ``kinds.py`` says which answers can be expected.
"""

from __future__ import annotations

import importlib
import inspect
import math
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from crmlab.checks import nearest

if TYPE_CHECKING:
    from crmlab.classroom.verdict import Kind

LABS = "crmlab.classroom.labs"
_NAME = re.compile(r"\d\d-[a-z0-9]+(-[a-z0-9]+)*/q[1-9]\d*")
_Function = TypeVar("_Function", bound=Callable[[], Any])
_questions: dict[str, Question] = {}


@dataclass(frozen=True)
class Question:
    """One question: its name, what it asks, and the function that computes the answer."""

    name: str
    asks: str
    points: float
    hints: tuple[str, ...]
    tolerance: float | None
    absolute: float
    function: Callable[[], Any]

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"name must look like '02-permission/q1', got {self.name!r}.")
        if not self.asks:
            raise ValueError(f"question {self.name!r} asks nothing: give its function a docstring.")
        if isinstance(self.hints, str):
            raise TypeError(
                f"hints of {self.name!r} must be a tuple of texts, got one text: "
                'add a comma, hints=("...",).'
            )
        for argument in ("points", "absolute", *(["tolerance"] if self.tolerance else [])):
            value = getattr(self, argument)
            if not 0 <= value < math.inf:
                raise ValueError(f"{argument} must be a finite number >= 0, got {value!r}.")

    @cached_property
    def expected(self) -> Kind:
        """The expected answer, computed when it is first needed."""
        from crmlab.classroom.kinds import kind_of
        from crmlab.classroom.plain import Unreadable

        try:
            return kind_of(self.function(), self.tolerance, self.absolute)
        except (TypeError, Unreadable) as error:
            raise TypeError(f"question {self.name!r}: {error}") from error


def question(
    name: str,
    *,
    points: float = 1,
    hints: tuple[str, ...] = (),
    tolerance: float | None = None,
    absolute: float = 1e-9,
) -> Callable[[_Function], _Function]:
    """Register a function as the answer to a question.

    Parameters
    ----------
    name : str
        ``"NN-lab/qN"``, as students write it.
    points : float
        What it is worth.
    hints : tuple of str
        Given one at a time, from a nudge to nearly the answer.
    tolerance : float or None
        Relative, for numbers. None is 0.01, and 0 where the answer is a whole number.
    absolute : float
        The distance that always passes, in the unit of the answer.

    Raises
    ------
    ValueError, TypeError
        If the name is taken or malformed, or an argument is unusable.
    """

    def register(function: _Function) -> _Function:
        made = Question(
            name, inspect.getdoc(function) or "", points,
            hints if isinstance(hints, str) else tuple(hints), tolerance, absolute, function,
        )  # fmt: skip
        old = _questions.get(name)
        # The same function again is a cell that was run again, or a module that was reloaded.
        if old is not None and _home(old.function) != _home(function):
            raise ValueError(
                f"question {name!r} exists already ({_home(old.function)}). Take another number."
            )
        _questions[name] = made
        return function

    return register


def _home(function: Callable) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def find(name: object) -> Question:
    """The question of this name.

    Raises
    ------
    TypeError
        If the name is no text.
    ValueError
        If there is no such question; the message has the nearest name.
    """
    if not isinstance(name, str):
        raise TypeError(
            f"question must be text like '01-market/q1', got {type(name).__name__}. "
            "The question comes first, then the answer."
        )
    wanted = name.strip().lower()
    if wanted not in _questions:
        load(wanted[:2])
    if wanted not in _questions:
        known = [q.name for q in every()]
        raise ValueError(
            f"there is no question {name[:80]!r}.{nearest(wanted, known)} "
            "crm.progress() lists all of them."
        )
    return _questions[wanted]


def load(number: str) -> None:
    """Load the questions of lab ``number`` (``"02"``), if there are any."""
    module = f"lab_{number}"
    if module in _labs():
        importlib.import_module(f"{LABS}.{module}")


def every() -> list[Question]:
    """All questions, by lab and number."""
    for module in _labs():
        importlib.import_module(f"{LABS}.{module}")
    return sorted(_questions.values(), key=lambda q: place(q.name))


def place(name: str) -> tuple[str, int]:
    """What names are sorted by: q10 comes after q9."""
    lab, _, number = name.rpartition("/q")
    return lab, int(number) if number.isdecimal() else 0


def _labs() -> list[str]:
    package = importlib.import_module(LABS)
    return sorted(m.name for m in pkgutil.iter_modules(package.__path__))

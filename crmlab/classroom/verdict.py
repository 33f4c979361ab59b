"""What can be said about an answer? Right, or one of a few ways of being wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

WRONG = ("wrong type", "wrong shape", "not a number", "too high", "too low", "too costly", "wrong")
"""The ways in which an answer can be wrong."""
TOLERANCE = 0.01
"""Of a number that is not whole, where the question names no tolerance."""


@dataclass(frozen=True)
class Verdict:
    """Whether an answer is right; if not, which of `WRONG`, and a sentence about it."""

    right: bool
    kind: str
    message: str


RIGHT = Verdict(True, "right", "Right.")


class Kind(Protocol):
    """An expected answer that can judge one that was handed in."""

    def judge(self, answer: Any) -> Verdict:
        """Whether ``answer`` is right; raises `Unreadable` where it is of another type."""
        ...


def sentence(parts: Sequence[str]) -> str:
    """The parts as one sentence."""
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."

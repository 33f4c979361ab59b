"""What does a student see? Replies that say the same as text and as HTML, without colour alone."""

from __future__ import annotations

import html
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """The reply to an answer; true if the answer is right.

    Attributes
    ----------
    question : str
    right : bool
    kind : str
        ``"right"``, or one of `verdict.WRONG`.
    message : str
        What the student reads.
    note : str
        Something about the progress file; empty where all is well.
    """

    question: str
    right: bool
    kind: str
    message: str
    note: str = ""

    def __bool__(self) -> bool:
        return self.right

    def __repr__(self) -> str:
        return _text(self.question, self.message, self.note)

    def _repr_html_(self) -> str:
        colour = "#1b7f3b" if self.right else "#b3541e"
        return _html(colour, self.question, self.message, self.note)


@dataclass(frozen=True)
class Hint:
    """One hint: number ``number`` of ``of``."""

    question: str
    number: int
    of: int
    text: str
    note: str = ""

    def __repr__(self) -> str:
        return _text(self._title, self.text, self.note)

    def _repr_html_(self) -> str:
        return _html("#4a5a8a", self._title, self.text, self.note)

    @property
    def _title(self) -> str:
        return f"{self.question}, hint {self.number} of {self.of}" if self.of else self.question


def _text(title: str, message: str, note: str) -> str:
    return f"{title}: {message}" + (f"\n{note}" if note else "")


def _html(colour: str, title: str, message: str, note: str) -> str:
    small = f"<br><small>{html.escape(note)}</small>" if note else ""
    return (
        f'<div role="status" style="border-left: 4px solid {colour}; padding: 0.3em 0.8em">'
        f"<strong>{html.escape(title)}</strong>: {html.escape(message)}{small}</div>"
    )

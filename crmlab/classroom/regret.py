"""What does a decision cost? The EUR that it leaves on the table, against the best one known."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from crmlab.classroom import plain
from crmlab.classroom.plain import Unreadable
from crmlab.classroom.verdict import Verdict


@dataclass(frozen=True)
class Regret:
    """A decision, judged by the EUR that it leaves on the table.

    Parameters
    ----------
    best_eur : float
        What the best decision known earns.
    value_of : callable
        ``value_of(decision)`` is what a decision earns, EUR.
    pass_eur : float
        A regret up to this passes.
    read : callable
        Makes a plain decision of the answer, or raises `Unreadable`: `plain.number`,
        `plain.text`, `plain.ids`, ...
    """

    best_eur: float
    value_of: Callable[[Any], float]
    pass_eur: float
    read: Callable[[Any], Any] = plain.number

    def __post_init__(self) -> None:
        for name in ("best_eur", "pass_eur"):
            if not math.isfinite(getattr(self, name)):
                raise ValueError(f"{name} must be a finite number, got {getattr(self, name)!r}.")
        if self.pass_eur < 0:
            raise ValueError(f"pass_eur must be >= 0, got {self.pass_eur}.")

    @classmethod
    def among(
        cls,
        options: Sequence[int | float | str],
        value_of: Callable[[Any], float],
        pass_eur: float,
    ) -> Regret:
        """One of a few options, the best of which is found by trying all."""
        earned = {option: float(value_of(option)) for option in options}
        return cls(
            max(earned.values()),
            earned.__getitem__,
            pass_eur,
            partial(plain.option, options=tuple(options)),
        )

    def judge(self, answer: Any) -> Verdict:
        """Right where the regret is small; always says how many EUR were left on the table."""
        decision = self.read(answer)
        try:
            earned = float(self.value_of(decision))
        except Exception as error:  # a policy of the student may raise anything
            raise Unreadable("wrong", f"The decision could not be carried out: {error}") from error
        if not math.isfinite(earned):
            raise Unreadable("not a number", f"The decision earns {earned} EUR.")
        regret = max(self.best_eur - earned, 0.0)
        told = (
            f"{_eur(regret)} left on the table: your decision earns {_eur(earned)}, "
            f"the best one known {_eur(self.best_eur)}."
        )
        if regret <= self.pass_eur:
            return Verdict(True, "right", f"Right. {told}")
        return Verdict(False, "too costly", f"{told} Up to {_eur(self.pass_eur)} passes.")


def _eur(amount: float) -> str:
    return f"{amount:,.0f} EUR" if abs(amount) >= 10 or amount == 0 else f"{amount:,.2f} EUR"

"""What does the firm take for granted when it runs IDIC? Its calendar, and what a pilot told it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from crmlab.checks import at_least_zero, whole_number
from crmlab.strategic.idic.identify import link_by_rules


@dataclass(frozen=True)
class Plan:
    """The firm's calendar, and what it believes contacts do. The same for every version of IDIC.

    Parameters
    ----------
    begins_week : int
        Until then the firm writes to nobody, and collects orders.
    email_every : int
        Weeks between two newsletters to all who agreed.
    letter_every : int
        Least number of weeks between two letters to one believed customer.
    learn_every : int
        Weeks between two rounds of valuing customers, forming beliefs and asking.
    refit_every : int
        Rounds of learning between two linkings of the records and fits of the value model.
    horizon_weeks : float
        How far ahead a customer's value and the worth of an answer are counted.
    letter_lift, email_lift : float
        What a fully relevant letter or e-mail adds, in weeks of a customer's own buying, averaged
        over those who never read it: what a pilot measures.
    answer_rate : float
        Share of answers that is expected before anybody was asked, in [0, 1].
    question_wear : float
        What a question costs in patience, in weeks of a customer's own buying; 0 where the firm
        counts the price only.
    miss_penalty : float
        How far one product that is not wanted puts people off, as the firm believes.
    linker : callable
        ``linker(records) -> links``: from cleaned records to a table as `Standing.links` takes it.
    """

    begins_week: int = 12
    email_every: int = 4
    letter_every: int = 4
    learn_every: int = 4
    refit_every: int = 3
    horizon_weeks: float = 26.0
    letter_lift: float = 2.0
    email_lift: float = 1.0
    answer_rate: float = 0.3
    question_wear: float = 0.0
    miss_penalty: float = 0.0
    linker: Callable[[pd.DataFrame], pd.DataFrame] = link_by_rules

    def __post_init__(self) -> None:
        whole_number("begins_week", self.begins_week, 0, 10_000)
        for name in ("email_every", "letter_every", "learn_every", "refit_every"):
            whole_number(name, getattr(self, name), 1, 520)
        for name in ("horizon_weeks", "letter_lift", "email_lift", "question_wear", "miss_penalty"):
            at_least_zero(name, getattr(self, name))
        if not 0 <= self.answer_rate <= 1:
            raise ValueError(
                f"answer_rate must be in [0, 1], got {self.answer_rate}. Is this a percentage?"
            )

    @property
    def worth_weeks(self) -> float:
        """What full relevance of all e-mails within the horizon adds, in weeks of buying."""
        return self.email_lift * self.horizon_weeks / self.email_every

"""What does a firm take for granted when it runs the value chain? Calendar, money, beliefs."""

from __future__ import annotations

from dataclasses import dataclass

from crmlab.checks import at_least_zero, whole_number


@dataclass(frozen=True)
class ChainPlan:
    """The same for every version of the chain; all numbers are *assumed*.

    Parameters
    ----------
    begins_week : int
        Until then customers come by themselves, and the firm writes its newsletter.
    look_every : int
        Weeks between two looks at the whole: tiers, partners, improvements.
    learn_every : int
        Weeks between two rounds of learning what customers like.
    letters_every : int
        Weeks between two rounds of letters.
    mail_every : int
        Weeks between two newsletters; even, since questions are asked in the weeks between.
    win_eur, care_eur : float
        EUR a week, for prospects and for letters, for each customer that there was at the begin.
    win_share, care_share : float
        Of a week's budget, at most, for each of the two.
    improve_eur : float
        EUR a year, likewise, for the firm's own capabilities.
    offer_eur, save_eur : float
        Off the next order of a good customer who is silent; off the invoice of one under notice.
    letter_lift : float
        What a fully relevant letter adds, in weeks of a customer's own buying (lab 12's pilot).
    horizon_weeks : float
        How far ahead a customer under notice is valued.
    """

    begins_week: int = 13
    look_every: int = 13
    learn_every: int = 4
    letters_every: int = 4
    mail_every: int = 2
    win_eur: float = 0.04
    care_eur: float = 0.02
    win_share: float = 0.4
    care_share: float = 0.4
    improve_eur: float = 1.0
    offer_eur: float = 5.0
    save_eur: float = 10.0
    letter_lift: float = 2.0
    horizon_weeks: float = 26.0

    def __post_init__(self) -> None:
        whole_number("begins_week", self.begins_week, 0, 10_000)
        whole_number("look_every", self.look_every, 1, 520)
        for name in ("learn_every", "letters_every", "mail_every"):
            whole_number(name, getattr(self, name), 1, 520)
        for name in ("win_eur", "care_eur", "improve_eur", "offer_eur", "save_eur",
                     "letter_lift", "horizon_weeks"):  # fmt: skip
            at_least_zero(name, getattr(self, name))
        for name in ("win_share", "care_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(
                    f"{name} must be in [0, 1], got {getattr(self, name)}. Is this a percentage?"
                )

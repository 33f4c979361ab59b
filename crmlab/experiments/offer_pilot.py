"""What does a firm try before it offers anything to everybody? A pilot by lot, and its mails.

Of those who agree to e-mail, chance picks a share that gets a conversion mail with an offer every
few weeks; the others get none. The same mails then go to whom the firm has chosen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.chance import Chance, uniform
from crmlab.checks import at_least_zero, share, whole_number
from crmlab.policy import Actions, Plain, View

TREATED = 1
"""The cell of the pilot's messages."""
_LOT = Chance(0).split("pilot")
"""Ids are shuffled in every world, so one lot for all worlds is a new lot in each."""


@dataclass(frozen=True)
class Pilot:
    """A randomised pilot, and the offers that it tries.

    Attributes
    ----------
    start_week : int
        First week; segments are those of its start. At least ``weeks + 1``, since a tree and a
        network learn from as many weeks before it.
    weeks : int
        Length, at least 1.
    treated_share : float
        Of those who agree to e-mail, between 0 and 1.
    every_weeks : int
        Weeks between two mails, at least 1, in the pilot and in the roll-out.
    offer_eur : float
        Off the next order within four weeks, EUR; by default near to where offers to everybody
        cost what they bring, so that it matters who gets them.
    """

    start_week: int = 26
    weeks: int = 12
    treated_share: float = 0.5
    every_weeks: int = 4
    offer_eur: float = 5.0

    def __post_init__(self) -> None:
        whole_number("weeks", self.weeks, 1, 1_000)
        whole_number("start_week", self.start_week, self.weeks + 1, 4_000)
        whole_number("every_weeks", self.every_weeks, 1, 1_000)
        share("treated_share", self.treated_share)
        at_least_zero("offer_eur", self.offer_eur)

    @property
    def end_week(self) -> int:
        """The first week after it."""
        return self.start_week + self.weeks


def offers(pilot: Pilot, chosen: pd.Index | NDArray | None = None) -> Plain:
    """Offers after the pilot, to those who are chosen.

    Parameters
    ----------
    pilot : Pilot
        Says when and what.
    chosen : Index or array of int, optional
        Customers; None for everybody. Only who agrees to e-mail gets one.
    """

    def send(view: View) -> Actions | None:
        since = view.week - pilot.end_week
        if since < 0 or since % pilot.every_weeks:
            return None
        ids = view.agreed()
        ids = ids if chosen is None else ids[np.isin(ids, np.asarray(chosen))]
        return Actions(ids, kind="conversion", offer_eur=pilot.offer_eur)

    return Plain(send, "offers")


def trial(pilot: Pilot) -> Plain:
    """The pilot: the offers to a share of those who agree, drawn by lot once for all."""

    def send(view: View) -> Actions | None:
        since = view.week - pilot.start_week
        if not 0 <= since < pilot.weeks or since % pilot.every_weeks:
            return None
        ids = view.agreed()
        ids = ids[uniform(_LOT.base("lot", ids)) < pilot.treated_share]
        return Actions(ids, kind="conversion", offer_eur=pilot.offer_eur, cell=TREATED,
                       propensity=pilot.treated_share)  # fmt: skip

    return Plain(send, "pilot")

"""How does a firm earn the right to write? Godin's permission ladder as policies.

Godin (1999): offer an incentive to volunteer; teach with the attention won; renew the
incentive; ask for more permission; use it over time. Chaffey (2004) adds the selective
opt-in (and opt-down), and a contact strategy with limits.
"""

from __future__ import annotations

import numpy as np

from crmlab.checks import at_least_zero
from crmlab.operational.campaigns import _every, weeks_since
from crmlab.policy import Actions, ConsentPage, Decision, Plain, Standing, View

_ASK_EVERY_WEEKS = 13


def permission(
    every_weeks: int = 4,
    incentive_eur: float = 1.0,
    path: str = "plain",
    asks: int = 2,
    sunset_weeks: float | None = None,
) -> Plain:
    """Ask first, then write to those who agreed.

    Parameters
    ----------
    every_weeks : int
        Weeks between two newsletters.
    incentive_eur : float
        Paid to each customer who agrees when asked.
    path : str
        What those meet who want out: ``"plain"``, ``"preference centre"``, ``"obstructed"``.
    asks : int
        How often each customer is asked at most: in the second week, then every quarter.
    sunset_weeks : float, optional
        Leave those alone who have opened nothing for so long (Chaffey's "emotionally
        unsubscribed").
    """
    period = _every(every_weeks)
    at_least_zero("incentive_eur", incentive_eur)
    at_least_zero("asks", asks)
    page = ConsentPage(path)

    def act(view: View) -> Decision:
        parts = [_asking(view, incentive_eur, int(asks))]
        if view.week % period == 0:
            parts.append(Actions(_awake(view, sunset_weeks)))
        return Decision(Actions.concat(parts), Standing(consent_page=page))

    label = f"permission(every_weeks={period}, incentive_eur={incentive_eur:g}, path={path!r})"
    return Plain(act, label)


def _asking(view: View, incentive_eur: float, asks: int) -> Actions:
    """Ask customers without permission in the second week after registering, then quarterly."""
    age = np.floor(weeks_since(view, "registered_at"))
    turn = (age - 1) / _ASK_EVERY_WEEKS
    due = (turn >= 0) & (turn == np.floor(turn)) & (turn < asks)
    due &= view.codes("profiles", "consent") <= 1
    ids = view.column("profiles", "customer_id")[due]
    return Actions(ids, kind="ask_consent", offer_eur=incentive_eur)


def _awake(view: View, sunset_weeks: float | None) -> np.ndarray:
    ids = view.agreed()
    if sunset_weeks is None:
        return ids
    quiet = np.minimum(weeks_since(view, "last_opened_at"), weeks_since(view, "registered_at"))
    asleep = (quiet > sunset_weeks) | view.column("profiles", "bounced")
    return ids[~np.isin(ids, view.column("profiles", "customer_id")[asleep])]

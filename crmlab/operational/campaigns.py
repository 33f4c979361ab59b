"""Whom to write to, when, and about what? Outbound campaigns as policies.

Chaffey's kinds of outbound e-mail: the newsletter goes out by the calendar, the conversion
mail asks for an order, the triggered mail (`rules.py`) answers what somebody did.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crmlab.chance import uniform
from crmlab.checks import at_least_zero
from crmlab.policy import Actions, Plain, View
from crmlab.tables import WEEK_SECONDS


def _every(weeks: int) -> int:
    if isinstance(weeks, bool) or not isinstance(weeks, int | np.integer) or weeks < 1:
        raise ValueError(f"every_weeks must be a whole number >= 1, got {weeks!r}.")
    return int(weeks)


def nothing() -> Plain:
    """Leave everybody alone.

    >>> nothing()
    nothing
    """
    return Plain(lambda view: None, "nothing")


def newsletter(every_weeks: int = 2, product_id: int = 0) -> Plain:
    """Write to everybody who has agreed, by the calendar.

    Parameters
    ----------
    every_weeks : int
        Weeks between two issues, at least 1.
    product_id : int
        The product shown; 0 for the whole assortment.

    Examples
    --------
    >>> newsletter(every_weeks=4)
    newsletter(every_weeks=4)
    """
    period = _every(every_weeks)

    def send(view: View) -> Actions | None:
        return Actions(view.agreed(), product_id=product_id) if view.week % period == 0 else None

    return Plain(send, f"newsletter(every_weeks={period})")


def interruption(every_weeks: int = 1) -> Plain:
    """Write to everybody who has not objected, asked or not (interruption marketing).

    Where the law demands consent, the engine refuses those who never gave it.
    """
    period = _every(every_weeks)

    def send(view: View) -> Actions | None:
        if view.week % period:
            return None
        free = view.codes("profiles", "consent") != 5
        return Actions(view.column("profiles", "customer_id")[free])

    return Plain(send, f"interruption(every_weeks={period})")


def random_timing(messages_per_year: float = 26.0) -> Plain:
    """As many newsletters to those who agreed, but each at a week of its own: a foil."""
    at_least_zero("messages_per_year", messages_per_year)
    share = min(messages_per_year / 52.18, 1.0)

    def send(view: View) -> Actions:
        ids = view.agreed()
        drawn = uniform(view.chance.base("timing", ids), 0) < share
        return Actions(ids[drawn], propensity=share)

    return Plain(send, f"random_timing(messages_per_year={messages_per_year:g})")


def conversion(after_weeks: int = 4, offer_eur: float = 3.0) -> Plain:
    """Ask those with a single order, once, for a second one."""
    period = _every(after_weeks)
    at_least_zero("offer_eur", offer_eur)

    def send(view: View) -> Actions:
        agreed = np.isin(view.column("profiles", "customer_id"), view.agreed())
        age = weeks_since(view, "registered_at")
        due = agreed & (view.column("profiles", "orders") == 1) & (age >= period)
        due &= age < period + 1
        return Actions(
            view.column("profiles", "customer_id")[due], kind="conversion", offer_eur=offer_eur
        )

    return Plain(send, f"conversion(after_weeks={period}, offer_eur={offer_eur:g})")


def weeks_since(view: View, name: str) -> NDArray[np.float64]:
    """Weeks between a time in the profiles and now; ``inf`` where it never was."""
    time = view.column("profiles", name).astype("datetime64[s]")
    weeks = (view.now - time).astype("timedelta64[s]").astype(np.float64) / WEEK_SECONDS
    return np.where(np.isnat(time), np.inf, weeks)

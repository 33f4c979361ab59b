"""Who gets an offer before the contract runs out?

By contract a customer is lost at a renewal, and some say so before. An offer in the last days can
keep them, and everybody else who holds one takes it as well: the firm pays those who would have
stayed. So the question is whom to offer it to: those who have given *notice*, those in the months
in which most cancel (*early*), or *everybody* whose renewal is due.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crmlab.checks import above_zero, at_least_zero, one_of, whole_number
from crmlab.policy import Actions, Plain, View
from crmlab.tables import EPOCH, WEEK_SECONDS

WHOM = ("notices", "early", "everybody")


def save_offers(
    to: str = "notices",
    offer_eur: float = 10.0,
    *,
    contract_weeks: int = 4,
    early_renewals: int = 6,
    channel: str = "post",
    from_week: int = 0,
) -> Plain:
    """Send an offer in the week in which the contract runs out.

    Parameters
    ----------
    to : str
        ``"notices"``: those who have said that they will cancel; ``"early"``: those whose
        renewal is due and who have renewed less than ``early_renewals`` times;
        ``"everybody"`` whose renewal is due.
    offer_eur : float
        EUR off the next invoice, > 0.
    contract_weeks : int
        From one renewal to the next.
    early_renewals : int
        Only for ``"early"``.
    channel : str
        Of the message; a letter needs no permission.
    from_week : int
        Nothing before this week.

    Examples
    --------
    >>> save_offers("notices", 10.0)
    save_offers(notices, 10 EUR)
    """
    one_of("to", to, WHOM)
    above_zero("offer_eur", offer_eur)
    whole_number("contract_weeks", contract_weeks, 1, 520)
    at_least_zero("from_week", from_week)

    def act(view: View) -> Actions | None:
        if view.week < from_week:
            return None
        if to == "notices":
            ids = under_notice(view)
        else:
            ids, renewals = due_this_week(view, contract_weeks)
            ids = ids[renewals < early_renewals] if to == "early" else ids
        return Actions(np.sort(ids), "conversion", channel=channel, offer_eur=offer_eur)

    return Plain(act, f"save_offers({to}, {offer_eur:g} EUR)")


def under_notice(view: View) -> NDArray[np.int64]:
    """Those whose contract, by their own word, runs out this week."""
    ends = view.column("notices", "ends_at").astype("datetime64[s]")
    here = (ends >= view.now) & (ends < view.now + np.timedelta64(WEEK_SECONDS, "s"))
    return np.unique(view.column("notices", "customer_id")[here].astype(np.int64))


def due_this_week(view: View, contract_weeks: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Customers whose renewal falls due this week, and how often each has renewed so far."""
    term = contract_weeks * WEEK_SECONDS
    start = _seconds(view.column("profiles", "registered_at"))
    last = _seconds(view.column("profiles", "last_ordered_at"))
    since = view.week - start // WEEK_SECONDS
    number = since // contract_weeks
    # Who did not renew the last time has no order since: the last invoice was a term ago.
    due = (since > 0) & (since % contract_weeks == 0) & (last >= start + (number - 1) * term)
    ids = view.column("profiles", "customer_id")[due]
    return ids.astype(np.int64), number[due] - 1


def _seconds(time: NDArray) -> NDArray[np.int64]:
    return (time.astype("datetime64[s]") - EPOCH).astype(np.int64)

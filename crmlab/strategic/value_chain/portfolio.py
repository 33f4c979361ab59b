"""Whom does the firm serve, and how? The first stage: value tiers, and a strategy for each.

Every customer's margin to come is estimated from orders: by Pareto/NBD and gamma-gamma, as in
*differentiate* of IDIC, or, where customers are under contract, by the invoices of the last quarter
(who did not renew shows there, and needs no model). Tiers are those of Peppers and Rogers (2004).
What contacts could add hangs on how clearly it is known what a customer wants, so that stage 2
sharpens stage 1. The four strategies are ours (*assumed*): the lecture asks only that clusters are
treated differently.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.asof import When, moment
from crmlab.records import Records
from crmlab.strategic.idic.differentiate import ValueModel, can_fit, gain_of_contact, tiers
from crmlab.strategic.presentation import weekly_margin
from crmlab.tables import EPOCH

STRATEGIES = {
    "most valuable": "keep: letters, first at the desk, an offer if they fall silent",
    "most growable": "grow: letters with what they like, questions",
    "other": "serve: mails, and letters while money is left",
    "below zero": "serve for less: mails only",
}
"""What is done for each tier."""
LETTER_EUR, LETTER_EVERY, HORIZON_WEEKS = 0.75, 8, 26
_INVOICE_WEEKS = 13
_UNKNOWN = 0.5  # how relevant a message is thought to be of whose reader nothing is known


def expected_margin(orders: pd.DataFrame, now: np.datetime64, contract: bool) -> pd.Series:
    """What each customer who has bought is expected to bring, EUR of margin a week if left alone.

    Parameters
    ----------
    orders : DataFrame
        ``customer_id``, ``ordered_at``, ``value_eur``, ``margin_eur``, up to now.
    now : datetime64
    contract : bool
        Whether orders are invoices of a contract.

    Returns
    -------
    Series
        Index ``customer_id``, in order; empty while too few have come back to tell them apart.
    """
    if not can_fit(orders):
        return pd.Series(dtype=float)
    if contract:
        ids = np.sort(orders["customer_id"].unique())
        late = weekly_margin(ids, orders, now, _INVOICE_WEEKS)
        return pd.Series(late, pd.Index(ids, name="customer_id"))
    return ValueModel.fit(orders, now).margin_per_week(orders, now).sort_index()


def portfolio(
    margin: pd.Series,
    clearness: pd.Series | None = None,
    letter_lift: float = 2.0,
    letter_eur: float = LETTER_EUR,
) -> pd.DataFrame:
    """Value and tier of every customer who has bought.

    Parameters
    ----------
    margin : Series
        EUR a week if left alone, by customer, as `expected_margin` gives it.
    clearness : Series, optional
        How relevant a message is expected to be, by customer, in [0, 1]; 0.5 where missing.
    letter_lift : float
        What a fully relevant letter adds, in weeks of the customer's own buying.
    letter_eur : float
        Its price.

    Returns
    -------
    DataFrame
        One row a customer: ``margin_per_week_eur``, ``gain_eur`` (of one letter, before its
        price), ``tier`` (a category). Empty if ``margin`` is.

    Examples
    --------
    >>> portfolio(pd.Series({7: 5.0, 8: 0.0}))["gain_eur"].tolist()
    [5.0, 0.0]
    """
    if margin.empty:
        return pd.DataFrame(columns=["margin_per_week_eur", "gain_eur", "tier"])
    known = pd.Series(dtype=float) if clearness is None else clearness
    relevance = known.reindex(margin.index).fillna(_UNKNOWN)
    gain = pd.Series(gain_of_contact(margin, relevance, letter_lift), margin.index)
    tier = tiers(margin, gain, letter_eur, HORIZON_WEEKS, LETTER_EVERY)["tier"]
    return pd.DataFrame({"margin_per_week_eur": margin, "gain_eur": gain, "tier": tier})


def contract(records: Records) -> bool:
    """Whether customers are under contract: some have given notice."""
    return "notices" in records and len(records["notices"]) > 0


def by_tier(records: Records, until: When) -> pd.DataFrame:
    """The portfolio as a table for the board.

    Parameters
    ----------
    records : Records
    until : When
        A week number or a time: what came later is not looked at.

    Returns
    -------
    DataFrame
        One row a tier: ``customers``, ``share`` (of the customers), ``expected_eur`` (margin of
        the next half-year, in all), ``of_margin`` (its share of all), ``strategy``.

    Raises
    ------
    ValueError
        Too few customers have come back by then.
    """
    end = moment(until, EPOCH)
    orders = records.orders
    now = np.datetime64(end)
    found = portfolio(expected_margin(orders[orders["ordered_at"] < end], now, contract(records)))
    if found.empty:
        raise ValueError(f"until must leave thirty customers with two orders, got {until!r}.")
    eur = found["margin_per_week_eur"] * HORIZON_WEEKS
    by = eur.groupby(found["tier"], observed=False).agg(["size", "sum"])
    by = by.reindex(list(STRATEGIES))
    return pd.DataFrame(
        {
            "customers": by["size"],
            "share": by["size"] / len(found),
            "expected_eur": by["sum"],
            "of_margin": by["sum"] / eur.sum(),
            "strategy": list(STRATEGIES.values()),
        }
    ).rename_axis("tier")

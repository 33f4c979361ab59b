"""How does the firm find out what pays? A part of the customers is treated by lot, all the time.

Without a lot a review sees only that those who got letters bought more, and they were chosen
because they buy more. So in every period a lot draws some customers, and gives each of them one of
three treatments; all others are treated as the strategy says. What came of it is judged at the end
of the period.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.chance import Chance
from crmlab.strategic.five_processes.strategy import traits

TREATMENTS = ("nothing more", "offer", "letter")
"""What a customer gets once a month beside the newsletter."""
NOTHING, OFFER, LETTER = range(len(TREATMENTS))


@dataclass(frozen=True)
class Trial:
    """The lot of one period.

    Attributes
    ----------
    rows : DataFrame
        One row a customer of the trial (index ``customer_id``): the columns of
        `strategy.traits`, ``arm`` (place in `TREATMENTS`), ``agreed`` (to e-mail, at the start).
    start, end : datetime64
    """

    rows: pd.DataFrame
    start: np.datetime64
    end: np.datetime64


def lot(
    ids: np.ndarray, period: int, share: float, arms: tuple[int, ...], luck: Chance
) -> np.ndarray:
    """The arm of each customer by lot; -1 for those who are not drawn.

    Parameters
    ----------
    ids : array of int
    period : int
        A new lot in each.
    share : float
        Of the customers, in [0, 1].
    arms : tuple of int
        Places in `TREATMENTS`, equally likely.
    luck : Chance

    Examples
    --------
    >>> drawn = lot(np.arange(9_000), 0, 0.3, (0, 1, 2), Chance(1))
    >>> (np.bincount(drawn + 1) / 9_000).round(1).tolist()
    [0.7, 0.1, 0.1, 0.1]
    """
    drawn = luck.uniform("trial", ids, period)
    if share == 0 or not arms:
        return np.full(len(ids), NOTHING - 1)
    place = np.minimum((drawn / share * len(arms)).astype(np.int64), len(arms) - 1)
    return np.where(drawn < share, np.array(arms)[place], -1)


def judged(
    trial: Trial, orders: pd.DataFrame, given: pd.DataFrame, sent_eur: pd.Series
) -> pd.DataFrame:
    """What each customer of a trial brought, after the treatment's own cost.

    Parameters
    ----------
    trial : Trial
    orders : DataFrame
        As known at the end of the period.
    given : DataFrame
        Offers redeemed: ``order_id``, ``offer_eur``.
    sent_eur : Series
        Cost of the treatments sent to each customer in the period, EUR (index ``customer_id``).

    Returns
    -------
    DataFrame
        The trial's rows with ``before_eur`` (the usual margin over such a period) and
        ``outcome_eur``.
    """
    inside = orders[(orders["ordered_at"] >= trial.start) & (orders["ordered_at"] < trial.end)]
    off = given.groupby("order_id")["offer_eur"].sum().reindex(inside["order_id"], fill_value=0.0)
    brought = (inside["margin_eur"] - off.to_numpy()).groupby(inside["customer_id"]).sum()
    rows = trial.rows
    weeks = (trial.end - trial.start) / np.timedelta64(7, "D")
    outcome = brought.reindex(rows.index, fill_value=0.0) - sent_eur.reindex(
        rows.index, fill_value=0.0
    )
    return rows.assign(before_eur=rows["weekly_eur"] * weeks, outcome_eur=outcome)


def drawn_now(
    orders: pd.DataFrame,
    agreed: np.ndarray,
    span: tuple[np.datetime64, np.datetime64],
    arm: pd.Series,
) -> Trial:
    """The trial that begins now, from the arm of each customer (-1: not in it).

    ``span`` is its start and its end.
    """
    known = traits(orders, span[0])
    arm = arm.reindex(known.index, fill_value=-1)
    rows = known.assign(arm=arm, agreed=np.isin(known.index, agreed))
    return Trial(rows[arm >= 0], *span)

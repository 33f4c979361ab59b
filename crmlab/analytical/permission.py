"""How good is a mailing list? What a firm can read off its consent log and its responses.

A list shrinks in ways of which the firm sees only some: people withdraw or report spam (seen),
addresses die (seen as bounces, if somebody looks), and people stop reading without a word
(Chaffey's "emotionally unsubscribed"). Assumption: the log of consents is complete.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.tables import EPOCH, WEEK_SECONDS

AGREED = ("opt-in", "double opt-in", "opt-down")


def list_size(consents: pd.DataFrame, weeks: int) -> NDArray[np.int64]:
    """Count the customers who agree to e-mail at the end of each week.

    Parameters
    ----------
    consents : DataFrame
        One row a change of a customer's permission: customer_id, at, status.
    weeks : int
        How many weeks, from week 0.

    Returns
    -------
    array of int, shape (weeks,)

    Raises
    ------
    ValueError
        ``weeks`` is not at least 1.

    Examples
    --------
    >>> times = pd.to_datetime(["2024-01-01", "2024-01-09", "2024-01-16"])
    >>> status = ["opt-in", "opt-down", "opt-out"]
    >>> log = pd.DataFrame({"customer_id": 1, "at": times, "status": status})
    >>> list_size(log, weeks=4)
    array([1, 1, 0, 0])
    """
    if weeks < 1:
        raise ValueError(f"weeks must be at least 1, got {weeks}.")
    log = consents.sort_values("at", kind="stable")
    now = log["status"].isin(AGREED).astype(int)
    before = now.groupby(log["customer_id"]).shift(fill_value=0)
    change = np.bincount(_week(log["at"]), (now - before).to_numpy(), minlength=weeks)
    return np.rint(change.cumsum()[:weeks]).astype(np.int64)


def mail_quality(
    messages: pd.DataFrame, responses: pd.DataFrame, every_weeks: int = 13
) -> pd.DataFrame:
    """See by quarter what became of the e-mails: bounced, opened, left, reported.

    Parameters
    ----------
    messages, responses : DataFrame
        Tables of `Records`.
    every_weeks : int
        Length of a period, 13 for a quarter.

    Returns
    -------
    DataFrame
        One row a period with e-mails, index ``period`` (from 1): messages, and per 1,000
        e-mails sent: bounces, opens, unsubscribes, complaints.

    Raises
    ------
    ValueError
        ``every_weeks`` is not at least 1.

    Examples
    --------
    >>> import crmlab as crm
    >>> r = crm.simulate("retail", 200, 26, 7, crm.policies.newsletter(1)).records
    >>> list(mail_quality(r.messages, r.responses).columns)
    ['messages', 'bounces', 'opens', 'unsubscribes', 'complaints']
    """
    if every_weeks < 1:
        raise ValueError(f"every_weeks must be at least 1, got {every_weeks}.")
    mails = messages.loc[messages["channel"] == "email", ["message_id", "sent_at"]]
    mails = mails.assign(period=_week(mails["sent_at"]) // every_weeks + 1)
    events = responses[["message_id", "event"]].merge(mails, on="message_id")
    sent = mails.groupby("period").size()
    counts = pd.crosstab(events["period"], events["event"].astype(str))
    names = {"bounce": "bounces", "open": "opens", "unsubscribe": "unsubscribes",
             "complaint": "complaints"}  # fmt: skip
    counts = counts.reindex(sent.index, columns=list(names), fill_value=0)
    rates = (1_000 * counts).div(sent, axis=0).rename(columns=names)
    return rates.rename_axis(columns=None).assign(messages=sent)[["messages", *names.values()]]


def _week(times: pd.Series) -> NDArray[np.int64]:
    """The week in which each time lies, from 0."""
    weeks = (times.to_numpy() - EPOCH) // np.timedelta64(WEEK_SECONDS, "s")
    return weeks.astype(np.int64)

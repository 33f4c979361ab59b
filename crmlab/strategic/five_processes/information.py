"""What does the firm know and remember? Information management, measured from its own records.

Payne and Frow (2005) call it the means to "build corporate memory". What can be counted: whether
all departments hold the same (single view), how long ago it was checked (age), of how many
customers anything is known that an offer could go by, and how often an agent sees what was said
before.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.records import Records

KNOWN_LINES = 3
"""Order lines, or one answer, from which on a preference counts as known (*assumed*)."""


def corporate_memory(records: Records, now: np.datetime64) -> pd.Series:
    """What the firm knows of its customers.

    Parameters
    ----------
    records : Records
        With customers; the other tables count where they are there.
    now : datetime64
        When the age is reckoned.

    Returns
    -------
    Series
        ``single_view`` (share of customers of whom all departments hold the same e-mail and city),
        ``age_weeks`` (median since a copy was checked), ``known`` (share with a known preference),
        ``remembered`` (share of later contacts in which the agent saw the earlier ones),
        ``bounced`` (share of e-mails that came back). NaN where there is nothing to count.

    Examples
    --------
    >>> from crmlab.records import Records
    >>> log = pd.DataFrame({"who": [1], "on": ["2024-01-02"], "eur": [10.0]})
    >>> held = Records.from_transactions(log, customer="who", date="on", value="eur")
    >>> corporate_memory(held, np.datetime64("2024-02-01")).isna().all()
    np.True_
    """
    copies = _table(records, "copies")
    age = (now - copies["updated_at"]) / np.timedelta64(7, "D") if len(copies) else pd.Series()
    return pd.Series(
        {
            "single_view": _agree(copies).mean() if len(copies) else np.nan,
            "age_weeks": float(age.median()) if len(age) else np.nan,
            "known": _known(records),
            "remembered": _remembered(records),
            "bounced": _bounced(records),
        }
    )


def _table(records: Records, name: str) -> pd.DataFrame:
    return records[name] if name in records else pd.DataFrame()


def _agree(copies: pd.DataFrame) -> pd.Series:
    """Whether all departments hold the same of a customer."""
    return copies.groupby("customer_id")[["email", "city"]].nunique().eq(1).all(axis=1)


def _known(records: Records) -> float:
    lines, orders = _table(records, "order_lines"), _table(records, "orders")
    if not len(lines):
        return np.nan
    who = lines["order_id"].map(orders.set_index("order_id")["customer_id"]).value_counts()
    told = _table(records, "questions")
    said = told.loc[told["answer"] != "no answer", "customer_id"] if len(told) else []
    return len(set(who.index[who >= KNOWN_LINES]) | set(said)) / len(records["customers"])


def _remembered(records: Records) -> float:
    """Of answers to cases that take up another one."""
    cases, contacts = _table(records, "cases"), _table(records, "interactions")
    if not len(cases):
        return np.nan
    later = cases.loc[cases["follows_id"] > 0, "case_id"]
    rows = contacts[contacts["case_id"].isin(later) & (contacts["contact"] == "answered")]
    return float(rows["continues"].mean()) if len(rows) else np.nan


def _bounced(records: Records) -> float:
    sent, came = _table(records, "messages"), _table(records, "responses")
    if not len(sent):
        return np.nan
    return float((came["event"] == "bounce").sum() / max((sent["channel"] == "email").sum(), 1))

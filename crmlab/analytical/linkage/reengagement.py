"""Who has fallen silent, and may we write to them?

Silence is a matter of the person, not of the record: whoever buys under a new record is not
inactive, and whoever opted out under any of them has opted out. Without links a list of inactive
records holds active customers, and breaks a promise to some.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.analytical.linkage.fields import need_columns, need_key, shown
from crmlab.analytical.linkage.measures import golden_of
from crmlab.analytical.permission import AGREED

SEEN = ("registered_at", "last_ordered_at", "last_opened_at")
"""Columns of `profiles` that say when a customer was last heard of."""
REFUSED = "opt-out"


def reengage(
    profiles: pd.DataFrame,
    now: str | pd.Timestamp,
    silent_weeks: float = 26.0,
    links: pd.DataFrame | None = None,
    key: str = "customer_id",
) -> pd.DataFrame:
    """The customers of whom nothing was heard for so long, and whether they may be written to.

    Parameters
    ----------
    profiles : DataFrame
        One row a record: the key, ``consent``, and some of `SEEN`.
    now : time
    silent_weeks : float
        From so many weeks of silence on, > 0.
    links : DataFrame, optional
        What `cluster` returns; without it each record is a customer.
    key : str
        The column of the records' keys.

    Returns
    -------
    DataFrame
        One row a silent customer, the longest silent first: golden_id, records, weeks_silent,
        may_write, and ``write_to`` (the most recently active of the records that agreed;
        missing where nobody may write).

    Examples
    --------
    >>> profiles = pd.DataFrame(
    ...     {
    ...         "customer_id": [1, 2, 3],
    ...         "consent": ["opt-in", "opt-in", "none"],
    ...         "last_ordered_at": pd.to_datetime(["2023-01-02", "2024-06-03", "2023-01-02"]),
    ...     }
    ... )
    >>> reengage(profiles, "2024-07-01")[["golden_id", "weeks_silent", "may_write"]]
       golden_id  weeks_silent  may_write
    0          1          78.0       True
    1          3          78.0      False
    """
    if not silent_weeks > 0:
        raise ValueError(f"silent_weeks must be > 0, got {silent_weeks!r}.")
    need_key("profiles", profiles, key)
    need_columns("profiles", profiles, "consent")
    seen = [c for c in SEEN if c in profiles.columns]
    if not seen:
        raise ValueError(f"profiles needs one of {', '.join(SEEN)}, got {list(profiles.columns)}.")
    table = pd.DataFrame({"record": profiles[key].array, "seen": profiles[seen].max(axis=1).array})
    consent = profiles["consent"].astype(str).array
    table["agreed"], table["refused"] = np.isin(consent, AGREED), consent == REFUSED
    table["golden_id"] = _golden(table["record"], links)
    people = table.groupby("golden_id").agg(
        records=("record", "size"), seen=("seen", "max"), agreed=("agreed", "any"),
        refused=("refused", "any"),
    )  # fmt: skip
    people["weeks_silent"] = (pd.Timestamp(now) - people["seen"]) / pd.Timedelta(weeks=1)
    people["may_write"] = people["agreed"] & ~people["refused"]
    asked = table[table["agreed"]].sort_values(["seen", "record"], ascending=[False, True])
    asked = asked.drop_duplicates("golden_id").set_index("golden_id")["record"]
    people["write_to"] = asked.reindex(people.index).where(people["may_write"])
    silent = people[people["weeks_silent"] >= silent_weeks].reset_index()
    order = silent.sort_values(["weeks_silent", "golden_id"], ascending=[False, True])
    names = ["golden_id", "records", "weeks_silent", "may_write", "write_to"]
    return order[names].reset_index(drop=True)


def _golden(keys: pd.Series, links: pd.DataFrame | None) -> pd.Series:
    if links is None:
        return keys
    found = golden_of(links).reindex(keys)
    if found.isna().any():
        unknown = shown(keys[int(found.isna().to_numpy().argmax())])
        raise ValueError(f"links has no golden_id for record {unknown}. Cluster all records.")
    return found.reset_index(drop=True)

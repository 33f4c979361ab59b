"""Do the records show what the definitions say? CRM and e-CRM as quantities that can be counted.

*CRM*: the approach of *building and sustaining* long-term business with customers. *e-CRM*: using
digital technology to *maximise sales to existing customers* and *encourage continued usage of
online services* (lecture notes). Each phrase becomes a share; where the one ends and the other
begins is hard to say, and so it is here: the same customers order and visit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab.checks import whole_number

if TYPE_CHECKING:
    from crmlab.asof import When
    from crmlab.records import Records


def definitions(records: Records, when: When, weeks: int = 26) -> pd.Series:
    """What the definitions ask for, in the weeks before a moment against those before them.

    Parameters
    ----------
    records : Records
        With ``orders``; ``sessions`` for online use.
    when : int, str, date or datetime64
        The end of the second window; a number is a week.
    weeks : int
        Length of each window.

    Returns
    -------
    Series
        ``built`` (share of the buyers who are new), ``sustained`` (share of the buyers of the
        first window who bought again), ``to_existing`` (share of turnover by earlier customers),
        ``online_continued`` (share of the visitors of the first window who visited again; NaN
        without sessions or visitors).

    Examples
    --------
    >>> from crmlab import Records
    >>> log = pd.DataFrame({"who": [1, 2, 1, 3], "eur": [10.0, 10.0, 30.0, 10.0]})
    >>> log["on"] = ["2024-01-01", "2024-01-02", "2024-01-09", "2024-01-10"]
    >>> records = Records.from_transactions(log, "who", "on", "eur")
    >>> definitions(records, "2024-01-15", weeks=1).round(2).tolist()
    [0.5, 0.5, 0.75, nan]
    """
    whole_number("weeks", weeks, 1, 520)
    then = records.as_of(when)
    assert then.now is not None  # as_of always knows its moment
    middle = then.now - np.timedelta64(7 * weeks, "D")
    orders = then["orders"]
    late = orders["ordered_at"].to_numpy() >= middle
    if not late.any():
        raise ValueError(f"there is no order in the {weeks} weeks before {when!r}.")
    existing = orders["customer_id"].isin(orders.loc[~late, "customer_id"])[late]
    buyers = orders.loc[late, "customer_id"]
    bought = orders["value_eur"][late]
    found = {
        "built": 1 - buyers[existing].nunique() / buyers.nunique(),
        "sustained": _again(orders["customer_id"], orders["ordered_at"], middle, weeks),
        "to_existing": float(bought[existing].sum() / bought.sum()),
        "online_continued": np.nan,
    }
    if "sessions" in records:
        # Visits as they stood in the end: when one began is all that is asked.
        visits = records["sessions"]
        visits = visits[visits["started_at"].to_numpy() < then.now]
        found["online_continued"] = _again(
            visits["customer_id"], visits["started_at"], middle, weeks
        )
    return pd.Series(found, name="share")


def _again(who: pd.Series, at: pd.Series, middle: np.datetime64, weeks: int) -> float:
    """Share of those of the first window who are there in the second."""
    times, start = at.to_numpy(), middle - np.timedelta64(7 * weeks, "D")
    first = who[(times >= start) & (times < middle)].unique()
    again = np.isin(first, who[times >= middle].unique())
    return float(again.mean()) if len(first) else float("nan")

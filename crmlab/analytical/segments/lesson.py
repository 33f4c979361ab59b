"""What does a firm learn from its pilot? Segments as of its start, effects from its lot.

Nothing is used twice. Segments are made of what was known when the pilot began; a tree and a
network, which need an outcome to learn from, learn from as long a time before it. So the outcome
of the pilot judges segments that it had no part in (Athey and Imbens 2016, PNAS 113(27), call
that honest).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.base import clone, is_regressor

from crmlab.analytical.permission import AGREED
from crmlab.analytical.segments.base import Segmenter
from crmlab.analytical.segments.behaviour import behaviour, margin_between
from crmlab.analytical.segments.pilot import effects_by_segment

if TYPE_CHECKING:
    from crmlab.records import Records


@dataclass(frozen=True, eq=False, repr=False)
class Lesson:
    """A pilot as its firm sees it afterwards.

    Attributes
    ----------
    early_X, early_y : DataFrame, Series
        What was known as long before the pilot as it lasted, and the margin between then and
        its start, EUR.
    X : DataFrame
        What was known of everybody at its start.
    pilot : DataFrame
        One row a customer who agreed to e-mail at its start: ``treated``, ``outcome_eur`` (margin
        during the pilot less offers and messages), ``before_eur`` (margin before).
    """

    early_X: pd.DataFrame
    early_y: pd.Series
    X: pd.DataFrame
    pilot: pd.DataFrame

    def segment(self, method: Segmenter) -> pd.Series:
        """The segment of everybody in the pilot, as of its start."""
        model = clone(method)
        fitted = model.fit(self.early_X, self.early_y) if is_regressor(model) else model.fit(self.X)
        return fitted.segment(self.X.loc[self.pilot.index])

    def effects(self, segment: pd.Series) -> pd.DataFrame:
        """What the pilot did to each segment: see `effects_by_segment`."""
        p = self.pilot
        return effects_by_segment(
            p["outcome_eur"], p["treated"], segment.loc[p.index], p["before_eur"]
        )

    def __repr__(self) -> str:
        return (
            f"a pilot with {len(self.pilot):,} of {len(self.X):,} customers, "
            f"{int(self.pilot['treated'].sum()):,} of them treated"
        )


def lesson(
    records: Records, start_week: int, end_week: int, message_eur: float = 0.0, cell: int = 1
) -> Lesson:
    """What the records tell of a pilot among those who agree to e-mail.

    Parameters
    ----------
    records : Records
        With orders, messages, and consents; the lot decided who got messages.
    start_week, end_week : int
        First week of the pilot, and the first one after it.
    message_eur : float
        Cost of one message, EUR.
    cell : int
        The cell of the pilot's messages.

    Returns
    -------
    Lesson

    Raises
    ------
    ValueError
        The pilot has no weeks, as many weeks before it are not in the records, or nobody got a
        message of its cell.

    Examples
    --------
    >>> import crmlab as crm
    >>> from crmlab.policy import Actions
    >>> def half(view):
    ...     ids = view.agreed()
    ...     return Actions(ids[ids % 2 == 0], cell=1) if view.week == 20 else None
    >>> lesson(crm.simulate("retail", 200, 30, 1, half).records, 20, 30)
    a pilot with 92 of 200 customers, 43 of them treated
    """
    weeks = end_week - start_week
    if not 0 < weeks < start_week:
        raise ValueError(
            "end_week must be after start_week, and as many weeks must lie before it, got "
            f"{start_week} and {end_week}."
        )
    start = records.as_of(start_week)
    profiles = start["profiles"].set_index("customer_id")
    X = behaviour(records, start_week)
    agreed = profiles.index[profiles["consent"].isin(AGREED)]
    sent = records.as_of(end_week)["messages"]
    got = sent.loc[(sent["cell"] == cell) & (sent["sent_at"] >= start.now), "customer_id"]
    if got.empty:
        raise ValueError(f"nobody got a message of cell {cell} from week {start_week} on.")
    asked = X.index[X.index.isin(agreed)]
    early = start_week - weeks
    outcome = margin_between(records, start_week, end_week, message_eur)
    before = margin_between(records, 0, start_week)
    early_X = behaviour(records, early)
    pilot = pd.DataFrame(
        {
            "treated": np.isin(asked, got),
            "outcome_eur": outcome.loc[asked],
            "before_eur": before.loc[asked],
        },
        index=asked,
    )
    return Lesson(early_X, margin_between(records, early, start_week).loc[early_X.index], X, pilot)

"""How good is the customer database, in six numbers? The scorecard of STARTS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.analytical.linkage.starts import (
    accurate,
    k_anonymity,
    relevant,
    shareable,
    timely,
    transportable,
    violations,
)


@dataclass(frozen=True)
class Starts:
    """The six numbers, shares in [0, 1] but for the age; NaN where nothing measured it.

    Attributes
    ----------
    shareable : float
        Share of the fields that a role may read, averaged over the roles.
    transportable : float
        Share of the values that survive export and import unchanged.
    accurate : float
        Share of the stored values that are true.
    relevant : float
        Share of the fields that anybody has read.
    timely_weeks : float
        Median age of a record, weeks.
    secure : float
        Share of the accesses that the rights allow.
    k_anonymity : float
        Records in the smallest group with the same quasi-identifiers: beside `secure`, since a
        permitted export can give people away, too.
    """

    shareable: float = np.nan
    transportable: float = np.nan
    accurate: float = np.nan
    relevant: float = np.nan
    timely_weeks: float = np.nan
    secure: float = np.nan
    k_anonymity: float = np.nan

    @property
    def table(self) -> pd.DataFrame:
        """One row a number: attribute, value."""
        return pd.DataFrame({"attribute": list(vars(self)), "value": list(vars(self).values())})

    def __repr__(self) -> str:
        return "\n".join(f"{name:<14}{value:10.3f}" for name, value in vars(self).items())


@dataclass(frozen=True)
class Evidence:
    """What the scorecard is measured on, beside the records.

    Parameters
    ----------
    rights, log : DataFrame, optional
        Both with role and column: who may read what, who read what.
    truth : DataFrame, optional
        True values of some columns of some records, with the records' key.
    now : time, optional
    """

    rights: pd.DataFrame | None = None
    log: pd.DataFrame | None = None
    truth: pd.DataFrame | None = None
    now: str | pd.Timestamp | None = None


def scorecard(
    records: pd.DataFrame,
    evidence: Evidence,
    key: str = "customer_id",
    time: str = "registered_at",
    quasi: Sequence[str] = ("birth_year", "postcode"),
) -> Starts:
    """All six numbers of STARTS at once, as far as there is evidence.

    Parameters
    ----------
    records : DataFrame
    evidence : Evidence
    key, time : str
        The columns of the records' keys and of their times.
    quasi : sequence of str
        Quasi-identifiers; left out where the table lacks one.

    Examples
    --------
    >>> records = pd.DataFrame(
    ...     {"customer_id": [1, 2], "birth_year": [1979, 1979], "postcode": ["01067", "01067"]}
    ... )
    >>> card = scorecard(records, Evidence())
    >>> card.k_anonymity, card.accurate
    (2, nan)
    """
    e, columns = evidence, [str(c) for c in records.columns if c != key]
    both = e.log is not None and e.rights is not None
    return Starts(
        np.nan if e.rights is None else shareable(e.rights, columns),
        transportable(records),
        np.nan if e.truth is None else float(accurate(records, e.truth, key).mean()),
        np.nan if e.log is None else relevant(columns, e.log),
        np.nan if e.now is None else timely(records, e.now, time),
        1 - len(violations(e.log, e.rights)) / max(len(e.log), 1) if both else np.nan,  # type: ignore[arg-type]
        k_anonymity(records, quasi) if set(quasi) <= set(columns) else np.nan,
    )

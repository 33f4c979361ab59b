"""Who is who? The first step of IDIC: one customer for the records of one person.

Peppers and Rogers (2004, Managing Customer Relationships): to treat somebody differently a firm
must recognise the same individual at every contact; a name is not needed, recognition is. The
linking itself is lab 04's (`crmlab.analytical.linkage`). Without this step every record counts as
a customer.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crmlab.tables import EPOCH

_YEAR = int(str(EPOCH)[:4])


def cleaned(customers: pd.DataFrame) -> pd.DataFrame:
    """The records with their fields written alike, row by row (lab 04)."""
    from crmlab.analytical.linkage import Cleaner, normalise

    return normalise(customers, Cleaner(year=_YEAR)).records


def link_by_rules(records: pd.DataFrame) -> pd.DataFrame:
    """Links of the records that the usual exact rules take for one person.

    Deterministic rules miss misspelt records and hardly ever merge two people; a probabilistic
    linker finds more and takes longer. Any function of this shape can stand in its place.

    Parameters
    ----------
    records : DataFrame
        The table ``customers``, `cleaned`.

    Returns
    -------
    DataFrame
        One row a record: ``customer_id`` and ``golden_id``, as `Standing.links` takes them.

    Examples
    --------
    >>> import crmlab as crm
    >>> market = crm.scenario("retail").replace(duplicate_share=0.5)
    >>> run = crm.simulate(market, customers=200, weeks=40, seed=7)
    >>> links = link_by_rules(cleaned(run.records.customers))
    >>> bool(links["golden_id"].nunique() < len(links))
    True
    """
    from crmlab.analytical.linkage import cluster, match_by_rules, roles_of, usual_rules

    rules = usual_rules(roles_of(records))
    return cluster(match_by_rules(records, rules), records["customer_id"])


def owners(ids: ArrayLike, links: pd.DataFrame | None) -> pd.Series:
    """The believed customer behind each record; a record without a link is its own.

    Parameters
    ----------
    ids : array of int
        Records.
    links : DataFrame, optional
        ``customer_id`` and ``golden_id``; None for no links.

    Returns
    -------
    Series
        Index ``customer_id``, in the order of ``ids``.

    Examples
    --------
    >>> links = pd.DataFrame({"customer_id": [1, 2], "golden_id": [1, 1]})
    >>> owners([1, 2, 3], links).tolist()
    [1, 1, 3]
    """
    keys = np.asarray(ids, dtype=np.int64)
    golden = keys.copy()
    if links is not None and len(links):
        place = pd.Index(links["customer_id"]).get_indexer(keys)
        golden = np.where(place >= 0, links["golden_id"].to_numpy()[place], keys)
    return pd.Series(golden, pd.Index(keys, name="customer_id"), name="golden_id")

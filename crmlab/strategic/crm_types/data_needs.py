"""Which data does which type of CRM need? The lecture's list, beside the tables that a firm holds.

The lecture notes give *strategic* CRM "markets, offerings, customers, channels, competitors,
performance, and potential", and *operational* CRM what "excellent service, successful marketing
campaigns, and sales opportunity tracking" need. Buttle (2009) adds that *analytical* CRM feeds on
both. Which table serves which need is our mapping. Where no table does, the firm does not know.
"""

from __future__ import annotations

import pandas as pd

from crmlab.records import Records

NEEDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("strategic", "markets"): ("pools",),
    ("strategic", "offerings"): ("products", "order_lines"),
    ("strategic", "customers"): ("customers", "profiles"),
    ("strategic", "channels"): ("messages", "sessions"),
    ("strategic", "competitors"): (),
    ("strategic", "performance"): ("orders", "returns"),
    ("strategic", "potential"): ("questions", "preferences"),
    ("operational", "excellent service"): ("cases", "interactions", "surveys", "deliveries"),
    ("operational", "marketing campaigns"): ("messages", "responses", "consents", "redemptions"),
    ("operational", "opportunity tracking"): ("leads",),
}
"""What each function needs (lecture notes, "Defining Database Functions"), and what serves it."""


def data_needs() -> pd.DataFrame:
    """The needs as a table: function, need, tables; an empty text where no table serves it.

    >>> needs = data_needs()
    >>> needs.loc[needs["tables"] == "", "need"].tolist()
    ['competitors']
    """
    rows = [(use, need, ", ".join(tables)) for (use, need), tables in NEEDS.items()]
    return pd.DataFrame(rows, columns=["function", "need", "tables"])


def held(records: Records) -> pd.DataFrame:
    """The same beside what this firm holds: rows in these tables.

    Returns
    -------
    DataFrame
        One row a need: function, need, tables, ``rows``.
    """
    counted = [sum(len(getattr(records, name)) for name in tables) for tables in NEEDS.values()]
    return data_needs().assign(rows=counted)

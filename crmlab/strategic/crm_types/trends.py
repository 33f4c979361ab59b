"""What are the five key trends in CRM applications, and where does each meet the types of CRM?

Lecture notes 8.1: operational CRM, analytical CRM, social CRM, software-as-a-service, sales
applications. Three of them are types; one says where the software runs (hosted, paid by the
month), one which work it serves. So they are no classification: a product can be all five at once.
"""

from __future__ import annotations

import pandas as pd

TRENDS: dict[str, tuple[str, str]] = {
    "operational CRM": ("a type", "CRMTypes(operational=True)"),
    "analytical CRM": ("a type", "CRMTypes(analytical=True)"),
    "social CRM": ("a type", "CRMTypes(social=True)"),
    "software-as-a-service": ("where it runs and how it is paid", "prices by the week"),
    "sales applications": ("which work it serves", "leads and pools (lab 12)"),
}
"""Each trend of the notes: what kind of thing it is, and where it is met here."""


def trends() -> pd.DataFrame:
    """The five trends as a table: trend, what it is, where it is met.

    >>> trends()["what it is"].tolist().count("a type")
    3
    """
    rows = [(name, *told) for name, told in TRENDS.items()]
    return pd.DataFrame(rows, columns=["trend", "what it is", "here"])

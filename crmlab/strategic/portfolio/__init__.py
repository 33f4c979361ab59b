"""The customer portfolio between firms: one table from the records, and what to do with it.

`portfolio` brings the five disciplines together; the lecture's models, the strategically
significant kinds and the seven core strategies are functions of that table.
"""

from crmlab.strategic.portfolio.books import STATUSES, books, status
from crmlab.strategic.portfolio.outlook import Horizon, growth, leaving_risk, lifetime_value
from crmlab.strategic.portfolio.table import DISCIPLINES, portfolio, seen

__all__ = [
    "DISCIPLINES",
    "STATUSES",
    "Horizon",
    "books",
    "growth",
    "leaving_risk",
    "lifetime_value",
    "portfolio",
    "seen",
    "status",
]

"""The customer portfolio between firms: one table from the records, and what to do with it.

`portfolio` brings the five disciplines together; the lecture's models, the strategically
significant kinds and the seven core strategies are functions of that table.
"""

from crmlab.strategic.portfolio.books import STATUSES, books, status
from crmlab.strategic.portfolio.outlook import Horizon, growth, leaving_risk, lifetime_value
from crmlab.strategic.portfolio.strategies import (
    DecisionList,
    choose,
    one_strategy,
    random_strategies,
    seven_strategies,
    with_history,
)
from crmlab.strategic.portfolio.strategy_gains import Beliefs, gains
from crmlab.strategic.portfolio.table import DISCIPLINES, portfolio, seen

__all__ = [
    "DISCIPLINES",
    "STATUSES",
    "Beliefs",
    "DecisionList",
    "Horizon",
    "books",
    "choose",
    "gains",
    "growth",
    "leaving_risk",
    "lifetime_value",
    "one_strategy",
    "portfolio",
    "random_strategies",
    "seen",
    "seven_strategies",
    "status",
    "with_history",
]

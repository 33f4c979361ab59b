"""The customer portfolio between firms: one table from the records, and what to do with it.

`portfolio` brings the five disciplines together; the lecture's models, the strategically
significant kinds and the seven core strategies are functions of that table.
"""

from crmlab.strategic.portfolio.books import STATUSES, books, status
from crmlab.strategic.portfolio.campbell import (
    CLASSES,
    Campbell,
    campbell,
)
from crmlab.strategic.portfolio.dwyer import (
    Dwyer,
    buying,
    dwyer,
    migration,
    migration_view,
    retention_view,
)
from crmlab.strategic.portfolio.factors import (
    Factor,
    captured,
    cell_table,
    customers,
    made_of,
    standing,
)
from crmlab.strategic.portfolio.fiocca import (
    Fiocca,
    fiocca,
)
from crmlab.strategic.portfolio.grids import (
    Grid,
    dubinsky,
    shapiro,
)
from crmlab.strategic.portfolio.outlook import Horizon, growth, leaving_risk, lifetime_value
from crmlab.strategic.portfolio.significance import (
    GUARD_RULES,
    KINDS,
    SIGNS,
    Borders,
    guard_first,
    hits,
    significant,
)
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
from crmlab.strategic.portfolio.tarasi import (
    CHOICES,
    Tarasi,
    cash_flows,
    risk_and_return,
    tarasi,
)
from crmlab.strategic.portfolio.turnbull import (
    Turnbull,
    turnbull,
)

__all__ = [
    "CLASSES",
    "Campbell",
    "campbell",
    "Dwyer",
    "buying",
    "dwyer",
    "migration",
    "migration_view",
    "retention_view",
    "Factor",
    "captured",
    "cell_table",
    "customers",
    "made_of",
    "standing",
    "Fiocca",
    "fiocca",
    "Grid",
    "dubinsky",
    "shapiro",
    "GUARD_RULES",
    "KINDS",
    "SIGNS",
    "Borders",
    "guard_first",
    "hits",
    "significant",
    "CHOICES",
    "Tarasi",
    "cash_flows",
    "risk_and_return",
    "tarasi",
    "Turnbull",
    "turnbull",
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

"""What does a customer cost, and who earns or loses money? Costing by the time that things take.

`activities` reads off a firm's records what each customer made it do, `time_driven` prices that,
`time_sheets` estimates how long things take, `from_sheets` does both with a firm's own tables,
`whale` shows where profit comes from and goes, `foil` spreads the same cost by revenue and
compares, `remedies` says what to do about whom.
"""

from crmlab.analytical.costing.activities import (
    DRIVERS,
    activity_volumes,
    customer_margins,
    ledger_volumes,
)
from crmlab.analytical.costing.foil import allocate_by_revenue, compare_profits
from crmlab.analytical.costing.from_sheets import (
    absorb,
    sheet_volumes,
    times_from_sheets,
    work_log,
)
from crmlab.analytical.costing.remedies import REMEDIES, cost_actions
from crmlab.analytical.costing.time_driven import Costing, assign_costs, pools_for, retail_times
from crmlab.analytical.costing.time_sheets import TimeEquation
from crmlab.analytical.costing.whale import WhaleCurve, whale_curve
from crmlab.tables import TEAM_DRIVERS

__all__ = [
    "DRIVERS",
    "REMEDIES",
    "TEAM_DRIVERS",
    "Costing",
    "TimeEquation",
    "WhaleCurve",
    "absorb",
    "activity_volumes",
    "allocate_by_revenue",
    "assign_costs",
    "compare_profits",
    "cost_actions",
    "customer_margins",
    "ledger_volumes",
    "pools_for",
    "retail_times",
    "sheet_volumes",
    "times_from_sheets",
    "whale_curve",
    "work_log",
]

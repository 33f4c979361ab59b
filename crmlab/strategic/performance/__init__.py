"""What did CRM change, and was the project a success? Drivers, outcomes, and what counts twice.

`driver_tree` takes profit apart into what can be managed, and a change so that it adds up;
`benefits` maps the lecture's levers and benefits to those drivers; `criteria` counts what a report
holds, `definitions` what CRM and e-CRM are said to be; `outcomes` has a project's own results (on
time, within budget) beside those of the business.
"""

from crmlab.strategic.performance.benefits import (
    BENEFITS,
    DIRECT_BENEFITS,
    LEVERS,
    by_benefit,
    by_direct_benefit,
    by_lever,
    counted_one_by_one,
    owners,
)
from crmlab.strategic.performance.criteria import CRITERIA, against_targets, criteria
from crmlab.strategic.performance.definitions import definitions
from crmlab.strategic.performance.driver_tree import (
    DRIVERS,
    Drivers,
    decompose,
    drivers_of,
    elasticities,
    lmdi,
    shapley,
)
from crmlab.strategic.performance.outcomes import (
    association,
    goals_met,
    outcome_matrix,
    outcomes,
)

__all__ = [
    "BENEFITS",
    "CRITERIA",
    "DIRECT_BENEFITS",
    "DRIVERS",
    "LEVERS",
    "Drivers",
    "against_targets",
    "association",
    "by_benefit",
    "by_direct_benefit",
    "by_lever",
    "counted_one_by_one",
    "criteria",
    "decompose",
    "definitions",
    "drivers_of",
    "elasticities",
    "goals_met",
    "lmdi",
    "outcome_matrix",
    "outcomes",
    "owners",
    "shapley",
]

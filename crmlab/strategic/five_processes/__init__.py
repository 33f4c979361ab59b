"""Payne and Frow's five processes: a strategy that is changed by its own results.

* `strategy`: which customers, and how finely told apart.
* `value`: what the organisation receives (what customers receive: `crmlab.strategic.amrad`).
* `channels`: cost per contact and per response.
* `information`: what the firm knows and remembers.
* `performance`: results and standards; `trial`: what is tried by lot; `review`: what the results
  change.
* `loop`: all five as one policy.

>>> from crmlab.strategic.five_processes import FiveProcesses
>>> FiveProcesses(performance=False)
FiveProcesses(strategy, value, channels, information)
"""

from crmlab.strategic.five_processes.channels import (
    best_channel,
    contact_cost,
    desk_results,
    message_results,
)
from crmlab.strategic.five_processes.information import corporate_memory
from crmlab.strategic.five_processes.loop import PROCESSES, FiveProcesses, LoopPlan
from crmlab.strategic.five_processes.performance import (
    RESULTS,
    STANDARDS,
    Standard,
    attainment,
    scorecard,
)
from crmlab.strategic.five_processes.review import (
    Lesson,
    granularity_pay,
    improvement_shares,
    learn,
    reviewed,
)
from crmlab.strategic.five_processes.strategy import GRANULARITIES, segments, served, traits
from crmlab.strategic.five_processes.trial import TREATMENTS, Trial, judged, lot
from crmlab.strategic.five_processes.value import (
    acquisition_economics,
    acquisition_shares,
    retention_economics,
    segment_value,
)

__all__ = [
    "GRANULARITIES",
    "PROCESSES",
    "RESULTS",
    "STANDARDS",
    "TREATMENTS",
    "FiveProcesses",
    "Lesson",
    "LoopPlan",
    "Standard",
    "Trial",
    "acquisition_economics",
    "acquisition_shares",
    "attainment",
    "best_channel",
    "contact_cost",
    "corporate_memory",
    "desk_results",
    "granularity_pay",
    "improvement_shares",
    "judged",
    "learn",
    "lot",
    "message_results",
    "retention_economics",
    "reviewed",
    "scorecard",
    "segment_value",
    "segments",
    "served",
    "traits",
]

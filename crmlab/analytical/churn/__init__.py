"""Who is about to leave? Risks of churn from records, without looking into the future.

Customers without a contract do not say that they leave. *Churned* therefore means here: no
order within a horizon. That is a definition, not a fact about a person; a slow customer churns
by it and comes back (`cohorts.return_rates` shows how often). And a risk says who is likely to
stay away, not whom an offer would keep: for that see `uplift`, and Ascarza (2018), Retention
futility, Journal of Marketing Research 55(1).

* `snapshot`: what was known of each customer at a moment, and what came in the horizon after it.
* `model`: `ChurnModel`: logistic, boosting, Kaplan-Meier or Cox behind one interface.
* `survival`: how long it takes: curves and hazard ratios, for any duration.
* `grades`: how good the risks were, on a later moment than the one they were learned from.
"""

from crmlab.analytical.churn.grades import Grades, calibration, evaluate, grade, lift_of_top
from crmlab.analytical.churn.model import KINDS, ChurnModel
from crmlab.analytical.churn.snapshot import RECENT_WEEKS, Snapshot, features, snapshot
from crmlab.analytical.churn.survival import hazard_ratios, survival_curve

__all__ = [
    "KINDS",
    "RECENT_WEEKS",
    "ChurnModel",
    "Grades",
    "Snapshot",
    "calibration",
    "evaluate",
    "features",
    "grade",
    "hazard_ratios",
    "lift_of_top",
    "snapshot",
    "survival_curve",
]

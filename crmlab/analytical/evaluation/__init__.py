"""Did a programme work? Designs that answer from a firm's own records, and what each assumes.

`panel` makes one row a customer of the records; every design reads such a table, one's own too, and
returns an `Evaluation`: the effect on a customer, its interval, and the assumption behind it.
"""

from crmlab.analytical.evaluation.bandwidth import imbens_kalyanaraman
from crmlab.analytical.evaluation.before_after import before_after, treated_against_untreated
from crmlab.analytical.evaluation.difference_in_differences import (
    difference_in_differences,
    event_study,
    pre_trend,
)
from crmlab.analytical.evaluation.discontinuity import density_check, regression_discontinuity
from crmlab.analytical.evaluation.matching import matched
from crmlab.analytical.evaluation.panel import panel, periods
from crmlab.analytical.evaluation.propensity import balance_after, odds, propensity, weighted
from crmlab.analytical.evaluation.randomised import adjusted, randomised
from crmlab.analytical.evaluation.result import Evaluation, evaluations

__all__ = [
    "Evaluation",
    "adjusted",
    "balance_after",
    "before_after",
    "density_check",
    "difference_in_differences",
    "evaluations",
    "event_study",
    "imbens_kalyanaraman",
    "matched",
    "odds",
    "panel",
    "periods",
    "pre_trend",
    "propensity",
    "randomised",
    "regression_discontinuity",
    "treated_against_untreated",
    "weighted",
]

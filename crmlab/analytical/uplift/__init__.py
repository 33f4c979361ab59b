"""Whom does it move? Effects of a treatment on single customers, learned from a trial.

Who is likely to leave, or to buy, need not be whom a campaign changes: Ascarza (2018),
Retention futility, Journal of Marketing Research 55(1). What a campaign changes is seen only
by comparing customers who got it with like customers who did not. So everything here takes an
outcome ``y`` (0 and 1, or EUR) and a ``treatment`` that was drawn by lot, or that depends on
nothing but what is in ``X``; no estimate is better than that assumption.

* `trial`: were the two groups alike, and what was the average effect?
* `learners`: `TLearner`, `XLearner`, `DRLearner`: an effect for every customer.
* `curves`: `qini`, `effect_by_score`: does a score put first those whom it moves?
* `kinds`: persuadable, sure thing, lost cause, sleeping dog.
* `budget`: `choose`: whom to treat with the money that there is.
"""

from crmlab.analytical.uplift.budget import Choice, choose
from crmlab.analytical.uplift.curves import NORMALISATIONS, Qini, effect_by_score, qini
from crmlab.analytical.uplift.kinds import KINDS, Thresholds, kinds, kinds_table
from crmlab.analytical.uplift.learners import DRLearner, TLearner, XLearner
from crmlab.analytical.uplift.trial import (
    AverageEffect,
    Randomisation,
    average_effect,
    balance,
    randomised,
)

__all__ = [
    "KINDS",
    "NORMALISATIONS",
    "AverageEffect",
    "Choice",
    "DRLearner",
    "Qini",
    "Randomisation",
    "TLearner",
    "Thresholds",
    "XLearner",
    "average_effect",
    "balance",
    "choose",
    "effect_by_score",
    "kinds",
    "kinds_table",
    "qini",
    "randomised",
]

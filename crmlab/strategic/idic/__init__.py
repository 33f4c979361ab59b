"""Identify, differentiate, interact, customise: treating customers as individuals, step by step.

IDIC is Peppers and Rogers's (2004, Managing Customer Relationships) answer to "how does a firm
begin?". Identify and differentiate are analysis, which no customer sees; interact and customise
are what the customer meets. Each step has a room here, and `IDIC` is all four as one policy.

>>> from crmlab.strategic.idic import IDIC
>>> IDIC(interact=False, customise=False)
IDIC(identify, differentiate)
"""

from crmlab.strategic.idic.customise import best_to_show, felt, product_of
from crmlab.strategic.idic.differentiate import (
    ValueModel,
    first_for_letters,
    gain_of_contact,
    tiers,
)
from crmlab.strategic.idic.identify import cleaned, link_by_rules, owners
from crmlab.strategic.idic.interact import (
    after_each_answer,
    answer_rates,
    learnt_by_an_answer,
    value_of_question,
)
from crmlab.strategic.idic.needs import (
    answer_counts,
    believed,
    expected_relevance,
    need_counts,
    prior_strength,
)
from crmlab.strategic.idic.plan import Plan
from crmlab.strategic.idic.policy import IDIC, STEPS, Memory

__all__ = [
    "IDIC",
    "STEPS",
    "Memory",
    "Plan",
    "ValueModel",
    "after_each_answer",
    "answer_counts",
    "answer_rates",
    "believed",
    "best_to_show",
    "cleaned",
    "expected_relevance",
    "felt",
    "first_for_letters",
    "gain_of_contact",
    "learnt_by_an_answer",
    "link_by_rules",
    "need_counts",
    "owners",
    "prior_strength",
    "product_of",
    "tiers",
    "value_of_question",
]

"""The CRM value chain (Buttle): five stages, four conditions, and the weakest link."""

from crmlab.strategic.value_chain.editions import EDITIONS, LECTURE, PHASES, edition, editions
from crmlab.strategic.value_chain.links import gain_of_each, through, weakest
from crmlab.strategic.value_chain.outputs import (
    OUTPUTS,
    agreement,
    by_partner,
    clicks_per_open,
    completeness,
    evidence_by_category,
    outputs,
)
from crmlab.strategic.value_chain.plan import ChainPlan
from crmlab.strategic.value_chain.policy import STAGES, ValueChain
from crmlab.strategic.value_chain.portfolio import STRATEGIES, by_tier, expected_margin, portfolio

__all__ = [
    "EDITIONS",
    "LECTURE",
    "OUTPUTS",
    "PHASES",
    "STAGES",
    "STRATEGIES",
    "ChainPlan",
    "ValueChain",
    "agreement",
    "by_partner",
    "by_tier",
    "clicks_per_open",
    "completeness",
    "edition",
    "editions",
    "evidence_by_category",
    "expected_margin",
    "gain_of_each",
    "outputs",
    "portfolio",
    "through",
    "weakest",
]

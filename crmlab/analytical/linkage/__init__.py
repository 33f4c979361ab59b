"""Who is who? From records in several systems to customers: clean, block, compare, link, merge.

The way of a record: `normalise` -> `block` -> `compare` -> rules, `FellegiSunter` or
`SplinkLinker` -> `cluster` -> `golden`. A `Plan` says which fields, which keys; both linkers give
the same table of scored pairs. `cluster` returns what `Standing.links` takes.
"""

from typing import TYPE_CHECKING, Any

from crmlab.analytical.linkage.blocking import block, blocking_report, possible_pairs, usual_keys
from crmlab.analytical.linkage.cleaning import Cleaner, Cleaning, normalise, undo
from crmlab.analytical.linkage.clusters import cautious_clusters, cluster
from crmlab.analytical.linkage.comparisons import (
    Comparison,
    Level,
    alike,
    compare,
    same,
    swapped,
    typos,
    usual_comparisons,
)
from crmlab.analytical.linkage.crosscheck import cross_check, extend_links
from crmlab.analytical.linkage.fellegi_sunter import FellegiSunter
from crmlab.analytical.linkage.fields import KNOWN, ROLES, roles_of
from crmlab.analytical.linkage.measures import (
    Agreement,
    b_cubed,
    cluster_sizes,
    pair_quality,
    pairwise,
    threshold_curve,
    true_pairs,
)
from crmlab.analytical.linkage.naive import NaiveEM
from crmlab.analytical.linkage.plan import Plan, plan_for
from crmlab.analytical.linkage.reengagement import reengage
from crmlab.analytical.linkage.rules import MatchRule, match_by_rules, rule_table, usual_rules
from crmlab.analytical.linkage.scorecard import Evidence, Starts, scorecard
from crmlab.analytical.linkage.survivorship import Golden, Survivorship, golden
from crmlab.analytical.linkage.validate import COUNTRIES, Country
from crmlab.analytical.linkage.waterfall import explain

if TYPE_CHECKING:
    from crmlab.analytical.linkage.with_splink import SplinkLinker

__all__ = [
    "COUNTRIES", "KNOWN", "ROLES", "Agreement", "Cleaner", "Cleaning", "Comparison", "Country",
    "Evidence", "FellegiSunter", "Golden", "Level", "MatchRule", "NaiveEM", "Plan", "SplinkLinker",
    "Starts", "Survivorship", "alike", "b_cubed", "block", "blocking_report", "cautious_clusters",
    "cluster", "cluster_sizes", "compare", "cross_check", "explain", "extend_links", "golden",
    "match_by_rules", "normalise", "pair_quality", "pairwise", "plan_for", "possible_pairs",
    "reengage", "roles_of", "rule_table", "same", "scorecard", "swapped", "threshold_curve",
    "true_pairs", "typos", "undo", "usual_comparisons", "usual_keys", "usual_rules",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load splink when it is asked for: its import takes a second."""
    if name == "SplinkLinker":
        from crmlab.analytical.linkage.with_splink import SplinkLinker

        return SplinkLinker
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

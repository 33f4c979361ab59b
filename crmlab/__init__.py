"""crmlab: a workbench for learning and researching customer relationship management.

>>> import crmlab as crm
>>> run = crm.simulate("retail", customers=100, weeks=8, seed=7)
>>> list(run.records.orders.columns)
['order_id', 'customer_id', 'ordered_at', 'value_eur', 'margin_eur']

Heavy parts are loaded when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # for editors and type checkers: the lazy names below, spelled out
    from crmlab import classroom, policies, tables
    from crmlab.behaviour_report import customer_report  # noqa: F401
    from crmlab.classroom.progress import check, hint, progress  # noqa: F401
    from crmlab.experiments.claims import claim, claims, verdicts  # noqa: F401
    from crmlab.experiments.compare import Comparison, compare  # noqa: F401
    from crmlab.experiments.effects import effects  # noqa: F401
    from crmlab.experiments.portfolio_game import PortfolioGame  # noqa: F401
    from crmlab.inventory import concepts  # noqa: F401
    from crmlab.market.packs import scenario, scenarios  # noqa: F401
    from crmlab.market.run import Run, simulate  # noqa: F401
    from crmlab.market.scenario import Scenario  # noqa: F401
    from crmlab.policy import Actions, Decision, Policy, Rule, Standing, View  # noqa: F401
    from crmlab.records import Records  # noqa: F401

__version__ = "0.1.0"

_HOME = {
    "scenario": "market.packs",
    "scenarios": "market.packs",
    "Scenario": "market.scenario",
    "simulate": "market.run",
    "Run": "market.run",
    "Records": "records",
    "Actions": "policy",
    "Decision": "policy",
    "Policy": "policy",
    "Rule": "policy",
    "Standing": "policy",
    "View": "policy",
    "compare": "experiments.compare",
    "Comparison": "experiments.compare",
    "effects": "experiments.effects",
    "PortfolioGame": "experiments.portfolio_game",
    "claim": "experiments.claims",
    "claims": "experiments.claims",
    "verdicts": "experiments.claims",
    "concepts": "inventory",
    "customer_report": "behaviour_report",
    "check": "classroom.progress",
    "hint": "classroom.progress",
    "progress": "classroom.progress",
}
_MODULES = (
    "policies",
    "classroom",
    "tables",
    "plots",
    "widgets",
    "experiments",
    "operational",
    "datasets",
    "report",
)

__all__ = [*_HOME, "classroom", "policies", "tables"]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(importlib.import_module(f"crmlab.{_HOME[name]}"), name)
    elif name in _MODULES:
        value = importlib.import_module(f"crmlab.{name}")
    else:
        raise AttributeError(f"module 'crmlab' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

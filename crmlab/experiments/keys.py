"""When is a stored result stale? A hash of what a claim's result depends on.

That is the claim's code (the lab's module, and what it imports of the experiments and of the models
that they try, without comments, docstrings and layout), those fields of its scenarios that are not
at their defaults, and what the market does: the bytes of a few small busy runs. So refactoring the
market, or a new mechanism that is off, makes nothing stale; a changed rule or a changed model does.
"""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import importlib
import inspect
import re
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np

from crmlab.market.packs import DESK, SERVING, VOICES, firm
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import simulate
from crmlab.market.scenario import Scenario
from crmlab.policy import Actions, Configurator, Decision, PageRule, Standing
from crmlab.tables import QUARTER_WEEKS, STRATEGIES

_COUNTED = (
    "crmlab.experiments", "crmlab.strategic", "crmlab.operational", "crmlab.policies",
)  # fmt: skip
"""Packages whose code a claim hangs on; the market is told by what it does."""
_NOT_COUNTED = (__name__, "crmlab.experiments.claims")


def key(module: str, scenarios: Sequence[Scenario], rule: tuple[object, ...]) -> str:
    """The hash of a claim: its module, its market in each condition, and the rule of verdicts."""
    parts = [*_code_of(module), *(_as_text(_not_default(scenario)) for scenario in scenarios)]
    parts += [str(rule), market_fingerprint()]
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()


@cache
def _code_of(module: str) -> tuple[str, ...]:
    """The code of a module and of all that it imports of the counted packages, to hash."""
    seen: dict[str, str] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in seen or name in _NOT_COUNTED:
            continue
        tree = ast.parse(inspect.getsource(importlib.import_module(name)))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                waiting += _counted_in(node)
            if isinstance(body := getattr(node, "body", None), list):
                body[:] = [line for line in body if not _is_text(line)]
        seen[name] = ast.dump(tree)
    return tuple(seen[name] for name in sorted(seen))


def _is_text(line: ast.AST) -> bool:
    """Whether a line of code is a docstring."""
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)


def _counted_in(node: ast.ImportFrom) -> list[str]:
    """The modules of counted packages that an import takes from."""
    names = [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
    return [name for name in names if name.startswith(_COUNTED) and _is_module(name)]


def _is_module(name: str) -> bool:
    """Whether this is a module, and not something that stands in one."""
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _not_default(scenario: Any) -> dict[str, Any]:
    """The fields that are not at their default: a new field changes nothing where it is."""
    return {
        f.name: getattr(scenario, f.name)
        for f in dataclasses.fields(scenario)
        if f.name != "what" and getattr(scenario, f.name) != f.default
    }


def _as_text(fields: dict[str, Any]) -> str:
    """The fields, with ten digits of a long number: computers differ in the last ones."""
    return re.sub(r"\d+\.\d{11,}", lambda number: f"{float(number[0]):.10g}", repr(fields))


@cache
def market_fingerprint() -> str:
    """A hash of a small busy run: it changes when the market's behaviour does, and only then."""
    from crmlab import policies

    busy = policies.together(
        policies.permission(2, path="preference centre"), policies.sense_and_respond(2)
    )
    retail = named_scenario("retail")
    worlds = {
        "pareto/nbd": (retail, busy),
        "bg/nbd": (retail.replace(process="bg/nbd"), busy),
        "identity": (
            retail.replace(duplicate_share=0.5, record_errors=1.0, household_share=0.4), busy
        ),
        "pages": (retail, lambda view: Decision(Actions([]), Standing(page=PageRule()))),
        "work and tastes": (
            retail.replace(**SERVING, **VOICES),
            lambda view: Actions(view.column("customers", "customer_id"), product_id=3),
        ),
        "dialogue and rivals": (retail.replace(rival_rate=0.01), _talkative),
        "contracts": (named_scenario("subscription"), _talkative),
        "desk and firm": (retail.replace(**DESK, firm=firm()), _investing),
        "accounts": (named_scenario("b2b"), _every_strategy),
    }  # fmt: skip
    digest = hashlib.blake2b(digest_size=8)
    for scenario, policy in worlds.values():
        run = simulate(scenario, 80, 40, 1, policy)
        for name in sorted(set(run.records) - {"refusals", "products", "pools", "profiles"}):
            if len(run.records[name]):
                # Computers differ in the last digits of a number that is not rounded to a cent.
                text = run.records[name].to_csv(index=False, float_format="%.6g")
                digest.update(text.encode())
    return digest.hexdigest()


def _talkative(view: Any) -> Decision:
    """Questions, care, leads, offers and a configurator that remembers."""
    ids, agreed = view.column("customers", "customer_id"), view.agreed()
    rows = [
        Actions(agreed, "ask_need"),
        Actions(agreed, product_id=7, offer_eur=3.0),
        Actions(ids[:30], "care", spend_eur=1.0),
        Actions([1, 2], "acquire", "pool", spend_eur=20.0, offer_eur=0.5),
        Actions([3], "generate_leads", "pool", spend_eur=20.0),
        Actions(view.column("leads", "lead_id")[-5:], "work_lead", "lead"),
    ]
    return Decision(Actions.concat(rows), Standing(configurator=Configurator(True)))


def _investing(view: Any) -> Actions:
    """Mails to some, calls to others, and money for the first five capabilities."""
    agreed = view.agreed()
    rows = [
        Actions(agreed[: len(agreed) // 2], "conversion", channel="email"),
        Actions(view.column("customers", "customer_id")[:20], "conversion", channel="phone"),
        Actions([0, 1, 2, 3, 4], "invest", "firm", spend_eur=50.0),
    ]
    return Actions.concat(rows)


def _every_strategy(view: Any) -> Actions | None:
    """Each of the seven strategies for every account, one a quarter after the other."""
    quarter, week = divmod(view.week, QUARTER_WEEKS)
    if week:
        return None
    ids = view.column("accounts", "customer_id")
    kinds = np.array(STRATEGIES, dtype=object)[(np.arange(len(ids)) + quarter) % len(STRATEGIES)]
    return Actions(ids, kinds, "account")

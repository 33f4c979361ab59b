"""Does the lecture hold? Sentences with a measurement, and conditions in which they must fail.

A claim's *kind* fixes its null. A ``response`` claim says that customers react; it is
measured in gross margin before the cost of acting, and its null is the market in which
nobody reacts. A ``measurement`` claim has a null without signal, an ``operation`` claim one
with its mechanism switched off. One rule serves all conditions: *supported* when the near
bound of the 95 % interval lies beyond the smallest difference worth mentioning, *reversed*
when the whole interval lies beyond it on the other side, else *not supported*.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd

from crmlab.checks import nearest, one_of
from crmlab.experiments import keys
from crmlab.experiments.compare import gross_margin_eur, interval, world_seeds
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.parameters import Market
from crmlab.market.run import simulate
from crmlab.market.scenario import Scenario

CONDITIONS = ("textbook", "hostile", "null")
KINDS = ("response", "measurement", "operation")
_CLAIMS: dict[str, Claim] = {}
_SEED = 7
STORED_WORLDS = 20


@dataclass(frozen=True)
class Claim:
    """A sentence of the lecture, and how it is measured.

    Parameters
    ----------
    id : str
    concepts : tuple of str
        Ids of the concepts that it belongs to.
    sentence, source : str
        What is claimed, and by whom.
    kind : str
        ``"response"``, ``"measurement"`` or ``"operation"``.
    measure : callable
        ``measure(scenario, seed) -> float``: the estimate in one world.
    unit : str
        Unit of the estimate.
    least : float
        The smallest difference worth mentioning, in that unit, > 0.
    sign : int
        The expected sign, +1 or -1.
    pack : str
        The pack whose conditions are used.
    textbook, hostile, null : dict
        The claim's own changes to the scenario of each condition; ``textbook`` applies to
        all three.
    breaks : str
        What is broken in ``hostile``, in words.
    world : Market, optional
        Where the claim is about no market of customers (a project, say): the parameters of its
        world, which ``textbook``, ``hostile`` and ``null`` change. ``pack`` is not used then.
    """

    id: str
    concepts: tuple[str, ...]
    sentence: str
    source: str
    kind: str
    measure: Callable[[Any, int], float]
    unit: str
    least: float
    sign: int = 1
    pack: str = "retail"
    textbook: Mapping[str, Any] = field(default_factory=dict)
    hostile: Mapping[str, Any] = field(default_factory=dict)
    null: Mapping[str, Any] = field(default_factory=dict)
    breaks: str = ""
    world: Market | None = None

    def __post_init__(self) -> None:
        one_of("kind", self.kind, KINDS)
        if not self.least > 0:
            raise ValueError(f"least must be > 0, got {self.least}.")
        if self.sign not in (-1, 1):
            raise ValueError(f"sign must be 1 or -1, got {self.sign}.")

    def scenario(self, condition: str) -> Any:
        """The market of one condition, with the claim's own changes."""
        one_of("condition", condition, CONDITIONS)
        if self.world is not None:
            changed = {} if condition == "textbook" else getattr(self, condition)
            return self.world.replace(**{**self.textbook, **changed})
        base = named_scenario(f"{self.pack}/{condition}")
        if self.kind != "response" and condition == "null":
            base = named_scenario(f"{self.pack}/textbook")
        if self.hostile and condition == "hostile":
            base = named_scenario(f"{self.pack}/textbook")
        changes = dict(self.textbook)
        if condition != "textbook":
            changes |= getattr(self, condition)
        return base.replace(**changes)

    def check(self, worlds: int = STORED_WORLDS, seed: int = _SEED) -> Verdict:
        """Measure the claim in each condition, over so many worlds."""
        rows = []
        for condition in CONDITIONS:
            sc, began = self.scenario(condition), time.perf_counter()
            values = [self.measure(sc, s) for s in world_seeds(seed, worlds)]
            rows.append(self._row(condition, np.array(values), time.perf_counter() - began))
        return Verdict(self, pd.DataFrame(rows))

    def stored(self) -> Verdict:
        """The result that ``make claims`` has stored, over at least 20 worlds."""
        return Verdict(self, stored(self.id).drop(columns="key"))

    def sweep(
        self, field: str, values: list[float], worlds: int = 3, seed: int = _SEED
    ) -> pd.DataFrame:
        """The estimate in the textbook market as one parameter moves.

        Returns
        -------
        DataFrame
            One row a value: the field's name (the value), estimate, low, high, verdict.
        """
        rows = []
        for value in values:
            sc = self.scenario("textbook").replace(**{field: value})
            found = np.array([self.measure(sc, s) for s in world_seeds(seed, worlds)])
            low, high = interval(found)
            rows.append((value, found.mean(), low, high,
                         verdict_of(low, high, self.least, self.sign)))  # fmt: skip
        return pd.DataFrame(rows, columns=[field, "estimate", "low", "high", "verdict"])

    def screen(self, worlds: int = 2, seed: int = _SEED) -> pd.DataFrame:
        """Which assumed parameters matter: each one halved and doubled, the rest as they are.

        Returns
        -------
        DataFrame
            One row a parameter, the most important first: parameter, default, halved,
            doubled (the estimates), change (the larger distance from the estimate).
        """
        base, seeds = self.scenario("textbook"), world_seeds(seed, worlds)
        middle = np.mean([self.measure(base, s) for s in seeds])
        rows = []
        for name in assumed_fields(base):
            value = getattr(base, name)
            found = [
                np.mean([self.measure(sc, s) for s in seeds]) if sc else middle
                for sc in (_moved(base, name, value / 2), _moved(base, name, value * 2))
            ]
            change = max(abs(f - middle) for f in found)
            rows.append((self.id, name, value, middle, *found, change))
        names = ["claim", "parameter", "default", "estimate", "halved", "doubled", "change"]
        table = pd.DataFrame(rows, columns=names)
        return table.sort_values("change", ascending=False, ignore_index=True)

    def sensitivity(self) -> pd.DataFrame:
        """The stored screen: the assumed parameters that matter most for this claim."""
        table = _shipped("sensitivity.csv")
        return table[table["claim"] == self.id].drop(columns="claim").reset_index(drop=True)

    def _row(self, condition: str, values: np.ndarray, seconds: float) -> dict[str, Any]:
        low, high = interval(values)
        return {
            "claim": self.id,
            "condition": condition,
            "worlds": len(values),
            "estimate": float(values.mean()),
            "low": low,
            "high": high,
            "least": self.least,
            "unit": self.unit,
            "verdict": verdict_of(low, high, self.least, self.sign),
            "seconds": round(seconds, 1),
        }

    @property
    def key(self) -> str:
        """A hash of what the result depends on: the claim's code, scenarios, and the market."""
        module = inspect.getmodule(self.measure)
        assert module is not None
        scenarios = [self.scenario(condition) for condition in CONDITIONS]
        return keys.key(module.__name__, scenarios, (self.least, self.sign, self.kind))


def assumed_fields(scenario: Market) -> list[str]:
    """Numeric fields whose default is assumed and not 0: those that a screen moves.

    Those of a mechanism that is switched off are left out.
    """
    idle = getattr(scenario, "idle_groups", ())
    return [
        f.name
        for f in dataclasses.fields(scenario)
        if str(f.metadata.get("source", "")).startswith("assumed")
        and isinstance(getattr(scenario, f.name), int | float)
        and getattr(scenario, f.name) != 0
        and f.metadata.get("group") not in idle
    ]


def _moved(scenario: Any, name: str, value: float) -> Any:
    """The scenario with one field changed, held to its range; None for whole numbers."""
    if isinstance(getattr(scenario, name), int):
        return None
    about = {f.name: f.metadata for f in dataclasses.fields(scenario)}[name]
    try:
        return scenario.replace(**{name: float(np.clip(value, about["low"], about["high"]))})
    except ValueError:
        return None


@dataclass(frozen=True, eq=False)
class Verdict:
    """What came of a claim: ``textbook``, ``hostile``, ``null``, and the ``table`` behind."""

    claim: Claim
    table: pd.DataFrame

    def __getattr__(self, name: str) -> str:
        if name in CONDITIONS:
            return str(self.table.set_index("condition").loc[name, "verdict"])
        raise AttributeError(f"a verdict has textbook, hostile, null and table, not {name!r}.")

    def __repr__(self) -> str:
        shown = self.table.drop(columns=["claim", "seconds"], errors="ignore").round(3)
        return f"{self.claim.sentence}\n{shown.to_string(index=False)}"

    def _repr_html_(self) -> str:
        shown = self.table.drop(columns=["claim", "seconds"], errors="ignore").round(3)
        return f"<p><b>{self.claim.sentence}</b></p>" + shown.to_html(index=False)


def verdict_of(low: float, high: float, least: float, sign: int = 1) -> str:
    """The one rule of all conditions.

    >>> verdict_of(0.2, 0.6, least=0.1), verdict_of(-0.1, 0.6, 0.1), verdict_of(-2, -1, 0.1)
    ('supported', 'not supported', 'reversed')
    """
    near, far = (low, high) if sign > 0 else (-high, -low)
    if near > least:
        return "supported"
    return "reversed" if far < -least else "not supported"


def margin_gain(
    treatment: object, control: object = None, customers: int = 2_000, weeks: int = 52
) -> Callable[[Scenario, int], float]:
    """A measure for response claims: paired gain in gross margin, EUR per customer.

    Before the cost of acting, so that the market in which nobody reacts measures zero.
    """

    def measure(scenario: Scenario, seed: int) -> float:
        ours, theirs = (simulate(scenario, customers, weeks, seed, p) for p in (treatment, control))
        return (gross_margin_eur(ours) - gross_margin_eur(theirs)) / customers

    return measure


def register(claim: Claim) -> Claim:
    """Add a claim to those that `claims` lists."""
    if claim.id in _CLAIMS and _CLAIMS[claim.id] != claim:
        raise ValueError(f"there is a claim {claim.id!r} already. Choose another id.")
    _CLAIMS[claim.id] = claim
    return claim


@cache
def _load() -> None:
    from crmlab.experiments import labs

    for module in pkgutil.iter_modules(labs.__path__):
        importlib.import_module(f"{labs.__name__}.{module.name}")


def claims() -> pd.DataFrame:
    """Every claim: id, concepts, sentence, source, expected sign, kind, unit, least."""
    _load()
    rows = [
        (c.id, ", ".join(c.concepts), c.sentence, c.source, c.sign, c.kind, c.unit, c.least)
        for c in _CLAIMS.values()
    ]
    names = ["id", "concepts", "sentence", "source", "expected sign", "kind", "unit", "least"]
    return pd.DataFrame(rows, columns=names)


def claim(id: str) -> Claim:
    """One claim by its id.

    Raises
    ------
    ValueError
        An unknown id; the message names the nearest.
    """
    _load()
    if id not in _CLAIMS:
        raise ValueError(
            f"there is no claim {id!r}.{nearest(id, _CLAIMS)} crm.claims() lists them all."
        )
    return _CLAIMS[id]


def verdicts(ids: Iterable[str], interval: bool = False) -> pd.DataFrame:
    """What ``make claims`` has stored of several claims: one row each, in the order given.

    Parameters
    ----------
    ids : iterable of str
    interval : bool
        Show the 95 % interval behind each estimate, too.

    Returns
    -------
    DataFrame
        Index: the claims. Columns: ``textbook``, ``hostile``, ``null`` (text: estimate and
        verdict), ``unit`` (of the estimates).

    Raises
    ------
    ValueError
        An unknown id; the message names the nearest.
    """
    if isinstance(ids, str):
        raise ValueError(f"ids must be a list of ids of claims, got {ids!r}. Write [{ids!r}].")
    chosen, kept = [claim(id) for id in ids], stored().set_index(["claim", "condition"])
    rows = {
        c.id: [*(_in_short(kept.loc[(c.id, at)], interval) for at in CONDITIONS), c.unit]
        for c in chosen
    }
    names = [*CONDITIONS, "unit"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("claim")


def _in_short(row: pd.Series, interval: bool) -> str:
    """An estimate as it is read: two decimals, or whole numbers where one has three digits."""
    style = "z,.0f" if abs(row["estimate"]) >= 100 else "z,.2f"
    bounds = f" [{row['low']:{style}}, {row['high']:{style}}]" if interval else ""
    return f"{row['estimate']:+{style}}{bounds} {row['verdict']}"


def stored(id: str | None = None) -> pd.DataFrame:
    """The stored results of ``make claims``: all of them, or one claim's three rows."""
    table = _shipped("verdicts.csv")
    return table if id is None else table[table["claim"] == id].reset_index(drop=True)


def _shipped(name: str) -> pd.DataFrame:
    """A stored table; ``null`` is a condition in it and no missing value."""
    file = resources.files("crmlab.experiments") / name
    if not file.is_file():
        raise FileNotFoundError(f"{name} is not stored yet: run make claims.")
    with file.open("r", encoding="utf-8") as text:
        return pd.read_csv(text, dtype={"key": str}, keep_default_na=False, na_values=[""])


def stale() -> list[str]:
    """Claims without a stored result, or whose stored result is of another code or market."""
    _load()
    kept = stored().drop_duplicates("claim").set_index("claim")["key"]
    return [c.id for c in _CLAIMS.values() if kept.get(c.id) != c.key]

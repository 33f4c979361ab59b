"""Where is the chain weakest, and do its conditions multiply? Firms re-simulated, elements raised.

Each of the nine elements (five stages, four conditions) stands for some of the firm's capabilities
(`strategic.assessment`, an assumed table; some capabilities belong to two elements). An element is
raised by raising each of its capabilities by the same step before the first week; the same people
then live the same weeks with the same luck. The firm runs the chain as a policy, and improves
nothing by itself. Whether a capability helps alone depends on the market's `capability_mix`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import pandas as pd

from crmlab.checks import one_of
from crmlab.experiments.capability_values import described_market
from crmlab.experiments.compare import interval, world_seeds
from crmlab.experiments.peers import draw_firm
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.strategic.assessment import VALUE_CHAIN, mapping, seen_through
from crmlab.strategic.value_chain import STAGES, ChainPlan, ValueChain, outputs

CHAIN = ValueChain(plan=ChainPlan(improve_eur=0.0))
"""The chain of a firm that does not improve its capabilities by itself."""
_TABLE = mapping(VALUE_CHAIN)
ELEMENTS: Mapping[str, tuple[str, ...]] = {
    str(name): tuple(rows["capability"]) for name, rows in _TABLE.groupby("element", sort=False)
}
"""The nine elements, and the capabilities that each is about."""
CONDITIONS = tuple(
    dict.fromkeys(_TABLE.loc[_TABLE["part"] == "supporting condition", "element"].astype(str))
)
MIXES = ("independent", "weakest link", "substitutes")
CUSTOMERS, WEEKS = 600, 52


def uneven_firm(seed: int, mix: str = "weakest link") -> Scenario:
    """The described market with a firm whose capabilities differ, as its peers' do.

    >>> uneven_firm(3).capability_mix
    'weakest link'
    """
    one_of("mix", mix, MIXES)
    return described_market().replace(firm=draw_firm(seed), capability_mix=mix)


def with_reality(market: Scenario, capabilities: Sequence[str], reality: float) -> Scenario:
    """The market in which the named capabilities stand at this reality."""
    return _changed(market, dict.fromkeys(capabilities, reality), add=False)


def raised_by(market: Scenario, steps: Mapping[str, float]) -> Scenario:
    """The market in which each named capability is higher by its step, at most 1."""
    return _changed(market, steps, add=True)


def _changed(market: Scenario, values: Mapping[str, float], add: bool) -> Scenario:
    rows = []
    for name, intention, reality in market.firm:
        if name in values:
            reality = min(values[name] + (reality if add else 0.0), 1.0)
        rows.append((name, max(intention, reality), reality))
    return market.replace(firm=tuple(rows))


@lru_cache(maxsize=512)
def profit(market: Scenario, seed: int, policy: ValueChain = CHAIN, customers: int = CUSTOMERS,
           weeks: int = WEEKS) -> float:  # fmt: skip
    """Profit of a life, EUR per customer of the start; remembered."""
    return lived(market, seed, policy, customers, weeks).profit / customers


def lived(market: Scenario, seed: int, policy: ValueChain = CHAIN, customers: int = CUSTOMERS,
          weeks: int = WEEKS) -> Run:  # fmt: skip
    """A life of the firm with the chain as its policy."""
    return simulate(market, customers, weeks, seed, policy)


def reality(market: Scenario) -> pd.Series:
    """The true reality of each capability of the market's firm."""
    return pd.Series({name: real for name, _, real in market.firm}, name="reality")


def weakest_element(market: Scenario) -> str:
    """The element whose capabilities are poorest on average; of equals, the first."""
    seen = seen_through(VALUE_CHAIN, reality(market)).round(9)
    return str(seen.idxmin())


def steps_for(element: str, step: float) -> dict[str, float]:
    """The same step for each capability of an element."""
    one_of("element", element, tuple(ELEMENTS))
    return dict.fromkeys(ELEMENTS[element], step)


def spread(element: str, step: float, market: Scenario) -> dict[str, float]:
    """As many points of reality as `steps_for` really adds, in equal parts on all capabilities."""
    now = reality(market)
    points = sum(min(step, 1.0 - now[name]) for name in ELEMENTS[element])
    return {str(name): points / len(now) for name in now.index}


def element_gains(market: Scenario, step: float, seeds: Sequence[int]) -> pd.DataFrame:
    """What raising each element by ``step`` adds to profit, EUR per customer, the best first.

    Parameters
    ----------
    market : Scenario
        With a described firm.
    step : float
        In (0, 1].
    seeds : sequence of int
        Worlds.

    Returns
    -------
    DataFrame
        Index: element; ``eur``, ``low``, ``high`` (over worlds), ``reality`` (now, mean of its
        capabilities).
    """
    rows = {}
    for element in ELEMENTS:
        better = raised_by(market, steps_for(element, step))
        gains = [profit(better, s) - profit(market, s) for s in seeds]
        rows[element] = (sum(gains) / len(gains), *interval(pd.Series(gains)))
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["eur", "low", "high"])
    table["reality"] = seen_through(VALUE_CHAIN, reality(market)).reindex(table.index)
    return table.rename_axis("element").sort_values("eur", ascending=False, kind="stable")


def condition_gains(market: Scenario, step: float, seeds: Sequence[int]) -> pd.Series:
    """Profit with each condition raised alone and with all four, EUR per customer on top of now."""
    plans = {name: steps_for(name, step) for name in CONDITIONS}
    plans["all four"] = {k: v for name in CONDITIONS for k, v in plans[name].items()}
    base = sum(profit(market, s) for s in seeds) / len(seeds)
    made = {
        name: sum(profit(raised_by(market, plan), s) for s in seeds) / len(seeds) - base
        for name, plan in plans.items()
    }
    return pd.Series(made, name="eur")


def more_than_the_sum(market: Scenario, step: float, seed: int) -> float:
    """All four conditions together less the sum of each alone, EUR per customer."""
    gains = condition_gains(market, step, (seed,))
    return float(gains["all four"] - gains[list(CONDITIONS)].sum())


def focus_over_spread(market: Scenario, element: str, step: float, seed: int) -> float:
    """Profit: one element raised, less the same points spread evenly, EUR per customer."""
    focused = raised_by(market, steps_for(element, step))
    even = raised_by(market, spread(element, step, market))
    return profit(focused, seed) - profit(even, seed)


def multipliers(market: Scenario, seed: int, customers: int = CUSTOMERS) -> pd.Series:
    """Each stage's output as a share of what the same chain gets in a fully able firm."""
    able = with_reality(market, [row[0] for row in market.firm], 1.0)
    now, best = (_made(m.replace(capability_mix=market.capability_mix), seed, customers)
                 for m in (market, able))  # fmt: skip
    return (now / best).rename("multiplier")


@lru_cache(maxsize=256)
def _made(market: Scenario, seed: int, customers: int) -> pd.Series:
    return outputs(lived(market, seed, customers=customers).records, WEEKS)


def cut(market: Scenario | str, seeds: Sequence[int], customers: int = CUSTOMERS) -> pd.DataFrame:
    """The chain built up stage by stage, and with one stage cut out: EUR per customer.

    Returns
    -------
    DataFrame
        One row a stage: ``alone`` (that stage only, against none), ``added`` (against the chain up
        to the stage before), ``cut`` (the whole chain less the chain without it).
    """
    off = dict.fromkeys(STAGES, False)

    def mean(**on: bool) -> float:
        policy = ValueChain(**on, plan=CHAIN.plan)
        return sum(profit(market, s, policy, customers) for s in seeds) / len(seeds)

    none, whole, rows = mean(**off), mean(), {}
    for n, stage in enumerate(STAGES):
        before, upto = ({**off, **dict.fromkeys(STAGES[:k], True)} for k in (n, n + 1))
        rows[stage] = (
            mean(**{**off, stage: True}) - none,
            mean(**upto) - mean(**before),
            whole - mean(**{stage: False}),
        )
    columns = ["alone", "added", "cut"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return table.rename_axis("stage")


def worlds(n: int, seed: int = 7) -> list[int]:
    """The seeds of so many worlds."""
    return list(world_seeds(seed, n))

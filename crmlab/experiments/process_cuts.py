"""What happens when one of the five processes is cut off? The same customers, the same luck.

The whole loop (`strategic.five_processes.FiveProcesses`) lives through a world, and then each time
with one process missing. The difference of profit is what the firm loses. What a process is worth
depends on the others: a review that may change nothing is worth nothing, and a market without a
described firm has no capabilities for it to raise. Losses of a single world are mostly luck.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import pandas as pd

from crmlab.experiments.compare import interval, world_seeds
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.strategic.five_processes import PROCESSES, FiveProcesses

CUSTOMERS, WEEKS = 500, 156
ALIKE_POOLS = {
    "pool_conversion": (0.07,) * 4,
    "pool_contact_eur": (0.5,) * 4,
    "pool_rate": (1.0,) * 4,
    "channel_dropout": (1.0,) * 4,
}
"""Changes with which it does not matter where customers are won (*assumed*)."""


@lru_cache(maxsize=8)
def lived(scenario: Scenario, policy: FiveProcesses, customers: int, weeks: int, seed: int) -> Run:
    """One life of a firm, kept while others are compared with it."""
    return simulate(scenario, customers, weeks, seed, policy)


def profit(
    scenario: Scenario,
    seed: int,
    off: tuple[str, ...] = (),
    customers: int = CUSTOMERS,
    weeks: int = WEEKS,
) -> float:
    """Profit without these processes, EUR per customer of the base.

    >>> from crmlab.market.packs import scenario
    >>> market = scenario("retail")
    >>> whole, cut = (profit(market, 1, off, 100, 26) for off in ((), ("performance",)))
    >>> whole == cut  # the loop has not begun yet
    True
    """
    on: dict[str, Any] = {name: name not in off for name in PROCESSES}
    policy = FiveProcesses(**on)
    return lived(scenario, policy, customers, weeks, seed).profit / customers


def losses(
    scenario: Scenario, seed: int, customers: int = CUSTOMERS, weeks: int = WEEKS
) -> pd.Series:
    """What is lost without each process, EUR per customer (index: `PROCESSES`)."""
    whole = profit(scenario, seed, (), customers, weeks)
    return pd.Series({p: whole - profit(scenario, seed, (p,), customers, weeks) for p in PROCESSES})


def feedback(scenario: Scenario, seed: int) -> float:
    """Profit with performance assessment less profit of the plan of the start, EUR per customer."""
    return profit(scenario, seed) - profit(scenario, seed, ("performance",))


def information_hurts_most(scenario: Scenario, seed: int) -> float:
    """What is lost without information, less the largest of the other losses, EUR per customer.

    The largest of four noisy losses is too large by luck, so this leans against the sentence.
    """
    lost = losses(scenario, seed, weeks=104)
    return float(lost["information"] - lost.drop("information").max())


def cut_off(
    scenarios: Mapping[str, Scenario] | None = None,
    worlds: int = 2,
    seed: int = 1,
    customers: int = CUSTOMERS,
    weeks: int = WEEKS,
) -> pd.DataFrame:
    """What each process is worth in each market: the loss without it.

    Returns
    -------
    DataFrame
        One row a market and process: ``market``, ``process``, ``eur`` (per customer), ``low``,
        ``high`` (95 % interval over worlds).
    """
    rows = []
    markets = {"retail": named_scenario("retail")} if scenarios is None else scenarios
    for name, market in markets.items():
        lost = [losses(market, s, customers, weeks) for s in world_seeds(seed, worlds)]
        table = pd.DataFrame(lost)
        rows += [(name, p, table[p].mean(), *interval(table[p])) for p in PROCESSES]
    return pd.DataFrame(rows, columns=["market", "process", "eur", "low", "high"])

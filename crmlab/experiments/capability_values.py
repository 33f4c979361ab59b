"""What is an improvement really worth? The same firm again, one capability raised.

A firm cannot know this; a simulator can. Every capability is raised by the same step, one at a
time, before the first week, and the same customers live the same weeks with the same luck. The
difference of profit is the capability's true value, before what the improvement costs.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from crmlab.checks import whole_number
from crmlab.experiments.compare import interval, world_seeds
from crmlab.market.packs import DESK, firm
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import simulate
from crmlab.market.scenario import Scenario
from crmlab.strategic.usual import usual_business
from crmlab.tables import CAPABILITIES


def described_market(reality: float = 0.35, intention: float = 0.6) -> Scenario:
    """The retail market with a service desk and a firm that is able only so far.

    >>> len(described_market().firm)
    20
    """
    desk = named_scenario("retail").replace(intake_weeks=26, **DESK)
    return desk.replace(firm=firm(reality, intention))


def raised(scenario: Scenario, capability: str, step: float) -> Scenario:
    """The market in which the reality of one capability is higher by ``step``, at most 1.

    >>> market = raised(described_market(), "analysis", 0.2)
    >>> dict((name, round(real, 2)) for name, _, real in market.firm)["analysis"]
    0.55
    """
    rows = [
        (name, max(intention, min(real + step, 1.0)), min(real + step, 1.0))
        if name == capability
        else (name, intention, real)
        for name, intention, real in scenario.firm
    ]
    return scenario.replace(firm=tuple(rows))


def capability_values(
    scenario: Scenario | None = None,
    policy: object = None,
    step: float = 0.2,
    customers: int = 2_000,
    weeks: int = 78,
    worlds: int = 5,
    seed: int = 1,
    progress: Callable[[int], object] | None = None,
) -> pd.DataFrame:
    """What raising each capability by ``step`` adds to profit, EUR per customer.

    Parameters
    ----------
    scenario : Scenario, optional
        With a firm; `described_market` by default.
    policy : policy, optional
        What the firm does; `usual_business` by default.
    step : float
        In (0, 1].
    customers, weeks, worlds, seed
        As in `crmlab.compare`.

    Returns
    -------
    DataFrame
        One row a capability, the most valuable first: ``eur``, ``low``, ``high`` (95 % interval
        over worlds; NaN for one world).

    Raises
    ------
    ValueError
        Names the argument, quotes the value and gives the remedy.
    """
    market = described_market() if scenario is None else scenario
    if not market.firm:
        raise ValueError("scenario must describe a firm: scenario.replace(firm=packs.firm()).")
    if not 0 < step <= 1:
        raise ValueError(f"step must be in (0, 1], got {step}. Is this a percentage?")
    whole_number("customers", customers, 1, 10**7)
    acting = usual_business() if policy is None else policy
    rows = []
    for n, world in enumerate(world_seeds(seed, worlds)):
        before = simulate(market, customers, weeks, world, acting).profit
        rows.append(
            [
                simulate(raised(market, name, step), customers, weeks, world, acting).profit
                - before
                for name in _named(market)
            ]
        )
        if progress is not None:
            progress(n + 1)
    gains = pd.DataFrame(np.array(rows) / customers, columns=list(_named(market)))
    return in_order(gains)


def in_order(gains: pd.DataFrame) -> pd.DataFrame:
    """Gains by world (rows) and capability (columns) as a table with intervals, the best first."""
    table = pd.DataFrame(
        [(gains[c].mean(), *interval(gains[c])) for c in gains],
        index=pd.Index(gains.columns, name="capability"),
        columns=["eur", "low", "high"],
    )
    return table.sort_values("eur", ascending=False, kind="stable")


def _named(market: Scenario) -> list[str]:
    given = {row[0] for row in market.firm}
    return [name for name in CAPABILITIES if name in given]

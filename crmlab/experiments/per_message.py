"""What does one message bring? Policies against doing nothing, per message that they send.

Where messages are cheap, attention is what is scarce: profit per message says how well a
policy uses it, profit per customer how much it uses of it. The two need not agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from crmlab.experiments.compare import gross_margin_eur, interval, world_seeds
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import simulate
from crmlab.market.scenario import Scenario


def per_message(
    policies: Mapping[str, object],
    scenario: Scenario | str = "retail",
    customers: int = 10_000,
    weeks: int = 52,
    worlds: int = 3,
    seed: int = 1,
    progress: Callable[[int], object] | None = None,
) -> pd.DataFrame:
    """What a message brings under several policies, each against doing nothing.

    Parameters
    ----------
    policies : dict of name to policy
    scenario, customers, weeks, worlds, seed, progress
        As in `compare`.

    Returns
    -------
    DataFrame
        Index: the policies' names; messages (per customer), margin_eur (gained per
        customer), profit_eur (the same after messages and offers), eur_per_message (of
        profit), low, high (its 95 % interval over worlds; NaN with one world).
    """
    sc, done = named_scenario(scenario), 0
    rows: dict[str, list[tuple[float, float, float]]] = {str(name): [] for name in policies}
    for world_seed in world_seeds(seed, worlds):
        quiet = simulate(sc, customers, weeks, world_seed)
        for name, policy in policies.items():
            run = simulate(sc, customers, weeks, world_seed, policy)
            gain = gross_margin_eur(run) - gross_margin_eur(quiet)
            rows[str(name)].append((len(run.records.messages), gain, run.profit - quiet.profit))
            done += 1
            if progress is not None:
                progress(done)
    found = [_summary(np.array(values), customers) for values in rows.values()]
    names = ["messages", "margin_eur", "profit_eur", "eur_per_message", "low", "high"]
    return pd.DataFrame(found, index=pd.Index(rows, name="policy"), columns=names)


def _summary(values: np.ndarray, customers: int) -> list[float]:
    """Means over worlds, and profit per message with its interval."""
    each = values[:, 2] / np.maximum(values[:, 0], 1)
    return [*(values.mean(axis=0) / customers), float(each.mean()), *interval(each)]

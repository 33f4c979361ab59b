"""Which policy is better? The same customers, the same luck, under another decision.

Each world is simulated once under every policy. What differs between two runs of one world
is only what the policy changed, so the paired difference has a small variance; its interval
is Student's t over worlds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.checks import whole_number
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario

_MOST_WORLDS = 1_000


@dataclass(frozen=True, eq=False)
class Comparison:
    """Several policies on the same worlds.

    Attributes
    ----------
    table : DataFrame
        One row a policy: policy, profit_eur_per_customer, difference_eur_per_customer
        (against the first policy), low, high (95 % interval of the difference over worlds;
        NaN with a single world), wins (worlds in which it beats the first).
    worlds : DataFrame
        One row a world and policy: world, seed, policy, profit_eur_per_customer,
        margin_eur_per_customer (before the cost of acting).
    """

    scenario: Scenario
    customers: int
    weeks: int
    table: pd.DataFrame
    worlds: pd.DataFrame

    def difference(self, policy: str, measure: str = "profit_eur_per_customer") -> pd.Series:
        """Paired differences against the first policy, EUR per customer, one a world."""
        wide = self.worlds.pivot(index="world", columns="policy", values=measure)
        if policy not in wide:
            raise ValueError(f"policy must be one of {list(wide)}, got {policy!r}.")
        return wide[policy] - wide[self.table["policy"].iloc[0]]

    def __repr__(self) -> str:
        head = (
            f"{self.scenario.name}, {self.worlds['world'].nunique()} worlds of "
            f"{self.customers:,} customers over {self.weeks} weeks, EUR per customer"
        )
        return head + "\n" + self.table.round(2).to_string(index=False)

    def _repr_html_(self) -> str:
        head = repr(self).split("\n", 1)[0]
        return f"<p>{head}</p>" + self.table.round(2).to_html(index=False)


def compare(
    policies: Mapping[str, object] | Iterable[object],
    scenario: Scenario | str = "retail",
    customers: int = 2_000,
    weeks: int = 52,
    worlds: int = 20,
    seed: int = 1,
    budget_eur: float | None = None,
    progress: Callable[[int], object] | None = None,
) -> Comparison:
    """Try policies on the same worlds; the first is the one that the others are held against.

    Parameters
    ----------
    policies : dict of name to policy
        As `simulate` takes them; a list of policies is named by their own names.
    scenario, customers, weeks, budget_eur
        As in `simulate`.
    worlds : int
        Number of worlds, 1 to 1,000. World ``i`` is ``simulate(..., seed=1000 * seed + i)``.
    seed : int
        Names the set of worlds.
    progress : callable, optional
        Called with the number of finished runs.

    Raises
    ------
    ValueError, TypeError
        Names the argument, quotes the value and gives the remedy.

    Examples
    --------
    >>> from crmlab import policies
    >>> cmp = compare(
    ...     {"nothing": None, "weekly": policies.newsletter(1)},
    ...     "retail",
    ...     customers=100,
    ...     weeks=8,
    ...     worlds=3,
    ... )
    >>> list(cmp.table["policy"])
    ['nothing', 'weekly']
    """
    named = _named(policies)
    sc = named_scenario(scenario)
    seeds = world_seeds(seed, worlds)
    rows = []
    for world, world_seed in enumerate(seeds):
        for name, policy in named.items():
            run = simulate(sc, customers, weeks, world_seed, policy, budget_eur)
            rows.append((world, world_seed, name, run.profit / customers,
                         gross_margin_eur(run) / customers))  # fmt: skip
            if progress is not None:
                progress(len(rows))
    columns = ["world", "seed", "policy", "profit_eur_per_customer", "margin_eur_per_customer"]
    results = pd.DataFrame(rows, columns=columns)
    return Comparison(sc, customers, weeks, _summary(results, list(named)), results)


def world_seeds(seed: int, worlds: int) -> list[int]:
    """The seeds of the worlds that a seed names: ``1000 * seed + i``."""
    whole_number("worlds", worlds, 1, _MOST_WORLDS)
    whole_number("seed", seed, 0, 2**50)
    return [_MOST_WORLDS * int(seed) + i for i in range(int(worlds))]


def gross_margin_eur(run: Run) -> float:
    """Gross margin less returns: what customers brought, before the cost of acting."""
    kept = run.ledger["cause"].isin(["gross margin", "returns"])
    return float(run.ledger.loc[kept, "eur"].sum())


def interval(differences: pd.Series | np.ndarray) -> tuple[float, float]:
    """95 % interval of the mean of one value a world, by Student's t; NaN for one world."""
    from scipy.stats import t

    values = np.asarray(differences, dtype=float)
    if len(values) < 2:
        return float("nan"), float("nan")
    half = t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    return float(values.mean() - half), float(values.mean() + half)


def _named(policies: Mapping[str, object] | Iterable[object]) -> dict[str, object]:
    if isinstance(policies, Mapping):
        named = {str(name): policy for name, policy in policies.items()}
    elif isinstance(policies, str) or not isinstance(policies, Iterable):
        raise TypeError(
            "policies must be a dict of name to policy, such as {'nothing': None, 'weekly': "
            f"policies.newsletter(1)}}, got {policies!r:.60}."
        )
    else:
        policies = list(policies)
        named = {"nothing" if p is None else repr(p): p for p in policies}
        if len(named) < len(policies):
            raise ValueError("two policies have the same name. Pass a dict of name to policy.")
    if not named:
        raise ValueError("policies is empty. Pass at least one, such as {'nothing': None}.")
    return named


def _summary(results: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    wide = results.pivot(index="world", columns="policy", values="profit_eur_per_customer")
    rows = []
    for name in names:
        difference = wide[name] - wide[names[0]]
        low, high = interval(difference)
        rows.append((name, wide[name].mean(), difference.mean(), low, high,
                     int((difference > 0).sum())))  # fmt: skip
    return pd.DataFrame(
        rows,
        columns=["policy", "profit_eur_per_customer", "difference_eur_per_customer", "low",
                 "high", "wins"],
    )  # fmt: skip

"""Which step of a method earns what? Every combination of its steps, on the same worlds.

A method of k steps has 2^k versions. What a step adds depends on which others are there, so "its"
earnings are a matter of sharing out: Shapley (1953, A Value for n-Person Games) takes the mean of
what a step adds over all orders in which the steps could be introduced. The shares add up to what
the whole method earns. All versions live through the same worlds with the same budget (a full
factorial: Box, Hunter and Hunter 2005, Statistics for Experimenters, chapter 5).

Any policy can be taken apart: a step is a function from a policy to the same policy with the step
switched on.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import factorial as permutations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.checks import one_of
from crmlab.experiments.compare import gross_margin_eur, interval, world_seeds
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import simulate
from crmlab.market.scenario import Scenario

Switch = Callable[[Any], Any]
MEASURES = ("profit_eur_per_customer", "margin_eur_per_customer")
PROFIT = MEASURES[0]
NONE = "none"
_MOST_STEPS = 8


def turned(**changes: Any) -> Switch:
    """A switch for a policy that is a dataclass: these fields changed.

    >>> from crmlab.strategic.idic import IDIC
    >>> turned(interact=False)(IDIC())
    IDIC(identify, differentiate, customise)
    """
    return lambda policy: dataclasses.replace(policy, **changes)


def versions(steps: Mapping[str, Switch], base: Any) -> dict[tuple[str, ...], Any]:
    """Every combination of steps: from the names of those that are on to the policy.

    >>> list(versions({"a": lambda p: p + "a", "b": lambda p: p + "b"}, base="").values())
    ['', 'a', 'b', 'ab']
    """
    if not 1 <= len(steps) <= _MOST_STEPS:
        raise ValueError(f"steps must be 1 to {_MOST_STEPS} named switches, got {len(steps)}.")
    made = {}
    for size in range(len(steps) + 1):
        for names in itertools.combinations(steps, size):
            policy = base
            for name in names:
                policy = steps[name](policy)
            made[names] = policy
    return made


def shapley_weights(steps: int) -> NDArray[np.float64]:
    """How a step's Shapley value is put together from the values of all versions.

    Parameters
    ----------
    steps : int
        k, at least 1.

    Returns
    -------
    array, shape (k, 2^k)
        One row a step, one column a version in the order of `versions`: no step, each alone,
        each pair, ... Rows add up to 0, and together they take the last column less the first.

    Notes
    -----
    A version of s steps without i is weighed by s! (k - s - 1)! / k!, the share of all orders in
    which exactly these steps come before i.

    Examples
    --------
    >>> shapley_weights(2)
    array([[-0.5,  0.5, -0.5,  0.5],
           [-0.5, -0.5,  0.5,  0.5]])
    """
    order = [set(c) for n in range(steps + 1) for c in itertools.combinations(range(steps), n)]
    weights = np.zeros((steps, len(order)))
    for step, (column, on) in itertools.product(range(steps), enumerate(order)):
        before = len(on) - (step in on)
        share = permutations(before) * permutations(steps - before - 1) / permutations(steps)
        weights[step, column] = share if step in on else -share
    return weights


@dataclass(frozen=True, eq=False)
class Factorial:
    """What every combination of the steps earned, world by world.

    Attributes
    ----------
    steps : tuple of str
    worlds : DataFrame
        One row a world and version: world, seed, a column a step (whether it is on),
        profit_eur_per_customer, margin_eur_per_customer (before the cost of acting).
    """

    steps: tuple[str, ...]
    worlds: pd.DataFrame

    def values(self, measure: str = PROFIT) -> pd.DataFrame:
        """One row a world, one column a version (the names of its steps), EUR per customer."""
        one_of("measure", measure, MEASURES)
        on = self.worlds[list(self.steps)].to_numpy()
        names = [" + ".join(np.array(self.steps)[row]) or NONE for row in on]
        wide = self.worlds.assign(version=names).pivot(
            index="world", columns="version", values=measure
        )
        return wide[list(dict.fromkeys(names))]

    def gains(self, measure: str = PROFIT) -> pd.DataFrame:
        """What each version earns against the one with no step: eur, low, high over worlds."""
        values = self.values(measure)
        return _summary(values.sub(values[NONE], axis=0).drop(columns=NONE), "version")

    def shapley(self, measure: str = PROFIT) -> pd.DataFrame:
        """What each step earns, and its share of the whole, with 95 % intervals over worlds.

        Returns
        -------
        DataFrame
            One row a step: ``eur``, ``low``, ``high`` (EUR per customer), ``share``,
            ``share_low``, ``share_high`` (of what all steps together earn; NaN where it is not
            sure, over two worlds or more, that they earn anything).
        """
        values = self.values(measure)
        each = values.to_numpy() @ shapley_weights(len(self.steps)).T
        table = _summary(pd.DataFrame(each, columns=list(self.steps)), "step")
        whole = each.sum(axis=1)
        shares = np.full((len(self.steps), 3), np.nan)
        if interval(whole)[0] > 0:
            share = each.mean(axis=0) / whole.mean()
            # A ratio of means, to first order: each world's part less its due, over the mean whole.
            parts = share + (each - np.outer(whole, share)) / whole.mean()
            shares = np.column_stack([share, [interval(part) for part in parts.T]])
        table[["share", "share_low", "share_high"]] = shares
        return table

    def synergy(self, first: str, second: str, measure: str = PROFIT) -> pd.Series:
        """What two steps earn together beyond what each earns alone, the others off: by world.

        EUR per customer; above zero, they are worth more together.
        """
        for name, step in (("first", first), ("second", second)):
            one_of(name, step, self.steps)
        if first == second:
            raise ValueError(f"first and second must differ, got {first!r} twice.")
        values = self.values(measure)
        both = " + ".join(step for step in self.steps if step in (first, second))
        return values[both] - values[first] - values[second] + values[NONE]

    def __repr__(self) -> str:
        n = self.worlds["world"].nunique()
        head = f"{len(self.steps)} steps, {2 ** len(self.steps)} versions, {n} worlds"
        return f"{head}, EUR per customer\n{self.shapley().round(2).to_string()}"


def factorial(
    base: Any,
    steps: Mapping[str, Switch],
    scenario: Scenario | str = "retail",
    customers: int = 1_000,
    weeks: int = 52,
    worlds: int = 3,
    seed: int = 1,
    budget_eur: float | None = None,
    progress: Callable[[int], object] | None = None,
) -> Factorial:
    """Let every combination of steps live through the same worlds on the same budget.

    Parameters
    ----------
    base : policy
        With no step switched on.
    steps : dict of name to switch
        Each takes a policy and gives it back with the step on; see `turned`.
    scenario, customers, weeks, budget_eur
        As in `crmlab.simulate`.
    worlds, seed : int
        As in `crmlab.compare`.
    progress : callable, optional
        Called with the number of finished runs.

    Raises
    ------
    ValueError
        Names the argument, quotes the value and gives the remedy.

    Examples
    --------
    >>> from crmlab.strategic.idic import IDIC
    >>> nothing = IDIC(False, False, False, False)
    >>> steps = {"customise": turned(customise=True), "identify": turned(identify=True)}
    >>> found = factorial(nothing, steps, "retail", customers=100, weeks=16, worlds=2)
    >>> found.values().columns.tolist()
    ['none', 'customise', 'identify', 'customise + identify']
    """
    made = versions(steps, base)
    sc, rows = named_scenario(scenario), []
    for world, world_seed in enumerate(world_seeds(seed, worlds)):
        for names, policy in made.items():
            run = simulate(sc, customers, weeks, world_seed, policy, budget_eur)
            rows.append((world, world_seed, *(step in names for step in steps),
                         run.profit / customers, gross_margin_eur(run) / customers))  # fmt: skip
            if progress is not None:
                progress(len(rows))
    columns = ["world", "seed", *steps, *MEASURES]
    return Factorial(tuple(steps), pd.DataFrame(rows, columns=columns))


def _summary(values: pd.DataFrame, index: str) -> pd.DataFrame:
    rows = [(float(values[c].mean()), *interval(values[c])) for c in values]
    return pd.DataFrame(rows, pd.Index(values.columns, name=index), columns=["eur", "low", "high"])

"""Which segmentation earns most? Each by the profit of the decisions that it leads to.

A firm that has segments still has to know what to do with them. So it runs a pilot: of those who
agree to e-mail, chance picks a share that gets a conversion mail with an offer every few weeks. The
effect on each segment is estimated (`segments.effects_by_segment`), and afterwards the offers go
to everybody in the segments where they pay. The same customers with the same luck then live
through the roll-out of every segmentation, and of three that need no segments: to nobody, to
everybody, and to those whom the market itself knows to be worth it (*oracle*). All of them follow
the same pilot, so a difference is one of decisions alone; a world with neither (*no pilot*) shows
what learning cost.

What a segmentation loses is lost in two places: segments may be too coarse, or the pilot may
misjudge them. ``if_known`` tells the two apart: it is what the same segments earn if the firm
knows their true effects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from crmlab.analytical.segments import Lesson, Segmenter, lesson, methods
from crmlab.chance import Chance
from crmlab.checks import whole_number
from crmlab.experiments.compare import interval, world_seeds
from crmlab.experiments.offer_pilot import TREATED, Pilot, offers, trial
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import Run, run_market, simulate
from crmlab.market.scenario import Scenario
from crmlab.operational.rules import together
from crmlab.tables import EPOCH, WEEK_SECONDS

NO_PILOT, NOBODY, EVERYBODY, ORACLE = "no pilot", "nobody", "everybody", "oracle"


@dataclass(frozen=True, eq=False)
class SegmentProfit:
    """Segmentations by the profit of the policies that they lead to.

    Attributes
    ----------
    table : DataFrame
        `against` nobody: one row a policy.
    worlds : DataFrame
        One row a world and policy: world, seed, policy, profit_eur_per_customer, treated_share
        (of those who agree), if_known (profit of the same segments with their true effects;
        for the others the same profit).
    segments : DataFrame
        One row a world, policy and segment: what the pilot showed (the columns of
        `segments.effects_by_segment`), and ``true_effect_eur``: the mean of the oracle's
        effects on its customers in the roll-out.
    """

    scenario: Scenario
    customers: int
    weeks: int
    pilot: Pilot
    worlds: pd.DataFrame
    segments: pd.DataFrame

    @property
    def table(self) -> pd.DataFrame:
        """Every policy against offers to nobody."""
        return self.against(NOBODY)

    def against(self, foil: str) -> pd.DataFrame:
        """Every policy against one of them, on the same worlds.

        Parameters
        ----------
        foil : str
            The name of a policy: "nobody", "everybody", "RFM cells", "oracle", ...

        Returns
        -------
        DataFrame
            One row a policy (index ``policy``), EUR per customer: ``difference`` (mean over
            worlds), ``low``, ``high`` (95 % interval; NaN with one world), ``wins`` (worlds in
            which it beats the foil), ``treated_share``, ``if_known`` (the difference if the
            firm knew the true effects on its segments).
        """
        profit = self._wide("profit_eur_per_customer")
        if foil not in profit:
            raise ValueError(f"foil must be one of {list(profit)}, got {foil!r}.")
        away = profit.sub(profit[foil], axis=0)
        known = self._wide("if_known").sub(profit[foil], axis=0)
        bounds = np.array([interval(away[name]) for name in away])
        return pd.DataFrame(
            {
                "difference": away.mean(),
                "low": bounds[:, 0],
                "high": bounds[:, 1],
                "wins": (away > 0).sum(),
                "treated_share": self._wide("treated_share").mean(),
                "if_known": known.mean(),
            }
        )

    def _wide(self, column: str) -> pd.DataFrame:
        order = self.worlds["policy"].unique()
        return self.worlds.pivot(index="world", columns="policy", values=column)[order]

    def __repr__(self) -> str:
        head = (
            f"{self.scenario.name}, {self.worlds['world'].nunique()} worlds of "
            f"{self.customers:,} customers, {self.weeks} weeks after the pilot, EUR per customer"
        )
        return head + " against offers to nobody\n" + self.table.round(3).to_string()


def segment_profit(
    scenario: Scenario | str = "retail",
    segmentations: Mapping[str, Segmenter] | None = None,
    customers: int = 2_000,
    weeks: int = 26,
    worlds: int = 3,
    seed: int = 1,
    pilot: Pilot | None = None,
    draws: int = 20,
    progress: Callable[[int], object] | None = None,
) -> SegmentProfit:
    """Try the policy that each segmentation leads to, on the same customers with the same luck.

    Parameters
    ----------
    scenario, customers
        As in `simulate`.
    segmentations : dict of name to segmenter, optional
        Not fitted; by default `crmlab.analytical.segments.methods`.
    weeks : int
        Length of the roll-out after the pilot, at least 1.
    worlds, seed
        As in `compare`.
    pilot : Pilot, optional
    draws : int
        Draws of luck from which the oracle knows its effects, at least 2. With few of them it
        takes chance for truth here and there, and is no upper bound.
    progress : callable, optional
        Called with the number of finished worlds.

    Returns
    -------
    SegmentProfit

    Raises
    ------
    ValueError, TypeError
        Names the argument, quotes the value and gives the remedy.

    Examples
    --------
    >>> from crmlab.analytical.segments import Clusters
    >>> found = segment_profit("retail", {"k-means": Clusters(3)}, 300, 4, worlds=1, draws=2)
    >>> found.table.index.tolist()
    ['no pilot', 'nobody', 'everybody', 'oracle', 'k-means']
    """
    sc, plan = named_scenario(scenario), pilot or Pilot()
    whole_number("weeks", weeks, 1, 1_000)
    whole_number("draws", draws, 2, 100_000)
    tried = _checked(methods() if segmentations is None else segmentations)
    rows, shown = [], []
    for world, world_seed in enumerate(world_seeds(seed, worlds)):
        one = _World(sc, customers, weeks, world_seed, plan, draws)
        found, segments = one.judge(tried)
        rows.append(found.assign(world=world, seed=world_seed))
        shown.append(segments.assign(world=world))
        if progress is not None:
            progress(world + 1)
    columns = ["world", "seed", "policy", "profit_eur_per_customer", "treated_share", "if_known"]
    table = pd.concat(rows, ignore_index=True)[columns]
    seen = pd.concat(shown, ignore_index=True)
    return SegmentProfit(sc, customers, weeks, plan, table, seen)


@dataclass(frozen=True)
class _World:
    """One world: its pilot, what the firm learns from it, and what is true."""

    scenario: Scenario
    customers: int
    weeks: int
    seed: int
    pilot: Pilot
    draws: int

    @property
    def length(self) -> int:
        return self.pilot.end_week + self.weeks

    @cached_property
    def piloted(self) -> Run:
        """The world up to the end of the pilot."""
        plan = self.pilot
        return simulate(self.scenario, self.customers, plan.end_week, self.seed, trial(plan))

    @cached_property
    def lesson(self) -> Lesson:
        plan, price = self.pilot, self.scenario.email_eur
        return lesson(self.piloted.records, plan.start_week, plan.end_week, price, TREATED)

    @cached_property
    def true_effects(self) -> pd.Series:
        """Expected effect of the offers on each customer, EUR; 0 for those who have left."""
        truth = self.piloted.truth
        here = truth.people.set_index("person_id")["left_at"].isna()
        effect = _effects(self).where(here, 0.0)
        person = truth.identity.set_index("customer_id")["person_id"]
        return person.map(effect)

    def judge(self, tried: Mapping[str, Segmenter]) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Profits of all policies, and what the pilot showed of each segment."""
        lesson, true = self.lesson, self.true_effects
        everybody, nobody = lesson.pilot.index, lesson.pilot.index[:0]
        plain = {NOBODY: nobody, EVERYBODY: everybody, ORACLE: everybody[true[everybody] > 0]}
        rows = [self._row(name, chosen, chosen) for name, chosen in plain.items()]
        rows.insert(0, {**rows[0], "policy": NO_PILOT, **self._without()})
        shown = []
        for name, method in tried.items():
            segment = lesson.segment(method)
            table = lesson.effects(segment).assign(true_effect_eur=true.groupby(segment).mean())
            shown.append(table.reset_index().assign(policy=name))
            chosen, known = (
                segment.index[segment.isin(table.index[pays])]
                for pays in (table["treat"], table["true_effect_eur"] > 0)
            )
            rows.append(self._row(name, chosen, known))
        return pd.DataFrame(rows), pd.concat(shown, ignore_index=True)

    def _row(self, name: str, chosen: pd.Index, known: pd.Index) -> dict[str, object]:
        profit = self._profit(chosen)
        return {
            "policy": name,
            "profit_eur_per_customer": profit,
            "treated_share": len(chosen) / max(len(self.lesson.pilot), 1),
            "if_known": profit if known.equals(chosen) else self._profit(known),
        }

    def _without(self) -> dict[str, object]:
        """The world without pilot and offers."""
        run = simulate(self.scenario, self.customers, self.length, self.seed)
        profit = run.profit / self.customers
        return {"profit_eur_per_customer": profit, "if_known": profit}

    def _profit(self, chosen: pd.Index) -> float:
        policy = together(trial(self.pilot), offers(self.pilot, chosen))
        run = simulate(self.scenario, self.customers, self.length, self.seed, policy)
        return run.profit / self.customers


def _effects(world: _World) -> pd.Series:
    """What the offers do to each person who agrees to them and has not left, over fresh luck."""
    willing = world.scenario.replace(optin_at_registration=1.0)
    root, policy = Chance(world.seed), offers(world.pilot)
    gain, stayed = [], []
    for draw in range(world.draws):
        luck = root.split("luck").split(f"draw {draw}")
        quiet, busy = (
            run_market(willing, world.customers, world.length, world.seed, root.split("people"),
                       luck, p).truth.people.set_index("person_id")
            for p in (None, policy)
        )  # fmt: skip
        earned = busy["realised_value_eur"] - busy["contact_cost_eur"]
        gain.append(earned - quiet["realised_value_eur"])
        stayed.append(~(quiet["left_at"] < _time(world.pilot.end_week)))
    return (sum(gain) / sum(stayed).where(sum(stayed) > 0)).fillna(0.0)


def _time(week: int) -> np.datetime64:
    return EPOCH + np.timedelta64(week * WEEK_SECONDS, "s")


def _checked(segmentations: Mapping[str, Segmenter]) -> dict[str, Segmenter]:
    """The segmentations by name, none of them named like a foil."""
    if not isinstance(segmentations, Mapping) or not segmentations:
        raise TypeError(
            "segmentations must be a dict of name to segmenter, such as {'k-means': Clusters()}, "
            f"got {segmentations!r:.60}."
        )
    for name, method in segmentations.items():
        if name in (NO_PILOT, NOBODY, EVERYBODY, ORACLE):
            raise ValueError(f"segmentations must not be named {name!r}: it is tried anyway.")
        if not hasattr(method, "segment"):
            raise TypeError(f"{name!r} must have fit and segment, got {type(method).__name__}.")
    return {str(name): method for name, method in segmentations.items()}

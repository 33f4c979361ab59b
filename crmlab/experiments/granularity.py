"""Does it pay to tell customers apart more finely? Profit of the decisions, segment by segment.

A firm sends a letter a month to a half of its customers by lot, for half a year, and estimates what
letters did to each segment. Then they go to the segments where they seem to pay. The finer the
segments, the better they could fit, and the fewer customers speak for each. Three lives of the
same customers are enough for every granularity: one with the pilot, then letters to nobody; the
same, then letters to all. As one customer's letters move nobody else, what a choice earns is
the sum over those chosen.

*Estimated* goes by each segment's own figure; *drawn in* by figures that are drawn towards the
effect on all by as much as their error calls for (Efron and Morris 1975, JASA 70). *One-to-one* is
a straight line in each customer's usual margin: a customer alone has nobody to be compared with.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.analytical.segments import (
    OneSegment,
    RFMCells,
    behaviour,
    effects_by_segment,
    margin_between,
)
from crmlab.chance import Chance, uniform
from crmlab.checks import one_of
from crmlab.experiments.compare import world_seeds
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.policy import Actions, Plain, View

GRAINS = (1, 8, 27, 125, 729)
"""Segments: cells of recency, frequency and value by halves, thirds, fifths, ninths; 1 is macro."""
LINE = "one-to-one"
ESTIMATED, DRAWN_IN = "estimated", "drawn in"
WAYS = (ESTIMATED, DRAWN_IN)
START, PILOT, EVERY = 26, 26, 4
_LOT = Chance(0).split("letters")


def treated(ids: NDArray) -> NDArray[np.bool_]:
    """Who gets letters in the pilot: a half, by lot."""
    return np.asarray(uniform(_LOT.base("lot", ids)) < 0.5)


def letters(end_week: int, to_all: bool) -> Plain:
    """A letter a month: in the pilot to a half, afterwards to all or to nobody."""

    def send(view: View) -> Actions | None:
        after = view.week - START - PILOT
        if view.week < START or view.week >= end_week:
            return None
        if (view.week - START if after < 0 else after) % EVERY:
            return None
        ids = view.column("customers", "customer_id")
        if after >= 0:
            return Actions(ids, "conversion", channel="post") if to_all else None
        return Actions(ids[treated(ids)], "conversion", channel="post")

    return Plain(send, "letters to " + ("all" if to_all else "nobody"))


@dataclass(frozen=True)
class Letters:
    """One world: its pilot, and what letters to each customer really brought afterwards.

    Parameters
    ----------
    scenario : Scenario
    customers, seed
        As in `crmlab.simulate`.
    weeks : int
        After the pilot.
    """

    scenario: Scenario
    customers: int
    seed: int
    weeks: int = 26

    @property
    def end(self) -> int:
        """The last week."""
        return START + PILOT + self.weeks

    @cached_property
    def lives(self) -> tuple[Run, Run]:
        """After the same pilot: letters to nobody, and letters to all."""
        nobody, everybody = (
            simulate(self.scenario, self.customers, self.end, self.seed, letters(self.end, to_all))
            for to_all in (False, True)
        )
        return nobody, everybody

    @cached_property
    def known(self) -> pd.DataFrame:
        """What was known of each customer when the pilot began."""
        return behaviour(self.lives[0].records, START)

    @cached_property
    def pilot(self) -> pd.DataFrame:
        """One row a customer: ``treated``, ``outcome_eur`` (after letters), ``before_eur``."""
        records, ids = self.lives[0].records, self.known.index
        middle = START + PILOT
        lot = treated(ids.to_numpy())
        outcome = margin_between(records, START, middle).reindex(ids, fill_value=0.0)
        cost = self.scenario.post_eur * len(range(0, PILOT, EVERY)) * lot
        before = margin_between(records, 0, START).reindex(ids, fill_value=0.0)
        return pd.DataFrame({"treated": lot, "outcome_eur": outcome - cost, "before_eur": before})

    @cached_property
    def true_eur(self) -> pd.Series:
        """What letters after the pilot brought with each customer, EUR, after their price."""
        ids, middle = self.known.index, START + PILOT
        nobody, everybody = (
            margin_between(run.records, middle, self.end).reindex(ids, fill_value=0.0)
            for run in self.lives
        )
        return everybody - nobody - self.scenario.post_eur * len(range(0, self.weeks, EVERY))

    def segment(self, cells: int) -> pd.Series:
        """The segment of each customer, at so many cells."""
        method = OneSegment() if cells == 1 else RFMCells(round(cells ** (1 / 3)))
        return method.fit(self.known).segment(self.known)

    def effects(self, cells: int) -> pd.DataFrame:
        """What the pilot showed of each segment, and ``true_eur``, what came afterwards."""
        p, segment = self.pilot, self.segment(cells)
        table = effects_by_segment(p["outcome_eur"], p["treated"], segment, p["before_eur"])
        return table.assign(true_eur=self.true_eur.groupby(segment.to_numpy()).mean())

    def chosen(self, cells: int | str, way: str = ESTIMATED) -> pd.Series:
        """Who gets letters after the pilot: True or False for each customer."""
        one_of("way", way, WAYS)
        if cells == LINE:
            return pd.Series(_line(self.pilot), self.pilot.index)
        segment, table = self.segment(int(cells)), self.effects(int(cells))
        effect = table["shrunken_eur"]
        if way == ESTIMATED:
            effect = table["effect_eur"].fillna(effect)
        return segment.map(effect > 0).astype(bool)

    def profit(self, cells: int | str, way: str = ESTIMATED) -> float:
        """What the choice at this granularity earns, EUR per customer, over letters to nobody."""
        return float(self.true_eur[self.chosen(cells, way)].sum() / len(self.true_eur))


def _line(pilot: pd.DataFrame) -> NDArray[np.bool_]:
    """Where a straight line in the usual margin says that letters pay."""
    usual, lot = pilot["before_eur"].to_numpy(), pilot["treated"].to_numpy(dtype=float)
    design = np.column_stack([np.ones(len(lot)), usual, lot, lot * usual])
    found = np.linalg.lstsq(design, pilot["outcome_eur"].to_numpy(), rcond=None)[0]
    return np.asarray(found[2] + found[3] * usual > 0)


def by_granularity(
    scenario: Scenario | str = "retail",
    customers: int = 2_000,
    worlds: int = 3,
    seed: int = 1,
    weeks: int = 26,
) -> pd.DataFrame:
    """Profit of letters by granularity, EUR per customer over letters to nobody.

    Returns
    -------
    DataFrame
        One row a granularity (index ``segments``: `GRAINS`, then `LINE`): ``estimated``, ``drawn
        in``, ``customers`` for each segment; means over worlds.
    """
    market = named_scenario(scenario)
    homes = [Letters(market, customers, s, weeks) for s in world_seeds(seed, worlds)]
    known = float(np.mean([len(home.known) for home in homes]))
    rows = {
        grain: (
            *(np.mean([home.profit(grain, way) for home in homes]) for way in WAYS),
            1.0 if isinstance(grain, str) else known / grain,
        )
        for grain in (*GRAINS, LINE)
    }
    columns = [*WAYS, "customers"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("segments")

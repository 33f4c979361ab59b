"""Can the people who sell be believed? A small firm's reps, deals and estimates, drawn.

The markets of crmlab have no deals yet, so this room draws them, and everything here is assumed:
leads arrive at random, pass the stages lead, offer and negotiation with fixed chances, and
stay in each for a time of its own. Each rep sees a part of what is coming, and colours it by an
optimism of their own. That reps err in a direction of their own, because estimates become quotas
or because they hope, is reported by sales managers (Wotruba and Thurlow 1976, Journal of Marketing
40(2)); how much, no source says.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.analytical.forecast import (
    backtest_forecasts,
    sales_force,
    sales_force_raw,
    stage_probabilities,
    weighted_pipeline,
)
from crmlab.chance import Chance, exponential, normal, poisson, uniform
from crmlab.checks import nearest, whole_number

STAGES = ("lead", "offer", "negotiation")
MONTH_WEEKS = 4
_BEFORE = 40  # weeks of leads before the first one shown: the pipeline is full when it begins
_MOST_LEADS = 1_000  # of a rep in a week
_MOST_CHANCE = 0.95  # nobody enters more


def _assumed(default: float, low: float, high: float, unit: str, meaning: str) -> Any:
    about = {"unit": unit, "meaning": meaning, "source": "assumed", "low": low, "high": high}
    return field(default=default, metadata=about)


@dataclass(frozen=True)
class SalesTeam:
    """Reps and the deals that they work on; every number is assumed.

    Examples
    --------
    >>> SalesTeam().replace(lingering=3.0).lingering
    3.0
    >>> round(SalesTeam().win_chance("offer"), 3)
    0.36
    """

    reps: int = field(default=6, metadata={"source": "a small firm", "low": 1, "high": 1_000})
    leads_a_week: float = _assumed(2.5, 0.01, 100, "leads", "mean new leads of a rep in a week")
    offer_rate: float = _assumed(0.5, 0, 1, "share", "leads that get as far as an offer")
    negotiation_rate: float = _assumed(0.6, 0, 1, "share", "offers that are negotiated")
    winning_rate: float = _assumed(0.6, 0, 1, "share", "negotiations that are won")
    deal_median_eur: float = _assumed(1_500.0, 1, 1e7, "EUR", "median value of a deal")
    deal_log_sd: float = _assumed(0.6, 0, 3, "", "standard deviation of its logarithm")
    stage_weeks: float = _assumed(3.0, 0.1, 52, "weeks", "mean time of a deal in a stage")
    lingering: float = field(
        default=1.0,
        metadata={
            "unit": "factor", "source": "none: the textbook's assumption", "low": 0.1, "high": 20,
            "meaning": "on that time where the deal will be lost: nobody strikes it off",
        },
    )  # fmt: skip
    insight: float = _assumed(
        0.5, 0, 1, "share", "of what is unusual in the coming month that a rep foresees"
    )
    optimism_mean: float = _assumed(
        0.25, -2, 2, "log", "mean optimism: of the estimate over what the rep foresees"
    )
    optimism_sd: float = _assumed(0.35, 0, 2, "log", "its standard deviation between reps")
    optimism_memory: float = _assumed(
        1.0, 0, 1, "share", "of a rep's own optimism that is left a month later; 1 is a fixed trait"
    )
    judgement_sd: float = _assumed(0.15, 0, 2, "log", "noise of a single estimate")

    def __post_init__(self) -> None:
        for f in dataclasses.fields(self):
            value, low, high = getattr(self, f.name), f.metadata["low"], f.metadata["high"]
            if not low <= value <= high:
                raise ValueError(f"{f.name} must be in [{low:g}, {high:g}], got {value!r}.")
        whole_number("reps", self.reps, 1, 1_000)

    def replace(self, **changes: Any) -> SalesTeam:
        """Another team with these fields changed, checked like the first."""
        known = [f.name for f in dataclasses.fields(self)]
        for name in changes:
            if name not in known:
                raise TypeError(f"a sales team has no field {name!r}.{nearest(name, known)}")
        return dataclasses.replace(self, **changes)

    @property
    def passing(self) -> NDArray[np.float64]:
        """Chance of passing each of `STAGES`, in their order."""
        return np.array([self.offer_rate, self.negotiation_rate, self.winning_rate])

    def win_chance(self, stage: str) -> float:
        """Chance that a deal that has reached a stage is won."""
        return float(self.passing[STAGES.index(stage) :].prod())

    @property
    def month_eur(self) -> float:
        """What a rep sells in a month on average, EUR."""
        mean = self.deal_median_eur * np.exp(self.deal_log_sd**2 / 2)
        return float(MONTH_WEEKS * self.leads_a_week * self.win_chance("lead") * mean)


def draw_deals(team: SalesTeam, months: int = 36, seed: int = 1) -> pd.DataFrame:
    """Every deal of a team, with how it ends: more than a firm knows at any time.

    Parameters
    ----------
    team : SalesTeam
    months : int
        Months of four weeks in which leads arrive; there are deals from before.
    seed : int
        The same deals arise and end alike under any optimism.

    Returns
    -------
    DataFrame
        One row a deal: ``deal_id``, ``rep_id``, ``value_eur``, the week in which it came to each
        of `STAGES` (NaN if it never did), ``decided`` (week, from 0) and ``won``.

    Examples
    --------
    >>> draw_deals(SalesTeam(), months=3).columns.tolist()
    ['deal_id', 'rep_id', 'value_eur', 'lead', 'offer', 'negotiation', 'decided', 'won']
    """
    whole_number("months", months, 1, 1_000)
    luck, week = Chance(seed).split("sales team"), np.arange(-_BEFORE, MONTH_WEEKS * months)
    rep = np.repeat(np.arange(team.reps), len(week))
    week = np.tile(week, team.reps)
    slot = rep * 100_000 + week + _BEFORE
    leads = poisson(luck.uniform("leads", slot), np.full(len(slot), team.leads_a_week))
    place = np.concatenate([np.arange(n) for n in leads])
    rep, week, slot = (np.repeat(a, leads) for a in (rep, week, slot))
    deal = slot * _MOST_LEADS + place
    value = normal(luck.base("value", deal)) * team.deal_log_sd
    table = pd.DataFrame(
        {"deal_id": np.arange(len(deal)), "rep_id": rep,
         "value_eur": np.round(team.deal_median_eur * np.exp(value), 2)}
    )  # fmt: skip
    now = week + uniform(luck.base("arrival", deal))
    open_ = np.ones(len(deal), dtype=bool)
    for k, stage in enumerate(STAGES):
        passes = uniform(luck.base("passing", deal), k) < team.passing[k]
        stays = exponential(luck.base("time", deal), k) * team.stage_weeks
        table[stage] = np.where(open_, now, np.nan)
        now = np.where(open_, now + stays * np.where(passes, 1.0, team.lingering), now)
        open_ &= passes
    return table.assign(decided=now, won=open_)


def stage_history(deals: pd.DataFrame, now: float) -> pd.DataFrame:
    """What the firm knows at a moment: every stage that a deal has reached, and how it ended.

    Parameters
    ----------
    deals : DataFrame
        Of `draw_deals`.
    now : float
        Week from 0.

    Returns
    -------
    DataFrame
        One row a deal and stage reached: ``deal_id``, ``stage``, ``won`` (missing while the
        deal is open), as `stage_probabilities` takes it.
    """
    long = deals.melt(
        ["deal_id", "decided", "won"], list(STAGES), var_name="stage", value_name="week"
    )
    long = long[long["week"] <= now]
    won = long["won"].astype(object).where(long["decided"] <= now, None)
    return long[["deal_id", "stage"]].assign(won=won).reset_index(drop=True)


def open_deals(team: SalesTeam, deals: pd.DataFrame, now: float, seed: int = 1) -> pd.DataFrame:
    """The pipeline at a moment, with the chance that each deal's rep has entered.

    A rep enters the stage's true chance times their optimism of that month, at most 95 %.

    Parameters
    ----------
    team, deals, seed
        As in `draw_deals`.
    now : float
        Week from 0.

    Returns
    -------
    DataFrame
        One row an open deal: ``deal_id``, ``rep_id``, ``stage``, ``value_eur``,
        ``rep_probability``.
    """
    here = deals[(deals["lead"] <= now) & (deals["decided"] > now)]
    reached = (here[list(STAGES)] <= now).sum(axis=1).to_numpy() - 1
    month = int(now // MONTH_WEEKS)
    colour = np.exp(_optimism(team, month + 1, seed)[here["rep_id"], month])
    chance = np.array([team.win_chance(stage) for stage in STAGES])[reached]
    return pd.DataFrame(
        {"deal_id": here["deal_id"], "rep_id": here["rep_id"],
         "stage": np.array(STAGES)[reached], "value_eur": here["value_eur"],
         "rep_probability": np.minimum(chance * colour, _MOST_CHANCE)}
    ).reset_index(drop=True)  # fmt: skip


def monthly_estimates(
    team: SalesTeam, deals: pd.DataFrame, months: int = 36, seed: int = 1
) -> pd.DataFrame:
    """What each rep said before each month, and what came.

    The estimate is the rep's usual month, moved by ``insight`` towards what the month will
    really bring, times optimism, times noise.

    Parameters
    ----------
    team, deals, months, seed
        As in `draw_deals`.

    Returns
    -------
    DataFrame
        One row a rep and month: ``rep_id``, ``week`` (the number of the month, under the name
        that `sales_force` knows), ``estimate_eur``, ``sales_eur``.
    """
    sold = deals[deals["won"] & deals["decided"].between(0, MONTH_WEEKS * months, "left")]
    month = (sold["decided"] // MONTH_WEEKS).astype(int)
    place = (sold["rep_id"] * months + month).to_numpy()
    sales = np.bincount(place, sold["value_eur"], team.reps * months).reshape(team.reps, months)
    foreseen = (1 - team.insight) * team.month_eur + team.insight * sales
    base = Chance(seed).split("sales team").base("judgement", np.arange(team.reps))
    noise = team.judgement_sd * normal(base[:, None], np.arange(months))
    estimate = foreseen * np.exp(_optimism(team, months, seed) + noise)
    index = pd.MultiIndex.from_product([range(team.reps), range(months)], names=["rep_id", "week"])
    columns = {"estimate_eur": estimate.ravel().round(2), "sales_eur": sales.ravel().round(2)}
    return pd.DataFrame(columns, index=index).reset_index()


def correction_gain(team: SalesTeam, seed: int, months: int = 36) -> float:
    """How much nearer the corrected sum of estimates is, as a share of sales.

    Mean absolute error of the coming month, the last twelve months forecast one by one: raw
    less corrected, over mean sales.
    """
    record = monthly_estimates(team, draw_deals(team, months, seed), months, seed)
    series = record.groupby("week")["sales_eur"].sum()
    methods = {
        "raw": lambda past, ahead: sales_force_raw(past, ahead, record),
        "corrected": lambda past, ahead: sales_force(past, ahead, record),
    }
    table = backtest_forecasts(series, methods, weeks=1, origins=12)
    error = (table["forecast"] - table["actual"]).abs().groupby(table["method"]).mean()
    return float((error["raw"] - error["corrected"]) / table["actual"].mean())


def pipeline_against_truth(
    team: SalesTeam, now: float = 100.0, months: int = 36, seed: int = 1
) -> pd.Series:
    """What the open deals will bring: by the reps, by the stages, and in truth, EUR.

    Parameters
    ----------
    team, months, seed
        As in `draw_deals`.
    now : float
        Week of the forecast, before the end of the last month.
    """
    deals = draw_deals(team, months, seed)
    pipeline = open_deals(team, deals, now, seed)
    stages = stage_probabilities(stage_history(deals, now))
    by_stage = weighted_pipeline(pipeline, stages).table["forecast"].iloc[0]
    by_reps = (pipeline["value_eur"] * pipeline["rep_probability"]).sum()
    won = deals.set_index("deal_id").loc[pipeline["deal_id"]].query("won")["value_eur"].sum()
    return pd.Series({"by the reps": by_reps, "by stage": by_stage, "came": won})


def lingering_sweep(factors: list[float], firms: int = 20, seed: int = 7) -> pd.DataFrame:
    """What if lost deals are not struck off? Pipelines against what they brought.

    Parameters
    ----------
    factors : list of float
        Time in a stage of deals that are lost there, over that of the others.
    firms : int
        How many teams, of the same textbook kind.
    seed : int
        Names the set of firms.

    Returns
    -------
    DataFrame
        One row a factor: ``lingering``, and by how many percent the sum ``by the reps`` and the
        sum ``by stage`` exceed what came, over all firms.
    """
    rows = []
    for factor in factors:
        team = SalesTeam(lingering=factor)
        sums = sum(pipeline_against_truth(team, seed=1_000 * seed + i) for i in range(firms))
        rows.append({"lingering": factor, **(100 * (sums / sums["came"] - 1)).drop("came")})
    return pd.DataFrame(rows)


def _optimism(team: SalesTeam, months: int, seed: int) -> NDArray[np.float64]:
    """Log optimism of each rep in each month, shape ``(reps, months)``."""
    base = Chance(seed).split("sales team").base("optimism", np.arange(team.reps))
    shocks = normal(base[:, None], np.arange(months))
    keep = team.optimism_memory
    for month in range(1, months):
        step = np.sqrt(1 - keep**2) * shocks[:, month]
        shocks[:, month] = keep * shocks[:, month - 1] + step
    return team.optimism_mean + team.optimism_sd * shocks

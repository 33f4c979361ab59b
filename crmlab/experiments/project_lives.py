"""What becomes of many projects, and of the same ones under another decision?

Each project has its luck: how long its tasks take, how many records are wrong, how far costs
miss their estimates, whether the programme pays, and what a pilot shows. A decision (audit the
data first, pilot before rolling out, train the staff) moves no draw of it, so that two ways
can be compared project by project.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from crmlab.chance import Chance, normal
from crmlab.experiments.projects import Project
from crmlab.strategic import implementation as made
from crmlab.strategic.implementation import Adoption, Prospect, Task

AUDIT, PILOTING, DATA_INPUT = "audit", "piloting", "data input"
_AT_ONCE = Adoption(50.0, 0.0)
"""Fees are due from the first day, used or not."""


@dataclass(frozen=True)
class Way:
    """How a project is gone about.

    Parameters
    ----------
    audit : bool
        Audit the data first, and put right what is found.
    pilot : bool
        Pilot, and roll out only if that looks good. Without, the item is left out.
    training : bool
        Train the staff before the first day.
    """

    audit: bool = False
    pilot: bool = True
    training: bool = False

    def __str__(self) -> str:
        chosen = [n for n in ("audit", "pilot", "training") if getattr(self, n)]
        return " + ".join(chosen) or "straight ahead"


WAYS = tuple(Way(a, p, t) for a, p, t in product((False, True), repeat=3))
"""All ways, from going straight ahead to doing everything."""


def tasks_of(project: Project, way: Way) -> tuple[Task, ...]:
    """What has to be done in this way: the lecture's items, less or more one."""
    tasks = project.tasks if way.pilot else made.without(project.tasks, PILOTING)
    return made.beginning_with(project.task(AUDIT), tasks) if way.audit else tasks


def planned_weeks(project: Project) -> float:
    """The plan that was promised: most likely weeks of the six items along the longest path."""
    return made.plan_weeks(project.tasks) * (1 + project.padding)


def wrong_records(project: Project, way: Way, projects: int, seed: int) -> np.ndarray:
    """The share of records that is wrong when data input begins, in each project."""
    found = made.defects(projects, Chance(seed), project.defect_mean, project.defect_concentration)
    return found * (1 - project.audit_finds) if way.audit else found


def task_weeks(project: Project, way: Way, projects: int, seed: int) -> np.ndarray:
    """How long each task of `tasks_of` takes, shape ``(projects, n_tasks)``."""
    tasks = tasks_of(project, way)
    weeks = made.durations(tasks, projects, Chance(seed), project.correlation)
    shares = wrong_records(project, way, projects, seed)
    longer = made.stretch(shares, project.defect_usual)
    return made.stretched(tasks, weeks, {DATA_INPUT: longer})


def finish_weeks(
    project: Project, way: Way | None = None, projects: int = 1_000, seed: int = 7
) -> np.ndarray:
    """When each project is finished, in weeks; shape ``(projects,)``.

    Parameters
    ----------
    project : Project
    way : Way, optional
        The lecture's six items if None.
    projects : int
    seed : int
    """
    way = way or Way()
    return made.finish_weeks(tasks_of(project, way), task_weeks(project, way, projects, seed))


@dataclass(frozen=True)
class _Stake:
    """What each project's going on and its stopping cost and bring, EUR of the beginning."""

    finish: np.ndarray
    if_it_pays: np.ndarray
    roll_out: np.ndarray
    through: np.ndarray
    stopped: np.ndarray

    def prospect(self, pays: float) -> Prospect:
        """What the firm expects when the pilot is over: what is spent by then counts no more."""
        loss = float((self.roll_out + self.through - self.stopped).mean())
        return Prospect(pays, float(self.if_it_pays.mean()) - loss, loss)


def prospect(
    project: Project, way: Way | None = None, projects: int = 1_000, seed: int = 7
) -> Prospect:
    """What the firm stands to gain and to lose when its pilot is over, by its expectation."""
    return _before_rolling_out(project, way or Way(), projects, seed).prospect(project.pays_share)


def lived(
    project: Project, way: Way | None = None, projects: int = 1_000, seed: int = 7
) -> pd.DataFrame:
    """Live the projects through: what each cost, whether it was rolled out, what it brought.

    Returns
    -------
    DataFrame
        One row a project: ``finish_week`` (of all tasks, had they been gone through), ``wrong``
        (share of the records), ``pays`` (the truth), ``signal`` (of the pilot; NaN without one),
        ``rolled_out``, and in EUR of the beginning ``use_eur``, ``project_eur``, ``roll_out_eur``
        and ``value_eur`` (use less both costs).
    """
    way = way or Way()
    at = _before_rolling_out(project, way, projects, seed)
    pays, signal = _truth(project, way, projects, seed)
    go = np.ones(projects, dtype=bool)
    if way.pilot:
        go = signal > made.limit(at.prospect(project.pays_share), project.pilot_tells)
    table = pd.DataFrame(
        {
            "finish_week": at.finish,
            "wrong": wrong_records(project, way, projects, seed),
            "pays": pays,
            "signal": signal,
            "rolled_out": go,
            "use_eur": np.where(go & pays, at.if_it_pays, 0.0),
            "project_eur": np.where(go, at.through, at.stopped),
            "roll_out_eur": np.where(go, at.roll_out, 0.0),
        }
    ).rename_axis("project")
    return table.assign(value_eur=table["use_eur"] - table["project_eur"] - table["roll_out_eur"])


def expected_eur(project: Project, way: Way, projects: int = 1_000, seed: int = 7) -> float:
    """What going straight ahead in this way is expected to bring, EUR a project.

    Over the odds that it pays, and not over which of these projects happen to.
    """
    finish = finish_weeks(project, way, projects, seed)
    if_it_pays, roll_out = _at_stake(project, way, finish)
    cost = roll_out + _project_cost(project, way, finish, seed)
    return float((project.pays_share * if_it_pays - cost).mean())


def ways_table(
    project: Project, projects: int = 1_000, seed: int = 7, ways: Sequence[Way] = WAYS
) -> pd.DataFrame:
    """Every way on the same projects: means in EUR, and when four of five are finished.

    Returns
    -------
    DataFrame
        One row a way: ``use_eur``, ``project_eur``, ``roll_out_eur``, ``value_eur`` (means a
        project), ``rolled_out`` (share), ``week_of_80`` (when 80 % of all would be finished).
    """
    rows = {}
    for way in ways:
        table = lived(project, way, projects, seed)
        means = table[["use_eur", "project_eur", "roll_out_eur", "value_eur", "rolled_out"]].mean()
        rows[str(way)] = {**means, "week_of_80": float(table["finish_week"].quantile(0.8))}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("way")


def pilot_gain(project: Project, projects: int, seed: int) -> float:
    """What a pilot adds to the better of going straight ahead and of never starting, EUR a project.

    Whether to start at all is decided by what it is expected to bring.
    """
    straight = Way(pilot=False)
    piloted = lived(project, Way(), projects, seed)["value_eur"]
    if expected_eur(project, straight, projects, seed) <= 0:
        return float(piloted.mean())
    return float((piloted - lived(project, straight, projects, seed)["value_eur"]).mean())


def gain_of_training(project: Project, projects: int, seed: int) -> float:
    """What training adds to the use of a programme that pays, less its cost, EUR a project."""
    finish = finish_weeks(project, Way(), projects, seed)
    trained, as_is = (_at_stake(project, Way(training=t), finish) for t in (True, False))
    return float(((trained[0] - trained[1]) - (as_is[0] - as_is[1])).mean())


def gain_of_punctuality(project: Project, projects: int, seed: int) -> float:
    """What it would add if no project were later than the plan, EUR a project.

    Without training, if the programme pays; the team's weeks are saved as well.
    """
    finish = finish_weeks(project, Way(), projects, seed)
    punctual = np.minimum(finish, planned_weeks(project))
    value = [
        use - roll_out - _team(project, f)
        for f in (punctual, finish)
        for use, roll_out in [_at_stake(project, Way(), f)]
    ]
    return float((value[0] - value[1]).mean())


def late_costs_eur(finish: np.ndarray, promise: float, week_eur: float, late_eur: float) -> float:
    """Mean cost of a promise: each week up to it, and more for each week after it.

    Parameters
    ----------
    finish : array
        When each project was finished, weeks.
    promise : float
        The week that was promised.
    week_eur, late_eur : float
        For each week until the promise (something is booked until then), and for each week that
        the project is late.
    """
    return float(week_eur * promise + late_eur * np.maximum(finish - promise, 0.0).mean())


def said_and_true(table: pd.DataFrame) -> pd.DataFrame:
    """What the pilot led to against the truth: counts of projects."""
    truth = table["pays"].map({True: "pays", False: "does not pay"})
    said = table["rolled_out"].map({True: "rolled out", False: "stopped"})
    counts = pd.crosstab(said, truth)
    return counts.reindex(["rolled out", "stopped"], fill_value=0)[["pays", "does not pay"]]


def sweep_pilot(
    project: Project, shares: Sequence[float], projects: int = 4_000, seed: int = 7
) -> pd.DataFrame:
    """What a pilot adds, early and late, by the share of programmes that pay.

    Returns
    -------
    DataFrame
        One row a share: ``pays_share``, and in EUR a project ``after coding``, ``before design``,
        and ``before design, telling half`` (the signal is half as far apart).
    """
    early = project.replace(pilot_after="investigation")
    pilots = {
        "after coding": project,
        "before design": early,
        "before design, telling half": early.replace(pilot_tells=project.pilot_tells / 2),
    }
    rows = [
        {"pays_share": share}
        | {
            name: pilot_gain(p.replace(pays_share=share), projects, seed)
            for name, p in pilots.items()
        }
        for share in shares
    ]
    return pd.DataFrame(rows)


def _before_rolling_out(project: Project, way: Way, projects: int, seed: int) -> _Stake:
    """All that does not depend on whether it pays, and on what the pilot shows."""
    done = made.finishes(tasks_of(project, way), task_weeks(project, way, projects, seed))
    finish, piloted = done.max(axis=1), done[:, _place(project, way, PILOTING)]
    through, stopped = (_project_cost(project, way, w, seed) for w in (finish, piloted))
    if project.pilot_after != "coding":
        stopped = stopped - _set_up(project, projects, seed)
    return _Stake(finish, *_at_stake(project, way, finish), through, stopped)


def _truth(project: Project, way: Way, projects: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Whether each programme pays, and what its pilot shows."""
    luck, ids = Chance(seed), np.arange(projects)
    pays = luck.uniform("pays", ids) < project.pays_share
    if not way.pilot:
        return pays, np.full(projects, np.nan)
    return pays, normal(luck.base("pilot", ids)) + project.pilot_tells * pays


def _at_stake(project: Project, way: Way, live: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What use brings if the programme pays, and what rolling out costs, EUR of the beginning."""
    until, rate = project.life_weeks, project.rate
    used = made.weeks_of_use(project.adoption(way.training), live, until, rate)
    subscribed = made.weeks_of_use(_AT_ONCE, live, until, rate)
    once = project.roll_out_eur + (project.training_eur if way.training else 0.0)
    fees = 12 * project.fee_eur / 52 * subscribed
    roll_out = project.users * (once * made.discount(live, rate) + fees)
    return project.users * project.use_eur * used, roll_out


def _project_cost(project: Project, way: Way, worked: np.ndarray, seed: int) -> np.ndarray:
    """Set-up, team, audit and pilot, EUR of the beginning."""
    once = (project.audit_eur if way.audit else 0.0) + (project.pilot_eur if way.pilot else 0.0)
    return _set_up(project, len(worked), seed) + once + _team(project, worked)


def _set_up(project: Project, projects: int, seed: int) -> np.ndarray:
    """What setting the system up costs each project."""
    luck = normal(Chance(seed).base("overrun", np.arange(projects)))
    estimate = made.set_up_days(project.system) * project.prices.day_eur
    return estimate * made.overruns(luck, project.overrun_log_sd)


def _team(project: Project, weeks: np.ndarray) -> np.ndarray:
    """The team's weeks, discounted from their middle."""
    return project.team_eur * weeks * made.discount(weeks / 2, project.rate)


def _place(project: Project, way: Way, name: str) -> int:
    """Where a task stands; the last one if it is left out."""
    names = [t.name for t in tasks_of(project, way)]
    return names.index(name) if name in names else len(names) - 1

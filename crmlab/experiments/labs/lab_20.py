"""Claims of lab 20, making CRM happen (lecture notes, 8.7 and 8.8).

A world is a thousand projects of one description (four thousand for the pilot), with their own
luck. So an interval says how far luck moves the mean of so many projects, and nothing of how far
the assumed numbers are off: that is what the sensitivity screen is for.
"""

from __future__ import annotations

import numpy as np

from crmlab.chance import Chance, normal
from crmlab.experiments.claims import Claim, register
from crmlab.experiments.project_lives import (
    Way,
    finish_weeks,
    gain_of_punctuality,
    gain_of_training,
    pilot_gain,
    planned_weeks,
)
from crmlab.experiments.projects import Project
from crmlab.strategic.implementation import hosting_saves_eur, overruns

PROJECTS, PILOTED = 1_000, 4_000
ONE_CHAIN = {"data_input_weeks": 0.0, "early": 0.8, "late": 1.2}
"""No task is later than it is early, and none has another beside it: nothing but luck."""
ONE_TASK = {
    "investigation_weeks": 0.0,
    "design_weeks": 0.0,
    "coding_weeks": 39.0,
    "data_input_weeks": 0.0,
    "piloting_weeks": 0.0,
    "testing_weeks": 0.0,
}
"""All of the work is one task, which can go wrong together with nothing else."""
NO_FIXED_COST = {"server_eur": 0.0, "administrator_least": 0.0, "users_per_administrator": 1e6}
"""Own servers cost what their users cost."""

NOTHING_TO_DECIDE = {"pays_share": 1.0, "pilot_eur": 0.0, "piloting_weeks": 0.0}
"""Every programme pays, and the pilot is free. (A pilot that tells nothing would not do: where the
firm should not start, starting with a free pilot loses what is spent until it.)"""


def seldom_on_plan(project: Project, seed: int) -> float:
    """Half less the share of projects that are finished by the plan."""
    finish = finish_weeks(project, projects=PROJECTS, seed=seed)
    return float(0.5 - (finish <= planned_weeks(project)).mean())


def widened(project: Project, seed: int) -> float:
    """How many weeks later four of five are finished, because tasks go wrong together."""
    alone = project.replace(correlation=0.0)
    late, as_alone = (np.quantile(finish_weeks(p, projects=PROJECTS, seed=seed), 0.8)
                      for p in (project, alone))  # fmt: skip
    return float(late - as_alone)


def tail_cut(project: Project, seed: int) -> float:
    """How many weeks earlier nine of ten are finished, if the data are audited first."""
    without, audited = (
        np.quantile(finish_weeks(project, Way(audit=a), PROJECTS, seed), 0.9) for a in (False, True)
    )
    return float(without - audited)


def pilot_adds(project: Project, seed: int) -> float:
    """What a pilot adds to the better of rolling out at once and not starting, EUR."""
    return pilot_gain(project, PILOTED, seed)


def early_pilot_adds(project: Project, seed: int) -> float:
    """What a pilot adds more before design and coding than after them, EUR."""
    early = project.replace(pilot_after="investigation")
    return pilot_gain(early, PILOTED, seed) - pilot_gain(project, PILOTED, seed)


def hosting_saves(project: Project, seed: int) -> float:
    """What hosting saves against own servers, EUR of today per user and year."""
    luck = normal(Chance(seed).base("own servers", np.arange(PROJECTS)))
    years = round(project.years)
    saved = hosting_saves_eur(
        project.system, project.prices, years, project.rate, overruns(luck, project.overrun_log_sd)
    )
    return float(saved.mean() / project.users / years)


def use_before_time(project: Project, seed: int) -> float:
    """What training adds, less what keeping the plan would add, EUR a project that pays."""
    trained = gain_of_training(project, PROJECTS, seed)
    return trained - gain_of_punctuality(project, PROJECTS, seed)


def even_fee(project: Project) -> float:
    """The fee, EUR per user and month, at which hosting and own servers cost the same."""
    years, rate = round(project.years), project.rate
    free = hosting_saves_eur(project.system, project.replace(fee_eur=0.0).prices, years, rate)
    one = free - hosting_saves_eur(project.system, project.replace(fee_eur=1.0).prices, years, rate)
    return float(free / one)


register(
    Claim(
        id="a-plan-of-most-likely-weeks-is-seldom-kept",
        concepts=("I03",),
        sentence="A plan that adds up the most likely weeks is kept by fewer than half of the "
        "projects.",
        source="Malcolm et al. 1959, Operations Research 7(5); MacCrimmon and Ryavec 1964, "
        "Operations Research 12(1); lecture notes 8.8; lab X20",
        kind="operation",
        measure=seldom_on_plan,
        unit="share of projects below one half",
        least=0.05,
        world=Project(),
        hostile={"padding": 0.4},
        null=ONE_CHAIN,
        breaks="the planner adds 40 % to the sum",
    )
)
register(
    Claim(
        id="risks-that-come-together-widen-the-finish",
        concepts=("I03",),
        sentence="Where tasks go wrong together, the week by which four of five projects are "
        "finished is later.",
        source="Vose 2008, Risk Analysis; lab X20",
        kind="operation",
        measure=widened,
        unit="weeks",
        least=1.0,
        world=Project(),
        hostile=ONE_TASK,
        null={"correlation": 0.0},
        breaks="all of the work is one task",
    )
)
register(
    Claim(
        id="a-data-audit-first-cuts-the-tail",
        concepts=("I02", "D07", "D09"),
        sentence="With an audit of the data first, the week by which nine of ten projects are "
        "finished comes earlier.",
        source="lecture notes 8.8 (audit the current situation) and 8.7 (rising data cleaning "
        "costs); lab X20",
        kind="operation",
        measure=tail_cut,
        unit="weeks",
        least=1.0,
        world=Project(),
        hostile={"defect_mean": 0.02},
        null={"audit_finds": 0.0, "audit_weeks": 0.0},
        breaks="the data are clean: one record in fifty is wrong",
    )
)
register(
    Claim(
        id="a-pilot-before-roll-out-pays",
        concepts=("I02", "I03"),
        sentence="A pilot after coding, as the lecture lists it, pays: it adds to the better of "
        "rolling out at once and not starting.",
        source="lecture notes 8.8 (piloting); Dixit and Pindyck 1994, Investment under "
        "Uncertainty; lab X20",
        kind="operation",
        measure=pilot_adds,
        unit="EUR a project",
        least=5_000.0,
        world=Project(),
        hostile={"pays_share": 0.6},
        null=NOTHING_TO_DECIDE,
        breaks="six programmes of ten pay",
    )
)
register(
    Claim(
        id="a-pilot-pays-more-before-coding",
        concepts=("I02", "I03", "I04"),
        sentence="A pilot adds more before design and coding, with a hosted standard version, "
        "than after them.",
        source="real options: Dixit and Pindyck 1994; lecture notes 8.8",
        kind="operation",
        measure=early_pilot_adds,
        unit="EUR a project",
        least=5_000.0,
        world=Project(),
        hostile={"pays_share": 0.6},
        null=NOTHING_TO_DECIDE,
        breaks="six programmes of ten pay, and each pilot delays them",
    )
)
register(
    Claim(
        id="hosted-is-cheaper-for-a-small-firm",
        concepts=("I03", "I04", "A08"),
        sentence="For a firm of 45 users over five years, a hosted system costs less than one on "
        "own servers.",
        source="lecture notes 8.1 (Software-as-a-Service) and 8.8 (location of server)",
        kind="operation",
        measure=hosting_saves,
        unit="EUR of today per user and year",
        least=20.0,
        world=Project(),
        hostile={"users": 450.0, "years": 10.0},
        null={**NO_FIXED_COST, "fee_eur": even_fee(Project().replace(**NO_FIXED_COST))},
        breaks="450 users, and ten years",
    )
)
register(
    Claim(
        id="use-matters-more-than-time",
        concepts=("I02", "I03"),
        sentence="Of a programme that pays, training the staff adds more than keeping the plan.",
        source="Bass 1969, Management Science 15(5), for staff; lecture notes 8.8 (user "
        "co-ordination) and 8.7 (inexperience)",
        kind="operation",
        measure=use_before_time,
        unit="EUR a project that pays",
        least=5_000.0,
        world=Project(),
        hostile={"start": 0.04, "ceiling": 0.85},
        null={"trained_start": 0.01, "trained_ceiling": 0.6, "training_lead": 0.0},
        breaks="the staff takes to it of itself as fast and as far as after training",
    )
)

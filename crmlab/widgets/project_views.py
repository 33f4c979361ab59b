"""When will it be ready, and what is it worth? Two views on bringing in a CRM system."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.experiments.project_lives import Way, finish_weeks, lived, planned_weeks
from crmlab.experiments.projects import Project
from crmlab.plots.kept import KeptBars, KeptLines
from crmlab.plots.style import euros
from crmlab.strategic.implementation import chance_by
from crmlab.widgets.controls import checkbox, slider
from crmlab.widgets.live import LiveView, Reading

AS_THEY_ARE, AUDITED = "data as they are", "data audited first"
PARTS = ("use", "project", "roll-out", "value")


def finish_chance(project: Project | None = None, projects: int = 2_000, seed: int = 7) -> LiveView:
    """Let tasks go wrong together, let records be wrong, and see when projects are finished.

    Parameters
    ----------
    project : Project, optional
        The default one if None.
    projects, seed : int
        How many, with which luck; the same for every setting.
    """
    base = project or Project()
    weeks = np.arange(30, 81)
    kept = KeptLines(
        weeks, [AS_THEY_ARE, AUDITED], "weeks from the beginning", "projects finished (%)", (0, 105)
    )

    def update(wrong: int, correlation: float) -> Reading:
        changed = base.replace(defect_mean=wrong / 100, correlation=correlation)
        both = {
            name: finish_weeks(changed, Way(audit=name == AUDITED), projects, seed)
            for name in (AS_THEY_ARE, AUDITED)
        }
        kept.show({name: 100 * chance_by(finish, weeks) for name, finish in both.items()})
        return _read_finish(both[AS_THEY_ARE], both[AUDITED], planned_weeks(base))

    controls = {
        "wrong": slider("records that are wrong (%, mean)", 0, 50, 25, 5),
        "correlation": slider("correlation of the tasks' luck", 0.0, 0.9, 0.4, 0.1),
    }
    return LiveView(controls, update, kept.figure)


def _read_finish(as_is: np.ndarray, audited: np.ndarray, plan: float) -> Reading:
    late, late_audited = (np.quantile(f, 0.9) for f in (as_is, audited))
    verb = "cuts" if late_audited < late else "moves"
    title = (
        f"{100 * chance_by(as_is, plan):.0f} of 100 projects keep the plan of {plan:.0f} weeks; "
        f"an audit {verb} the week of nine in ten from {late:.0f} to {late_audited:.0f}"
    )
    text = (
        f"On average they are finished in week {as_is.mean():.0f}, and in week "
        f"{audited.mean():.0f} with an audit; the plan, which has no audit in it, is then kept by "
        f"{100 * chance_by(audited, plan):.0f} of 100."
    )
    return Reading(title, text)


def making_it_happen(
    project: Project | None = None, projects: int = 2_000, seed: int = 7
) -> LiveView:
    """Tick an audit, a pilot, training, and see what a programme is worth on average.

    Parameters
    ----------
    project, projects, seed
        As in `finish_chance`.
    """
    base = project or Project()
    kept = KeptBars(PARTS, "of the average project", "thousand EUR")

    def update(wrong: int, audit: bool, pilot: bool, training: bool) -> Reading:
        changed = base.replace(defect_mean=wrong / 100)
        way = Way(audit, pilot, training)
        table = lived(changed, way, projects, seed)
        means = table[["use_eur", "project_eur", "roll_out_eur", "value_eur"]].mean()
        kept.show((means / 1_000 * [1, -1, -1, 1]).round())
        return _read_value(str(way), table, planned_weeks(base))

    controls = {
        "audit": checkbox("audit the data first"),
        "pilot": checkbox("pilot, and roll out only if it looks good", True),
        "training": checkbox("train the staff"),
        "wrong": slider("records that are wrong (%, mean)", 0, 50, 25, 5),
    }
    return LiveView(controls, update, kept.figure)


def _read_value(way: str, table: pd.DataFrame, plan: float) -> Reading:
    value, finish = table["value_eur"].mean(), table["finish_week"]
    title = (
        f"{way[0].upper()}{way[1:]}: {euros(round(value, -3), signed=True)} per project; "
        f"{100 * table['rolled_out'].mean():.0f} of 100 are rolled out"
    )
    text = (
        f"{100 * table['pays'].mean():.0f} of 100 programmes would pay. The plan of {plan:.0f} "
        f"weeks is kept by {100 * chance_by(finish, plan):.0f} of 100, and four of five are "
        f"finished by week {finish.quantile(0.8):.0f} (if none is stopped)."
    )
    return Reading(title, text)

"""What did the audit of Fell & Harbour find, and what breaks its plan? The firm of lab 20.

All numbers are made up for the lab. The areas are those of the lecture notes (8.8).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.experiments.project_lives import Way, finish_weeks, planned_weeks
from crmlab.experiments.projects import Project
from crmlab.strategic.implementation import Area, chance_by

AREAS = (
    Area("database design", 2, 4, eur=14_000, weeks=6, weight=1.0),
    Area("data quality and security", 1, 4, eur=9_000, weeks=4, weight=1.5,
         rests_on=("database design",)),
    Area("backup", 3, 4, eur=5_000, weeks=1, weight=1.0),
    Area("user co-ordination", 2, 4, eur=8_000, weeks=3, weight=1.5),
    Area("performance monitoring", 0, 4, eur=3_000, weeks=2, weight=1.0,
         rests_on=("data quality and security",)),
)  # fmt: skip
BUDGET_EUR, WEEKS = 68_000.0, 40.0

_AS_OFTEN_EARLY = {"late": 1.2, "correlation": 0.0, "defect_concentration": 1e4}
STEPS = {
    "a chain, as often early as late": {**_AS_OFTEN_EARLY, "data_input_weeks": 0.0},
    "+ data input beside it": _AS_OFTEN_EARLY,
    "+ late more often than early": {"correlation": 0.0, "defect_concentration": 1e4},
    "+ data of unknown quality": {"correlation": 0.0},
    "+ tasks go wrong together": {},
}
"""From a project that nothing but luck moves to the firm's own, one cause after the other."""


def what_breaks_the_plan(
    project: Project | None = None, projects: int = 2_000, seed: int = 7
) -> pd.DataFrame:
    """Add the causes of lateness one by one, with the same luck.

    Returns
    -------
    DataFrame
        One row a step: ``plan`` (weeks), ``on_plan`` (share of projects), ``mean_week`` and
        ``week_of_80`` (by which four of five are finished).
    """
    project = project or Project()
    rows = {}
    for name, changes in STEPS.items():
        changed = project.replace(**changes)
        finish, plan = finish_weeks(changed, Way(), projects, seed), planned_weeks(changed)
        rows[name] = {
            "plan": plan,
            "on_plan": float(chance_by(finish, plan)),
            "mean_week": float(finish.mean()),
            "week_of_80": float(np.quantile(finish, 0.8)),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("step")

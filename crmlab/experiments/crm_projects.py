"""Does a project that is on time and within budget succeed? Many projects, made up by a few rules.

Each CRM project has a team of some skill, one goal or several, a plan and a budget. Skill makes it
punctual, and skill makes goals come true; beyond that, both hang on luck of their own. Effort is
divided among the goals, and more goals make a project later. All numbers are *assumed*: no table of
such projects is public. So what is found here is what follows *if* it is so, and how far skill must
reach for delivery to tell about the business.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.chance import Chance, normal, uniform
from crmlab.checks import whole_number
from crmlab.market.parameters import ASSUMED, Market, check_field, number

_DELIVER, _REACH = "Projects: delivery", "Projects: business"


@dataclass(frozen=True, repr=False)
class Projects(Market):
    """How CRM projects go.

    Examples
    --------
    >>> Projects().replace(most_goals=1).most_goals
    1
    """

    name: str = "projects/textbook"
    what: str = "CRM projects of many firms, with one goal to four"
    most_goals: int = number(4, _REACH, "goals", "that a project sets out for at most", ASSUMED,
                             1, 10)  # fmt: skip
    late: float = number(0.0, _DELIVER, "log ratio", "mean delay of a project with one goal",
                         ASSUMED, -1, 2)  # fmt: skip
    late_by_goals: float = number(0.1, _DELIVER, "log ratio", "more for each unit of log(goals)",
                                  ASSUMED, 0, 2)  # fmt: skip
    delivery_luck: float = number(0.2, _DELIVER, "log ratio", "standard deviation of the delay",
                                  ASSUMED, 0.01, 2)  # fmt: skip
    skill_in_delivery: float = number(0.1, _DELIVER, "log ratio", "less delay by one standard "
                                      "deviation of skill", ASSUMED, 0, 2)  # fmt: skip
    cut: float = number(0.0, _DELIVER, "share", "of late projects that become punctual by leaving "
                        "out half of the work with people", ASSUMED, 0, 1)  # fmt: skip
    works: float = number(0.0, _REACH, "log odds", "that a single goal is reached at mean skill: "
                          "0 is one in two", ASSUMED, -5, 5)  # fmt: skip
    skill_in_business: float = number(0.8, _REACH, "log odds", "more by one standard deviation of "
                                      "skill", ASSUMED, 0, 5)  # fmt: skip
    attention: float = number(1.0, _REACH, "log odds", "per unit of the log effort that a goal "
                              "gets", ASSUMED, 0, 10)  # fmt: skip
    staffing: float = number(0.0, _REACH, "power", "with which the team grows as goals are added: "
                             "0 not at all, 1 in step", ASSUMED, 0, 1)  # fmt: skip

    def __post_init__(self) -> None:
        for f in dataclasses.fields(self):
            check_field(f, getattr(self, f.name))


def projects(world: Projects | None = None, n: int = 400, seed: int = 7) -> pd.DataFrame:
    """So many projects, as `crmlab.strategic.performance.outcomes` reads them.

    Returns
    -------
    DataFrame
        One row a project: goals, planned_weeks, weeks, budget_eur, spent_eur, goals_reached.

    Examples
    --------
    >>> found = projects(n=100)
    >>> bool((found["goals_reached"] <= found["goals"]).all()), found.columns[0]
    (True, 'goals')
    """
    w = Projects() if world is None else world
    whole_number("n", n, 1, 10**6)
    base = Chance(seed).split("projects").base("project", np.arange(n))
    skill = normal(base, 0)
    goals = 1 + np.floor(w.most_goals * uniform(base, 1)).astype(int)
    delay = w.late + w.late_by_goals * np.log(goals) - w.skill_in_delivery * skill
    time = np.exp(delay + w.delivery_luck * normal(base, 2))
    money = np.sqrt(time) * np.exp(w.delivery_luck / 2 * normal(base, 3))
    cut = (np.maximum(time, money) > 1) & (uniform(base, 4) < w.cut)
    planned, budget = 26 + np.round(26 * uniform(base, 5)), 50 + np.round(150 * uniform(base, 6))
    effort = goals ** (w.staffing - 1.0) * np.where(cut, 0.5, 1.0)
    odds = w.works + w.skill_in_business * skill + w.attention * np.log(effort)
    drawn = np.column_stack([uniform(base, 10 + k) for k in range(w.most_goals)])
    hit = (drawn < 1 / (1 + np.exp(-odds))[:, None]) & (np.arange(w.most_goals) < goals[:, None])
    return pd.DataFrame(
        {
            "goals": goals,
            "planned_weeks": planned.astype(int),
            "weeks": np.round(planned * np.where(cut, np.minimum(time, 1.0), time)).astype(int),
            "budget_eur": 1_000 * budget,
            "spent_eur": np.round(1_000 * budget * np.where(cut, np.minimum(money, 1.0), money)),
            "goals_reached": hit.sum(axis=1),
        },
        index=pd.RangeIndex(1, n + 1, name="project"),
    )

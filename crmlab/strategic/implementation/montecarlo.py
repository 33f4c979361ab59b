"""How likely is it that the plan is kept? Many projects, each with its own luck.

The weeks of a task follow PERT's beta distribution between its optimistic and its pessimistic
estimate (Vose 2008, Risk Analysis: shapes ``1 + 4 (m - a) / (b - a)`` and ``1 + 4 (b - m) /
(b - a)``). Tasks of one project go wrong together: a common factor (the same people, the same
supplier) moves all of them, by a one-factor Gaussian copula: ``z = sqrt(r) F + sqrt(1 - r) e``,
and the weeks are the beta's quantile at the normal probability of ``z``. *Assumed*: one factor,
the same correlation ``r`` for each pair.

Data input has a cause of its own: a share of the records is wrong and comes back to be entered
again, so the work is divided by ``1 - defects``: the tail of a migration.

Luck belongs to the project and the task (`crmlab.chance`): the same project meets the same luck
in a task when another decision is tried.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import betaincinv, ndtr

from crmlab.chance import Chance, normal
from crmlab.strategic.implementation.tasks import Task, finishes, on_critical_path


def pert_quantile(task: Task, probability: ArrayLike) -> np.ndarray:
    """Weeks that a task stays within, with this probability (PERT's beta distribution).

    >>> pert_quantile(Task("coding", 4, 6, 8), [0.0, 0.5, 1.0]).tolist()
    [4.0, 6.0, 8.0]
    """
    u = np.asarray(probability, dtype=float)
    width = task.high - task.low
    if width == 0:
        return np.full(u.shape, float(task.low))
    first = 1 + 4 * (task.likely - task.low) / width
    return task.low + width * betaincinv(first, 6 - first, u)


def durations(
    tasks: Sequence[Task], projects: int, luck: Chance, correlation: float = 0.0
) -> np.ndarray:
    """How long each task takes in each of many projects.

    Parameters
    ----------
    tasks : sequence of Task
    projects : int
        How many projects; number ``i`` meets the same luck whatever is decided.
    luck : Chance
    correlation : float
        Between the normal scores of any two tasks of a project, 0 to 1.

    Returns
    -------
    array, shape (projects, n_tasks)
        Weeks.

    Examples
    --------
    >>> durations([Task("coding", 4, 6, 8)], 3, Chance(7)).shape
    (3, 1)
    """
    if not 0 <= correlation <= 1:
        raise ValueError(f"correlation must be in [0, 1], got {correlation}.")
    ids = np.arange(projects)
    common = np.sqrt(correlation) * normal(luck.base("project", ids))
    own = np.sqrt(1 - correlation)
    columns = [
        pert_quantile(t, ndtr(common + own * normal(luck.base(f"task/{t.name}", ids))))
        for t in tasks
    ]
    return np.column_stack(columns)


def defects(projects: int, luck: Chance, mean: float, concentration: float) -> np.ndarray:
    """The share of records that is wrong, in each project: a beta distribution.

    Parameters
    ----------
    projects : int
    luck : Chance
    mean : float
        Mean share, 0 <= mean < 1.
    concentration : float
        Sum of the beta's parameters, > 0: the larger, the more alike are the projects.
    """
    if not 0 <= mean < 1:
        raise ValueError(f"mean must be in [0, 1), got {mean}. Is this a percentage?")
    if mean == 0:
        return np.zeros(projects)
    u = luck.uniform("defects", np.arange(projects))
    return betaincinv(mean * concentration, (1 - mean) * concentration, u)


def stretch(shares: ArrayLike, usual: float, most: float = 0.95) -> np.ndarray:
    """How many times the estimated weeks data input takes, where more is wrong than usual.

    Each pass leaves a share to be entered again, so all of it takes ``1 / (1 - share)`` passes;
    the estimate has the usual share in it.

    Parameters
    ----------
    shares : array
        Of the records, wrong.
    usual : float
        The share that the estimate reckons with.
    most : float
        A larger share counts as this one: nobody enters the same record twenty times.

    Examples
    --------
    >>> stretch([0.0, 0.2, 0.6], usual=0.2).tolist()
    [0.8, 1.0, 2.0]
    """
    return (1 - usual) / (1 - np.minimum(np.asarray(shares, dtype=float), most))


def stretched(tasks: Sequence[Task], weeks: np.ndarray, by: Mapping[str, ArrayLike]) -> np.ndarray:
    """The weeks with some tasks made longer or shorter, by one factor a project."""
    longer = weeks.copy()
    for j, task in enumerate(tasks):
        longer[:, j] *= by.get(task.name, 1.0)
    return longer


def finish_weeks(tasks: Sequence[Task], weeks: np.ndarray) -> np.ndarray:
    """When each project is finished, in weeks from its beginning, shape (n_projects,)."""
    return finishes(tasks, weeks).max(axis=1)


def chance_by(finish: ArrayLike, weeks: ArrayLike) -> np.ndarray:
    """The share of projects that are finished by each of these weeks.

    >>> chance_by([30.0, 40.0, 50.0, 60.0], [40, 55]).tolist()
    [0.5, 0.75]
    """
    ordered = np.sort(np.asarray(finish, dtype=float))
    return np.searchsorted(ordered, np.asarray(weeks, dtype=float), "right") / len(ordered)


def criticality(tasks: Sequence[Task], weeks: np.ndarray) -> pd.Series:
    """Criticality index: the share of projects in which a task was on the critical path."""
    share = on_critical_path(tasks, weeks).mean(axis=0)
    return pd.Series(share, pd.Index([t.name for t in tasks], name="task"), name="critical")


def tornado(
    tasks: Sequence[Task], weeks: np.ndarray, low: float = 0.1, high: float = 0.9
) -> pd.DataFrame:
    """Whose weeks move the finish? Each task at a low and a high quantile, the rest at the median.

    Parameters
    ----------
    tasks : sequence of Task
    weeks : array, shape (n_projects, n_tasks)
        What the quantiles and medians are taken of.
    low, high : float
        Probabilities.

    Returns
    -------
    DataFrame
        One row a task: ``early`` and ``late`` (weeks that the finish moves against all tasks at
        their medians) and ``swing`` (their difference); the largest swing first.
    """
    middle = np.median(weeks, axis=0)
    base = finish_weeks(tasks, middle[None, :])[0]
    rows = []
    for j in range(len(tasks)):
        moved = np.repeat(middle[None, :], 2, axis=0)
        moved[:, j] = np.quantile(weeks[:, j], [low, high])
        early, late = finish_weeks(tasks, moved) - base
        rows.append((early, late, late - early))
    table = pd.DataFrame(rows, pd.Index([t.name for t in tasks], name="task"),
                         ["early", "late", "swing"])  # fmt: skip
    return table.sort_values("swing", ascending=False, kind="stable")

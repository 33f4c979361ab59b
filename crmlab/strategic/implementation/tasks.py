"""When will it be ready? Tasks with three estimates each, what waits for what, and the plan.

The lecture notes (8.8) name six items that take time: investigation, design, coding, data input,
piloting and testing. Each is a task here with three estimates (optimistic, most likely,
pessimistic), as in PERT (Malcolm, Roseboom, Clark and Fazar 1959, Operations Research 7(5)), and
the tasks that it waits for, as in the critical path method (Kelley and Walker 1959).

The notes list the items and do not say which of them waits for which: `AFTER` is *assumed*. Data
input goes on beside coding and piloting, which uses a few records only; testing needs them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crmlab.checks import at_least_zero, nearest

TIME_ITEMS = ("investigation", "design", "coding", "data input", "piloting", "testing")
"""What takes time (lecture notes, 8.8), in their order."""
AFTER = {
    "investigation": (),
    "design": ("investigation",),
    "coding": ("design",),
    "data input": ("design",),
    "piloting": ("coding",),
    "testing": ("piloting", "data input"),
}
"""Which item waits for which (assumed)."""
_SAME = 1e-9


@dataclass(frozen=True)
class Task:
    """A piece of work: how many weeks it takes at best, most likely and at worst.

    Parameters
    ----------
    name : str
    low, likely, high : float
        Weeks, 0 <= low <= likely <= high: ``a``, ``m`` and ``b`` of PERT.
    after : tuple of str
        Names of the tasks that must be finished before this one begins.

    Examples
    --------
    >>> coding = Task("coding", 6, 8, 16)
    >>> coding.mean, round(coding.variance, 2)
    (9.0, 2.78)
    """

    name: str
    low: float
    likely: float
    high: float
    after: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("low", "likely", "high"):
            at_least_zero(name, getattr(self, name))
        if not self.low <= self.likely <= self.high:
            raise ValueError(
                f"{self.name!r} must have low <= likely <= high, got {self.low}, {self.likely}, "
                f"{self.high}. Give the weeks from the best case to the worst."
            )

    @property
    def mean(self) -> float:
        """Expected weeks, ``(a + 4 m + b) / 6``."""
        return (self.low + 4 * self.likely + self.high) / 6

    @property
    def variance(self) -> float:
        """Variance of the weeks by the rule of PERT, ``((b - a) / 6) ** 2``."""
        return ((self.high - self.low) / 6) ** 2


def schedule(tasks: Sequence[Task], weeks: Sequence[float] | None = None) -> pd.DataFrame:
    """See when each task can begin, when it must, and which of them leave no slack.

    Parameters
    ----------
    tasks : sequence of Task
        Each after those that it waits for.
    weeks : sequence of float, optional
        How long each takes; the most likely weeks if None.

    Returns
    -------
    DataFrame
        One row a task, by name: ``weeks``, ``start`` and ``finish`` (the earliest, in weeks from
        the beginning), ``latest_finish`` (without delaying the whole), ``slack`` (weeks) and
        ``critical`` (no slack).

    Examples
    --------
    >>> two = [Task("a", 1, 2, 3), Task("b", 4, 5, 6), Task("c", 1, 1, 1, after=("a", "b"))]
    >>> schedule(two)["slack"].tolist()
    [3.0, 0.0, 0.0]
    """
    taken = np.array([t.likely for t in tasks] if weeks is None else weeks, dtype=float)[None, :]
    finish, latest = finishes(tasks, taken)[0], latest_finishes(tasks, taken)[0]
    slack = latest - finish
    return pd.DataFrame(
        {
            "weeks": taken[0],
            "start": finish - taken[0],
            "finish": finish,
            "latest_finish": latest,
            "slack": slack,
            "critical": slack < _SAME,
        },
        index=pd.Index([t.name for t in tasks], name="task"),
    )


def plan_weeks(tasks: Sequence[Task]) -> float:
    """The plan: most likely weeks, added up along the longest path.

    >>> plan_weeks([Task("a", 1, 2, 5), Task("b", 1, 3, 9, after=("a",))])
    5.0
    """
    return float(finishes(tasks, np.array([[t.likely for t in tasks]], dtype=float)).max())


def path_mean_sd(tasks: Sequence[Task]) -> tuple[float, float]:
    """Mean and standard deviation of the critical path by PERT, in weeks.

    The path is the one of the most likely weeks, and the tasks are taken to be independent: what
    the textbook computes by hand, and what a simulation corrects.
    """
    on_it = schedule(tasks)["critical"].to_numpy()
    path = [t for t, critical in zip(tasks, on_it, strict=True) if critical]
    return sum(t.mean for t in path), float(np.sqrt(sum(t.variance for t in path)))


def finishes(tasks: Sequence[Task], weeks: ArrayLike) -> np.ndarray:
    """The earliest finish of each task in each project (forward pass).

    Parameters
    ----------
    tasks : sequence of Task
    weeks : array, shape (n_projects, n_tasks)
        How long each task takes in each project.

    Returns
    -------
    array, shape (n_projects, n_tasks)
        Weeks from the beginning; the largest of a row is when the project is finished.

    Raises
    ------
    ValueError
        A task that waits for one that is not before it in the list.
    """
    places, taken = _places(tasks), np.asarray(weeks, dtype=float)
    done = np.zeros_like(taken)
    for j, task in enumerate(tasks):
        start = np.zeros(len(taken))
        for name in task.after:
            start = np.maximum(start, done[:, places[name]])
        done[:, j] = start + taken[:, j]
    return done


def latest_finishes(tasks: Sequence[Task], weeks: ArrayLike) -> np.ndarray:
    """When each task must be finished so that the project is not delayed (backward pass).

    Parameters and shape as in `finishes`.
    """
    places, taken = _places(tasks), np.asarray(weeks, dtype=float)
    latest = np.repeat(finishes(tasks, taken).max(axis=1)[:, None], len(tasks), axis=1)
    for j in reversed(range(len(tasks))):
        for name in tasks[j].after:
            i = places[name]
            latest[:, i] = np.minimum(latest[:, i], latest[:, j] - taken[:, j])
    return latest


def on_critical_path(tasks: Sequence[Task], weeks: ArrayLike) -> np.ndarray:
    """Which tasks have no slack in each project; truth values, shape (n_projects, n_tasks)."""
    return latest_finishes(tasks, weeks) - finishes(tasks, weeks) < _SAME


def without(tasks: Sequence[Task], name: str) -> tuple[Task, ...]:
    """The plan with one task left out; who waited for it waits for what it waited for.

    >>> plan = [Task("a", 1, 1, 1), Task("b", 1, 1, 1, ("a",)), Task("c", 1, 1, 1, ("b",))]
    >>> [t.after for t in without(plan, "b")]
    [(), ('a',)]
    """
    left_out = tasks[_places(tasks)[_known(tasks, name)]]
    kept = []
    for task in tasks:
        if task.name != name:
            after = [a for n in task.after for a in (left_out.after if n == name else (n,))]
            kept.append(replace(task, after=tuple(dict.fromkeys(after))))
    return tuple(kept)


def beginning_with(task: Task, tasks: Sequence[Task]) -> tuple[Task, ...]:
    """The plan with one more task, for which all wait that could have begun at once."""
    rest = (replace(t, after=t.after or (task.name,)) for t in tasks)
    return (replace(task, after=()), *rest)


def _known(tasks: Sequence[Task], name: str) -> str:
    names = [t.name for t in tasks]
    if name not in names:
        raise ValueError(f"there is no task {name!r}.{nearest(name, names)}")
    return name


def _places(tasks: Sequence[Task]) -> dict[str, int]:
    """Where each task stands; raise where one waits for a task that is not before it."""
    if not tasks:
        raise ValueError("tasks must hold at least one task, got none.")
    places: dict[str, int] = {}
    for j, task in enumerate(tasks):
        for name in task.after:
            if name not in places:
                raise ValueError(
                    f"{task.name!r} waits for {name!r}, which does not stand before it. Put each "
                    "task after those that it waits for."
                )
        places[task.name] = j
    return places

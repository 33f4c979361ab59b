"""Was the project a success, and was the business? Two questions that are easily taken for one.

The last phase of a CRM project evaluates *project outcomes* (on time, within budget) and *business
outcomes* (were the desired results achieved?) (lecture notes; Buttle). Beside each other they make
a table of four cells. Whether one says anything about the other is a matter of counting.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.checks import at_least_zero

_NEEDED = ["planned_weeks", "weeks", "budget_eur", "spent_eur", "goals", "goals_reached"]
DELIVERED, LATE = "on time and within budget", "late or dearer"
REACHED, MISSED = "goals reached", "goals missed"

OUTCOMES = {"project outcomes": DELIVERED, "business outcomes": REACHED}
"""The two that the notes tell apart, and what each asks."""


def outcomes(projects: pd.DataFrame, tolerance: float = 0.0, least: float = 1.0) -> pd.DataFrame:
    """Both outcomes of each project.

    Parameters
    ----------
    projects : DataFrame
        One row a project: planned_weeks, weeks, budget_eur, spent_eur, goals, goals_reached.
    tolerance : float
        Share of plan and budget by which a project may be over.
    least : float
        Share of the goals that must be reached for a business success.

    Returns
    -------
    DataFrame
        The same rows: ``on_time``, ``within_budget``, ``delivered`` (both), ``share_reached``,
        ``success``.

    Examples
    --------
    >>> one = pd.DataFrame([[30, 32, 90.0, 80.0, 2, 2]], columns=_NEEDED)
    >>> outcomes(one)[["on_time", "within_budget", "delivered", "success"]].to_numpy().tolist()
    [[False, True, False, True]]
    """
    at_least_zero("tolerance", tolerance)
    missing = [name for name in _NEEDED if name not in projects]
    if missing:
        raise ValueError(f"projects must have the column {missing[0]!r}, got {list(projects)}.")
    if (projects["goals"] < 1).any():
        raise ValueError(f"goals must be >= 1, got {projects['goals'].min()}.")
    on_time = projects["weeks"] <= (1 + tolerance) * projects["planned_weeks"]
    within = projects["spent_eur"] <= (1 + tolerance) * projects["budget_eur"]
    reached = projects["goals_reached"] / projects["goals"]
    return pd.DataFrame(
        {
            "on_time": on_time,
            "within_budget": within,
            "delivered": on_time & within,
            "share_reached": reached,
            "success": reached >= least - 1e-9,
        }
    )


def outcome_matrix(found: pd.DataFrame) -> pd.DataFrame:
    """How many projects were delivered as planned, and how many reached their goals.

    Examples
    --------
    >>> found = pd.DataFrame({"delivered": [True, True, False], "success": [True, False, False]})
    >>> outcome_matrix(found)
                               goals reached  goals missed
    on time and within budget              1             1
    late or dearer                         0             1
    """
    delivered, success = (found[c].to_numpy(dtype=bool) for c in ("delivered", "success"))
    rows = [
        [int((side & success).sum()), int((side & ~success).sum())]
        for side in (delivered, ~delivered)
    ]
    return pd.DataFrame(rows, [DELIVERED, LATE], [REACHED, MISSED])


def association(matrix: pd.DataFrame) -> float:
    """How much more often the delivered reach their goals: a difference of two shares.

    0 says that delivery tells nothing about the business, 1 that it tells everything; NaN where
    nobody, or everybody, was delivered.

    >>> association(pd.DataFrame([[30, 10], [20, 40]]))
    0.4166666666666667
    """
    counts = matrix.to_numpy(dtype=float)
    with np.errstate(invalid="ignore"):
        shares = counts[:, 0] / counts.sum(axis=1)
    return float(shares[0] - shares[1])


def goals_met(projects: pd.DataFrame, most: int = 5) -> pd.DataFrame:
    """Which share of their goals projects reach, by how many they set out for.

    Returns
    -------
    DataFrame
        One row a number of goals (index ``goals``; the last has so many or more): ``projects``,
        ``share_reached``, ``all_reached`` (share of the projects).

    Examples
    --------
    >>> goals_met(pd.DataFrame({"goals": [1, 2, 2], "goals_reached": [1, 1, 2]}))
           projects  share_reached  all_reached
    goals
    1             1           1.00          1.0
    2             2           0.75          0.5
    """
    share = projects["goals_reached"] / projects["goals"]
    grouped = share.groupby(projects["goals"].clip(upper=most))
    whole = (share >= 1 - 1e-9).groupby(projects["goals"].clip(upper=most)).mean()
    found = {"projects": grouped.size(), "share_reached": grouped.mean(), "all_reached": whole}
    return pd.DataFrame(found)

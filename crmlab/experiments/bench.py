"""What has the recovery bench found? Its stored tables, and how they are made anew.

Three tables: how often intervals hold the truth (`recovery.coverage`), what estimators of value
lose (`contest.contest`), and what learners of uplift lose (`uplift_contest.uplift_contest`). They
take an hour, so they are kept beside the code; ``crmlab recovery --store`` writes them.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources

import pandas as pd

from crmlab.checks import one_of
from crmlab.experiments.contest import contest
from crmlab.experiments.recovery import coverage
from crmlab.experiments.uplift_contest import uplift_contest

TABLES = ("coverage", "value", "uplift")


def measure(
    name: str,
    worlds: int,
    customers: int = 2_000,
    seed: int = 1,
    progress: Callable[[str], object] | None = None,
) -> pd.DataFrame:
    """Measure one of `TABLES` over so many worlds.

    Parameters
    ----------
    name : str
        One of `TABLES`; see the function that makes it for its columns.
    worlds : int
        Worlds for each estimator, or draws of each trial.
    customers : int
        People in each world; for uplift, customers outside the pilot.
    """
    one_of("name", name, TABLES)
    if name == "coverage":
        return coverage(worlds, customers, seed, progress=progress)
    make = contest if name == "value" else uplift_contest
    return make(worlds, customers, seed, progress=progress)


def stored(name: str) -> pd.DataFrame:
    """One of `TABLES` as it was stored last.

    >>> stored("coverage").columns[:3].tolist()
    ['estimator', 'parameter', 'truth']
    """
    one_of("name", name, TABLES)
    file = resources.files("crmlab.experiments") / f"bench_{name}.csv"
    if not file.is_file():
        raise FileNotFoundError(f"{file.name} is not stored yet: run crmlab recovery --store.")
    with file.open("r", encoding="utf-8") as text:
        return pd.read_csv(text)

"""The command ``recovery``: which estimator to trust, on worlds whose truth is known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmlab.commands.claims import significant
from crmlab.commands.screen import print_table, progress_bar

if TYPE_CHECKING:
    import pandas as pd

EXAMPLE = "Example: crmlab recovery --worlds 200 --trials 5"
_TITLES = {
    "coverage": "95 % intervals where the model is right",
    "value": "Choosing the best tenth by value of the next year",
    "uplift": "A letter to the best tenth by uplift times value",
}


def recovery(
    worlds: Annotated[
        int, typer.Option(min=2, help="Worlds in which the model is right, for coverage.")
    ] = 200,
    trials: Annotated[
        int, typer.Option(min=2, help="Draws of every world that breaks an assumption.")
    ] = 5,
    customers: Annotated[int, typer.Option(min=50, help="People in each world.")] = 2_000,
    seed: Annotated[int, typer.Option(min=0, help="Of the worlds.")] = 1,
    only: Annotated[
        list[str] | None, typer.Option(help="Of coverage, value, uplift; else all three.")
    ] = None,
    store: Annotated[
        bool, typer.Option("--store", help="Keep the tables beside the code.")
    ] = False,
) -> None:
    """Print how often intervals hold the truth, and what each estimator loses where it is wrong."""
    from crmlab.checks import one_of
    from crmlab.experiments import bench

    names = only or list(bench.TABLES)
    for name in names:
        one_of("only", name, bench.TABLES)
    for name in names:
        many = worlds if name == "coverage" else trials
        with progress_bar(_steps(name), name.capitalize()) as step:
            done: list[str] = []

            def count(finished: str) -> None:
                done.append(finished)  # noqa: B023 (called within the round)
                step(len(done))  # noqa: B023

            table = bench.measure(name, many, customers, seed, count)
        print(f"\n{_TITLES[name]}: {many:,} worlds of {customers:,} customers")
        print_table(table, 3)
        if store:
            print(f"stored as {_store(name, table).name}")


def _store(name: str, table: pd.DataFrame) -> Path:
    """Keep a table beside the code, to four digits."""
    from crmlab import experiments
    from crmlab.datasets.files import as_csv, write_whole

    rounded = {c: table[c].map(significant) for c in table.select_dtypes("float")}
    file = Path(experiments.__path__[0]) / f"bench_{name}.csv"
    write_whole(file, as_csv(table.assign(**rounded)))
    return file


def _steps(name: str) -> int:
    """How many estimators or trials a table has to go through."""
    from crmlab.experiments import contest, recovery, uplift_contest

    if name == "coverage":
        return len(recovery.right_worlds())
    return len(contest.trials() if name == "value" else uplift_contest.trials())

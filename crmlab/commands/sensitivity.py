"""The command ``sensitivity``: which assumed numbers does each claim hang on?

Every assumed parameter is halved and doubled, one at a time; the three that move the estimate
most are kept beside the code, and shown in ``docs/sensitivity.md``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmlab.commands.claims import (
    _chosen,
    _leave_interrupts_to_the_parent,
    in_order,
    read,
    significant,
)
from crmlab.commands.screen import print_table, progress_bar

if TYPE_CHECKING:
    import pandas as pd

EXAMPLE = "Example: crmlab sensitivity permission-beats-interruption"
KEPT = 3


def sensitivity(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[CLAIM]...", help="Which ones; else all.")
    ] = None,
    worlds: Annotated[int, typer.Option(min=1, help="Worlds for each value.")] = 1,
    jobs: Annotated[int, typer.Option(min=1, help="Processes at work.")] = 2,
    everything: Annotated[
        bool, typer.Option("--all", help="Screen again what is not stale, too.")
    ] = False,
) -> None:
    """Halve and double every assumed parameter, and keep the three that matter most a claim."""
    import multiprocessing

    from crmlab.experiments.claims import claim

    chosen, stored = _chosen(names or []), read(file())
    known = stored.drop_duplicates("claim").set_index("claim")["key"] if len(stored) else {}
    due = [id for id in chosen if everything or known.get(id) != claim(id).key]
    context = multiprocessing.get_context("spawn")
    with (
        progress_bar(len(due), "Sensitivity") as step,
        context.Pool(max(min(jobs, len(due)), 1), _leave_interrupts_to_the_parent) as pool,
    ):
        tasks = [(id, worlds) for id in due]
        for done, rows in enumerate(pool.imap_unordered(_screen, tasks), start=1):
            # Another process may have stored its own claims meanwhile.
            stored = in_order(read(file()), rows)
            _write(stored)
            step(done)
    if not names:
        stored = stored[stored["claim"].isin(chosen)]  # claims that are there no more
        _write(stored)
    print(f"{len(due)} of {len(chosen)} claims screened; the table is {file()}")
    print_table(stored[stored["claim"].isin(chosen)].drop(columns="key"), 3)


def file() -> Path:
    """Where the table is kept: beside the code that reads it."""
    import crmlab.experiments

    return Path(crmlab.experiments.__path__[0]) / "sensitivity.csv"


def _screen(task: tuple[str, int]) -> pd.DataFrame:
    from crmlab.experiments.claims import claim

    id, worlds = task
    table = claim(id).screen(worlds).head(KEPT)
    for name in ("estimate", "halved", "doubled", "change"):
        table[name] = table[name].map(significant)
    return table.assign(key=claim(id).key)


def _write(table: pd.DataFrame) -> None:
    from crmlab.datasets.files import as_csv, write_whole

    write_whole(file(), as_csv(table))

"""The command ``claims``: measure the lecture's claims, and keep the table of their verdicts.

The table is written anew after every claim, so that an interrupted evening is not lost.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmlab.commands.screen import print_table, progress_bar

if TYPE_CHECKING:
    import pandas as pd

EXAMPLE = "Example: crmlab claims permission-beats-interruption --jobs 4"
COLUMNS = ["claim", "condition", "worlds", "estimate", "low", "high", "least", "unit", "verdict",
           "seconds", "key"]  # fmt: skip
_MEASURED = ["estimate", "low", "high"]
_WORLDS = 20


def claims(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[CLAIM]...", help="Which ones; else all.")
    ] = None,
    worlds: Annotated[int, typer.Option(min=2, help="Worlds in each condition.")] = _WORLDS,
    jobs: Annotated[int, typer.Option(min=1, help="Processes at work.")] = 2,
    check: Annotated[
        bool, typer.Option("--check", help="Only list what is stale; exit code 1 if any is.")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Measure again what is not stale, too.")
    ] = False,
) -> None:
    """Measure every claim in each condition where its stored result is stale, and store it."""
    chosen = _chosen(names or [])
    stored = read(table_file())
    due = chosen if everything and not check else _stale(chosen, stored, worlds)
    if check:
        _report_stale(due)
        return
    done: list[str] = []
    with progress_bar(len(due), "Claims") as step:
        for rows in measured(due, worlds, jobs):
            # Another process may have stored its own claims meanwhile.
            stored = merged(read(table_file()), rows)
            write(stored, table_file())
            done.append(rows["claim"].iloc[0])
            step(len(done))
    if not names:
        stored = stored[stored["claim"].isin(chosen)]  # claims that are there no more
        write(stored, table_file())
    print(f"{len(done)} of {len(chosen)} claims measured; the table is {table_file()}")
    print_table(stored[stored["claim"].isin(chosen)].drop(columns=["key", "least", "seconds"]), 3)


def table_file() -> Path:
    """Where the verdicts are kept: beside the code that reads them."""
    import crmlab.experiments

    return Path(crmlab.experiments.__path__[0]) / "verdicts.csv"


def measured(ids: list[str], worlds: int, jobs: int) -> Iterator[pd.DataFrame]:
    """Measure claims, one table of three rows each, in the order in which they finish."""
    tasks = [(id, worlds) for id in ids]
    if jobs == 1 or len(tasks) < 2:
        yield from map(_measure, tasks)
        return
    import multiprocessing

    # Fresh processes: a forked one would inherit the threads of the progress bar.
    context = multiprocessing.get_context("spawn")
    with context.Pool(min(jobs, len(tasks)), _leave_interrupts_to_the_parent) as pool:
        yield from pool.imap_unordered(_measure, tasks)


def _measure(task: tuple[str, int]) -> pd.DataFrame:
    from crmlab.experiments.claims import claim

    id, worlds = task
    return claim(id).check(worlds).table.assign(key=claim(id).key)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def read(file: Path) -> pd.DataFrame:
    """Read the stored verdicts: one row a claim and condition; none where there is no file."""
    import pandas as pd

    if not file.exists():
        return pd.DataFrame(columns=COLUMNS)
    # "null" is a condition here, not a missing value.
    return pd.read_csv(file, dtype={"key": str}, keep_default_na=False, na_values=[""])


def merged(stored: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Put new rows, rounded, in place of the old ones of the same claim; see `in_order`."""
    rounded = rows.assign(**{name: rows[name].map(significant) for name in _MEASURED})
    return in_order(stored, rounded)[COLUMNS]


def in_order(stored: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Put new rows in place of the old ones of the same claim, in the order of all claims.

    Rows of claims that this process does not know come last.
    """
    import pandas as pd

    from crmlab.experiments.claims import CONDITIONS
    from crmlab.experiments.claims import claims as all_claims

    others = stored[~stored["claim"].isin(rows["claim"])]
    table = pd.concat([t for t in (others, rows) if len(t)], ignore_index=True)
    order = {id: i for i, id in enumerate(all_claims()["id"])}
    place = table["claim"].map(order) * len(CONDITIONS)
    if "condition" in table:
        place += table["condition"].map(CONDITIONS.index)
    return table.loc[place.sort_values(kind="stable").index].reset_index(drop=True)


def write(table: pd.DataFrame, file: Path) -> None:
    """Replace the stored table as a whole."""
    from crmlab.datasets.files import as_csv, write_whole

    write_whole(file, as_csv(table))


def significant(value: float, digits: int = 4) -> float:
    """Round to so many significant digits."""
    return float(f"{value:.{digits}g}")


def _chosen(names: Iterable[str]) -> list[str]:
    from crmlab.experiments.claims import claim
    from crmlab.experiments.claims import claims as all_claims

    return list(dict.fromkeys(claim(name).id for name in names)) or list(all_claims()["id"])


def _stale(ids: list[str], stored: pd.DataFrame, worlds: int) -> list[str]:
    """Those without a stored result, or with one of another code, market or number of worlds."""
    from crmlab.experiments.claims import claim

    known = stored[stored["worlds"] == worlds].drop_duplicates("claim").set_index("claim")["key"]
    fresh: Callable[[str], bool] = lambda id: known.get(id) == claim(id).key  # noqa: E731
    return [id for id in ids if not fresh(id)]


def _report_stale(ids: list[str]) -> None:
    print("\n".join(ids) if ids else "No stored verdict is stale.")
    if ids:
        print("crmlab claims measures them again.")
        raise typer.Exit(1)

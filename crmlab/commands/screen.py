"""How does a result look in a terminal, and how long will it take?"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_PATIENCE_SECONDS = 1.0
_WIDE = 160


@contextmanager
def progress_bar(total: int, what: str) -> Iterator[Callable[[int], None]]:
    """Show a bar on the standard error if it takes longer than a second; gone at the end.

    Parameters
    ----------
    total : int
        How many steps there are.
    what : str
        What is being done.

    Yields
    ------
    callable
        To be called with the number of finished steps.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as TimeLeft

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeLeft())
    bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    task, began, started = bar.add_task(what, total=total), time.monotonic(), False

    def step(done: int) -> None:
        nonlocal started
        if not started and time.monotonic() - began > _PATIENCE_SECONDS:
            started = True
            bar.start()
        bar.update(task, completed=done)

    try:
        yield step
    finally:
        bar.stop()


def print_table(frame: pd.DataFrame, digits: int = 2) -> None:
    """Print a table: numbers to the right, whole where they are whole."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    console = Console() if sys.stdout.isatty() else Console(width=_WIDE, soft_wrap=True)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in frame.columns:
        number = frame[name].dtype.kind in "iuf"
        table.add_column(str(name), justify="right" if number else "left", overflow="fold")
    for row in frame.itertuples(index=False):
        table.add_row(*(_shown(value, digits) for value in row))
    console.print(table, markup=False, highlight=False)


def _shown(value: Any, digits: int) -> str:
    if isinstance(value, float):
        return f"{value:,.{digits}f}" if value == value else "-"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)

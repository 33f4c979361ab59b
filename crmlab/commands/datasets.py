"""The commands about data sets: ``datasets build``, ``list`` and ``check``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crmlab.commands.screen import print_table, progress_bar

app = typer.Typer(
    help="Data sets that the package generates.", epilog="Example: crmlab datasets build",
    no_args_is_help=False,
)  # fmt: skip
Folder = Annotated[
    Path | None, typer.Option(help="Where they lie; datasets/ of the repository if not named.")
]


@app.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    """Data sets that the package generates."""
    if context.invoked_subcommand is None:
        print(context.get_help())


@app.command(epilog="Example: crmlab datasets build --folder out/datasets")
def build(folder: Folder = None) -> None:
    """Generate all of them again; files that are right already stay untouched."""
    from crmlab.datasets import build as generate
    from crmlab.datasets.regenerate import NAMES
    from crmlab.datasets.shelf import home

    place = folder or home()
    with progress_bar(len(NAMES), "Data sets") as step:
        changed = generate(place, progress=step)
    for file in changed:
        print(f"{place / file}")
    print(f"{len(changed)} files changed in {place}")


@app.command("list", epilog="Example: crmlab datasets list")
def list_them() -> None:
    """List them, with what each is and where it lies."""
    from crmlab.datasets import catalogue

    print_table(catalogue())


@app.command(epilog="Example: crmlab datasets check")
def check(folder: Folder = None) -> None:
    """Compare the files with their hashes and with what the package generates; 1 if one is off."""
    from crmlab.datasets import check as compare
    from crmlab.datasets.regenerate import NAMES
    from crmlab.datasets.shelf import home

    place = folder or home()
    with progress_bar(len(NAMES), "Data sets") as step:
        wrong = compare(place, progress=step)
    print("\n".join(wrong) if wrong else f"All data sets in {place} are as the package makes them.")
    if wrong:
        print("crmlab datasets build makes them again.")
        raise typer.Exit(1)

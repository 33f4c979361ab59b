"""The command ``lab``: open JupyterLab on the first notebook."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import typer

import crmlab

EXAMPLE = "Example: crmlab lab --no-browser (what follows goes to JupyterLab)"
FIRST = Path("notebooks") / "00_start_here.ipynb"


def lab(context: typer.Context) -> None:
    """Open JupyterLab on the first notebook; further options are JupyterLab's."""
    notebook = first_notebook(Path.cwd())
    command = [sys.executable, "-m", "jupyterlab", str(notebook), *context.args]
    raise typer.Exit(subprocess.run(command, check=False).returncode)


def first_notebook(start: Path) -> Path:
    """Find the first notebook: from a folder upwards, then beside the package.

    Raises
    ------
    FileNotFoundError
        It is nowhere; the message says where notebooks come from.
    """
    beside = Path(crmlab.__file__).resolve().parents[1]
    for folder in (start, *start.parents, beside):
        if (folder / FIRST).is_file():
            return folder / FIRST
    raise FileNotFoundError(
        f"there is no {FIRST.as_posix()} in {start}, above it, or beside the package. The "
        "notebooks come with the repository, not with the package: clone it, and call this there."
    )

"""Do the notebooks still run? Executes them in place and stores outputs that do not vary.

    python tools/run_notebooks.py notebooks solutions     # run again, store the outputs
    python tools/run_notebooks.py --check notebooks       # only look at what is stored

A notebook runs in its own folder, in the kernel of this Python. One that fails is left as it
was. The exit code is 1 if any notebook failed; each is named with its cell.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from collections import Counter
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
RUN_METADATA = ("execution", "ExecuteTime", "collapsed", "scrolled")


def notebooks_in(paths: list[Path]) -> list[Path]:
    """List the notebooks among files and folders, without Jupyter's checkpoints."""
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise SystemExit(f"{path} is neither a notebook nor a folder of notebooks")
        found += sorted(path.rglob("*.ipynb")) if path.is_dir() else [path]
    return [path for path in found if ".ipynb_checkpoints" not in path.parts]


def problems(notebook: NotebookNode) -> list[str]:
    """Say what is wrong with the stored outputs: cells never run, and errors among them."""
    found = []
    for place, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        if cell.execution_count is None:
            found.append(f"cell {place} was never executed")
        errors = (output for output in cell.outputs if output.output_type == "error")
        found += [f"cell {place} ends in {error.ename}: {error.evalue}" for error in errors]
    return found


def execute(notebook: NotebookNode, folder: Path, timeout: int) -> list[str]:
    """Run all cells in ``folder``, in place; return what went wrong."""
    started = [0]
    client = NotebookClient(notebook, kernel_name="python3", timeout=timeout, coalesce_streams=True)
    client.resources = {"metadata": {"path": str(folder)}}
    client.on_cell_start = lambda cell, cell_index: started.append(cell_index + 1)
    try:
        client.execute()
    except CellExecutionError as error:
        return [f"cell {started[-1]} ends in {error.ename}: {error.evalue}"]
    except (CellTimeoutError, DeadKernelError) as error:
        return [f"cell {started[-1]}: {str(error).splitlines()[0]}"]
    return problems(notebook)  # a cell tagged raises-exception stores its error


def normalise(notebook: NotebookNode) -> None:
    """Remove what differs from run to run or from machine to machine, in place."""
    notebook.metadata = NotebookNode(
        kernelspec={"display_name": "Python 3", "language": "python", "name": "python3"},
        language_info={"name": "python"},
    )
    seen: Counter[str] = Counter()
    for cell in notebook.cells:
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:8]
        seen[digest] += 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
        for key in RUN_METADATA:
            cell.metadata.pop(key, None)
        for i, output in enumerate(cell.get("outputs", [])):
            # A stored view points at a model that is gone. Where the output also carries a
            # picture or HTML, readers see that instead of "model not found".
            view = output.get("data", {}).pop(WIDGET_VIEW, None)
            if view and not output.data.keys() & {"text/html", "image/svg+xml", "image/png"}:
                output.data[WIDGET_VIEW] = view | {"model_id": f"{cell.id}-{i}"}


def rerun(path: Path, timeout: int) -> list[str]:
    """Execute one notebook and store it; return what went wrong."""
    notebook = nbformat.read(path, as_version=4)
    wrong = execute(notebook, path.parent, timeout)
    if not wrong:
        normalise(notebook)
        unfinished = path.with_suffix(".ipynb.tmp")
        nbformat.write(notebook, unfinished, version=4)
        unfinished.replace(path)
    return wrong


def main() -> int:
    """Read the command line, treat every notebook, and return the exit code."""
    parser = argparse.ArgumentParser(description="Execute notebooks and store their outputs.")
    parser.add_argument("paths", nargs="+", type=Path, help="notebooks, or folders of them")
    parser.add_argument("--check", action="store_true", help="only look at the stored outputs")
    parser.add_argument("--timeout", type=int, default=300, help="seconds a cell (default 300)")
    options = parser.parse_args()

    os.environ.pop("MPLBACKEND", None)  # under agg no figure would reach the notebook
    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")  # not a kernel of the user's home
    failed = False
    for path in notebooks_in(options.paths):
        wrong = problems(nbformat.read(path, 4)) if options.check else rerun(path, options.timeout)
        failed = failed or bool(wrong)
        print(f"{path}: {'; '.join(wrong) or 'ok'}", file=sys.stderr if wrong else sys.stdout)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())

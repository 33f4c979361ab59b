"""How long from the key on a slider to the changed picture? Both views, in a real browser.

    python -m benchmarks.live_views

A view that redraws should answer within 250 ms, one that simulates 1,000 customers x 52 weeks
again within 500 ms, at the 95th percentile.
"""

from __future__ import annotations

import itertools
import sys
import tempfile
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd

from tools.lab_server import lab
from tools.notebook_page import NotebookPage, browser, why_no_browser

MOVES = 40
WARM_UP = 3
VIEWS = {  # name: (cell, most milliseconds)
    "contact_pressure (redraws)": ("crm.widgets.contact_pressure()", 250),
    "replay (simulates again)": ("crm.widgets.replay(customers=1_000, weeks=52)", 500),
}


def write_notebook(folder: Path) -> str:
    sources = ["import crmlab as crm", *(cell for cell, _ in VIEWS.values())]
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "views.ipynb")
    return "views.ipynb"


def time_moves(page: NotebookPage, view: object, moves: int) -> list[float]:
    """Milliseconds of each move: to the left end and back, so that every move changes something."""
    keys = itertools.cycle(["ArrowLeft"] * 2 + ["ArrowRight"] * 2)
    return [1000 * page.press(view, key) for key in itertools.islice(keys, moves)]


def measure(moves: int = MOVES) -> pd.DataFrame:
    """One row a view: median, 95th percentile and the target, milliseconds."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        name = write_notebook(Path(folder))
        with lab(Path(folder)) as server, browser() as chromium:
            page = NotebookPage(chromium, server, name)
            page.run_all()
            for (label, (_, most)), view in zip(
                VIEWS.items(), page.live_views(len(VIEWS)), strict=True
            ):
                taken = time_moves(page, view, moves + WARM_UP)[WARM_UP:]
                median, slow = np.percentile(taken, [50, 95])
                rows.append((label, moves, round(median), round(slow), most, slow <= most))
    columns = ["view", "moves", "median_ms", "p95_ms", "target_ms", "met"]
    return pd.DataFrame(rows, columns=columns)


def main() -> int:
    missing = why_no_browser()
    if missing:
        print(f"live views: not measured, {missing}")
        return 0
    print(measure().to_string(index=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())

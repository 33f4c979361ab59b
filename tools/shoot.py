"""How does a notebook look on a laptop, or on a projector? Runs it and stores screenshots.

    python -m tools.shoot notebooks/01_the_market.ipynb market.png --full
    python -m tools.shoot notebooks/01_the_market.ipynb market.png --width 1920 --height 1080

Without ``--full`` the first screenful is stored, with it the whole notebook as market-01.png,
market-02.png, ... The exit code is 1 if a cell raised or wrote to stderr.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.lab_server import lab
from tools.notebook_page import NotebookPage, browser, why_no_browser


def shoot(notebook: Path, picture: Path, size: tuple[int, int], full: bool) -> list[str]:
    """Run a notebook in JupyterLab and store screenshots; return what its cells complained of."""
    with lab(notebook.parent) as server, browser(*size) as chromium:
        page = NotebookPage(chromium, server, notebook.name, patience=300)
        page.hide_sidebar()
        page.run_all()
        if full:
            stored = page.screenshots(picture)
        else:
            page.screenshot(picture)
            stored = [picture]
        print(*stored, sep="\n")
        return [*page.errors_in_cells(), *(f"console: {e}" for e in page.console_errors)]


def main() -> int:
    """Read the command line, shoot, and return the exit code."""
    parser = argparse.ArgumentParser(description="Run a notebook and store screenshots of it.")
    parser.add_argument("notebook", type=Path)
    parser.add_argument("picture", type=Path, help="a file that ends in .png")
    parser.add_argument("--width", type=int, default=1366)
    parser.add_argument("--height", type=int, default=768)
    parser.add_argument("--full", action="store_true", help="several pictures, scrolled down")
    options = parser.parse_args()
    missing = why_no_browser()
    if missing or not options.notebook.is_file():
        print(missing or f"{options.notebook} is not a file", file=sys.stderr)
        return 1
    size = (options.width, options.height)
    complaints = shoot(options.notebook, options.picture, size, options.full)
    print(*complaints, sep="\n", file=sys.stderr)
    return int(bool(complaints))


if __name__ == "__main__":
    sys.exit(main())

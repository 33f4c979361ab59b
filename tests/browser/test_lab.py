"""A student opens a notebook in JupyterLab, runs it, and moves a slider by keyboard."""

import os
from pathlib import Path

import nbformat
import pytest

from tools.lab_server import lab
from tools.notebook_page import NotebookPage, browser, why_no_browser

pytestmark = pytest.mark.browser

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "01_the_market.ipynb"


@pytest.fixture
def chromium():
    missing = why_no_browser()
    if missing and os.environ.get("CRMLAB_REQUIRE_BROWSER") == "1":
        pytest.fail(f"CRMLAB_REQUIRE_BROWSER=1, but {missing}")
    if missing:
        pytest.skip(missing)
    with browser() as context:
        yield context


@pytest.fixture
def shots(tmp_path):
    return Path(os.environ.get("CRMLAB_SHOTS", tmp_path))


@pytest.fixture
def notebook(tmp_path):
    """The lecture's notebook; until it is there, one that shows the same view."""
    if NOTEBOOK.exists():
        return NOTEBOOK
    cells = ["import crmlab as crm", "crm.widgets.replay(customers=300, weeks=26)"]
    scratch = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    nbformat.write(scratch, tmp_path / "scratch.ipynb")
    return tmp_path / "scratch.ipynb"


def test_a_slider_moved_by_keyboard_changes_the_picture(chromium, notebook, shots):
    stored = notebook.read_bytes()
    with lab(notebook.parent) as server:
        page = NotebookPage(chromium, server, notebook.name)
        page.run_all()
        assert page.errors_in_cells() == []
        view = page.live_views()[0]
        view.scroll_into_view_if_needed()
        page.screenshot(shots / f"{notebook.stem}-before.png")
        before = _seen(view)
        page.press(view, "ArrowRight")
        page.screenshot(shots / f"{notebook.stem}-after.png")
        after = _seen(view)
        page.press(view, "ArrowLeft")

        assert after != before
        assert _seen(view) == before
        assert _named(view)
        assert page.console_errors == []  # JupyterLab itself says nothing: no exceptions needed
        assert page.requests_outside == []
    assert notebook.read_bytes() == stored


def _seen(view):
    """Both the picture and the words beside it."""
    return view.locator("svg[role=img]").inner_html(), view.locator("[role=status]").inner_text()


def _named(view):
    """Whether the picture has a title and a description for those who cannot see it."""
    svg = view.locator("svg[role=img]")
    return all(svg.locator(f"> {tag}").text_content().strip() for tag in ("title", "desc"))

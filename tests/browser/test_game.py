"""A student plays a quarter of the portfolio game with the keyboard alone."""

import os

import nbformat
import pytest

from tools.lab_server import lab
from tools.notebook_page import NotebookPage, browser, why_no_browser

pytestmark = pytest.mark.browser


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
def notebook(tmp_path):
    """One cell with the game of a small firm."""
    code = "import crmlab as crm\ncrm.widgets.portfolio_game(seed=3, customers=20)"
    scratch = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    nbformat.write(scratch, tmp_path / "game.ipynb")
    return tmp_path / "game.ipynb"


def test_a_quarter_can_be_played_with_the_keyboard_alone(chromium, notebook):
    """Tab goes on, space chooses, Enter plays; every button says which cell it is for."""
    with lab(notebook.parent) as server:
        page = NotebookPage(chromium, server, notebook.name)
        page.run_all()
        assert page.errors_in_cells() == []
        view = page.page.locator(".crmlab-game")
        wish = view.get_by_role("button", name="ordinary, loose: protect")
        wish = wish.or_(view.get_by_title("ordinary, loose: protect")).first
        wish.focus()
        page.page.keyboard.press("Space")
        view.get_by_text("Your decisions: 0 accounts").wait_for(state="detached")
        play = view.get_by_role("button", name="Play quarter 1")
        for _ in range(60):
            page.page.keyboard.press("Tab")
            if play.evaluate("button => button === document.activeElement"):
                break
        page.page.keyboard.press("Enter")
        view.locator("[role=status]", has_text="Quarter 1: profit").wait_for()
        assert "mod-active" in wish.get_attribute("class")
        assert view.get_by_role("button", name="Play quarter 2").is_visible()
        assert page.console_errors == []
        assert page.requests_outside == []

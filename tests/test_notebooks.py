"""Was every stored notebook really executed, and is it fit to be kept under version control?

Comparing outputs passes on a notebook that never ran: there is nothing to differ.
"""

import runpy
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
TOOL = runpy.run_path(str(ROOT / "tools" / "run_notebooks.py"))
MOST_BYTES = 1_000_000
SOLUTION_MARKS = ("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN TESTS", "END HIDDEN TESTS")


def in_folders(*folders):
    """Parametrize a test over the notebooks of some folders, named as a reader names them."""
    present = [ROOT / folder for folder in folders if (ROOT / folder).is_dir()]
    paths = TOOL["notebooks_in"](present)
    names = [path.relative_to(ROOT).as_posix() for path in paths]
    return pytest.mark.parametrize("path", paths, ids=names)


executed = in_folders("notebooks", "solutions")


def read(path):
    return nbformat.read(path, as_version=4)


def test_the_first_notebook_is_where_make_lab_looks():
    assert (ROOT / "notebooks" / "00_start_here.ipynb").is_file()


@executed
def test_every_cell_was_executed_without_error(path):
    assert TOOL["problems"](read(path)) == []


@executed
def test_cells_were_executed_once_from_top_to_bottom(path):
    code = [c for c in read(path).cells if c.cell_type == "code" and c.source.strip()]
    counts = [cell.execution_count for cell in code]
    assert counts == list(range(1, len(code) + 1)), "run `make notebooks`"


@executed
def test_no_widget_state_is_stored(path):
    assert "widgets" not in read(path).metadata


@in_folders("notebooks", "solutions", "exercises")
def test_notebook_is_under_a_megabyte(path):
    assert path.stat().st_size < MOST_BYTES


@in_folders("notebooks", "solutions", "exercises")
def test_notebook_is_valid(path):
    nbformat.validate(read(path))


@in_folders("exercises")
def test_exercise_holds_no_output_of_its_solution(path):
    code = [cell for cell in read(path).cells if cell.cell_type == "code"]
    assert [cell.source for cell in code if cell.outputs or cell.execution_count] == []


@in_folders("exercises")
def test_exercise_holds_no_solution(path):
    text = path.read_text(encoding="utf-8")
    assert [mark for mark in SOLUTION_MARKS if mark in text] == []

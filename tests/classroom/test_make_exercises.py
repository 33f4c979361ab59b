"""Do exercises follow from their solutions, and does no solution get through?"""

import importlib.util
import json
import sys
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

ROOT = Path(__file__).resolve().parents[2]
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
SECRET = "secret_4711"


def load_tool():
    spec = importlib.util.spec_from_file_location(
        "make_exercises", ROOT / "tools/make_exercises.py"
    )
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tool = load_tool()


def marked(cell, grade_id="q1", solution=True, grade=False, locked=False, points=None):
    """The cell with nbgrader's metadata."""
    cell.metadata.nbgrader = {
        "grade_id": grade_id,
        "solution": solution,
        "grade": grade,
        "locked": locked,
        "schema_version": 3,
        **({} if points is None else {"points": points}),
    }
    return cell


def solved(body=f"answer = {SECRET}", before="", after="answer"):
    return f"{before}### BEGIN SOLUTION\n{body}\n### END SOLUTION\n{after}"


def notebook(*cells):
    made = new_notebook(cells=list(cells))
    made.metadata.kernelspec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    made.metadata.language_info = {"name": "python", "version": "3.11.7"}
    made.metadata.widgets = {"state": SECRET}
    return made


def full_solution():
    """Every kind of cell that a solution may hold."""
    question = marked(new_code_cell(solved(before="# Which share?\n")), "q1")
    question.outputs = [new_output("stream", text=SECRET)]
    question.execution_count = 3
    question.metadata.author_note = SECRET
    test = marked(
        new_code_cell(f"assert answer\n### BEGIN HIDDEN TESTS\n{SECRET}\n### END HIDDEN TESTS"),
        "q1-test", solution=False, grade=True, locked=True, points=2,
    )  # fmt: skip
    prose = marked(new_markdown_cell(f"Because {SECRET}."), "q2", grade=True, points=3)
    prose.attachments = {"figure.png": {"image/png": SECRET}}
    whole = marked(new_code_cell(f"answer = {SECRET}"), "q3")
    reading = marked(new_markdown_cell("Read this."), "r1", solution=False, locked=True)
    plain = new_code_cell("import crmlab as crm", metadata={"tags": ["setup"]})
    return notebook(new_markdown_cell("# Lab"), plain, question, test, prose, whole, reading)


def folders(tmp_path, **solutions):
    (tmp_path / "solutions").mkdir()
    for name, nb in solutions.items():
        nbformat.write(nb, tmp_path / "solutions" / f"{name}.ipynb")
    return ["--solutions", str(tmp_path / "solutions"), "--exercises", str(tmp_path / "exercises")]


def test_committed_exercises_equal_what_their_solutions_give():
    solutions, exercises = ROOT / "solutions", ROOT / "exercises"
    stale = [
        path.name
        for path in tool.wanted([], solutions)
        if not (exercises / path.name).is_file()
        or (exercises / path.name).read_bytes() != tool.exercise_text(path).encode()
    ]
    assert stale == [], "run `python tools/make_exercises.py`"
    assert tool.orphans(solutions, exercises) == []


def test_an_exercise_by_hand():
    cells = tool.exercise_from(full_solution()).cells
    assert [cell.source for cell in cells] == [
        "# Lab",
        "import crmlab as crm",
        f"# Which share?\n{STUB}\nanswer",
        "assert answer",
        "YOUR ANSWER HERE",
        STUB,
        "Read this.",
    ]


def test_nothing_of_a_solution_reaches_the_exercise():
    text = nbformat.writes(tool.exercise_from(full_solution()))
    assert SECRET not in text
    assert "BEGIN" not in text
    assert "END" not in text


lines = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=30).map(
    lambda text: f"# {SECRET} {text}".replace("SOLUTION", "").replace("HIDDEN", "")
)
indents = st.sampled_from(["", "    ", "\t", "        "])


@given(st.lists(lines, max_size=5), st.lists(lines, max_size=5), indents)
def test_no_line_between_markers_gets_through(solution, test, indent):
    source = "\n".join(
        [
            "if True:",
            "    pass",
            f"{indent}### BEGIN SOLUTION",
            *solution,
            f"{indent}### END SOLUTION  ",
            "### BEGIN HIDDEN TESTS",
            *test,
            "### END HIDDEN TESTS",
        ]
    )
    made = tool.exercise_source(source, "code", {"solution": True, "grade": True})
    stub = f"{indent}# YOUR CODE HERE\n{indent}raise NotImplementedError()"
    assert made == f"if True:\n    pass\n{stub}"


def test_the_indentation_of_a_region_is_kept():
    source = "def share(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION\n\nshare(1)"
    made = tool.exercise_source(source, "code", {"solution": True})
    assert made == (
        "def share(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()\n\nshare(1)"
    )


def test_two_regions_in_a_cell_become_two_stubs():
    source = solved(after=solved(after="done"))
    made = tool.exercise_source(source, "code", {"solution": True})
    assert made == f"{STUB}\n{STUB}\ndone"


def test_a_line_with_dots_can_stand_instead_of_an_error():
    source = f"### BEGIN SOLUTION answer = ...\nanswer = {SECRET}\n### END SOLUTION"
    made = tool.exercise_source(source, "code", {"solution": True})
    assert made == "# YOUR CODE HERE\nanswer = ..."


def test_a_markdown_region_keeps_the_question_around_it():
    source = solved(body=f"Because {SECRET}.", before="Why?\n\n", after="")
    made = tool.exercise_source(source, "markdown", {"solution": True, "grade": True})
    assert made == "Why?\n\nYOUR ANSWER HERE\n"


def test_outputs_counts_and_foreign_metadata_are_gone():
    made = tool.exercise_from(full_solution())
    code = [cell for cell in made.cells if cell.cell_type == "code"]
    assert [(cell.outputs, cell.execution_count) for cell in code] == [([], None)] * len(code)
    assert made.cells[1].metadata == {"tags": ["setup"]}
    assert set(made.metadata) == {"kernelspec", "language_info"}
    assert made.metadata.kernelspec.name == "python3"
    assert made.metadata.language_info == {"name": "python"}


def test_cells_that_count_cannot_be_deleted_and_tests_cannot_be_edited():
    cells = {c.id: c.metadata for c in tool.exercise_from(full_solution()).cells}
    assert cells["q1"].deletable is False
    assert "editable" not in cells["q1"]
    for name in ("q1-test", "r1"):
        assert (cells[name].deletable, cells[name].editable) == (False, False)
    assert cells["q1-test"].nbgrader["points"] == 2


def test_cell_ids_do_not_change_with_the_solution():
    first, second = full_solution(), full_solution()
    second.cells[2].source = second.cells[2].source.replace(SECRET, "something_else")
    second.cells[2].id = "another-id"
    assert tool.exercise_from(first) == tool.exercise_from(second)


def test_equal_cells_get_different_ids():
    made = tool.exercise_from(notebook(*[new_code_cell("crm.progress()") for _ in range(3)]))
    assert len({cell.id for cell in made.cells}) == 3


def test_the_solution_is_left_as_it_was():
    solution = full_solution()
    before = json.dumps(solution)
    tool.exercise_from(solution)
    assert json.dumps(solution) == before


def test_a_valid_notebook_is_written_and_the_second_time_nothing_changes(tmp_path):
    arguments = folders(tmp_path, **{"02_permission": full_solution()})
    assert tool.main(arguments) == 0
    path = tmp_path / "exercises" / "02_permission.ipynb"
    nbformat.validate(nbformat.read(path, as_version=4))
    first, touched = path.read_bytes(), path.stat().st_mtime_ns
    assert tool.main(arguments) == 0
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (first, touched)
    assert first.endswith(b"}\n")
    assert list(path.parent.iterdir()) == [path]


def test_check_fails_where_an_exercise_is_missing_stale_or_left_over(tmp_path, capsys):
    arguments = folders(tmp_path, **{"02_permission": full_solution()})
    assert tool.main([*arguments, "--check"]) == 1
    assert "02_permission.ipynb is stale" in capsys.readouterr().err
    assert not (tmp_path / "exercises").exists()
    tool.main(arguments)
    assert tool.main([*arguments, "--check"]) == 0
    path = tmp_path / "exercises" / "02_permission.ipynb"
    path.write_text(path.read_text().replace("# Lab", "# My lab"))
    assert tool.main([*arguments, "--check"]) == 1
    tool.main(arguments)
    path.rename(path.with_name("03_old.ipynb"))
    tool.main(arguments)
    assert "03_old.ipynb has no solution" in capsys.readouterr().err


def test_some_can_be_named_and_an_unknown_name_gets_the_nearest(tmp_path):
    arguments = folders(tmp_path, **{"02_permission": full_solution(), "03_sense": notebook()})
    assert tool.main([*arguments, "solutions/03_sense.ipynb"]) == 0
    assert [p.name for p in (tmp_path / "exercises").iterdir()] == ["03_sense.ipynb"]
    with pytest.raises(SystemExit, match="Did you mean '02_permission'"):
        tool.main([*arguments, "02_permision"])


def test_without_solutions_there_is_nothing_to_do(tmp_path):
    arguments = folders(tmp_path)
    assert tool.main([*arguments, "--check"]) == 0
    assert tool.main(arguments) == 0
    assert not (tmp_path / "exercises").exists()


def test_a_malformed_solution_leaves_its_exercise_and_the_others_are_made(tmp_path, capsys):
    bad = notebook(new_markdown_cell("x"), marked(new_code_cell("### BEGIN SOLUTION\n1"), "q7"))
    arguments = folders(tmp_path, **{"02_permission": bad, "03_sense": full_solution()})
    (tmp_path / "solutions" / "04_torn.ipynb").write_text("{")
    old = tmp_path / "exercises" / "02_permission.ipynb"
    old.parent.mkdir()
    old.write_text("old")
    assert tool.main(arguments) == 1
    said = capsys.readouterr().err
    assert "02_permission.ipynb, cell 2 (q7): ### BEGIN SOLUTION in line 1 has no" in said
    assert "04_torn.ipynb is no notebook" in said
    assert old.read_text() == "old"
    assert (tmp_path / "exercises" / "03_sense.ipynb").is_file()


HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("### BEGIN SOLUTION\n1", "no ### END SOLUTION"),
        ("1\n### END SOLUTION", "no ### BEGIN SOLUTION"),
        (solved(body=solved()), "in line 2 stands inside the region that began in line 1"),
        (f"### BEGIN SOLUTION\n{END_HIDDEN}\n### END SOLUTION", "no ### BEGIN HIDDEN TESTS"),
        (f"### BEGIN SOLUTION\n{HIDDEN}\n{END_HIDDEN}\n### END SOLUTION", "stands inside"),
        (f"{HIDDEN}\n1", "no ### END HIDDEN TESTS"),
        ("# BEGIN SOLUTION\n1\n# END SOLUTION", "line 1 looks like a marker"),
        ("### begin solution\n1\n### end solution", "line 1 looks like a marker"),
        ("###BEGIN SOLUTION\n1\n###END SOLUTION", "line 1 looks like a marker"),
        ("### BEGIN SOLUTIONS\n1\n### END SOLUTIONS", "line 1 looks like a marker"),
        ("x = 1  ### BEGIN SOLUTION\n### END SOLUTION", "line 1 looks like a marker"),
        ("### BEGIN SOLUTION answer = 42\n1\n### END SOLUTION", "only 'name = ...'"),
        ("### BEGIN SOLUTION\n1\n### END SOLUTION here", "text after its marker"),
        (
            "def f():\n### BEGIN SOLUTION\n    return 1\n### END SOLUTION",
            "Indent the markers like the code",
        ),
    ],
)
def test_broken_markers_are_errors_that_name_notebook_and_cell(source, message):
    cell = marked(new_code_cell(source), "q1", grade=True, points=1)
    with pytest.raises(tool.ExerciseError) as caught:
        tool.exercise_from(notebook(new_markdown_cell("x"), cell), "02_permission.ipynb")
    assert str(caught.value).startswith("02_permission.ipynb, cell 2 (q1): ")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (new_code_cell(solved()), "not marked as a solution"),
        (new_code_cell(f"{HIDDEN}\n1\n{END_HIDDEN}"), "not marked as graded"),
        (marked(new_code_cell("1"), "no spaces"), "grade_id must be"),
        (marked(new_code_cell("1"), grade=True), "points >= 0, got None"),
        (marked(new_code_cell("1"), grade=True, points=float("nan")), "points >= 0, got nan"),
        (marked(new_markdown_cell("1")), "both solution and grade"),
        (new_code_cell("1", metadata={"nbgrader": {"grade_id": "a"}}), "'solution' of type bool"),
    ],
)
def test_metadata_that_nbgrader_would_refuse_is_an_error(cell, message):
    with pytest.raises(tool.ExerciseError, match=message):
        tool.exercise_from(notebook(cell))


def test_a_grade_id_can_be_given_once():
    twice = notebook(marked(new_code_cell("1")), marked(new_code_cell("2")))
    with pytest.raises(tool.ExerciseError, match=r"cell 2 \(q1\): cell 1 has the same grade_id"):
        tool.exercise_from(twice)


def test_prose_about_a_solution_is_no_marker():
    text = "In the end solution B won, and we begin hidden testing."
    assert tool.exercise_source(text, "markdown", {}) == text

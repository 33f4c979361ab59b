"""Are the exercises what the solutions say? Generates `exercises/` from `solutions/`.

    python tools/make_exercises.py                     # all
    python tools/make_exercises.py 02_permission       # some, by name or path
    python tools/make_exercises.py --check             # write nothing, fail where one is stale

The spelling is nbgrader's, and nbgrader is not needed: what stands between ``### BEGIN
SOLUTION`` and ``### END SOLUTION`` becomes a stub, hidden tests and all outputs go, a solution
cell without markers is replaced as a whole. The exit code is 1 if a notebook is malformed (each
is named with its cell, and its exercise is left as it was) or, with ``--check``, stale.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import hashlib
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

ROOT = Path(__file__).resolve().parents[1]
CODE_STUB, CODE_ENDING = "# YOUR CODE HERE", "raise NotImplementedError()"
TEXT_STUB = "YOUR ANSWER HERE"
SCHEMA = 3
KEPT_METADATA = ("tags", "slideshow")
# What nbgrader wants in every cell that it knows; points are for graded cells.
NEEDED = {"grade_id": str, "solution": bool, "grade": bool, "locked": bool, "schema_version": int}
_MARKER = re.compile(r"(\s*)### (BEGIN|END) (SOLUTION|HIDDEN TESTS)(?: (\S.*?))?\s*")
# Whatever looks like a marker but is none would leave the solution in the exercise.
_LIKE_A_MARKER = re.compile(
    r"\b(BEGIN|END)\s+(SOLUTION|HIDDEN\s+TEST)"
    r"|^\s*#+\s*(?i:begin|end)[\s_-]*(?i:solution|hidden)"
)
_ENDING = re.compile(r"([A-Za-z_]\w* =|return) \.\.\.")
_GRADE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class ExerciseError(ValueError):
    """A solution from which no exercise can be made; the message names notebook and cell."""


@dataclass
class Region:
    """An open region: its kind, and where it began."""

    kind: str
    line: int


def exercise_from(solution: NotebookNode, name: str = "notebook") -> NotebookNode:
    """The exercise that a solution stands for; the solution is left as it is.

    Parameters
    ----------
    solution : NotebookNode
        A notebook of version 4 in nbgrader's spelling.
    name : str
        What error messages call it.

    Raises
    ------
    ExerciseError
        Markers that do not match, are misspelt or stand in a cell of another kind; metadata
        that nbgrader would refuse; a stub that is no Python at its place.
    """
    _check_grade_ids(solution, name)
    seen: Counter[str] = Counter()
    cells = []
    for place, cell in enumerate(solution.cells, start=1):
        try:
            cells.append(_exercise_cell(cell, seen))
        except ExerciseError as error:
            raise ExerciseError(f"{_where(name, place, cell)}: {error}") from None
    return new_notebook(cells=cells, metadata=_notebook_metadata(solution), nbformat_minor=5)


def _where(name: str, place: int, cell: NotebookNode) -> str:
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
    return f"{name}, cell {place}" + (f" ({grade_id})" if grade_id else "")


def _notebook_metadata(solution: NotebookNode) -> NotebookNode:
    metadata = NotebookNode()
    if "kernelspec" in solution.metadata:
        metadata.kernelspec = solution.metadata.kernelspec
    if "language_info" in solution.metadata:  # its version is that of one machine
        metadata.language_info = NotebookNode(name=solution.metadata.language_info.name)
    return metadata


def _check_grade_ids(solution: NotebookNode, name: str) -> None:
    seen: dict[str, int] = {}
    for place, cell in enumerate(solution.cells, start=1):
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in seen:
            where = _where(name, place, cell)
            raise ExerciseError(f"{where}: cell {seen[grade_id]} has the same grade_id. Rename it.")
        if grade_id is not None:
            seen[grade_id] = place


def _exercise_cell(cell: NotebookNode, seen: Counter[str]) -> NotebookNode:
    grader = _grader_metadata(cell)
    source = exercise_source(cell.source, cell.cell_type, grader)
    if cell.cell_type == "code":
        _check_syntax(cell.source, source)
    metadata = NotebookNode({k: cell.metadata[k] for k in KEPT_METADATA if k in cell.metadata})
    if grader:
        metadata.nbgrader = NotebookNode(grader)
        metadata.update(_locks(grader))
    made = NotebookNode(cell_type=cell.cell_type, metadata=metadata, source=source)
    made.id = _cell_id(made, seen)
    if cell.cell_type == "code":
        made.outputs, made.execution_count = [], None
    pictures = {
        name: content
        for name, content in cell.get("attachments", {}).items()
        if f"attachment:{name}" in source
    }
    if pictures:
        made.attachments = NotebookNode(pictures)
    return made


def _grader_metadata(cell: NotebookNode) -> dict[str, object]:
    """What nbgrader knows of a cell, checked; empty where it knows nothing."""
    grader = cell.metadata.get("nbgrader")
    if grader is None:
        return {}
    for key, kind in NEEDED.items():
        if type(grader.get(key)) is not kind:
            raise ExerciseError(
                f"nbgrader metadata must have {key!r} of type {kind.__name__}, "
                f"got {grader.get(key)!r}."
            )
    if grader["schema_version"] != SCHEMA:
        raise ExerciseError(f"schema_version must be {SCHEMA}, got {grader['schema_version']}.")
    if not _GRADE_ID.fullmatch(grader["grade_id"]):
        raise ExerciseError(
            f"grade_id must be 1 to 64 of letters, digits, - and _, got {grader['grade_id']!r}."
        )
    if grader.get("task"):
        raise ExerciseError("task cells are not supported. Use a Markdown solution cell.")
    if cell.cell_type == "markdown" and grader["grade"] != grader["solution"]:
        raise ExerciseError("a Markdown cell must be both solution and grade, or neither.")
    keys = [*NEEDED, "task"]
    if grader["grade"]:
        points = grader.get("points")
        if isinstance(points, bool) or not isinstance(points, int | float) or not points >= 0:
            raise ExerciseError(f"a graded cell needs points >= 0, got {points!r}.")
        keys.append("points")
    return {key: grader[key] for key in sorted(keys) if key in grader}


def _locks(grader: dict[str, object]) -> dict[str, bool]:
    """A student cannot delete a cell that counts, nor edit a test: the usual way to lose points."""
    if grader["solution"]:
        return {"deletable": False}
    if grader["grade"] or grader["locked"]:
        return {"deletable": False, "editable": False}
    return {}


def _cell_id(cell: NotebookNode, seen: Counter[str]) -> str:
    """An id that changes only with what the student sees: the grade_id, or a digest."""
    digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:8]
    wanted = cell.metadata.get("nbgrader", {}).get("grade_id", digest)
    seen[wanted] += 1
    return wanted if seen[wanted] == 1 else f"{wanted[:60]}-{seen[wanted]}"


def exercise_source(source: str, cell_type: str, grader: dict[str, object]) -> str:
    r"""The text of a cell as the student gets it.

    >>> solution = ["### BEGIN SOLUTION", "x = 1", "### END SOLUTION", "x"]
    >>> print(exercise_source("\n".join(solution), "code", {"solution": True}))
    # YOUR CODE HERE
    raise NotImplementedError()
    x
    """
    kinds = {match[3] for line in source.split("\n") if (match := _MARKER.fullmatch(line))}
    lines = list(_kept(source, cell_type))
    if "SOLUTION" in kinds and not grader.get("solution"):
        raise ExerciseError("a solution stands in a cell that is not marked as a solution.")
    if "HIDDEN TESTS" in kinds and not grader.get("grade"):
        raise ExerciseError("hidden tests stand in a cell that is not marked as graded.")
    if grader.get("solution") and "SOLUTION" not in kinds:
        return "\n".join(_stub(cell_type, "", ""))
    return "\n".join(lines)


def _kept(source: str, cell_type: str) -> Iterator[str]:
    """The lines outside of regions, and the stubs in their place."""
    region: Region | None = None
    for number, line in enumerate(source.split("\n"), start=1):
        marker = _MARKER.fullmatch(line)
        if marker is None:
            if _LIKE_A_MARKER.search(line):
                raise ExerciseError(f"line {number} looks like a marker but is none: {line!r}.")
            if region is None:
                yield line
            continue
        indent, edge, kind, ending = marker.groups()
        _check_order(region, edge, kind, number)
        if edge == "END":
            region = None
        else:
            region = Region(kind, number)
            if kind == "SOLUTION":
                yield from _stub(cell_type, indent, ending or "")
        if ending and (edge, kind) != ("BEGIN", "SOLUTION"):
            raise ExerciseError(f"line {number} has text after its marker: {line!r}.")
    if region is not None:
        raise ExerciseError(
            f"### BEGIN {region.kind} in line {region.line} has no ### END {region.kind}."
        )


def _check_order(region: Region | None, edge: str, kind: str, number: int) -> None:
    if edge == "BEGIN" and region is not None:
        raise ExerciseError(
            f"### BEGIN {kind} in line {number} stands inside the region that began in line "
            f"{region.line}. End that one first."
        )
    if edge == "END" and (region is None or region.kind != kind):
        raise ExerciseError(f"### END {kind} in line {number} has no ### BEGIN {kind}.")


def _stub(cell_type: str, indent: str, ending: str) -> list[str]:
    if cell_type != "code":
        return [f"{indent}{TEXT_STUB}"]
    if ending and not _ENDING.fullmatch(ending):
        raise ExerciseError(
            f"after ### BEGIN SOLUTION only 'name = ...' or 'return ...' may stand, got {ending!r}."
        )
    return [f"{indent}{CODE_STUB}", f"{indent}{ending or CODE_ENDING}"]


def _check_syntax(solution: str, exercise: str) -> None:
    """A stub at the wrong depth is found here and not by the student."""
    try:
        ast.parse(solution)
    except SyntaxError:
        return  # magics: nothing can be said
    try:
        ast.parse(exercise)
    except SyntaxError as error:
        raise ExerciseError(
            f"without its solution the cell is no Python (line {error.lineno}: {error.msg}). "
            "Indent the markers like the code between them."
        ) from None


def exercise_text(path: Path) -> str:
    """The content of the exercise file for a solution file."""
    try:
        solution = nbformat.read(path, as_version=4)
    except (ValueError, AttributeError, KeyError) as error:
        raise ExerciseError(f"{path.name} is no notebook: {str(error)[:100]}") from None
    exercise = exercise_from(solution, path.name)
    nbformat.validate(exercise)
    return nbformat.writes(exercise, version=4).rstrip("\n") + "\n"


def wanted(names: list[str], solutions: Path) -> list[Path]:
    """The solutions of these names, or all of them."""
    there = {path.stem: path for path in sorted(solutions.glob("*.ipynb"))}
    if not names:
        return list(there.values())
    for name in names:
        if Path(name).stem not in there:
            near = difflib.get_close_matches(Path(name).stem, there, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise SystemExit(f"{solutions.name}/ has no notebook {name!r}.{hint}")
    return [there[Path(name).stem] for name in names]


def make(path: Path, exercises: Path, check: bool) -> str:
    """Write or check one exercise; return what is wrong, empty where nothing is."""
    target = exercises / path.name
    try:
        text = exercise_text(path)
    except ExerciseError as error:
        return str(error)
    same = target.is_file() and target.read_bytes() == text.encode()
    if same:
        return ""
    if check:
        return f"{target.name} is stale. Run: python tools/make_exercises.py"
    exercises.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".ipynb.tmp")
    unfinished.write_bytes(text.encode())
    unfinished.replace(target)
    return ""


def orphans(solutions: Path, exercises: Path) -> list[str]:
    """Exercises whose solution is gone."""
    return [
        f"{path.name} has no solution of that name. Delete or rename it."
        for path in sorted(exercises.glob("*.ipynb"))
        if not (solutions / path.name).is_file()
    ]


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, treat every notebook, and return the exit code."""
    parser = argparse.ArgumentParser(description="Generate exercises from solutions.")
    parser.add_argument("names", nargs="*", help="solutions, by name or path (default: all)")
    parser.add_argument("--check", action="store_true", help="write nothing, fail where stale")
    parser.add_argument("--solutions", type=Path, default=ROOT / "solutions", help="folder")
    parser.add_argument("--exercises", type=Path, default=ROOT / "exercises", help="folder")
    options = parser.parse_args(arguments)
    wrong = [] if options.names else orphans(options.solutions, options.exercises)
    for path in wanted(options.names, options.solutions):
        said = make(path, options.exercises, options.check)
        print(f"{path.name}: {'ok' if not said else 'failed'}")
        wrong += [said] if said else []
    for line in wrong:
        print(line, file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())

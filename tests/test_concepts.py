"""The inventory is true: what it says runs can be imported, counted, and found in its notebook.

What is edited is ``crmlab/concepts.csv`` and ``crmlab/concept_lists.csv``, nothing here. Each
message names the row and what is wrong with it.
"""

import ast
import importlib
import re
from functools import cache
from pathlib import Path

import nbformat
import pandas as pd
import pytest

import crmlab as crm
from crmlab import inventory

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
PER_LETTER = {"A": 13, "B": 10, "C": 6, "D": 13, "E": 11, "F": 15, "G": 7, "H": 12, "I": 4}
COUNTED = (
    "5 revenue levers, 6 e-CRM activities, 5 e-CRM benefits, 5 benefits of an e-CRM system, "
    "5 trends, 4 IDIC steps, 5 value chain: primary stages, 4 value chain: supporting conditions, "
    "5 processes, 8 building blocks, 4 lifecycle stages, 5 web-user types, "
    "17 contrasts of e-CRM and social CRM, 4 kinds of CRM, 2 elements of collaborative CRM, "
    "6 database stages, 6 data topics of the notes, 6 STARTS, 6 CRM problems, "
    "3 cleaning practices, 5 system-management foci, 3 golden handcuffs, 5 AMRAD, "
    "3 kinds of personalisation, 2 one-to-one types, 3 kinds of outbound e-mail, "
    "3 verbs for inbound e-mail, 3 ways to have less inbound e-mail, "
    "5 disciplines of portfolio management, 5 significant customers, 7 core strategies, "
    "3 methods of experience research, 7 experiential tactics, 4 software qualities, "
    "6 software features, 6 campaign automations, 2 outcomes, 3 strategic steps, "
    "5 cost factors, 6 time factors"
)
"""The counts that stand under the table of the inventory."""

CONCEPTS = inventory._read("concepts").set_index("id", drop=False)
LISTS = inventory._read("concept_lists").set_index("list", drop=False)
WHERE = ["function", "notebook", "heading"]
RUNNING = CONCEPTS[CONCEPTS["function"] != ""]
each_running = pytest.mark.parametrize("id", RUNNING["id"])
each_list = pytest.mark.parametrize("name", LISTS["list"])


def parts(text):
    """The entries of a cell that holds several."""
    return [part.strip() for part in text.split(";") if part.strip()]


def resolve(name):
    """The object behind a public dotted name; the longest part that is a module is imported."""
    words = name.split(".")
    assert words[0] == "crmlab", f"{name!r} does not begin with crmlab."
    assert not any(word.startswith("_") for word in words), f"{name!r} is private"
    for cut in range(len(words), 0, -1):
        module = ".".join(words[:cut])
        try:
            thing = importlib.import_module(module)
        except ModuleNotFoundError as error:
            assert module.startswith(error.name or module), f"{name!r} needs {error.name!r}"
            continue
        for word in words[cut:]:
            assert hasattr(thing, word), f"{name!r} cannot be imported: there is no {word!r}"
            thing = getattr(thing, word)
        return thing
    raise AssertionError(f"{name!r} cannot be imported")


def items_in(thing):
    """The names that an object holds: entries, keys, rows; a function is called for them."""
    if isinstance(thing, pd.DataFrame):
        return [str(entry) for entry in thing.index]
    if callable(thing):
        return items_in(thing())
    return [str(entry) for entry in thing]


@cache
def cells(notebook):
    """The cells of a notebook as (type, source)."""
    path = NOTEBOOKS / f"{notebook}.ipynb"
    assert path.is_file(), f"there is no notebooks/{notebook}.ipynb"
    return [(cell.cell_type, cell.source) for cell in nbformat.read(path, as_version=4).cells]


def headings(source):
    """The headings in a cell of prose as (level, text)."""
    return [(len(m[1]), m[2].strip()) for m in re.finditer(r"^(#+) (.+)$", source, re.M)]


def code_below(notebook, heading):
    """The code below a heading, up to the next one of its level; None where it does not stand."""
    level, code = None, []
    for kind, source in cells(notebook):
        for depth, text in headings(source) if kind == "markdown" else []:
            if text.startswith(heading):
                level = depth if level is None else level
            elif level is not None and depth <= level:
                return code
        if kind == "code" and level is not None:
            code.append(source)
    return None if level is None else code


def uses(code, function):
    """Whether the last word of a dotted name is used in one of the cells, other than imported."""
    nodes = [node for source in code for node in ast.walk(ast.parse(source))]
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    names |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return function.rsplit(".", 1)[-1] in names


def plain(text):
    """Text with single spaces, as it is read."""
    return " ".join(text.split())


def test_there_are_all_91_concepts_in_their_order():
    """No concept of the lecture is left out, none stands twice."""
    assert list(CONCEPTS["id"]) == [
        f"{letter}{i:02}" for letter, most in PER_LETTER.items() for i in range(1, most + 1)
    ]
    assert len(CONCEPTS) == 91


def test_every_concept_has_both_labels_and_a_citation():
    """The notes' wording and the literature's stand side by side, with the source."""
    for column in ("concept", "seed_label", "canonical_label", "source", "kind", "lecture"):
        empty = CONCEPTS.loc[CONCEPTS[column].str.strip() == "", "id"]
        assert list(empty) == [], f"{column} is empty"


def test_where_it_runs_is_told_in_full_or_not_at_all():
    """Function, notebook and heading are filled together; a phrase needs a note and a notebook."""
    filled = CONCEPTS[WHERE] != ""
    half = filled.any(axis=1) & ~filled.all(axis=1)
    assert list(CONCEPTS.loc[half, "id"]) == [], "fill function, notebook and heading, or none"
    due = (CONCEPTS["note"] != "") & (CONCEPTS["notebook"] != "")
    lacks = CONCEPTS.loc[due & (CONCEPTS["phrase"] == ""), "id"]
    assert list(lacks) == [], "has a note and a notebook: copy the words that say so to `phrase`"
    idle = CONCEPTS.loc[~due & (CONCEPTS["phrase"] != ""), "id"]
    assert list(idle) == [], "has a phrase without a note and a notebook"


@each_running
def test_what_runs_a_concept_can_be_imported(id):
    """Each function is public and exists."""
    for name in parts(CONCEPTS.loc[id, "function"]):
        assert resolve(name) is not None, f"{id}: {name}"


@each_running
def test_the_notebook_runs_what_the_concept_names(id):
    """The heading stands there, every function is used, and one of them below that heading."""
    row = CONCEPTS.loc[id]
    all_code = [source for kind, source in cells(row["notebook"]) if kind == "code"]
    below = code_below(row["notebook"], row["heading"])
    assert below is not None, f"{id}: {row['notebook']} has no heading {row['heading']!r}"
    functions = parts(row["function"])
    unused = [name for name in functions if not uses(all_code, name)]
    assert unused == [], f"{id}: {row['notebook']} never uses these"
    assert any(uses(below, name) for name in functions), (
        f"{id}: nothing of {functions} is used below {row['heading']!r} in {row['notebook']}"
    )


@pytest.mark.parametrize("id", RUNNING.loc[RUNNING["note"] != "", "id"])
def test_a_defect_is_noted_where_students_meet_it(id):
    """The words of `phrase` stand in the prose of the notebook."""
    row = CONCEPTS.loc[id]
    prose = " ".join(source for kind, source in cells(row["notebook"]) if kind == "markdown")
    assert plain(row["phrase"]) in plain(prose), (
        f"{id}: {row['notebook']} does not say {row['phrase']!r} (the note: {row['note']})"
    )


def test_the_lists_are_those_of_the_inventory():
    """Every count below the table of the inventory has its list; lists may be added."""
    listed = {f"{row['expected']} {row['list']}" for _, row in LISTS.iterrows()}
    assert set(COUNTED.split(", ")) <= listed
    assert LISTS["list"].is_unique
    for name, row in LISTS.iterrows():
        assert set(parts(row["concept"])) <= set(CONCEPTS["id"]), f"{name}: an unknown concept"


@each_list
def test_a_list_has_as_many_items_as_the_lecture_counts(name):
    """The items are as many as expected, and stand in the code where the list says so.

    Either one name holds them all (by the same names), or there is one name for each item.
    """
    row = LISTS.loc[name]
    items, places, expected = parts(row["items"]), parts(row["place"]), int(row["expected"])
    assert len(items) == expected, f"{name}: {len(items)} items, the lecture counts {expected}"
    if len(places) == 1:
        found = items_in(resolve(places[0]))
        assert len(found) == expected, f"{name}: {places[0]} holds {found}, not {expected}"
        assert sorted(found) == sorted(items), f"{name}: {places[0]} calls the items otherwise"
    elif places:
        assert len(set(places)) == expected, f"{name}: {len(places)} places for {expected} items"
        for item, place in zip(items, places, strict=True):
            found = resolve(place)
            assert not isinstance(found, str) or found == item, f"{name}: {place} is {found!r}"


@pytest.mark.parametrize("ids", LISTS["concept"].unique())
def test_concepts_that_run_have_a_list_that_runs(ids):
    """Where the lecture counts items, their concepts cannot all run and no item stand in code."""
    mine = LISTS[LISTS["concept"] == ids]
    if set(parts(ids)) <= set(RUNNING["id"]):
        assert (mine["place"] != "").any(), f"{ids}: no place in {list(mine['list'])}"


def test_every_claim_names_concepts_that_exist():
    """A claim cannot carry an id that the inventory does not have."""
    carried = crm.claims()["concepts"].str.split(", ").explode()
    assert set(carried) <= set(CONCEPTS["id"])
    assert "E05" in inventory.claims_about("E05")["concepts"].iloc[0]


def test_a_student_sees_where_a_concept_runs_or_not_yet():
    """`crm.concepts` says it in words, for all rows or for one."""
    table = crm.concepts()
    assert list(table.columns[:6]) == [
        "id",
        "concept",
        "seed label",
        "canonical label",
        "source",
        "where it runs",
    ]
    not_yet = table.set_index("id")["where it runs"].eq("not yet")
    assert not_yet.sum() == 91 - len(RUNNING)
    one = crm.concepts("E05")
    assert len(one) == 1
    assert "crmlab.policies.permission" in one["where it runs"].item()
    assert "02_permission_marketing" in one["where it runs"].item()


def test_lists_say_where_they_run_too():
    """`concept_lists` has a number and a place, or not yet."""
    lists = inventory.concept_lists().set_index("list")
    assert lists.loc["web-user types", "expected"] == 5
    assert lists.loc["web-user types", "where it runs"] == "crmlab.tables.USER_TYPES"
    assert lists["where it runs"].ne("").all()


@pytest.mark.parametrize("ask", [crm.concepts, inventory.claims_about])
def test_an_unknown_concept_names_the_nearest(ask):
    """The message that a student sees for a slip of the pen."""
    with pytest.raises(ValueError, match=r"no concept 'b1'. Did you mean 'B\d\d'\?"):
        ask("b1")


def test_asking_for_concepts_loads_no_experiment():
    """The table answers at once: no lab, no estimator is imported for it."""
    import subprocess
    import sys

    code = (
        "import sys, crmlab; crmlab.concepts(); "
        "print([m for m in sys.modules if m.startswith(('crmlab.experiments', 'sklearn'))])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"

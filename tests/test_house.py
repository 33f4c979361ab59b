"""The house stands: imports go down, and the borders of DESIGN.md hold."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "crmlab"
FLOORS = [
    {"tables"},
    {"chance", "checks"},
    {"actions", "standing", "policy"},
    {"storage", "transactions", "asof", "records"},
    {"market"},
    {"analytical"},
    {"operational"},
    {"collaborative"},
    {"strategic", "policies"},
    {"experiments"},
    {"plots"},
    {"widgets", "report", "behaviour_report", "datasets", "inventory"},
    {"classroom"},
    {"cli", "commands", "__main__"},
]
FLOOR = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
NEVER_SEE_THE_TRUTH = {"analytical", "operational", "collaborative", "strategic", "policies"}


def imports(file):
    """The rooms of crmlab that a file imports, with whether at run time."""
    tree = ast.parse(file.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("crmlab"):
            parts = node.module.split(".")
            names = parts[1:2] or [alias.name for alias in node.names]
            yield from names
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("crmlab."):
                    yield alias.name.split(".")[1]


def files():
    """Every module of the package but the front door, with its room."""
    for file in sorted(ROOT.rglob("*.py")):
        room = file.relative_to(ROOT).parts[0].removesuffix(".py")
        if room != "__init__":
            yield room, file


def test_every_room_has_a_floor():
    """A new file at the top level must be placed in FLOORS."""
    assert {room for room, _ in files()} <= set(FLOOR)


@pytest.mark.parametrize("room", sorted(FLOOR))
def test_imports_go_down_only(room):
    """A room imports from its own floor or from those below."""
    for own, file in files():
        if own == room:
            for used in imports(file):
                if used in FLOOR:
                    assert FLOOR[used] <= FLOOR[room], f"{file.name} imports {used} above it"


def test_only_experiments_and_above_see_the_market():
    """The truth border: analysis and policies see tables only."""
    for room, file in files():
        if room in NEVER_SEE_THE_TRUTH:
            assert "market" not in set(imports(file)), f"{file} imports the market"
            assert "simulate(" not in "".join(
                line for line in file.read_text().splitlines() if not line.strip().startswith(">>>")
            ).replace("crm.simulate(", ""), f"{file} simulates"


def test_nothing_below_plots_draws():
    """The drawing border."""
    for room, file in files():
        if FLOOR[room] < FLOOR["plots"]:
            assert "matplotlib" not in file.read_text(), f"{file} draws"
        if FLOOR[room] < FLOOR["widgets"]:
            assert "ipywidgets" not in file.read_text(), f"{file} knows a slider"


def test_importing_crmlab_costs_hardly_more_than_pandas():
    """Neither scipy, matplotlib, duckdb nor scikit-learn is loaded by the import."""
    heavy = ("scipy", "matplotlib", "duckdb", "sklearn", "statsmodels", "ipywidgets", "typer")
    code = f"import sys, crmlab; print([m for m in {heavy!r} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_every_public_name_of_the_front_door_exists():
    """Names in __all__ can be imported."""
    import crmlab

    for name in crmlab.__all__:
        assert getattr(crmlab, name) is not None
    with pytest.raises(AttributeError):
        _ = crmlab.nonsense

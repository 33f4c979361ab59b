"""Do the three lists of dependencies, the Makefile and the README say the same?"""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DEPENDENCIES = [
    Requirement(line)
    for group in (PROJECT["dependencies"], *PROJECT["optional-dependencies"].values())
    for line in group
]
# PyPI's name -> conda-forge's name, where they differ.
CONDA_NAMES = {
    "duckdb": "python-duckdb",
    "matplotlib": "matplotlib-base",
    "playwright": "playwright-python",
}
TARGETS = {
    "lab",
    "demo",
    "test",
    "notebooks",
    "datasets",
    "claims",
    "bench",
    "lint",
    "lock",
    "clean",
}

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
each_dependency = pytest.mark.parametrize("dependency", DEPENDENCIES, ids=lambda r: r.name)


def lower_bound(requirement: Requirement) -> str:
    """Return the bound of ``name>=bound``, the only form in use."""
    (specifier,) = requirement.specifier
    assert specifier.operator == ">=", f"{requirement} is not of the form name>=version"
    return specifier.version


def conda_dependencies() -> dict[str, str]:
    """Map each conda package of environment.yml to what follows its name."""
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    lines = re.findall(r"^  - ([a-z0-9-]+)([^\s:#]*)\s*(?:#.*)?$", text, flags=re.MULTILINE)
    return dict(line for line in lines if line[0] not in {"conda-forge", "nodefaults"})


def locked_entries() -> list[str]:
    """Split the lock into one entry a distribution, its hashes included."""
    return re.split(r"\n(?=\S)", LOCK.strip())


def locked_versions(name: str) -> list[Version]:
    """List the locked versions of a distribution: one, or one a range of Pythons."""
    pins = (re.match(r"([A-Za-z0-9._-]+)==([^\s;]+)", entry) for entry in locked_entries())
    return [Version(p[2]) for p in pins if p and canonicalize_name(p[1]) == canonicalize_name(name)]


@each_dependency
def test_conda_has_the_same_lower_bound(dependency):
    name = CONDA_NAMES.get(dependency.name, dependency.name)
    assert conda_dependencies().get(name) == f">={lower_bound(dependency)}"


def test_conda_asks_for_nothing_else():
    expected = {CONDA_NAMES.get(r.name, r.name) for r in DEPENDENCIES} | {"python", "pip"}
    assert set(conda_dependencies()) == expected


def test_conda_takes_the_same_pythons():
    assert conda_dependencies()["python"] == PROJECT["requires-python"]


@each_dependency
def test_locked_version_satisfies_the_bound(dependency):
    versions = locked_versions(dependency.name)
    assert versions, f"{dependency.name} is not in requirements.lock; run `make lock`"
    assert all(version in dependency.specifier for version in versions)


def test_every_locked_distribution_has_a_hash():
    bare = [
        e.split()[0] for e in locked_entries() if not re.search(r"--hash=sha256:[0-9a-f]{64}", e)
    ]
    assert bare == []


def test_every_locked_distribution_is_pinned():
    loose = [entry.split()[0] for entry in locked_entries() if "==" not in entry.split()[0]]
    assert loose == []


# Put together here, so that this file does not hold what it looks for.
@pytest.mark.parametrize(
    "part", [":" + "//", "--index" + "-url", "/pack" + "ages/", "/sim" + "ple/"]
)
def test_lock_holds_no_address(part):
    assert part not in LOCK


def test_lock_holds_no_path():
    assert "/" not in re.sub(r"#.*", "", LOCK)


@pytest.mark.skipif(shutil.which("make") is None, reason="no make on this machine")
def test_bare_make_lists_every_target():
    listing = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    listed = re.findall(r"^  make ([a-z]+) +\S", listing, flags=re.MULTILINE)
    assert TARGETS - set(listed) == set()


@pytest.mark.parametrize("command", ["make lab", "make test"])
def test_readme_names_the_two_commands(command):
    assert command in (ROOT / "README.md").read_text(encoding="utf-8")

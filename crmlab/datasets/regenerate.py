"""Is the shipped data still what the package generates? Build it again, and compare contents.

``datasets/hashes.json`` holds the content hash of every file (see `files`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from crmlab.checks import one_of
from crmlab.datasets.files import content_hash, read_content, write_content

NAMES = ("corner_shop", "own_log", "holdout_mail")
HASHES = "hashes.json"


def room(name: str) -> Any:
    """The module that makes and reads a data set; an unknown name is an error."""
    one_of("name", name, NAMES)
    return import_module(f"crmlab.datasets.{name}")


def build(
    folder: Path,
    names: Iterable[str] = NAMES,
    progress: Callable[[int], object] | None = None,
) -> list[str]:
    """Generate data sets into a folder; files whose content is right already stay untouched.

    Parameters
    ----------
    folder : Path
        Where the data sets lie side by side.
    names : iterable of str
        Which ones.
    progress : callable, optional
        Called with the number of finished data sets.

    Returns
    -------
    list of str
        The files that changed.
    """
    folder, changed = Path(folder), []
    for done, name in enumerate(names, start=1):
        changed += _put(folder, name, room(name).make())
        if progress is not None:
            progress(done)
    return changed


def _put(folder: Path, name: str, contents: dict[str, bytes]) -> list[str]:
    kept = stored_hashes(folder)
    made = {f"{name}/{file}": content_hash(content) for file, content in contents.items()}
    changed = []
    for file, content in contents.items():
        path = folder / name / file
        if not path.is_file() or content_hash(read_content(path)) != made[f"{name}/{file}"]:
            write_content(path, content)
            changed.append(f"{name}/{file}")
    others = {file: value for file, value in kept.items() if not file.startswith(f"{name}/")}
    for file in kept.keys() - others.keys() - made.keys():
        (folder / file).unlink(missing_ok=True)
        changed.append(file)
    _write_hashes(folder, others | made)
    return changed


def _write_hashes(folder: Path, hashes: dict[str, str]) -> None:
    text = json.dumps(dict(sorted(hashes.items())), indent=1) + "\n"
    write_content(folder / HASHES, text.encode())


def stored_hashes(folder: Path) -> dict[str, str]:
    """The content hashes that are kept beside the data: file to sha256."""
    file = Path(folder) / HASHES
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def check(
    folder: Path,
    names: Iterable[str] = NAMES,
    progress: Callable[[int], object] | None = None,
) -> list[str]:
    """What is wrong with the data sets in a folder: one line a file, none if all is well.

    Each file must have the content that its hash names, and the package must generate it.
    """
    folder, wrong = Path(folder), []
    kept = stored_hashes(folder)
    for done, name in enumerate(names, start=1):
        made = {f"{name}/{f}": content_hash(c) for f, c in room(name).make().items()}
        ours = {file: value for file, value in kept.items() if file.startswith(f"{name}/")}
        for file in sorted(made.keys() | ours.keys()):
            fault = _fault(folder / file, kept.get(file), made.get(file))
            wrong += [f"{file}: {fault}"] if fault else []
        if progress is not None:
            progress(done)
    return wrong


def _fault(path: Path, kept: str | None, made: str | None) -> str:
    if kept is None:
        return "the package generates it, but it has no hash"
    if made is None:
        return "the package does not generate it any more"
    if made != kept:
        return "the package generates another content"
    if not path.is_file():
        return "it is missing"
    return "" if content_hash(read_content(path)) == kept else "it was changed by hand"

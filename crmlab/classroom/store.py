"""How far has a student come? A small JSON file that survives kernels, crashes and typos.

It lies in ``.crmlab/progress.json`` under the working folder, or under the folder named by
``CRMLAB_HOME``. It is replaced as a whole, so an interrupted write leaves the old one; one
that cannot be read is put aside, never overwritten. A lost progress file costs nothing, so no
failure here stops a student's work: it becomes a note.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

_VERSION = 1
_lock = Lock()


@dataclass(frozen=True)
class Mark:
    """What happened with one question."""

    tries: int = 0
    right: bool = False
    hints: int = 0


@dataclass(frozen=True)
class Progress:
    """Marks by question; ``note`` says what was wrong with the file, if anything was."""

    marks: dict[str, Mark] = field(default_factory=dict)
    note: str = ""
    writable: bool = True


def path() -> Path:
    """Where progress is kept."""
    return Path(os.environ.get("CRMLAB_HOME") or ".") / ".crmlab" / "progress.json"


def read() -> Progress:
    """What is kept; an unreadable file is put aside, and the note says where."""
    file = path()
    try:
        return Progress(_parse(file.read_bytes()))
    except FileNotFoundError:
        return Progress()
    except OSError as error:
        note = f"Progress is not kept: {file} cannot be read ({error.strerror})."
        return Progress(note=note, writable=False)
    except (ValueError, RecursionError):
        return _put_aside(file)


def record(name: str, change: Callable[[Mark], Mark]) -> str:
    """Change the mark of one question; returns a note, empty where all went well."""
    with _lock:
        before = read()
        if not before.writable:
            return before.note
        mark = change(before.marks.get(name, Mark()))
        try:
            _write(path(), before.marks | {name: mark})
        except OSError as error:
            return f"Progress is not kept: {path()} cannot be written ({error.strerror})."
        return before.note


def _parse(content: bytes) -> dict[str, Mark]:
    data = json.loads(content.decode("utf-8"))
    if not isinstance(data, dict) or data.get("version") != _VERSION:
        raise ValueError("not a progress file of this version")
    questions = data.get("questions")
    if not isinstance(questions, dict):
        raise ValueError("questions must be an object")
    return {name: _mark(value) for name, value in questions.items()}


def _mark(value: object) -> Mark:
    types = {f.name: type(f.default) for f in dataclasses.fields(Mark)}
    if not isinstance(value, dict) or {k: type(v) for k, v in value.items()} != types:
        raise ValueError(f"not a mark: {value!r:.80}")
    if min(value["tries"], value["hints"]) < 0:
        raise ValueError(f"negative counts: {value!r:.80}")
    return Mark(**value)


def _put_aside(file: Path) -> Progress:
    aside = file.with_name("progress.damaged.json")
    number = 2
    while aside.exists():
        aside = file.with_name(f"progress.damaged-{number}.json")
        number += 1
    try:
        file.rename(aside)
    except OSError as error:
        note = f"Progress is not kept: {file} is damaged and cannot be moved ({error.strerror})."
        return Progress(note=note, writable=False)
    return Progress(
        note=f"{file} was damaged. It is kept as {aside.name}, and counting starts again."
    )


def _write(file: Path, marks: dict[str, Mark]) -> None:
    questions = {name: dataclasses.asdict(mark) for name, mark in sorted(marks.items())}
    text = json.dumps({"version": _VERSION, "questions": questions}, indent=1) + "\n"
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(prefix="progress.", suffix=".tmp", dir=file.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(unfinished, file)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(unfinished)
        raise

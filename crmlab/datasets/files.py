"""When are two files the same? When their content is, however it was compressed or broken.

A content hash is the sha256 of the bytes, unpacked where the file's name ends in ``.gz``,
with line ends as on Unix: another zlib or a checkout on Windows does not change it.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import uuid
from pathlib import Path

import pandas as pd


def content_hash(content: bytes) -> str:
    r"""Get the sha256 of a content, as hexadecimal digits.

    >>> content_hash(b"one\r\ntwo") == content_hash(b"one\ntwo")
    True
    """
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def read_content(file: Path) -> bytes:
    """Read the content of a file, unpacked."""
    packed = file.read_bytes()
    return gzip.decompress(packed) if file.suffix == ".gz" else packed


def write_content(file: Path, content: bytes) -> None:
    """Write a content into a file, packed if its name ends in ``.gz``."""
    # Without a time and a name in its header, the packed file is the same every time.
    write_whole(file, gzip.compress(content, 9, mtime=0) if file.suffix == ".gz" else content)


def write_whole(file: Path, content: bytes) -> None:
    """Write a file whole or not at all: what was there stays until the new one is complete."""
    target = Path(os.path.realpath(file))
    if target.is_dir():
        raise IsADirectoryError(f"{str(file)!r} is a folder. Name a file in it.")
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def as_csv(frame: pd.DataFrame) -> bytes:
    """Write a frame as plain CSV, without its index."""
    return frame.to_csv(index=False, lineterminator="\n").encode()


def as_typed_csv(frame: pd.DataFrame) -> bytes:
    """Write a frame as `Records.from_csv` reads it: quotes around text, nothing where missing."""
    import pyarrow.csv as pc

    from crmlab.storage import as_arrow

    written = io.BytesIO()
    pc.write_csv(as_arrow(frame), written)
    return written.getvalue()


def rounded(frame: pd.DataFrame, digits: int = 6) -> pd.DataFrame:
    """Round the fractions to significant digits, so that processors agree on them.

    >>> rounded(pd.DataFrame({"a": [1234.5678]}), digits=3)
            a
    0  1230.0
    """
    numbers = frame.select_dtypes("floating")
    return frame.assign(**{n: numbers[n].map(lambda v: float(f"{v:.{digits}g}")) for n in numbers})

"""Does it hold for real customers too? Public data that others may not ship, fetched once.

CDNOW is the log on which models of repeat buying are compared: a tenth of the customers who
first bought from this CD seller in early 1997, until June 1998 (Fader and Hardie 2001,
Interfaces 31(3), part 2).
"""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from crmlab.checks import one_of
from crmlab.datasets.files import content_hash

URL = "http://www.brucehardie.com/datasets/CDNOW_sample.zip"
MEMBER = "CDNOW_sample.txt"
CONTENT_HASH = "e7de98a2448bda51026ac1b1115009d83d882a93a3beb6f8f1594611a0ebc795"
_INSTEAD = f"Put {MEMBER} into a folder, and name the folder in the variable CRMLAB_DATA."


def fetch(name: str = "cdnow") -> pd.DataFrame:
    """Get real public data: from your folder, or once from their public home.

    Parameters
    ----------
    name : str
        ``"cdnow"``, the only one so far.

    Returns
    -------
    DataFrame
        One row an order: ``customer_id`` (1 to 2,357), ``date``, ``cds`` (how many),
        ``value`` (USD).

    Raises
    ------
    ValueError
        An unknown name, or a file with another content than the published one.
    FileNotFoundError
        The folder in ``CRMLAB_DATA`` has no such file.
    ConnectionError
        The public home cannot be reached; the message says what to do without it.
    """
    one_of("name", name, ("cdnow",))
    folder = os.environ.get("CRMLAB_DATA")
    return _read(_downloaded() if not folder else _given(Path(folder)))


def _given(folder: Path) -> Path:
    file = folder / MEMBER
    if not file.is_file():
        raise FileNotFoundError(
            f"the folder {str(folder)!r} (CRMLAB_DATA) has no file {MEMBER}. "
            f"It is in {URL}; without CRMLAB_DATA it is fetched from there."
        )
    return file


def _downloaded() -> Path:
    import pooch

    # The archive's own hash is not known; the file inside is checked by its content.
    shelf = pooch.create(
        path=pooch.os_cache("crmlab"),
        base_url="",
        registry={"CDNOW_sample.zip": None},
        urls={"CDNOW_sample.zip": URL},
    )
    try:
        (file,) = shelf.fetch("CDNOW_sample.zip", processor=pooch.Unzip(members=[MEMBER]))
    except (OSError, ValueError) as error:
        raise ConnectionError(
            f"{URL} cannot be fetched ({type(error).__name__}). Are you offline? {_INSTEAD}"
        ) from error
    return Path(file)


def _read(file: Path) -> pd.DataFrame:
    if content_hash(file.read_bytes()) != CONTENT_HASH:
        raise ValueError(
            f"{str(file)!r} is not the published CDNOW sample. Delete it, and try again."
        )
    names = ["master_id", "customer_id", "date", "cds", "value"]
    frame = pd.read_csv(file, sep=r"\s+", names=names, dtype={"date": "str"})
    frame["date"] = pd.to_datetime(frame["date"], format="%Y%m%d").astype("datetime64[s]")
    return frame.drop(columns="master_id")

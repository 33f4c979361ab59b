"""Where does each concept of the lecture run? The 91 of them, and the lists that they come with.

``concepts.csv`` beside this file has a row for each concept, ``concept_lists.csv`` one for each
list that the lecture notes count (four steps, seven strategies). Both are edited by hand, and
nowhere else: a row whose ``function``, ``notebook`` and ``heading`` are empty does not run yet.
``tests/test_concepts.py`` holds every filled row against the package and the notebooks.

The module is not called ``concepts``, so that importing it cannot hide ``crm.concepts``.
"""

from __future__ import annotations

from importlib import resources

import pandas as pd

from crmlab.checks import nearest

NOT_YET = "not yet"


def concepts(id: str | None = None) -> pd.DataFrame:
    """Every concept of the lecture: its names, in the notes and elsewhere, and where it runs.

    Parameters
    ----------
    id : str, optional
        One concept, such as ``"B01"``; all of them by default.

    Returns
    -------
    DataFrame
        One row a concept: id, concept, seed label (the notes' wording), canonical label, source
        (of the canonical label), where it runs (functions, notebook and heading, or ``not yet``),
        kind, lecture (where in the notes), note (a defect of the notes, or how editions differ).

    Raises
    ------
    ValueError
        An unknown id; the message names the nearest.

    Examples
    --------
    >>> concepts("F05")["where it runs"].item().split(" in ")[1]
    '05_lifetime_value, How it works: one customer by hand'
    """
    rows = _read("concepts")
    runs = rows["function"] + " in " + rows["notebook"] + ", " + rows["heading"]
    rows["where it runs"] = runs.where(rows["function"] != "", NOT_YET)
    rows = rows.rename(columns={"seed_label": "seed label", "canonical_label": "canonical label"})
    names = ["id", "concept", "seed label", "canonical label", "source", "where it runs"]
    table = rows[[*names, "kind", "lecture", "note"]]
    if id is None:
        return table
    _check(id, table["id"])
    return table[table["id"] == id].reset_index(drop=True)


def concept_lists() -> pd.DataFrame:
    """Every list that the lecture notes count, its items, and the code in which they stand.

    Returns
    -------
    DataFrame
        One row a list: concept (one id, or several), list, expected (how many items), items
        (separated by ``; ``), where it runs (one name that holds them all, or as many names as
        items, in their order; or ``not yet``).
    """
    rows = _read("concept_lists")
    rows["where it runs"] = rows.pop("place").replace("", NOT_YET)
    return rows.astype({"expected": int})


def claims_about(id: str) -> pd.DataFrame:
    """Which claims try this concept: the rows of `crmlab.claims` that carry it.

    Raises
    ------
    ValueError
        An unknown id; the message names the nearest.
    """
    from crmlab.experiments.claims import claims  # loads every lab: some seconds

    _check(id, _read("concepts")["id"])
    table = claims()
    carries = table["concepts"].str.split(", ").map(lambda ids: id in ids)
    return table[carries].reset_index(drop=True)


def _read(name: str) -> pd.DataFrame:
    """One of the two files, as text; empty cells stay empty."""
    with (resources.files("crmlab") / f"{name}.csv").open(encoding="utf-8") as text:
        return pd.read_csv(text, dtype=str, keep_default_na=False)


def _check(id: object, known: pd.Series) -> None:
    if id not in set(known):
        near = nearest(str(id).upper(), known)
        raise ValueError(f"there is no concept {id!r}.{near} crm.concepts() lists them all.")

"""Whom of a new load do we have already? New, matched, or for a clerk to decide.

Fellegi and Sunter's three decisions: link, possible link, no link; the two thresholds set how many
mistakes of either kind are accepted and how much work remains for people. Fellegi and Sunter
(1969), Journal of the American Statistical Association 64(328), 1183-1210.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from crmlab.analytical.linkage.fields import need_key, shown
from crmlab.analytical.linkage.measures import golden_of

VERDICTS = ("new", "matched", "doubtful")


def cross_check(
    load: pd.DataFrame,
    master: pd.DataFrame,
    linker: BaseEstimator,
    certain: float = 0.95,
    possible: float = 0.05,
) -> pd.DataFrame:
    """For each record of a load, whether the master has that person already.

    Parameters
    ----------
    load, master : DataFrame
        Tables with the same columns; keys differ between the two.
    linker : FellegiSunter or SplinkLinker
        Fitted (on the master, or on both).
    certain, possible : float
        Matched from the first probability on, new below the second, doubtful between.

    Returns
    -------
    DataFrame
        One row a record of the load, in its order: its key, verdict, ``master_id`` (the most
        probable record of the master, missing where new), probability (0 where no pair was
        worth comparing), ``rivals`` (further records of the master that are at least possible:
        perhaps duplicates there).

    Raises
    ------
    ValueError
        Keys occur in both tables, or the thresholds are not in order.
    """
    if not 0 <= possible <= certain <= 1:
        raise ValueError(
            f"need 0 <= possible <= certain <= 1, got possible={possible!r}, certain={certain!r}."
        )
    key = linker.plan_.key
    need_key("load", load, key)
    need_key("master", master, key)
    common = load[key].isin(master[key])
    if common.any():
        raise ValueError(
            f"load and master share the key {shown(load[key][common].iloc[0])}. Number anew."
        )
    both = pd.concat([master.assign(side_="master"), load.assign(side_="load")], ignore_index=True)
    pairs = linker.score_pairs(both, across="side_")  # the master stands first, so left
    pairs = pairs[pairs["probability"] >= possible]
    ranked = pairs.sort_values(["probability", "left"], ascending=[False, True])
    best = ranked.drop_duplicates("right").set_index("right").reindex(load[key])
    probability = best["probability"].fillna(0.0).to_numpy()
    rivals = pairs["right"].value_counts().reindex(load[key]).fillna(1).to_numpy(int) - 1
    verdict = np.select([probability >= certain, probability >= possible], VERDICTS[1:], "new")
    verdict = np.where(best["left"].isna(), "new", verdict)
    return pd.DataFrame({
        key: load[key].array, "verdict": verdict, "master_id": best["left"].array,
        "probability": probability, "rivals": rivals,
    })  # fmt: skip


def extend_links(links: pd.DataFrame, checked: pd.DataFrame) -> pd.DataFrame:
    """The master's links with the load added: matched records join, all others stand alone.

    Parameters
    ----------
    links : DataFrame
        Record key and golden_id of the master.
    checked : DataFrame
        What `cross_check` returns.
    """
    key = str(links.columns[0])
    matched = (checked["verdict"] == "matched").to_numpy()
    own = golden_of(links).reindex(checked["master_id"]).array
    golden_id = pd.Series(own).where(matched, checked[key].array)
    added = pd.DataFrame({key: checked[key].array, "golden_id": golden_id.array})
    return pd.concat([links, added], ignore_index=True).astype(
        {"golden_id": links["golden_id"].dtype}
    )
